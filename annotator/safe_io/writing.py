"""Files and folders that appear whole or not at all."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from annotator.safe_io.errors import InputError, shortened, unreadable, unwritable


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
def whole_path(path: Path) -> Iterator[Path]:
    """Yield where to make a file; when the block ends, it is brought to the disk and replaces `path`.

    For files that a library makes by their name, such as databases; otherwise as `write_whole`.
    """
    temporary = path.with_name(_temporary_name(path))
    with _said_of(path, temporary):
        try:
            yield temporary
            with temporary.open("r+b") as stream:
                os.fsync(stream.fileno())
            os.replace(temporary, path)
            _sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def unfinished_files(folder: Path) -> list[Path]:
    """Return the files in a folder that a killed process left half written, and those just being written."""
    return [path for path in folder.glob(".*.part*") if path.is_file()]


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; when the block ends it becomes `target`.

    A target that exists must be an empty folder. If the block raises, or is cancelled, nothing is left behind.
    Raises InputError.
    """
    import shutil

    target = _place_of(target)
    _check_free(target)
    existing = _folder_above(target)
    temporary = existing / _temporary_name(target)
    try:
        temporary.mkdir()
    except OSError as error:
        raise unwritable(target, error, existing) from error
    with _said_of(target, temporary):
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
        name = str(error.filename or temporary)  # writing to an open stream names no file
        if str(temporary) not in name and not target.is_relative_to(name):
            raise unreadable(name, error) from error  # of what is written from
        raise unwritable(Path(name.replace(str(temporary), str(target))), error) from error
    except InputError as error:
        text = str(error)
        if str(temporary) in text:  # of a file inside, which was written whole for itself
            text = text.replace(str(temporary), str(target))
            raise InputError(text, rule=error.rule, line=error.line) from error
        raise


def _place_of(target: Path) -> Path:
    """Return where a folder is to be made: itself, or what a link to a folder leads to."""
    try:
        target = target.absolute()
        return Path(os.path.realpath(target)) if target.is_symlink() and target.is_dir() else target
    except OSError as error:
        raise unwritable(target, error) from error


def _folder_above(target: Path) -> Path:
    """Return the nearest folder above a target that exists. Raises InputError where something else is in the way."""
    above = next(one for one in target.parents if os.path.lexists(one))
    if not above.is_dir():
        raise InputError(
            f"{shortened(target)} cannot be written: {shortened(above)} is not a folder; choose another place.",
            rule="unwritable",
        )
    return above


def _check_free(target: Path) -> None:
    try:
        is_folder = target.is_dir()
        is_occupied = any(target.iterdir()) if is_folder else os.path.lexists(target)
        is_fixed = is_folder and (os.path.ismount(target) or os.path.samefile(target, os.curdir))
    except OSError as error:
        raise unwritable(target, error) from None
    if is_occupied:
        raise InputError(
            f"{shortened(target)} exists already and is not an empty folder; choose another one.",
            rule="occupied",
        )
    if is_fixed:
        # It would be replaced by another folder: a disk cannot be, and a shell would stay in the old one.
        raise InputError(
            f"{shortened(target)} is the current folder or the top of a disk; choose a new folder inside it.",
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
