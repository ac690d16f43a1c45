"""The table of a report: virtual, so that a million rows cost no more than those that are seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, Protocol, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from annotator.translation import in_digits
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import ROW
from annotator.ui.widgets.plain_tips import plain_tip

_Index = QModelIndex | QPersistentModelIndex
Tone: TypeAlias = Literal["", "dim", "good", "warn", "bad"]

# What is shown of a name, and of a row in a tool tip; nobody reads on, and Qt takes long to lay it out.
_MOST_SHOWN: Final = 300
_MOST_COPIED: Final = 10_000
_AROUND_TITLE: Final = 24


class ReportRow(Protocol):
    """One row of a report."""

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the columns; numbers, and all of a column of numbers, to the right."""
        ...

    @property
    def tone(self) -> Tone:
        """The colour of the row's second thoughts; the words say the same."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """One column. stretch: takes the room that is left. tinted: has the row's tone. is_number: to the right."""

    title: str
    width: int = 120
    stretch: bool = False
    tinted: bool = False
    is_number: bool = False


class ReportModel(QAbstractTableModel):
    """Rows of a sequence that gives each one when it is asked for; all of them, or those at some places."""

    def __init__(self, columns: Sequence[Column], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._theme = theme
        self._rows: Sequence[ReportRow] = ()
        self._places: Sequence[int] | None = None

    def show(self, rows: Sequence[ReportRow], places: Sequence[int] | None = None) -> None:
        """Show other rows, those at some places alone where these are given."""
        self.beginResetModel()
        self._rows, self._places = rows, places
        self.endResetModel()

    def row_at(self, row: int) -> ReportRow:
        """Return what a row of the table shows."""
        return self._rows[row if self._places is None else self._places[row]]

    def text_of(self, row: int) -> str:
        """Return a row as text, its columns separated by tabs."""
        return "\t".join(str(cell).replace("\t", " ") for cell in self.row_at(row).cells)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many rows are shown."""
        if parent.isValid():
            return 0
        return len(self._rows if self._places is None else self._places)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self.columns[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        one = self.row_at(index.row())
        cell = one.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if isinstance(cell, int):
                return in_digits(cell)
            return cell[:_MOST_SHOWN].replace("\n", " ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(str(cell)[: 4 * _MOST_SHOWN])
        is_number = isinstance(cell, int) or self.columns[index.column()].is_number
        if role == Qt.ItemDataRole.TextAlignmentRole and is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and self.columns[index.column()].tinted:
            return QColor(getattr(self._theme.colours, one.tone or "text"))
        if role == Qt.ItemDataRole.FontRole and is_number:
            return number_font(QApplication.font())
        return None


def report_table(model: ReportModel, name: str, *, several: bool = False) -> QTableView:
    """Return a table for a model. name: for screen readers. several: whether more than one row can be selected."""
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    mode = QAbstractItemView.SelectionMode
    table.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    # All rows are of one height, so that nobody asks each of a million for its own.
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(ROW)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setStretchLastSection(False)
    for place, one in enumerate(model.columns):
        stretch = QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(
            place, stretch if one.stretch else QHeaderView.ResizeMode.Interactive
        )
        if not one.stretch:
            # In another language the title may be longer.
            title = header.fontMetrics().horizontalAdvance(one.title) + _AROUND_TITLE
            table.setColumnWidth(place, max(one.width, title))
    copy = QShortcut(QKeySequence.StandardKey.Copy, table)
    copy.setContext(Qt.ShortcutContext.WidgetShortcut)
    copy.activated.connect(partial(copy_rows, table))
    return table


def selected_rows(table: QTableView) -> list[int]:
    """Return the rows that are selected, in their order."""
    return sorted(index.row() for index in table.selectionModel().selectedRows())


def select_rows(table: QTableView, rows: Sequence[int]) -> None:
    """Select rows, as far as they are there; the first of them is the current one."""
    model, selection = table.model(), QItemSelection()
    there = [one for one in rows if one < model.rowCount()]
    for one in there:
        selection.select(model.index(one, 0), model.index(one, model.columnCount() - 1))
    flags = QItemSelectionModel.SelectionFlag
    if there:
        table.selectionModel().setCurrentIndex(model.index(there[0], 0), flags.NoUpdate)
        table.selectionModel().select(selection, flags.ClearAndSelect)


def copy_rows(table: QTableView) -> None:
    """Put the selected rows, or all where none is selected, on the clipboard; of very many the first ones."""
    model = table.model()
    assert isinstance(model, ReportModel)
    rows: Sequence[int] = selected_rows(table) or range(model.rowCount())
    QApplication.clipboard().setText("\n".join(model.text_of(one) for one in rows[:_MOST_COPIED]))


def places_of(rows: Sequence[ReportRow], wanted: str) -> list[int]:
    """Return the places of the rows in which every word of a text stands, whatever the capitals."""
    words = wanted.casefold().split()
    found = []
    for place, one in enumerate(rows):
        text = " ".join(map(str, one.cells)).casefold()
        if all(word in text for word in words):
            found.append(place)
    return found
