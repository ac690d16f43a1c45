"""Frames by index: what a picture file, and later a video or an archive, look like to the rest of the program."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from annotator.media.buffers import Lend, new_memory
from annotator.media.header import PictureInfo, read_info
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.safe_io import DEFAULT_LIMITS, Limits

Region: TypeAlias = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright picture, ends excluded."""


class MediaSource(Protocol):
    """A sequence of frames. Any thread may read."""

    def __len__(self) -> int:
        """How many frames there are."""

    def info(self, index: int) -> PictureInfo:
        """What is known about a frame without decoding it. Raises AnnotatorError."""

    def read(self, index: int, region: Region | None = None, scale: int = 1) -> Picture:
        """Decode a frame, or a region of it, with its sides divided by `scale`. Raises AnnotatorError.

        A region may reach beyond the picture, but must not lie outside (ValueError).
        """


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One picture file; each page of a TIFF file is a frame.

    root: the folder that links must not leave, where the file belongs to a dataset or project.
    """

    path: Path
    limits: Limits = DEFAULT_LIMITS
    lend: Lend = field(default=new_memory, repr=False)
    root: Path | None = None

    def __len__(self) -> int:
        return self.info(0).pages

    def info(self, index: int) -> PictureInfo:
        """Read the header of a page."""
        return read_info(self.path, index, root=self.root)

    def read(self, index: int, region: Region | None = None, scale: int = 1) -> Picture:
        """Decode a page."""
        picture = read_picture(
            self.path, index, scale=scale, limits=self.limits, lend=self.lend, root=self.root
        )
        return picture if region is None else _cropped(picture, region, scale)


def _cropped(picture: Picture, region: Region, scale: int) -> Picture:
    x0, y0, x1, y1 = (max(0, side) for side in region)
    columns, rows = (slice(x0 // scale, -(-x1 // scale)), slice(y0 // scale, -(-y1 // scale)))
    pixels = picture.pixels[rows, columns].copy()
    if not pixels.size:
        raise ValueError(f"the region {region} lies outside the picture")
    return Picture(pixels, picture.has_alpha, picture.problem)
