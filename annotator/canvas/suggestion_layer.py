"""Suggestions on the picture: dashed, with what they are and how sure the model is; none of them an annotation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPixmap

from annotator.canvas.drawables import Bitmap, Drawable, drawable_of_outline
from annotator.canvas.hit import contains, distance, mask_contains
from annotator.canvas.placement import Placement
from annotator.canvas.snapshot import Step
from annotator.canvas.styles import ShapeStyle, cosmetic_pen
from annotator.canvas.tags import TAG_GAP, TAG_HEIGHT, TagPictures, shown_tags
from annotator.canvas.theme import CanvasTheme
from annotator.core.columns import outline
from annotator.core.geometry import FloatArray
from annotator.core.shapes import Mask, Shape

# In line widths.
_DASHES: Final = (4.0, 3.0)
_WIDTH, _CURRENT_WIDTH, _FAST_WIDTH = 1.6, 2.4, 1.0
_DOTS: Final = 7.0
_MASK_OPACITY: Final = 0.4
_CURRENT_FILL: Final = 0.12
_A_STEP: Final = 4
_LINE_REACH: Final = 6.0
# Plates bear scores, so there are many different ones.
_MOST_PLATES: Final = 400


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion as the canvas knows it. text: what its plate says. shape: None for a tag, which is not drawn."""

    key: str
    text: str
    shape: Shape | None

    @property
    def box_area(self) -> float:
        """The area of its box, for choosing the smallest of several."""
        if self.shape is None:
            return 0.0
        x0, y0, x1, y1 = self.shape.box
        return (x1 - x0) * (y1 - y0)


