"""Pictures of frames, decoded beside the GUI thread and ahead of the person who steps through them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import AnnotatorError
from annotator.media.buffers import BufferPool, Pixels
from annotator.media.errors import MediaError
from annotator.media.loader import FrameLoader
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.ui.gui_calls import GuiCalls

# Smaller copies are made until the next one would be less wide than this: no window shows a picture smaller.
_SMALLEST_HALF: Final = 640


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A picture with smaller copies of it, each half as wide and high as the one before.

    Drawing a large picture small takes Qt several milliseconds; the copies are made where there is time for it, while
    pictures are read ahead.
    """

    picture: Picture
    halves: tuple[Pixels, ...]

    @property
    def size(self) -> int:
        """Its bytes in memory."""
        return self.picture.pixels.nbytes + sum(half.nbytes for half in self.halves)


Loaded: TypeAlias = FramePicture | AnnotatorError


class FramePictures(QObject):
    """The pictures of one project.

    `arrived(frame id, FramePicture or AnnotatorError)` is emitted on the GUI thread for each request that no other
    has overtaken: at once where the picture is there already, and perhaps once more later.
    """

    arrived = Signal(object, object)

    def __init__(self, project: Project, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._calls = calls
        self._pool = BufferPool()
        self._wanted: tuple[int, Callable[[], Iterable[Frame]]] | None = None
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._read_ahead)
        self._loader: FrameLoader[int, FramePicture] = FrameLoader(
            self._read, self._deliver, lambda loaded: loaded.size
        )

    def request(self, frame: Frame, neighbours: Callable[[], Iterable[Frame]]) -> None:
        """Ask for the picture of a frame, and for those of its neighbours once it is painted."""
        self._wanted = frame.id, neighbours
        self._loader.request(frame.id)
        # Workers that start to read at once would get in the way of the painting.
        self._ahead.start()

    def _read_ahead(self) -> None:
        if self._wanted is not None:
            frame_id, neighbours = self._wanted
            self._loader.request(frame_id, [one.id for one in neighbours()])

    def stop(self) -> Callable[[], None]:
        """Tell nothing any more; return what waits until nothing is read, which is not for the GUI thread."""
        self._wanted = None
        self._ahead.stop()
        self.deleteLater()
        return self._loader.close

    def _read(self, frame_id: int) -> FramePicture:
        """Read a picture; on a worker thread."""
        frame = self._project.frame(frame_id)
        path = None if frame is None else self._project.media_path(frame)
        if frame is None or path is None:
            raise MediaError("This frame has no picture.")
        picture = read_picture(path, frame.source_index, lend=self._pool.lend)
        if self._wanted is not None and self._wanted[0] == frame_id:
            return FramePicture(picture, ())  # somebody waits for it
        return FramePicture(picture, tuple(_halves(picture, self._pool)))

    def _deliver(self, frame_id: int, value: FramePicture | BaseException) -> None:
        self._calls.now_or_posted(partial(self._tell, frame_id, value))

    def _tell(self, frame_id: int, value: FramePicture | BaseException) -> None:
        if self._wanted is None:
            return  # stopped meanwhile
        if not isinstance(value, FramePicture | AnnotatorError):
            raise value  # a bug, shown as such
        self.arrived.emit(frame_id, value)


def _halves(picture: Picture, pool: BufferPool) -> Iterator[Pixels]:
    """Yield the smaller copies of a picture; none where colours behind transparent pixels would mix in."""
    from annotator.media.opencv import cv2

    pixels = picture.pixels
    while not picture.has_alpha and pixels.shape[1] >= 2 * _SMALLEST_HALF and pixels.shape[0] > 1:
        height, width = -(-pixels.shape[0] // 2), -(-pixels.shape[1] // 2)
        half = pool.lend((height, width, 4))
        cv2.resize(pixels, (width, height), half, interpolation=cv2.INTER_AREA)
        half.flags.writeable = False
        yield half
        pixels = half
