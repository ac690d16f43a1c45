"""The only place where bytes of untrusted files come in."""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from annotator.safe_io.errors import InputError, unreadable
from annotator.safe_io.limits import DEFAULT_LIMITS, Limits

_HAS_FOLDER_HANDLES: Final = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(path: Path, *, root: Path | None = None) -> BinaryIO:
    """Open a regular file for reading; devices, pipes and folders are refused.

    With `root`, `path` must be what `resolve_inside` returned for it; then no link below the root is followed: a
    file or folder that was replaced by a link after that check is refused. Raises InputError.
    """
    try:
        handle = os.open(path, _READ) if root is None else _open_below(root, path)
    except OSError as error:
        raise unreadable(path, error) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        what = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise InputError(f"{path} is {what}, not a regular file; choose a file.", rule="unreadable")
    return os.fdopen(handle, "rb")


def read_bytes(path: Path, limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None) -> bytes:
    """Return all bytes of a regular file of at most `limits.file_bytes`. Raises InputError."""
    with open_regular(path, root=root) as stream:
        return read_stream(stream, path, limits)


def read_stream(stream: BinaryIO, path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return all bytes of what `open_regular` opened, from its beginning. Raises InputError."""
    size = os.fstat(stream.fileno()).st_size
    check_size(path, size, limits.file_bytes)
    try:
        stream.seek(0)
        # Without a size, what a buffered stream holds already is joined to the rest: a second copy of everything.
        data = stream.read(size + 1)
        if len(data) > size:  # it has grown
            data += stream.read(limits.file_bytes - size)
    except OSError as error:
        raise unreadable(path, error) from None
    check_size(path, len(data), limits.file_bytes)
    return data


def read_text(path: Path, limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None) -> str:
    """Return the text of a UTF-8 file without its byte order mark; line ends stay as they are. Raises InputError."""
    data = read_bytes(path, limits, root=root)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: the text is not UTF-8; save it as UTF-8.",
            rule="syntax",
            line=line,
        ) from None


def check_size(name: object, size: int, limit: int) -> None:
    """Raise InputError if `size` is over `limit`, both in bytes."""
    if size > limit:
        raise InputError(
            f"{name} has {size / 1e6:,.0f} MB, the limit is {limit / 1e6:,.0f} MB. Split it into parts.",
            rule="size",
        )


def _open_below(root: Path, path: Path) -> int:
    real_root = Path(os.path.realpath(root))
    parts = path.relative_to(real_root).parts
    if not _HAS_FOLDER_HANDLES:
        return _open_and_compare(path)
    folder = os.open(real_root, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts[:-1]:
        outer = folder
        try:
            folder = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=outer)
        finally:
            os.close(outer)
    try:
        return os.open(parts[-1], _READ | os.O_NOFOLLOW, dir_fd=folder)
    finally:
        os.close(folder)


def _open_and_compare(path: Path) -> int:
    """Open where the system has no folder handles (Windows), then see whether the path still means that file."""
    handle = os.open(path, _READ)
    if Path(os.path.realpath(path)) != path or not os.path.samestat(
        os.fstat(handle), os.lstat(path)
    ):
        os.close(handle)
        raise OSError(0, "it was replaced by a link while it was opened")
    return handle
