"""The quiet bar at the top of the canvas."""

from functools import partial
from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QTextDocument
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton, QWidget

from annotator.messages import Answer, Level, Message
from annotator.translation import tr
from annotator.ui.look.icons import icon, icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.timers import single_shot
from annotator.ui.widgets.parts import push_button, row, text_label
from annotator.ui.widgets.said_below import said_below

# What is only for information goes by itself.
_INFO_MS: Final = 6_000
_MARGIN: Final = 12
_MOST_WIDTH: Final = 760
_LEAST_WIDTH: Final = 260
_BUTTON: Final = 26
_ICONS: Final[dict[Level, str]] = {"info": "info", "warning": "warning", "error": "error"}


class MessageBar(QFrame):
    """Shows one message at a time over the upper edge of its parent or a part of it, the newest first.

    What has answers, warns, or tells of an error stays until it is closed or answered; one that came before is
    shown again then. It takes no focus, so that typing and drawing go on.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._theme = theme
        self._waiting: list[Message] = []
        self._buttons: list[QPushButton] = []
        self._icon = text_label()
        self._text = text_label(wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close the message"))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setFixedSize(_BUTTON, _BUTTON)
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.close_current)
        self._row = row(self, gap=10)
        self._row.setContentsMargins(12, 6, 6, 6)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close)
        self._timer = single_shot(self, _INFO_MS, self.close_current)
        self._room = parent
        parent.installEventFilter(self)
        theme.changed.connect(self._show_newest)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now; empty while nothing is."""
        return self._waiting[-1].text if self._waiting else ""

    def say(self, message: Message) -> None:
        """Show a message."""
        self._waiting = [one for one in self._waiting if one != message and _stays(one)]
        self._waiting.append(message)
        self._show_newest()

    def close_current(self) -> None:
        """Take the shown message away."""
        if self._waiting:
            self._waiting.pop()
        self._show_newest()

    def clear(self) -> None:
        """Take all messages away."""
        self._waiting.clear()
        self._show_newest()

    def holds(self, message: Message) -> bool:
        """Whether a message is shown or waits: nobody has closed or answered it."""
        return any(one is message for one in self._waiting)

    def take_back(self, message: Message) -> None:
        """Take one message away, shown or waiting."""
        kept = [one for one in self._waiting if one is not message]
        if len(kept) < len(self._waiting):
            self._waiting = kept
            self._show_newest()

    def stay_over(self, room: QWidget) -> None:
        """Stay at the upper edge of a widget, the parent or one inside it."""
        if room is not self._room:
            self._room.removeEventFilter(self)
            self._room = room
            room.installEventFilter(self)
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when what it stays over changes its size or place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEvent) -> None:
        """Nothing goes away while the pointer is on it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        self._start_timer()

    def _show_newest(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        self._timer.stop()
        if not self._waiting:
            self.hide()
            return
        message = self._waiting[-1]
        colours = self._theme.colours
        colour = {"info": colours.accent, "warning": colours.warn, "error": colours.bad}
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icon_pixmap(_ICONS[message.level], colour[message.level], 18, ratio))
        self._icon.setAccessibleName(_level_name(message.level))
        self._close.setIcon(icon("close", colours, 14))
        text = said_below(message.text)
        self._text.setText(text)
        for answer in message.answers:
            button = push_button(answer.title, "link")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._answered, message, answer))
            self._row.insertWidget(self._row.count() - 1, button)
            button.show()  # or it would be left out when the room for the text is measured
            self._buttons.append(button)
        self.setAccessibleName(text)
        # It takes no focus: a screen reader is told.
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.show()
        self._place()
        self.raise_()
        self._start_timer()

    def _start_timer(self) -> None:
        if self._waiting and not _stays(self._waiting[-1]):
            self._timer.start()

    def _answered(self, message: Message, answer: Answer) -> None:
        self.take_back(message)
        answer.run()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None or not self.isVisible():
            return
        room = QRect(self._room.mapTo(parent, QPoint(0, 0)), self._room.size())
        most = min(_MOST_WIDTH, max(200, room.width() - 2 * _MARGIN))
        # The text takes one line where there is room for it.
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 8
        others = self._row.totalMinimumSize().width() - self._text.minimumSizeHint().width()
        width = min(most, max(_LEAST_WIDTH, wanted + others))
        margins = self._row.contentsMargins()
        beside = [_BUTTON, *(button.sizeHint().height() for button in self._buttons)]
        height = max(_text_height(self._text, width - others), *beside)
        edges = self.height() - self.contentsRect().height()
        self.setFixedSize(width, height + margins.top() + margins.bottom() + edges)
        self.move(room.x() + (room.width() - width) // 2, room.y() + _MARGIN)


def _text_height(label: QLabel, width: int) -> int:
    """Return the height of a label's text in lines of a width.

    A label whose text can be selected paints it as a document, whose lines are higher than those that the label
    counts with: its last one would be cut.
    """
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(label.font())
    document.setPlainText(label.text())
    document.setTextWidth(width)
    return ceil(document.size().height()) + 2


def _level_name(level: Level) -> str:
    return {"info": tr("Information"), "warning": tr("Warning"), "error": tr("Error")}[level]


def _stays(message: Message) -> bool:
    return message.level != "info" or bool(message.answers)
