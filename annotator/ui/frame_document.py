"""The annotations of the shown frame: read from the project, and changed through its one door."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import NO_PROGRESS, Progress
from annotator.background.runner import BackgroundRunner
from annotator.canvas.column_merge import merged
from annotator.core.annotations import Annotation
from annotator.core.columns import ShapeColumns
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Shape
from annotator.project.changes import Change
from annotator.project.edit import Edit
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.label_choice import LabelChoice
from annotator.ui.relabelling import relabelled
from annotator.ui.session import Session

# Frames with more annotations than this are read beside the GUI thread.
SMALL_FRAME: Final = 500
# Edits of more annotations than this are made beside the GUI thread.
LARGE_EDIT: Final = 1_000
# More changed annotations than this are read anew together with all others.
_MOST_SINGLE: Final = 100
_NOTHING: Final = ShapeColumns.from_annotations(())


def _ended(reading: "Future[ShapeColumns]") -> None:
    wait((reading,))


class ProjectDocument(QObject):
    """The `FrameDocument` of the frame that the session shows.

    Signals: `loaded()` when everything was read anew; `updated(changed annotations, ids of deleted ones)` for
    single changes; `added()` when the user has drawn one; `label_wanted(kind)` when a shape cannot be added because
    no label fits it; its tool keeps the drawing meanwhile.
    """

    loaded = Signal()
    updated = Signal(object, object)
    added = Signal()
    label_wanted = Signal(str)

    def __init__(
        self,
        session: Session,
        choice: LabelChoice,
        runner: BackgroundRunner,
        calls: GuiCalls,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._choice = choice
        self._runner = runner
        self._calls = calls
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="frame-reader")
        self._reading: Future[ShapeColumns] | None = None
        self._is_outdated = False
        # Whether anything of the frame was read yet.
        self._is_known = False
        self._columns = _NOTHING
        # The values of a small frame; of a large one only those that changed since its columns were read.
        self._values: dict[int, Annotation] = {}
        self._changed: set[int] = set()
        self._deleted: set[int] = set()
        session.changed.connect(self._project_changed)

    def close(self) -> None:
        """Wait for what is being read."""
        self._reader.shutdown(wait=True, cancel_futures=True)

    def leave(self) -> Callable[[], None]:
        """Hold nothing of the project any more; return what waits until nothing of it is read."""
        reading, self._reading = self._reading, None
        self._take((), _NOTHING)
        self._is_known = False
        self.loaded.emit()
        return lambda: None if reading is None else _ended(reading)

    # What there is ----------------------------------------------------------------------------------

    @property
    def labels(self) -> LabelSchema:
        """The labels of the project."""
        return self._session.labels

    @property
    def is_loading(self) -> bool:
        """Whether annotations of the frame are being read."""
        return self._reading is not None

    def columns(self) -> ShapeColumns:
        """Return everything that is drawn on the frame, as far as it is read."""
        if self._changed or self._deleted:
            gone = np.fromiter(self._changed | self._deleted, dtype=np.int64)
            kept = ~np.isin(self._columns.ids, gone)
            new = ShapeColumns.from_annotations(self._values[i] for i in self._changed)
            self._columns, _ = merged(self._columns, kept, new)
            self._changed, self._deleted = set(), set()
        return self._columns

    def annotation(self, annotation_id: int) -> Annotation | None:
        """Return one annotation as a value, or None where it is gone."""
        value = self._values.get(annotation_id)
        if value is not None or annotation_id in self._deleted or not self._session.is_open:
            return value
        return self._session.project.annotation(annotation_id)

    def ids(self) -> list[int]:
        """Return the ids of all annotations of the frame, tags included, the oldest first."""
        shown: list[int] = self.columns().ids.tolist()
        return sorted({*shown, *(i for i, a in self._values.items() if a.shape is None)})

    def load(self) -> None:
        """Read the annotations of the frame that the session shows; nothing of another one is left."""
        self._take((), _NOTHING)
        self._reading, self._is_outdated, self._is_known = None, False, False
        frame = self._session.frame
        if frame is None or not self._read(frame.id):
            self.loaded.emit()

    def _read(self, frame_id: int) -> bool:
        """Read all annotations of a frame, at once where they are few; return whether that is done."""
        project = self._session.project
        if project.annotation_count(frame_id) > SMALL_FRAME:
            self._read_beside(frame_id)
            return False
        values = project.annotations(frame_id)
        self._take(values, ShapeColumns.from_annotations(values) if values else _NOTHING)
        self._is_known = True
        self.loaded.emit()
        return True

    def _take(self, values: Iterable[Annotation], columns: ShapeColumns) -> None:
        self._columns = columns
        self._values = {one.id: one for one in values}
        self._changed, self._deleted = set(), set()

    def _read_beside(self, frame_id: int) -> None:
        reading = self._reader.submit(self._session.project.columns, frame_id)
        self._reading = reading
        reading.add_done_callback(lambda done: self._calls.post(partial(self._read_done, done)))

    def _read_done(self, reading: "Future[ShapeColumns]") -> None:
        frame = self._session.frame
        if reading is not self._reading or frame is None:
            return  # late: another frame is shown, or this one is read anew
        self._reading = None
        self._take((), reading.result())
        self._is_known = True
        if self._is_outdated:
            self._is_outdated = False
            self._read_beside(frame.id)
        self.loaded.emit()

    # What others change -----------------------------------------------------------------------------

    def _project_changed(self, change: Change) -> None:
        if self._session.shows_any(change.shown_frames):
            self._take_over(change.annotations)
        if change.labels:
            self.loaded.emit()  # names and colours

    def _take_over(self, ids: Collection[int]) -> None:
        if self._reading is not None:
            self._is_outdated = True
            return
        frame = self._session.frame
        assert frame is not None
        if len(ids) > _MOST_SINGLE:
            self._read(frame.id)
            return
        known = self._columns.row_of
        changed: list[Annotation] = []
        deleted: list[int] = []
        for annotation_id in ids:
            value = self._session.project.annotation(annotation_id)
            if value is not None and value.frame == frame.id:
                self._values[annotation_id] = value
                self._changed.add(annotation_id)
                self._deleted.discard(annotation_id)
                changed.append(value)
            elif annotation_id in known or annotation_id in self._values:
                self._values.pop(annotation_id, None)
                self._changed.discard(annotation_id)
                self._deleted.add(annotation_id)
                deleted.append(annotation_id)
        if changed or deleted:
            self.updated.emit(changed, deleted)

    # What the user changes --------------------------------------------------------------------------

    def add(self, shape: Shape) -> int | None:
        """Add an annotation with the next label; None where a label must be chosen first, or where it failed."""
        frame = self._session.frame
        label = self._choice.label_for(shape.kind)
        if frame is None:
            return None
        if not self._is_known:
            messages.info(
                "This frame is still being read. Press Enter in a moment to add the shape."
            )
            return None
        if label is None:
            self.label_wanted.emit(shape.kind)
            return None
        new = Annotation(frame.id, label.id, shape, attributes=label.defaults())
        done = self._edit(f"Add {shape.kind}", lambda edit: edit.put(new))
        if not done:
            return None
        self.added.emit()
        return new.id

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        """Give annotations other shapes."""

        def fill(edit: Edit) -> None:
            edit.put(
                *(
                    replace(before, shape=shapes[annotation_id])
                    for annotation_id, before in self._found(shapes)
                )
            )

        self._edit(text, fill, size=len(shapes))

    def delete(self, annotation_ids: Collection[int]) -> None:
        """Delete annotations."""
        ids = tuple(annotation_ids)
        text = "Delete an annotation" if len(ids) == 1 else f"Delete {len(ids)} annotations"
        self._edit(text, lambda edit: edit.delete(*ids), size=len(ids))

    def relabel(self, annotation_ids: Collection[int], label: Label) -> None:
        """Give annotations another label; those of a kind it is not meant for keep theirs, and that is said."""
        ids = tuple(annotation_ids)
        labels = self.labels

        def fill(edit: Edit) -> None:
            refused = 0
            for _, before in self._found(ids):
                if before.label == label.id:
                    continue
                if label.accepts(before.kind):
                    edit.put(relabelled(before, labels.get(before.label), label))
                else:
                    refused += 1
            if refused:
                messages.warning(
                    f"The label “{label.name}” is for {label.kind} only:"
                    f" {refused} of {len(ids)} kept theirs."
                )

        self._edit(f"Label as {label.name}", fill, size=len(ids))

    def _found(self, ids: Iterable[int]) -> Iterable[tuple[int, Annotation]]:
        for annotation_id in ids:
            value = self._session.project.annotation(annotation_id)
            if value is not None:
                yield annotation_id, value

    def _edit(self, text: str, fill: Callable[[Edit], None], *, size: int = 1) -> bool:
        """Make one step; return whether it is made, or on its way in the background."""
        project, frame = self._session.project, self._session.frame
        assert frame is not None

        def make(progress: Progress) -> None:
            with project.edit(text, frame=frame.id, progress=progress) as edit:
                fill(edit)

        if size > LARGE_EDIT:
            self._runner.start(text, make)
            return True
        try:
            make(NO_PROGRESS)
        except Cancelled:
            return False
        except AnnotatorError as error:
            messages.error(str(error))
            return False
        return True
