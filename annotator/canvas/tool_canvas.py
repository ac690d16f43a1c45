"""What tools see of the canvas, and the one place from which it changes the document."""

from collections.abc import Collection, Mapping
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator.canvas.hit import Part
from annotator.canvas.stage import Stage
from annotator.canvas.tools.tool import Cursor, Draft
from annotator.core.errors import AnnotatorError, GeometryError
from annotator.core.geometry import Box
from annotator.core.shapes import Shape
from annotator.translation import tr, tr_n

# How far from a line or a point, in screen pixels, the pointer still takes it.
PICK_REACH: Final = 4.0


class ToolCanvas(QObject):
    """The `Canvas` of the tools, over a stage.

    Signals: `dragged(shape)` with the shape that the only selected annotation would get, None when it is shown as it is
    again; `hint_changed` with a sentence about what can be done next; `cursor_wanted` with a `Cursor`; `refused` with
    the sentence of an AnnotatorError, when the document does not take a change. Everything is shown as the document
    has it then. (Qt would lose the error: nothing may be raised through its event functions.)
    """

    dragged = Signal(object)
    hint_changed = Signal(str)
    refused = Signal(str)
    cursor_wanted = Signal(str)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._stage = stage
        self.pixel = 1.0

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids of what is selected."""
        return self._stage.selection

    def select(self, annotation_ids: Collection[int]) -> None:
        """Select annotations and nothing else."""
        self._stage.select(annotation_ids)

    def shape_of(self, annotation_id: int) -> Shape | None:
        """Return the present shape of an annotation, or None where it is gone."""
        return self._stage.live.shape_of(annotation_id)

    def is_free(self, annotation_id: int) -> bool:
        """Return whether an annotation is drawn and not locked."""
        return self._stage.frame.is_free(annotation_id)

    def shapes_at(self, x: float, y: float) -> list[int]:
        """Return what lies at a point, the smallest first."""
        return self._stage.frame.at(x, y, PICK_REACH * self.pixel)

    def top_shape_at(self, x: float, y: float) -> int | None:
        """Return the first of `shapes_at`."""
        return self._stage.frame.top_at(x, y, PICK_REACH * self.pixel)

    def shapes_inside(self, box: Box) -> list[int]:
        """Return what lies wholly inside a box."""
        return self._stage.frame.inside(box)

    def show_draft(self, draft: Draft | None) -> None:
        """Show what is being drawn."""
        self._stage.draft.show_draft(draft)

    def show_band(self, box: Box | None) -> None:
        """Show the rubber band."""
        self._stage.band.show_band(box)

    def show_hovered(self, annotation_id: int | None, part: Part | None = None) -> None:
        """Show what a press would take hold of."""
        self._stage.live.hover(annotation_id)
        self._stage.live.hold(part)

    def show_moved(self, dx: float, dy: float) -> None:
        """Show everything selected moved."""
        self._stage.live.move(dx, dy)
        if len(self.selection) == 1 and self.is_free(self.selection[0]):
            shape = self.shape_of(self.selection[0])
            try:
                moved = None if shape is None else shape.moved_by(dx, dy)
            except GeometryError:
                return  # so far out no shape can be: the step will be refused
            self.dragged.emit(moved)

    def show_reshaped(self, annotation_id: int, shape: Shape) -> None:
        """Show one selected annotation with another shape."""
        self._stage.live.reshape(annotation_id, shape)
        self.dragged.emit(shape)

    def show_unchanged(self) -> None:
        """Show everything selected as it is."""
        self._stage.live.refresh()
        self.dragged.emit(None)

    def set_cursor(self, cursor: Cursor) -> None:
        """Show another pointer."""
        self.cursor_wanted.emit(cursor)

    def say(self, hint: str) -> None:
        """Say what the next act can be."""
        self.hint_changed.emit(hint)

    def add(self, shape: Shape) -> bool:
        """Add an annotation and select it; False where the user must choose a label first, or it was refused."""
        document, annotation_id = self._stage.document, None
        try:
            annotation_id = None if document is None else document.add(shape)
        except AnnotatorError as error:
            self.refused.emit(str(error))
        if annotation_id is None:
            return False
        self._stage.select_when_shown(annotation_id)
        return True

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        """Give annotations other shapes in one step."""
        document = self._stage.document
        try:
            if document is not None and shapes:
                document.replace(shapes, text)
        except AnnotatorError as error:
            self.refused.emit(str(error))
        # As the document has it now, whether it took the change or not.
        self.show_unchanged()

    def move_selected(self, dx: float, dy: float) -> None:
        """Move everything selected in one step but for what is hidden or locked."""
        document = self._stage.document
        free = self._stage.frame.free_among(self.selection)
        if document is None or not free or (dx, dy) == (0.0, 0.0):
            self.show_unchanged()
            return
        text = tr_n("Move an annotation", "Move {count} annotations", len(free))
        try:
            document.move(free, dx, dy, text)
        except AnnotatorError as error:
            self.refused.emit(str(error))
        self.show_unchanged()

    def delete_selected(self) -> None:
        """Delete everything selected in one step but for what is hidden or locked."""
        document, changeable = self._stage.document, self._changeable()
        self.say_what_stays()
        try:
            if document is not None and changeable:
                document.delete(changeable)
        except AnnotatorError as error:
            self.refused.emit(str(error))

    def say_what_stays(self) -> None:
        """Say that what is hidden or locked is not changed, where some of what is selected is."""
        if len(self._changeable()) < len(self.selection):
            self.say(tr("What is hidden or locked stays: show or unlock it first"))

    def _changeable(self) -> list[int]:
        """What is selected but for what is hidden or locked: what is free, and tags, which lie on no frame."""
        frame = self._stage.frame
        free = set(frame.free_among(self.selection))
        return [i for i in self.selection if i in free or i not in frame]
