"""What the pointer does to suggestions while the active tool selects: a click takes one, a drag reshapes it."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeGuard

from PySide6.QtCore import QObject, Signal

from annotator.canvas.handles import Handle
from annotator.canvas.hit import Part, Rotation, Vertex, part_at
from annotator.canvas.stage import Stage
from annotator.canvas.suggestion_layer import ShownSuggestion
from annotator.canvas.tool_canvas import PICK_REACH
from annotator.canvas.tools.grip import Grip, cursor_for
from annotator.canvas.tools.tool import CLICK_DISTANCE, Cursor, PointerEvent
from annotator.core.errors import GeometryError
from annotator.core.shapes import Shape


@dataclass(slots=True)
class _Held:
    """A suggestion that the button went down on. reshaped: what a drag has made of it so far."""

    one: ShownSuggestion
    press: PointerEvent
    was_current: bool
    grip: Grip | None
    reshaped: Shape | None = None
    is_dragged: bool = False


_HAND: Final[Cursor] = "point"


class SuggestionGesture(QObject):
    """Takes the events that are about suggestions before the tool hears of them.

    A press takes the smallest suggestion at its place unless a smaller annotation lies there. A click on the current
    one takes the next below it, in the end nothing, so that what lies under it can be reached. A drag moves or reshapes
    what it began on: `reshaped(key, shape)`.

    Other signals: `cursor_wanted` with a `Cursor`.
    """

    reshaped = Signal(str, object)
    cursor_wanted = Signal(str)

    def __init__(self, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._held: _Held | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the button is down on a suggestion."""
        return self._held is not None

    def pressed(self, event: PointerEvent) -> bool:
        """A button went down; return whether the tool is to hear nothing of it."""
        if self._held is not None:
            if event.button == "right":
                self.cancel()
            return True
        if event.button != "left" or event.shift or event.ctrl or event.alt:
            return False
        current = self._stage.suggestions.current
        part = self._part_of_current(event)
        if current is not None and current.shape is not None and _is_grip(part):
            self._held = _Held(current, event, True, Grip.of(part, current.shape, event))
            return True
        one = self._taken_at(event)
        if one is None:
            self._stage.make_suggestion_current(None)
            return False
        was_current = current is not None and one.key == current.key
        self._stage.make_suggestion_current(one.key)
        self._held = _Held(one, event, was_current, None)
        return True

    def moved(self, event: PointerEvent) -> bool:
        """The pointer moved; return whether the tool is to hear nothing of it."""
        held = self._held
        if held is None:
            return self._hover(event)
        if not held.is_dragged and event.is_near(held.press.position, CLICK_DISTANCE):
            return True
        held.is_dragged = True
        shape = held.one.shape
        assert shape is not None
        if held.grip is None:
            # So far out no shape can be: it stays where it was last.
            with suppress(GeometryError):
                held.reshaped = shape.moved_by(event.x - held.press.x, event.y - held.press.y)
        else:
            held.reshaped = held.grip.reshaped(event) or held.reshaped
        if held.reshaped is not None:
            self._stage.current_suggestion.show_as(held.reshaped)
        return True

    def released(self, event: PointerEvent) -> bool:
        """A button went up; return whether the tool is to hear nothing of it."""
        held = self._held
        if held is None or event.button != "left":
            return held is not None
        self.moved(event)
        self._held = None
        if held.is_dragged:
            if held.reshaped is not None and held.reshaped != held.one.shape:
                self.reshaped.emit(held.one.key, held.reshaped)
            else:
                self._stage.current_suggestion.refresh()
        elif held.was_current and held.grip is None:
            self._take_below(held.one, event)
        return True

    def cancel(self) -> bool:
        """Put back what is dragged; return whether there was something."""
        held, self._held = self._held, None
        if held is not None:
            self._stage.current_suggestion.refresh()
        return held is not None

    def _taken_at(self, event: PointerEvent) -> ShownSuggestion | None:
        """Return the suggestion that a press takes: the smallest, if no annotation is smaller."""
        found = self._at(event)
        if not found:
            return None
        top = self._stage.frame.top_at(event.x, event.y, PICK_REACH * event.pixel)
        if top is not None:
            area = self._stage.area_of((top,))
            if area is not None and area.width() * area.height() < found[0].box_area:
                return None
        current = self._stage.suggestions.current
        # What is current may be dragged wherever it lies under the pointer.
        return current if current in found else found[0]

    def _take_below(self, one: ShownSuggestion, event: PointerEvent) -> None:
        found = self._at(event)
        keys = [other.key for other in found]
        place = keys.index(one.key) + 1 if one.key in keys else len(keys)
        if place < len(keys):
            self._stage.make_suggestion_current(keys[place])
            return
        self._stage.make_suggestion_current(None)
        top = self._stage.frame.top_at(event.x, event.y, PICK_REACH * event.pixel)
        if top is not None:
            self._stage.select((top,))

    def _at(self, event: PointerEvent) -> list[ShownSuggestion]:
        return self._stage.suggestions.at(event.x, event.y, PICK_REACH * event.pixel)

    def _part_of_current(self, event: PointerEvent) -> Part | None:
        current = self._stage.suggestions.current
        if current is None or current.shape is None:
            return None
        return part_at(current.shape, event.x, event.y, event.pixel)

    def _hover(self, event: PointerEvent) -> bool:
        """Show what a press would take hold of; return whether that is a suggestion."""
        if not self._stage.suggestions.all:
            return False
        current, part = self._stage.suggestions.current, self._part_of_current(event)
        cursor: Cursor | None = None
        if current is not None and current.shape is not None and _is_grip(part):
            cursor = cursor_for(part, current.shape)
        elif (taken := self._taken_at(event)) is not None:
            cursor = "move" if taken is current else _HAND
        self._stage.current_suggestion.hold(part if _is_grip(part) else None)
        if cursor is None:
            return False
        self._stage.live.hover(None)
        self._stage.live.hold(None)
        self.cursor_wanted.emit(cursor)
        return True


def _is_grip(part: Part | None) -> TypeGuard[Vertex | Handle | Rotation]:
    return isinstance(part, Vertex | Handle | Rotation)
