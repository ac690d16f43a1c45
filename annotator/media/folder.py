"""The pictures in a folder."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.archive import ARCHIVE_SUFFIXES
from annotator.media.errors import MediaError
from annotator.media.natural_order import natural_key
from annotator.safe_io import DEFAULT_LIMITS, Limits, name_problem, printable

PICTURE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff"}
)
VIDEO_SUFFIXES: Final = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp"}
)
# Names about which no more need be asked; asking everything takes most of the time that listing a folder does.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .()+-]{0,199}")
_LONGEST_PLAIN: Final = 2000


class FoundPicture(msgspec.Struct, frozen=True, gc=False):
    """A file that is a picture by its name, or one of several pictures in a file; it may be broken all the same.

    The collector of garbage passes it by: a hundred thousand of them live for minutes.
    """

    path: str
    """Relative to the folder, with "/" on all systems."""
    size: int
    """In bytes."""
    mtime_ns: int
    target: str = ""
    """The real path, where a link on the way leads out of the folder."""
    index: int = 0
    """Which of the pictures in the file: see `read_picture`."""
    name: str = ""
    """Of a page or a member, as `path`; empty where the file is the picture."""

    @property
    def frame_name(self) -> str:
        """What the frame of this picture is called."""
        return self.name or self.path


@dataclass(slots=True)
class FolderListing:
    """The pictures of a folder in natural order, and what could not be listed, as sentences.

    videos, archives: how many of them were passed over.
    """

    pictures: list[FoundPicture]
    problems: list[str]
    videos: int = 0
    archives: int = 0


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
    home = os.path.join(os.path.realpath(folder), "")
    seen: set[tuple[int, int]] = set()
    # Folders to be listed, each with whether there is a link on the way to it.
    pending, linked = [("", False)], list[tuple[str, bool]]()
    while pending or linked:
        linked.sort(reverse=True)
        prefix, is_linked = pending.pop() if pending else linked.pop()
        place = _Place(prefix, is_linked, _is_plain(prefix))
        try:
            if _is_first_visit(folder / prefix, seen):
                with os.scandir(folder / prefix) as entries:
                    subfolders = [entry for entry in entries if _take(entry, place, listing, home)]
                if recursive:
                    for entry in subfolders:
                        below = f"{prefix}{entry.name}/"
                        if entry.is_symlink():
                            linked.append((below, True))
                        else:
                            pending.append((below, is_linked))
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder that is listed. is_plain: nothing need be asked about its own path."""

    prefix: str
    is_linked: bool
    is_plain: bool


def _is_plain(prefix: str) -> bool:
    return len(prefix) < _LONGEST_PLAIN and (not prefix or name_problem(prefix + "x") is None)


def _take(entry: os.DirEntry[str], place: _Place, listing: FolderListing, home: str) -> bool:
    """Add a file to the listing if it is a picture; return whether the entry is a folder to be listed.

    home: the real path of the folder that is listed, with a slash at its end.
    """
    name = entry.name
    if name.startswith("."):
        return False
    if entry.is_dir():
        return True
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in PICTURE_SUFFIXES:
        listing.videos += suffix in VIDEO_SUFFIXES
        listing.archives += suffix in ARCHIVE_SUFFIXES
        return False
    path = place.prefix + name
    if not (place.is_plain and _PLAIN.fullmatch(name)) and (reason := name_problem(path)):
        listing.problems.append(
            f"The picture {printable(path)} is left out: {reason}. Rename the file."
        )
    elif not entry.is_file():
        listing.problems.append(f"{printable(path)} is not a file, or a link to nothing.")
    else:
        status = entry.stat()
        target = os.path.realpath(entry.path) if place.is_linked or entry.is_symlink() else ""
        if target.startswith(home):
            target = ""
        listing.pictures.append(FoundPicture(path, status.st_size, status.st_mtime_ns, target))
    return False


def _is_first_visit(folder: Path, seen: set[tuple[int, int]]) -> bool:
    status = folder.stat()
    key = (status.st_dev, status.st_ino)
    is_new = key not in seen
    seen.add(key)
    return is_new
