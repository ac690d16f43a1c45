"""The part of the canvas that paints: when the snapshot is brought up to date, and what is drawn over it."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from annotator.canvas.crosshair import crosshair_region, paint_crosshair
from annotator.canvas.guard import painting
from annotator.canvas.navigation import Navigator
from annotator.canvas.stage import Stage
from annotator.canvas.theme import CanvasTheme

# After so long without a movement everything is painted finely.
REST_MS: Final = 100


class PaintedView(QGraphicsView):
    """Shows a stage through a snapshot of what rests.

    A paint event copies the snapshot, then draws the live items and the crosshair. What the snapshot lacks is painted
    in slices between events, and painted finely once nothing has moved for a while.

    Emits `picture_painted`, from the event loop, when a new picture has been painted for the first time.
    """

    picture_painted = Signal()

    def __init__(self, theme: CanvasTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage(theme, self.font(), self)
        self.navigator = Navigator(self)
        self._crosshair: QPoint | None = None
        self._slices = self._timer(0, self._work)
        self._rest = self._timer(REST_MS, self._refine)
        self._painted = self._timer(0, self.picture_painted.emit)
        self._awaits_paint = False
        self.setScene(self.stage.scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setInteractive(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.stage.stale.connect(self._stale)
        self.navigator.moved.connect(self._moved)

    @property
    def is_painted(self) -> bool:
        """Whether everything that rests is shown, if not yet finely."""
        return self.stage.resting.snapshot.is_current(self.navigator.placement)

    def finish_painting(self) -> None:
        """Paint now all that slices and the rest would paint later."""
        resting = self.stage.resting
        placement = self.navigator.placement
        while resting.prepare(placement) or resting.rest():
            while resting.snapshot.is_working:
                resting.work()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting("the canvas"):
            if self.stage.resting.prepare(self.navigator.placement):
                self._slices.start()
        super().paintEvent(event)
        if self._awaits_paint:
            self._awaits_paint = False
            self._painted.start()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._crosshair is None:
            return
        with painting("the crosshair"):
            painter.resetTransform()
            paint_crosshair(painter, self._crosshair, self.viewport().rect())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            # The window was moved to another screen: lines and points have a size on the screen.
            self.navigator.screen_changed()
            self.viewport().update()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = event.oldSize()
        if before.isValid():
            self.navigator.resized(QPointF(before.width() / 2, before.height() / 2))
        else:
            self.navigator.fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        # Qt has moved the pixels of the window, the crosshair among them.
        self.viewport().update()

    def _tell_when_painted(self) -> None:
        self._painted.stop()
        self._awaits_paint = True

    def _show_crosshair(self, place: QPoint | None) -> None:
        """Move the crosshair, and paint no more than the lines it leaves and takes."""
        if place == self._crosshair:
            return
        viewport = self.viewport()
        for spot in (self._crosshair, place):
            if spot is not None:
                viewport.update(crosshair_region(spot, viewport.rect()))
        self._crosshair = place

    def _is_moving(self) -> bool:
        """Whether something moves that must not wait for fine painting."""
        return False

    def _stale(self) -> None:
        self.viewport().update()
        self._rest.start()

    def _moved(self) -> None:
        self.stage.set_scale(self.navigator.scale, self.viewport().devicePixelRatioF())
        self._rest.start()

    def _work(self) -> None:
        resting = self.stage.resting
        if resting.work():
            self.viewport().update()
        if resting.snapshot.is_working:
            self._slices.start()

    def _refine(self) -> None:
        resting = self.stage.resting
        self.stage.frame.prepare()
        if self._is_moving() or resting.snapshot.is_working:
            self._rest.start()
        elif resting.rest():
            # There may be more to do when this is done.
            self._rest.start()
            self._slices.start()
            self.viewport().update()

    def _timer(self, interval_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(call)
        return timer
