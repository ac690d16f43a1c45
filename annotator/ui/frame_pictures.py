"""Pictures of frames, decoded beside the GUI thread and ahead of the person who steps through them."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import AnnotatorError
from annotator.media.buffers import BufferPool
from annotator.media.errors import MediaError
from annotator.media.loader import FrameLoader
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.ui.gui_calls import GuiCalls

Loaded: TypeAlias = Picture | AnnotatorError


class FramePictures(QObject):
    """The pictures of one project.

    `arrived(frame id, Picture or AnnotatorError)` is emitted on the GUI thread for each request that no other
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
        self._loader: FrameLoader[int, Picture] = FrameLoader(
            self._read, self._deliver, lambda picture: picture.pixels.nbytes
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

    def _read(self, frame_id: int) -> Picture:
        """Read a picture; on a worker thread."""
        frame = self._project.frame(frame_id)
        path = None if frame is None else self._project.media_path(frame)
        if frame is None or path is None:
            raise MediaError("This frame has no picture.")
        return read_picture(path, frame.source_index, lend=self._pool.lend)

    def _deliver(self, frame_id: int, value: Picture | BaseException) -> None:
        self._calls.now_or_posted(partial(self._tell, frame_id, value))

    def _tell(self, frame_id: int, value: Picture | BaseException) -> None:
        if self._wanted is None:
            return  # stopped meanwhile
        if not isinstance(value, Picture | AnnotatorError):
            raise value  # a bug, shown as such
        self.arrived.emit(frame_id, value)
