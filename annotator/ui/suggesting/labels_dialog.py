"""The window that says which label of the project stands for which label of a model."""
# ruff: noqa: D102 - Qt explains its virtual functions

from typing import Any, Final, TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from annotator.core.labels import LabelSchema
from annotator.project.suggesting.model_labels import ModelLabels, Target
from annotator.project.suggesting.suggestions import Suggestions
from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.shown.session import Session
from annotator.ui.suggesting.looking import LEAST_SCORE, ModelAtWork
from annotator.ui.widgets.parts import column, push_button, row, text_label

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_SIZE: Final = (560, 520)
_MARGIN: Final = 20
_ROW: Final = 30


class TargetsModel(QAbstractTableModel):
    """A row for each label of the model: its name, and where it goes. What is not shown is dim."""

    def __init__(
        self,
        names: list[str],
        targets: dict[str, Target],
        schema: LabelSchema,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.names = names
        self.targets = targets
        self.schema = schema

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name = self.names[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name if index.column() == 0 else self.said(self.targets[name], name)
        if role == Qt.ItemDataRole.ForegroundRole and not self.is_shown(self.targets[name]):
            return QColor(self._theme.colours.dim)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (tr("The model sees"), tr("In the project"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        can = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return can | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else can

    def set_targets(self, targets: dict[str, Target]) -> None:
        """Let some labels go elsewhere."""
        self.targets = {**self.targets, **targets}
        last = self.index(len(self.names) - 1, 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def is_shown(self, target: Target) -> bool:
        """Whether what has a target is shown: its label may have been deleted."""
        return isinstance(target, str) or (target is not None and target in self.schema)

    def said(self, target: Target, name: str) -> str:
        """Return a target in words."""
        if isinstance(target, str):
            return tr("new label “{name}”", name=target)
        label = None if target is None else self.schema.get(target)
        return tr("not shown") if label is None else label.name

    def choices(self, name: str) -> list[tuple[str, Target]]:
        """Return what a label can become, in words."""
        found: list[tuple[str, Target]] = [(self.said(None, name), None)]
        if self.schema.named(name) is None:
            found.append((self.said(name, name), name))
        return found + [(label.name, label.id) for label in self.schema]


class _TargetDelegate(QStyledItemDelegate):
    """Lets a target be chosen from a list."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        name, choices = self._choices(index)
        box = QComboBox(parent)
        box.setAccessibleName(tr("What “{name}” becomes", name=name))
        box.addItems([text for text, _ in choices])
        box.activated.connect(lambda _row: self._chosen(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        _, choices = self._choices(index)
        said = index.data()
        places = [place for place, (text, _) in enumerate(choices) if text == said]
        editor.setCurrentIndex(places[0] if places else 0)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        _, choices = self._choices(index)
        _rows_of(model).set_targets({self._name(index): choices[editor.currentIndex()][1]})

    def _choices(self, index: Index) -> tuple[str, list[tuple[str, Target]]]:
        """Return the label of a row, and what it can become."""
        name = self._name(index)
        return name, _rows_of(index.model()).choices(name)

    def _name(self, index: Index) -> str:
        proxy = index.model()
        assert isinstance(proxy, QSortFilterProxyModel)
        return _rows_of(proxy).names[proxy.mapToSource(index).row()]

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)


def _rows_of(model: QAbstractItemModel) -> TargetsModel:
    assert isinstance(model, QSortFilterProxyModel)
    rows = model.sourceModel()
    assert isinstance(rows, TargetsModel)
    return rows


class LabelsDialog(QDialog):
    """Shows and changes where the labels of a model go. `remembered()` when that was changed."""

    remembered = Signal()

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        session: Session,
        suggestions: Suggestions,
        model: ModelAtWork,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Labels of {model}", model=model.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._suggestions = suggestions
        self._model = model
        targets = dict(suggestions.labels_of(model.id, model.labels).targets)
        self.rows = TargetsModel(self._names(session), targets, session.labels, theme, self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.rows)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a label"))
        self.search.setAccessibleName(tr("Find a label"))
        self.search.textChanged.connect(self._proxy.setFilterFixedString)
        self.table = self._table()
        self._lay_out()

    def _names(self, session: Session) -> list[str]:
        """Return the labels of the model, those that it sees on the shown frame first."""
        frame = session.frame
        stored = [] if frame is None else self._suggestions.stored(frame.id, LEAST_SCORE)
        seen = {one.label for one in stored if one.model == self._model.id}
        return sorted(self._model.labels, key=lambda name: name not in seen)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._proxy)
        table.setItemDelegateForColumn(1, _TargetDelegate(table))
        table.setAccessibleName(tr("Labels of the model"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        # By a click or F2, Enter or typing; not by the focus alone, which Tab moves on.
        keys = QAbstractItemView.EditTrigger.EditKeyPressed
        table.setEditTriggers(keys | QAbstractItemView.EditTrigger.AnyKeyPressed)
        table.clicked.connect(lambda index: table.edit(index.siblingAtColumn(1)))
        table.activated.connect(lambda index: table.edit(index.siblingAtColumn(1)))
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        return table

    def _lay_out(self) -> None:
        said = tr(
            "What the model sees gets the label chosen here. What is not shown can be shown at any time."
        )
        self.all_new = push_button(tr("All as new labels"))
        self.none = push_button(tr("Show none"))
        self.go = push_button(tr("Save"), "primary")
        cancel = push_button(tr("Cancel"))
        for button in (self.all_new, self.none, cancel):
            button.setAutoDefault(False)
        self.go.setDefault(True)
        buttons = row()
        buttons.addWidget(self.all_new)
        buttons.addWidget(self.none)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=10)
        lines.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        lines.addWidget(text_label(said, "dim", wraps=True))
        lines.addWidget(self.search)
        lines.addWidget(self.table, 1)
        lines.addLayout(buttons)
        self.all_new.clicked.connect(self._show_all)
        self.none.clicked.connect(lambda: self.rows.set_targets(dict.fromkeys(self.rows.names)))
        self.go.clicked.connect(self._save)
        cancel.clicked.connect(self.reject)

    def _show_all(self) -> None:
        """Let what is not shown become new labels."""
        hidden = [name for name, target in self.rows.targets.items() if target is None]
        self.rows.set_targets({name: name for name in hidden})

    def _save(self) -> None:
        # A field that is still open counts.
        self.table.setFocus()
        self._suggestions.remember(ModelLabels(self._model.id, self.rows.targets))
        self.remembered.emit()
        self.accept()
