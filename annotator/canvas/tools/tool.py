"""What a tool is: a small state machine that hears of the pointer and speaks to the canvas."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Protocol, TypeAlias

from annotator.canvas.hit import Part
from annotator.core.geometry import Box, FloatArray
from annotator.core.shapes import Shape

Button: TypeAlias = Literal["none", "left", "right", "middle"]
Cursor: TypeAlias = Literal[
    "arrow", "cross", "move", "point", "turn", "size_0", "size_45", "size_90", "size_135"
]

# A pointer that moved less than this many screen pixels between press and release has clicked.
CLICK_DISTANCE: Final = 4.0


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """Where the pointer is in image pixels, which button this is about, and which modifier keys are held.

    pixel: the size of a screen pixel in image pixels. Qt reuses its event objects; this one never changes.
    """

    x: float
    y: float
    pixel: float = 1.0
    button: Button = "none"
    shift: bool = False
    ctrl: bool = False
    alt: bool = False

    @property
    def position(self) -> tuple[float, float]:
        """The place as a point."""
        return self.x, self.y

    def is_near(self, place: tuple[float, float], screen_pixels: float) -> bool:
        """Whether the pointer is within a distance of a place, measured on the screen."""
        return max(abs(self.x - place[0]), abs(self.y - place[1])) <= screen_pixels * self.pixel


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What is drawn so far: points (N, 2), whether they are a closed outline, and a note to stand at the pointer.

    `marks` points are shown as handles; `ready`: a click on the first point would close the outline now.
    """

    points: FloatArray
    closed: bool
    note: str = ""
    marks: int = 0
    ready: bool = False


class Canvas(Protocol):
    """What a tool may ask of the canvas and tell it. Nothing here changes an annotation but the last three."""

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids of what is selected."""
        ...

    def select(self, annotation_ids: Collection[int]) -> None:
        """Select annotations and nothing else."""
        ...

    def shape_of(self, annotation_id: int) -> Shape | None:
        """Return the present shape of an annotation, or None where it is gone."""
        ...

    def is_free(self, annotation_id: int) -> bool:
        """Return whether an annotation is drawn and not locked: nothing else may be taken hold of."""
        ...

    def shapes_at(self, x: float, y: float) -> list[int]:
        """Return what lies at a point, what is to be picked first coming first."""
        ...

    def top_shape_at(self, x: float, y: float) -> int | None:
        """Return the first of `shapes_at`, quickly."""
        ...

    def shapes_inside(self, box: Box) -> list[int]:
        """Return what lies wholly inside a box."""
        ...

    def show_draft(self, draft: Draft | None) -> None:
        """Show what is being drawn."""
        ...

    def show_band(self, box: Box | None) -> None:
        """Show the rubber band."""
        ...

    def show_hovered(self, annotation_id: int | None, part: Part | None = None) -> None:
        """Show what a press would take hold of: an annotation, or a part of the one that is selected."""
        ...

    def show_moved(self, dx: float, dy: float) -> None:
        """Show everything selected moved by image pixels, the annotations staying as they are."""
        ...

    def show_reshaped(self, annotation_id: int, shape: Shape) -> None:
        """Show one selected annotation with another shape, the annotation staying as it is."""
        ...

    def show_unchanged(self) -> None:
        """Show everything selected as it is."""
        ...

    def set_cursor(self, cursor: Cursor) -> None:
        """Show another pointer."""
        ...

    def say(self, hint: str) -> None:
        """Say what the next act can be."""
        ...

    def add(self, shape: Shape) -> bool:
        """Add an annotation; False where a label must be chosen first or it was refused: the drawing must be kept."""
        ...

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        """Give annotations other shapes in one step."""
        ...

    def move_selected(self, dx: float, dy: float) -> None:
        """Move everything selected in one step."""
        ...


class Tool:
    """One way to use the pointer. The canvas forwards events to the tool that is active.

    A tool changes annotations only when a gesture ends; until then only what the canvas shows for it moves. Any
    event may come in any state.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    draws: ClassVar[bool] = False

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    @property
    def is_busy(self) -> bool:
        """Whether a gesture is going on."""
        return False

    @property
    def edited(self) -> Collection[int]:
        """The ids of the annotations that the gesture is about."""
        return ()

    def activated(self) -> None:
        """Begin to be the active tool."""

    def pressed(self, event: PointerEvent) -> None:
        """A button went down."""

    def moved(self, event: PointerEvent) -> None:
        """The pointer moved, with or without a button."""

    def released(self, event: PointerEvent) -> None:
        """A button went up."""

    def double_clicked(self, event: PointerEvent) -> None:
        """A button went down for the second time in a row, instead of `pressed`."""
        self.pressed(event)

    def select_for_menu(self, event: PointerEvent) -> None:
        """Select what lies at the pointer, so that a menu there is about it; what is selected there stays so."""
        stack = self.canvas.shapes_at(event.x, event.y)
        if not set(stack).intersection(self.canvas.selection):
            self.canvas.select(stack[:1])

    def left(self) -> None:
        """The pointer left the canvas."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return what the keys do that mean something to the tool now, by Qt's portable name ("Esc", "Shift+N")."""
        return {}

    def cancelled(self) -> None:
        """Drop the gesture: Esc, another tool, another frame."""

    def finish(self) -> bool:
        """End the drawing with what is there; return whether there was something to end."""
        return False

    def undo(self) -> bool:
        """Take back the last thing done in the gesture; return False where there is no gesture."""
        return False
