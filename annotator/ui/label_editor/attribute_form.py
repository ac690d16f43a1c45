"""The attributes of a label, or of a skeleton point: a list, and the fields of the chosen one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QListWidgetItem, QWidget

from annotator.core.label_draft import CHOICE_KINDS, AttributeDraft
from annotator.translation import tr
from annotator.ui.label_editor.choice_list import ChoiceList, ReorderList
from annotator.ui.label_editor.fields import WordBox
from annotator.ui.label_editor.words import attribute_kinds, attribute_summary
from annotator.ui.widgets.parts import column, push_button, row, text_label

Attributes = tuple[AttributeDraft, ...]


class AttributesSection(QWidget):
    """`edited(attributes, field)`: the new attributes, and what was typed in."""

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._attributes: Attributes = ()
        self._wrong: Mapping[int, str] = {}
        self._current: int | None = None
        self._is_filling = False
        self.list = ReorderList(tr("Attributes"))
        self.empty = text_label(
            tr("No attribute. Add one for what objects with this label have besides their shape."),
            "dim",
            wraps=True,
        )
        self.add = push_button(tr("Add attribute"))
        self.delete = push_button(tr("Delete attribute"))
        self.form = AttributeForm()
        buttons = row(gap=8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        lines = column(self, gap=8)
        lines.addWidget(self.empty)
        lines.addWidget(self.list)
        lines.addLayout(buttons)
        lines.addWidget(self.form)
        self.list.currentItemChanged.connect(lambda *_: self._chosen())
        self.list.moved.connect(self._moved)
        self.list.delete_wanted.connect(self._delete)
        self.list.itemActivated.connect(lambda _: self.form.name.setFocus())
        self.add.clicked.connect(self._add)
        self.delete.clicked.connect(self._delete)
        self.form.edited.connect(self._edited)
        self._show()

    def show_attributes(self, attributes: Attributes, wrong: Mapping[int, str]) -> None:
        """Show attributes; the one that was chosen stays so where it is among them.

        wrong: what must be put right, by the id of an attribute.
        """
        self._attributes = attributes
        self._wrong = wrong
        self._show()

    def choose(self, attribute_id: int) -> None:
        """Show the fields of an attribute."""
        self._current = attribute_id
        self._show()

    def _show(self) -> None:
        ids = [one.id for one in self._attributes]
        if self._current not in ids:
            self._current = ids[0] if ids else None
        self._is_filling = True
        shown = [self.list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(self.list.count())]
        if shown != ids:
            self.list.clear()
            for one in self._attributes:
                item = QListWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, one.id)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                self.list.addItem(item)
        for place, one in enumerate(self._attributes):
            mark = "! " if one.id in self._wrong else ""
            self.list.item(place).setText(mark + attribute_summary(one))
        if self._current is not None:
            self.list.setCurrentRow(ids.index(self._current))
        self._is_filling = False
        self.list.fit()
        self.list.setVisible(bool(ids))
        self.empty.setVisible(not ids)
        self.delete.setEnabled(bool(ids))
        chosen = next((one for one in self._attributes if one.id == self._current), None)
        self.form.setVisible(chosen is not None)
        if chosen is not None:
            self.form.show_attribute(chosen)
            self.form.show_problem(self._wrong.get(chosen.id, ""))

    def _chosen(self) -> None:
        item = self.list.currentItem()
        if not self._is_filling and item is not None:
            self._current = item.data(Qt.ItemDataRole.UserRole)
            self._show()

    def _moved(self) -> None:
        ids = [self.list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(self.list.count())]
        by_id = {one.id: one for one in self._attributes}
        if set(ids) == set(by_id):
            self._tell(tuple(by_id[one] for one in ids), "order")

    def _add(self) -> None:
        attribute = AttributeDraft()
        self._current = attribute.id
        self._tell((*self._attributes, attribute), "add")
        self.form.name.setFocus()

    def _delete(self) -> None:
        ids = [one.id for one in self._attributes]
        if self._current is None:
            return
        place = ids.index(self._current)
        rest = tuple(one for one in self._attributes if one.id != self._current)
        self._current = rest[min(place, len(rest) - 1)].id if rest else None
        self._tell(rest, "delete")

    def _edited(self, attribute: AttributeDraft, field: str) -> None:
        changed = tuple(attribute if one.id == attribute.id else one for one in self._attributes)
        self._tell(changed, f"{attribute.id} {field}")

    def _tell(self, attributes: Attributes, field: str) -> None:
        self._attributes = attributes
        self._show()
        self.edited.emit(attributes, field)


class AttributeForm(QWidget):
    """The fields of one attribute. `edited(attribute, field)`."""

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._attribute = AttributeDraft()
        self.name = QLineEdit()
        self.problem = text_label("", "bad", wraps=True)
        self.kind = WordBox(tr("Kind of the attribute"))
        self.mutable = QCheckBox(tr("May change along a track"))
        self.choices = ChoiceList()
        self.limits = [QLineEdit(), QLineEdit(), QLineEdit()]
        self.default = QLineEdit()
        self.default_box = WordBox(tr("Default"))
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._name_fields()
        self._lay_out()
        self._connect()

    def _name_fields(self) -> None:
        """Say to screen readers what the fields are for."""
        names = (tr("Name of the attribute"), tr("Default"))
        for field, name in zip((self.name, self.default), names, strict=True):
            field.setAccessibleName(name)
        limits = zip(self.limits, self._limit_words(), strict=True)
        for field, (name, hint) in limits:
            field.setAccessibleName(name)
            field.setPlaceholderText(hint)

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, 84)
        self._grid.setColumnStretch(1, 1)
        self._add_row("name", tr("Name"), self.name)
        self._add_row("problem", "", self.problem)
        self._add_row("kind", tr("Kind"), self.kind)
        self._add_row("choices", tr("Values"), self.choices)
        self._add_row("limits", tr("Limits"), self._limit_row())
        self._add_row("default", tr("Default"), self.default)
        self._add_row("default_box", tr("Default"), self.default_box)
        self._add_row("mutable", "", self.mutable)

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda text: self._put("name", name=text))
        self.kind.edited.connect(self._kind_chosen)
        self.mutable.toggled.connect(lambda on: self._put("mutable", mutable=on))
        self.choices.edited.connect(lambda choices: self._put("choices", choices=choices))
        self.default.textEdited.connect(lambda text: self._put("default", default=text))
        self.default_box.edited.connect(lambda text: self._put("default", default=text))
        for place, limit in enumerate(("minimum", "maximum", "step")):
            self.limits[place].textEdited.connect(
                lambda text, limit=limit: self._put(limit, **{limit: text})
            )

    @staticmethod
    def _limit_words() -> tuple[tuple[str, str], ...]:
        return (
            (tr("Lowest value"), tr("Lowest")),
            (tr("Highest value"), tr("Highest")),
            (tr("Step"), tr("Step")),
        )

    def _limit_row(self) -> QWidget:
        holder = QWidget()
        line = row(holder, gap=8)
        for field in self.limits:
            line.addWidget(field, 1)
        return holder

    def _add_row(self, key: str, title: str, field: QWidget) -> None:
        place = self._grid.rowCount()
        self._rows[key] = (field,)
        if title:
            label = text_label(title, "dim")
            label.setFixedHeight(28)
            self._grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            self._rows[key] = (label, field)
        self._grid.addWidget(field, place, 1)

    def show_attribute(self, attribute: AttributeDraft) -> None:
        """Show the fields of an attribute."""
        self._attribute = attribute
        _show_text(self.name, attribute.name)
        self.kind.offer(attribute_kinds(), attribute.kind)
        self.mutable.blockSignals(True)
        self.mutable.setChecked(attribute.mutable)
        self.mutable.blockSignals(False)
        self.choices.show_choices(attribute.choices)
        limits = (attribute.minimum, attribute.maximum, attribute.step)
        for field, text in zip(self.limits, limits, strict=True):
            _show_text(field, text)
        has_choices = attribute.kind in CHOICE_KINDS
        has_words = has_choices or attribute.kind == "checkbox"
        if has_words:
            self.default_box.offer(_default_words(attribute), attribute.default)
        _show_text(self.default, attribute.default)
        for key, is_shown in (
            ("choices", has_choices),
            ("limits", attribute.kind == "number"),
            ("default", not has_words),
            ("default_box", has_words),
        ):
            for widget in self._rows[key]:
                widget.setVisible(is_shown)

    def show_problem(self, text: str) -> None:
        """Show what must be put right."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _kind_chosen(self, kind: Any) -> None:
        """Choose another kind; a default that it cannot have goes, for it was one of the other kind."""
        changed = replace(self._attribute, kind=kind)
        if changed.default and not _fits(changed):
            changed = replace(changed, default="")
        self._show_and_tell(changed, "kind")

    def _put(self, field: str, **changes: Any) -> None:
        changed = replace(self._attribute, **changes)
        if field == "choices":
            changed = _with_default_kept(self._attribute, changed)
        self._show_and_tell(changed, field)

    def _show_and_tell(self, changed: AttributeDraft, field: str) -> None:
        if changed != self._attribute:
            self.show_attribute(changed)
            self.edited.emit(changed, field)


