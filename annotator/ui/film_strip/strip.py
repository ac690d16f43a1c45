"""The film strip: all frames of the task in a row, of which only those in sight are known."""
# ruff: noqa: D102 - Qt explains the events

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from annotator.media.thumbnails import Box
from annotator.project.storage.changes import Change
from annotator.translation import tr
from annotator.ui.film_strip.frames import FilmStripFrames
from annotator.ui.film_strip.layout import (
    LEAST,
    MOST,
    StripLayout,
    height_for,
    strip_height,
    wanted_first,
)
from annotator.ui.film_strip.painter import Cell, FilmStripPainter, described
from annotator.ui.film_strip.selecting import FrameSelecting
from annotator.ui.film_strip.thumbnails import FilmStripThumbnails
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.look.theme import Theme
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.session import Session
from annotator.ui.timers import single_shot
from annotator.ui.widgets.plain_tips import plain_tip

# Thumbnails of another size are asked for when the size has settled; until then those that are there are stretched.
_SETTLE_MS: Final = 120
# The picture of the shown frame comes first, but one that does not come holds up nothing else.
_PATIENCE_MS: Final = 400
# So long the strip itself waits for it: moving and painting it would take turns with the decoder.
_FOLLOW_MS: Final = 50
_WHEEL_STEP: Final = 120
# A notch of the wheel goes so many frames on.
_FRAMES_PER_NOTCH: Final = 2
_LARGER: Final = 16
# What is painted around a picture.
_EDGE: Final = 4


