"""Choosing another colour for a label: the palette, or any colour typed as `#rrggbb`."""
# ruff: noqa: D102 - Qt explains its virtual functions

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from annotator.core.errors import InvalidValueError
from annotator.core.labels import PALETTE, checked_colour
from annotator.translation import tr
from annotator.ui.look.popup_frame import PopupFrame
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.parts import column
from annotator.ui.widgets.said_below import error_text
from annotator.ui.widgets.typed_field import TypedField

_COLUMNS: Final = 8
_SIDE: Final = 24


class ColourPopup(PopupFrame):
    """Closes when a colour is chosen, with `chosen("#rrggbb")`, or when something else is clicked."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Colour of the label"))
        grid = QGridLayout()
        grid.setSpacing(4)
        self.swatches = [_Swatch(theme, one, is_chosen=one == colour) for one in PALETTE]
        for place, swatch in enumerate(self.swatches):
            swatch.clicked.connect(lambda _=False, one=swatch: self._choose(one.colour))
            grid.addWidget(swatch, place // _COLUMNS, place % _COLUMNS)
        self.field = TypedField(tr("Colour as #rrggbb"), _colour_problem)
        self.field.show_text(colour)
        self.field.committed.connect(self._typed)
        lines = column(self, gap=8)
        lines.setContentsMargins(10, 10, 10, 10)
        lines.addLayout(grid)
        lines.addWidget(self.field)

    def open_at(self, place: QPoint) -> None:
        """Open at a place in global coordinates."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = min(place.x() + 8, room.right() - self.width())
        self.move(left, min(place.y(), room.bottom() - self.height()))
        self.show()
        current = next((one for one in self.swatches if one.is_chosen), self.swatches[0])
        current.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -_COLUMNS, Qt.Key.Key_Down: _COLUMNS,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        here = next((i for i, one in enumerate(self.swatches) if one.hasFocus()), None)
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif step is None or here is None:
            super().keyPressEvent(event)
        elif 0 <= here + step < len(self.swatches):
            self.swatches[here + step].setFocus(Qt.FocusReason.TabFocusReason)
        elif step == _COLUMNS:
            self.field.setFocus(Qt.FocusReason.TabFocusReason)

    def _typed(self, text: str) -> None:
        """Take what was typed, unless a swatch is clicked instead, which has the focus by now."""
        if not any(one.hasFocus() for one in self.swatches):
            self._choose(checked_colour(text))

    def _choose(self, colour: str) -> None:
        self.chosen.emit(colour)
        self.close()


def _colour_problem(text: str) -> str:
    try:
        checked_colour(text)
    except InvalidValueError as error:
        return error_text(error)
    return ""


class _Swatch(QAbstractButton):
    """One colour of the palette."""

    def __init__(self, theme: Theme, colour: str, *, is_chosen: bool) -> None:
        super().__init__()
        self._theme = theme
        self.colour = colour
        self.is_chosen = is_chosen
        self.setAccessibleName(colour)
        self.setToolTip(colour)
        self.setFixedSize(_SIDE, _SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            # The arrows move in the grid.
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), 4, 4)
        if self.hasFocus() or self.is_chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(colours.accent if self.hasFocus() else colours.text))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
