"""The annotations of the shown frame: read from the project, and changed through its one door."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import NO_PROGRESS, Progress
from annotator.background.runner import BackgroundRunner, Work
from annotator.canvas.column_merge import merged
from annotator.core.annotation_columns import NO_ANNOTATIONS, AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.columns import KIND_CODES, ShapeColumns
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Shape
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.storage.edit import Edit
from annotator.translation import tr, tr_n
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.readings import until_read
from annotator.ui.shown.kind_names import kind_name
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.relabelling import relabelled
from annotator.ui.shown.session import Session
from annotator.ui.shown.visibility import FrameVisibility
from annotator.ui.trying import tried

T = TypeVar("T")
# Puts into an edit what a project is to become.
Fill: TypeAlias = Callable[[Project, Edit], None]

# Frames with more annotations than this are read beside the GUI thread.
SMALL_FRAME: Final = 500
# Edits of more annotations than this are made beside the GUI thread.
LARGE_EDIT: Final = 1_000
# More changed annotations than this are read anew together with all others.
_MOST_SINGLE: Final = 100
_NOTHING: Final = ShapeColumns.from_annotations(())


@dataclass(frozen=True, slots=True)
class _Content:
    """What was read of a large frame."""

    columns: ShapeColumns
    listing: AnnotationColumns


def _content(project: Project, frame_id: int) -> _Content:
    return _Content(project.columns(frame_id), project.annotation_columns(frame_id))


def _found(project: Project, ids: Iterable[int]) -> Iterator[Annotation]:
    """Yield those of some annotations that are still there."""
    for annotation_id in ids:
        value = project.annotation(annotation_id)
        if value is not None:
            yield value


def _moved(one: Annotation, dx: float, dy: float) -> Annotation:
    return one if one.shape is None else replace(one, shape=one.shape.moved_by(dx, dy))


class ProjectDocument(QObject):
    """The `FrameDocument` of the frame that the session shows.

    Signals: `loaded()` when everything was read anew; `updated(changed annotations, ids of deleted ones)` for
    single changes; `added()` when the user has drawn one; `label_wanted(kind)` when a shape cannot be added because
    no label fits it; its tool keeps the drawing meanwhile. keys_of: gives the keys that a command has now, by its id.
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
        keys_of: Callable[[str], tuple[str, ...]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._choice = choice
        self._runner = runner
        self._calls = calls
        self._keys_of = keys_of
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="frame-reader")
        self._reading: Future[_Content] | None = None
        self._asked: set[Future[Any]] = set()
        self._is_outdated = False
        # The steps that are being made beside the GUI thread, and the annotations that each of them changes.
        self._large: list[tuple[Work[None], frozenset[int]]] = []
        # Whether anything of the frame was read yet.
        self._is_known = False
        self._columns = _NOTHING
        # None where it is to be made of the values of a small frame.
        self._listing: AnnotationColumns | None = NO_ANNOTATIONS
        # The values of a small frame; of a large one only those that changed since its columns were read.
        self._values: dict[int, Annotation] = {}
        self._changed: set[int] = set()
        self._deleted: set[int] = set()
        # The ids that the listing does not have as they are now.
        self._relisted: set[int] = set()
        self.visibility = FrameVisibility(session, self.listing)
        session.changed.connect(self._project_changed)

    def close(self) -> None:
        """Wait for what is being read."""
        self._reader.shutdown(wait=True, cancel_futures=True)

    def leave(self) -> Callable[[], None]:
        """Hold nothing of the project any more; return what waits until nothing of it is read."""
        wait = until_read([*self._asked, self._reading])
        self._asked, self._reading = set(), None
        self._large = []
        self._take((), _NOTHING, NO_ANNOTATIONS)
        self._is_known = False
        self.loaded.emit()
        return wait

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

    def listing(self) -> AnnotationColumns:
        """Return all annotations of the frame without their geometry, tags included, as far as they are read."""
        if self._listing is None:
            self._listing = AnnotationColumns.from_annotations(self._values.values())
        elif self._relisted:
            new = [self._values[i] for i in self._relisted if i in self._values]
            self._listing = self._listing.with_changes(new, self._relisted)
        self._relisted = set()
        return self._listing

    def tag_ids(self) -> frozenset[int]:
        """Return the ids of the annotations of the frame without a shape, as far as they are read."""
        listing = self.listing()
        return frozenset(listing.ids[listing.kinds == KIND_CODES["tag"]].tolist())

    @property
    def is_writable(self) -> bool:
        """Whether annotations can be changed."""
        return self._session.is_writable

    def load(self) -> None:
        """Read the annotations of the frame that the session shows; nothing of another one is left."""
        self._take((), _NOTHING, NO_ANNOTATIONS)
        self._reading, self._is_outdated, self._is_known = None, False, False
        frame = self._session.frame
        if frame is None or not self._read(frame.id):
            self.loaded.emit()

    def ask(self, question: Callable[[Project], T], then: Callable[[T], None]) -> None:
        """Ask the project beside the GUI thread, and give the answer to `then`, unless the project is left before."""
        asking = self._reader.submit(question, self._session.project)
        self._asked.add(asking)
        asking.add_done_callback(lambda done: self._calls.post(lambda: self._answer(done, then)))

    def _answer(self, asking: "Future[T]", then: Callable[[T], None]) -> None:
        if asking not in self._asked:
            return  # the project was left
        self._asked.remove(asking)
        try:
            answer = asking.result()
        except AnnotatorError as error:
            messages.error(str(error))
            return
        then(answer)

    def _read(self, frame_id: int) -> bool:
        """Read all annotations of a frame, at once where they are few; return whether that is done."""
        project = self._session.project
        if project.annotation_count(frame_id) > SMALL_FRAME:
            self._read_beside(frame_id)
            return False
        values = project.annotations(frame_id)
        columns = ShapeColumns.from_annotations(values) if values else _NOTHING
        self._take(values, columns, None if values else NO_ANNOTATIONS)
        self._is_known = True
        self.loaded.emit()
        return True

    def _take(
        self,
        values: Iterable[Annotation],
        columns: ShapeColumns,
        listing: AnnotationColumns | None,
    ) -> None:
        self._columns, self._listing = columns, listing
        self._values = {one.id: one for one in values}
        self._changed, self._deleted, self._relisted = set(), set(), set()
        self.visibility.frame_read()

    def _read_beside(self, frame_id: int) -> None:
        reading = self._reader.submit(_content, self._session.project, frame_id)
        self._reading = reading
        reading.add_done_callback(lambda done: self._calls.post(partial(self._read_done, done)))

    def _read_done(self, reading: "Future[_Content]") -> None:
        frame = self._session.frame
        if reading is not self._reading or frame is None:
            return  # late: another frame is shown, or this one is read anew
        self._reading = None
        read = reading.result()
        self._take((), read.columns, read.listing)
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
        known = self.listing()
        changed: list[Annotation] = []
        deleted: list[int] = []
        for annotation_id in ids:
            value = self._session.project.annotation(annotation_id)
            if value is not None and value.frame == frame.id:
                self._values[annotation_id] = value
                self._changed.add(annotation_id)
                self._deleted.discard(annotation_id)
                changed.append(value)
            elif known.row_of(annotation_id) is not None or annotation_id in self._values:
                self._values.pop(annotation_id, None)
                self._changed.discard(annotation_id)
                self._deleted.add(annotation_id)
                deleted.append(annotation_id)
        self._relisted.update((one.id for one in changed), deleted)
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
                tr("This frame is still being read. Press Enter in a moment to add the shape.")
            )
            return None
        if label is None:
            self.label_wanted.emit(shape.kind)
            return None
        new = Annotation(frame.id, label.id, shape, attributes=label.defaults())
        done = self._edit(
            tr("Add {kind}", kind=kind_name(shape.kind)), lambda _, edit: edit.put(new)
        )
        if not done:
            return None
        if label.id in self.visibility.hidden_labels:
            # What is drawn is to be seen.
            self.visibility.hide_labels((label.id,), hidden=False)
        self.added.emit()
        return new.id

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        """Give annotations other shapes; locked ones keep theirs."""
        ids = self._unlocked(shapes)

        def fill(project: Project, edit: Edit) -> None:
            edit.put(*(replace(one, shape=shapes[one.id]) for one in _found(project, ids)))

        if ids:
            self._edit(text, fill, ids)

    def move(self, annotation_ids: Collection[int], dx: float, dy: float, text: str) -> None:
        """Move annotations by image pixels; locked ones and tags stay as they are."""
        self.change(annotation_ids, text, lambda one: _moved(one, dx, dy))

    def delete(self, annotation_ids: Collection[int]) -> None:
        """Delete annotations but for locked ones."""
        ids = self._unlocked(annotation_ids)
        if ids:
            text = tr_n("Delete an annotation", "Delete {count} annotations", len(ids))
            self._edit(text, lambda _, edit: edit.delete(*ids), ids)

    def change(
        self,
        annotation_ids: Iterable[int],
        text: str,
        changed: Callable[[Annotation], Annotation],
    ) -> bool:
        """Change annotations in one step but for locked ones; return whether it is made.

        `changed` is called for each, for many of them beside the GUI thread; what it gives back the same is not
        written.
        """
        ids = self._unlocked(annotation_ids)

        def fill(project: Project, edit: Edit) -> None:
            for before in _found(project, ids):
                after = changed(before)
                if after is not before:
                    edit.put(after)

        return bool(ids) and self._edit(text, fill, ids)

    def relabel(self, annotation_ids: Collection[int], label: Label) -> None:
        """Give annotations another label; those of a kind it is not meant for keep theirs, and that is said.

        So do locked ones.
        """
        ids = self._unlocked(annotation_ids)
        labels = self.labels

        def fill(project: Project, edit: Edit) -> None:
            refused = 0
            for before in _found(project, ids):
                if before.label == label.id:
                    continue
                if label.accepts(before.kind):
                    edit.put(relabelled(before, labels.get(before.label), label))
                else:
                    refused += 1
            if refused:
                messages.warning(
                    tr(
                        "The label “{name}” is for {kind} only: {refused} of {count} kept theirs.",
                        name=label.name, kind=kind_name(label.kind), refused=refused, count=len(ids),
                    )
                )  # fmt: skip

        if ids:
            self._edit(tr("Label as {name}", name=label.name), fill, ids)

    def unlocking_text(self, count: int) -> str:
        """Return which key unlocks so many annotations, as a sentence; empty where none does."""
        keys = self._keys_of("object.lock")
        return tr_n("{key} unlocks it.", "{key} unlocks them.", count, key=keys[0]) if keys else ""

    def _unlocked(self, annotation_ids: Iterable[int]) -> tuple[int, ...]:
        """Return those of some annotations that are not locked, and say how many are."""
        ids = tuple(annotation_ids)
        locked = self.visibility.locked_ids()
        kept = tuple(i for i in ids if i not in locked) if locked else ids
        if left := len(ids) - len(kept):
            told = tr_n(
                "{count} annotation is locked and stays as it is.",
                "{count} annotations are locked and stay as they are.",
                left,
            )
            messages.info(f"{told} {self.unlocking_text(left)}".rstrip())
        return kept

    def _edit(self, text: str, fill: Fill, changed: Collection[int] = ()) -> bool:
        """Make one step; return whether it is made, or on its way in the background.

        changed: the ids of annotations that are there already. Many of them are changed beside the GUI thread, and so
        are those that a step changes which is still being made there: it would overwrite them with what it has read.
        fill: called beside the GUI thread then, after all steps that were begun before, perhaps after the project was
        left.
        """
        project, frame = self._session.project, self._session.frame
        assert frame is not None

        def make(progress: Progress) -> None:
            with project.edit(text, frame=frame.id, progress=progress) as edit:
                fill(project, edit)

        self._large = [large for large in self._large if not large[0].state.is_final]
        if len(changed) <= LARGE_EDIT and all(ids.isdisjoint(changed) for _, ids in self._large):
            return tried(partial(make, NO_PROGRESS))
        before = [work for work in self._runner.users_of(project) if work.must_finish]

        def make_after(progress: Progress) -> None:
            for work in before:
                work.wait()
            make(progress)

        work = self._runner.start(text, make_after, uses=project, must_finish=True)
        self._large.append((work, frozenset(changed)))
        return True
