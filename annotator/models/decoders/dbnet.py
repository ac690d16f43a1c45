"""DBNet, differentiable binarisation (Liao et al., 2020): a map of how likely each pixel is inside a line of text.

Layout: (1, 1, H, W), probabilities. Connected areas above a threshold shrink the lines they stand for, so that lines
close to each other stay apart; each is grown back by `area * grow / perimeter`.
Source: https://github.com/PaddlePaddle/PaddleOCR, ppocr/postprocess/db_postprocess.py.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.models.decoders.answers import FloatArray, Regions
from annotator.models.errors import ModelError
from annotator.models.fitting import Fitted, Tensor

# A line is at least so high before it is grown, in pixels of the map.
_LEAST_SIDE: Final = 3.0
_MOST_REGIONS: Final = 3000


class DbNet:
    """pixel: what a pixel must reach to be inside. grow: see above. The threshold is for the mean of a region."""

    def __init__(self, labels: tuple[str, ...], *, pixel: float = 0.3, grow: float = 1.6) -> None:
        self._pixel = pixel
        self._grow = grow

    def decode(self, outputs: Mapping[str, Tensor], fitted: Fitted, threshold: float) -> Regions:
        """Return the lines row by row from the top, those of a row from the left."""
        from annotator.media.opencv import cv2

        values = np.asarray(next(iter(outputs.values())))
        height, width = fitted.tensor.shape[2:]
        if values.shape != (1, 1, height, width):
            raise ModelError(
                f"The network answers with {values.shape}; DBNet has {(1, 1, height, width)}."
                " Its manifest does not fit it."
            )
        chances = np.ascontiguousarray(values[0, 0], np.float32)
        inside = (chances > self._pixel).astype(np.uint8)
        found, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        outlines, scores = [], []
        for contour in found[:_MOST_REGIONS]:
            middle, (across, down), turn = cv2.minAreaRect(contour)
            if min(across, down) < _LEAST_SIDE:
                continue
            corners = np.asarray(cv2.boxPoints((middle, (across, down), turn)), np.float32)
            score = _mean_inside(chances, corners)
            if not score >= threshold:
                continue
            reach = across * down * self._grow / (2 * (across + down))
            grown = cv2.boxPoints((middle, (across + 2 * reach, down + 2 * reach), turn))
            outlines.append(fitted.points_back(_in_order(grown.astype(np.float64))))
            scores.append(score)
        order = _reading_order(outlines)
        return Regions(
            tuple(outlines[i] for i in order), np.array([scores[i] for i in order], np.float64)
        )


def _mean_inside(chances: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    """Return the mean of the map inside a turned rectangle."""
    from annotator.media.opencv import cv2

    height, width = chances.shape
    x0, y0 = np.clip(np.floor(corners.min(0)), 0, (width - 1, height - 1)).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(corners.max(0)), 0, (width - 1, height - 1)).astype(int).tolist()
    mask = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(chances[y0 : y1 + 1, x0 : x1 + 1], mask)[0])


def _in_order(corners: FloatArray) -> FloatArray:
    """Return four corners clockwise, the upper left one first."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.stack((left[0], right[0], right[1], left[1]))


def _reading_order(outlines: Sequence[FloatArray]) -> list[int]:
    """Return the places of lines in the order in which they are read: row by row, each from the left.

    A line belongs to the row above it where their middles are nearer than half the height of the lower one of the
    two: the words of a table row are never exactly level.
    """
    middles = [float(outline[:, 1].mean()) for outline in outlines]
    heights = [float(np.ptp(outline[:, 1])) for outline in outlines]
    rows: list[list[int]] = []
    for place in sorted(range(len(outlines)), key=middles.__getitem__):
        first = rows[-1][0] if rows else place
        reach = min(heights[first], heights[place]) / 2
        if rows and middles[place] - middles[first] < reach:
            rows[-1].append(place)
        else:
            rows.append([place])
    return [
        place for row in rows for place in sorted(row, key=lambda i: float(outlines[i][:, 0].min()))
    ]
