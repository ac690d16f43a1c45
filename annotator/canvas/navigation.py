"""Zooming and panning: which part of the picture the window shows."""

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from annotator.canvas.placement import Placement

# Device pixels for each image pixel.
MOST_ZOOM: Final = 64.0
# The picture is never smaller than this on the screen, nor is less of it in sight; screen pixels.
_LEAST_PICTURE: Final = 48.0
_LEAST_IN_SIGHT: Final = 64.0
_FIT_MARGIN: Final = 24.0
# Four notches of a wheel double the size; a touchpad sends fractions of a notch.
_NOTCHES_TO_DOUBLE: Final = 4.0
_NOTCH: Final = 120.0
ZOOM_STEP: Final = 2.0**0.5


@dataclass(frozen=True, slots=True)
class ViewState:
    """What the window shows of a picture: device pixels for each image pixel, and the image point in its middle.

    fits: the picture is shown whole, and stays so when the window changes its size.
    """

    zoom: float
    x: float
    y: float
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """The room for a whole picture, in device-independent pixels without the margin; for any thread."""

    width: float
    height: float
    ratio: float

    def zoom_of(self, width: float, height: float) -> float:
        """Return the zoom at which a picture, or part of one, of a size in image pixels fits."""
        scale = min(self.width / max(width, 1e-6), self.height / max(height, 1e-6))
        return scale * self.ratio


