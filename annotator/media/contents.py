"""The bytes of a picture: a file of its own, or a member of an archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from annotator.media.archive import archive_of, is_archive, read_member
from annotator.media.errors import naming
from annotator.safe_io import DEFAULT_LIMITS, Limits, open_regular, read_stream


@contextmanager
def open_content(
    path: Path, index: int, *, limits: Limits = DEFAULT_LIMITS, root: Path | None = None
) -> Iterator[tuple[BinaryIO, int]]:
    """Open a picture; gives the stream and the page of it that `index` means.

    In an archive, the index means a member and a page of that; elsewhere it is the page. A MediaError of the block
    names the file. Raises MediaError, InputError.
    """
    with open_regular(path, root=root) as stream:
        with naming(path):
            member = None
            if is_archive(stream):
                member, page = archive_of(stream, limits).find(index)
        if member is None:
            with naming(path):
                yield stream, index
        else:
            with naming(path / member.name):
                yield BytesIO(read_member(stream, member, limits)), page


def whole_content(stream: BinaryIO, path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return all bytes of what `open_content` gave."""
    if isinstance(stream, BytesIO):
        return stream.getvalue()
    return read_stream(stream, path, limits)
