"""The quiet bar at the top of the canvas."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QPushButton, QToolButton, QWidget

from annotator.messages import Answer, Level, Message
from annotator.ui.icons import icon, icon_pixmap
from annotator.ui.parts import push_button, row, text_label
from annotator.ui.theme import Theme

# What is only for information goes by itself.
_INFO_MS: Final = 6_000
_MARGIN: Final = 12
_MOST_WIDTH: Final = 760
_ICONS: Final[dict[Level, str]] = {"info": "info", "warning": "warning", "error": "error"}


class MessageBar(QFrame):
    """Shows one message at a time over the upper edge of its parent, the newest first.

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
        self._close.setAccessibleName("Close message")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setFixedSize(26, 26)
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.close_current)
        self._row = row(self, gap=10)
        self._row.setContentsMargins(12, 6, 6, 6)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INFO_MS)
        self._timer.timeout.connect(self.close_current)
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

    def take_back(self, message: Message) -> None:
        """Take one message away, shown or waiting."""
        self._waiting = [one for one in self._waiting if one is not message]
        self._show_newest()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the parent changes its size."""
        if event.type() == QEvent.Type.Resize:
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
        self._icon.setAccessibleName(message.level)
        self._close.setIcon(icon("close", colours, 14))
        self._text.setText(message.text)
        for answer in message.answers:
            button = push_button(answer.title, "link")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._answered, message, answer))
            self._row.insertWidget(self._row.count() - 1, button)
            button.show()  # or it would be left out when the room for the text is measured
            self._buttons.append(button)
        self.setAccessibleName(message.text)
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
        room = self.parentWidget()
        if room is None or not self.isVisible():
            return
        most = min(_MOST_WIDTH, max(200, room.width() - 2 * _MARGIN))
        # The text takes one line where there is room for it.
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 8
        others = self._row.totalMinimumSize().width() - self._text.minimumSizeHint().width()
        width = min(most, max(260, wanted + others))
        self.setFixedWidth(width)
        height = self._row.heightForWidth(width) if self._row.hasHeightForWidth() else 0
        self.resize(width, max(height, self._row.minimumSize().height()))
        self.move((room.width() - width) // 2, _MARGIN)


def _stays(message: Message) -> bool:
    return message.level != "info" or bool(message.answers)
