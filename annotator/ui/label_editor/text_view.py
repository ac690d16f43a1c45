"""The labels as a text, with the numbers of its lines, and what is wrong with it."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QTextEdit, QWidget

from annotator.formats.cvat.label_text_reading import Mistake
from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.timers import single_shot
from annotator.ui.widgets.parts import column, text_label

_PAUSE_MS: Final = 350
_MOST_SHOWN: Final = 200
_ROW: Final = 30


class LabelTextView(QWidget):
    """`settled()` when nothing was typed for a moment."""

    settled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.editor = CodeField(theme)
        self.hint = text_label("", "dim", wraps=True)
        self.mistakes = QListWidget()
        self.mistakes.setObjectName("listField")
        self.mistakes.setAccessibleName(tr("What must be put right in the text"))
        self.mistakes.setWordWrap(True)
        self.mistakes.hide()
        lines = column(self, gap=8)
        lines.addWidget(self.hint)
        lines.addWidget(self.editor, 1)
        lines.addWidget(self.mistakes)
        self.hint.setText(
            tr(
                "CVAT’s label JSON; “parent” and “hotkey” are this program’s own. The “id” keeps a label the"
                " same when its name changes: leave it out for a new one."
            )
        )
        self._timer = single_shot(self, _PAUSE_MS, self.settled)
        self.editor.textChanged.connect(self._timer.start)
        self.mistakes.itemActivated.connect(self._go_to)
        self.mistakes.itemClicked.connect(self._go_to)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.editor.toPlainText()

    def show_text(self, text: str) -> None:
        """Show a text from its beginning."""
        self.editor.setPlainText(text)
        self._timer.stop()
        self.show_mistakes(())

    def show_mistakes(self, mistakes: tuple[Mistake, ...]) -> None:
        """Mark lines, and list what is wrong with each."""
        self.editor.mark([one.line for one in mistakes])
        self.mistakes.clear()
        for one in mistakes[:_MOST_SHOWN]:
            item = QListWidgetItem(tr("Line {line}: {mistake}", line=one.line, mistake=one.text))
            item.setData(Qt.ItemDataRole.UserRole, one.line)
            self.mistakes.addItem(item)
        self.mistakes.setVisible(bool(mistakes))
        self.mistakes.setFixedHeight(_ROW * min(4, max(2, len(mistakes))) + 6)

    def _go_to(self, item: QListWidgetItem) -> None:
        self.editor.go_to_line(item.data(Qt.ItemDataRole.UserRole))


class CodeField(QPlainTextEdit):
    """A text in letters of one width, with line numbers; lines can be marked as wrong."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._marked: tuple[int, ...] = ()
        self.setObjectName("code")
        self.setAccessibleName(tr("Labels as JSON"))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.setFont(font)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setTabStopDistance(2 * self.fontMetrics().horizontalAdvance(" "))
        self._numbers = _LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self._make_room()

    def mark(self, lines: list[int]) -> None:
        """Mark lines, counted from 1."""
        self._marked = tuple(sorted(set(lines)))
        ground = QColor(self._theme.colours.bad)
        ground.setAlphaF(0.18)
        selections = []
        for line in self._marked[:_MOST_SHOWN]:
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)
                selection.format.setBackground(ground)
                selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                selections.append(selection)
        self.setExtraSelections(selections)
        self._numbers.update()

    def go_to_line(self, line: int) -> None:
        """Show a line, counted from 1, and put the cursor there."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
        self.setFocus()

    # Line numbers -----------------------------------------------------------------------------------

    @property
    def number_width(self) -> int:
        """The room that the numbers take."""
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 20

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width, 0, 0, 0)

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.number_width, inside.height())

    def paint_numbers(self, area: QWidget, event: QPaintEvent) -> None:
        """Paint the numbers of the lines that are seen."""
        colours = self._theme.colours
        painter = QPainter(area)
        painter.fillRect(event.rect(), QColor(colours.bg1))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        while block.isValid() and top <= event.rect().bottom():
            height = round(self.blockBoundingRect(block).height())
            number = block.blockNumber() + 1
            painter.setPen(QColor(colours.bad if number in self._marked else colours.faint))
            place = QRect(0, top, area.width() - 10, height)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number)
            )
            top += height
            block = block.next()
        painter.end()


class _LineNumbers(QWidget):
    def __init__(self, field: CodeField) -> None:
        super().__init__(field)
        self._field = field

    def sizeHint(self) -> QSize:
        return QSize(self._field.number_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._field.paint_numbers(self, event)
