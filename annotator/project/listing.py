"""The annotations of a frame without their geometry, for lists and filters; and how many a task has."""

from typing import Any, Final

import apsw
import numpy as np

from annotator.core.annotation_columns import NO_ANNOTATIONS, SOURCE_CODES, AnnotationColumns
from annotator.core.columns import KIND_CODES
from annotator.core.shapes import Attributes
from annotator.project.storage.records import (
    KINDS,
    OCCLUDED,
    SOURCE_NUMBERS,
    attributes_of,
    stored,
)

_KIND_CODES: Final = {number: KIND_CODES[kind] for number, kind in KINDS.items()}
_SOURCE_CODES: Final = {
    number: SOURCE_CODES[source]  # type: ignore[index]
    for source, number in SOURCE_NUMBERS.items()
}


@stored("annotation")
def annotation_columns(db: apsw.Connection, frame_id: int) -> AnnotationColumns:
    """Return what lists and filters know of the annotations of a frame, tags included; tracks are not among them."""
    rows: list[Any] = db.execute(
        "SELECT id, label_id, group_id, kind, source, flags, z_order, score, x0, y0, x1, y1,"
        " attributes FROM shape WHERE frame_id = ? AND label_id IS NOT NULL ORDER BY id",
        (frame_id,),
    ).fetchall()
    if not rows:
        return NO_ANNOTATIONS
    ids, labels, groups, kinds, sources, flags, z_orders, scores, x0, y0, x1, y1, texts = zip(
        *rows, strict=True
    )
    attributes, attribute_rows = _distinct(texts)
    return AnnotationColumns(
        ids=np.array(ids, dtype=np.int64),
        labels=np.array(labels, dtype=np.int64),
        groups=np.array(groups, dtype=np.int64),
        kinds=np.array([_KIND_CODES[kind] for kind in kinds], dtype=np.uint8),
        sources=np.array([_SOURCE_CODES[source] for source in sources], dtype=np.uint8),
        occluded=(np.array(flags, dtype=np.int64) & OCCLUDED).astype(bool),
        z_orders=np.array(z_orders, dtype=np.int32),
        # None becomes NaN.
        scores=np.array(scores, dtype=np.float64),
        boxes=np.array((x0, y0, x1, y1), dtype=np.float64).T,
        attribute_rows=np.array(attribute_rows, dtype=np.int64),
        attributes=attributes,
    )


def _distinct(texts: tuple[str | None, ...]) -> tuple[tuple[Attributes, ...], list[int]]:
    """Return the different attributes that annotations have, and the place of each one's own among them."""
    places: dict[str | None, int] = {}
    rows = [places.setdefault(text, len(places)) for text in texts]
    return tuple(attributes_of(text) for text in places), rows


def task_label_counts(db: apsw.Connection, task: int) -> dict[int, int]:
    """Return the number of annotations of each label on the frames of a task, from the counters."""
    rows: Any = db.execute(
        "SELECT c.label_id, sum(c.total) FROM frame f JOIN frame_count c ON c.frame_id = f.id"
        " WHERE f.task_id = ? AND f.removed = 0 GROUP BY c.label_id HAVING sum(c.total) > 0",
        (task,),
    )
    return dict(rows)
