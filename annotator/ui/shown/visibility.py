"""What of the shown frame is hidden or locked, by object and by label, and what the filter leaves out."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.columns import IntArray, ShapeColumns
from annotator.core.geometry import BoolArray
from annotator.core.query import NO_FILTER, Filter
from annotator.core.query_matching import mask
from annotator.project.storage.changes import Change
from annotator.project.view_memory import ViewMemory
from annotator.ui.shown.session import Session

_HIDDEN_LABELS: Final = "hidden_labels"
_LOCKED_LABELS: Final = "locked_labels"


class FrameVisibility(QObject):
    """The `Visibility` of the canvas: view state, never a change of annotations.

    Objects stay hidden and locked, and a filter stays, while the project is open; labels stay so for good. What a
    filter leaves out is decided when a frame is read or the filter changes: what is drawn or changed after that stays
    in sight, so that nothing vanishes under the hand.

    Signals: `changed` when other annotations are hidden, locked or left out; `filter_changed` before it when there
    is another filter.
    """

    changed = Signal()
    filter_changed = Signal()

    def __init__(self, session: Session, listing: Callable[[], AnnotationColumns]) -> None:
        super().__init__(session)
        self._session = session
        self._listing = listing
        self._hidden: set[int] = set()
        self._locked: set[int] = set()
        self._hidden_labels: frozenset[int] = frozenset()
        self._locked_labels: frozenset[int] = frozenset()
        self._filter = NO_FILTER
        # The ids on the shown frame that do not pass the filter; None while nobody has asked.
        self._left_out: IntArray | None = None
        session.opened.connect(self._opened)
        session.changed.connect(self._project_changed)

    # What the canvas asks ---------------------------------------------------------------------------

    def hidden(self, columns: ShapeColumns) -> BoolArray:
        """Return which shapes (N,) are hidden or left out by the filter."""
        result = _among(columns.labels, self._hidden_labels) | _among(columns.ids, self._hidden)
        if self._filter and len(columns):
            result |= np.isin(columns.ids, self._filtered())
        return result

    def locked(self, columns: ShapeColumns) -> BoolArray:
        """Return which shapes (N,) are locked."""
        return _among(columns.labels, self._locked_labels) | _among(columns.ids, self._locked)

    # What lists ask ---------------------------------------------------------------------------------

    def is_hidden(self, annotation_id: int, label_id: int) -> bool:
        """Whether an annotation is hidden, by itself or with its label."""
        return annotation_id in self._hidden or label_id in self._hidden_labels

    def is_locked(self, annotation_id: int, label_id: int) -> bool:
        """Whether an annotation is locked, by itself or with its label."""
        return annotation_id in self._locked or label_id in self._locked_labels

    def listed(self, columns: AnnotationColumns) -> BoolArray:
        """Return which annotations (N,) of the frame the filter does not leave out."""
        if not self._filter:
            return np.ones(len(columns), dtype=bool)
        listed: BoolArray = ~np.isin(columns.ids, self._filtered())
        return listed

    def locked_ids(self) -> frozenset[int]:
        """Return the ids of the annotations of the frame that are locked."""
        if not (self._locked or self._locked_labels):
            return frozenset()
        columns = self._listing()
        locked = _among(columns.ids, self._locked) | _among(columns.labels, self._locked_labels)
        return frozenset(columns.ids[locked].tolist())

    @property
    def hidden_labels(self) -> frozenset[int]:
        """The ids of the labels that are hidden."""
        return self._hidden_labels

    @property
    def locked_labels(self) -> frozenset[int]:
        """The ids of the labels that are locked."""
        return self._locked_labels

    @property
    def filter(self) -> Filter:
        """What is shown has to pass this."""
        return self._filter

    # What the user does -----------------------------------------------------------------------------

    def hide(self, annotation_ids: Iterable[int], *, hidden: bool) -> None:
        """Hide annotations, or show them."""
        (self._hidden.update if hidden else self._hidden.difference_update)(annotation_ids)
        self.changed.emit()

    def lock(self, annotation_ids: Iterable[int], *, locked: bool) -> None:
        """Lock annotations, or unlock them."""
        (self._locked.update if locked else self._locked.difference_update)(annotation_ids)
        self.changed.emit()

    def hide_labels(self, label_ids: Iterable[int], *, hidden: bool) -> None:
        """Hide all annotations of labels on every frame, or show them; remembered with the project."""
        ids = frozenset(label_ids)
        self._hidden_labels = self._hidden_labels | ids if hidden else self._hidden_labels - ids
        self._remember(_HIDDEN_LABELS, self._hidden_labels)

    def lock_labels(self, label_ids: Iterable[int], *, locked: bool) -> None:
        """Lock all annotations of labels on every frame, or unlock them; remembered with the project."""
        ids = frozenset(label_ids)
        self._locked_labels = self._locked_labels | ids if locked else self._locked_labels - ids
        self._remember(_LOCKED_LABELS, self._locked_labels)

    def toggle_all_hidden(self) -> None:
        """Show everything where anything of the frame is hidden, else hide all of the frame."""
        columns = self._listing()
        if self._any(columns, self._hidden, self._hidden_labels):
            self._hidden.clear()
            self.hide_labels(self._hidden_labels, hidden=False)
        else:
            self.hide(columns.ids.tolist(), hidden=True)

    def toggle_all_locked(self) -> None:
        """Unlock everything where anything of the frame is locked, else lock all of the frame."""
        columns = self._listing()
        if self._any(columns, self._locked, self._locked_labels):
            self._locked.clear()
            self.lock_labels(self._locked_labels, locked=False)
        else:
            self.lock(columns.ids.tolist(), locked=True)

    def set_filter(self, wanted: Filter) -> None:
        """Show only what passes a filter."""
        if wanted != self._filter:
            self._filter, self._left_out = wanted, None
            self.filter_changed.emit()
            self.changed.emit()

    def frame_read(self) -> None:
        """The annotations of the frame were read anew: what passes the filter is decided again."""
        self._left_out = None

    def _filtered(self) -> IntArray:
        if self._left_out is None:
            columns = self._listing()
            self._left_out = columns.ids[~mask(self._filter, columns, self._session.labels)]
        return self._left_out

    def _any(
        self, columns: AnnotationColumns, ids: Collection[int], labels: Collection[int]
    ) -> bool:
        return bool((_among(columns.ids, ids) | _among(columns.labels, labels)).any())

    # Remembering ------------------------------------------------------------------------------------

    def forget(self) -> None:
        """The project is left; another task of the same one is shown as this one was."""
        self._hidden, self._locked = set(), set()
        self._filter = NO_FILTER

    def _opened(self) -> None:
        memory = ViewMemory(self._session.project)
        self._hidden_labels = _ids(memory.get(_HIDDEN_LABELS))
        self._locked_labels = _ids(memory.get(_LOCKED_LABELS))
        self._left_out = None
        self.filter_changed.emit()
        self.changed.emit()

    def _remember(self, name: str, label_ids: frozenset[int]) -> None:
        ViewMemory(self._session.project).set(name, sorted(label_ids) or None)
        self.changed.emit()

    def _project_changed(self, change: Change) -> None:
        if change.labels and self._filter:
            # It names labels and attributes.
            self._left_out = None
            self.changed.emit()


def _among(ids: IntArray, some: Collection[int]) -> BoolArray:
    """Return which ids (N,) are among some, quickly where these are none."""
    if not some:
        return np.zeros(len(ids), dtype=bool)
    return np.isin(ids, np.fromiter(some, dtype=np.int64, count=len(some)))


def _ids(kept: object) -> frozenset[int]:
    """Return what was remembered as ids, none where it is something else."""
    if not isinstance(kept, list):
        return frozenset()
    return frozenset(one for one in kept if type(one) is int and abs(one) < 1 << 63)
