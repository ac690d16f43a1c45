"""The fields of the properties in their rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from annotator.core.annotations import GROUP_LIMIT, Z_ORDER_LIMIT, Annotation
from annotator.core.geometry import COORDINATE_LIMIT
from annotator.core.labels import Attribute, Label
from annotator.core.shapes import AttributeValue, Rectangle, Shape
from annotator.core.values import finite_number
from annotator.translation import decimal_text, tr
from annotator.ui.filtering.parts import source_name
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import FIELD
from annotator.ui.properties.attributes import AttributeField, attribute_field
from annotator.ui.properties.facts import MIXED, Facts, Mixed
from annotator.ui.properties.geometry import (
    BOX_FIELDS,
    BoxField,
    box_value,
    count_text,
    number_text,
    place_text,
    size_text,
)
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import row, text_label
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.typed_field import (
    Check,
    LabelField,
    NumberField,
    StateChip,
    TypedField,
    mixed_text,
)

_PADDING: Final = 12
_NAMES: Final = 84
_GAP: Final = 6


class Editing(Protocol):
    """What a form asks for when the user has changed something in it."""

    @property
    def theme(self) -> Theme:
        """The colours of the fields."""
        ...

    def ask_for_label(self, beside: QWidget) -> None:
        """Let the user choose another label."""
        ...

    def set_attribute(self, attribute: Attribute, value: AttributeValue) -> None:
        """Give a value to everything selected."""
        ...

    def set_occluded(self) -> None:
        """Switch whether everything selected is occluded."""
        ...

    def set_z_order(self, text: str) -> None:
        """Put everything selected at a height."""
        ...

    def set_group(self, text: str) -> None:
        """Put everything selected into a group."""
        ...

    def set_box(self, field: BoxField, text: str) -> None:
        """Change one number of all boxes."""
        ...

    def leave(self) -> None:
        """Give the keys back to the picture."""
        ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which fields a form has: another form is made only where this differs."""

    attributes: tuple[Attribute, ...]
    has_boxes: bool
    is_single: bool

    @classmethod
    def of(cls, facts: Facts, *, has_boxes: bool) -> "Pattern":
        """Return the pattern for what is selected."""
        attributes = tuple(fact.attribute for fact in facts.attributes)
        return cls(attributes, has_boxes, len(facts.ids) == 1)


class PropertiesForm(QWidget):
    """All fields for a pattern. `typed`: those that may hold what is typed and not finished."""

    def __init__(self, pattern: Pattern, editing: Editing) -> None:
        super().__init__()
        self.setObjectName("properties")
        self.pattern = pattern
        self._editing = editing
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(_PADDING, 2, _PADDING, _PADDING)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(_GAP)
        self._grid.setColumnMinimumWidth(0, _NAMES)
        self._grid.setColumnStretch(1, 1)
        self.typed: list[TypedField] = []
        self.label = LabelField(editing.theme)
        self.label.clicked.connect(lambda: editing.ask_for_label(self.label))
        self._add(tr("Label"), self.label)
        self.attributes: dict[int, AttributeField] = {}
        for attribute in pattern.attributes:
            self._add_attribute(attribute)
        self.occluded = StateChip(editing.theme, "layers", tr("occluded"))
        self.occluded.clicked.connect(lambda: editing.set_occluded())
        self._add(tr("State"), _at_left(self.occluded))
        self.z_order = self._number(tr("Z-order"), _whole(Z_ORDER_LIMIT), editing.set_z_order)
        self.group = self._number(tr("Group"), _whole(GROUP_LIMIT), editing.set_group)
        self._add(tr("Z-order"), self.z_order)
        self._add(tr("Group"), self.group)
        self.box: dict[BoxField, NumberField] = {}
        self.place, self.extent = _fact(), _fact()
        self.count = _fact()
        self._add_place()
        self.source = _fact()
        self._add(tr("Source"), self.source)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def show_facts(
        self, facts: Facts, boxes: tuple[Rectangle, ...], single: Annotation | None
    ) -> None:
        """Show what is selected. boxes: all of it, where it is boxes. single: the only one."""
        label = facts.label
        self.label.show_label(label if isinstance(label, Label) else None, mixed=label is MIXED)
        for fact in facts.attributes:
            self.attributes[fact.attribute.id].show(fact.value)
        self.occluded.show_state(facts.occluded is True, mixed=facts.occluded is MIXED)
        _show_number(self.z_order, facts.z_order, empty="0")
        # Of no group: 0 in the store, nothing to read here.
        _show_number(self.group, facts.group or "", empty=tr("none"))
        self._show_boxes(boxes)
        if single is not None and single.shape is not None:
            self.show_shape(single.shape)
        self.source.set_full_text(_source_text(facts))

    def show_shape(self, shape: Shape) -> None:
        """Show the place of the only one, while it is dragged too."""
        if isinstance(shape, Rectangle):
            self._show_boxes((shape,))
            return
        self.place.set_full_text(place_text(shape))
        self.extent.set_full_text(size_text(shape))
        self.count.set_full_text(count_text(shape))

    def _show_boxes(self, boxes: tuple[Rectangle, ...]) -> None:
        for name, field in self.box.items():
            values = {box_value(one, name) for one in boxes}
            _show_number(field, number_text(values.pop()) if len(values) == 1 else MIXED)

    # Rows -------------------------------------------------------------------------------------------

    def _add(self, name: str, field: QWidget) -> None:
        label = ElidedLabel(Qt.TextElideMode.ElideRight, "dim")
        label.set_full_text(name)
        label.setToolTip(plain_tip(name))
        label.setFixedHeight(FIELD)
        label.setMaximumWidth(_NAMES)
        line = self._grid.rowCount()
        self._grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, line, 1)

    def _add_attribute(self, attribute: Attribute) -> None:
        editing = self._editing
        field = attribute_field(attribute, lambda value: editing.set_attribute(attribute, value))
        self.attributes[attribute.id] = field
        if isinstance(field.widget, TypedField):
            self._typed(field.widget)
        self._add(attribute.name, field.widget)

    def _add_place(self) -> None:
        if self.pattern.has_boxes:
            titles = _box_titles()
            for name in BOX_FIELDS:
                field = self._number(titles[name], _box_check(name), self._box_setter(name))
                self.box[name] = field
            self._add(tr("Place"), _pair((tr("x"), self.box["x"]), (tr("y"), self.box["y"])))
            width, height = self.box["width"], self.box["height"]
            self._add(tr("Size"), _pair((tr("w"), width), (tr("h"), height)))
            self._add(tr("Rotation"), _pair(("°", self.box["rotation"]), None))
        elif self.pattern.is_single:
            self._add(tr("Place"), self.place)
            self._add(tr("Size"), self.extent)
            self._add(tr("Content"), self.count)

    def _box_setter(self, name: BoxField) -> Callable[[str], None]:
        return lambda text: self._editing.set_box(name, text)

    def _number(self, name: str, check: Check, give: Callable[[str], None]) -> NumberField:
        field = NumberField(name, check)
        field.setFont(number_font(field.font()))
        field.committed.connect(give)
        self._typed(field)
        return field

    def _typed(self, field: TypedField) -> None:
        field.left.connect(self._editing.leave)
        self.typed.append(field)


