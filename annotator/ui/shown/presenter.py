"""Brings the picture and the annotations of the session's frame onto the canvas."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from annotator.canvas.view import CanvasView
from annotator.core.annotations import Annotation
from annotator.media.buffers import Pixels
from annotator.media.errors import MediaError
from annotator.media.header import read_info
from annotator.media.picture import Picture
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.safe_io import InputError
from annotator.settings import Settings
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.pictures import FramePicture, FramePictures, Loaded
from annotator.ui.shown.session import Session
from annotator.ui.shown.views import FrameViews
from annotator.ui.timers import single_shot
from annotator.ui.widgets.said_below import error_text

# A picture that is not there by then is replaced by its thumbnail; until then the old one stays, so that nothing
# blinks. Who steps faster than pictures are read would else see none of them.
_OLD_STAYS_MS: Final = 80
_OLD_STAYS_WHILE_STEPPING_MS: Final = 15
# By then it is announced.
_PATIENCE_MS: Final = 200
# So long what is due for the shown frame may keep the next ones from being read.
_MOST_HELD_MS: Final = 150
Size: TypeAlias = tuple[int, int]
ThumbnailOf: TypeAlias = Callable[[int, Size], Pixels | None]
_HELD_BACK: Final = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.ContextMenu,
    }
)


class FramePresenter(QObject):
    """Shows a frame once its picture is there; until then the pointer can change nothing.

    Picture and annotations change together, so that never a shape is seen over, or drawn on, another frame's
    picture. Its thumbnail stands in for a picture that takes long, at the same place to the pixel.

    thumbnail_of: gives a small copy of the picture of a frame, if one is at hand that has its proportions.

    Signals: `at_hand(frame id)` when the picture of a frame is there and about to be shown; `shown(frame id)` when it
    and its annotations are on the canvas.
    """

    at_hand = Signal(object)
    shown = Signal(object)

    def __init__(
        self,
        session: Session,
        document: ProjectDocument,
        canvas: CanvasView,
        settings: Settings,
        calls: GuiCalls,
    ) -> None:
        super().__init__(canvas)
        self._session = session
        self._document = document
        self._canvas = canvas
        self.views = FrameViews(session, canvas, settings)
        self._calls = calls
        self._pictures: FramePictures | None = None
        self._awaited: int | None = None
        self._picture: Picture | None = None
        # How many frames ahead are read before they are asked for.
        self.ahead = 3
        self.thumbnail_of: ThumbnailOf = lambda frame_id, size: None
        # Whether picture and shapes on the canvas are those of the session's frame.
        self._is_on_canvas = False
        self._slow = single_shot(self, _OLD_STAYS_MS, self._ask_for_size)
        # What its header says of the awaited picture.
        self._size: Size | None = None
        self._late = single_shot(self, _PATIENCE_MS, self._announce)
        self._hold = single_shot(self, _MOST_HELD_MS, self._read_ahead)
        canvas.viewport().installEventFilter(self)
        canvas.picture_painted.connect(self._read_ahead)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._application_changed)
        session.opened.connect(self._opened)
        session.frame_changed.connect(self._show_frame)
        document.loaded.connect(self._show_shapes)
        document.updated.connect(self._update_shapes)

    @property
    def pictures(self) -> FramePictures | None:
        """The pictures of the open project."""
        return self._pictures

    def leave(self) -> Callable[[], None]:
        """Show nothing of the project any more; return what waits, on a worker thread, until nothing reads it."""
        ends = [self._document.leave()]
        self.views.forget()
        self._slow.stop()
        self._late.stop()
        self._hold.stop()
        self._awaited = self._picture = None
        self._is_on_canvas = False
        if self._pictures is not None:
            self._pictures.arrived.disconnect(self._arrived)
            ends.append(self._pictures.stop())
            self._pictures = None
        self._canvas.show_document(None)
        self._canvas.show_picture(None)

        def wait() -> None:
            for end in ends:
                end()

        return wait

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown, None where there is none."""
        return self._picture

    def hold_read_ahead(self) -> None:
        """Let something that is about the shown frame come first, for a short time at most."""
        self._hold.start()

    def release_read_ahead(self) -> None:
        """It has come: the frames that follow may be read."""
        if self._hold.isActive():
            self._hold.stop()
            self._read_ahead()

    @property
    def is_waiting(self) -> bool:
        """Whether the picture of the session's frame is not shown yet."""
        return self._awaited is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold back presses while the canvas shows a frame that has been left, or what stands in for a picture."""
        return self._awaited is not None and event.type() in _HELD_BACK

    def _opened(self) -> None:
        self._pictures = FramePictures(self._session.project, self._calls, self)
        self._pictures.arrived.connect(self._arrived)

    def _show_frame(self) -> None:
        frame = self._session.frame
        was_waiting = self.is_waiting
        self._is_on_canvas, self._size = False, None
        if frame is None or self._pictures is None:
            self._awaited = None
            self._canvas.select(())
            self._document.load()
            self._canvas.show_document(None)
            self._canvas.show_picture(None, tr("This task has no frames."))
            return
        self._hold.stop()
        self._awaited = frame.id
        # First of all: its file is looked for while the rest is done here.
        at_hand = self._pictures.request(frame, self._canvas.navigator.room)
        self._canvas.leave_frame()
        self.views.leave()
        self._document.load()
        if at_hand is None:
            self._slow.start(_OLD_STAYS_WHILE_STEPPING_MS if was_waiting else _OLD_STAYS_MS)
            self._late.start()
        else:
            self._show(frame.id, at_hand)

    def _arrived(self, frame_id: int, loaded: Loaded) -> None:
        frame = self._session.frame
        is_renewed = self._awaited is None and frame is not None and frame.id == frame_id
        # Else it is late: another frame is wanted by now.
        if frame_id == self._awaited or is_renewed:
            self._show(frame_id, loaded)

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        # Files change while another program is used.
        if state == Qt.ApplicationState.ApplicationActive and self._pictures is not None:
            question = partial(_outdated, self._pictures.kept())
            self._document.ask(question, self._renew)

    def _renew(self, frame_ids: Collection[int]) -> None:
        """Read pictures of other files anew: that of the shown frame now, others when they are asked for."""
        frame = self._session.frame
        if self._pictures is None or not frame_ids:
            return
        self._pictures.forget(frame_ids)
        if frame is not None and frame.id in frame_ids and self._awaited is None:
            self._pictures.request(frame, self._canvas.navigator.room)

    def _show(self, frame_id: int, loaded: Loaded) -> None:
        self._awaited = None
        self._slow.stop()
        self._late.stop()
        if isinstance(loaded, FramePicture):
            self._picture = picture = loaded.picture
            self.at_hand.emit(frame_id)
            self._canvas.show_picture(
                picture.pixels,
                picture.problem,
                has_alpha=picture.has_alpha,
                smaller=loaded.smaller,
            )
        else:
            self._picture = None
            self._canvas.show_picture(None, error_text(loaded))
        self._put_shapes(frame_id)
        self.shown.emit(frame_id)
        # Now: what else follows the frame would come before an event that asks for it.
        self._canvas.viewport().repaint()

    def _put_shapes(self, frame_id: int) -> None:
        """Show the shapes with the picture, or with what stands in for it, whichever comes first."""
        if not self._is_on_canvas:
            self._is_on_canvas = True
            self._canvas.show_document(self._document)
            self.views.show(frame_id)

    def _ask_for_size(self) -> None:
        """Have the header read of the awaited picture, whose own turn may not have come; then its thumbnail stands in.

        The size that the project has noted would be that of an earlier file, where it was replaced.
        """
        frame = self._session.frame
        if frame is not None and self._awaited == frame.id:
            self._document.ask(partial(_header_size, frame), partial(self._take_size, frame.id))

    def _take_size(self, frame_id: int, size: Size | None) -> None:
        if frame_id == self._awaited:
            self._size = size
            self._stand_in(frame_id)

    def _stand_in(self, frame_id: int, problem: str | None = None) -> None:
        """Show the thumbnail of the awaited picture in its place, if there is one."""
        size = self._size
        pixels = None if size is None else self.thumbnail_of(frame_id, size)
        if size is not None and pixels is not None:
            self._canvas.show_stand_in(pixels, size, problem)
            self._put_shapes(frame_id)

    def _read_ahead(self) -> None:
        # Workers that begin to read before the picture is painted would only delay that.
        if self._pictures is None or self._awaited is not None or self._hold.isActive():
            return
        self._pictures.read_ahead(self._session.neighbours(ahead=self.ahead))

    def _announce(self) -> None:
        """The picture takes long: say that it is on its way, in place of the old frame."""
        frame = self._session.frame
        if frame is None:
            return
        notice = tr("{name} is being read …", name=frame.name)
        self._stand_in(frame.id, notice)
        if not self._is_on_canvas:
            self._canvas.show_document(None)
            self._canvas.show_picture(None, notice)

    def _show_shapes(self) -> None:
        if self._is_on_canvas:
            self._canvas.show_shapes()

    def _update_shapes(self, changed: Sequence[Annotation], deleted: Collection[int]) -> None:
        if self._is_on_canvas:
            self._canvas.update_shapes(changed, deleted)


def _outdated(pictures: Sequence[tuple[int, FramePicture]], _project: Project) -> set[int]:
    """Return the frames whose pictures are not as their files are now."""
    return {frame_id for frame_id, one in pictures if one.is_outdated}


def _header_size(frame: Frame, project: Project) -> Size | None:
    """Return width and height of the picture of a frame as its file says now; None where it says nothing."""
    try:
        path = project.media_path(frame)
        info = None if path is None else read_info(path, frame.source_index)
    except (MediaError, InputError):
        return None  # reading the picture itself finds that out, too, and says it
    return None if info is None else (info.width, info.height)