class SuggestionLayer:
    """The suggestions of a frame. The current one is an item of its own and left out of what is painted here."""

    def __init__(self, theme: CanvasTheme, font: QFont) -> None:
        self.all: tuple[ShownSuggestion, ...] = ()
        self.current: ShownSuggestion | None = None
        self._drawables: dict[str, tuple[Shape, Drawable]] = {}
        self._ratio = 1.0
        self.set_theme(theme, font)

    def set_theme(self, theme: CanvasTheme, font: QFont) -> None:
        """Draw with another accent."""
        self.colour = QColor(theme.accent)
        self._theme, self._font = theme, font
        self._drawables.clear()
        self._restyle()

    def set_ratio(self, ratio: float) -> None:
        """Draw for a screen with `ratio` device pixels for each screen pixel."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._restyle()

    def show(self, suggestions: Sequence[ShownSuggestion]) -> FloatArray:
        """Show these and no others; return the boxes (N, 4) of what came, went or changed.

        The current one stays so if it is among them.
        """
        before, after = set(self.all), set(suggestions)
        self.all = tuple(suggestions)
        by_key = {one.key: one for one in suggestions}
        self._drawables = {k: v for k, v in self._drawables.items() if k in by_key}
        if self.current is not None:
            self.current = by_key.get(self.current.key)
        return _boxes(before ^ after)

    def make_current(self, key: str | None) -> FloatArray:
        """Make another one the current one, or none; return the boxes of what is painted otherwise now."""
        before = self.current
        self.current = next((one for one in self.all if one.key == key), None)
        return _boxes({one for one in (before, self.current) if one is not None})

    def at(self, x: float, y: float, reach: float) -> list[ShownSuggestion]:
        """Return what lies at a point or within `reach` image pixels of it, the smallest first."""
        found = [
            one for one in self.all if one.shape is not None and _is_at(one.shape, x, y, reach)
        ]
        return sorted(found, key=lambda one: one.box_area)

    def count_in(self, area: QRectF) -> int:
        """Return how many an area shows."""
        return len(self._resting_in(area, 0.0))

    def steps(self, area: QRectF, placement: Placement, *, fine: bool) -> Iterator[Step]:
        """Yield the steps that paint an area of the scene, ending with the plates."""
        shown = self._resting_in(area, _LINE_REACH / placement.scale)
        style = self.style if fine else self._fast
        for first in range(0, len(shown), _A_STEP):
            yield partial(self._paint, shown[first : first + _A_STEP], style)
        # All of them: which plates there are must not depend on what is painted anew.
        named = [one for one in self.all if one.shape is not None and one is not self.current]
        if named:
            yield partial(self._paint_plates, named, placement)

    def drawable_of(self, one: ShownSuggestion) -> Drawable:
        """Return what is drawn of a suggestion that has a shape; made once."""
        assert one.shape is not None
        kept = self._drawables.get(one.key)
        if kept is None or kept[0] is not one.shape:
            kept = self._drawables[one.key] = (one.shape, self.drawable_of_shape(one.shape))
        return kept[1]

    def drawable_of_shape(self, shape: Shape) -> Drawable:
        """Return what is drawn of a shape in the colour of suggestions."""
        if isinstance(shape, Mask) and all(shape.size):
            return Bitmap(shape, self.colour)
        return drawable_of_outline(shape.kind, outline(shape))

    def plate(self, text: str) -> QPixmap:
        """Return the plate with a text."""
        if len(self._plates) > _MOST_PLATES:
            self._forget_plates()
        made = self._plates.get(text)
        if made is None:
            made = self._plates[text] = self._tags.pixmap(text, self.colour, self._ratio)
        return made

    def _restyle(self) -> None:
        self.style = self._style(_WIDTH * self._ratio, smooth=True)
        self.current_style = self._style(
            _CURRENT_WIDTH * self._ratio, smooth=True, fill=_CURRENT_FILL
        )
        # Qt draws lines of one device pixel several times as fast as wider ones.
        self._fast = self._style(_FAST_WIDTH, smooth=False)
        self._forget_plates()

    def _forget_plates(self) -> None:
        self._tags = TagPictures(self._font, self._theme.tag_text)
        self._plates: dict[str, QPixmap] = {}

    def _style(self, width: float, *, smooth: bool, fill: float = 0.0) -> ShapeStyle:
        pen = cosmetic_pen(self.colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_DASHES)
        ground = QColor(self.colour)
        ground.setAlphaF(fill)
        brush = QBrush(ground) if fill else QBrush(Qt.BrushStyle.NoBrush)
        dots = cosmetic_pen(self.colour, _DOTS * self._ratio)
        return ShapeStyle(pen, brush, dots, _MASK_OPACITY, smooth, frames_masks=True)

    def _resting_in(self, area: QRectF, reach: float) -> list[ShownSuggestion]:
        """Return those whose box meets an area, but for the current one."""
        left, top = area.left() - reach, area.top() - reach
        right, bottom = area.right() + reach, area.bottom() + reach
        found = []
        for one in self.all:
            if one.shape is None or one is self.current:
                continue
            x0, y0, x1, y1 = one.shape.box
            if x0 <= right and x1 >= left and y0 <= bottom and y1 >= top:
                found.append(one)
        return found

    def _paint(self, some: list[ShownSuggestion], style: ShapeStyle, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, style.smooth)
        for one in some:
            self.drawable_of(one).draw(painter, style)

    def _paint_plates(
        self, some: list[ShownSuggestion], placement: Placement, painter: QPainter
    ) -> None:
        boxes = _boxes(some)
        widths = np.array([self._tags.width(one.text) for one in some], dtype=np.int64)
        shown = shown_tags(boxes, widths, placement.scale)
        transform = painter.worldTransform()
        painter.resetTransform()
        for row in np.flatnonzero(shown).tolist():
            left = round(boxes[row, 0] * placement.scale) + placement.dx
            top = round(boxes[row, 1] * placement.scale) + placement.dy - TAG_HEIGHT - TAG_GAP
            painter.drawPixmap(left, top, self.plate(some[row].text))
        painter.setWorldTransform(transform)


def _boxes(some: set[ShownSuggestion] | list[ShownSuggestion]) -> FloatArray:
    return np.array([one.shape.box for one in some if one.shape is not None]).reshape(-1, 4)


def _is_at(shape: Shape, x: float, y: float, reach: float) -> bool:
    x0, y0, x1, y1 = shape.box
    if not (x0 - reach <= x <= x1 + reach and y0 - reach <= y <= y1 + reach):
        return False
    if isinstance(shape, Mask):
        return mask_contains(shape, x, y)
    rings = outline(shape)
    return contains(shape.kind, rings, x, y) or distance(shape.kind, rings, x, y) <= reach
