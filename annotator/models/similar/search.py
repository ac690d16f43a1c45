"""The search for an outline on a whole picture, in every size and turn, at every other place."""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.background.progress import Progress
from annotator.core.geometry import FloatArray
from annotator.media.opencv import cv2
from annotator.models.similar.directions import DIRECTIONS, STRIDE, STRONGEST, Responses

# Sums of so many responses fit into a byte.
_GROUP: Final = 255 // STRONGEST
# Rows are summed in blocks of about so many places, which stay in the processor's cache.
_BLOCK: Final = 1 << 16
_MOST_PER_SIZE: Final = 400

Sums: TypeAlias = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Places:
    """Where outlines may be: for each the centre (N, 2), scale, turn in radians, and score 0 to 1."""

    centres: FloatArray
    scales: FloatArray
    turns: FloatArray
    scores: FloatArray

    def __len__(self) -> int:
        return len(self.scores)

    def taken(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Places":
        """Return those at the given places, or where a mask is true."""
        return Places(
            self.centres[chosen], self.scales[chosen], self.turns[chosen], self.scores[chosen]
        )


def search(
    field: Responses,
    offsets: FloatArray,
    facing: FloatArray,
    steps: tuple[FloatArray, FloatArray],
    least: float,
    progress: Progress,
) -> Places:
    """Return the places where the mean response along the outline reaches `least` and no neighbour has more.

    offsets, facing: (N, 2), in the pixels of the responses. steps: the scales and the turns in radians. Each scale
    gives its own places, with the best turn.
    """
    scales, turns = steps
    found = [
        _search_scale(field, offsets * scale, facing, turns, least, progress)
        for scale in scales.tolist()
    ]
    counts = [len(scores) for _, _, scores in found]
    return Places(
        np.concatenate([centres for centres, _, _ in found]),
        np.repeat(scales, counts),
        np.concatenate([angles for _, angles, _ in found]),
        np.concatenate([scores for _, _, scores in found]),
    )


def _search_scale(
    field: Responses,
    offsets: FloatArray,
    facing: FloatArray,
    turns: FloatArray,
    least: float,
    progress: Progress,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return centres, turns and scores of one scale."""
    height, width = -(-field.height // STRIDE), -(-field.width // STRIDE)
    best: Sums = np.zeros((height, width), np.uint16)
    which: Sums = np.zeros((height, width), np.uint16)
    shifts = [_shifts(field, offsets, facing, turn) for turn in turns.tolist()]
    rows = max(8, _BLOCK // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        for number, shift in enumerate(shifts):
            progress.checkpoint()
            sums = _sums(field, shift, top, bottom, width)
            if number == 0:
                best[top:bottom] = sums
                continue
            more = sums > best[top:bottom]
            np.copyto(which[top:bottom], np.uint16(number), where=more)
            np.maximum(best[top:bottom], sums, out=best[top:bottom])
    return _peaks(best, which, turns, least, STRONGEST * len(offsets))


def _shifts(
    field: Responses, offsets: FloatArray, facing: FloatArray, turn: float
) -> NDArray[np.intp]:
    """Return for each point of a turned outline its plane (direction, rest of y, rest of x) and its slice (y, x)."""
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = np.array([[cos, sin], [-sin, cos]])
    places = np.rint(offsets @ matrix).astype(np.intp) + field.border
    ways = facing @ matrix
    angles = np.arctan2(ways[:, 1], ways[:, 0]) * (DIRECTIONS / (2 * np.pi))
    planes = np.rint(angles).astype(np.intp) % DIRECTIONS
    x, y = places.T
    return np.stack([planes, y % STRIDE, x % STRIDE, y // STRIDE, x // STRIDE], axis=1)


def _sums(field: Responses, shifts: NDArray[np.intp], top: int, bottom: int, width: int) -> Sums:
    """Return the sums of responses along an outline for the places of some rows."""
    total: Sums = np.zeros((bottom - top, width), np.uint16)
    part = np.empty((bottom - top, width), np.uint8)
    planes = field.planes
    table = shifts.tolist()
    for begin in range(0, len(table), _GROUP):
        plane, rest_y, rest_x, y, x = table[begin]
        part[:] = planes[plane, rest_y, rest_x, y + top : y + bottom, x : x + width]
        for plane, rest_y, rest_x, y, x in table[begin + 1 : begin + _GROUP]:
            np.add(
                part, planes[plane, rest_y, rest_x, y + top : y + bottom, x : x + width], out=part
            )
        total += part
    return total


def _peaks(
    best: Sums, which: Sums, turns: FloatArray, least: float, full: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return centres, turns and scores where no neighbour has a higher sum, the best `_MOST_PER_SIZE`."""
    highest = cv2.dilate(best, np.ones((3, 3), np.uint8))
    y, x = np.nonzero((best == highest) & (best >= least * full))
    scores: FloatArray = best[y, x].astype(np.float64) / full
    if len(scores) > _MOST_PER_SIZE:
        order = np.argsort(-scores, kind="stable")[:_MOST_PER_SIZE]
        y, x, scores = y[order], x[order], scores[order]
    centres: FloatArray = np.stack([x, y], axis=1).astype(np.float64) * STRIDE + 0.5
    return centres, turns[which[y, x]], scores
