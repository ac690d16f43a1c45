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

# Rows are summed in blocks of about so many places, which stay in the processor's cache.
_BLOCK: Final = 1 << 16
_MOST_PER_SIZE: Final = 400

Sums: TypeAlias = NDArray[np.uint8]


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

    offsets, facing: (N, 2), in the pixels of the responses; as many as their sums fit into a byte. steps: the scales
    and the turns in radians. Each scale gives its own places, with the best turn.
    """
    assert STRONGEST * len(offsets) <= np.iinfo(np.uint8).max
    scales, turns = steps
    found = []
    for scale in scales.tolist():
        shifts = np.stack(
            [_shifts(field, offsets * scale, facing, turn) for turn in turns.tolist()]
        )
        best = _best_sums(field, shifts, progress)
        y, x, scores = _peaks(best, least, STRONGEST * len(offsets))
        centres: FloatArray = np.stack([x, y], axis=1).astype(np.float64) * STRIDE + 0.5
        found.append((centres, turns[_best_turns(field, shifts, y, x)], scores))
    return Places(
        np.concatenate([centres for centres, _, _ in found]),
        np.repeat(scales, [len(scores) for _, _, scores in found]),
        np.concatenate([angles for _, angles, _ in found]),
        np.concatenate([scores for _, _, scores in found]),
    )


def _shifts(
    field: Responses, offsets: FloatArray, facing: FloatArray, turn: float
) -> NDArray[np.intp]:
    """Return for each point of a turned outline where in all planes, one after the other, the first place sees it."""
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = np.array([[cos, sin], [-sin, cos]])
    x, y = (np.rint(offsets @ matrix).astype(np.intp) + field.border).T
    ways = facing @ matrix
    angles = np.arctan2(ways[:, 1], ways[:, 0]) * (DIRECTIONS / (2 * np.pi))
    direction = np.rint(angles).astype(np.intp) % DIRECTIONS
    at = direction, y % STRIDE, x % STRIDE, y // STRIDE, x // STRIDE
    places: NDArray[np.intp] = np.ravel_multi_index(at, field.planes.shape)
    return places


def _best_sums(field: Responses, shifts: NDArray[np.intp], progress: Progress) -> Sums:
    """Return for each place, rows x columns, the largest sum of responses along the outline in any turn.

    Rows are as long as those of the planes, so that all that is added lies in one piece; the places beyond the
    picture that they hold are cut off in the end.
    """
    rows, columns = -(-field.height // STRIDE), -(-field.width // STRIDE)
    length = field.planes.shape[-1]
    flat = field.planes.reshape(-1)
    best: Sums = np.zeros(rows * length, np.uint8)
    lines = max(4, _BLOCK // length)
    for top in range(0, rows, lines):
        progress.checkpoint()
        begin = top * length
        # The last row ends where the picture does: beyond it there may be nothing any more.
        size = (min(rows, top + lines) - top - 1) * length + columns
        target, total = best[begin : begin + size], np.empty(size, np.uint8)
        for table in (shifts + begin).tolist():
            first, *others = table
            total[:] = flat[first : first + size]
            for at in others:
                np.add(total, flat[at : at + size], out=total)
            np.maximum(target, total, out=target)
    return best.reshape(rows, length)[:, :columns]


def _peaks(
    best: Sums, least: float, full: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """Return rows, columns and scores where no neighbour has a higher sum, the best `_MOST_PER_SIZE`."""
    highest = cv2.dilate(best, np.ones((3, 3), np.uint8))
    y, x = np.nonzero((best == highest) & (best >= least * full))
    scores: FloatArray = best[y, x].astype(np.float64) / full
    if len(scores) > _MOST_PER_SIZE:
        order = np.argsort(-scores, kind="stable")[:_MOST_PER_SIZE]
        y, x, scores = y[order], x[order], scores[order]
    return y, x, scores


def _best_turns(
    field: Responses, shifts: NDArray[np.intp], y: NDArray[np.intp], x: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return for some places in which turn their sum is the largest."""
    flat = field.planes.reshape(-1)
    places = y * field.planes.shape[-1] + x
    sums = [flat[shift[:, None] + places].sum(axis=0, dtype=np.uint16) for shift in shifts]
    best: NDArray[np.intp] = np.argmax(sums, axis=0)
    return best
