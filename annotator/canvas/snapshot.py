"""A picture of everything that rests, so that what moves over it costs the same however much rests there."""

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, Protocol, TypeAlias

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from annotator.canvas.guard import painting
from annotator.canvas.placement import Placement
from annotator.canvas.qt_arrays import rectangles_of

# A piece of painting that takes about a millisecond at most.
Step: TypeAlias = Callable[[QPainter], None]

# What is out of date in more than this share of the viewport is painted anew as a whole, in slices.
_MOST_TO_REPAIR: Final = 0.5
# More rectangles than this are painted in one go, clipped, instead of one by one.
_MOST_RECTANGLES: Final = 8


class Resting(Protocol):
    """What a snapshot is taken of."""

    def steps(self, area: QRectF, placement: Placement, *, fine: bool) -> Iterator[Step]:
        """Yield the steps that paint an area of the scene, the ground included."""
        ...

    def backdrop(self, area: QRectF, placement: Placement) -> Iterator[Step]:
        """Yield the steps that paint what is there without shapes, quickly."""
        ...


class Snapshot:
    """What rests, painted for one placement in the viewport, and what of it is out of date.

    A small part that is out of date is repaired at once. A whole new painting is a job beside the one that is
    shown: `work` goes on with it for a limited time, so that no single call holds up the window however many
    shapes there are. Until it is done the old painting is shown at its new place and scale; where there is
    none, because another frame is shown, the job is shown as far as it has come.
    """

    def __init__(self, resting: Resting) -> None:
        self._resting = resting
        self._shown: _Painting | None = None
        self._job: _Job | None = None
        self._version = 0
        self._spare: QPixmap | None = None
        self.last_job_seconds = 0.0

    @property
    def is_working(self) -> bool:
        """Whether `work` has something to do."""
        return self._job is not None

    @property
    def is_fine(self) -> bool:
        """Whether what is shown was painted finely."""
        return self._shown is not None and self._shown.fine

    @property
    def is_progressive(self) -> bool:
        """Whether the job itself is shown while it goes on."""
        return self._shown is None and self._job is not None

    def is_current(self, placement: Placement) -> bool:
        """Whether what is shown is all there is to see at a placement."""
        shown = self._shown
        return (
            shown is not None
            and shown.placement == placement
            and shown.version == self._version
            and shown.stale.isEmpty()
        )

    def drop(self) -> None:
        """Forget everything: another frame is shown, of which nothing old may be seen."""
        self._spare = None if self._shown is None else self._shown.pixmap
        self._shown = self._job = None
        self._version += 1

    def invalidate_all(self) -> None:
        """Paint everything anew; the old painting is shown until then.

        A job that has begun goes on all the same: under a stream of changes nothing newer would ever be seen.
        """
        self._version += 1

    def invalidate(self, area: QRectF, margin: tuple[float, float]) -> None:
        """Paint a part of the scene anew, with a margin across and down in screen pixels."""
        for painted in (self._shown, self._job):
            if painted is not None:
                scale = painted.placement.scale
                x, y = margin[0] / scale, margin[1] / scale
                painted.stale += painted.placement.to_view(area.adjusted(-x, -y, x, y), 1.0)

    def prepare(self, placement: Placement, seconds: float, *, fine: bool) -> bool:
        """Bring it up to date for a placement as far as some seconds allow; `fine` is how it is painted anew.

        Returns whether a whole new painting came to its end.
        """
        shown = self._shown
        if shown is not None and shown.placement.only_scrolled_to(placement):
            shown.scroll_to(placement, self._resting)
        if self._job is not None and self._job.placement != placement:
            self._spare, self._job = self._job.pixmap, None
        if shown is not None and shown.placement == placement and not self._is_old(shown):
            shown.repair(self._resting)
            return False
        if self._job is None:
            self._begin(placement, fine)
        return self.work(seconds)

    def refine(self) -> bool:
        """Begin to paint finely what is shown; return whether there is something to do."""
        if self._job is None and self._shown is not None and not self._shown.fine:
            self._begin(self._shown.placement, fine=True)
        return self.is_working

    def work(self, seconds: float) -> bool:
        """Go on with the job for some seconds; return whether it came to its end and is shown now."""
        job = self._job
        if job is None or not job.run(seconds):
            return False
        self._job = None
        self._spare = None if self._shown is None else self._shown.pixmap
        self._shown = job
        self.last_job_seconds = job.seconds
        job.repair(self._resting)
        return True

    def draw(self, painter: QPainter, placement: Placement) -> None:
        """Draw what there is over the viewport; the painter has device-independent coordinates."""
        shown = self._shown if self._shown is not None else self._job
        if shown is None:
            return
        if shown.placement == placement:
            painter.drawPixmap(0, 0, shown.pixmap)
            return
        _run(
            self._resting.backdrop(placement.to_scene(placement.viewport), placement),
            painter,
            placement,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(shown.placement.transform.inverted()[0] * placement.transform)
        painter.drawPixmap(0, 0, shown.pixmap)
        painter.resetTransform()

    def _is_old(self, painted: "_Painting") -> bool:
        return painted.version != self._version or painted.is_mostly_stale

    def _begin(self, placement: Placement, fine: bool) -> None:
        self._job = _Job(self._pixmap(placement), placement, fine, self._version, self._resting)

    def _pixmap(self, placement: Placement) -> QPixmap:
        """Return a pixmap of the viewport's size, the spare one if it fits: new memory is slow to write to first."""
        size = placement.device_size
        spare, self._spare = self._spare, None
        if (
            spare is not None
            and spare.size() == size
            and spare.devicePixelRatio() == placement.ratio
        ):
            return spare
        pixmap = QPixmap(size)
        pixmap.setDevicePixelRatio(placement.ratio)
        pixmap.fill(
            Qt.GlobalColor.black
        )  # without this its format is decided by what is drawn first
        return pixmap


class _Painting:
    """A painting for a placement; `stale` is what is out of date, in viewport coordinates."""

    def __init__(self, pixmap: QPixmap, placement: Placement, fine: bool, version: int) -> None:
        self.pixmap = pixmap
        self.placement = placement
        self.fine = fine
        self.version = version
        self.stale = QRegion()

    @property
    def is_mostly_stale(self) -> bool:
        """Whether so much is out of date that it is better painted as a whole."""
        if self.stale.isEmpty():
            return False
        area = sum(rect.width() * rect.height() for rect in rectangles_of(self.stale))
        return area > _MOST_TO_REPAIR * self.placement.width * self.placement.height

    def scroll_to(self, placement: Placement, resting: Resting) -> None:
        """Move it; what comes into sight is out of date, and blank where it is much."""
        dx, dy = placement.dx - self.placement.dx, placement.dy - self.placement.dy
        ratio, whole = placement.ratio, QRegion(placement.viewport)
        if abs(dx) < placement.width and abs(dy) < placement.height:
            self.pixmap.scroll(round(dx * ratio), round(dy * ratio), self.pixmap.rect())
        come = whole.subtracted(whole.translated(dx, dy))
        self.stale = (self.stale.translated(dx, dy) + come) & whole
        self.placement = placement
        if self.is_mostly_stale:
            self._paint(come, resting.backdrop)

    def repair(self, resting: Resting) -> None:
        """Paint anew what is out of date."""
        stale, self.stale = self.stale & self.placement.viewport, QRegion()
        if stale.isEmpty():
            return
        rects = rectangles_of(stale)
        for clip in [QRegion(r) for r in rects] if len(rects) <= _MOST_RECTANGLES else [stale]:
            self._paint(clip, partial(resting.steps, fine=self.fine))

    def _paint(self, clip: QRegion, steps: Callable[[QRectF, Placement], Iterator[Step]]) -> None:
        painter = QPainter(self.pixmap)
        painter.setClipRegion(clip)
        area = self.placement.to_scene(clip.boundingRect())
        _run(steps(area, self.placement), painter, self.placement)
        painter.end()


class _Job(_Painting):
    """A painting in the making."""

    def __init__(
        self, pixmap: QPixmap, placement: Placement, fine: bool, version: int, resting: Resting
    ) -> None:
        super().__init__(pixmap, placement, fine, version)
        self._steps = resting.steps(placement.to_scene(placement.viewport), placement, fine=fine)
        self.seconds = 0.0

    def run(self, seconds: float) -> bool:
        """Take steps until the time is over, at least one; return whether that was all."""
        began = time.perf_counter()
        painter = QPainter(self.pixmap)
        done = _run(self._steps, painter, self.placement, began + seconds)
        painter.end()
        self.seconds += time.perf_counter() - began
        return done


def _run(
    steps: Iterator[Step], painter: QPainter, placement: Placement, until: float = math.inf
) -> bool:
    """Take steps, each with the placement's transform, until a moment; return whether that was all."""
    painter.setTransform(placement.transform)
    while True:
        step = None
        # Making a step can fail as well as taking it; a generator that failed has come to its end.
        with painting("what rests"):
            step = next(steps, None)
            if step is not None:
                step(painter)
        if step is None:
            return True
        if time.perf_counter() >= until:
            return False
