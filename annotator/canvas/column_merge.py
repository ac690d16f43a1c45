"""Two sets of columns made into one, without going through single values."""

import numpy as np

from annotator.core.columns import IntArray, ShapeColumns
from annotator.core.geometry import BoolArray


def merged(
    base: ShapeColumns, kept: BoolArray, changed: ShapeColumns
) -> tuple[ShapeColumns, IntArray]:
    """Return the kept rows of `base` and all of `changed` as columns in drawing order.

    The second result says for each new row which row of `base` it was, or -1 for one of `changed`.
    """
    both = _joined(base, changed)
    rows = np.concatenate((np.flatnonzero(kept), np.arange(len(base), len(both))))
    rows = rows[np.lexsort((both.ids[rows], both.z_orders[rows]))]
    return taken(both, rows), np.where(rows < len(base), rows, -1)


def taken(columns: ShapeColumns, rows: IntArray) -> ShapeColumns:
    """Return columns that hold the given rows in the given order."""
    rings, ring_of_shape = _spans(columns.ring_of_shape, rows)
    points, point_of_ring = _spans(columns.point_of_ring, rings)
    return ShapeColumns(
        ids=columns.ids[rows],
        labels=columns.labels[rows],
        groups=columns.groups[rows],
        kinds=columns.kinds[rows],
        occluded=columns.occluded[rows],
        z_orders=columns.z_orders[rows],
        boxes=columns.boxes[rows],
        points=columns.points[points],
        point_of_ring=point_of_ring,
        ring_of_shape=ring_of_shape,
    )


def _joined(first: ShapeColumns, second: ShapeColumns) -> ShapeColumns:
    return ShapeColumns(
        ids=np.concatenate((first.ids, second.ids)),
        labels=np.concatenate((first.labels, second.labels)),
        groups=np.concatenate((first.groups, second.groups)),
        kinds=np.concatenate((first.kinds, second.kinds)),
        occluded=np.concatenate((first.occluded, second.occluded)),
        z_orders=np.concatenate((first.z_orders, second.z_orders)),
        boxes=np.concatenate((first.boxes, second.boxes)),
        points=np.concatenate((first.points, second.points)),
        point_of_ring=_end_to_end(first.point_of_ring, second.point_of_ring),
        ring_of_shape=_end_to_end(first.ring_of_shape, second.ring_of_shape),
    )


def _end_to_end(first: IntArray, second: IntArray) -> IntArray:
    return np.concatenate((first, second[1:] + first[-1]))


def _spans(edges: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the members of the given spans `edges[r]..edges[r + 1]`, and the edges of the spans laid end to end."""
    starts, lengths = edges[rows], edges[rows + 1] - edges[rows]
    new_edges = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
    shift = np.repeat(starts - new_edges[:-1], lengths)
    return shift + np.arange(len(shift)), new_edges
