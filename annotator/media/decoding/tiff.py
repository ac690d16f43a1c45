"""Pages of TIFF files, by the decoder that gets the kind at hand right."""

import logging
import lzma
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.media.buffers import Pixels
from annotator.media.decoding.samples import decode_with_opencv
from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo, decoded_bytes

if TYPE_CHECKING:
    from tifffile import TiffPage

# Kinds of compression: none, CCITT (three), LZW, JPEG (two), Deflate (two), PackBits, LZMA.
_BY_TIFFFILE: Final = frozenset({1, 8, 32946, 32773, 34925})
# Of a kind that it does not know OpenCV makes a black picture, without a word.
_BY_OPENCV: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32946, 32773})
# ExtraSamples: alpha that is multiplied into the colours, and that is not.
_MULTIPLIED, _STRAIGHT = (1,), (2,)

# What tifffile raises on damaged files: it checks little and lets Python find out.
_DAMAGED: Final = (
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    RuntimeError,
    OSError,
    EOFError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)

# What is wrong with a picture is said in our own words; tifffile's log would only repeat it on the terminal.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


def decode_tiff(data: bytes, info: PictureInfo, page: int) -> tuple[NDArray[Any], int, str | None]:
    """Return samples, the orientation still to be applied, and what is wrong, as a sentence.

    Samples are of any type, (H, W) or (H, W, C) with blue first. tifffile tells of damage, but knows only some
    compressions and colour models. OpenCV knows more of them and turns the picture upright itself, but leaves black
    what it cannot read, multiplies alpha into the colours, and shows 16-bit pictures whose zero is white as
    negatives. Raises MediaError where neither succeeds.
    """
    import tifffile

    compression, has_alpha, problem = 1, False, None
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            found = file.pages[page].aspage()
            compression = int(found.compression)
            has_alpha = found.extrasamples[:1] in (_MULTIPLIED, _STRAIGHT)
            # Of less than 8 bits it does not fill the range. What it would allocate must be what the limits were
            # checked for.
            if (
                compression in _BY_TIFFFILE
                and info.bit_depth >= 8
                and found.nbytes <= decoded_bytes(info)
                and (samples := _blue_first(found)) is not None
            ):
                return samples, info.orientation, None
    except (tifffile.TiffFileError, *_DAMAGED):
        problem = "The picture is damaged: what cannot be read of it is black."
    if compression in _BY_OPENCV and (samples := decode_with_opencv(data, page)) is not None:
        return _divided_by_alpha(samples) if has_alpha else samples, 1, problem
    raise MediaError("it is damaged or incomplete, or compressed in a way that is not known.")


def _blue_first(page: "TiffPage") -> NDArray[Any] | None:
    """Return the samples of a tifffile page; None for colour models that are left to OpenCV."""
    import tifffile

    samples: NDArray[Any] = page.asarray()
    if page.axes == "SYX":
        samples = np.moveaxis(samples, 0, 2)
    elif page.axes not in ("YX", "YXS"):
        return None
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        samples = np.invert(samples)
    elif page.photometric not in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB):
        return None
    if samples.ndim == 2:
        return samples
    # Further channels, such as infrared, are not shown; only what is declared as alpha is taken for it.
    colours = [2, 1, 0] if samples.shape[2] >= 3 else [0]
    kind = page.extrasamples[:1]
    if kind not in (_MULTIPLIED, _STRAIGHT) or samples.shape[2] == len(colours):
        return np.take(samples, colours, axis=2)
    taken = np.take(samples, [*colours, len(colours)], axis=2)
    return _divided_by_alpha(taken) if kind == _MULTIPLIED else taken


def _divided_by_alpha(samples: NDArray[Any]) -> NDArray[Any]:
    """Take alpha out of 8-bit colours that it was multiplied into; other samples stay as they are.

    What is nearly transparent has lost some of its colour.
    """
    if samples.dtype != np.uint8 or samples.shape[2:] not in ((2,), (4,)):
        return samples
    alpha = samples[:, :, -1:]
    shares = np.maximum(alpha, 1).astype(np.float32) / 255
    colours: Pixels = np.minimum(np.rint(samples[:, :, :-1] / shares), 255).astype(np.uint8)
    return np.concatenate((colours, alpha), axis=2)
