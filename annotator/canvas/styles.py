"""Pens and brushes of the labels, made once."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from annotator.core.labels import Label, LabelSchema

UNKNOWN_COLOUR: Final = "#9aa3ad"
DEFAULT_OPACITY: Final = 0.14


class State(Enum):
    """How a shape is shown. The FAST ones are for while something moves: thin lines, no antialiasing."""

    FAST = "fast"
    SELECTED_FAST = "selected, fast"
    RESTING = "resting"
    HOVERED = "hovered"
    SELECTED = "selected"


# Line width and, last, the width of points in screen pixels; between them what is added to the opacity of the fill.
_LOOKS: Final = {
    State.FAST: (1.0, 0.0, 6.0),
    State.SELECTED_FAST: (1.0, 0.3, 8.0),
    State.RESTING: (1.6, 0.0, 6.0),
    State.HOVERED: (2.2, 0.12, 8.0),
    State.SELECTED: (2.4, 0.06, 8.0),
}
_MASK_OPACITY: Final = 0.3
_HALO_WIDTH: Final = 5.6
_HALO_DOTS: Final = 12.0


@dataclass(frozen=True, slots=True)
class ShapeStyle:
    """What a shape of one label is drawn with in one state.

    The opacity of masks is above that of fills. `frames_masks`: a mask, which has no outline, shows its box.
    """

    outline: QPen
    fill: QBrush
    dots: QPen
    mask_opacity: float
    smooth: bool
    frames_masks: bool = False


class LabelStyles:
    """The styles of every label of a schema at one opacity of the fill.

    ratio: device pixels for each screen pixel.
    """

    def __init__(
        self, labels: LabelSchema, opacity: float, accent: str, ratio: float = 1.0
    ) -> None:
        self.accent = QColor(accent)
        self.halo = _halo_of(self.accent, ratio)
        self._labels = labels
        self._opacity = opacity
        self._ratio = ratio
        self._styles: dict[tuple[int, State], ShapeStyle] = {}

    def label(self, label_id: int) -> Label | None:
        """Return a label, None where it is not in the schema."""
        return self._labels.get(label_id)

    def colour(self, label_id: int) -> QColor:
        """Return the colour of a label; grey for one that is not in the schema."""
        label = self._labels.get(label_id)
        return QColor(UNKNOWN_COLOUR if label is None else label.colour)

    def name(self, label_id: int) -> str:
        """Return the name of a label, empty for one that is not in the schema."""
        label = self._labels.get(label_id)
        return "" if label is None else label.name

    def of(self, label_id: int, state: State) -> ShapeStyle:
        """Return what shapes of a label are drawn with."""
        key = (label_id, state)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = style_of(
                self.colour(label_id), state, self._opacity, self._ratio
            )
        return style


def style_of(colour: QColor, state: State, opacity: float, ratio: float) -> ShapeStyle:
    """Make the style of a colour for a screen with `ratio` device pixels for each screen pixel."""
    width, more, dots = _LOOKS[state]
    is_fast = state in (State.FAST, State.SELECTED_FAST)
    # Qt draws lines of one device pixel several times as fast as wider ones.
    width = width if is_fast else width * ratio
    total = min(1.0, opacity + more)
    fill = QColor(colour)
    fill.setAlphaF(total)
    return ShapeStyle(
        outline=cosmetic_pen(colour, width),
        fill=QBrush(fill) if total > 0 else QBrush(Qt.BrushStyle.NoBrush),
        dots=cosmetic_pen(colour, dots * ratio),
        mask_opacity=min(1.0, total + _MASK_OPACITY),
        smooth=not is_fast,
        frames_masks=state is State.SELECTED,
    )


def _halo_of(colour: QColor, ratio: float) -> ShapeStyle:
    """Return what shows beside the lines of a selected shape that has no handles."""
    lines = cosmetic_pen(colour, _HALO_WIDTH * ratio)
    points = cosmetic_pen(colour, _HALO_DOTS * ratio)
    nothing = QBrush(Qt.BrushStyle.NoBrush)
    return ShapeStyle(lines, nothing, points, mask_opacity=0.0, smooth=True, frames_masks=True)


def cosmetic_pen(colour: QColor, width: float) -> QPen:
    """Return a pen whose width is in device pixels at every zoom."""
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCosmetic(True)
    return pen
