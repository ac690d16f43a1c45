"""The pictures in folders, archives and single files that a user named."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.archive import ARCHIVE_SUFFIXES
from annotator.media.errors import MediaError
from annotator.media.folder import PICTURE_SUFFIXES, FolderListing, FoundPicture, find_pictures
from annotator.media.header import read_info
from annotator.media.identity import file_identity
from annotator.media.several import pictures_in_archive
from annotator.project.errors import ProjectError
from annotator.safe_io import InputError, printable, real_path

# Problems, or places, that are named in one sentence.
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class FoundMedia:
    """Pictures below one folder. problems: files that could not be listed, as sentences.

    title: the name of the archive that they are in, empty for files in a folder.
    """

    root: Path
    pictures: Sequence[FoundPicture]
    problems: Sequence[str] = ()
    title: str = ""


def find_media(paths: Iterable[Path], progress: Progress = NO_PROGRESS) -> list[FoundMedia]:
    """Look for pictures in folders, which are searched through, and archives; take single files as they are.

    A picture that is named more than once is taken once. Raises ProjectError for a path that does not exist, a file
    that is no picture, or where no picture is found.
    """
    found: list[FoundMedia] = []
    singles: dict[Path, list[FoundPicture]] = {}
    for path in paths:
        whole = real_path(path)
        check_text(whole)
        if os.path.isdir(whole):
            listing = find_pictures(whole, progress=progress)
            found.append(FoundMedia(whole, listing.pictures, problems_of(listing)))
        elif whole.suffix.lower() in ARCHIVE_SUFFIXES:
            found.append(_archive(whole, progress))
        else:
            singles.setdefault(whole.parent, []).append(_single(whole))
    found += [FoundMedia(root, pictures) for root, pictures in singles.items()]
    if not any(one.pictures for one in found):
        where = ", ".join(str(one.root) for one in found[:_MOST_NAMED]) or "what was named"
        reasons = in_short([problem for one in found for problem in one.problems])
        raise ProjectError(
            f"No pictures were found in {where}. Name folders, archives or files of pictures.{reasons}"
        )
    return _without_repeats(found)


def check_text(path: Path) -> None:
    """Refuse a path that a project could not keep: on Linux, names need not be UTF-8."""
    if not any("\ud800" <= character <= "\udfff" for character in str(path)):
        return
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8":
        raise ProjectError(
            f"The path {printable(str(path))} is not valid text in {encoding}, which the locale asks for."
            " Set PYTHONUTF8=1, or a locale with UTF-8."
        )
    raise ProjectError(
        f"The path {printable(str(path))} is not valid text. Rename the folder or file."
    )


def problems_of(listing: FolderListing) -> list[str]:
    """Return what a user should know of a folder besides its pictures, as sentences."""
    problems = list(listing.problems)
    if listing.videos:
        problems.append(f"Videos were passed over ({listing.videos}): only pictures are taken.")
    if listing.archives:
        problems.append(
            f"Archives were passed over ({listing.archives}): name one itself to take the pictures in it."
        )
    return problems


def in_short(problems: Sequence[str]) -> str:
    """Return the first problems, to stand behind a sentence."""
    more = len(problems) - _MOST_NAMED
    return "".join(f" {one}" for one in problems[:_MOST_NAMED]) + (
        f" And {more} more." if more > 0 else ""
    )


def _single(path: Path) -> FoundPicture:
    """A file that the user named: a picture by its name, which may be broken, or by its first bytes."""
    try:
        identity = file_identity(path)
        if path.suffix.lower() not in PICTURE_SUFFIXES:
            read_info(path)
    except MediaError as error:
        raise ProjectError(f"{error} Check the path.") from None
    return FoundPicture(path.name, identity.size, identity.mtime_ns)


def _archive(path: Path, progress: Progress) -> FoundMedia:
    try:
        pictures, problems = pictures_in_archive(path, progress=progress)
    except (MediaError, InputError) as error:
        raise ProjectError(f"{error} Check the archive.") from None
    return FoundMedia(path.parent, pictures, problems, path.stem)


def _without_repeats(found: Sequence[FoundMedia]) -> list[FoundMedia]:
    seen: set[tuple[str, int]] = set()
    result: list[FoundMedia] = []
    for one in found:
        pictures: list[FoundPicture] = []
        for picture in one.pictures:
            place = picture.target or os.path.join(one.root, picture.path), picture.index
            if place not in seen:
                seen.add(place)
                pictures.append(picture)
        problems = list(one.problems)
        if repeats := len(one.pictures) - len(pictures):
            problems.append(
                f"Pictures in {one.root} were named twice and are taken once ({repeats})."
            )
        result.append(replace(one, pictures=pictures, problems=problems))
    return result
