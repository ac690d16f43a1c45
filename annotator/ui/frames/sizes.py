"""The size of pictures that nobody has looked at yet, read from their files beside the GUI thread."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.readings import until_read
from annotator.ui.shown.session import Session
from annotator.ui.widgets.said_below import error_text

# (width, height), or why there is none.
Size: TypeAlias = tuple[int, int] | str

# What was asked for longer ago has been scrolled away.
_MOST_WAITING: Final = 200


class FramesSizes(QObject):
    """Answers `size_of` at once where the size is known, else later: `arrived(frame id)`."""

    arrived = Signal(object)

    def __init__(self, session: Session, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._calls = calls
        self._worker: ThreadPoolExecutor | None = None
        self._reading: Future[Size] | None = None
        self._waiting: deque[int] = deque(maxlen=_MOST_WAITING)
        self._known: dict[int, Size] = {}

    def size_of(self, frame_id: int) -> Size | None:
        """Return the size of a frame's picture, or why it has none; None while that is not known."""
        found = self._known.get(frame_id)
        if found is None and frame_id not in self._waiting:
            self._waiting.append(frame_id)
            self._read_next()
        return found

    def forget(self) -> None:
        """Look again: files or frames have changed."""
        self._known.clear()
        self._waiting.clear()

    def leave(self) -> Callable[[], None]:
        """Hold nothing of the project any more; return what waits until nothing of it is read."""
        self.forget()
        reading, self._reading = self._reading, None
        return until_read([reading])

    def end(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)

    def _read_next(self) -> None:
        if self._reading is not None or not self._waiting or not self._session.is_open:
            return
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="frame-sizes")
        # The newest first: that is what is looked at.
        frame_id = self._waiting.pop()
        self._reading = self._worker.submit(_size, self._session.project, frame_id)
        self._reading.add_done_callback(
            lambda done: self._calls.post(partial(self._done, frame_id, done))
        )

    def _done(self, frame_id: int, reading: "Future[Size]") -> None:
        if reading is not self._reading:
            return  # late: the project was left
        self._reading = None
        self._known[frame_id] = reading.result()
        self.arrived.emit(frame_id)
        self._read_next()


def _size(project: Project, frame_id: int) -> Size:
    try:
        frame = project.frame(frame_id)
        path = None if frame is None else project.media_path(frame)
        if frame is None or path is None:
            return tr("This frame has no picture.")
        size = project.frame_size(frame)
        if size is not None:
            return size
        return tr("The file cannot be read.") if path.is_file() else tr("The file is missing.")
    except (AnnotatorError, OSError) as error:
        return error_text(error)
