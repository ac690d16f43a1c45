"""The shapes of the shown frame, for looking up and picking: numpy, no Qt.

The columns of a frame are large and do not change; what was edited since is kept beside them in small
columns and merged in now and then, so that one edit costs the same in a frame of ten shapes and of 20 000.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, TypeAlias

import numpy as np

from annotator.canvas.column_merge import merged, taken
from annotator.canvas.hit import contains, distance, mask_contains
from annotator.canvas.visibility import EVERYTHING_VISIBLE, Visibility
from annotator.core.annotations import Annotation
from annotator.core.columns import KIND_CODES, IntArray, ShapeColumns
from annotator.core.geometry import BoolArray, Box, FloatArray
from annotator.core.shapes import AnnotationKind, Mask
from annotator.core.spatial_index import SpatialIndex

# Rebuilding the small columns costs about 10 microseconds a shape, merging about 15 ms for 20 000.
MOST_CHANGED: Final = 64

ValueOf: TypeAlias = Callable[[int], Annotation | None]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is drawn of one annotation."""

    id: int
    label: int
    kind: AnnotationKind
    box: Box
    rings: Sequence[FloatArray]


class FrameShapes:
    """The annotations of one frame that have a shape.

    base: the columns as they were read. gone: the rows of them that were deleted or replaced since.
    changed: the columns of what was added or replaced since. `value_of` gives the value of an annotation,
    asked only where the columns do not say enough (the pixels of a mask). shown, changed_shown: the rows of both
    that are drawn, those of the base that are gone among them.

    Picking finds only what is free: neither hidden nor locked.
    """

    def __init__(
        self,
        columns: ShapeColumns,
        value_of: ValueOf,
        visibility: Visibility = EVERYTHING_VISIBLE,
    ) -> None:
        self._value_of = value_of
        self._visibility = visibility
        self._index: SpatialIndex | None = None
        self._set_base(columns)

    def __len__(self) -> int:
        return len(self.base) - int(np.count_nonzero(self.gone)) + len(self.changed)

    def __contains__(self, annotation_id: object) -> bool:
        return annotation_id in self.changed.row_of or (
            annotation_id in self.base.row_of and annotation_id not in self._gone_ids
        )

    def ids(self) -> list[int]:
        """Return the ids of all shapes, as they are drawn from below to above within each kind of columns."""
        base: list[int] = self.base.ids[~self.gone].tolist()
        changed: list[int] = self.changed.ids.tolist()
        return base + changed

    def see(self, visibility: Visibility) -> None:
        """Ask anew what is hidden and locked."""
        self._visibility = visibility
        self.shown, self._free = self._seen(self.base)
        self.changed_shown, self._changed_free = self._seen(self.changed)

    def is_shown(self, annotation_id: int) -> bool:
        """Whether an annotation is on the frame and drawn."""
        return self._is_in(annotation_id, self.shown, self.changed_shown)

    def is_free(self, annotation_id: int) -> bool:
        """Whether an annotation is on the frame, drawn and not locked, so that it can be taken hold of."""
        return self._is_in(annotation_id, self._free, self._changed_free)

    def free_ids(self) -> list[int]:
        """Return the ids of all that can be taken hold of, as they are drawn from below to above."""
        places = ((self.base, self._free & ~self.gone), (self.changed, self._changed_free))
        ids = np.concatenate([columns.ids[free] for columns, free in places])
        if len(self.changed):
            z_orders = np.concatenate([columns.z_orders[free] for columns, free in places])
            ids = ids[np.lexsort((ids, z_orders))]
        free_ids: list[int] = ids.tolist()
        return free_ids

    def free_among(self, annotation_ids: Collection[int]) -> list[int]:
        """Return those of some annotations that can be taken hold of, in the order given."""
        free = set(self.free_ids())
        return [annotation_id for annotation_id in annotation_ids if annotation_id in free]

    def outline(self, annotation_id: int) -> Outline | None:
        """Return what is drawn of an annotation, or None where it is not on the frame."""
        place = self._place(annotation_id)
        if place is None:
            return None
        columns, row = place
        x0, y0, x1, y1 = columns.boxes[row].tolist()
        return Outline(
            annotation_id,
            int(columns.labels[row]),
            columns.kind(row),
            (x0, y0, x1, y1),
            columns.rings(row),
        )

    def update(self, changed: Iterable[Annotation], deleted: Collection[int]) -> FloatArray:
        """Take over changes; return the boxes (N, 4) of what was there and of what is there instead."""
        new = {annotation.id: annotation for annotation in changed}
        touched = [*new, *deleted]
        before = self.boxes_of(touched)
        for annotation_id in touched:
            row = self.base.row_of.get(annotation_id)
            if row is not None:
                self.gone[row] = True
                self._gone_ids.add(annotation_id)
            self._values.pop(annotation_id, None)
        self._values.update((i, a) for i, a in new.items() if a.shape is not None)
        self.changed = ShapeColumns.from_annotations(self._values.values())
        self.changed_shown, self._changed_free = self._seen(self.changed)
        return np.concatenate((before, self.boxes_of(new)))

    @property
    def wants_merge(self) -> bool:
        """Whether so much has changed that `merge` pays."""
        return len(self.changed) > MOST_CHANGED

    def merge(self) -> IntArray:
        """Make the changes part of the base; return for each new row the old row, or -1 for what was changed."""
        columns, rows = merged(self.base, ~self.gone, self.changed)
        self._set_base(columns)
        return rows

    def at(self, x: float, y: float, reach: float) -> list[int]:
        """Return what is free at a point, the smallest first; then what is within `reach`, the nearest first.

        Of those at one distance, the one that would come first at the point itself does so here.
        """
        inside, near = [], []
        for columns, row in self._candidates(x, y, reach):
            away = self._distance(columns, row, x, y)
            if away == 0.0:
                inside.append(int(columns.ids[row]))
            elif away <= reach:
                near.append((away, int(columns.ids[row])))
        near.sort(key=itemgetter(0))
        return inside + [annotation_id for _, annotation_id in near]

    def top_at(self, x: float, y: float, reach: float) -> int | None:
        """Return the first of `at`, or None where nothing is there."""
        nearest, best = None, reach
        for columns, row in self._candidates(x, y, reach):
            away = self._distance(columns, row, x, y)
            if away == 0.0:
                return int(columns.ids[row])
            if away < best or (nearest is None and away == best):
                nearest, best = int(columns.ids[row]), away
        return nearest

    def inside(self, box: Box) -> list[int]:
        """Return what is free and lies wholly inside a box."""
        x0, y0, x1, y1 = box
        found: list[int] = []
        free = ((self.base, self._free & ~self.gone), (self.changed, self._changed_free))
        for columns, is_free in free:
            boxes = columns.boxes
            fits = (
                (boxes[:, 0] >= x0)
                & (boxes[:, 1] >= y0)
                & (boxes[:, 2] <= x1)
                & (boxes[:, 3] <= y1)
            )
            fits &= is_free
            found += columns.ids[fits].tolist()
        return found

    def boxes_of(self, annotation_ids: Iterable[int]) -> FloatArray:
        """Return the boxes (N, 4) of those annotations that are on the frame."""
        base, changed = [], []
        base_rows, changed_rows = self.base.row_of, self.changed.row_of
        for annotation_id in annotation_ids:
            if annotation_id in changed_rows:
                changed.append(changed_rows[annotation_id])
            elif annotation_id in base_rows and annotation_id not in self._gone_ids:
                base.append(base_rows[annotation_id])
        return np.concatenate((self.base.boxes[base], self.changed.boxes[changed]))

    def prepare(self) -> None:
        """Build what picking needs, about 1 ms for 20 000 shapes; else the first look at a place does it."""
        if self._index is None:
            self._index = SpatialIndex(self.base.boxes)

    def _set_base(self, columns: ShapeColumns) -> None:
        self.base = columns
        self.gone: BoolArray = np.zeros(len(columns), dtype=bool)
        self.changed = NO_SHAPES
        self.see(self._visibility)
        self._gone_ids: set[int] = set()
        self._values: dict[int, Annotation] = {}
        self._index = None
        # Not a number: not yet asked for.
        self._areas: FloatArray = np.full(len(columns), np.nan)

    def _candidates(self, x: float, y: float, reach: float) -> Iterator[tuple[ShapeColumns, int]]:
        """Yield what may lie at a point, the smallest first; of equal ones that drawn last."""
        self.prepare()
        assert self._index is not None
        rows = self._index.near(x, y, reach)
        rows = rows[self._free[rows] & ~self.gone[rows]]
        found = [
            (area, -row, self.base, row)
            for area, row in zip(self._areas_at(rows), rows.tolist(), strict=True)
        ]
        if len(self.changed):
            rows = self.changed.rows_in(x - reach, y - reach, x + reach, y + reach)
            rows = rows[self._changed_free[rows]]
            areas = areas_of(taken(self.changed, rows)).tolist()
            above = len(self.base)
            found += [
                (area, -row - above, self.changed, row)
                for area, row in zip(areas, rows.tolist(), strict=True)
            ]
        found.sort(key=lambda candidate: candidate[:2])
        for _, _, columns, row in found:
            yield columns, row

    def _areas_at(self, rows: IntArray) -> list[float]:
        """Return the areas of some rows of the base; all of them at once would take long in a large frame."""
        missing = rows[np.isnan(self._areas[rows])]
        if len(missing):
            self._areas[missing] = areas_of(taken(self.base, missing))
        areas: list[float] = self._areas[rows].tolist()
        return areas

    def _distance(self, columns: ShapeColumns, row: int, x: float, y: float) -> float:
        """Return how far a shape is from a point, 0 inside."""
        kind = columns.kind(row)
        if kind == "mask":
            value = self._value_of(int(columns.ids[row]))
            shape = None if value is None else value.shape
            return 0.0 if isinstance(shape, Mask) and mask_contains(shape, x, y) else np.inf
        rings = columns.rings(row)
        return 0.0 if contains(kind, rings, x, y) else distance(kind, rings, x, y)

    def _seen(self, columns: ShapeColumns) -> tuple[BoolArray, BoolArray]:
        """Return which rows are shown, and which of them are free."""
        shown = ~self._visibility.hidden(columns)
        return shown, shown & ~self._visibility.locked(columns)

    def _is_in(self, annotation_id: int, base: BoolArray, changed: BoolArray) -> bool:
        place = self._place(annotation_id)
        if place is None:
            return False
        columns, row = place
        return bool((changed if columns is self.changed else base)[row])

    def _place(self, annotation_id: int) -> tuple[ShapeColumns, int] | None:
        row = self.changed.row_of.get(annotation_id)
        if row is not None:
            return self.changed, row
        row = self.base.row_of.get(annotation_id)
        return None if row is None or self.gone[row] else (self.base, row)


NO_SHAPES: Final = ShapeColumns.from_annotations(())


def areas_of(columns: ShapeColumns) -> FloatArray:
    """Return the areas (N,) of all shapes, 0 for lines and points; the rings of one shape are added up."""
    points, edges = columns.points, columns.point_of_ring
    if not len(points):
        return np.zeros(len(columns))
    following = np.arange(1, len(points) + 1)
    following[edges[1:] - 1] = edges[:-1]
    # Relative to its ring's first point each product stays small, so that the sum is exact enough.
    lengths = np.diff(edges)
    own = points - np.repeat(points[edges[:-1]], lengths, axis=0)
    x, y = own[:, 0], own[:, 1]
    cross = x * y[following] - y * x[following]
    of_rings = np.abs(np.add.reduceat(cross, edges[:-1])) / 2
    shapes = np.repeat(np.arange(len(columns)), np.diff(columns.ring_of_shape))
    summed = np.bincount(shapes, weights=of_rings, minlength=len(columns))
    areas: FloatArray = summed.astype(np.float64)
    areas[np.isin(columns.kinds, [KIND_CODES["polyline"], KIND_CODES["points"]])] = 0.0
    return areas
