"""Everything of the annotations of one frame but their geometry, as columns: for lists and filters over thousands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.core.annotations import SOURCES, Annotation, Source
from annotator.core.columns import KIND_CODES, IntArray
from annotator.core.geometry import BoolArray, FloatArray
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind, Attributes

SOURCE_CODES: Final[dict[Source, int]] = {source: i for i, source in enumerate(SOURCES)}
_MOST_UNUSED: Final = 64
_NO_BOX: Final = (np.nan,) * 4


@dataclass(frozen=True, eq=False)
class AnnotationColumns:
    """N annotations of one frame, tags included, by their ids: the oldest first.

    ids, labels, groups: int64 (N,). kinds: uint8 (N,), see KIND_CODES. sources: uint8 (N,), see SOURCE_CODES.
    occluded: bool (N,). z_orders: int32 (N,). scores: float64 (N,), NaN where there is none. boxes: float64
    (N, 4), upright, NaN for tags. attribute_rows: int64 (N,), where in `attributes` each has its own; annotations
    may share a row. All arrays are read-only.
    """

    ids: IntArray
    labels: IntArray
    groups: IntArray
    kinds: NDArray[np.uint8]
    sources: NDArray[np.uint8]
    occluded: BoolArray
    z_orders: NDArray[np.int32]
    scores: FloatArray
    boxes: FloatArray
    attribute_rows: IntArray
    attributes: Sequence[Attributes]

    @classmethod
    def from_annotations(cls, annotations: Iterable[Annotation]) -> "AnnotationColumns":
        """Make columns from values."""
        found = sorted(annotations, key=lambda annotation: annotation.id)
        boxes = [_NO_BOX if a.shape is None else a.shape.box for a in found]
        scores = [np.nan if a.score is None else a.score for a in found]
        return cls(
            ids=np.array([a.id for a in found], dtype=np.int64),
            labels=np.array([a.label for a in found], dtype=np.int64),
            groups=np.array([a.group for a in found], dtype=np.int64),
            kinds=np.array([KIND_CODES[a.kind] for a in found], dtype=np.uint8),
            sources=np.array([SOURCE_CODES[a.source] for a in found], dtype=np.uint8),
            occluded=np.array([a.occluded for a in found], dtype=bool),
            z_orders=np.array([a.z_order for a in found], dtype=np.int32),
            scores=np.array(scores, dtype=np.float64),
            boxes=np.array(boxes, dtype=np.float64).reshape(-1, 4),
            attribute_rows=np.arange(len(found), dtype=np.int64),
            attributes=tuple(a.attributes for a in found),
        )

    def __post_init__(self) -> None:
        for column in fields(self):
            values = getattr(self, column.name)
            if isinstance(values, np.ndarray):
                values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, annotation_id: int) -> int | None:
        """Return the row of an annotation, or None."""
        row = int(np.searchsorted(self.ids, annotation_id))
        return row if row < len(self) and self.ids[row] == annotation_id else None

    def rows_of(self, annotation_ids: Collection[int]) -> IntArray:
        """Return the rows of those of some annotations that are there, in the order of the columns."""
        wanted = np.fromiter(annotation_ids, dtype=np.int64, count=len(annotation_ids))
        return np.flatnonzero(np.isin(self.ids, wanted))

    def kinds_of(self, annotation_ids: Collection[int]) -> frozenset[AnnotationKind]:
        """Return the kinds of those of some annotations that are there."""
        codes = np.unique(self.kinds[self.rows_of(annotation_ids)])
        return frozenset(ANNOTATION_KINDS[code] for code in codes.tolist())

    @property
    def sizes(self) -> FloatArray:
        """Width and height of each box, (N, 2); NaN for tags."""
        sizes: FloatArray = self.boxes[:, 2:] - self.boxes[:, :2]
        return sizes

    def kind(self, row: int) -> AnnotationKind:
        """Return the kind of one annotation."""
        return ANNOTATION_KINDS[int(self.kinds[row])]

    def attributes_of(self, row: int) -> Attributes:
        """Return the attributes of one annotation."""
        return self.attributes[int(self.attribute_rows[row])]

    def with_changes(
        self, changed: Iterable[Annotation], gone: Collection[int]
    ) -> "AnnotationColumns":
        """Return columns with some annotations added or replaced, and others left out."""
        new = AnnotationColumns.from_annotations(changed)
        out = np.concatenate((new.ids, np.fromiter(gone, dtype=np.int64, count=len(gone))))
        kept = np.flatnonzero(~np.isin(self.ids, out))
        ids = np.concatenate((self.ids[kept], new.ids))
        order = np.argsort(ids, kind="stable")
        shifted = new.attribute_rows + len(self.attributes)
        attribute_rows, attributes = _without_unused(
            np.concatenate((self.attribute_rows[kept], shifted))[order],
            (*self.attributes, *new.attributes),
        )
        return AnnotationColumns(
            ids=ids[order],
            labels=np.concatenate((self.labels[kept], new.labels))[order],
            groups=np.concatenate((self.groups[kept], new.groups))[order],
            kinds=np.concatenate((self.kinds[kept], new.kinds))[order],
            sources=np.concatenate((self.sources[kept], new.sources))[order],
            occluded=np.concatenate((self.occluded[kept], new.occluded))[order],
            z_orders=np.concatenate((self.z_orders[kept], new.z_orders))[order],
            scores=np.concatenate((self.scores[kept], new.scores))[order],
            boxes=np.concatenate((self.boxes[kept], new.boxes))[order],
            attribute_rows=attribute_rows,
            attributes=attributes,
        )


def _without_unused(
    rows: IntArray, attributes: Sequence[Attributes]
) -> tuple[IntArray, Sequence[Attributes]]:
    """Return the same without attributes that nobody has any more, once they are the larger part."""
    if len(attributes) <= 2 * len(rows) + _MOST_UNUSED:
        return rows, attributes
    used, new_rows = np.unique(rows, return_inverse=True)
    return new_rows.astype(np.int64), tuple(attributes[row] for row in used.tolist())


NO_ANNOTATIONS: Final = AnnotationColumns.from_annotations(())
