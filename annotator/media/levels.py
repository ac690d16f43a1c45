"""How samples of more than 8 bits are shown: the one place to choose it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.media.buffers import Pixels


def eight_bit(samples: NDArray[Any]) -> Pixels:
    """Return samples of any numeric type as 8 bits, linearly.

    16-bit samples are scaled by the range of their type, so that equal values look equal in all pictures. For
    wider and for floating types the range says nothing; there it runs from the smallest to the largest finite
    sample of the picture.
    """
    from annotator.media.opencv import cv2

    if samples.dtype == np.uint8:
        return samples
    if samples.dtype == np.bool_:
        return samples.astype(np.uint8) * np.uint8(255)
    if samples.dtype == np.uint16:
        result = np.empty(samples.shape, dtype=np.uint8)
        cv2.convertScaleAbs(samples, result, alpha=255 / 65535)
        return result
    return _spread(samples)


def _spread(samples: NDArray[Any]) -> Pixels:
    values = samples.astype(np.float64)
    finite = np.isfinite(values)
    low = values.min(initial=np.inf, where=finite)
    high = values.max(initial=-np.inf, where=finite)
    if not low < high:
        return np.where(finite, 128, 0).astype(np.uint8)
    # Halved first, as the difference of two huge values would be infinite.
    shares = np.clip((values / 2 - low / 2) / (high / 2 - low / 2), 0, 1)
    result: Pixels = np.rint(np.nan_to_num(shares) * 255).astype(np.uint8)
    return result
