"""Backups: whole copies of a project's file beside it, history included.

They lie in `backups/`, named after the moment in UTC and the reason: `20261120T090712345Z-daily.annotator`. Each
is a project file that can be put in place of the project's own by hand.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar, cast

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.copies.copying import copy_project_file
from annotator.project.copies.places import make_folder, sweep_unfinished
from annotator.project.errors import ProjectError
from annotator.project.media.filling import SET_UP
from annotator.project.moments import moment_name, moment_named
from annotator.project.project import FILE_NAME
from annotator.project.storage import history
from annotator.project.storage.database import Database, translated
from annotator.safe_io import printable

# daily: by itself at opening. asked: by the user; never deleted by the program. before-restore: what a restore
# is about to change.
Reason: TypeAlias = Literal["daily", "asked", "before-restore"]

T = TypeVar("T")

FOLDER: Final = "backups"
ENDING: Final = ".annotator"
KEPT: Final = 5
DAY_MS: Final = 24 * 60 * 60 * 1000
_NAME: Final = re.compile(r"(\w+)-(daily|asked|before-restore)\.annotator", re.ASCII)


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy in the folder of backups. made_at_ms: since 1970 UTC. size: in bytes."""

    path: Path
    made_at_ms: int
    reason: Reason
    size: int

    @property
    def name(self) -> str:
        """What it is called on the command line: the file without its ending."""
        return self.path.name.removesuffix(ENDING)


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups of the project in a folder, newest first. Other files there are passed over."""
    place = folder / FOLDER
    found = []
    try:
        entries = list(place.iterdir()) if place.is_dir() else []
        for path in entries:
            match = _NAME.fullmatch(path.name)
            if match is not None and path.is_file():
                made_at = moment_named(match[1])
                if made_at is not None:
                    reason = cast("Reason", match[2])
                    found.append(Backup(path, made_at, reason, path.stat().st_size))
    except OSError as error:
        raise ProjectError(f"{place} cannot be read: {error.strerror}.") from error
    return sorted(found, key=lambda one: one.made_at_ms, reverse=True)


def make_backup(
    folder: Path,
    reason: Reason = "asked",
    progress: Progress = NO_PROGRESS,
    *,
    vfs: str = "",
) -> Backup:
    """Copy the project in a folder into its folder of backups; nobody who edits it waits for that.

    Of those made by the program the newest five of their reason are kept. Raises ProjectError, and leaves
    everything as it was.
    """
    place = folder / FOLDER
    make_folder(place)
    now_ms = time.time_ns() // 1_000_000
    while (target := place / _file_name(now_ms, reason)).exists():
        now_ms += 1
    copy_project_file(folder / FILE_NAME, target, progress, vfs=vfs)
    _forget_old(folder, reason)
    return Backup(target, now_ms, reason, target.stat().st_size)


def back_up_to(folder: Path, out: Path, progress: Progress = NO_PROGRESS) -> Path:
    """Copy the project in a folder to a new file, or to one with the usual name in a folder; return the file."""
    target = out / _file_name(time.time_ns() // 1_000_000, "asked") if out.is_dir() else out
    if target.exists():
        raise ProjectError(f"{target} already exists. Choose another name.")
    copy_project_file(folder / FILE_NAME, target, progress)
    return target


def back_up_if_due(
    folder: Path, progress: Progress = NO_PROGRESS, *, now_ms: int | None = None
) -> Backup | None:
    """Make the daily backup where the newest one is older than a day; None where there is nothing to do.

    A project that has not changed since its newest backup needs no other one, which would only push out an
    older state. Nor does one in which pictures were added and nothing else: opening them makes it again.
    """
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    known = list_backups(folder)
    # One from the future was made while the clock was wrong, and says nothing.
    if any(0 <= now - one.made_at_ms < DAY_MS for one in known):
        return None
    file = folder / FILE_NAME
    if known and _newest_number(known[0].path) == _newest_number(file):
        return None
    if not known and not _holds_work(file):
        return None
    return make_backup(folder, "daily", progress)


def backup_named(folder: Path, name: str) -> Path:
    """Return the file of the backup of a name, with or without its ending, or of a path; of "" the newest.

    Raises ProjectError where there is none.
    """
    known = list_backups(folder)
    if not name and known:
        return known[0].path
    for one in known:
        if one.name == name.removesuffix(ENDING):
            return one.path
    if name and Path(name).is_file():
        return Path(name)
    if not known:
        raise ProjectError(f"There are no backups in {folder / FOLDER}.")
    raise ProjectError(
        f"There is no backup {printable(name)}. The newest is {known[0].name}; `annotator backup --list`"
        " names all."
    )


def _newest_number(path: Path) -> int:
    """Return the number of a project's newest change, -1 where its file cannot be read."""
    try:
        return _asked(path, history.newest_number)
    except ProjectError:
        return -1


def _holds_work(path: Path) -> bool:
    """Whether anything was done in a project besides adding pictures."""
    query = "SELECT 1 FROM step WHERE author <> ? LIMIT 1"
    return _asked(path, lambda db: db.execute(query, (SET_UP,)).fetchone()) is not None


def _asked(path: Path, question: Callable[[apsw.Connection], T]) -> T:
    database = Database(path, writable=False)
    try:
        with translated(path):
            return question(database.writer)
    finally:
        database.close()


def _forget_old(folder: Path, reason: Reason) -> None:
    """Delete what is too old of one reason, and what was left half written."""
    same = [one for one in list_backups(folder) if one.reason == reason]
    for one in same[KEPT:] if reason != "asked" else ():
        one.path.unlink(missing_ok=True)
    sweep_unfinished(folder / FOLDER)


def _file_name(now_ms: int, reason: Reason) -> str:
    return f"{moment_name(now_ms)}-{reason}{ENDING}"
