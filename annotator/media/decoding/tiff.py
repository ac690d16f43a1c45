"""Pages of TIFF files, by the decoder that gets the kind at hand right."""

import logging
import struct
import zlib
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.media.decoding.samples import decode_with_opencv
from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo, decoded_bytes

if TYPE_CHECKING:
    from tifffile import TiffPage

_ALPHA: Final = ((1,), (2,))  # ExtraSamples: associated, unassociated

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
)

# What is wrong with a picture is said in our own words; tifffile's log would only repeat it on the terminal.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


def decode_tiff(data: bytes, info: PictureInfo, page: int) -> tuple[NDArray[Any], int]:
    """Return samples of any type, (H, W) or (H, W, C) with blue first, and the orientation still to be applied.

    OpenCV knows all compressions and turns the picture upright itself, but multiplies alpha into the colours,
    and shows 16-bit pictures whose zero is white as negatives; tifffile has neither fault, but knows only some
    compressions. Raises MediaError where neither succeeds.
    """
    by_opencv = (partial(decode_with_opencv, data, page), 1)
    by_tifffile = (partial(_decode_with_tifffile, data, info, page), info.orientation)
    is_plain = info.channels in (1, 3) and info.bit_depth <= 8
    for decode, orientation in (by_opencv, by_tifffile) if is_plain else (by_tifffile, by_opencv):
        samples = decode()
        if samples is not None:
            return samples, orientation
    raise MediaError("it is damaged or incomplete, or compressed in a way that is not known.")


def _decode_with_tifffile(data: bytes, info: PictureInfo, page: int) -> NDArray[Any] | None:
    import tifffile

    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            found = file.pages[page].aspage()
            # What it would allocate must be what the limits were checked for.
            if found.nbytes > decoded_bytes(info):
                return None
            return _blue_first(found)
    except (tifffile.TiffFileError, *_DAMAGED):
        return None


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
    has_alpha = page.extrasamples[:1] in _ALPHA and samples.shape[2] > len(colours)
    return np.take(samples, [*colours, len(colours)] if has_alpha else colours, axis=2)
