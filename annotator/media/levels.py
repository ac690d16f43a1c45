"""How samples of more than 8 bits are shown: the one place to choose it.

Between two percentiles of the picture's own values, as cameras and microscopes seldom fill the type they are stored
in: 12 bits in a 16-bit file would else be nearly black. A few hot or dead pixels do not count that way.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.media.buffers import Pixels

# Shares of the samples that may lie below what is shown as black and above what is shown as white.
_BELOW: Final = 0.002
_ABOVE: Final = 0.998
# A grid of about so many samples tells the percentiles well enough, in a millisecond.
_COUNTED: Final = 1 << 19
_GREY: Final = 128


def eight_bit(samples: NDArray[Any]) -> Pixels:
    """Return samples (H, W) or (H, W, C) of any numeric type as 8 bits; the colours share one scale.

    8-bit samples stay as they are. A second or fourth channel is alpha, whose range is that of its type. A picture of
    one value is black where that is 0, else grey; what is not a number is black.
    """
    if samples.dtype == np.uint8:
        return samples
    if samples.dtype == np.bool_:
        return samples.astype(np.uint8) * np.uint8(255)
    has_alpha = samples.ndim == 3 and samples.shape[2] in (2, 4)
    colours = samples[:, :, :-1] if has_alpha else samples
    if samples.dtype != np.uint16:
        shown = _spread(colours)
        return np.dstack((shown, _opacity(samples[:, :, -1]))) if has_alpha else shown
    shown = _looked_up(samples, _table_for(colours))
    if has_alpha:
        shown[:, :, -1] = _opacity(samples[:, :, -1])
    return shown


def _spread(samples: NDArray[Any]) -> Pixels:
    """Spread what lies between the percentiles over black to white."""
    values = samples if samples.dtype.kind == "f" else samples.astype(np.float64)
    is_finite = np.isfinite(values)
    low, high = _range_of(_grid(values)) or _range_of(values) or (0.0, 0.0)
    # Halved first, as the difference of two huge values would be infinite; that of two tiny ones is then 0.
    half = high / 2 - low / 2
    if not half > 0:
        return np.where(is_finite & (values != 0), _GREY, 0).astype(np.uint8)
    if is_finite.all() and half <= np.finfo(values.dtype).max / 2 and np.isfinite(255 / (2 * half)):
        return _scaled(values, low, 2 * half)
    shares = np.clip((values / 2 - low / 2) / half, 0, 1)
    result: Pixels = np.rint(np.nan_to_num(shares) * 255).astype(np.uint8)
    return result


def _scaled(values: NDArray[Any], low: float, span: float) -> Pixels:
    """Spread values from low to low + span over 0 to 255; several times as fast as numpy does it."""
    from annotator.media.opencv import cv2

    with np.errstate(over="ignore"):  # what is huge becomes infinite, and is cut off
        above = np.subtract(values, low)
    # OpenCV makes 0 of what is far beyond 255.
    np.clip(above, 0, span, out=above)
    shown = np.empty(values.shape, dtype=np.uint8)
    cv2.convertScaleAbs(above, shown, alpha=255 / span)
    return shown


def _looked_up(samples: NDArray[np.uint16], table: Pixels) -> Pixels:
    """Show each value as the table says: one pass over the picture."""
    from annotator.media.opencv import cv2

    shown = np.empty(samples.shape, dtype=np.uint8)
    cv2.LUT(np.ascontiguousarray(samples), table, shown)
    return shown


def _table_for(colours: NDArray[np.uint16]) -> Pixels:
    """Return what each 16-bit value is shown as."""
    low, high = _limits_of(np.bincount(_grid(colours).ravel(), minlength=1 << 16))
    if (
        not low < high
    ):  # nearly everything has one value: the rest decides, and it may lie between the grid
        low, high = int(colours.min()), int(colours.max())
    if not low < high:
        return np.full(1 << 16, _GREY if high else 0, dtype=np.uint8)
    shares = (np.arange(1 << 16, dtype=np.float32) - low) * np.float32(255 / (high - low))
    table: Pixels = np.rint(np.clip(shares, 0, 255)).astype(np.uint8)
    return table


def _limits_of(counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the values at the two percentiles of a histogram."""
    reached = np.cumsum(counts)
    low, high = np.searchsorted(reached, (_BELOW * reached[-1], _ABOVE * reached[-1]))
    return int(low), int(high)


def _range_of(values: NDArray[Any]) -> tuple[float, float] | None:
    """Return the percentiles of the finite values, else their ends; None where these are the same."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return None
    # Of values that are there: between two huge ones nothing can be computed.
    low, high = np.quantile(finite, (_BELOW, _ABOVE), method="nearest")
    if not low < high:
        low, high = finite.min(), finite.max()
    return (float(low), float(high)) if low < high else None


def _grid(samples: NDArray[Any]) -> NDArray[Any]:
    """Return every n-th row and column, so that about `_COUNTED` samples are left."""
    step = max(1, round((samples.size / _COUNTED) ** 0.5))
    return samples[::step, ::step]


def _opacity(alpha: NDArray[Any]) -> Pixels:
    """Return alpha as 8 bits: of integers the full range of the type, of floating types 0 to 1."""
    top = float(np.iinfo(alpha.dtype).max) if alpha.dtype.kind in "iu" else 1.0
    shares: NDArray[Any] = np.nan_to_num(np.clip(alpha.astype(np.float32) / top, 0, 1))
    result: Pixels = np.rint(shares * 255).astype(np.uint8)
    return result
