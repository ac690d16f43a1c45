"""The thumbnails that the film strip shows, read beside the GUI thread and kept in memory up to a budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from annotator.core.errors import AnnotatorError
from annotator.media.buffers import Pixels
from annotator.media.cache import ByteBudgetCache
from annotator.media.identity import FileIdentity
from annotator.media.thumbnails import Box, shows_whole
from annotator.media.wishes import WishReader
from annotator.project.media.frame_thumbnails import FrameThumbnail, FrameThumbnails
from annotator.project.project import Project
from annotator.ui.gui_calls import GuiCalls

_BUDGET: Final = 48 << 20
# What an entry takes besides its pixels.
_ENTRY: Final = 512


@dataclass(frozen=True, slots=True)
class ShownThumbnail:
    """A thumbnail as Qt draws it. box: what it was made for. look: the look at the files at which it was true."""

    content: FrameThumbnail
    image: QImage | None
    box: Box
    look: int

    @property
    def known(self) -> FileIdentity | None:
        """The file that is shown; None where there is anything to be found out."""
        return None if self.content.trouble else self.content.identity


@dataclass(frozen=True, slots=True)
class _Wish:
    """known: the file whose thumbnail is there already, in this box."""

    frame: int
    box: Box
    known: FileIdentity | None


_Reader: TypeAlias = WishReader[_Wish, FrameThumbnail | None]


class FilmStripThumbnails(QObject):
    """Thumbnails by frame id. `arrived(frame id)` on the GUI thread when there is another one to be shown."""

    arrived = Signal(object)

    def __init__(self, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls
        self._cache: ByteBudgetCache[int, ShownThumbnail] = ByteBudgetCache(_BUDGET)
        self._source: FrameThumbnails | None = None
        self._reader: _Reader | None = None
        self._look = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read and nothing wished for."""
        return self._reader is None or self._reader.is_idle

    @property
    def bytes(self) -> int:
        """What is kept in memory."""
        return self._cache.bytes

    def open(self, project: Project) -> None:
        """Show the frames of a project."""
        source = FrameThumbnails(project)
        self._source = source
        reader: _Reader = WishReader(
            lambda wish: source.read(wish.frame, wish.box, wish.known),
            lambda wish, value: self._calls.post(partial(self._take, reader, wish, value)),
        )
        self._reader = reader

    def leave(self) -> Callable[[], None]:
        """Show nothing any more; return what waits until nothing is read, which is not for the GUI thread."""
        source, reader = self._source, self._reader
        self._source = self._reader = None
        self._cache.clear()
        if source is None or reader is None:
            return _nothing
        reader.drop()

        def end() -> None:
            reader.close()
            source.close()

        return end

    def get(self, frame_id: int) -> ShownThumbnail | None:
        """Return what is there to be shown of a frame, perhaps made for another box."""
        return self._cache.get(frame_id)

    def of_whole(self, frame_id: int, size: Box) -> Pixels | None:
        """Return what is there of a frame if it shows all of a picture of a size, in whatever size of its own."""
        shown = self._cache.get(frame_id)
        pixels = None if shown is None or shown.content.trouble else shown.content.pixels
        return pixels if pixels is not None and shows_whole(pixels, size) else None

    def wish(self, frame_ids: Sequence[int], box: Box) -> None:
        """Read these, as far as they are not there, the first one first; earlier wishes are forgotten."""
        if self._reader is None:
            return
        wishes: list[_Wish] = []
        for frame_id in frame_ids:
            shown = self._cache.get(frame_id)
            if shown is None or shown.box != box:
                wishes.append(_Wish(frame_id, box, None))
            elif shown.look != self._look:
                wishes.append(_Wish(frame_id, box, shown.known))
        self._reader.wish(wishes)

    def forget(self) -> None:
        """Keep nothing in memory."""
        self._cache.clear()

    def look_again(self) -> None:
        """Ask of every file, when it is wished for next, whether it is still the same."""
        self._look += 1

    def doubt(self, frame_id: int) -> None:
        """Ask that of one file."""
        shown = self._cache.get(frame_id)
        if shown is not None:
            self._put(frame_id, replace(shown, look=self._look - 1))

    def hold(self) -> None:
        """Begin nothing until `go_on`."""
        if self._reader is not None:
            self._reader.hold()

    def go_on(self) -> None:
        """Read again."""
        if self._reader is not None:
            self._reader.go_on()

    def _take(
        self,
        reader: "_Reader",
        wish: _Wish,
        value: FrameThumbnail | BaseException | None,
    ) -> None:
        if reader is not self._reader:
            return  # late: the project is closed
        before = self._cache.get(wish.frame)
        if value is None:
            if before is not None and before.box == wish.box:
                self._put(wish.frame, replace(before, look=self._look))
            return
        if isinstance(value, AnnotatorError):
            value = FrameThumbnail(None, None, "broken", str(value))
        elif isinstance(value, BaseException):
            raise value  # a bug, shown as such
        if value.trouble == "missing" and value.pixels is None and before is not None:
            # Better than nothing, while its drive is away.
            value = replace(value, pixels=before.content.pixels)
        image = None if value.pixels is None else _image(value.pixels)
        self._put(wish.frame, ShownThumbnail(value, image, wish.box, self._look))
        self.arrived.emit(wish.frame)

    def _put(self, frame_id: int, shown: ShownThumbnail) -> None:
        self._cache.put(frame_id, shown, shown.content.nbytes + _ENTRY)


def _image(pixels: Pixels) -> QImage:
    """Return an image of pixels, which must live as long."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def _nothing() -> None:
    """Nothing to wait for."""