class FilmStrip(QAbstractScrollArea):
    """Shows the frames of the session's task; a click goes there, with Ctrl or Shift it selects.

    Signals: `menu_requested(QPoint)` in global coordinates; `height_wanted(int)` when the strip is to be made higher or
    lower by keys.
    """

    menu_requested = Signal(QPoint)
    height_wanted = Signal(int)

    def __init__(
        self,
        theme: Theme,
        session: Session,
        navigation: FrameNavigation,
        presenter: FramePresenter,
        calls: GuiCalls,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._navigation = navigation
        self._presenter = presenter
        self.frames = FilmStripFrames(session, calls, self)
        self.thumbnails = FilmStripThumbnails(calls, self)
        self.selecting = FrameSelecting(session, self.frames, self)
        self._layout = StripLayout()
        self._painter = FilmStripPainter(theme, self.font())
        self._direction = 1
        self._turned = 0.0
        self._following = single_shot(self, 0, self._follow)
        self._wishing = single_shot(self, 0, self._wish)
        self._settling = single_shot(self, _SETTLE_MS, self._settled)
        self._patience = single_shot(self, _PATIENCE_MS, self._go_on)
        self._box: Box | None = None
        # The number of the frame that is painted as the shown one.
        self._framed = -1
        self.setObjectName("filmStrip")
        self.setAccessibleName(tr("Film strip"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that pictures keep their size when the last frame that did not fit is gone.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumHeight(strip_height(LEAST))
        self.setMaximumHeight(strip_height(MOST))
        # A plain click leaves the keys to the canvas; Tab and selecting bring them here.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().setAccessibleName(tr("Scroll the film strip"))
        self._connect()
        presenter.thumbnail_of = self.thumbnails.of_whole

    def _connect(self) -> None:
        self.frames.reset.connect(self._frames_reset)
        self.frames.updated.connect(self._frames_updated)
        self.thumbnails.arrived.connect(self._arrived)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self._theme.changed.connect(self.viewport().update)
        self.selecting.changed.connect(self.viewport().update)
        self._session.opened.connect(self._opened)
        self._session.frame_changed.connect(self._frame_changed)
        self._presenter.shown.connect(self._picture_shown)
        self._session.changed.connect(self._project_changed)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._application_changed)

    def leave(self) -> Callable[[], None]:
        """Show nothing of the project any more; return what waits, on a worker thread, until nothing reads it."""
        ends = (self.thumbnails.leave(), self.frames.leave())
        self._patience.stop()
        self.selecting.clear()

        def wait() -> None:
            for end in ends:
                end()

        return wait

    # What is shown ----------------------------------------------------------------------------------

    @property
    def seen(self) -> range:
        """The numbers of the frames in sight."""
        return self._layout.seen(self._offset)

    def cell_rect(self, number: int) -> QRect:
        """Where the picture of a frame has its room, in the viewport."""
        x, y, width, height = self._layout.picture_place(number)
        return QRect(x - self._offset, y, width, height)

    @property
    def _offset(self) -> int:
        return self.horizontalScrollBar().value()

    def _opened(self) -> None:
        self.thumbnails.open(self._session.project)
        self.frames.open()
        self.horizontalScrollBar().setValue(0)

    def _frame_changed(self) -> None:
        frame = self._session.frame
        if frame is not None:
            self.thumbnails.doubt(frame.id)
        if self._presenter.is_waiting:
            self.thumbnails.hold()
            self._patience.start()
        self._describe()
        self._following.start(_FOLLOW_MS if self._presenter.is_waiting else 0)

    def _picture_shown(self) -> None:
        if self._following.isActive():
            self._following.start(0)

    def _follow(self) -> None:
        """Show where the frame is that is shown now; its picture has been painted before, unless it takes long."""
        self._bring_into_sight()
        # A strip that was scrolled is painted as a whole anyway.
        self._update_cell(self._framed)
        self._framed = self.frames.shown_number
        self._update_cell(self._framed)
        self._wishing.start()

    def _bring_into_sight(self) -> None:
        number = self.frames.shown_number
        if number < 0 or not self.frames.is_known:
            return
        layout, offset = self._layout, self._offset
        # Nothing moves under the pointer as long as the frame can be seen.
        if self.underMouse() and layout.is_whole(number, offset):
            return
        self.horizontalScrollBar().setValue(layout.offset_to_show(number, offset))

    def _project_changed(self, change: Change) -> None:
        self.frames.take_over(change)
        if change.media:
            self.thumbnails.look_again()
        moved = change.frames - change.marked
        for frame_id in moved:
            self.thumbnails.doubt(frame_id)
        if change.media or moved:
            self._wishing.start()

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        # Files change while another program is used.
        if state == Qt.ApplicationState.ApplicationActive and self._session.is_open:
            self.thumbnails.look_again()
            self._wishing.start()

    def _frames_reset(self) -> None:
        self._framed = self.frames.shown_number
        self.selecting.drop_removed()
        self._lay_out()
        if self._session.is_open:
            self._bring_into_sight()
            self._describe()
        self.viewport().update()
        self._wishing.start()

    def _frames_updated(self, numbers: list[int]) -> None:
        for number in set(numbers) & set(self.seen):
            self._update_cell(number)
        if self.frames.shown_number in numbers:
            self._describe()

    def _arrived(self, frame_id: int) -> None:
        number = self.frames.number_of(frame_id)
        if number is not None and number in self.seen:
            self._update_cell(number)

    def _update_cell(self, number: int) -> None:
        rect = self.cell_rect(number).adjusted(-_EDGE, 0, _EDGE, 0)
        self.viewport().update(rect.x(), 0, rect.width(), self.viewport().height())

    def _describe(self) -> None:
        """Say what is shown to who cannot see it."""
        number = self.frames.shown_number
        card = self.frames.card(number)
        text = ""
        if card is not None:
            text = described(number, len(self.frames), card, self.thumbnails.get(card.id))
        self.setAccessibleDescription(text.replace("\n", ", "))

    # Thumbnails -------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """The picture of the shown frame is painted: there is time for thumbnails."""
        if self._patience.isActive():
            self._go_on()

    def _go_on(self) -> None:
        self._patience.stop()
        self.thumbnails.go_on()

    def _wish(self) -> None:
        """Ask for what is in sight, the shown frame first, then for what will come into sight."""
        if not self._session.is_open or not self.isVisible():
            return
        if self._box is None:
            self._box = self._wanted_box()
        frames = self.frames
        numbers = wanted_first(self.seen, len(frames), frames.shown_number, self._direction)
        cards = map(frames.card, numbers)
        self.thumbnails.wish([card.id for card in cards if card is not None], self._box)

    def _wanted_box(self) -> Box:
        ratio = self.devicePixelRatioF()
        width, height = self._layout.picture
        return round(width * ratio), round(height * ratio)

    def _settled(self) -> None:
        self._box = None
        self._wish()

    # Events -----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(600, strip_height(LEAST))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, strip_height(LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._painter = FilmStripPainter(self._theme, self.font())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._settling.start()
        return super().event(event)

    def _lay_out(self) -> None:
        before, offset = self._layout, self._offset
        view = self.viewport().width()
        height = height_for(self.height())
        after = StripLayout(len(self.frames), height, view)
        self._layout = after
        bar = self.horizontalScrollBar()
        bar.setPageStep(max(after.step, view - after.step))
        bar.setSingleStep(after.step)
        # The value stays within the range by itself.
        bar.setRange(0, after.furthest)
        bar.setEnabled(after.furthest > 0)  # else its place stays, empty
        if before.height != height:
            middle = self.cell_x_to_keep(before, offset)
            bar.setValue(after.same_place(before, offset, middle))
            self._settling.start()
        elif before.view != view:
            self._wishing.start()

    def cell_x_to_keep(self, layout: StripLayout, offset: int) -> int:
        """Return what stays in its place while the strip is made higher: the shown frame, else the middle."""
        number = self.frames.shown_number
        if number >= 0 and number in layout.seen(offset):
            return layout.left(number) + layout.picture[0] // 2 - offset
        return layout.view // 2

    def _scrolled(self, value: int) -> None:
        self.viewport().update()
        self._wishing.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._direction = 1 if dx < 0 else -1

    def showEvent(self, event: QEvent) -> None:
        self._bring_into_sight()
        self._wishing.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), QColor(colours.bg1))
        if not self._session.is_open:
            return
        if not len(self.frames):
            painter.setPen(QColor(colours.dim))
            painter.drawText(
                self.viewport().rect().adjusted(12, 0, -12, 0),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                tr(
                    "The pictures of the task are lined up here. Drop some on this window to add them."
                ),
            )
            return
        shown = self.frames.shown_number
        exposed = event.region()
        for number in self.seen:
            cell = self._cell(number, shown)
            if exposed.intersects(cell.room.united(cell.line).adjusted(-_EDGE, 0, _EDGE, 0)):
                self._painter.paint(painter, cell)

    def _cell(self, number: int, shown: int) -> Cell:
        card = self.frames.card(number)
        x, y, width, height = self._layout.text_place(number)
        return Cell(
            number,
            card,
            None if card is None else self.thumbnails.get(card.id),
            self.cell_rect(number),
            QRect(x - self._offset, y, width, height),
            number == shown,
            card is not None and self.selecting.holds(card),
            number == shown and self.hasFocus(),
        )

    # Mouse and keys ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._layout.number_at(event.position().toPoint().x() + self._offset)
        if event.button() != Qt.MouseButton.LeftButton or number is None:
            return
        held = event.modifiers()
        is_adding = bool(held & Qt.KeyboardModifier.ControlModifier)
        if held & Qt.KeyboardModifier.ShiftModifier:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selecting.extend_to(number, adds=is_adding)
        elif is_adding:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selecting.toggle(number)
        else:
            self.selecting.clear()
            self._navigation.go_to_number(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two quick clicks is a click."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A click on a frame that is not selected means that one; the key means what is selected or shown."""
        place = event.globalPos()
        number = self._layout.number_at(event.pos().x() + self._offset)
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            shown = self.frames.shown_number
            place = self.viewport().mapToGlobal(self.cell_rect(max(0, shown)).center())
            number = shown if not self.selecting.count else None
        card = None if number is None else self.frames.card(number)
        if number is not None and card is not None and not self.selecting.holds(card):
            self.selecting.select_only(number)
        if self._session.is_open:
            self.menu_requested.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn in either direction: a strip has only one."""
        pixels, turned = event.pixelDelta(), event.angleDelta()
        bar = self.horizontalScrollBar()
        if not pixels.isNull():
            by = float(pixels.x() or pixels.y())
        else:
            notches = (turned.x() or turned.y()) / _WHEEL_STEP
            by = notches * _FRAMES_PER_NOTCH * self._layout.step
        # Fine wheels turn by parts of a pixel.
        self._turned += by
        whole = int(self._turned)
        self._turned -= whole
        bar.setValue(bar.value() - whole)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown = self.frames.shown_number
        key = event.key()
        page = max(1, self._layout.view // self._layout.step)
        places = {
            Qt.Key.Key_Left: shown - 1,
            Qt.Key.Key_Right: shown + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self.frames) - 1,
            Qt.Key.Key_PageUp: max(0, shown - page),
            Qt.Key.Key_PageDown: min(len(self.frames) - 1, shown + page),
        }
        is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in places:
            self._go(places[Qt.Key(key)], selects=is_shift)
        elif key == Qt.Key.Key_Space and shown >= 0:
            self.selecting.toggle(shown)
        elif key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.selecting.select_all()
        elif key == Qt.Key.Key_Escape and self.selecting.count:
            self.selecting.clear()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal):
            by = -_LARGER if key == Qt.Key.Key_Minus else _LARGER
            self.height_wanted.emit(strip_height(min(MOST, max(LEAST, self._layout.height + by))))
        else:
            super().keyPressEvent(event)

    def _go(self, number: int, *, selects: bool) -> None:
        if not 0 <= number < len(self.frames):
            return
        if selects:
            self.selecting.extend_to(number)
        self._navigation.go_to_number(number)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().viewportEvent(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        number = self._layout.number_at(event.pos().x() + self._offset)
        card = None if number is None else self.frames.card(number)
        if number is None or card is None:
            QToolTip.hideText()
            return
        text = described(number, len(self.frames), card, self.thumbnails.get(card.id))
        QToolTip.showText(event.globalPos(), plain_tip(text), self.viewport())
