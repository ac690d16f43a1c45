"""The filter as a form and as a text, which say the same; what is changed in one is shown in the other at once."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from annotator.core.annotations import SOURCES
from annotator.core.labels import LabelSchema
from annotator.core.query import (
    ATTRIBUTE_OPERATORS,
    NO_FILTER,
    AttributeTest,
    Filter,
    FilterError,
    Measure,
    parse_filter,
)
from annotator.core.shapes import ANNOTATION_KINDS
from annotator.core.values import finite_number
from annotator.translation import tr
from annotator.ui.filtering.parts import (
    Range,
    filter_summary,
    measure_name,
    range_of,
    source_name,
    with_range,
)
from annotator.ui.look.popup_frame import PopupFrame
from annotator.ui.properties.attributes import ChoiceList
from annotator.ui.shown.kind_names import kind_name
from annotator.ui.widgets.parts import column, push_button, row, section_head, text_label
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.said_below import error_text
from annotator.ui.widgets.typed_field import NumberField

_WIDTH: Final = 380
_NAMES: Final = 84
_SHOWN_MEASURES: Final[tuple[Measure, ...]] = ("score", "area")


class FilterPopup(PopupFrame):
    """Opens below the chip. `changed(Filter)` with each change; `closed(Filter)` with the last one."""

    changed = Signal(object)
    closed = Signal(object)

    def __init__(
        self, wanted: Filter, labels: LabelSchema, recent: Sequence[Filter], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Filter"))
        self.setFixedWidth(_WIDTH)
        self._filter = wanted
        self._labels = labels
        # The conditions on attributes besides the one in the form.
        self._others: tuple[AttributeTest, ...] = ()
        self._lines = column(self, gap=8)
        self._lines.setContentsMargins(12, 12, 12, 12)
        self.text = QLineEdit()
        self.text.setAccessibleName(tr("Conditions as text"))
        self.text.setPlaceholderText("label:person occluded:yes area>500 colour=red")
        self.text.textEdited.connect(self._typed)
        self.text.returnPressed.connect(self.close)
        self.problem = text_label("", "bad", wraps=True)
        self._lines.addWidget(self.text)
        self._lines.addWidget(self.problem)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, _NAMES)
        self._grid.setColumnStretch(1, 1)
        self._lines.addLayout(self._grid)
        self._add_form()
        self._add_foot()
        self._add_recent(recent)
        self._show(wanted, text=str(wanted))

    def open_below(self, widget: QWidget) -> None:
        """Open below a widget, ready to type."""
        self.adjustSize()
        place = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        room = widget.screen().availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)
        self.text.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for field in (*self.least.values(), *self.most.values()):
            field.commit()
        self.closed.emit(self._filter)

    # Putting together -------------------------------------------------------------------------------

    def _add_form(self) -> None:
        names = list(dict.fromkeys(label.name for label in self._labels))
        self.label = self._choice(
            tr("Label"), [(name, name) for name in names], lambda v: {"labels": (v,) if v else ()}
        )
        kinds = [(kind_name(kind), kind) for kind in ANNOTATION_KINDS]
        self.kind = self._choice(tr("Kind"), kinds, lambda v: {"kinds": (v,) if v else ()})
        self.occluded = self._choice(
            tr("Occluded"), [(tr("yes"), True), (tr("no"), False)], lambda v: {"occluded": v}
        )
        sources = [(source_name(source), source) for source in SOURCES]
        self.source = self._choice(tr("Source"), sources, lambda v: {"sources": (v,) if v else ()})
        self.least: dict[Measure, NumberField] = {}
        self.most: dict[Measure, NumberField] = {}
        for measure in _SHOWN_MEASURES:
            self._add_range(measure)
        self._add_attribute()

    def _choice(
        self,
        title: str,
        choices: Sequence[tuple[str, object]],
        fields: Callable[[Any], dict[str, Any]],
    ) -> ChoiceList:
        field = ChoiceList()
        field.setAccessibleName(title)
        field.view().setAccessibleName(title)
        field.setMaxVisibleItems(14)
        field.setMinimumContentsLength(8)
        field.addItem(tr("any"), None)
        for text, value in choices:
            field.addItem(text, value)
        field.activated.connect(
            lambda place: self._change(replace(self._filter, **fields(field.itemData(place))))
        )
        self._add(title, field)
        return field

    def _add_range(self, measure: Measure) -> None:
        title = measure_name(measure).capitalize()
        self.least[measure] = self._limit(tr("{measure} at least", measure=title), measure)
        self.most[measure] = self._limit(tr("{measure} at most", measure=title), measure)
        holder = QWidget()
        line = row(holder, gap=6)
        line.addWidget(self.least[measure], 1)
        line.addWidget(text_label(tr("to"), "dim"))
        line.addWidget(self.most[measure], 1)
        self._add(title, holder)

    def _limit(self, name: str, measure: Measure) -> NumberField:
        step = 0.05 if measure == "score" else 100.0
        field = NumberField(name, _number_problem, step)
        field.committed.connect(lambda _: self._change(self._with_limits(measure)))
        field.left.connect(self.close)
        return field

    def _add_attribute(self) -> None:
        names = dict.fromkeys(one.name for label in self._labels for one in label.attributes)
        self.attribute = ChoiceList()
        self.attribute.addItem(tr("any"), None)
        for name in names:
            self.attribute.addItem(name, name)
        self.attribute.setMinimumContentsLength(6)
        self.attribute.setSizeAdjustPolicy(
            ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.operator = ChoiceList()
        self.operator.addItems(list(ATTRIBUTE_OPERATORS))
        self.operator.setItemData(ATTRIBUTE_OPERATORS.index("~"), tr("contains"), _TIP)
        self.operator.setFixedWidth(58)
        self.value = QLineEdit()
        for field, name in (
            (self.attribute, tr("Attribute")),
            (self.operator, tr("Comparison of the attribute")),
        ):
            field.setAccessibleName(name)
            field.view().setAccessibleName(name)
            field.activated.connect(self._attribute_given)
        self.value.setAccessibleName(tr("Value of the attribute"))
        self.value.setPlaceholderText(tr("value"))
        self.value.textEdited.connect(self._attribute_given)
        self.value.returnPressed.connect(self.close)
        holder = QWidget()
        line = row(holder, gap=6)
        line.addWidget(self.attribute, 3)
        line.addWidget(self.operator)
        line.addWidget(self.value, 3)
        self._add(tr("Attribute"), holder)

    def _add(self, title: str, field: QWidget) -> None:
        line = self._grid.rowCount()
        self._grid.addWidget(text_label(title, "dim"), line, 0)
        self._grid.addWidget(field, line, 1)

    def _add_foot(self) -> None:
        self.clear = push_button(tr("Clear"))
        self.clear.clicked.connect(lambda: self._take(NO_FILTER))
        self.done = push_button(tr("Close"), "primary")
        self.done.clicked.connect(self.close)
        line = row()
        line.addStretch(1)
        line.addWidget(self.clear)
        line.addWidget(self.done)
        self._lines.addLayout(line)

    def _add_recent(self, recent: Sequence[Filter]) -> None:
        self.recent: list[QPushButton] = []
        if not recent:
            return
        self._lines.addWidget(section_head(tr("Used last")))
        lines = column(gap=0)
        for one in recent:
            button = push_button("", "recentFilter")
            metrics = button.fontMetrics()
            text = metrics.elidedText(filter_summary(one), Qt.TextElideMode.ElideRight, _WIDTH - 48)
            button.setText(text.replace("&", "&&"))
            button.setToolTip(plain_tip(str(one)))
            button.setAccessibleName(filter_summary(one))
            button.clicked.connect(lambda _=False, one=one: self._take(one))
            lines.addWidget(button)
            self.recent.append(button)
        self._lines.addLayout(lines)

    # Both ways --------------------------------------------------------------------------------------

    def _take(self, wanted: Filter) -> None:
        """Use another filter as a whole."""
        self._show(wanted, text=str(wanted))
        self.changed.emit(wanted)

    def _change(self, wanted: Filter) -> None:
        """The form was changed."""
        if wanted != self._filter:
            self._take(wanted)

    def _typed(self, text: str) -> None:
        try:
            wanted = parse_filter(text)
        except FilterError as error:
            self._say(error_text(error))
            return
        before = self._filter
        self._show(wanted, text=None)
        if wanted != before:
            self.changed.emit(wanted)

    def _show(self, wanted: Filter, *, text: str | None) -> None:
        """Show a filter in the form; text: what stands in the line, None where it is being typed there."""
        self._filter = wanted
        self._say("")
        if text is not None:
            self.text.setText(text)
        _show_choice(self.label, wanted.labels)
        _show_choice(self.kind, wanted.kinds)
        _show_choice(self.occluded, () if wanted.occluded is None else (wanted.occluded,))
        _show_choice(self.source, wanted.sources)
        for measure in _SHOWN_MEASURES:
            limits = range_of(wanted, measure)
            self.least[measure].show_text(_limit_text(limits.least), empty=tr("any"))
            self.most[measure].show_text(_limit_text(limits.most), empty=tr("any"))
        self._show_attribute(wanted.attributes)
        self.clear.setEnabled(bool(wanted))

    def _show_attribute(self, tests: tuple[AttributeTest, ...]) -> None:
        """Show the first condition on an attribute."""
        test = tests[0] if tests else None
        is_begun = self.attribute.hasFocus() or self.operator.hasFocus()
        if self.value.hasFocus() or (test is None and is_begun):
            return  # it is just being put together there
        self._others = tests[1:]
        place = 0 if test is None else self.attribute.findData(test.name)
        self.attribute.setPlaceholderText("" if test is None else test.name)
        self.attribute.setCurrentIndex(place)
        self.operator.setCurrentText("=" if test is None else test.operator)
        self.value.setText("" if test is None else test.value)

    def _attribute_given(self, _given: object = None) -> None:
        name, value = self.attribute.currentText(), self.value.text()
        tests = self._others
        if self.attribute.currentIndex() != 0 and value:
            chosen = ATTRIBUTE_OPERATORS[max(0, self.operator.currentIndex())]
            own = AttributeTest(name or self.attribute.placeholderText(), chosen, value)
            tests = (own, *tests)
        self._change(replace(self._filter, attributes=tests))

    def _with_limits(self, measure: Measure) -> Filter:
        limits = Range(
            finite_number(self.least[measure].text()), finite_number(self.most[measure].text())
        )
        return with_range(self._filter, measure, limits)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if bool(problem) != bool(self.text.property("bad")):
            self.text.setProperty("bad", bool(problem))
            self.text.style().polish(self.text)
        if self.isVisible():
            self.adjustSize()


_TIP: Final = Qt.ItemDataRole.ToolTipRole


def _show_choice(field: ChoiceList, values: Sequence[object]) -> None:
    """Show the only value, that any will do, or those that the list cannot show."""
    place = 0 if not values else field.findData(values[0]) if len(values) == 1 else -1
    if place < 0:
        texts = (field.itemText(field.findData(value)) or str(value) for value in values)
        field.setPlaceholderText(", ".join(texts))
    field.setCurrentIndex(place)


def _limit_text(value: float | None) -> str:
    """Every digit of it: the limit that is not edited is read back from here."""
    return "" if value is None else f"{value:.15g}"


def _number_problem(text: str) -> str:
    return "" if not text or finite_number(text) is not None else tr("Type a number.")
