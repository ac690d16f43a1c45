"""Where the pointer is, what is selected, what runs in the background, and whether everything is saved."""

from typing import Final, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from annotator import messages
from annotator.canvas.view import CanvasView
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import STATUS_BAR, STATUS_TEXT, Tokens
from annotator.ui.shell.work_state import WorkState
from annotator.ui.shown.session import Session
from annotator.ui.shown.work_watch import WorkWatch
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import row, text_label
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.said_below import said_below

Colour: TypeAlias = tuple[int, int, int]

_ICON: Final = 14
_ROOM_FOR_COLOUR: Final = 1200
_ROOM_FOR_HINT: Final = 900
# The beginning of a sentence that breaks off after a word says nothing.
_LEAST_HINT: Final = 120


class StatusBar(QWidget):
    """One line at the lower edge. watch: what runs in the background."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        canvas: CanvasView,
        watch: WorkWatch,
    ) -> None:
        super().__init__()
        self.watch = watch
        self.setFixedHeight(STATUS_BAR)
        self._canvas = canvas
        self._object_count = 0
        self._place = _number_label("x 00000.0  y 00000.0")
        self._colour = _number_label("rgb 255 255 255")
        self._zoom = _number_label("6400 %")
        self._counts = _number_label("")
        self._hint = ElidedLabel(Qt.TextElideMode.ElideRight, "statusText", least=_LEAST_HINT)
        line = row(self, gap=16)
        line.setContentsMargins(12, 0, 12, 0)
        for part in (self._place, self._colour, self._zoom, self._counts):
            line.addWidget(part)
        line.addWidget(self._hint, 1)
        line.addStretch(0)
        self.work_state = WorkState(watch)
        self.saved = SavedState(theme, session)
        self._line = line
        line.addWidget(self.work_state)
        line.addWidget(self.saved)
        canvas.pointer_moved.connect(self._show_pointer)
        canvas.pointer_left.connect(self._clear_pointer)
        canvas.zoom_changed.connect(self._show_zoom)
        canvas.selection_changed.connect(self._show_counts)
        canvas.hint_changed.connect(self._hint.set_full_text)
        self._hint.set_full_text(canvas.hint)
        self._show_zoom(canvas.zoom)
        self._show_counts()

    def add_state(self, widget: QWidget) -> None:
        """Put what is always to be seen before what runs in the background, behind those that are there."""
        self._line.insertWidget(self._line.indexOf(self.work_state), widget)

    def show_object_count(self, count: int) -> None:
        """Say how many objects the shown frame has."""
        self._object_count = count
        self._show_counts()

    @property
    def place(self) -> str:
        """Where the pointer is, as it is shown."""
        return self._place.text()

    @property
    def counts(self) -> str:
        """What is said of the objects of the frame."""
        return self._counts.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what matters least where there is little room."""
        super().resizeEvent(event)
        self._colour.setVisible(self.width() >= _ROOM_FOR_COLOUR)
        self._hint.setVisible(self.width() >= _ROOM_FOR_HINT)

    def _show_pointer(self, x: float, y: float, colour: Colour | None) -> None:
        self._place.setText(f"x {x:.1f}  y {y:.1f}")
        self._colour.setText("" if colour is None else "rgb {} {} {}".format(*colour))

    def _clear_pointer(self) -> None:
        self._place.setText("")
        self._colour.setText("")

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{100 * zoom:.0f} %")

    def _show_counts(self, _ids: object = None) -> None:
        count, selected = self._object_count, len(self._canvas.selection)
        text = tr_n("{count} object", "{count} objects", count)
        chosen = tr("{objects}, {selected} selected", objects=text, selected=in_digits(selected))
        self._counts.setText(chosen if selected else text)


class SavedState(QWidget):
    """Whether every edit is safely on the disk, or why none can be made."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._trouble = ""
        self._shown = ("", "")
        self._icon = QLabel()
        self._text = text_label("", "statusText")
        line = row(self, gap=5)
        line.addWidget(self._icon)
        line.addWidget(self._text)
        # The words change with each edit, the place of what stands beside them does not.
        self._text.setMinimumWidth(self._text.fontMetrics().horizontalAdvance(tr("Saving…")))
        session.opened.connect(self._opened)
        session.closed.connect(self._show)
        session.changed.connect(self._show)
        session.synced.connect(self._synced)
        theme.changed.connect(self._recolour)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text()

    def _opened(self) -> None:
        self._trouble = ""
        self._show()

    def _synced(self, is_synced: bool, reason: str) -> None:
        trouble = "" if is_synced else said_below(reason)
        if trouble not in ("", self._trouble):
            # Who goes on working must not find out in the end.
            messages.error(tr("Not on disk yet: {reason}", reason=trouble))
        self._trouble = trouble
        self._show()

    def _show(self, _change: object = None) -> None:
        session = self._session
        if not session.is_open:
            self._say("", "", "")
        elif not session.is_writable:
            self._say("lock", tr("Read only"), session.project.read_only_reason)
        elif self._trouble:
            self._say("warning", tr("Not on disk yet"), self._trouble)
        elif session.project.is_synced:
            self._say("check", tr("Saved"), tr("Every edit is on the disk."))
        else:
            more = tr("The last edit is stored and on its way to the disk.")
            self._say("saving", tr("Saving…"), more)

    def _say(self, picture: str, text: str, more: str) -> None:
        self.setToolTip(plain_tip(more))
        if (picture, text) != self._shown:
            self._shown = (picture, text)
            self._text.setText(text)
            self._recolour()

    def _recolour(self) -> None:
        picture, _ = self._shown
        self._icon.setVisible(bool(picture))
        if picture:
            colour = _state_colour(picture, self._theme.colours)
            ratio = self.devicePixelRatioF()
            self._icon.setPixmap(icon_pixmap(picture, colour, _ICON, ratio))


def _state_colour(picture: str, colours: Tokens) -> str:
    return {"check": colours.good, "warning": colours.bad, "lock": colours.warn}.get(
        picture, colours.dim
    )


def _number_label(widest: str) -> QLabel:
    """A label for numbers that keeps its width while they change."""
    label = text_label("", "statusText")
    font = number_font(label.font())
    font.setPixelSize(round(STATUS_TEXT))
    label.setFont(font)
    if widest:
        label.setFixedWidth(label.fontMetrics().horizontalAdvance(widest))
    return label
