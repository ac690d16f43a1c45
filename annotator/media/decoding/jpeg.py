"""JPEG through libjpeg-turbo."""

from io import BytesIO
from typing import Final

import numpy as np

from annotator.media.buffers import Lend, Pixels
from annotator.media.decoding.samples import decode_with_opencv, to_bgra
from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo
from annotator.media.header.jpeg import END, read_jpeg_header
from annotator.media.levels import eight_bit

_FACTORS: Final = (8, 4, 2, 1)
# Bytes between two segments: cameras leave some, and nothing of the picture is lost.
_HARMLESS: Final = "extraneous bytes before marker"
_TAIL: Final = 1 << 16


def decode_jpeg(
    data: bytes, info: PictureInfo, lend: Lend, scale: int = 1
) -> tuple[Pixels, str | None]:
    """Return pixels (H, W, 4) as stored, reduced by the largest factor of 1, 2, 4, 8 up to `scale`, and what is wrong.

    Raises MediaError where nothing can be decoded.
    """
    import simplejpeg

    factor = next(factor for factor in _FACTORS if factor <= scale)
    width, height = (-(-side // factor) for side in info.stored_size)
    pixels = lend((height, width, 4))
    space = "CMYK" if info.channels == 4 else "BGRA"
    # By its least size libjpeg-turbo chooses the factor; without one it decodes everything.
    least = (0, 0) if factor == 1 else (height, width)
    problem = None
    try:
        simplejpeg.decode_jpeg(data, space, False, False, *least, buffer=pixels)
    except ValueError as first_error:
        try:
            simplejpeg.decode_jpeg(data, space, False, False, *least, buffer=pixels, strict=False)
        except ValueError:
            return _decode_rare_jpeg(data, lend), None
        reason = str(first_error)
        if _HARMLESS not in reason or END not in data[-_TAIL:]:
            problem = f"The picture is damaged: {reason[:1].lower()}{reason[1:]}."
    if space == "CMYK":
        pixels = _bgra_from_cmyk(pixels, read_jpeg_header(BytesIO(data)).is_adobe, lend)
    return pixels, problem


def _decode_rare_jpeg(data: bytes, lend: Lend) -> Pixels:
    """Try what TurboJPEG does not take: 12 bits, arithmetic coding, unusual subsampling."""
    samples = decode_with_opencv(data)
    if samples is None:
        raise MediaError("it is damaged or incomplete.")
    return to_bgra(eight_bit(samples), lend)


def _bgra_from_cmyk(cmyk: Pixels, is_adobe: bool, lend: Lend) -> Pixels:
    """Convert without a colour profile: each of red, green and blue is what its ink and black let through."""
    from annotator.media.opencv import cv2

    # What the paper reflects; Adobe's programs store that in place of the ink.
    cyan, magenta, yellow, black = cv2.split(cmyk if is_adobe else cv2.bitwise_not(cmyk))
    colours = [cv2.multiply(ink, black, scale=1 / 255) for ink in (yellow, magenta, cyan)]
    result = lend(cmyk.shape)
    cv2.merge([*colours, np.full_like(black, 255)], result)
    return result