def _fits(attribute: AttributeDraft) -> bool:
    if attribute.kind in CHOICE_KINDS:
        return attribute.default in [choice.text for choice in attribute.choices]
    if attribute.kind == "checkbox":
        return attribute.default in ("true", "false")
    return attribute.kind == "text" or attribute.default.replace(".", "", 1).lstrip("-").isdigit()


def _with_default_kept(old: AttributeDraft, new: AttributeDraft) -> AttributeDraft:
    """Let the default follow the value that it is: renamed with it, gone with it."""
    if not old.default or old.default in [choice.text for choice in new.choices]:
        return new
    places = [i for i, choice in enumerate(old.choices) if choice.text == old.default]
    if len(old.choices) == len(new.choices) and places:
        return replace(new, default=new.choices[places[0]].text)
    return replace(new, default="")


def _default_words(attribute: AttributeDraft) -> dict[str, str]:
    """The values to choose a default from; one that is none of them is shown, too."""
    if attribute.kind == "checkbox":
        words = {"": tr("Off, as none is chosen"), "false": tr("Off"), "true": tr("On")}
    else:
        words = {"": tr("The first value")}
        words |= {choice.text: choice.text for choice in attribute.choices if choice.text}
    return words if attribute.default in words else {**words, attribute.default: attribute.default}


def _show_text(field: QLineEdit, text: str) -> None:
    if field.text() != text:
        field.setText(text)
