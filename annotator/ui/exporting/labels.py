"""Which labels are written, and under which names: a table of the project's labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from annotator.core.labels import LabelSchema
from annotator.formats.view_choices import ViewChoices
from annotator.translation import in_digits, tr
from annotator.ui.look.theme import number_font
from annotator.ui.widgets.plain_tips import plain_tip

_Index = QModelIndex | QPersistentModelIndex
_LABEL, _NAME, _COUNT = range(3)


class ExportLabels(QAbstractTableModel):
    """One row for each label: a tick for what is written, the name it gets, and how much has it.

    chosen: what is left out or called otherwise at first. `changed()` when a person changes something.
    """

    changed = Signal()

    def __init__(self, parent: QWidget, chosen: ViewChoices) -> None:
        super().__init__(parent)
        self._labels: Sequence[tuple[int, str]] = ()
        self._counts: Mapping[int, int] = {}
        self.without: set[int] = set(chosen.without)
        self.names: dict[int, str] = dict(chosen.names)

    def show(self, labels: LabelSchema, counts: Mapping[int, int]) -> None:
        """Show the labels of a project; what was chosen for those that are there stays."""
        self.beginResetModel()
        self._labels = [(label.id, label.name) for label in labels]
        self._counts = counts
        there = {label_id for label_id, _ in self._labels}
        self.without &= there
        self.names = {
            one: name for one, name in self.names.items() if one in there and name.strip()
        }
        self.endResetModel()

    def set_all(self, is_written: bool) -> None:
        """Tick every label, or none."""
        self.beginResetModel()
        self.without = set() if is_written else {label_id for label_id, _ in self._labels}
        self.endResetModel()
        self.changed.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many labels there are."""
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return three: label, name in the dataset, count."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (tr("Label"), tr("Written as"), tr("Objects"))[section]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Labels can be ticked, names can be edited."""
        flags = super().flags(index)
        if index.column() == _LABEL:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == _NAME else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        label_id, name = self._labels[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == _LABEL:
            state = Qt.CheckState.Unchecked if label_id in self.without else Qt.CheckState.Checked
            return state
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            count = self._counts.get(label_id, 0)
            return (name, self.names.get(label_id, name), in_digits(count))[column]
        if role == Qt.ItemDataRole.ToolTipRole and column != _COUNT:
            return plain_tip(name)
        if column == _COUNT and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if column == _COUNT and role == Qt.ItemDataRole.FontRole:
            parent = self.parent()
            return number_font(parent.font()) if isinstance(parent, QWidget) else None
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take over a tick or a name; an empty one is the label's own again."""
        label_id, own = self._labels[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            if Qt.CheckState(value) == Qt.CheckState.Checked:
                self.without.discard(label_id)
            else:
                self.without.add(label_id)
        elif role == Qt.ItemDataRole.EditRole and index.column() == _NAME:
            name = str(value).strip()
            if name and name != own:
                self.names[label_id] = name
            else:
                self.names.pop(label_id, None)
        else:
            return False
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True
