"""Where the pictures of a dataset are, and how large they are."""

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from unicodedata import normalize

from annotator.core.errors import AnnotatorError
from annotator.formats.dataset import DatasetHeader, DatasetView, FrameItem, FramePicture
from annotator.formats.losses import LossReport
from annotator.formats.registry import FormatError
from annotator.safe_io import InputError, resolve_inside

_OF_TARGET: Final = {
    errno.ENOSPC,
    errno.EFBIG,
    errno.EROFS,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}


_WAY_OUT: Final = "Put that right, or write without pictures."


def find_picture(header: DatasetHeader, frame: FrameItem) -> Path | None:
    """Return the picture file of a frame in the folders the dataset names, or None.

    For a frame of a subset, a folder with a part of that name comes before the others, since two subsets may
    have pictures of the same name. A name that leads out of a folder finds nothing. Some systems store the letters of
    a name composed, others with marks of their own: where the name is not there as it stands, the other spelling is it.
    """
    if not frame.name:
        return None
    roots = header.media_roots
    if frame.subset:
        roots = tuple(sorted(roots, key=lambda root: frame.subset not in root.parts[-2:]))
    for name in _spellings(frame.name):
        for root in roots:
            try:
                path = resolve_inside(root, name)
            except InputError:
                continue
            if os.path.isfile(path):
                return path
    return None


def _spellings(name: str) -> Iterable[str]:
    """Return the name, and how else it may be spelled on a disk."""
    return (
        (name,)
        if name.isascii()
        else dict.fromkeys((name, normalize("NFC", name), normalize("NFD", name)))
    )


def upright_size(path: Path, root: Path | None = None) -> tuple[int, int]:
    """Return width and height of a picture as a viewer shows it, from its header.

    root: as for `safe_io.open_regular`. Raises AnnotatorError.
    """
    from annotator.media.header import read_info

    info = read_info(path, root=root)
    return info.width, info.height


def copy_picture(picture: FramePicture, target: Path) -> None:
    """Write a picture as a file of its own, with the folders above `target`; what is one already is copied as it is.

    Raises FormatError where it cannot be read, OSError of the target where that cannot be written.
    """
    from annotator.media.single import single_picture

    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        data = single_picture(picture.path, picture.index)
    except AnnotatorError as error:
        raise FormatError(f"A picture cannot be copied. {error} {_WAY_OUT}") from None
    if data is None:
        _copy_file(picture.path, target)
    else:
        target.write_bytes(data)


def _copy_file(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        # A full disk is told of the source, from which the bytes come.
        if error.filename != str(source) or error.errno in _OF_TARGET:
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise FormatError(
            f"{source} cannot be copied: {error.strerror or error}. {_WAY_OUT}"
        ) from None


def mention_missing_pictures(report: LossReport, view: DatasetView) -> None:
    """Add a row for frames whose pictures cannot be copied, since they are not there."""
    count = sum(view.picture(frame) is None for frame in view.frames())
    if count:
        report.mention("picture", "The picture of the frame is missing.", count)
