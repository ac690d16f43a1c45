"""Leaving out boxes that overlap a better one."""

import numpy as np
from numpy.typing import NDArray

from annotator.models.decoders.answers import FloatArray, IntArray


def best_boxes(
    boxes: FloatArray, scores: FloatArray, labels: IntArray, overlap: float
) -> NDArray[np.intp]:
    """Return the places of the boxes that stay, best score first.

    boxes: (N, 4), x0 y0 x1 y1. A box goes where it overlaps a better one of the same label by more than `overlap`
    (area shared by area together).
    """
    from annotator.media.opencv import cv2

    if not len(boxes):
        return np.zeros(0, np.intp)
    wide = boxes.copy()
    wide[:, 2:] -= wide[:, :2]
    kept = cv2.dnn.NMSBoxesBatched(wide.tolist(), scores.tolist(), labels.tolist(), 0.0, overlap)
    places = np.asarray(kept, np.intp).reshape(-1)
    order = np.argsort(-scores[places], kind="stable")
    result: NDArray[np.intp] = places[order]
    return result
