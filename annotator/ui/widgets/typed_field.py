"""The fields of the properties: what is typed in them is told once, when it is finished."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Callable
from typing import Final, TypeAlias

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from annotator.core.labels import Label
from annotator.translation import tr, with_dot
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD
from annotator.ui.widgets.label_rows import paint_swatch
from annotator.ui.widgets.plain_tips import plain_tip

# Returns what is wrong with a text as a sentence, empty where nothing is.
Check: TypeAlias = Callable[[str], str]

_CHEVRON: Final = 14


def mixed_text() -> str:
    """What stands in a field whose objects differ."""
    return tr("(mixed)")


class TypedField(QLineEdit):
    """A line that tells `committed(text)` on Enter, and when it is left; Esc puts back what was there.

    What is being typed is never written over by what is shown. A text with something wrong stays, marked as such.
    `left()` after Enter and Esc.
    """

    committed = Signal(str)
    left = Signal()

    def __init__(self, name: str, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setAccessibleName(name)
        self._check = check
        self._shown = ""
        self._is_mixed = False
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(lambda _: self._show_problem(""))

    @property
    def is_unfinished(self) -> bool:
        """Whether something was typed that nobody was told."""
        return self.isModified() and self.text() != self._shown

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, empty where nothing is."""
        return self._check(self.text()) if self.is_unfinished else ""

    def show_text(self, text: str, *, mixed: bool = False, empty: str = "") -> None:
        """Show a value, unless another is being typed. empty: what stands there in faint where it is empty."""
        self._shown, self._is_mixed = text, mixed
        self.setPlaceholderText(mixed_text() if mixed else empty)
        if self.is_unfinished:
            return
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self.setModified(False)
        self._show_problem("")

    def commit(self) -> None:
        """Tell what was typed, if it is something and right."""
        if not self.is_unfinished:
            self.setModified(False)
            return
        problem = self._check(self.text())
        self._show_problem(problem)
        if not problem:
            # First: whoever is told may show another value at once.
            self._shown = self.text()
            self.setModified(False)
            self.committed.emit(self._shown)

    def drop(self) -> None:
        """Put back what was there."""
        self.setModified(False)
        self.setText(self._shown)
        self._show_problem("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Escape:
                self.drop()
                self.left.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                super().keyPressEvent(event)
                if not self.is_unfinished:
                    self.left.emit()
            case _:
                super().keyPressEvent(event)

    def _show_problem(self, problem: str) -> None:
        if bool(problem) != bool(self.property("bad")):
            self.setProperty("bad", bool(problem))
            self.style().polish(self)
        self.setToolTip(plain_tip(problem))


class NumberField(TypedField):
    """A number; the arrows up and down change it by a step. Where there are several, they change none."""

    def __init__(
        self, name: str, check: Check, step: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, check, parent)
        self._step = step

    def text(self) -> str:
        return with_dot(super().text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        directions = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        direction = directions.get(Qt.Key(event.key()))
        if direction is None:
            super().keyPressEvent(event)
            return
        if self._is_mixed and not self.text():
            return
        try:
            number = float(self.text() or 0)
        except ValueError:
            return
        wide = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        text = f"{number + direction * self._step * wide:.6f}".rstrip("0").rstrip(".")
        if not self._check(text):
            self.setText(text)
            self.setModified(True)


class LabelField(QAbstractButton):
    """Shows a label with its colour; a click, or Down, lets the user choose another."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colour = ""
        self.setFixedHeight(FIELD)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_label(self, label: Label | None, *, mixed: bool) -> None:
        """Show a label, or that there are several."""
        self.setText(mixed_text() if mixed else "?" if label is None else label.name)
        self.setShortcut(QKeySequence())  # Qt takes Alt+D out of a label named "R&D"
        self._colour = "" if mixed or label is None else label.colour
        self.setAccessibleName(tr("Label: {name}", name=self.text()))
        self.setToolTip(plain_tip(self.text()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, FIELD)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.bg3))
        painter.setBrush(QColor(colours.bg3))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        left = 9
        if self._colour:
            paint_swatch(painter, left, self.height() // 2, self._colour)
            left += 18
        chevron = icon_pixmap("chevron-down", colours.dim, _CHEVRON, self.devicePixelRatioF())
        right = self.width() - 6 - _CHEVRON
        painter.drawPixmap(right, (self.height() - _CHEVRON) // 2, chevron)
        words = colours.text if self.isEnabled() and self._colour else colours.dim
        painter.setPen(QColor(words))
        room = QRect(left, 0, right - left - 6, self.height())
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        side = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class StateChip(QAbstractButton):
    """A state with its icon, on or off; "(mixed)" is drawn as half of it."""

    def __init__(self, theme: Theme, icon: str, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.is_mixed = False
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_state(self, on: bool, *, mixed: bool) -> None:
        """Show whether it is so, or so for some."""
        self.is_mixed = mixed
        self.setChecked(on)
        name = f"{self.text()} {mixed_text()}" if mixed else self.text()
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words()) + 40, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        on = self.isChecked()
        ground, words = (colours.accent_ground, colours.text) if on else (colours.bg3, colours.dim)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        framed = (
            colours.accent if self.hasFocus() else colours.line if self.underMouse() else ground
        )
        painter.setPen(QColor(framed))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        icon = colours.accent if on else colours.dim
        painter.drawPixmap(9, 5, icon_pixmap(self._icon, icon, 14, self.devicePixelRatioF()))
        painter.setPen(QColor(words if self.isEnabled() else colours.faint))
        painter.drawText(
            self.rect().adjusted(29, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, self._words()
        )
        painter.end()

    def _words(self) -> str:
        return f"{self.text()} {mixed_text()}" if self.is_mixed else self.text()
