"""Pointer and keys on their way to the tool, to the view, to a suggestion, or to the selection."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QKeyCombination, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent

from annotator.canvas.key_releases import KeyReleases
from annotator.canvas.navigation import Navigator
from annotator.canvas.selection_keys import SelectionKeys
from annotator.canvas.suggestion_gesture import SuggestionGesture
from annotator.canvas.suggestion_keys import SuggestionKeys
from annotator.canvas.tools.tool import Button, PointerEvent, Tool
from annotator.keys.names import usual_on

_SPACE: Final = "Space"
_ESCAPE: Final = "Esc"
_DELETE: Final = "Del"
# The tool, which may have another use for one of them, is asked first.
_DELETING: Final = usual_on((_DELETE,))
# Coordinates beyond this belong to no picture.
_LIMIT: Final = 1e6
_BUTTONS: Final[Mapping[Qt.MouseButton, Button]] = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.RightButton: "right",
    Qt.MouseButton.MiddleButton: "middle",
}


class ToolInput(QObject):
    """Decides who hears of an event: a drag that pans, the active tool, then a suggestion, then the selection.

    The tool that selects hears nothing of the pointer where it is about a suggestion.

    Signals: `moved` with the PointerEvent, after the tool has heard of it; `cursor_changed` when another cursor
    is to be shown; `space_tapped` when Space went down and up and nothing was dragged.
    """

    moved = Signal(object)
    cursor_changed = Signal()
    space_tapped = Signal()

    def __init__(
        self,
        navigator: Navigator,
        tool: Tool,
        keys: SelectionKeys,
        suggestion_keys: SuggestionKeys,
        gesture: SuggestionGesture,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._keys = keys
        self._suggestion_keys = suggestion_keys
        self._gesture = gesture
        self._releases = KeyReleases(self)
        self._releases.let_go.connect(self._let_go)
        self.tool = tool
        self.may_open_menu = True
        # Where the pointer is in the viewport, and what the tool last heard of it; None: it is not over the canvas.
        self._place: QPointF | None = None
        self._last: PointerEvent | None = None
        self._pan_from: QPointF | None = None
        self._pan_button = Qt.MouseButton.NoButton
        self._space_down = False
        self._space_used = False
        self._held = False

    @property
    def place(self) -> QPointF | None:
        """Where the pointer is in the viewport, None while it is elsewhere."""
        return self._place

    @property
    def is_busy(self) -> bool:
        """Whether something is being drawn, dragged, or moved by keys; a pan leaves everything as it is."""
        return self.tool.is_busy or self._gesture.is_busy or self._keys.is_moving

    @property
    def is_panning(self) -> bool:
        """Whether the picture follows the pointer."""
        return self._pan_from is not None

    @property
    def is_moving(self) -> bool:
        """Whether the hand moves something just now: between the clicks of a drawing it does not."""
        return self._held or self._keys.is_moving or self.is_panning

    @property
    def is_nudging(self) -> bool:
        """Whether arrow keys are moving the selection."""
        return self._keys.is_moving

    @property
    def pan_cursor(self) -> Qt.CursorShape | None:
        """The cursor of a pan that goes on or would begin with a press."""
        if self._pan_from is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self._space_down else None

    def pressed(self, event: QMouseEvent, *, twice: bool = False) -> None:
        """A mouse button went down, perhaps for the second time in a row."""
        button = event.button()
        if button == Qt.MouseButton.MiddleButton or (
            self._space_down and button == Qt.MouseButton.LeftButton
        ):
            self._space_used = True
            self._pan_from, self._pan_button = event.position(), button
            self.cursor_changed.emit()
            return
        self._keys.commit()
        if button == Qt.MouseButton.RightButton:
            self.may_open_menu = not (self.is_busy or self.is_panning)
        elif button == Qt.MouseButton.LeftButton:
            self._held = True
        if event.position() != self._place:
            # A finger or a pen comes down where no pointer was before.
            self.pointer_moved(event)
        told = self._told(event)
        if self._is_for_suggestions and self._gesture.pressed(told):
            return
        if twice:
            self.tool.double_clicked(told)
        else:
            self.tool.pressed(told)

    def pointer_moved(self, event: QMouseEvent) -> None:
        """The pointer moved over the canvas."""
        # A button may go up where nobody tells us: under a menu, on another screen.
        if self._pan_from is not None and not event.buttons() & self._pan_button:
            self._end_pan()
        if self._pan_from is not None:
            # In whole pixels; what is left over counts for the next movement.
            by = (event.position() - self._pan_from).toPoint()
            self._pan_from += QPointF(by)
            self._navigator.pan_by(by.x(), by.y())
            self.moved.emit(self._told(event))
            return
        if self._held and not event.buttons() & Qt.MouseButton.LeftButton:
            self._held = False
            self._release(replace(self._told(event), button="left"))
        told = replace(self._told(event), button="none")
        self._move(told)
        self.moved.emit(told)

    def released(self, event: QMouseEvent) -> None:
        """A mouse button went up."""
        if self._pan_from is not None and event.button() == self._pan_button:
            self._end_pan()
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = False
        self._release(self._told(event))

    def left(self) -> None:
        """The pointer left the canvas."""
        self._place = self._last = None
        self.tool.left()

    def again(self) -> None:
        """What lies under the pointer has changed though the pointer has not moved."""
        if self._place is None or self._last is None or self._pan_from is not None:
            return
        x, y = self._to_scene(self._place)
        told = replace(self._last, x=x, y=y, pixel=1.0 / self._navigator.scale, button="none")
        self._last = told
        self._move(told)
        self.moved.emit(told)

    def key_coming(self, event: QKeyEvent) -> None:
        """A key goes down, whoever it is for: what other keys moved is done by then."""
        self._releases.coming(event)
        if not self._keys.wants(_meant(key_name(event))):
            self._keys.commit()

    def wants_key(self, event: QKeyEvent) -> bool:
        """Whether a key means something here now, so that no shortcut of the window may take it."""
        key = key_name(event)
        if key == _SPACE or key in self.tool.actions() or self._keys.wants(_meant(key)):
            return True
        if self._gesture.is_busy:
            return key == _ESCAPE
        return not self.tool.is_busy and self._suggestion_keys.wants(_meant(key))

    def key_pressed(self, event: QKeyEvent) -> bool:
        """A key went down; return False where it means nothing here."""
        key = key_name(event)
        is_repeat = self._releases.pressed(event)
        if key == _SPACE:
            if not is_repeat:
                self._space_down, self._space_used = True, False
                self.cursor_changed.emit()
            return True
        act = self.tool.actions().get(key)
        if act is not None:
            act()
            return True
        if key == _ESCAPE and self._gesture.cancel():
            return True
        if self.tool.is_busy:
            return False
        key = _meant(key)
        return self._suggestion_keys.pressed(key) or self._keys.pressed(key)

    def key_released(self, event: QKeyEvent) -> None:
        """A key went up."""
        self._releases.released(event)

    def focus_lost(self) -> None:
        """Keys that are held will not be heard to go up."""
        self._releases.settle()
        self._space_down = False
        self._keys.commit()
        self.cursor_changed.emit()

    def finish_keys(self) -> None:
        """Make a step of what keys that are still held have moved."""
        self._keys.commit()

    def cancel(self) -> None:
        """Drop every gesture."""
        self._keys.cancel()
        self._gesture.cancel()
        self.tool.cancelled()

    def undo(self) -> bool:
        """Take back the last thing done in a gesture; return False where there is none."""
        return self._keys.cancel() or self._gesture.cancel() or self.tool.undo()

    def _let_go(self, key: int) -> None:
        """A key that was held is up."""
        if key == Qt.Key.Key_Space and self._space_down:
            self._space_down = False
            self.cursor_changed.emit()
            if not self._space_used:
                self.space_tapped.emit()
        else:
            self._keys.commit()

    @property
    def _is_for_suggestions(self) -> bool:
        """Whether the pointer can take suggestions: not while a tool draws or drags."""
        return not (self.tool.draws or self.tool.is_busy)

    def _end_pan(self) -> None:
        self._pan_from = None
        self.cursor_changed.emit()

    def _move(self, told: PointerEvent) -> None:
        if not (self._is_for_suggestions and self._gesture.moved(told)):
            self.tool.moved(told)

    def _release(self, told: PointerEvent) -> None:
        if not (self._gesture.is_busy and self._gesture.released(told)):
            self.tool.released(told)

    def _told(self, event: QMouseEvent) -> PointerEvent:
        """Return the event as the tool hears of it."""
        self._place = event.position()
        held = event.modifiers()
        x, y = self._to_scene(self._place)
        self._last = PointerEvent(
            x,
            y,
            1.0 / self._navigator.scale,
            _BUTTONS.get(event.button(), "none"),
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(held & Qt.KeyboardModifier.ControlModifier),
            alt=bool(held & Qt.KeyboardModifier.AltModifier),
        )
        return self._last

    def _to_scene(self, place: QPointF) -> tuple[float, float]:
        point = self._navigator.placement.transform.inverted()[0].map(place)
        return _limited(point.x()), _limited(point.y())


def _limited(value: float) -> float:
    return min(max(value, -_LIMIT), _LIMIT)


def key_name(event: QKeyEvent) -> str:
    """Return a key with its modifiers by Qt's portable name: "Esc", "Shift+Left"."""
    keys = event.keyCombination()
    # The arrows and Enter of the number pad are the same keys to everybody.
    held = keys.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sequence = QKeySequence(QKeyCombination(held, keys.key()))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _meant(key: str) -> str:
    """Return the key whose meaning a key has for what is selected or suggested."""
    return _DELETE if key in _DELETING else key
