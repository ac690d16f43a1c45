"""The pictures in a folder."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.errors import MediaError
from annotator.media.natural_order import natural_key
from annotator.safe_io import DEFAULT_LIMITS, Limits, printable

PICTURE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff"}
)


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A file whose name says that it is a picture; it may be broken all the same."""

    path: str
    """Relative to the folder, with "/" on all systems."""
    size: int
    """In bytes."""
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FolderListing:
    """The pictures of a folder in natural order, and what could not be listed, as sentences."""

    pictures: list[FoundPicture]
    problems: list[str]


def find_pictures(
    folder: Path,
    *,
    recursive: bool = True,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress = NO_PROGRESS,
) -> FolderListing:
    """List the pictures in a folder by their suffixes, in natural order.

    Hidden files and folders are left out. Links are followed, each folder once, so that circles end. Raises
    MediaError if the folder itself cannot be listed, or holds more than `limits.entries` files.
    """
    listing = FolderListing([], [])
    seen: set[tuple[int, int]] = set()
    pending, linked = [""], list[str]()
    while pending or linked:
        linked.sort(reverse=True)
        prefix = pending.pop() if pending else linked.pop()
        try:
            if _is_first_visit(folder / prefix, seen):
                with os.scandir(folder / prefix) as entries:
                    subfolders = [entry for entry in entries if _take(entry, prefix, listing)]
                if recursive:
                    for entry in subfolders:
                        (linked if entry.is_symlink() else pending).append(f"{prefix}{entry.name}/")
        except OSError as error:
            if not prefix:
                raise MediaError(
                    f"The folder {folder} cannot be listed: {error.strerror}."
                ) from None
            listing.problems.append(
                f"The folder {printable(prefix)} cannot be listed: {error.strerror}."
            )
        progress.report(len(listing.pictures), None, "Looking for pictures")
        if len(listing.pictures) > limits.entries:
            raise MediaError(
                f"{folder} holds more than {limits.entries:,} pictures; open a part of it."
            )
    listing.pictures.sort(key=lambda picture: natural_key(picture.path))
    return listing


def _take(entry: os.DirEntry[str], prefix: str, listing: FolderListing) -> bool:
    """Add a file to the listing if it is a picture; return whether the entry is a folder to be listed."""
    name = entry.name
    if name.startswith("."):
        return False
    if entry.is_dir():
        return True
    if os.path.splitext(name)[1].lower() not in PICTURE_SUFFIXES:
        return False
    path = prefix + name
    if not _is_text(name):
        listing.problems.append(
            f"The file name {printable(path)} is not valid text; rename the file."
        )
    elif not entry.is_file():
        listing.problems.append(f"{printable(path)} is not a file, or a link to nothing.")
    else:
        status = entry.stat()
        listing.pictures.append(FoundPicture(path, status.st_size, status.st_mtime_ns))
    return False


def _is_first_visit(folder: Path, seen: set[tuple[int, int]]) -> bool:
    status = folder.stat()
    key = (status.st_dev, status.st_ino)
    is_new = key not in seen
    seen.add(key)
    return is_new


def _is_text(name: str) -> bool:
    """Whether a name can be stored: names that are not UTF-8 come with halves of surrogate pairs on Linux."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)
