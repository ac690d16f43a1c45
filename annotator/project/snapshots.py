"""Named snapshots: compressed copies of labels, tasks, frames and annotations, as they were at one moment.

Each is a zip file in `snapshots/`, named after the moment in UTC, with two members: `snapshot.json` (its name, the
moment, how much is in it) and `state.sqlite` (see `states.py`). A snapshot that was renamed has its name in a text
file beside it, so that nothing large is written again.
"""

import time
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import apsw
import msgspec

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.core.values import checked_text
from annotator.project.backups import moment_name, moment_of, sweep_unfinished
from annotator.project.copying import check_room
from annotator.project.errors import ProjectError
from annotator.project.label_mapping import free_name
from annotator.project.project import FILE_NAME
from annotator.project.scratch import scratch_folder
from annotator.project.states import write_state
from annotator.safe_io import (
    InputError,
    decode_json,
    printable,
    read_text,
    unwritable,
    write_whole,
)

FOLDER: Final = "snapshots"
ENDING: Final = ".zip"
_INFO: Final = "snapshot.json"
_STATE: Final = "state.sqlite"
_LONGEST_INFO: Final = 1 << 16
LONGEST_NAME: Final = 200
_PIECE: Final = 1 << 20
# Of a million polygons level 6 makes 4 percent less than level 1, in three times the time.
_LEVEL: Final = 1

# How many of each are in a snapshot.
Counts: TypeAlias = Mapping[str, int]
_COUNTED: Final = {
    "annotations": "SELECT count(*) FROM shape WHERE track_id IS NULL",
    "tracks": "SELECT count(*) FROM track",
    "keyframes": "SELECT count(*) FROM shape WHERE track_id IS NOT NULL",
    "labels": "SELECT count(*) FROM label",
    "tasks": "SELECT count(*) FROM task",
    "frames": "SELECT count(*) FROM frame WHERE NOT removed",
}


class _Info(msgspec.Struct, frozen=True):
    """What `snapshot.json` says."""

    name: str
    made_at_ms: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored state of a project. counts: by kind. damage: why it cannot be used, as a sentence, or ""."""

    path: Path
    name: str
    made_at_ms: int
    size: int
    counts: Counts = field(default_factory=dict)
    damage: str = ""

    @property
    def id(self) -> str:
        """What tells it from all others of the project, whatever it is called."""
        return self.path.name.removesuffix(ENDING)


# Looking ---------------------------------------------------------------------------------------------------


def list_snapshots(folder: Path) -> list[Snapshot]:
    """Return the snapshots of the project in a folder, newest first, damaged ones among them."""
    place = folder / FOLDER
    try:
        paths = [path for path in place.glob(f"[!.]*{ENDING}") if path.is_file()]
        found = [_looked_at(path) for path in paths]
    except OSError as error:
        raise ProjectError(f"{place} cannot be read: {error.strerror}.") from error
    return sorted(found, key=lambda one: (one.made_at_ms, one.id), reverse=True)


def snapshot_named(folder: Path, name: str) -> Snapshot:
    """Return the snapshot of a name. Raises ProjectError where there is none."""
    known = list_snapshots(folder)
    for one in known:
        if name in (one.name, one.id):
            return one
    names = ", ".join(printable(one.name) for one in known[:5])
    there = f"There are: {names}." if known else "There is none."
    raise ProjectError(f"The project has no snapshot {printable(name)}. {there}")


def snapshot_in(path: Path) -> Snapshot | None:
    """Return the snapshot that a file is, None for a file of another kind."""
    return _looked_at(path) if path.suffix == ENDING and path.is_file() else None


def _looked_at(path: Path) -> Snapshot:
    status = path.stat()
    made_at_ms = moment_of(path.stem) or status.st_mtime_ns // 1_000_000
    plain = Snapshot(path, path.stem, made_at_ms, status.st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            info = _read_info(archive)
            _member(archive, _STATE)
        found = replace(plain, name=info.name, made_at_ms=info.made_at_ms, counts=info.counts)
    except (zipfile.BadZipFile, zlib.error, InputError, InvalidValueError, EOFError) as error:
        reason = str(error).rstrip(".")
        return replace(plain, damage=f"{path.name} is damaged: {reason}. Delete it.")
    return replace(found, name=_given_name(path) or found.name)


def _read_info(archive: zipfile.ZipFile) -> _Info:
    with archive.open(_member(archive, _INFO)) as stream:
        info = decode_json(stream.read(_LONGEST_INFO), _Info, name=_INFO)
    counts = {kind: count for kind, count in info.counts.items() if kind in _COUNTED}
    return _Info(_checked_name(info.name), info.made_at_ms, counts)


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Return an entry of the archive. Raises BadZipFile where it is none that this program writes."""
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise zipfile.BadZipFile(f"it has no {name}") from None
    is_encrypted = bool(member.flag_bits & 1)
    if is_encrypted or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(f"{name} is packed in a way this program does not use")
    return member


def _given_name(path: Path) -> str:
    """Return the name that a snapshot was given later, "" where it was not or that cannot be read."""
    try:
        return _checked_name(read_text(_name_file(path)))
    except (InputError, InvalidValueError):
        return ""


def _name_file(path: Path) -> Path:
    return path.with_suffix(".name")


# Making and changing ---------------------------------------------------------------------------------------


