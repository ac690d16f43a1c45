"""Which of many boxes lie near a point: a grid for each order of size, made by sorting.

A box is kept once, in the cell of its top left corner, in the grid whose cells are at least as large as the
box. So a box over a point is found in that point's cell or in the cells above and to the left of it.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.columns import IntArray
from annotator.core.geometry import FloatArray

# A box that lies far outside must not make the cells too large for the many others.
_OUTLIERS: Final = 0.01
_MOST_CELLS_A_SIDE: Final = 1024
# Cells are this much larger than their largest box, so that rounding never moves a box out of reach.
_SLACK: Final = 1.0 + 1e-6
# With more rows of cells than this to look at, looking at every box of the grid is quicker.
_MOST_ROWS: Final = 32


class SpatialIndex:
    """N boxes that do not change, `float64` (N, 4) as `(x0, y0, x1, y1)`."""

    def __init__(self, boxes: FloatArray) -> None:
        self._boxes = boxes
        self._grids = _grids(boxes) if len(boxes) else []

    def __len__(self) -> int:
        return len(self._boxes)

    def near(self, x: float, y: float, margin: float = 0.0) -> IntArray:
        """Return the rows of the boxes that hold a point, or would if `margin` were added on each side, ascending."""
        parts = [grid.members_near(x, y, margin) for grid in self._grids]
        if not parts:
            return np.zeros(0, dtype=np.int64)
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        boxes = self._boxes[rows]
        holds = (
            (boxes[:, 0] <= x + margin)
            & (boxes[:, 2] >= x - margin)
            & (boxes[:, 1] <= y + margin)
            & (boxes[:, 3] >= y - margin)
        )
        found: IntArray = np.sort(rows[holds])
        return found


@dataclass(frozen=True, slots=True)
class _Grid:
    """Boxes of one order of size: those of cell c are `members[starts[c]:starts[c + 1]]`, cells row by row.

    What lies outside the grid is kept in the cells at its border.
    """

    left: float
    top: float
    cell: float
    columns: int
    rows: int
    starts: IntArray
    members: IntArray

    def members_near(self, x: float, y: float, margin: float) -> IntArray:
        """Return candidates: every member that can reach within `margin` of a point, and some others."""
        first_row = _clamped((y - margin - self.top) / self.cell - 1.0, self.rows)
        last_row = _clamped((y + margin - self.top) / self.cell, self.rows)
        if last_row - first_row >= _MOST_ROWS:
            return self.members
        first = _clamped((x - margin - self.left) / self.cell - 1.0, self.columns)
        last = _clamped((x + margin - self.left) / self.cell, self.columns) + 1
        found = [
            self.members[self.starts[row + first] : self.starts[row + last]]
            for row in range(first_row * self.columns, (last_row + 1) * self.columns, self.columns)
        ]
        return found[0] if len(found) == 1 else np.concatenate(found)


def _clamped(value: float, count: int) -> int:
    """Return the cell of a place, one at the border for a place outside."""
    # Compared before rounding down: the value may be infinite.
    return 0 if value < 1.0 else count - 1 if value >= count else math.floor(value)


def _grids(boxes: FloatArray) -> list[_Grid]:
    """Sort boxes (N, 4), N >= 1, into grids whose cells double in size."""
    corners = boxes[:, :2]
    low, high = np.quantile(corners, (_OUTLIERS, 1.0 - _OUTLIERS), axis=0)
    width, height = (float(value) for value in high - low)
    smallest = max(
        math.sqrt(width * height / len(boxes)),
        max(width, height) / _MOST_CELLS_A_SIDE,
        1.0,
    )
    sizes = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) * _SLACK
    last = max(0, math.ceil(math.log2(max(width, height, 1.0) / smallest))) + 1
    levels = np.ceil(np.log2(np.maximum(sizes / smallest, 1.0))).astype(np.int64)
    levels = np.minimum(levels, last)
    grids = []
    for level in np.unique(levels).tolist():
        members = np.flatnonzero(levels == level)
        cell = smallest * 2.0**level
        # The last grid also holds what is larger than its cells, so it is a single one.
        columns, rows = (1, 1) if level == last else (int(width / cell) + 1, int(height / cell) + 1)
        cells = np.floor((corners[members] - low) / cell)
        across = np.clip(cells[:, 0], 0, columns - 1).astype(np.int64)
        down = np.clip(cells[:, 1], 0, rows - 1).astype(np.int64)
        keys = down * columns + across
        counts = np.bincount(keys, minlength=columns * rows)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        members = members[np.argsort(keys)]
        grids.append(_Grid(float(low[0]), float(low[1]), cell, columns, rows, starts, members))
    return grids