def _fact() -> ElidedLabel:
    """What can be read only."""
    label = ElidedLabel(Qt.TextElideMode.ElideRight, "")
    label.setFont(number_font(label.font()))
    label.setFixedHeight(FIELD)
    return label


def _at_left(widget: QWidget) -> QWidget:
    holder = QWidget()
    line = row(holder)
    line.setContentsMargins(0, 2, 0, 2)
    line.addWidget(widget)
    line.addStretch(1)
    return holder


def _pair(first: tuple[str, QWidget], second: tuple[str, QWidget] | None) -> QWidget:
    """Two fields of one width, each behind its letter."""
    holder = QWidget()
    line = row(holder, gap=6)
    for one in (first, second):
        half = QWidget()
        inside = row(half, gap=4)
        if one is not None:
            letter = text_label(one[0], "faint")
            letter.setFixedWidth(12)
            inside.addWidget(letter)
            one[1].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            inside.addWidget(one[1], 1)
        line.addWidget(half, 1)
    return holder


def _show_number(field: NumberField, value: float | str | Mixed | None, *, empty: str = "") -> None:
    mixed = isinstance(value, Mixed)
    field.show_text("" if mixed or value is None else str(value), mixed=mixed, empty=empty)


def _whole(limit: int) -> Check:
    """A whole number below a limit; nothing stands for 0."""

    def check(text: str) -> str:
        try:
            number = int(text or 0)
        except ValueError:
            return tr("Type a whole number.")
        if not -limit <= number < limit:
            return tr("The number is too large.")
        return ""

    return check


def _box_check(field: BoxField) -> Check:
    def check(text: str) -> str:
        number = finite_number(text)
        if number is None:
            return tr("Type a number.")
        if field in ("width", "height") and number < 0.0:
            return tr("The size of a box is at least 0.")
        # Where it is too far out only with the box, the step is refused.
        return "" if abs(number) <= COORDINATE_LIMIT else tr("The number is too large.")

    return check


def _box_titles() -> dict[BoxField, str]:
    return {
        "x": tr("Left edge"),
        "y": tr("Upper edge"),
        "width": tr("Width"),
        "height": tr("Height"),
        "rotation": tr("Rotation"),
    }


def _source_text(facts: Facts) -> str:
    source = facts.source
    name = mixed_text() if isinstance(source, Mixed) else source_name(source)
    if facts.score is None:
        return name
    score = mixed_text() if isinstance(facts.score, Mixed) else decimal_text(facts.score, 2)
    return tr("{source}, score {score}", source=name, score=score)
