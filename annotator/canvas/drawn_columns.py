"""Columns made ready for drawing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from PySide6.QtGui import QPolygonF

from annotator.canvas.drawables import Drawable
from annotator.canvas.qt_arrays import polygon_from_points
from annotator.canvas.tangle import MOST_SMOOTH, tangles_of
from annotator.core.columns import KIND_CODES, IntArray, ShapeColumns
from annotator.core.geometry import BoolArray, Box, FloatArray

# Smaller than this on the screen a closed shape is drawn as its box.
_SMALLEST_DRAWN: Final = 12.0
_PLAIN_KINDS: Final = [KIND_CODES[kind] for kind in ("rectangle", "ellipse", "polygon")]
_BOX_WHEN_SMALL: Final = [*_PLAIN_KINDS, KIND_CODES["mask"], KIND_CODES["cuboid"]]


@dataclass(frozen=True, slots=True)
class Run:
    """Shapes of one label and one z-order that are drawn one after the other.

    boxes: those too small to show more, (N, 4) as x, y, width, height. plain: rows with a single closed ring that
    is not tangled. other: rows of every other kind.
    """

    z_order: int
    label: int
    boxes: FloatArray
    plain: list[int]
    other: list[int]


class DrawnColumns:
    """The shapes of some columns in an order with few changes of pens, with what Qt draws of each.

    The order is by z-order, then by label: among shapes of equal z-order nothing says which is above. What Qt
    draws is made when it is first needed, so that showing a frame never has to wait for all of it.
    """

    def __init__(
        self, columns: ShapeColumns, polygons: list[QPolygonF | None] | None = None
    ) -> None:
        self.columns = columns
        self.polygons: list[QPolygonF | None] = (
            [None] * len(columns) if polygons is None else polygons
        )
        self.others: dict[int, Drawable] = {}
        self._order = np.lexsort((columns.labels, columns.z_orders))
        self._boxes = columns.boxes[self._order]
        kinds = columns.kinds[self._order]
        self._is_plain = np.isin(kinds, _PLAIN_KINDS) & _have_a_plain_ring(columns)[self._order]
        self._may_be_box = np.isin(kinds, _BOX_WHEN_SMALL)
        self._labels = columns.labels[self._order]
        self._z_orders = columns.z_orders[self._order]

    def visible(self, area: Box, shown: BoolArray) -> IntArray:
        """Return the places, in drawing order, of the shown rows whose box meets an area."""
        boxes = self._boxes
        meets = (
            (boxes[:, 0] <= area[2])
            & (boxes[:, 2] >= area[0])
            & (boxes[:, 1] <= area[3])
            & (boxes[:, 3] >= area[1])
            & shown[self._order]
        )
        return np.flatnonzero(meets)

    def rows(self, places: IntArray) -> IntArray:
        """Return the rows of the columns at places in drawing order."""
        rows: IntArray = self._order[places]
        return rows

    def runs(self, places: IntArray, scale: float) -> Iterator[Run]:
        """Yield the shapes at places in drawing order as runs, for a scale in screen pixels per image pixel."""
        if not len(places):
            return
        labels, z_orders = self._labels[places], self._z_orders[places]
        boxes = self._boxes[places]
        sizes = boxes[:, 2:] - boxes[:, :2]
        small = self._may_be_box[places] & (sizes.max(axis=1) * scale < _SMALLEST_DRAWN)
        plain = self._is_plain[places] & ~small
        other = ~(plain | small)
        rows = self._order[places]
        rectangles = np.concatenate((boxes[:, :2], sizes), axis=1)
        changes = np.flatnonzero((np.diff(labels) != 0) | (np.diff(z_orders) != 0)) + 1
        edges = [0, *changes.tolist(), len(places)]
        for first, last in pairwise(edges):
            span = slice(first, last)
            yield Run(
                int(z_orders[first]),
                int(labels[first]),
                rectangles[span][small[span]],
                rows[span][plain[span]].tolist(),
                rows[span][other[span]].tolist(),
            )

    def polygon(self, row: int) -> QPolygonF:
        """Return the ring of a plain row."""
        polygon = self.polygons[row]
        if polygon is None:
            first = self.columns.point_of_ring[self.columns.ring_of_shape[row]]
            last = self.columns.point_of_ring[self.columns.ring_of_shape[row] + 1]
            polygon = self.polygons[row] = polygon_from_points(self.columns.points[first:last])
        return polygon

    def carried_to(self, columns: ShapeColumns, old_rows: IntArray) -> "DrawnColumns":
        """Return drawn columns for merged ones, keeping what was made; `old_rows` holds -1 for new rows."""
        old = self.polygons
        polygons = [old[row] if row >= 0 else None for row in old_rows.tolist()]
        carried = DrawnColumns(columns, polygons)
        kept = zip(old_rows.tolist(), range(len(columns)), strict=True)
        carried.others = {new: self.others[row] for row, new in kept if row in self.others}
        return carried


def _have_a_plain_ring(columns: ShapeColumns) -> BoolArray:
    """Return which shapes (N,) are one ring that can be drawn in any style."""
    plain: BoolArray = np.diff(columns.ring_of_shape) == 1
    tangled = np.flatnonzero(tangles_of(columns.points, columns.point_of_ring) > MOST_SMOOTH)
    plain[np.searchsorted(columns.ring_of_shape, tangled, side="right") - 1] = False
    return plain
