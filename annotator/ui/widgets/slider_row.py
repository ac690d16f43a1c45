"""A slider with its name before it and its value behind it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from annotator.translation import tr
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.widgets.parts import row, text_label

_NAME: Final = 88
_VALUE: Final = 44
_GROOVE: Final = 4
# Half of the handle, which the line ends at.
_HANDLE: Final = 7


class _FromPlain(QSlider):
    """Its groove is filled from the position that changes nothing to the handle, on either side."""

    def __init__(self, theme: Theme, plain: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("fromPlain")
        self._theme = theme
        self._plain = plain

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the filled part over what the style paints."""
        super().paintEvent(event)
        plain, handle = self._centre_of(self._plain), self._centre_of(self.value())
        # Not below the handle, which is painted already.
        ends = (plain, handle - _HANDLE) if handle > plain else (handle + _HANDLE, plain)
        if ends[0] >= ends[1]:
            return
        painter = QPainter(self)
        top = (self.height() - _GROOVE) / 2
        painter.fillRect(
            QRectF(ends[0], top, ends[1] - ends[0], _GROOVE), QColor(self._theme.colours.accent)
        )
        painter.end()

    def _centre_of(self, value: int) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        option.sliderPosition = value
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        return handle.center().x()


class _Title(QLabel):
    """The name of a slider. `double_clicked()` with the left button."""

    double_clicked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("dim")
        self.setToolTip(tr("A double click puts the slider back"))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()
        else:
            super().mouseDoubleClickEvent(event)


class SliderRow(QWidget):
    """Name, slider, value. `changed(int)` when somebody moves it; a double click on the name puts it back.

    text_of: what is shown for a position of the slider. plain: the position that changes nothing.
    """

    changed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        name: str,
        least: int,
        most: int,
        plain: int,
        text_of: Callable[[int], str],
    ) -> None:
        super().__init__()
        self._plain = plain
        self._text_of = text_of
        self.slider = (
            _FromPlain(theme, plain) if least < 0 < most else QSlider(Qt.Orientation.Horizontal)
        )
        self.slider.setRange(least, most)
        self.slider.setPageStep(max(1, (most - least) // 10))
        self.slider.setAccessibleName(name)
        self._value = text_label("", "dim")
        self._value.setFont(number_font(self._value.font()))
        self._value.setFixedWidth(_VALUE)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.title = _Title(name)
        self.title.setFixedWidth(_NAME)
        self.title.setBuddy(self.slider)
        self.title.double_clicked.connect(self.reset)
        line = row(self, gap=8)
        line.addWidget(self.title)
        line.addWidget(self.slider, 1)
        line.addWidget(self._value)
        self.slider.valueChanged.connect(self._show)
        self.slider.valueChanged.connect(self.changed)
        self.slider.setValue(plain)
        self._show(plain)

    @property
    def value(self) -> int:
        """Where the slider stands."""
        return self.slider.value()

    def set_value(self, value: int) -> None:
        """Move the slider without telling of it."""
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self._show(value)

    def reset(self) -> None:
        """Put the slider where it changes nothing."""
        self.slider.setValue(self._plain)

    def _show(self, value: int) -> None:
        self._value.setText(self._text_of(value))
