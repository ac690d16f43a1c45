"""Files and folders that appear whole or not at all."""

import os
import secrets
import shutil
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
    try:
        stream = temporary.open("xb")
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise unreadable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; when the block ends it becomes `target`.

    A target that exists must be an empty folder. If the block raises, or is cancelled, nothing is left behind.
    Raises InputError.
    """
    _check_free(target)
    existing = next(folder for folder in target.absolute().parents if folder.is_dir())
    temporary = existing / _temporary_name(target)
    try:
        temporary.mkdir()
    except OSError as error:
        raise unreadable(target, error) from None
    try:
        yield temporary
        _check_free(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rmdir()
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
    return f".{path.name[:40]}.{secrets.token_hex(6)}.part"


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced at all (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
