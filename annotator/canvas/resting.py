"""The item that shows everything that rests: the ground, the picture and the shapes that nobody edits."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Iterator
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from annotator.canvas.guard import painting
from annotator.canvas.notice import paint_notice, paint_notice_above
from annotator.canvas.picture import Picture
from annotator.canvas.placement import Placement
from annotator.canvas.shapes_layer import ShapesLayer
from annotator.canvas.snapshot import Snapshot, Step
from annotator.canvas.stand_in import StandIn
from annotator.canvas.styles import cosmetic_pen
from annotator.canvas.suggestion_layer import SuggestionLayer
from annotator.canvas.theme import CanvasTheme

# Time on the GUI thread for one paint event, and for each slice after it.
PAINT_SECONDS: Final = 0.012
SLICE_SECONDS: Final = 0.008
# With more shapes than this in sight, thin lines without antialiasing are all there is.
MOST_FINE: Final = 500
# Antialiased from the first moment on where this is expected to take no longer, so that nothing flickers.
_FINE_AT_ONCE_SECONDS: Final = 0.008
_CHECK: Final = 8
_CHECK_LIGHT: Final = QColor("#ffffff")
_CHECK_DARK: Final = QColor("#cbd0d6")
_EVERYWHERE: Final = QRectF(-1e8, -1e8, 2e8, 2e8)


class RestingItem(QGraphicsItem):
    """One item for all that rests, painted from a snapshot of it."""

    def __init__(
        self, layer: ShapesLayer, suggestions: SuggestionLayer, theme: CanvasTheme
    ) -> None:
        super().__init__()
        self.layer = layer
        self.suggestions = suggestions
        self.theme = theme
        self.picture: Picture | StandIn | None = None
        self.size = QSizeF()
        self.problem: str | None = None
        self.snapshot = Snapshot(self)
        self._placement: Placement | None = None
        self._fine_seconds_a_shape = 1e-4
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def prepare(self, placement: Placement, seconds: float = PAINT_SECONDS) -> bool:
        """Bring the snapshot up to date for a paint event; return whether there is more to do after it."""
        if placement.width < 1 or placement.height < 1:
            return False
        self._placement = placement
        if not self.snapshot.is_current(placement):
            fine = self._can_be_fine_at_once(placement)
            if self.snapshot.prepare(placement, seconds, fine=fine):
                self._learn(placement)
        return self.snapshot.is_working

    def work(self) -> bool:
        """Do a slice of what is left; return whether the viewport must be painted."""
        if not self.snapshot.work(SLICE_SECONDS):
            return self.snapshot.is_progressive
        if self._placement is not None:
            self._learn(self._placement)
        return True

    def rest(self) -> bool:
        """Make what is shown finer, because nothing moved for a while; return whether there is something to do."""
        placement = self._placement
        if placement is None or self.snapshot.is_working:
            return False
        if self.picture is not None and self.picture.wants_level(placement.zoom):
            self.picture.add_level()
            self.snapshot.invalidate_all()
            return True
        return self._shapes_at(placement) <= MOST_FINE and self.snapshot.refine()

    def boundingRect(self) -> QRectF:
        return _EVERYWHERE

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        placement = self._placement
        if widget is None or placement is None:
            self._paint_directly(painter, option.exposedRect)
            return
        transform = painter.worldTransform()
        painter.resetTransform()
        self.snapshot.draw(painter, placement)
        self._paint_problem(painter, placement)
        painter.setWorldTransform(transform)

    def steps(self, area: QRectF, placement: Placement, *, fine: bool) -> Iterator[Step]:
        """Yield the steps that paint an area of the scene."""
        yield from self.backdrop(area, placement)
        yield from self.layer.steps(area, placement, fine=fine)
        if self.suggestions.all:
            yield from self.suggestions.steps(area, placement, fine=fine)

    def backdrop(self, area: QRectF, placement: Placement) -> Iterator[Step]:
        """Yield the steps that paint the ground and the picture."""
        yield partial(self._paint_ground, area)
        if self.picture is not None:
            yield partial(self._paint_picture, self.picture, area, placement.zoom)
        yield self._paint_border

    @property
    def _frame(self) -> QRectF:
        return QRectF(0.0, 0.0, self.size.width(), self.size.height())

    def _paint_directly(self, painter: QPainter, area: QRectF) -> None:
        """Paint without a snapshot, for whoever renders the scene elsewhere than in the window."""
        scale = painter.worldTransform().m11()
        device, transform = painter.device(), painter.worldTransform()
        placement = Placement(
            scale,
            round(transform.dx()),
            round(transform.dy()),
            device.width(),
            device.height(),
            device.devicePixelRatioF(),
        )
        with painting("the scene"):
            for step in self.steps(area, placement, fine=True):
                step(painter)
        painter.resetTransform()
        self._paint_problem(painter, placement)
        painter.setWorldTransform(transform)

    def _paint_ground(self, area: QRectF, painter: QPainter) -> None:
        covered = self.picture is not None and not self.picture.has_alpha
        if covered and self._frame.contains(area):
            return
        painter.fillRect(area.adjusted(-1, -1, 1, 1), QColor(self.theme.ground))
        if self.picture is None:
            painter.fillRect(self._frame, QColor(self.theme.card))
        elif self.picture.has_alpha:
            _paint_checks(painter, self._frame)

    def _paint_picture(
        self, picture: Picture | StandIn, area: QRectF, zoom: float, painter: QPainter
    ) -> None:
        picture.draw(painter, area, zoom)

    def _paint_border(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(cosmetic_pen(QColor(self.theme.line), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._frame)

    def _paint_problem(self, painter: QPainter, placement: Placement) -> None:
        """Say what is wrong with the picture, above the shapes; the painter has viewport coordinates."""
        if self.problem is None:
            return
        seen = QRectF(placement.to_view(self._frame))
        # Where there is something to work on, the notice must not cover it.
        paint = paint_notice if self.picture is None else paint_notice_above
        with painting("what is wrong with the picture"):
            paint(painter, self.problem, seen, QRectF(placement.viewport), self.theme)

    def _shapes_at(self, placement: Placement) -> int:
        seen = placement.to_scene(placement.viewport)
        return self.layer.count_in(seen) + self.suggestions.count_in(seen)

    def _learn(self, placement: Placement) -> None:
        """Take note of how long fine painting has taken."""
        if self.snapshot.is_fine:
            shapes = max(1, self._shapes_at(placement))
            self._fine_seconds_a_shape = self.snapshot.last_job_seconds / shapes

    def _can_be_fine_at_once(self, placement: Placement) -> bool:
        shapes = self._shapes_at(placement)
        return shapes <= MOST_FINE and shapes * self._fine_seconds_a_shape <= _FINE_AT_ONCE_SECONDS


def _paint_checks(painter: QPainter, frame: QRectF) -> None:
    """Paint the squares that stand for what lets everything through; their size is on the screen."""
    tile = QPixmap(2 * _CHECK, 2 * _CHECK)
    tile.fill(_CHECK_LIGHT)
    inner = QPainter(tile)
    inner.fillRect(0, 0, _CHECK, _CHECK, _CHECK_DARK)
    inner.fillRect(_CHECK, _CHECK, _CHECK, _CHECK, _CHECK_DARK)
    inner.end()
    transform = painter.worldTransform()
    painter.resetTransform()
    place = transform.mapRect(frame)
    # From the picture's corner, so that the squares move with it.
    painter.setBrushOrigin(place.topLeft().toPoint())
    painter.fillRect(place, QBrush(tile))
    painter.setBrushOrigin(0, 0)
    painter.setWorldTransform(transform)
