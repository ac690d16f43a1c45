"""Fields of the label editor: a colour, a key, a choice among words."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Mapping
from typing import Final, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from annotator.core.labels import PALETTE
from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.elided_box import ElidedBox
from annotator.ui.widgets.parts import row

K = TypeVar("K", bound=str)

_STEP: Final = 22
_PATCH: Final = 16
_HEIGHT: Final = 28
_LEAST_COLUMNS: Final = 8
_MODIFIERS: Final = {
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
}  # fmt: skip


class Palette(QWidget):
    """The colours that stay apart on pictures; one stop of the Tab key, arrows choose. `picked(colour)`."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colour = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Palette"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(_STEP * _LEAST_COLUMNS, _HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(_STEP * len(PALETTE), _HEIGHT)

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(PALETTE) // self._columns(width))
        return _HEIGHT + (rows - 1) * _STEP

    @staticmethod
    def _columns(width: int) -> int:
        """How many patches stand side by side: all of them, or half of them where there is no room."""
        return len(PALETTE) if width >= _STEP * len(PALETTE) else _LEAST_COLUMNS

    def _patch(self, place: int) -> QRect:
        """The room of a patch."""
        row_number, column_number = divmod(place, self._columns(self.width()))
        top = (_HEIGHT - _STEP) // 2 + row_number * _STEP
        return QRect(column_number * _STEP, top, _STEP, _STEP)

    def show_colour(self, colour: str) -> None:
        """Mark a colour."""
        self._colour = colour.strip().lower()
        self.setAccessibleDescription(self._colour)
        self.update()

    def place_of(self, colour: str) -> QPoint:
        """Return the middle of a colour's patch."""
        return self._patch(PALETTE.index(colour)).center()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, colour in enumerate(PALETTE):
            if self._patch(place).contains(event.position().toPoint()):
                self._pick(colour)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        place = PALETTE.index(self._colour) if self._colour in PALETTE else -step
        self._pick(PALETTE[(place + step) % len(PALETTE)])

    def _pick(self, colour: str) -> None:
        self.show_colour(colour)
        self.picked.emit(colour)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, colour in enumerate(PALETTE):
            edge = (_STEP - _PATCH) / 2
            patch = QRectF(self._patch(place)).adjusted(edge, edge, -edge, -edge)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(patch, 4, 4)
            if colour == self._colour:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.text), 2))
                painter.drawRoundedRect(patch.adjusted(-2, -2, 2, 2), 6, 6)
        painter.end()

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()


class ColourField(QWidget):
    """The palette, and a field for any other colour. `edited(text)`."""

    edited = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.palette_row = Palette(theme)
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Colour, written #rrggbb"))
        self.field.setFixedWidth(92)
        line = row(self, gap=10)
        line.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.palette_row, 1)
        self.palette_row.picked.connect(self._picked)
        self.field.textEdited.connect(self._typed)

    def show_colour(self, colour: str) -> None:
        """Show a colour."""
        self.palette_row.show_colour(colour)
        if self.field.text() != colour:
            self.field.setText(colour)

    def _picked(self, colour: str) -> None:
        self.field.setText(colour)
        self.edited.emit(colour)

    def _typed(self, text: str) -> None:
        self.palette_row.show_colour(text)
        self.edited.emit(text.strip())


class KeyField(QLineEdit):
    """Takes the key that is pressed; Backspace and Delete take it away. `edited(key in Qt's portable text)`."""

    edited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName(tr("Key"))
        self.setPlaceholderText(tr("Press a key"))
        self.setClearButtonEnabled(False)

    def event(self, event: QEvent) -> bool:
        # A key that is a command elsewhere is only taken down here.
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and not self._passes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._passes(event):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._take("")
        elif Qt.Key(event.key()) not in _MODIFIERS:
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            combination = QKeySequence(int(event.key()) | modifiers.value)
            self._take(combination.toString(QKeySequence.SequenceFormat.PortableText))

    @staticmethod
    def _passes(event: QKeyEvent) -> bool:
        """Whether a key keeps its meaning: to go to another field, to close, to accept."""
        return event.key() in (
            Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter,
        )  # fmt: skip

    def _take(self, key: str) -> None:
        self.show_key(key)
        self.edited.emit(key)

    def show_key(self, key: str) -> None:
        """Show a key as people on this system write it."""
        portable = QKeySequence.SequenceFormat.PortableText
        native = QKeySequence.SequenceFormat.NativeText
        self.setText(QKeySequence.fromString(key, portable).toString(native) or key)


class WordBox(ElidedBox):
    """One of some words, each standing for a value. `edited(value)` when the user chose another."""

    edited = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(20)
        # A wheel that was meant to scroll the form changes nothing.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda _: self.edited.emit(self.currentData()))

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()

    def offer(self, words: Mapping[K, str] | Mapping[int | None, str], value: object) -> None:
        """Show words to choose from, and choose one."""
        wanted = list(words.items())
        if wanted != [(self.itemData(i), self.itemText(i)) for i in range(self.count())]:
            self.clear()
            for data, word in wanted:
                self.addItem(word, data)
        self.choose(value)

    def choose(self, value: object) -> None:
        """Choose a value, quietly."""
        places = [place for place in range(self.count()) if self.itemData(place) == value]
        self.setCurrentIndex(places[0] if places else -1)
