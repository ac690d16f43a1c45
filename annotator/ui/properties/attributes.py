"""A field for each type of attribute."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute, attribute_text
from annotator.core.shapes import AttributeValue
from annotator.core.validation import check_value
from annotator.translation import tr
from annotator.ui.properties.facts import MIXED, Mixed
from annotator.ui.widgets.elided_box import ElidedBox
from annotator.ui.widgets.parts import column, text_label
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.said_below import error_text
from annotator.ui.widgets.typed_field import NumberField, TypedField, mixed_text

# Called with a value that the user has given.
Give: TypeAlias = Callable[[AttributeValue], object]

# With more values than this a radio is a list that opens.
_MOST_RADIOS: Final = 5
_LONGEST_RADIO: Final = 24


class AttributeField(Protocol):
    """Shows the value of one attribute, and lets the user give another."""

    @property
    def widget(self) -> QWidget:
        """What stands in the form."""
        ...

    def show(self, value: AttributeValue | Mixed | None) -> None:
        """Show a value, that there are several, or that there is none."""
        ...


def attribute_field(attribute: Attribute, give: Give) -> AttributeField:
    """Return the field for an attribute."""
    match attribute.kind:
        case "checkbox":
            return _CheckField(attribute, give)
        case "radio" if _fits_as_radios(attribute):
            return _RadioField(attribute, give)
        case "select" | "radio":
            return _ChoiceField(attribute, give)
        case _:
            return _LineField(attribute, give)


def typed_problem(attribute: Attribute, text: str) -> str:
    """Return what is wrong with a typed value as a sentence, empty where nothing is."""
    try:
        value = attribute.parse(text)
    except InvalidValueError as error:
        return error_text(error)
    return next((sentence for _, sentence in check_value(attribute, value)), "")


def _fits_as_radios(attribute: Attribute) -> bool:
    values = attribute.values
    return len(values) <= _MOST_RADIOS and max(map(len, values)) <= _LONGEST_RADIO


class ChoiceList(ElidedBox):
    """A list that opens; the wheel scrolls what it stands in, not its value."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the panel."""
        event.ignore()


class _ChoiceField:
    def __init__(self, attribute: Attribute, give: Give) -> None:
        self.widget = self._list = ChoiceList()
        self._values = attribute.values
        self._list.setAccessibleName(attribute.name)
        self._list.view().setAccessibleName(attribute.name)
        self._list.setMinimumContentsLength(4)
        self._list.addItems(attribute.values)
        for place, value in enumerate(attribute.values):
            self._list.setItemData(place, plain_tip(value), Qt.ItemDataRole.ToolTipRole)
        self._list.activated.connect(lambda place: give(self._values[place]))

    def show(self, value: AttributeValue | Mixed | None) -> None:
        if value in self._values:
            self._list.setCurrentIndex(self._values.index(str(value)))
            return
        # Also one that is none of the choices any more is shown as it is.
        text = mixed_text() if value is MIXED else "" if value is None else _text(value)
        self._list.setPlaceholderText(text)
        self._list.setCurrentIndex(-1)


class _RadioField:
    def __init__(self, attribute: Attribute, give: Give) -> None:
        self.widget = QWidget()
        self.widget.setAccessibleName(attribute.name)
        self._group = QButtonGroup(self.widget)
        self._group.setExclusive(True)
        self._values = attribute.values
        lines = column(self.widget, gap=6)
        lines.setContentsMargins(0, 5, 0, 5)
        for place, value in enumerate(attribute.values):
            button = QRadioButton(value.replace("&", "&&"))
            button.setAccessibleName(f"{attribute.name}: {value}")
            self._group.addButton(button, place)
            lines.addWidget(button)
        self._mixed = text_label(mixed_text(), "dim")
        lines.addWidget(self._mixed)
        self._group.idClicked.connect(lambda place: give(self._values[place]))

    def show(self, value: AttributeValue | Mixed | None) -> None:
        place = self._values.index(str(value)) if value in self._values else -1
        # Qt lets no button of an exclusive group go out by itself.
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(self._group.id(button) == place)
        self._group.setExclusive(True)
        self._mixed.setVisible(value is MIXED)


class _CheckField:
    def __init__(self, attribute: Attribute, give: Give) -> None:
        self.widget = self._box = QCheckBox()
        self._box.setAccessibleName(attribute.name)
        self._box.clicked.connect(lambda: self._clicked(give))

    def show(self, value: AttributeValue | Mixed | None) -> None:
        mixed = value is MIXED
        self._box.setTristate(mixed)
        state = Qt.CheckState.PartiallyChecked if mixed else _checked(value is True)
        self._box.setCheckState(state)
        self._box.setText(mixed_text() if mixed else "")

    def _clicked(self, give: Give) -> None:
        self._box.setTristate(False)
        give(self._box.isChecked())


class _LineField:
    def __init__(self, attribute: Attribute, give: Give) -> None:
        def check(text: str) -> str:
            return typed_problem(attribute, text)

        self.widget = self._line = (
            NumberField(attribute.name, check, attribute.step or 1.0)
            if attribute.kind == "number"
            else TypedField(attribute.name, check)
        )
        limits = _limits(attribute)
        self._empty = limits
        self._line.committed.connect(lambda text: give(attribute.parse(text)))

    def show(self, value: AttributeValue | Mixed | None) -> None:
        text = "" if value is MIXED or value is None else _text(value)
        self._line.show_text(text, mixed=value is MIXED, empty=self._empty)


def _limits(attribute: Attribute) -> str:
    """Return the range of a number in words, as far as it has one."""
    low, high = attribute.minimum, attribute.maximum
    if low is not None and high is not None:
        return tr("{low} to {high}", low=attribute_text(low), high=attribute_text(high))
    if low is not None:
        return tr("at least {low}", low=attribute_text(low))
    return "" if high is None else tr("at most {high}", high=attribute_text(high))


def _text(value: AttributeValue | Mixed | None) -> str:
    assert value is not None
    assert not isinstance(value, Mixed)
    return attribute_text(value)


def _checked(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
