"""Reading picture files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from annotator.media.buffers import Lend, Pixels, new_memory
from annotator.media.contents import open_content, whole_content
from annotator.media.decoding.jpeg import decode_jpeg
from annotator.media.decoding.samples import decode_with_opencv, to_bgra
from annotator.media.decoding.tiff import decode_tiff
from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo, check_limits, info_of
from annotator.media.levels import eight_bit
from annotator.media.orientation import upright
from annotator.media.picture import Picture
from annotator.safe_io import DEFAULT_LIMITS, Limits


def read_picture(
    path: Path,
    index: int = 0,
    *,
    scale: int = 1,
    limits: Limits = DEFAULT_LIMITS,
    lend: Lend = new_memory,
    root: Path | None = None,
    begins: Callable[[], None] | None = None,
) -> Picture:
    """Read a picture file, or the page or archive member `index` of it.

    Width and height are divided by `scale` (rounded up). begins: is called when the file is read and decoding begins,
    which takes most of the time.
    Its header is checked against `limits` before anything is decoded. Raises MediaError where it is no picture
    or cannot be decoded, InputError where the file cannot be opened.
    """
    with open_content(path, index, limits=limits, root=root) as (stream, page):
        info = info_of(stream, page)
        check_limits(info, limits)
        data = whole_content(stream, path, limits)
        if begins is not None:
            begins()
        return _decode(data, info, page, scale, lend)


def _decode(data: bytes, info: PictureInfo, page: int, scale: int, lend: Lend) -> Picture:
    try:
        pixels, orientation, problem = _decode_stored(data, info, page, scale, lend)
        pixels = _reduced(upright(pixels, orientation, lend), info, scale, lend)
    except MemoryError:
        raise MediaError("there is not enough memory to decode it.") from None
    has_alpha = info.format != "jpeg" and _settle_alpha(pixels, info)
    return Picture(pixels, has_alpha, problem)


def _decode_stored(
    data: bytes, info: PictureInfo, page: int, scale: int, lend: Lend
) -> tuple[Pixels, int, str | None]:
    """Return the pixels as stored, the orientation still to be applied, and what is wrong with the file."""
    if info.format == "jpeg":
        pixels, problem = decode_jpeg(data, info, lend, scale)
        return pixels, info.orientation, problem
    if info.format == "tiff":
        samples, orientation, problem = decode_tiff(data, info, page)
        return to_bgra(eight_bit(samples), lend), orientation, problem
    decoded = decode_with_opencv(data)
    if decoded is None:
        raise MediaError("it is damaged or incomplete.")
    return to_bgra(eight_bit(decoded), lend), info.orientation, None


def _reduced(pixels: Pixels, info: PictureInfo, scale: int, lend: Lend) -> Pixels:
    """Bring pixels to their final size; a size that fits no factor means that header and content disagree."""
    from annotator.media.opencv import cv2

    height, width = pixels.shape[:2]
    if not any(
        (width, height) == (-(-info.width // n), -(-info.height // n))
        for n in (1, 2, 4, 8)
        if n <= scale
    ):
        raise MediaError(
            f"its header says {info.width} x {info.height} pixels, it has {width} x {height}."
        )
    wanted = (-(-info.width // scale), -(-info.height // scale))
    if (width, height) == wanted:
        return pixels
    result = lend((wanted[1], wanted[0], 4))
    cv2.resize(pixels, wanted, result, interpolation=cv2.INTER_AREA)
    return result


def _settle_alpha(pixels: Pixels, info: PictureInfo) -> bool:
    """Tell whether any pixel is not opaque. Many programs leave the fourth byte of a BMP pixel at zero."""
    if info.channels not in (2, 4):
        return False
    alpha = pixels[:, :, 3]
    if info.format == "bmp" and not np.any(alpha):
        alpha[:] = 255
    return bool(alpha.min() < 255)
