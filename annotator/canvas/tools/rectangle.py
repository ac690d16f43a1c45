"""Drawing a rectangle by two corners."""
# ruff: noqa: D102 - Tool explains its methods

from collections.abc import Callable
from enum import Enum
from typing import ClassVar

from annotator.canvas.reshape import squared
from annotator.canvas.tools.tool import CLICK_DISTANCE, Canvas, Draft, PointerEvent, Tool
from annotator.core.geometry import box_corners
from annotator.core.shapes import Rectangle
from annotator.translation import tr


class _State(Enum):
    IDLE = "no corner yet"
    PRESSED = "the button went down on the first corner"
    SECOND = "the first corner was clicked, the second is looked for"
    PLACING = "the button went down on the second corner"
    WAITING = "both corners are there, a label is missing"


class RectangleTool(Tool):
    """Draw a rectangle by clicking two corners, or by dragging from one to the other.

    | state   | press            | move       | release                                         |
    |---------|------------------|------------|-------------------------------------------------|
    | IDLE    | PRESSED          |            |                                                 |
    | PRESSED |                  | show draft | far from the first corner: add; near it: SECOND |
    | SECOND  | PLACING          | show draft |                                                 |
    | PLACING |                  | show draft | far from the first corner: add; near it: SECOND |
    | WAITING | try to add again |            |                                                 |

    Adding ends in IDLE, or in WAITING where there is no label to add it with. The right button, Backspace, undo
    and Esc lead back to IDLE from everywhere; in IDLE the right button selects what its menu is about. A rectangle
    without width or height is not added. A double click is one click: its second press begins nothing.
    """

    id: ClassVar[str] = "rectangle"
    title: ClassVar[str] = "Rectangle"
    draws: ClassVar[bool] = True

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._state = _State.IDLE
        self._start = (0.0, 0.0)
        self._end = (0.0, 0.0)

    @property
    def is_busy(self) -> bool:
        return self._state is not _State.IDLE

    def activated(self) -> None:
        self.canvas.set_cursor("cross")
        self.canvas.say(_hint())

    def pressed(self, event: PointerEvent) -> None:
        if event.button == "right" and not self.is_busy:
            self.select_for_menu(event)
        elif event.button == "right":
            self.cancelled()
        elif event.button != "left":
            return
        elif self._state is _State.WAITING:
            self.finish()
        elif self._state is _State.SECOND:
            self._state = _State.PLACING
            self._follow(event)
        elif self._state is _State.IDLE:
            self._state = _State.PRESSED
            self._start = self._end = event.position

    def moved(self, event: PointerEvent) -> None:
        if self._state in (_State.PRESSED, _State.SECOND, _State.PLACING):
            self._follow(event)

    def released(self, event: PointerEvent) -> None:
        if event.button != "left" or self._state not in (_State.PRESSED, _State.PLACING):
            return
        if event.is_near(self._start, CLICK_DISTANCE):
            self._state = _State.SECOND
            self.canvas.say(_hint_second())
        else:
            self._follow(event)
            self.finish()

    def double_clicked(self, event: PointerEvent) -> None:
        # The first press of the two may have set the second corner.
        if event.button != "left" or self.is_busy:
            self.pressed(event)

    def actions(self) -> dict[str, Callable[[], None]]:
        if not self.is_busy:
            return {}
        return {
            "Esc": self.cancelled,
            "Backspace": self.cancelled,
            "Return": self._finish,
            "Enter": self._finish,
            "N": self._finish,
        }

    def cancelled(self) -> None:
        self._state = _State.IDLE
        self.canvas.show_draft(None)
        self.canvas.say(_hint())

    def finish(self) -> bool:
        if not self.is_busy:
            return False
        rectangle = Rectangle.from_corners(self._start, self._end)
        if rectangle.area == 0.0:
            self.cancelled()
            return True
        # Waiting first: if adding fails, what was drawn is still there.
        self._state = _State.WAITING
        self.canvas.say(_hint_label())
        if self.canvas.add(rectangle):
            self.cancelled()
        return True

    def undo(self) -> bool:
        busy = self.is_busy
        self.cancelled()
        return busy

    def _finish(self) -> None:
        self.finish()

    def _follow(self, event: PointerEvent) -> None:
        self._end = squared(self._start, *event.position) if event.shift else event.position
        box = Rectangle.from_corners(self._start, self._end).xyxy
        note = f"{box[2] - box[0]:.0f} × {box[3] - box[1]:.0f}"
        self.canvas.show_draft(Draft(box_corners(box), closed=True, note=note))


def _hint() -> str:
    return tr("Click two corners, or drag from one to the other · Shift makes a square")


def _hint_second() -> str:
    return tr("Click the opposite corner · Shift makes a square · Esc cancels")


def _hint_label() -> str:
    return tr("Choose a label, then Enter adds the rectangle · Esc drops it")