def take_snapshot(folder: Path, name: str = "", progress: Progress = NO_PROGRESS) -> Snapshot:
    """Store a snapshot of the project in a folder as it is at this moment; nobody who edits it waits.

    name: by default the date and time here, with a number behind it where there is such a snapshot. Raises
    ProjectError, also where the name is taken or no name.
    """
    source, place = folder / FILE_NAME, folder / FOLDER
    if not source.is_file():
        raise ProjectError(f"There is no project in {folder}. Open or create one.")
    taken = {one.name for one in list_snapshots(folder)}
    title = _usable_name(name, taken) if name else free_name(_date_name(), taken)
    _make_folder(place)
    sweep_unfinished(place)
    check_room(place, _size_with_log(source))
    now_ms = time.time_ns() // 1_000_000
    while (target := place / f"{moment_name(now_ms)}{ENDING}").exists():
        now_ms += 1
    with scratch_folder(folder) as scratch:
        state = scratch / _STATE
        write_state(source, state, progress)
        counts = _counted(state)
        try:
            with write_whole(target) as stream:
                _pack(stream, state, _Info(title, now_ms, counts), progress)
        except InputError as error:
            raise ProjectError(f"The snapshot was not saved. {error}") from error
    return Snapshot(target, title, now_ms, target.stat().st_size, counts)


def rename_snapshot(folder: Path, snapshot: Snapshot, name: str) -> Snapshot:
    """Give a snapshot another name. Raises ProjectError where that is taken or no name."""
    taken = {one.name for one in list_snapshots(folder) if one.id != snapshot.id}
    title = _usable_name(name, taken)
    try:
        with write_whole(_name_file(snapshot.path)) as stream:
            stream.write(title.encode())
    except InputError as error:
        raise ProjectError(f"The snapshot keeps its name. {error}") from error
    return replace(snapshot, name=title)


def delete_snapshot(snapshot: Snapshot) -> None:
    """Delete a snapshot for good; one that is gone already needs nothing."""
    try:
        snapshot.path.unlink(missing_ok=True)
        _name_file(snapshot.path).unlink(missing_ok=True)
    except OSError as error:
        raise ProjectError(f"{snapshot.path} cannot be deleted: {error.strerror}.") from error


def _date_name() -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def _usable_name(name: str, taken: Collection[str]) -> str:
    """Return a name that a person gave, without spaces around it."""
    try:
        title = _checked_name(name)
    except InvalidValueError as error:
        raise ProjectError(str(error)) from error
    if title in taken:
        raise ProjectError(
            f"There is a snapshot {printable(title)} already. Give this one another name."
        )
    return title


def _checked_name(name: str) -> str:
    title = checked_text(name, "The name of a snapshot").strip()
    if not title or len(title) > LONGEST_NAME or not title.isprintable():
        raise InvalidValueError(
            f"The name of a snapshot has 1 to {LONGEST_NAME} characters on one line."
        )
    return title


def _size_with_log(source: Path) -> int:
    log = source.with_name(f"{source.name}-wal")
    return sum(path.stat().st_size for path in (source, log) if path.exists())


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(str(unwritable(place, error))) from error


def _counted(state: Path) -> dict[str, int]:
    connection = apsw.Connection(str(state), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows: dict[str, Any] = {
            kind: connection.execute(query).fetchone() for kind, query in _COUNTED.items()
        }
        return {kind: int(row[0]) for kind, row in rows.items()}
    finally:
        connection.close()


def _pack(stream: BinaryIO, state: Path, info: _Info, progress: Progress) -> None:
    total = state.stat().st_size
    done = 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.writestr(_INFO, msgspec.json.encode(info))
        with state.open("rb") as source, archive.open(_STATE, "w", force_zip64=True) as member:
            while piece := source.read(_PIECE):
                progress.report(done, total, "Compressing")
                member.write(piece)
                done += len(piece)


# Using -----------------------------------------------------------------------------------------------------


@contextmanager
def unpacked(folder: Path, snapshot: Snapshot, progress: Progress = NO_PROGRESS) -> Iterator[Path]:
    """Yield the stored state of a snapshot of the project in a folder, as an SQLite file for the moment.

    Raises ProjectError where the snapshot is damaged.
    """
    if snapshot.damage:
        raise ProjectError(snapshot.damage)
    with scratch_folder(folder) as scratch:
        state = scratch / _STATE
        try:
            _unpack(snapshot.path, state, progress)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            text = f"{snapshot.path.name} is damaged: {error}. Use another snapshot or a backup."
            raise ProjectError(text) from error
        except FileNotFoundError:
            raise ProjectError(
                f"The snapshot {printable(snapshot.name)} is gone; its file was deleted."
            ) from None
        except OSError as error:
            raise ProjectError(str(unwritable(state, error))) from error
        yield state


def _unpack(path: Path, state: Path, progress: Progress) -> None:
    with zipfile.ZipFile(path) as archive:
        # What the archive says of its size is what is read at most, and there is room for it.
        packed = _member(archive, _STATE)
        total, done = packed.file_size, 0
        check_room(state.parent, total)
        with archive.open(packed) as member, state.open("xb") as target:
            while piece := member.read(_PIECE):
                progress.report(done, total, "Unpacking")
                target.write(piece)
                done += len(piece)
