"""The labels as a tree that can be rearranged by dragging."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from annotator.core.label_draft import LabelDraft
from annotator.core.schema_draft import SchemaDraft
from annotator.translation import tr

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
_MIME: Final = "application/x-annotator-labels"
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TreeRow:
    """What one row shows. is_wrong: whether something about the label must be put right."""

    label: LabelDraft
    count: int
    is_wrong: bool


class LabelTree(QAbstractItemModel):
    """Shows a draft; those that match what is searched for, and what stands above them.

    `dropped(label ids, parent id or None, id of the label they go before or None)` after a drag.
    """

    dropped = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = SchemaDraft()
        self._filter = ""
        self._counts: Mapping[int, int] = {}
        self._wrong: frozenset[int] = frozenset()
        self._children: dict[int | None, list[int]] = {}
        self._places: dict[int, tuple[int | None, int]] = {}

    # Showing ----------------------------------------------------------------------------------------

    def show(self, draft: SchemaDraft, search: str = "") -> None:
        """Show labels anew."""
        self.beginResetModel()
        self._draft, self._filter = draft, search.strip().casefold()
        self._wrong = frozenset(one.label for one in draft.errors)
        self._children = {}
        self._places = {}
        self._fill()
        self.endResetModel()

    def _fill(self) -> None:
        """Note what is shown below each label: what matches, and what stands above that."""
        draft, labels = self._draft, list(self._draft.in_order())
        shown: set[int] = set()
        for label in reversed(labels):
            below = (child.id for child in draft.children(label.id))
            if self._filter in label.name.casefold() or not shown.isdisjoint(below):
                shown.add(label.id)
        for parent in (None, *(label.id for label in labels)):
            below_it = [child.id for child in draft.children(parent) if child.id in shown]
            self._children[parent] = below_it
            self._places.update({one: (parent, place) for place, one in enumerate(below_it)})

    def update(self, draft: SchemaDraft) -> None:
        """Show labels of which only their own fields changed."""
        old, self._draft = self._draft, draft
        wrong, self._wrong = self._wrong, frozenset(one.label for one in draft.errors)
        touched = wrong ^ self._wrong
        for label in draft.labels:
            if old.get(label.id) is not label or label.id in touched:
                index = self.index_of(label.id)
                if index.isValid():
                    self.dataChanged.emit(index, index)

    def set_counts(self, counts: Mapping[int, int]) -> None:
        """Show how many annotations each label has."""
        self._counts = counts
        for label_id in self._places:
            index = self.index_of(label_id)
            self.dataChanged.emit(index, index)

    @property
    def is_filtered(self) -> bool:
        """Whether only what matches a search is shown."""
        return bool(self._filter)

    def index_of(self, label_id: int | None) -> QModelIndex:
        """Return where a label is shown; an index that is not valid where it is not."""
        if label_id is None or label_id not in self._places:
            return QModelIndex()
        return self.createIndex(self._places[label_id][1], 0, label_id)

    @staticmethod
    def label_at(index: _Index) -> int:
        """Return the id of the label of a row."""
        return int(index.internalId())

    # Qt's questions ---------------------------------------------------------------------------------

    def _id(self, index: _Index) -> int | None:
        return self.label_at(index) if index.isValid() else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(self._children.get(self._id(parent), ()))

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 1

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        below = self._children.get(self._id(parent), [])
        if column != 0 or not 0 <= row < len(below):
            return QModelIndex()
        return self.createIndex(row, 0, below[row])

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008
        if not index.isValid():
            return QModelIndex()
        place = self._places.get(self.label_at(index))
        return QModelIndex() if place is None else self.index_of(place[0])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label = None if not index.isValid() else self._draft.get(self.label_at(index))
        if label is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return label.name or tr("(no name)")
        if role == ROW_ROLE:
            return TreeRow(label, self._counts.get(label.id, 0), label.id in self._wrong)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self.is_filtered:
            return flags
        if index.isValid():
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsDropEnabled

    # Dragging ---------------------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        ids = ",".join(str(self.label_at(index)) for index in indexes)
        data.setData(_MIME, ids.encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Ask for the move. What Qt thinks was moved is never removed by it: the whole tree is shown anew."""
        text = bytes(data.data(_MIME).data()).decode()
        if not text:
            return False
        below = self._children.get(self._id(parent), [])
        before = below[row] if 0 <= row < len(below) else None
        self.dropped.emit([int(one) for one in text.split(",")], self._id(parent), before)
        return False
