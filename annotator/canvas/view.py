"""The canvas as a widget: the window and Qt speak to it, it speaks to the stage and to the active tool."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from annotator.canvas.document import FrameDocument
from annotator.canvas.navigation import ZOOM_STEP, ViewState
from annotator.canvas.painted_view import PaintedView
from annotator.canvas.picture import Pixels, Smaller
from annotator.canvas.selection_keys import SelectionKeys
from annotator.canvas.suggestion_gesture import SuggestionGesture
from annotator.canvas.suggestion_keys import SuggestionKeys
from annotator.canvas.suggestion_layer import ShownSuggestion
from annotator.canvas.theme import DARK, CanvasTheme
from annotator.canvas.tone import Tone
from annotator.canvas.tool_canvas import ToolCanvas
from annotator.canvas.tool_input import ToolInput
from annotator.canvas.tools import TOOLS
from annotator.canvas.tools.tool import Cursor, PointerEvent
from annotator.canvas.visibility import Visibility
from annotator.core.annotations import Annotation

# Screen pixels around what `zoom_to` shows.
_MARGIN: Final = 80.0
# A point or a very small shape is shown at this zoom, with what is around it.
_MOST_CLOSE: Final = 12.0
# Screen pixels around a suggestion that is brought into sight.
_SIGHT_MARGIN: Final = 40.0

_CURSORS: Final[Mapping[Cursor, Qt.CursorShape]] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "point": Qt.CursorShape.PointingHandCursor,
    "turn": Qt.CursorShape.PointingHandCursor,
    "size_0": Qt.CursorShape.SizeHorCursor,
    "size_45": Qt.CursorShape.SizeFDiagCursor,
    "size_90": Qt.CursorShape.SizeVerCursor,
    "size_135": Qt.CursorShape.SizeBDiagCursor,
}


class CanvasView(PaintedView):
    """Shows one frame and lets the active tool work on it.

    It changes no annotation itself: tools change the document, and the canvas hears of it through
    `update_shapes` or `show_shapes`.

    Signals: `selection_changed(ids)`; `tool_changed(id)`; `pointer_moved(x, y, colour)` in image pixels, with
    (red, green, blue) or None outside the picture; `pointer_left()`; `zoom_changed(zoom)` in device pixels for
    each image pixel; `hint_changed(text)`; `menu_requested(place)` in global coordinates, with what lies there
    selected; `dragged(shape)` while the only selected annotation is moved or reshaped, with the shape it would get, and
    with None when it is shown as it is again; `space_tapped()`, when Space went down and up and nothing was dragged;
    `refused(text)`, a sentence for the user, when the document did not take a change; `suggestion_changed()` when
    another suggestion is the current one, or none; `suggestion_wanted(act)` when a key says what becomes of
    suggestions, see `SuggestionAct`; `suggestion_reshaped(key, shape)` when one was dragged.
    """

    selection_changed = Signal(object)
    tool_changed = Signal(str)
    pointer_moved = Signal(float, float, object)
    pointer_left = Signal()
    zoom_changed = Signal(float)
    hint_changed = Signal(str)
    menu_requested = Signal(QPoint)
    dragged = Signal(object)
    space_tapped = Signal()
    refused = Signal(str)
    suggestion_changed = Signal()
    suggestion_wanted = Signal(str)
    suggestion_reshaped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None, *, theme: CanvasTheme = DARK) -> None:
        super().__init__(theme, parent)
        self._canvas = ToolCanvas(self.stage)
        self._tools = {tool.id: tool(self._canvas) for tool in TOOLS}
        tool = self._tools[TOOLS[0].id]
        suggestion_keys = SuggestionKeys(self.stage, self)
        gesture = SuggestionGesture(self.stage, self)
        self._input = ToolInput(
            self.navigator, tool, SelectionKeys(self._canvas), suggestion_keys, gesture, self
        )
        self._cursor: Cursor = "arrow"
        self._hint = ""
        self._crosshair_when: tuple[bool, bool] = (True, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Files are dropped on the window.
        self.setAcceptDrops(False)
        self.stage.selection_changed.connect(self.selection_changed)
        self.navigator.zoom_changed.connect(self.zoom_changed)
        self.stage.suggestion_changed.connect(self.suggestion_changed)
        suggestion_keys.wanted.connect(self.suggestion_wanted)
        gesture.reshaped.connect(self.suggestion_reshaped)
        gesture.cursor_wanted.connect(self._set_tool_cursor)
        self._canvas.refused.connect(self.refused)
        self._canvas.dragged.connect(self.dragged)
        self._canvas.hint_changed.connect(self._say)
        self._canvas.cursor_wanted.connect(self._set_tool_cursor)
        self._input.cursor_changed.connect(self._show_cursor)
        self._input.moved.connect(self._pointer_was_moved)
        self._input.space_tapped.connect(self.space_tapped)
        tool.activated()

    # What is shown

    def show_picture(
        self,
        pixels: Pixels | None,
        problem: str | None = None,
        *,
        size: tuple[int, int] | None = None,
        has_alpha: bool = False,
        smaller: Smaller | None = None,
    ) -> None:
        """Show the pixels of the frame, uint8 (H, W, 4): blue, green, red, alpha; and what is wrong with it.

        pixels: None where there are none, or not yet. problem: a sentence, shown in the middle of the frame, or at its
        upper edge where there are pixels all the same. size: width and height, where they are known without
        pixels. smaller: copies that were made beside the GUI thread. Zoom and place stay as
        they are unless the size changes.
        """
        self.stage.show_picture(pixels, problem, size, has_alpha=has_alpha, smaller=smaller)
        self.navigator.set_size(self.stage.size)
        self._tell_when_painted()
        self._input.again()

    def show_stand_in(
        self, pixels: Pixels, size: tuple[int, int], problem: str | None = None
    ) -> None:
        """Show a small copy of the picture of the frame in its place while the picture itself is read.

        pixels: as for `show_picture`, without transparency. size: width and height of the picture itself. problem: a
        sentence at its upper edge. `picture_painted` is not emitted.
        """
        self.stage.show_stand_in(pixels, size, problem)
        self.navigator.set_size(self.stage.size)
        self._input.again()

    def leave_frame(self) -> None:
        """Go on showing the frame until the next one is there, but let nothing on it be selected or changed."""
        self._input.cancel()
        self.stage.leave()

    def show_document(self, document: FrameDocument | None) -> None:
        """Show another frame's shapes, or none; a gesture that goes on is dropped."""
        self._input.cancel()
        self.stage.show_document(document)
        self._input.again()

    def show_shapes(self) -> None:
        """Read the shapes and labels of the frame anew; a gesture is dropped if what it edits has changed."""
        edited = self._edited
        before = {i: self._canvas.shape_of(i) for i in edited}
        self.stage.show_shapes()
        if any(self._canvas.shape_of(i) != shape for i, shape in before.items()):
            self._input.cancel()
        self._input.again()

    def update_shapes(self, changed: Sequence[Annotation], deleted: Collection[int] = ()) -> None:
        """Show annotations of the frame that are new, changed, or gone; a gesture that edits one of them is dropped."""
        touched = {annotation.id for annotation in changed}.union(deleted)
        if touched.intersection(self._edited):
            self._input.cancel()
        self.stage.update_shapes(changed, deleted)
        self._input.again()

    def show_visibility(self, visibility: Visibility) -> None:
        """Hide and lock annotations, or ask anew which; a gesture that edits what cannot be edited now is dropped."""
        self.stage.show_visibility(visibility)
        if not all(self.stage.frame.is_free(i) for i in self._edited):
            self._input.cancel()
        self._input.again()

    def enter_or_leave(self, *, backwards: bool = False) -> None:
        """Take the focus, or give it to the control after, or before, where it is here: Tab stays on the picture."""
        if self.hasFocus():
            self.focusNextPrevChild(not backwards)
        else:
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What is selected

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids of what is selected, in the order in which it was selected."""
        return self.stage.selection

    def select(self, annotation_ids: Collection[int]) -> None:
        """Select annotations of the frame and nothing else; a gesture that goes on is dropped.

        Selecting what is selected already changes nothing, in any order: a list that follows the selection may tell
        of it again.
        """
        if set(annotation_ids) != set(self.selection):
            self._input.cancel()
            self.stage.select(annotation_ids)

    def select_all(self) -> None:
        """Select everything on the frame that is neither hidden nor locked."""
        self.select(self.stage.frame.free_ids())

    def select_beside(self, by: int) -> None:
        """Select the next annotation that can be taken hold of, or the one before: `by` is 1 or -1; in sight."""
        free = self.stage.frame.free_ids()
        if not free:
            return
        last = self.selection[-1] if self.selection else None
        start = -1 if by > 0 else 0
        place = (free.index(last) if last in free else start) + by
        chosen = free[place % len(free)]
        self.select((chosen,))
        area = self.stage.area_of((chosen,))
        if area is not None:
            self.navigator.bring_into_sight(area, _SIGHT_MARGIN)

    def delete_selection(self) -> None:
        """Delete what is selected in one step."""
        self._input.cancel()
        self._canvas.delete_selected()

    # Suggestions

    def show_suggestions(self, suggestions: Sequence[ShownSuggestion]) -> None:
        """Show what models suggest for the frame, and nothing else of that kind."""
        self.stage.show_suggestions(suggestions)
        self._input.again()

    @property
    def current_suggestion(self) -> str | None:
        """The key of the suggestion that Enter accepts, None where there is none."""
        current = self.stage.suggestions.current
        return None if current is None else current.key

    def make_suggestion_current(self, key: str | None) -> None:
        """Make a suggestion the current one, in sight without zooming; None lets go of it."""
        self.stage.make_suggestion_current(key)
        current = self.stage.suggestions.current
        if current is not None and current.shape is not None:
            x0, y0, x1, y1 = current.shape.box
            self.navigator.bring_into_sight(QRectF(x0, y0, x1 - x0, y1 - y0), _SIGHT_MARGIN)

    # Tools

    @property
    def tool(self) -> str:
        """The id of the active tool."""
        return self._input.tool.id

    @property
    def hint(self) -> str:
        """What can be done next, in a sentence."""
        return self._hint

    @property
    def is_busy(self) -> bool:
        """Whether something is being drawn, dragged, or moved by keys."""
        return self._input.is_busy

    def set_tool(self, tool_id: str) -> None:
        """Make another tool the active one; what was being drawn is dropped."""
        tool = self._tools[tool_id]
        if tool is self._input.tool:
            return
        self._input.cancel()
        self._canvas.show_hovered(None)
        self._input.tool = tool
        self.stage.live.set_handles(shown=not tool.draws)
        self.stage.current_suggestion.set_handles(shown=not tool.draws)
        tool.activated()
        self._place_crosshair()
        self.tool_changed.emit(tool.id)
        self._input.again()

    def finish_keys(self) -> None:
        """Make a step of what keys that are still held have moved: nothing of that is to be lost or waited for."""
        self._input.finish_keys()

    def finish_drawing(self) -> bool:
        """End what is being drawn with what is there; return whether there was something to end."""
        return self._input.tool.finish()

    def undo_in_tool(self) -> bool:
        """Take back the last thing done in a gesture; False where there is none and the window may undo a step."""
        return self._input.undo()

    def set_drawing_colour(self, colour: str | None) -> None:
        """Draw with the colour `#rrggbb` of the next label; None where there is none yet."""
        self.stage.set_drawing_colour(colour)

    # Zoom and place

    @property
    def zoom(self) -> float:
        """Device pixels for each image pixel."""
        return self.navigator.zoom

    def zoom_in(self) -> None:
        """Zoom in at the pointer, or at the middle while the pointer is elsewhere."""
        self.navigator.zoom_by(ZOOM_STEP, self._input.place)

    def zoom_out(self) -> None:
        """Zoom out at the pointer, or at the middle while the pointer is elsewhere."""
        self.navigator.zoom_by(1.0 / ZOOM_STEP, self._input.place)

    def fit(self) -> None:
        """Show the whole picture, and go on doing so when the window changes its size."""
        self.navigator.fit()

    def actual(self) -> None:
        """Show one image pixel as one device pixel."""
        self.navigator.zoom_to(1.0)

    def zoom_to(self, annotation_ids: Collection[int]) -> None:
        """Show annotations as large as they fit, small ones with what is around them."""
        area = self.stage.area_of(annotation_ids)
        if area is not None:
            self.navigator.show_area(area, _MARGIN, max(_MOST_CLOSE, self.zoom))

    def view_state(self) -> ViewState:
        """Return zoom and place, to be restored later."""
        return self.navigator.state

    def restore_view_state(self, state: ViewState) -> None:
        """Show what was shown before."""
        self.navigator.restore(state)

    # Appearance

    def set_theme(self, theme: CanvasTheme) -> None:
        """Draw with other colours."""
        self.stage.set_theme(theme, self.font())

    def set_tone(self, tone: Tone) -> None:
        """Show the picture lighter, darker, or with other contrast."""
        self.stage.set_tone(tone)

    def set_label_tags_visible(self, visible: bool) -> None:
        """Show the names of labels on shapes, or not."""
        self.stage.set_tags_visible(visible)

    def set_fill_opacity(self, opacity: float) -> None:
        """Fill shapes with an opacity from 0 to 1."""
        self.stage.set_opacity(opacity)

    def set_crosshair_visible(self, visible: bool, *, always: bool = False) -> None:
        """Show lines through the pointer while a drawing tool is active, or with every tool."""
        self._crosshair_when = (visible, visible and always)
        self._place_crosshair()

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._input.pressed(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._input.pressed(event, twice=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._input.pointer_moved(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._input.released(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if not self._input.is_busy and (self._input.may_open_menu or by_key):
            self.menu_requested.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.navigator.pan_by((turned.x() or turned.y()) / 2, 0.0)
        elif turned.y():
            self.navigator.wheel(turned.y(), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._input.left()
            self._show_crosshair(None)
            self.pointer_left.emit()
        elif (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.navigator.zoom_by(1.0 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._input.key_coming(event)
            # Accepted here, a key comes as a key press instead of to a shortcut of the window.
            if self._input.wants_key(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self._input.key_pressed(event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._input.key_released(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._input.focus_lost()
        super().focusOutEvent(event)

    # From the stage, the tools and the pointer

    @property
    def _edited(self) -> Collection[int]:
        return self.selection if self._input.is_nudging else self._input.tool.edited

    def _is_moving(self) -> bool:
        return self._input.is_moving

    def _moved(self) -> None:
        super()._moved()
        self._canvas.pixel = 1.0 / self.navigator.scale
        self._input.again()

    def _say(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self.hint_changed.emit(hint)

    def _set_tool_cursor(self, cursor: Cursor) -> None:
        if cursor != self._cursor:
            self._cursor = cursor
            self._show_cursor()

    def _show_cursor(self) -> None:
        pan = self._input.pan_cursor
        self.viewport().setCursor(_CURSORS[self._cursor] if pan is None else pan)

    def _pointer_was_moved(self, told: PointerEvent) -> None:
        self._place_crosshair()
        picture = self.stage.resting.picture
        colour = None if picture is None else picture.colour_at(told.x, told.y)
        self.pointer_moved.emit(told.x, told.y, colour)

    def _place_crosshair(self) -> None:
        while_drawing, always = self._crosshair_when
        place = self._input.place
        shown = always or (while_drawing and self._input.tool.draws)
        self._show_crosshair(place.toPoint() if shown and place is not None else None)
