"""Drawing a polygon point by point, or freehand."""
# ruff: noqa: D102 - Tool explains its methods

import math
from collections.abc import Callable
from enum import Enum
from typing import ClassVar, Final

from annotator.canvas.handles import HANDLE_REACH
from annotator.canvas.tools.growing_path import GrowingPath
from annotator.canvas.tools.tool import Canvas, Draft, PointerEvent, Tool
from annotator.core.shapes import Polygon
from annotator.translation import tr

_LEAST_POINTS: Final = 3
# Screen pixels between the points of a freehand stroke.
_STROKE_STEP: Final = 6.0


class _State(Enum):
    IDLE = "no point yet"
    DRAWING = "points are there, the button is up"
    PLACING = "the button is down on the newest point"
    STROKE = "the button is down with Shift: the pointer leaves points behind"
    WAITING = "the outline is closed, a label is missing"


class PolygonTool(Tool):
    """Draw a polygon by clicking its points; with Shift held, dragging leaves points behind.

    | state   | press                                  | move               | release |
    |---------|----------------------------------------|--------------------|---------|
    | IDLE    | first point; PLACING, Shift: STROKE    |                    |         |
    | DRAWING | on the first point: close;             | show the next edge |         |
    |         | else new point; PLACING, Shift: STROKE |                    |         |
    | PLACING |                                        | move the new point | DRAWING |
    | STROKE  |                                        | add points         | DRAWING |
    | WAITING | try to add again                       |                    |         |

    Enter, N and a double click close from DRAWING, where three different points are there. The right button and
    Backspace remove the last point, undo what the last press added, in DRAWING; without points the state is IDLE
    again. Esc leads there from everywhere. In IDLE the right button selects what its menu is about.
    """

    id: ClassVar[str] = "polygon"
    title: ClassVar[str] = "Polygon"
    draws: ClassVar[bool] = True

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._state = _State.IDLE
        self._path = GrowingPath()
        # How many points there were before each press: what undo goes back to.
        self._before: list[int] = []
        self._pointer = (0.0, 0.0)
        self._ready = False

    @property
    def is_busy(self) -> bool:
        return self._state is not _State.IDLE

    def activated(self) -> None:
        self.canvas.set_cursor("cross")
        self.canvas.say(_hint())

    def pressed(self, event: PointerEvent) -> None:
        self._pointer = event.position
        if event.button == "right" and not self.is_busy:
            self.select_for_menu(event)
        elif event.button == "right":
            self._remove_last()
        elif event.button != "left":
            return
        elif self._state is _State.WAITING or (
            self._state is _State.DRAWING and self._would_close(event)
        ):
            self.finish()
        elif self._state in (_State.IDLE, _State.DRAWING):
            self._before.append(len(self._path))
            self._path.append(event.position)
            self._state = _State.STROKE if event.shift else _State.PLACING
            self.canvas.say(_hint_drawing())
            self._show()

    def moved(self, event: PointerEvent) -> None:
        self._pointer = event.position
        if self._state is _State.PLACING:
            self._path.replace_last(event.position)
        elif self._state is _State.STROKE:
            if math.dist(self._path.last, event.position) >= _STROKE_STEP * event.pixel:
                self._path.append(event.position)
        elif self._state is _State.DRAWING:
            self._ready = self._would_close(event)
        else:
            return
        self._show()

    def released(self, event: PointerEvent) -> None:
        if event.button == "left" and self._state in (_State.PLACING, _State.STROKE):
            self._state = _State.DRAWING
            self._show()

    def double_clicked(self, event: PointerEvent) -> None:
        # The first press of the two has set the last point, or closed the outline.
        closed = event.button == "left" and (not self.is_busy or self.finish())
        if not closed:
            self.pressed(event)

    def actions(self) -> dict[str, Callable[[], None]]:
        if not self.is_busy:
            return {}
        return {
            "Esc": self.cancelled,
            "Backspace": self._remove_last,
            "Return": self._finish,
            "Enter": self._finish,
            "N": self._finish,
        }

    def left(self) -> None:
        if self._state is _State.DRAWING:
            self._pointer = self._path.last
            self._show()

    def cancelled(self) -> None:
        self._state = _State.IDLE
        self._path, self._before, self._ready = GrowingPath(), [], False
        self.canvas.show_draft(None)
        self.canvas.say(_hint())

    def finish(self) -> bool:
        if self._state not in (_State.DRAWING, _State.WAITING):
            return False
        ring = self._path.ring()
        if len(ring) < _LEAST_POINTS:
            return False
        # Waiting first: if adding fails, what was drawn is still there.
        self._state = _State.WAITING
        self._ready = False
        self._show()
        self.canvas.say(_hint_label())
        if self.canvas.add(Polygon.from_ring(ring)):
            self.cancelled()
        return True

    def undo(self) -> bool:
        if not self.is_busy:
            return False
        self._go_back_to(self._before.pop() if self._before else 0)
        return True

    def _finish(self) -> None:
        self.finish()

    def _remove_last(self) -> None:
        if self.is_busy:
            self._go_back_to(len(self._path) - 1)

    def _go_back_to(self, count: int) -> None:
        """Keep the first points only, and go on drawing from there."""
        if count <= 0:
            self.cancelled()
            return
        self._path.truncate(count)
        self._before = [before for before in self._before if before < count]
        self._state = _State.DRAWING
        self._ready = False
        self.canvas.say(_hint_drawing())
        self._show()

    def _would_close(self, event: PointerEvent) -> bool:
        return len(self._path) >= _LEAST_POINTS and event.is_near(self._path.first, HANDLE_REACH)

    def _show(self) -> None:
        closed = self._ready or self._state is _State.WAITING
        points = self._path.points if closed else self._path.with_end(self._pointer)
        self.canvas.show_draft(
            Draft(points, closed=closed, marks=len(self._path), ready=self._ready)
        )


def _hint() -> str:
    return tr("Click to set points, or hold Shift and drag")


def _hint_drawing() -> str:
    return tr(
        "Enter, double click or a click on the first point closes · "
        "Backspace removes the last point · Esc cancels"
    )


def _hint_label() -> str:
    return tr("Choose a label, then Enter adds the polygon · Esc drops it")
