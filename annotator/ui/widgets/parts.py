"""Plain widgets and layouts as this window uses them everywhere."""

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.translation import tr
from annotator.ui.look.tokens import ICON
from annotator.ui.widgets.boxes import Column, Row

L = TypeVar("L", bound=QLayout)


def text_label(text: str = "", look: str = "", *, wraps: bool = False) -> QLabel:
    """A text that is shown as it is, never as markup. look: a name in the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setObjectName(look)
    label.setWordWrap(wraps)
    return label


def section_head(text: str) -> QLabel:
    """The words above a group of fields: small, and drawn in capitals without becoming such for a screen reader."""
    label = text_label(text, "sectionHead")
    font = label.font()
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    label.setFont(font)
    return label


def push_button(text: str, look: str = "") -> QPushButton:
    """A button with a word, which Enter presses while it has the focus. look: a name in the style sheet."""
    button = _PushButton(text)
    button.setObjectName(look)
    return button


class _PushButton(QPushButton):
    """Qt hears Enter on buttons that may become the default of their dialog, and else gives it to the default one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def action_button(action: QAction, size: int, look: str = "") -> QToolButton:
    """A square button with the icon of an action."""
    button = QToolButton()
    button.setObjectName(look)
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFixedSize(size, size)
    button.setIconSize(QSize(ICON, ICON))
    button.setAccessibleName(action.text())
    # The canvas keeps the keys: a click on a tool is followed by drawing, not by typing into the button.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def progress_bar(*, keeps_room: bool = False) -> QProgressBar:
    """A bar without words. keeps_room: it is hidden at first, and nothing moves when it is shown."""
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setAccessibleName(tr("Progress"))
    if keeps_room:
        policy = bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        bar.setSizePolicy(policy)
        bar.hide()
    return bar


def row(parent: QWidget | None = None, *, gap: int = 8) -> QHBoxLayout:
    """An empty row of widgets without margins."""
    return _bare(Row() if parent is None else Row(parent), gap)


def column(parent: QWidget | None = None, *, gap: int = 8) -> QVBoxLayout:
    """An empty column of widgets without margins."""
    return _bare(Column() if parent is None else Column(parent), gap)


def _bare(layout: L, gap: int) -> L:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    return layout
