"""The next frame of a task that has an annotation which passes a filter."""

import json
from collections.abc import Iterator
from typing import Any, Final

import apsw

from annotator.background.progress import Progress
from annotator.core.labels import LabelSchema
from annotator.core.query import Filter
from annotator.core.query_matching import label_ids, passes_texts
from annotator.project.organisation import Frame
from annotator.project.storage.reading import frame as frame_by_id
from annotator.project.storage.reading import last_position
from annotator.project.storage.records import (
    KIND_NUMBERS,
    KINDS,
    OCCLUDED,
    SOURCE_NUMBERS,
    attributes_of,
)

# Positions looked at between two reports.
_PAGE: Final = 2_000
_LIST: Final = " (SELECT value FROM json_each(?))"
_MEASURES: Final = {
    "score": "s.score",
    "width": "s.x1 - s.x0",
    "height": "s.y1 - s.y0",
    "area": "(s.x1 - s.x0) * (s.y1 - s.y0)",
}


def next_matching_frame(
    db: apsw.Connection,
    task: int,
    position: int,
    direction: int,
    wanted: Filter,
    labels: LabelSchema,
    progress: Progress,
) -> Frame | None:
    """Return the nearest frame after (1) or before (-1) a position with an annotation that passes, or None.

    Removed frames and key frames of tracks are passed over. Reports how many positions were looked at; raises
    Cancelled.
    """
    search = _Search(db, task, wanted, labels)
    last = last_position(db, task)
    ahead = last - position if direction > 0 else position
    for done in range(0, max(ahead, 0), _PAGE):
        progress.report(done, ahead)
        if direction > 0:
            first, end = position + 1 + done, min(position + done + _PAGE, last)
        else:
            first, end = max(position - done - _PAGE, 0), position - 1 - done
        found = search.between(first, end, direction)
        if found is not None:
            return frame_by_id(db, found)
    progress.report(max(ahead, 0), max(ahead, 0))
    return None


class _Search:
    """One question, asked of a page of positions after the other."""

    def __init__(self, db: apsw.Connection, task: int, wanted: Filter, labels: LabelSchema) -> None:
        self._db = db
        self._task = task
        self._wanted = wanted
        self._labels = labels
        self._has_texts = bool(wanted.attributes or wanted.words)
        conditions, self._values = _conditions(wanted, labels)
        self._where = " AND ".join(["s.label_id IS NOT NULL", *conditions])
        self._answers: dict[tuple[int, int, str | None], bool] = {}

    def between(self, first: int, end: int, direction: int) -> int | None:
        """Return the id of the nearest frame between two positions, both included, or None."""
        order = "ASC" if direction > 0 else "DESC"
        limit = "" if self._has_texts else " LIMIT 1"
        # The frames in their order, and the shapes of each by its index: nothing is sorted.
        rows: Iterator[Any] = self._db.execute(
            "SELECT f.id, s.label_id, s.kind, s.attributes FROM frame f"  # noqa: S608 - of constants
            f" CROSS JOIN shape s ON s.frame_id = f.id WHERE f.task_id = ? AND f.position BETWEEN ? AND ?"
            f" AND f.removed = 0 AND {self._where} ORDER BY f.position {order}{limit}",
            (self._task, first, end, *self._values),
        )
        # All rows at once: a statement that is left unfinished would hold up the log.
        for frame_id, label, kind, text in list(rows):
            if not self._has_texts or self._passes(label, kind, text):
                return int(frame_id)
        return None

    def _passes(self, label: int, kind: int, text: str | None) -> bool:
        key = (label, kind, text)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = passes_texts(
                self._wanted, self._labels.get(label), attributes_of(text), KINDS[kind]
            )
        return answer


def _conditions(wanted: Filter, labels: LabelSchema) -> tuple[list[str], list[Any]]:
    """Return what a database can be asked for, and the values of the question marks in it."""
    conditions: list[str] = []
    values: list[Any] = []
    for is_in, known in (
        ("s.label_id IN", label_ids(wanted, labels) if wanted.labels else None),
        ("s.kind IN", [KIND_NUMBERS[kind] for kind in wanted.kinds] or None),
        ("s.source IN", [SOURCE_NUMBERS[source] for source in wanted.sources] or None),
    ):
        if known is not None:
            conditions.append(is_in + _LIST)
            values.append(json.dumps(known))
    if wanted.occluded is not None:
        conditions.append(f"(s.flags & {OCCLUDED}) = ?")
        values.append(OCCLUDED if wanted.occluded else 0)
    for test in wanted.measures:
        conditions.append(f"{_MEASURES[test.measure]} {test.comparison} ?")
        values.append(test.value)
    return conditions, values
