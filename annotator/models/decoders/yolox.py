"""YOLOX (Megvii, 2021): cells of three grids, each a box, an objectness and class probabilities.

Layout: `output` (1, cells, 5 + classes), strides in order, cells row by row. For cell (gx, gy) of stride s:
cx = (v0 + gx) s, cy = (v1 + gy) s, w = exp(v2) s, h = exp(v3) s, score = v4 * v[5 + class].
Source: https://github.com/Megvii-BaseDetection/YOLOX, demo/ONNXRuntime.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from annotator.models.decoders.answers import Boxes, FloatArray
from annotator.models.decoders.suppression import best_boxes
from annotator.models.errors import ModelError
from annotator.models.fitting import Fitted, Tensor

# exp of more than this is a box wider than any picture.
_LARGEST_EXPONENT = 20.0


class Yolox:
    """strides: of the grids, in the order of the output. overlap: above it a box hides a worse one of its label."""

    def __init__(
        self,
        labels: tuple[str, ...],
        *,
        strides: Sequence[int] = (8, 16, 32),
        overlap: float = 0.45,
    ) -> None:
        self._labels = len(labels)
        self._strides = tuple(strides)
        self._overlap = overlap

    def decode(self, outputs: Mapping[str, Tensor], fitted: Fitted, threshold: float) -> Boxes:
        """Return the boxes of at least a score."""
        values = np.asarray(next(iter(outputs.values())))
        height, width = fitted.tensor.shape[2:]
        grid = _grid(width, height, self._strides)
        if values.shape != (1, len(grid), 5 + self._labels):
            raise ModelError(
                f"The network answers with {values.shape}; YOLOX with {self._labels} labels and an input of"
                f" {width} x {height} has {(1, len(grid), 5 + self._labels)}. Its manifest does not fit it."
            )
        # Probabilities only make it less, so most cells need no further look.
        likely = values[0, :, 4] >= threshold
        rows, grid = values[0, likely].astype(np.float64), grid[likely]
        scores_of = rows[:, 4:5] * rows[:, 5:]
        labels = scores_of.argmax(1)
        scores = scores_of[np.arange(len(rows)), labels]
        # Written so that a NaN is left out.
        good = scores >= threshold
        rows, labels, scores, cells = rows[good], labels[good], scores[good], grid[good]
        middle = (rows[:, :2] + cells[:, :2]) * cells[:, 2:]
        half = np.exp(np.minimum(rows[:, 2:4], _LARGEST_EXPONENT)) * cells[:, 2:] / 2
        boxes = np.concatenate((middle - half, middle + half), axis=1)
        kept = best_boxes(boxes, scores, labels, self._overlap)
        back = fitted.boxes_back(boxes[kept])
        return Boxes(back, np.minimum(scores[kept], 1.0), labels[kept])


@lru_cache(maxsize=8)
def _grid(width: int, height: int, strides: tuple[int, ...]) -> FloatArray:
    """Return column, row and stride of every cell, (cells, 3)."""
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[0 : height // stride, 0 : width // stride]
        cells = np.stack((columns.ravel(), rows.ravel(), np.full(rows.size, stride)), axis=1)
        parts.append(cells.astype(np.float64))
    return np.concatenate(parts)