class Navigator(QObject):
    """Moves a view over a picture of some size, in image pixels.

    Emits `zoom_changed` with the new zoom in device pixels for each image pixel, and `moved` after every change.
    """

    zoom_changed = Signal(float)
    moved = Signal()

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._size = QSizeF(1.0, 1.0)
        self._fits = True
        # The point of the scene that stays under the pointer while the wheel turns and the pointer rests.
        self._anchor: tuple[QPointF, QPointF] | None = None

    @property
    def size(self) -> QSizeF:
        """The size of the picture in image pixels."""
        return self._size

    @property
    def scale(self) -> float:
        """Device-independent pixels for each image pixel."""
        return self._view.transform().m11()

    @property
    def zoom(self) -> float:
        """Device pixels for each image pixel."""
        return self.scale * self._ratio

    @property
    def placement(self) -> Placement:
        """Where the picture lies in the viewport now."""
        viewport = self._view.viewport()
        transform = self._view.viewportTransform()
        return Placement(
            transform.m11(),
            round(transform.dx()),
            round(transform.dy()),
            viewport.width(),
            viewport.height(),
            self._ratio,
        )

    @property
    def state(self) -> ViewState:
        """What the window shows now."""
        centre = self._to_scene(self._middle)
        return ViewState(self.zoom, centre.x(), centre.y(), self._fits)

    @property
    def room(self) -> Room:
        """The room that `fit` gives a picture."""
        return self._room_within(_FIT_MARGIN)

    def set_size(self, size: QSizeF) -> None:
        """Show a picture of another size, whole if its size is new."""
        if size != self._size:
            self._size = size
            self.fit()

    def restore(self, state: ViewState) -> None:
        """Show what was shown before."""
        if state.fits:
            self.fit()
        else:
            self._place(state.zoom / self._ratio, QPointF(state.x, state.y), self._middle)

    def fit(self) -> None:
        """Show the whole picture, and go on doing so when the window changes its size."""
        self.show_area(QRectF(QPointF(), self._size), _FIT_MARGIN)
        self._fits = True

    def show_area(self, area: QRectF, margin: float, most_zoom: float = MOST_ZOOM) -> None:
        """Show an area in the middle, as large as it fits with a margin in screen pixels, up to a zoom."""
        zoom = min(self._room_within(margin).zoom_of(area.width(), area.height()), most_zoom)
        self._place(zoom / self._ratio, area.center(), self._middle)

    def zoom_to(self, zoom: float) -> None:
        """Show the picture at a zoom, its middle staying where it is; 1 is one device pixel for each image pixel."""
        self._place(zoom / self._ratio, self._to_scene(self._middle), self._middle)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor; the point of the picture at a place in the viewport, or in its middle, stays there."""
        place = self._middle if at is None else at
        if self._anchor is None or self._anchor[0] != place:
            self._anchor = (place, self._to_scene(place))
        anchor = self._anchor
        self._place(self.scale * factor, anchor[1], place)
        # Placing forgets it, but here nothing else has moved: without it the rounding of each step would add up.
        self._anchor = anchor

    def wheel(self, delta: float, at: QPointF) -> None:
        """Zoom at the pointer by eighths of a degree of a wheel."""
        self.zoom_by(2.0 ** (delta / _NOTCH / _NOTCHES_TO_DOUBLE), at)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by screen pixels."""
        self._scroll(
            self._view.horizontalScrollBar().value() - round(dx),
            self._view.verticalScrollBar().value() - round(dy),
        )

    def bring_into_sight(self, area: QRectF, margin: float) -> None:
        """Pan as little as it takes to have an area in sight with a margin in screen pixels, or its middle."""
        placed = self._view.viewportTransform().mapRect(area)
        viewport = self._view.viewport()
        across = _into(placed.left() - margin, placed.right() + margin, viewport.width())
        down = _into(placed.top() - margin, placed.bottom() + margin, viewport.height())
        if across or down:
            self.pan_by(across, down)

    def resized(self, middle_before: QPointF) -> None:
        """Keep the whole picture, or what was in the middle of the viewport, in sight after it changed its size."""
        if self._fits:
            self.fit()
        else:
            self._place(self.scale, self._to_scene(middle_before), self._middle)

    def screen_changed(self) -> None:
        """Show the same on a screen with other device pixels."""
        self.zoom_changed.emit(self.zoom)
        self.moved.emit()

    def _room_within(self, margin: float) -> Room:
        viewport = self._view.viewport()
        width = max(1.0, viewport.width() - 2 * margin)
        height = max(1.0, viewport.height() - 2 * margin)
        return Room(width, height, self._ratio)

    @property
    def _ratio(self) -> float:
        return self._view.viewport().devicePixelRatioF()

    @property
    def _middle(self) -> QPointF:
        return QRectF(self._view.viewport().rect()).center()

    def _to_scene(self, place: QPointF) -> QPointF:
        return self._view.viewportTransform().inverted()[0].map(place)

    def _place(self, scale: float, point: QPointF, place: QPointF) -> None:
        """Show the picture at a scale with a point of it at a place in the viewport, as far as the limits allow."""
        self._fits = False
        before = self.zoom
        scale = self._limited(scale)
        self._view.setTransform(QTransform.fromScale(scale, scale))
        self._view.setSceneRect(self._reach(scale))
        self._scroll(round(point.x() * scale - place.x()), round(point.y() * scale - place.y()))
        if self.zoom != before:
            self.zoom_changed.emit(self.zoom)

    def _scroll(self, left: int, top: int) -> None:
        self._anchor = None
        self._fits = False
        self._view.horizontalScrollBar().setValue(left)
        self._view.verticalScrollBar().setValue(top)
        self.moved.emit()

    def _limited(self, scale: float) -> float:
        least = _LEAST_PICTURE / max(self._size.width(), self._size.height())
        most = MOST_ZOOM / self._ratio
        if not math.isfinite(scale):
            return self.scale
        return min(max(scale, min(least, most)), most)

    def _reach(self, scale: float) -> QRectF:
        """Return the part of the scene that can come into sight: some of the picture always stays."""
        viewport = self._view.viewport()
        across = max(viewport.width() - _LEAST_IN_SIGHT, viewport.width() / 2 + 1) / scale
        down = max(viewport.height() - _LEAST_IN_SIGHT, viewport.height() / 2 + 1) / scale
        return QRectF(QPointF(), self._size).adjusted(-across, -down, across, down)


def _into(low: float, high: float, room: float) -> float:
    """Return by how much a span must move to lie in a room from 0 on; by none where it fills the room already."""
    if high - low > room:
        middle = (low + high) / 2
        return 0.0 if 0.0 <= middle <= room else room / 2 - middle
    return max(0.0, -low) - max(0.0, high - room)
