"""The files of snapshots: zip archives with two members, and the names that were given later.

`snapshot.json` says what the snapshot is called, when it was made and how much is in it; `state.sqlite` is the state
(see `states.py`). A snapshot that was renamed has its name in a text file beside it, so that nothing large is written
again. What is read here may come from anywhere.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import apsw
import msgspec

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.core.values import checked_text
from annotator.project.copies.copying import check_room
from annotator.project.copies.scratch import scratch_folder
from annotator.project.errors import ProjectError
from annotator.project.moments import moment_named
from annotator.safe_io import InputError, decode_json, printable, read_text, unwritable

ENDING: Final = ".zip"
_INFO: Final = "snapshot.json"
STATE: Final = "state.sqlite"
_LONGEST_INFO: Final = 1 << 16
LONGEST_NAME: Final = 200
_PIECE: Final = 1 << 20
# The year 2248.
_LATEST_MS: Final = 1 << 43
# What reading an archive raises that is none, or one of another kind: places in it are taken from its own bytes.
_NO_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError,
    OverflowError, ValueError,
)  # fmt: skip
# Level 6 makes a million polygons smaller by 1.5 percent, in 1.6 times the time.
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


class SnapshotInfo(msgspec.Struct, frozen=True):
    """What `snapshot.json` says."""

    name: str
    made_at_ms: int
    counts: dict[str, int]


def snapshot_in(path: Path) -> Snapshot | None:
    """Return the snapshot that a file is, None for a file of another kind."""
    return looked_at(path) if path.suffix == ENDING and path.is_file() else None


def looked_at(path: Path) -> Snapshot:
    """Return the snapshot that a file is, with the damage of one that cannot be used."""
    status = path.stat()
    made_at_ms = moment_named(path.stem) or status.st_mtime_ns // 1_000_000
    plain = Snapshot(path, path.stem, made_at_ms, status.st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            info = _read_info(archive)
            _member(archive, STATE)
        found = replace(plain, name=info.name, made_at_ms=info.made_at_ms, counts=info.counts)
    except (*_NO_ARCHIVE, InputError, InvalidValueError) as error:
        reason = str(error).rstrip(".")
        return replace(plain, damage=f"{path.name} is damaged: {reason}. Delete it.")
    return replace(found, name=_given_name(path) or found.name)


def _read_info(archive: zipfile.ZipFile) -> SnapshotInfo:
    with archive.open(_member(archive, _INFO)) as stream:
        info = decode_json(stream.read(_LONGEST_INFO), SnapshotInfo, name=_INFO)
    if not 0 <= info.made_at_ms < _LATEST_MS:
        raise InvalidValueError(f"{_INFO} names no moment that can be")
    counts = {kind: count for kind, count in info.counts.items() if kind in _COUNTED}
    return SnapshotInfo(checked_name(info.name), info.made_at_ms, counts)


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
        return checked_name(read_text(name_file(path)))
    except (InputError, InvalidValueError):
        return ""


def name_file(path: Path) -> Path:
    """Return where the name is kept that the snapshot in a file was given later."""
    return path.with_suffix(".name")


def checked_name(name: str) -> str:
    """Return a name without spaces around it. Raises InvalidValueError where it is none."""
    title = checked_text(name, "The name of a snapshot").strip()
    if not title or len(title) > LONGEST_NAME or not title.isprintable():
        raise InvalidValueError(
            f"The name of a snapshot has 1 to {LONGEST_NAME} characters on one line."
        )
    return title


def count_state(state: Path) -> dict[str, int]:
    """Return how much is in a stored state, by kind."""
    connection = apsw.Connection(str(state), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows: dict[str, Any] = {
            kind: connection.execute(query).fetchone() for kind, query in _COUNTED.items()
        }
        return {kind: int(row[0]) for kind, row in rows.items()}
    finally:
        connection.close()


def pack(stream: BinaryIO, state: Path, info: SnapshotInfo, progress: Progress) -> None:
    """Write a stored state into the archive of a snapshot."""
    total, done = state.stat().st_size, 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.writestr(_INFO, msgspec.json.encode(info))
        with state.open("rb") as source, archive.open(STATE, "w", force_zip64=True) as member:
            while piece := source.read(_PIECE):
                progress.report(done, total, "Compressing")
                member.write(piece)
                done += len(piece)


@contextmanager
def unpacked(folder: Path, snapshot: Snapshot, progress: Progress = NO_PROGRESS) -> Iterator[Path]:
    """Yield the stored state of a snapshot of the project in a folder, as an SQLite file for the moment.

    Raises ProjectError where the snapshot is damaged.
    """
    if snapshot.damage:
        raise ProjectError(snapshot.damage)
    with scratch_folder(folder) as scratch:
        state = scratch / STATE
        try:
            _unpack(snapshot.path, state, progress)
        except FileNotFoundError:
            raise ProjectError(
                f"The snapshot {printable(snapshot.name)} is gone; its file was deleted."
            ) from None
        except _NO_ARCHIVE as error:
            text = f"{snapshot.path.name} is damaged: {error}. Use another snapshot or a backup."
            raise ProjectError(text) from error
        yield state


def _unpack(path: Path, state: Path, progress: Progress) -> None:
    with zipfile.ZipFile(path) as archive:
        # What the archive says of its size is what is read at most, and there is room for it.
        packed = _member(archive, STATE)
        total, done = packed.file_size, 0
        check_room(state.parent, total)
        with archive.open(packed) as member, state.open("xb") as target:
            while piece := member.read(_PIECE):
                progress.report(done, total, "Unpacking")
                try:
                    target.write(piece)
                except OSError as error:
                    raise ProjectError(str(unwritable(state, error))) from error
                done += len(piece)
