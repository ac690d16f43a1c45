"""Pictures of frames, decoded beside the GUI thread and ahead of the person who steps through them."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator.canvas.navigation import Room
from annotator.canvas.picture import Smaller, fitted_size
from annotator.core.errors import AnnotatorError
from annotator.media.buffers import BufferPool, Pixels
from annotator.media.errors import MediaError
from annotator.media.identity import FileIdentity, file_identity
from annotator.media.loader import FrameLoader
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls

# Smaller copies are made until the next one would be less wide than this: no window shows a picture smaller.
_SMALLEST_HALF: Final = 640
# Seconds. The interpreter runs one thread at a time: what the GUI thread did while the file is looked for would delay
# the decoder, which needs no interpreter from then on. That takes half as long, where the file is in memory.
_MOST_WAITED: Final = 0.0015


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A picture with smaller copies of it, made here because drawing a large picture small takes long.

    path, file: what it was read from, and as what that was known then.
    """

    picture: Picture
    smaller: Smaller
    path: Path
    file: FileIdentity | None

    @property
    def size(self) -> int:
        """Its bytes in memory."""
        return self.picture.pixels.nbytes + self.smaller.nbytes

    @property
    def is_outdated(self) -> bool:
        """Whether its file is another one now; one that is away is not. Asks the disk."""
        now = _identity(self.path)
        return now is not None and now != self.file


Loaded: TypeAlias = FramePicture | AnnotatorError


class FramePictures(QObject):
    """The pictures of one project.

    `arrived(frame id, FramePicture or AnnotatorError)` is emitted on the GUI thread for each request of a picture that
    is not at hand and that no other request has overtaken. `read_ahead_done(frame id)` tells of each picture that was
    read ahead.
    """

    arrived = Signal(object, object)
    read_ahead_done = Signal(object)

    def __init__(self, project: Project, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._calls = calls
        self._pool = BufferPool()
        self._wanted: Frame | None = None
        self._room = Room(1.0, 1.0, 1.0)
        # What was told last: a picture that is told early is delivered as well.
        self._told: Loaded | None = None
        # Set when the picture that is awaited is being decoded.
        self._begun = Event()
        self._loader: FrameLoader[int, FramePicture] = FrameLoader(
            self._read, self._deliver, lambda loaded: loaded.size, kept=self._was_kept
        )

    def request(self, frame: Frame, room: Room) -> FramePicture | None:
        """Ask for the picture of a frame, to be shown whole in some room; return it if it is at hand.

        Else it waits until decoding has begun, for very short.
        """
        self._wanted = frame
        self._told = None
        self._room = room
        self._begun.clear()
        at_hand = self._loader.request(frame.id)
        if at_hand is None:
            self._begun.wait(_MOST_WAITED)
        return at_hand

    def peek(self, frame_id: int) -> Picture | None:
        """Return the picture of a frame if it is decoded and at hand; any thread may ask."""
        loaded = self._loader.peek(frame_id)
        return None if loaded is None else loaded.picture

    def kept(self) -> list[tuple[int, FramePicture]]:
        """Return the pictures at hand, with the ids of their frames."""
        return self._loader.kept()

    def forget(self, frame_ids: Iterable[int]) -> None:
        """Read the pictures of some frames anew when they are asked for next."""
        for frame_id in frame_ids:
            self._loader.forget(frame_id)

    def read_ahead(self, neighbours: Iterable[Frame]) -> None:
        """Read the pictures of neighbours of the frame asked for last, the likeliest first."""
        self._loader.read_ahead([one.id for one in neighbours])

    def stop(self) -> Callable[[], None]:
        """Tell nothing any more; return what waits until nothing is read, which is not for the GUI thread."""
        self._wanted = None
        self.deleteLater()
        return self._loader.close

    def _read(self, frame_id: int) -> FramePicture:
        """Read a picture; on a worker thread."""
        wanted = self._wanted
        is_awaited = wanted is not None and wanted.id == frame_id
        frame = wanted if is_awaited else self._project.frame(frame_id)
        path = None if frame is None else self._project.media_path(frame)
        if frame is None or path is None:
            raise MediaError(tr("This frame has no picture."))
        begins = self._begun.set if is_awaited else None
        file = _identity(path)
        picture = read_picture(path, frame.source_index, lend=self._pool.lend, begins=begins)
        if picture.has_alpha:  # where colours behind transparent pixels would mix in
            return FramePicture(picture, Smaller(), path, file)
        if is_awaited:
            fitted: Future[Pixels | None] = Future()
            told = FramePicture(picture, Smaller(fitted=fitted), path, file)
            self._tell_early(frame_id, told, fitted)
            return told
        halves = _halves(picture.pixels, self._pool)
        copy = _fitted([picture.pixels, *halves], self._room, self._pool)
        return FramePicture(picture, Smaller(tuple(halves), copy), path, file)

    def _tell_early(
        self, frame_id: int, told: FramePicture, fitted: "Future[Pixels | None]"
    ) -> None:
        """Tell of a picture before its copy is made; the window does meanwhile what is due before it paints it."""
        self._calls.post(partial(self._tell, frame_id, told))
        try:
            fitted.set_result(_fitted([told.picture.pixels], self._room, self._pool))
        except BaseException as error:
            fitted.set_exception(error)
            raise

    def _deliver(self, frame_id: int, value: FramePicture | BaseException) -> None:
        self._calls.post(partial(self._tell, frame_id, value))

    def _was_kept(self, frame_id: int) -> None:
        self._calls.post(partial(self._tell_kept, frame_id))

    def _tell_kept(self, frame_id: int) -> None:
        if self._wanted is not None:
            self.read_ahead_done.emit(frame_id)

    def _tell(self, frame_id: int, value: FramePicture | BaseException) -> None:
        if self._wanted is None:
            return  # stopped meanwhile
        if not isinstance(value, FramePicture | AnnotatorError):
            raise value  # a bug, shown as such
        if value is not self._told:
            self._told = value
            self.arrived.emit(frame_id, value)


def _identity(path: Path) -> FileIdentity | None:
    """Return what a file is known by; None where it is away, which whoever reads it says."""
    try:
        return file_identity(path)
    except MediaError:
        return None


def _halves(pixels: Pixels, pool: BufferPool) -> list[Pixels]:
    """Make the smaller copies of a picture, each half as wide and high as the one before."""
    halves = []
    while pixels.shape[1] >= 2 * _SMALLEST_HALF and pixels.shape[0] > 1:
        pixels = _resized(pixels, -(-pixels.shape[1] // 2), -(-pixels.shape[0] // 2), pool)
        halves.append(pixels)
    return halves


def _fitted(levels: Sequence[Pixels], room: Room, pool: BufferPool) -> Pixels | None:
    """Make the copy of a picture that is drawn where it is shown whole; None where it is not made smaller there.

    levels: the picture and its halves; the smallest that is large enough is used.
    """
    height, width = levels[0].shape[:2]
    zoom = room.zoom_of(width, height)
    if zoom >= 1.0:
        return None
    across, down = fitted_size(width, height, zoom)
    source = [level for level in levels if level.shape[1] >= across and level.shape[0] >= down][-1]
    return _resized(source, across, down, pool)


def _resized(pixels: Pixels, width: int, height: int, pool: BufferPool) -> Pixels:
    from annotator.media.opencv import cv2

    result = pool.lend((height, width, 4))
    # To the half, linear is the mean of four pixels.
    cv2.resize(pixels, (width, height), result, interpolation=cv2.INTER_LINEAR)
    result.flags.writeable = False
    return result
