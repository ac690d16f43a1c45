"""Selecting, moving and reshaping what is there."""
# ruff: noqa: D102 - Tool explains its methods

from collections.abc import Callable, Collection
from enum import Enum
from typing import ClassVar

from annotator.canvas.handles import Handle
from annotator.canvas.hit import Body, Edge, Part, Rotation, Vertex, part_at
from annotator.canvas.reshape import with_new_vertex, without_vertex
from annotator.canvas.tools.grip import Grip, cursor_for
from annotator.canvas.tools.tool import CLICK_DISTANCE, Canvas, PointerEvent, Tool
from annotator.core.geometry import Box
from annotator.core.shapes import Polygon, Rectangle, Shape
from annotator.translation import tr


class _State(Enum):
    IDLE = "nothing is held"
    PRESSED = "the button is down and has not moved yet"
    MOVING = "what is selected follows the pointer"
    RESHAPING = "a handle or a point follows the pointer"
    BAND = "the rubber band is open"


class SelectTool(Tool):
    """Select by clicking, move and reshape by dragging.

    | state     | press                           | move                          | release            |
    |-----------|---------------------------------|-------------------------------|--------------------|
    | IDLE      | select what lies there; PRESSED | show what a press would take  |                    |
    | PRESSED   |                                 | far: MOVING, RESHAPING, BAND  | click: see below   |
    | MOVING    |                                 | show it moved                 | move it            |
    | RESHAPING |                                 | show the new shape            | replace the shape  |
    | BAND      |                                 | show the band                 | select what is in  |

    A click takes the smallest shape there; a further click at the same place the one below it, and so on. With
    Shift it adds a shape to the selection, or takes it out. Alt and a click on a point delete it; a double click
    on an edge adds a point. The right button, undo and Esc lead back to IDLE, with everything where it was.
    """

    id: ClassVar[str] = "select"
    title: ClassVar[str] = "Select"

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._state = _State.IDLE
        self._press = PointerEvent(0.0, 0.0)
        self._grip: Grip | None = None
        self._reshaped: Rectangle | Polygon | None = None
        # What a press on shapes found; empty: it was on an empty place.
        self._stack: list[int] = []
        # The press has decided about the selection, so a click need not.
        self._is_settled = False
        self._last_click: tuple[float, float] | None = None

    @property
    def is_busy(self) -> bool:
        return self._state is not _State.IDLE

    @property
    def edited(self) -> Collection[int]:
        return () if self._state in (_State.IDLE, _State.BAND) else self.canvas.selection

    def activated(self) -> None:
        self.canvas.set_cursor("arrow")
        self.canvas.say(_hint())

    def pressed(self, event: PointerEvent) -> None:
        if self.is_busy:
            if event.button == "right":
                self.cancelled()
            return
        if event.button == "right":
            self.select_for_menu(event)
        if event.button != "left":
            return
        self._press = event
        self._grip = None
        found = self._part_of_selected(event)
        if found is not None and not isinstance(found[1], Body):
            if event.alt and isinstance(found[1], Vertex):
                self._delete_vertex(*found)
                return
            self._take_part(event, *found)
        else:
            self._take_shapes(event)
        self._state = _State.PRESSED

    def moved(self, event: PointerEvent) -> None:
        if self._state is _State.IDLE:
            self._hover(event)
            return
        if self._state is _State.PRESSED and not event.is_near(
            self._press.position, CLICK_DISTANCE
        ):
            self._begin_drag()
        if self._state is _State.MOVING:
            self.canvas.show_moved(event.x - self._press.x, event.y - self._press.y)
        elif self._state is _State.RESHAPING:
            self._reshape(event)
        elif self._state is _State.BAND:
            self.canvas.show_band(self._band(event))

    def released(self, event: PointerEvent) -> None:
        if event.button != "left" or not self.is_busy:
            return
        self.moved(event)
        # Idle first: what follows may lead to anything, another frame included.
        state, self._state = self._state, _State.IDLE
        self.canvas.say(_hint())
        if state is _State.PRESSED:
            self._click(event)
        elif state is _State.MOVING:
            self.canvas.move_selected(event.x - self._press.x, event.y - self._press.y)
        elif state is _State.RESHAPING:
            self._commit()
        elif state is _State.BAND:
            self.canvas.show_band(None)
            inside = self.canvas.shapes_inside(self._band(event))
            self.canvas.select(self._with(inside) if event.shift else inside)

    def double_clicked(self, event: PointerEvent) -> None:
        found = None if self.is_busy or event.button != "left" else self._part_of_selected(event)
        match found:
            case (annotation_id, Edge(ring, index), Polygon() as shape):
                inserted = with_new_vertex(shape, ring, index, event.x, event.y)
                self.canvas.replace({annotation_id: inserted}, tr("Add a point"))
            case _:
                self.pressed(event)

    def left(self) -> None:
        self.canvas.show_hovered(None)

    def actions(self) -> dict[str, Callable[[], None]]:
        return {"Esc": self.cancelled} if self.is_busy else {}

    def cancelled(self) -> None:
        if self.is_busy:
            self._state = _State.IDLE
            self.canvas.show_band(None)
            self.canvas.show_unchanged()
            self.canvas.say(_hint())
        self._last_click = None

    def undo(self) -> bool:
        busy = self.is_busy
        self.cancelled()
        return busy

    def _part_of_selected(self, event: PointerEvent) -> tuple[int, Part, Shape] | None:
        """Return what of the selected shape lies at the pointer; None where not exactly one is selected."""
        if len(self.canvas.selection) != 1:
            return None
        (annotation_id,) = self.canvas.selection
        shape = self.canvas.shape_of(annotation_id)
        if shape is None or not self.canvas.is_free(annotation_id):
            return None
        part = part_at(shape, event.x, event.y, event.pixel)
        return None if part is None else (annotation_id, part, shape)

    def _take_part(self, event: PointerEvent, annotation_id: int, part: Part, shape: Shape) -> None:
        """Note which part of the selected shape a drag will move; an edge moves the whole shape."""
        self._stack = [annotation_id]
        self._is_settled = True
        self._grip = Grip.of(part, shape, event)
        self._reshaped = None

    def _take_shapes(self, event: PointerEvent) -> None:
        """Select what lies at the pointer, unless something selected does: that may be about to be dragged."""
        self._stack = self.canvas.shapes_at(event.x, event.y)
        self._is_settled = False
        if not self._stack or event.shift or set(self._stack).intersection(self.canvas.selection):
            return
        self.canvas.select((self._stack[0],))
        self._last_click = event.position
        self._is_settled = True

    def _begin_drag(self) -> None:
        if self._grip is not None:
            self._state = _State.RESHAPING
            turns = isinstance(self._grip.part, Rotation)
            resizes = isinstance(self._grip.part, Handle)
            self.canvas.say(
                _hint_turning() if turns else _hint_resizing() if resizes else _hint_moving()
            )
        elif self._stack:
            if self._press.shift:
                self.canvas.select(self._with(self._stack[:1]))
            self._state = _State.MOVING
            self.canvas.say(_hint_moving())
        else:
            self._state = _State.BAND
        self._last_click = None

    def _reshape(self, event: PointerEvent) -> None:
        assert self._grip is not None
        reshaped = self._grip.reshaped(event)
        if reshaped is not None:  # else the last one stays
            self._reshaped = reshaped
            self.canvas.show_reshaped(self._stack[0], reshaped)

    def _commit(self) -> None:
        assert self._grip is not None
        grip, reshaped = self._grip, self._reshaped
        if reshaped is None or reshaped == grip.original:
            self.canvas.show_unchanged()
            return
        text = {Vertex: tr("Move a point"), Handle: tr("Resize"), Rotation: tr("Turn")}[
            type(grip.part)
        ]
        self.canvas.replace({self._stack[0]: reshaped}, text)

    def _click(self, event: PointerEvent) -> None:
        """The button went up where it went down."""
        if event.shift and self._stack and self._grip is None:
            self.canvas.select(self._toggled(self._stack[0]))
        elif not self._stack:
            self.canvas.select(())
        elif not self._is_settled:
            self.canvas.select((self._next_in_stack(event),))
            self._last_click = event.position

    def _next_in_stack(self, event: PointerEvent) -> int:
        """Return what a click takes: after a click at the same place the shape below the one it took."""
        repeated = self._last_click is not None and event.is_near(self._last_click, CLICK_DISTANCE)
        selection = self.canvas.selection
        if repeated and len(selection) == 1 and selection[0] in self._stack:
            return self._stack[(self._stack.index(selection[0]) + 1) % len(self._stack)]
        return self._stack[0]

    def _delete_vertex(self, annotation_id: int, part: Part, shape: Shape) -> None:
        assert isinstance(part, Vertex)
        assert isinstance(shape, Polygon)
        reduced = without_vertex(shape, part.ring, part.index)
        if reduced is None:
            self.canvas.say(_hint_least())
        else:
            self.canvas.replace({annotation_id: reduced}, tr("Delete a point"))

    def _hover(self, event: PointerEvent) -> None:
        """Show what a press would take hold of."""
        match self._part_of_selected(event):
            case None:
                top = self.canvas.top_shape_at(event.x, event.y)
                self.canvas.show_hovered(top)
                self.canvas.set_cursor("move" if top in self.canvas.selection else "arrow")
            case (_, Body(), _):
                # A drag moves what is selected, a click takes what is smaller.
                self.canvas.show_hovered(self.canvas.top_shape_at(event.x, event.y))
                self.canvas.set_cursor("move")
            case (_, part, shape):
                self.canvas.show_hovered(None, part)
                self.canvas.set_cursor(cursor_for(part, shape))

    def _with(self, annotation_ids: Collection[int]) -> list[int]:
        """Return the selection and what is not yet in it."""
        selection = self.canvas.selection
        known = set(selection)
        return [*selection, *(i for i in annotation_ids if i not in known)]

    def _toggled(self, annotation_id: int) -> list[int]:
        """Return the selection without an annotation that is in it, or with one that is not."""
        rest = [i for i in self.canvas.selection if i != annotation_id]
        return rest if len(rest) < len(self.canvas.selection) else [*rest, annotation_id]

    def _band(self, event: PointerEvent) -> Box:
        return Rectangle.from_corners(self._press.position, event.position).xyxy


def _hint() -> str:
    return tr(
        "Click selects, again what lies below · drag moves · drag from an empty place selects all inside"
    )


def _hint_moving() -> str:
    return tr("Esc puts it back")


def _hint_resizing() -> str:
    return tr("Shift keeps the ratio at a corner · Esc puts it back")


def _hint_turning() -> str:
    return tr("Shift turns in steps of 15° · Esc puts it back")


def _hint_least() -> str:
    return tr("A polygon keeps at least three points")
