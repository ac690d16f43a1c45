"""Samples as decoders give them, and how they become pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.media.buffers import Lend, Pixels


def decode_with_opencv(data: bytes, page: int = 0) -> NDArray[Any] | None:
    """Return the samples of a page as OpenCV has them, unchanged in type and number; None if it cannot."""
    from annotator.media.opencv import cv2

    encoded = np.frombuffer(data, dtype=np.uint8)
    try:
        if page == 0:
            return cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
        pages = cv2.imdecodemulti(encoded, cv2.IMREAD_UNCHANGED, range=(page, page + 1))[1]
    except cv2.error:
        return None
    return pages[0] if pages else None


def to_bgra(samples: Pixels, lend: Lend) -> Pixels:
    """Return 8-bit samples (H, W) or (H, W, C) as (H, W, 4); C: grey, with alpha, blue first, with alpha."""
    from annotator.media.opencv import cv2

    samples = np.ascontiguousarray(samples if samples.ndim == 3 else samples[:, :, None])
    height, width, channels = samples.shape
    result = lend((height, width, 4))
    if channels == 1:
        cv2.cvtColor(samples, cv2.COLOR_GRAY2BGRA, result)
    elif channels == 2:
        grey, alpha = cv2.split(samples)
        cv2.merge([grey, grey, grey, alpha], result)
    elif channels == 3:
        cv2.cvtColor(samples, cv2.COLOR_BGR2BGRA, result)
    else:
        result[:] = samples
    return result
