"""The control of one setting, made from its declaration."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from annotator.core.errors import InvalidValueError
from annotator.settings import Setting, Settings
from annotator.translation import tr
from annotator.ui.widgets.said_below import error_text

_WIDTH = 200
_PADDING = 6
_MOST = 1_000_000_000
# Steps from one limit of a number to the other.
_STEPS = 50
_DECIMALS = 2


class SettingControl(QObject):
    """Shows the value of a setting, and changes it at once.

    complain: called with the sentence where what was typed makes no sense, and with an empty text once it does.
    """

    def __init__(
        self, setting: Setting[Any], settings: Settings, complain: Callable[[str], object]
    ) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self._complain = complain
        self.widget, self._put = self._made()
        self.widget.setAccessibleName(tr(setting.shown_title))
        self.widget.setAccessibleDescription(tr(setting.help))
        self.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.widget.installEventFilter(self)
        self.show_value()

    def show_value(self) -> None:
        """Show the value there is."""
        with QSignalBlocker(self.widget):
            self._put(self._settings.get(self.setting))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel turns the page, not a control that the pointer happens to be on."""
        if event.type() == QEvent.Type.Wheel and not self.widget.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _made(self) -> tuple[QWidget, Callable[[Any], object]]:
        kind = type(self.setting.default)
        if self.setting.choices:
            return self._choice()
        if kind is bool:
            return self._switch()
        if kind is int:
            return self._whole_number()
        if kind is float:
            return self._number()
        return self._text()

    def _choice(self) -> tuple[QWidget, Callable[[Any], object]]:
        box = QComboBox()
        for choice in self.setting.choices:
            box.addItem(tr(self.setting.title_of(choice)), choice)
        box.setFixedWidth(_WIDTH)
        box.activated.connect(lambda place: self._set(box.itemData(place)))
        return box, lambda value: box.setCurrentIndex(box.findData(value))

    def _switch(self) -> tuple[QWidget, Callable[[Any], object]]:
        box = QCheckBox()
        box.setObjectName("bare")
        box.toggled.connect(self._set)
        return box, box.setChecked

    def _whole_number(self) -> tuple[QWidget, Callable[[Any], object]]:
        box = QSpinBox()
        box.setRange(*(int(limit) for limit in self._limits))
        box.setFixedWidth(_WIDTH // 2)
        _prepare(box)
        box.valueChanged.connect(self._set)
        return box, box.setValue

    def _number(self) -> tuple[QWidget, Callable[[Any], object]]:
        box = QDoubleSpinBox()
        least, most = self._limits
        box.setDecimals(_DECIMALS)
        box.setRange(least, most)
        box.setSingleStep(max(10.0**-_DECIMALS, min(1.0, (most - least) / _STEPS)))
        box.setFixedWidth(_WIDTH // 2)
        _prepare(box)
        box.valueChanged.connect(self._set)
        return box, box.setValue

    def _text(self) -> tuple[QWidget, Callable[[Any], object]]:
        field = QLineEdit()
        field.setFixedWidth(_WIDTH)
        field.editingFinished.connect(lambda: self._set(field.text()))
        return field, field.setText

    @property
    def _limits(self) -> tuple[float, float]:
        least, most = self.setting.minimum, self.setting.maximum
        return (-_MOST if least is None else least, _MOST if most is None else most)

    def _set(self, value: Any) -> None:
        try:
            self._settings.set(self.setting, value)
        except InvalidValueError as error:
            self._complain(error_text(error))
            return
        self._complain("")


def _prepare(box: QAbstractSpinBox) -> None:
    """A number counts once it is typed to its end, and stands as far from the edge as texts do."""
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(_PADDING, 0, 0, 0)
