"""The command palette: everything the program can do, found by typing."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ROW
from annotator.ui.palette.list import PaletteRow, palette_list
from annotator.ui.widgets.focus_back import give_focus_back
from annotator.ui.widgets.parts import column, text_label

WIDTH: Final = 560
_MOST_ROWS: Final = 12
_MARGIN: Final = 12
# Below the bars, and in the same place however many rows there are: nothing moves under the pointer.
_TOP: Final = 116
_FIELD: Final = 36


class Palette(QFrame):
    """A field over the window, and what matches under it.

    Signals: `asked(text)` when something is typed, which whoever made it answers by `show_rows`; `chosen(row)`
    once the palette is closed and the focus is where it was before.
    """

    asked = Signal(str)
    chosen = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("popup")
        self.setAccessibleName(tr("Commands"))
        self._window = window
        self._before: QWidget | None = None
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setFixedHeight(_FIELD)
        self.field.setAccessibleName(tr("Command"))
        self.field.setPlaceholderText(tr("Find a command"))
        self.field.textChanged.connect(self.asked)
        self.field.installEventFilter(self)
        self.list, self.rows = palette_list(theme, self)
        self.list.setAccessibleName(tr("Found commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._choose)
        self.empty = text_label("", "dim", wraps=True)
        self.empty.setContentsMargins(_MARGIN, 4, _MARGIN, 8)
        self.hint = text_label(_hint(), "statusText")
        self.hint.setContentsMargins(_MARGIN, 6, _MARGIN, 6)
        lines = column(self, gap=0)
        lines.setContentsMargins(4, 4, 4, 0)
        lines.addWidget(self.field)
        lines.addSpacing(4)
        lines.addWidget(self.list)
        lines.addWidget(self.empty)
        lines.addSpacing(4)
        line = QFrame()
        line.setObjectName("divider")
        line.setFixedHeight(1)
        lines.addWidget(line)
        lines.addWidget(self.hint)
        self.hide()

    def ask(self, text: str = "") -> None:
        """Open with a text in the field."""
        if not self.isVisible():
            self._before = self._window.focusWidget()
        self.field.setText(text)
        self.asked.emit(text)
        self.show()
        self.raise_()
        self._place()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_rows(self, rows: Sequence[PaletteRow], empty: str = "", hint: str = "") -> None:
        """Show what matches. empty: the sentence in place of rows where there are none. hint: the line below."""
        self.rows.show(rows)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.empty.setText(empty)
        self.hint.setText(hint or _hint())
        self._place()
        self._go(0, 1)

    def dismiss(self) -> None:
        """Close without a choice."""
        if self.isVisible():
            self.hide()
            give_focus_back(self._before)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter chooses, Esc closes, the arrows move in the list; leaving the field closes."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible() and self.isActiveWindow():
            self.hide()  # where the focus went, it stays
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        current = self.list.currentIndex().row()
        last = self.rows.rowCount() - 1
        match event.key():
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self.list.currentIndex())
            case Qt.Key.Key_Down:
                self._go(0 if current == last else current + 1, 1)
            case Qt.Key.Key_Up:
                self._go(last if current <= 0 else current - 1, -1)
            case Qt.Key.Key_PageDown:
                self._go(min(last, current + _MOST_ROWS - 1), 1)
            case Qt.Key.Key_PageUp:
                self._go(max(0, current - _MOST_ROWS + 1), -1)
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                pass  # there is nowhere else to go
            case _:
                return False
        return True

    def _go(self, place: int, direction: int) -> None:
        """Make a row the current one, or the next behind it in a direction that is no heading."""
        if place >= self.rows.rowCount() - _MOST_ROWS:
            self.rows.fetchMore(QModelIndex())
        count = self.rows.rowCount()
        for _ in range(count):
            if not self.rows.row_at(place).is_head:
                break
            place = (place + direction) % count
        if count:
            index = self.rows.index(place)
            self.list.setCurrentIndex(index)
            if place == 1:
                self.list.scrollTo(
                    self.rows.index(0)
                )  # a heading is seen with the first row under it
            self.list.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        row = self.rows.row_at(index.row())
        if row.is_head or not row.is_possible or row.act is None:
            return  # the row itself says why
        self.hide()
        give_focus_back(self._before)
        self.chosen.emit(row)

    def _place(self) -> None:
        room = self._window.rect()
        top = min(_TOP, max(_MARGIN, room.height() // 6))
        most = max(3, min(_MOST_ROWS, (room.height() - top - 120) // ROW))
        height = ROW * min(most, max(1, self.rows.rowCount()))
        self.list.setFixedHeight(height + 2 * self.list.frameWidth())
        width = min(WIDTH, room.width() - 2 * _MARGIN)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((room.width() - width) // 2, top)


def _hint() -> str:
    return tr("249 goes to a frame    # finds or makes a label    / finds a file")
