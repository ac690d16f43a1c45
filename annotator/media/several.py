"""Files that hold several pictures: pages of TIFF files, members of archives."""

import os
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import AnnotatorError
from annotator.media.archive import archive_of, read_member
from annotator.media.errors import MediaError, naming
from annotator.media.folder import PICTURE_SUFFIXES, FoundPicture
from annotator.media.header import info_of, read_info
from annotator.media.natural_order import natural_key
from annotator.safe_io import DEFAULT_LIMITS, Limits, open_regular

_PAGED: Final = frozenset({".tif", ".tiff"})
# What other systems put into archives beside the files.
_NOT_MEANT: Final = "__MACOSX"


def with_pages(folder: Path, pictures: Iterable[FoundPicture]) -> Iterator[FoundPicture]:
    """Yield pictures of a folder, and in the place of a TIFF file of several pages each of these.

    TIFF files are opened for it, nothing else is; one that cannot be read is one picture, whose error is shown.
    """
    for picture in pictures:
        if _suffix(picture.path) not in _PAGED or picture.name:
            yield picture
            continue
        path = Path(picture.target) if picture.target else folder / picture.path
        try:
            count = read_info(path).pages
        except AnnotatorError:
            count = 1
        if count == 1:
            yield picture
        for page in range(count if count > 1 else 0):
            yield msgspec.structs.replace(picture, index=page, name=page_name(picture.path, page))


def page_name(path: str, page: int) -> str:
    """Return the name of a page, from 0: one that a file beside the others could have."""
    name = PurePosixPath(path)
    return str(name.with_name(f"{name.stem}_p{page + 1}{name.suffix}"))


def pictures_in_archive(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, progress: Progress = NO_PROGRESS
) -> tuple[list[FoundPicture], list[str]]:
    """Return the pictures in an archive in natural order, and what was refused, as sentences.

    Each has the archive's file name as its path, and its own name below the archive. Hidden members are left out, and
    archives in the archive are not opened. Raises MediaError, or InputError where the file cannot be opened.
    """
    found: list[FoundPicture] = []
    with open_regular(path) as stream, naming(path):
        status = os.fstat(stream.fileno())
        archive = archive_of(stream, limits)
        for member in progress.track(archive.members, "Looking for pictures"):
            if not _is_picture(member.name):
                continue
            pages = 1
            if _suffix(member.name) in _PAGED:
                try:
                    pages = info_of(BytesIO(read_member(stream, member, limits))).pages
                except MediaError:
                    pages = 1  # the frame shows what is wrong
            found += (
                FoundPicture(
                    path.name,
                    status.st_size,
                    status.st_mtime_ns,
                    index=member.index_of(page),
                    name=member.name if pages == 1 else page_name(member.name, page),
                )
                for page in range(pages)
            )
    found.sort(key=lambda picture: natural_key(picture.name))
    return found, [f"{path}: {problem}" for problem in archive.problems]


def _is_picture(name: str) -> bool:
    parts = name.split("/")
    is_hidden = any(part.startswith(".") for part in parts) or parts[0] == _NOT_MEANT
    return not is_hidden and _suffix(name) in PICTURE_SUFFIXES


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()
