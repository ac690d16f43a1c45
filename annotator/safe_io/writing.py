"""Files and folders that appear whole or not at all."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from annotator.safe_io.errors import InputError, unreadable


@contextmanager
def write_whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a stream; when the block ends, what was written replaces `path` and is on the disk.

    If the block raises, `path` is as before and nothing is left behind. Raises InputError where the system
    refuses to write.
    """
    temporary = path.with_name(_temporary_name(path))
    with _said_of(path, temporary):
        try:
            with temporary.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            os.replace(temporary, path)
            _sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; when the block ends it becomes `target`.

    A target that exists must be an empty folder. If the block raises, or is cancelled, nothing is left behind.
    Raises InputError.
    """
    import shutil

    target = target.absolute()
    _check_free(target)
    existing = next(folder for folder in target.parents if folder.is_dir())
    temporary = existing / _temporary_name(target)
    with _said_of(target, temporary):
        temporary.mkdir()
        try:
            yield temporary
            _check_free(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                target.rmdir()
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _said_of(target: Path, temporary: Path) -> Iterator[None]:
    """Turn errors of the system into sentences that name what the user knows."""
    try:
        yield
    except OSError as error:
        name = str(error.filename or target)  # writing to an open stream names no file
        raise unreadable(name.replace(str(temporary), str(target)), error) from error


def _check_free(target: Path) -> None:
    try:
        occupied = target.exists() and (not target.is_dir() or any(target.iterdir()))
    except OSError as error:
        raise unreadable(target, error) from None
    if occupied:
        raise InputError(
            f"{target} exists already and is not an empty folder; choose another one.",
            rule="occupied",
        )


def _temporary_name(path: Path) -> str:
    # The name can be at its longest already, so the temporary one is not made from it.
    return f".{path.name[:40]}.{os.urandom(6).hex()}.part"


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced at all (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
