"""The frames of the task as the rows of a table: filtered, in an order, and read as far as they are seen."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QIcon

from annotator.project.frames.frame_progress import rows_of_jobs
from annotator.project.frames.frame_table import Bools, FrameTable, Integers
from annotator.project.organisation import Job
from annotator.translation import in_digits, tr
from annotator.ui.frames.sizes import FramesSizes
from annotator.ui.shown.session import Session
from annotator.ui.tasks.jobs_names import job_text
from annotator.ui.widgets.plain_tips import plain_tip

Rows: TypeAlias = NDArray[np.intp]
State: TypeAlias = Literal["all", "open", "done", "empty", "labelled"]

NUMBER, DONE, NAME, OBJECTS, SUBSET, JOB, SIZE = range(7)
# What a click on the heading orders by; names are in the order of the numbers already.
SORTED_BY: Final = frozenset({NUMBER, DONE, OBJECTS, SUBSET, JOB})
_RIGHT: Final = frozenset({NUMBER, OBJECTS, JOB})
# Details of more frames than these are forgotten.
_MOST_KNOWN: Final = 4_000
_PAGE: Final = 64

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class FramesModel(QAbstractTableModel):
    """One row for each frame of the table that passes the filter.

    Only numbers are kept for each frame; name and size are read for rows that are asked for. `rearranged` when
    other rows are shown, or the same in another order.
    """

    rearranged = Signal()

    def __init__(self, session: Session, sizes: FramesSizes, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._sizes = sizes
        self._table: FrameTable | None = None
        self._jobs: Sequence[Job] = ()
        self._job_numbers: Rows = np.zeros(0, dtype=np.intp)
        self._rows: Rows = np.zeros(0, dtype=np.intp)
        self._names: dict[int, str] = {}
        self._state: State = "all"
        self._subset: str | None = None
        self._column, self._order = NUMBER, Qt.SortOrder.AscendingOrder
        self._strong = QFont()
        self.done_icon: Callable[[], QIcon] = QIcon
        sizes.arrived.connect(self._size_arrived)

    # What is shown ------------------------------------------------------------------------------------

    def show_table(self, table: FrameTable | None, jobs: Sequence[Job]) -> None:
        """Show the frames as they are now."""
        self._table = table
        self._jobs = jobs
        self._job_numbers = _job_numbers(table, jobs)
        self._arrange()

    def show_only(self, state: State, subset: str | None = None) -> None:
        """Show the frames of a state, or of a subset, alone."""
        self._state, self._subset = state, subset
        self._arrange()

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder]:
        """The column that orders the rows."""
        return self._column, self._order

    def forget_details(self) -> None:
        """Read names again: frames have changed."""
        self._names.clear()

    def show_current(self, font: QFont) -> None:
        """Mark the shown frame anew. font: that of the view."""
        self._strong = QFont(font)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._repaint()

    def row_of(self, position: int) -> int | None:
        """Return where the frame at a position is, or None where it is not shown."""
        row = None if self._table is None else self._table.row_at(position)
        if row is None:
            return None
        found = np.flatnonzero(self._rows == row)
        return int(found[0]) if len(found) else None

    def ids_at(self, places: Rows) -> Integers:
        """Return the ids of the frames in some rows."""
        if self._table is None:
            return np.zeros(0, dtype=np.int64)
        return self._table.ids[self._rows[places.astype(np.intp)]]

    def rows_of(self, frame_ids: Integers) -> Rows:
        """Return where frames are, of those that are shown, in order."""
        if self._table is None or not len(frame_ids):
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero(np.isin(self._table.ids[self._rows], frame_ids))

    def _arrange(self) -> None:
        table = self._table
        rows = np.zeros(0, dtype=np.intp)
        if table is not None:
            rows = np.flatnonzero(_shown(table, self._state, self._subset))
            keys = self._keys(table, rows)
            if keys is not None:
                if self._order == Qt.SortOrder.DescendingOrder:
                    keys = -keys
                rows = rows[np.argsort(keys, kind="stable")]
        if np.array_equal(rows, self._rows):
            self._repaint()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.rearranged.emit()

    def _keys(self, table: FrameTable, rows: Rows) -> NDArray[np.int64] | None:
        """What the rows are ordered by; None where they are in order."""
        match self._column:
            case column if column == OBJECTS:
                return table.counts[rows]
            case column if column == DONE:
                return table.done[rows].astype(np.int64)
            case column if column == SUBSET:
                ranks = np.argsort(np.argsort(np.array(table.subset_names, dtype=object)))
                return ranks.astype(np.int64)[table.subsets[rows]]
            case column if column == JOB:
                return self._job_numbers[rows].astype(np.int64)
        return None if self._order == Qt.SortOrder.AscendingOrder else rows.astype(np.int64)

    def _repaint(self) -> None:
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, SIZE))

    def _size_arrived(self, frame_id: int) -> None:
        for row in self.rows_of(np.array([frame_id])).tolist():
            self.dataChanged.emit(self.index(row, SIZE), self.index(row, SIZE))

    # As Qt asks for it --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many frames are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else SIZE + 1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows."""
        if column in SORTED_BY:
            self._column, self._order = column, order
            self._arrange()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.ToolTipRole:
            return _heading_help()[section]
        return _headings()[section] if role == _Role.DisplayRole else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return what a cell shows; its text is what screen readers say."""
        table = self._table
        if not index.isValid() or table is None:
            return None
        row = int(self._rows[index.row()])
        column = index.column()
        match role:
            case _Role.DisplayRole:
                return self._text(table, row, column, index.row())
            case _Role.AccessibleTextRole if column == DONE:
                return tr("done") if table.done[row] else tr("not done")
            case _Role.DecorationRole if column == DONE and table.done[row]:
                return self.done_icon()
            case _Role.TextAlignmentRole:
                return int(_side(column))
            case _Role.FontRole if self._is_shown_frame(table, row):
                return self._strong
            case _Role.ToolTipRole:
                return plain_tip(self._tip(table, row, column, index.row()))
        return None

    def _is_shown_frame(self, table: FrameTable, row: int) -> bool:
        return self._session.shows_any((int(table.ids[row]),))

    def _text(self, table: FrameTable, row: int, column: int, shown: int) -> str:
        match column:
            case column if column == NUMBER:
                return in_digits(row + 1)
            case column if column == NAME:
                return self._name(shown)
            case column if column == OBJECTS:
                count = int(table.counts[row])
                return in_digits(count) if count or not table.tracked[row] else "+"
            case column if column == SUBSET:
                return table.subset_names[int(table.subsets[row])]
            case column if column == JOB:
                number = int(self._job_numbers[row])
                return str(number) if number else ""
            case column if column == SIZE:
                return _size_text(self._size(shown))
        return ""

    def _tip(self, table: FrameTable, row: int, column: int, shown: int) -> str:
        """More than fits into a cell; empty where there is no more."""
        if column == NAME:
            # What the columns say that may have no room.
            subset = table.subset_names[int(table.subsets[row])]
            more = " · ".join(filter(None, (subset, _size_text(self._size(shown)))))
            return "\n".join(filter(None, (self._name(shown), more)))
        if column == SIZE:
            size = self._size(shown)
            return size if isinstance(size, str) else ""
        if column == OBJECTS and table.tracked[row]:
            return tr("Tracks show objects here, too.")
        if column == JOB and self._job_numbers[row]:
            return job_text(self._jobs[int(self._job_numbers[row]) - 1])
        return ""

    def _size(self, shown: int) -> tuple[int, int] | str | None:
        assert self._table is not None
        return self._sizes.size_of(int(self._table.ids[self._rows[shown]]))

    def _name(self, shown: int) -> str:
        """The name of a frame, empty where it is gone; those of its neighbours are read with it."""
        table = self._table
        assert table is not None
        frame_id = int(table.ids[self._rows[shown]])
        if frame_id not in self._names and self._session.is_open:
            if len(self._names) > _MOST_KNOWN:
                self._names.clear()
            first = max(0, shown - _PAGE // 2)
            ids = table.ids[self._rows[first : shown + _PAGE]].tolist()
            self._names |= self._session.project.names_of(ids)
        return self._names.get(frame_id, "")


def _shown(table: FrameTable, state: State, subset: str | None) -> Bools:
    if subset is not None:
        return table.in_subsets([subset])
    match state:
        case "all":
            return np.ones(len(table), dtype=bool)
        case "open":
            return ~table.done
        case "done":
            return table.done
        case "empty":
            return ~table.labelled
        case "labelled":
            return table.labelled


def _job_numbers(table: FrameTable | None, jobs: Sequence[Job]) -> Rows:
    """For each frame the number of its job, from 1; 0 for a frame without one."""
    numbers = np.zeros(0 if table is None else len(table), dtype=np.intp)
    if table is not None:
        starts, ends = (rows.tolist() for rows in rows_of_jobs(table, jobs))
        for number, (first, end) in enumerate(zip(starts, ends, strict=True), 1):
            numbers[first:end] = number
    return numbers


def _size_text(size: tuple[int, int] | str | None) -> str:
    return size if isinstance(size, str) else "" if size is None else f"{size[0]} × {size[1]}"


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _headings() -> tuple[str, ...]:
    return (tr("No."), "", tr("Name"), tr("Objects"), tr("Subset"), tr("Job"), tr("Size"))


def _heading_help() -> tuple[str, ...]:
    return (
        tr("Number of the frame"),
        tr("Done"),
        tr("Name"),
        tr("Objects on the frame"),
        tr("Subset"),
        tr("Job"),
        tr("Size of the picture, or why it cannot be shown"),
    )
