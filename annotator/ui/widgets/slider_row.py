"""A slider with its name before it and its value behind it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from annotator.ui.look.theme import number_font
from annotator.ui.widgets.parts import row, text_label

_NAME: Final = 88
_VALUE: Final = 44


class SliderRow(QWidget):
    """Name, slider, value. `changed(int)` when somebody moves it; a double click on the name puts it back.

    text_of: what is shown for a position of the slider. plain: the position that changes nothing.
    """

    changed = Signal(int)

    def __init__(
        self, name: str, least: int, most: int, plain: int, text_of: Callable[[int], str]
    ) -> None:
        super().__init__()
        self._plain = plain
        self._text_of = text_of
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(least, most)
        self.slider.setPageStep(max(1, (most - least) // 10))
        self.slider.setAccessibleName(name)
        self._value = text_label("", "dim")
        self._value.setFont(number_font(self._value.font()))
        self._value.setFixedWidth(_VALUE)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        title: QLabel = text_label(name, "dim")
        title.setFixedWidth(_NAME)
        title.setBuddy(self.slider)
        line = row(self, gap=8)
        line.addWidget(title)
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
