"""The annotations of the shown frame as the rows of a list."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from annotator.core.annotation_columns import NO_ANNOTATIONS
from annotator.core.labels import Label, attribute_text
from annotator.core.shapes import AnnotationKind, Attributes
from annotator.translation import tr
from annotator.ui.objects.arrangement import NOTHING_ARRANGED, Wanted, arranged, difference
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.kind_names import kind_name

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
# More rows than this that come or go at once are shown by filling the list anew.
_MOST_SINGLE: Final = 256

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """An annotation as the list shows it. number: which one of the frame it is, by age."""

    id: int
    label: Label | None
    kind: AnnotationKind
    number: int
    summary: str
    is_occluded: bool
    is_locked: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class HeadRow:
    """The head of a group. label_id: also that of a label that is gone."""

    label_id: int
    label: Label | None
    count: int
    is_folded: bool


class ObjectsModel(QAbstractListModel):
    """One row for each annotation that is found, and one for each group.

    A row is made when it is painted, from the columns of the frame, so 20 000 rows cost little.
    """

    def __init__(self, document: ProjectDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._columns = NO_ANNOTATIONS
        self._arrangement = NOTHING_ARRANGED
        self._wanted = Wanted()

    @property
    def wanted(self) -> Wanted:
        """How the list is to be."""
        return self._wanted

    @property
    def total(self) -> int:
        """How many annotations the frame has."""
        return len(self._columns)

    @property
    def found(self) -> int:
        """How many of them are in the list."""
        return self._arrangement.found

    def arrange(self, wanted: Wanted) -> None:
        """Sort, group and search in another way."""
        self._wanted = wanted
        self.refresh()

    def refresh(self) -> None:
        """Take over what the document has now; rows that stay are not touched."""
        document = self._document
        columns = document.listing()
        listed = document.visibility.listed(columns)
        old, new = self._arrangement, arranged(columns, document.labels, listed, self._wanted)
        start, gone, come = difference(old, new)
        if gone + come > _MOST_SINGLE:
            self.beginResetModel()
            self._columns, self._arrangement = columns, new
            self.endResetModel()
            return
        if gone:
            self.beginRemoveRows(QModelIndex(), start, start + gone - 1)
            self._columns, self._arrangement = columns, old.without(start, gone)
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), start, start + come - 1)
            self._columns, self._arrangement = columns, new
            self.endInsertRows()
        self._columns, self._arrangement = columns, new
        if len(new):
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))

    def rows_of(self, annotation_ids: Collection[int]) -> list[int]:
        """Return the rows of annotations in their order; those that are not in the list are left out."""
        rows: list[int] = self._arrangement.rows_of(annotation_ids).tolist()
        return rows

    def ids_at(self, stretches: Iterable[tuple[int, int]]) -> list[int]:
        """Return the ids of the annotations in stretches of rows, each from its first to its last."""
        found: list[int] = []
        for first, last in stretches:
            span = slice(first, last + 1)
            found += self._arrangement.ids[span][~self._arrangement.heads[span]].tolist()
        return found

    def row_at(self, row: int) -> ObjectRow | HeadRow | None:
        """Return what a row shows; None where it is just going."""
        arrangement = self._arrangement
        if not 0 <= row < len(arrangement):
            return None
        row_id, number = int(arrangement.ids[row]), int(arrangement.numbers[row])
        labels = self._document.labels
        if arrangement.heads[row]:
            return HeadRow(row_id, labels.get(row_id), number, row_id in self._wanted.folded)
        place = self._columns.row_of(row_id)
        if place is None:
            return None
        label_id = int(self._columns.labels[place])
        label, visibility = labels.get(label_id), self._document.visibility
        return ObjectRow(
            row_id,
            label,
            self._columns.kind(place),
            number,
            attribute_summary(label, self._columns.attributes_of(place)),
            bool(self._columns.occluded[place]),
            visibility.is_locked(row_id, label_id),
            visibility.is_hidden(row_id, label_id),
        )

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._arrangement)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        if not index.isValid() or role not in (ROW_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        row = self.row_at(index.row())
        if role == ROW_ROLE:
            return row
        return "" if row is None else spoken(row)


def spoken(row: ObjectRow | HeadRow) -> str:
    """Return a row as a line of text."""
    name = "?" if row.label is None else row.label.name
    if isinstance(row, HeadRow):
        state = tr("folded") if row.is_folded else tr("open")
        return f"{name}, {row.count}, {state}"
    states = (
        tr("occluded") if row.is_occluded else "",
        tr("locked") if row.is_locked else "",
        tr("hidden") if row.is_hidden else "",
    )
    words = f"{name} {row.number} {kind_name(row.kind)}"
    return ", ".join(filter(None, (words, row.summary, *states)))


def attribute_summary(label: Label | None, attributes: Attributes) -> str:
    """Return attributes in a few words: those with a value that says something."""
    words = []
    for attribute in () if label is None else label.attributes:
        value = attributes.get(attribute.id)
        if value is None or value == "":
            continue
        if attribute.kind == "checkbox":
            if value is True:
                words.append(attribute.name)
        elif attribute.kind == "number":
            words.append(f"{attribute.name} {attribute_text(value)}")
        else:
            words.append(attribute_text(value))
    return " · ".join(words)
