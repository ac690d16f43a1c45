"""The list of all frames of the task: their states at a glance, and a click goes there."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QTableView,
    QWidget,
)

from annotator.project.frames.frame_progress import progress_of
from annotator.project.frames.frame_table import FrameTable, Integers
from annotator.project.storage.changes import Change
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.frames.acts import FramesActs
from annotator.ui.frames.menu import add_acts
from annotator.ui.frames.model import (
    DONE,
    JOB,
    NAME,
    NUMBER,
    OBJECTS,
    SIZE,
    SORTED_BY,
    SUBSET,
    FramesModel,
    Rows,
    State,
)
from annotator.ui.frames.sizes import FramesSizes
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.look.icons import icon
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import ROW
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session
from annotator.ui.widgets.elided_box import ElidedBox
from annotator.ui.widgets.parts import column, row, text_label

_PADDING: Final = 12
# The least width of each column; the name has what is left.
_WIDTHS: Final = {NUMBER: 50, DONE: 24, NAME: 96, OBJECTS: 64, SUBSET: 58, JOB: 44, SIZE: 100}
# Those that are left out where there is no room for them, the most important first.
_OPTIONAL: Final = (OBJECTS, SUBSET, JOB, SIZE)
# What a cell takes besides its text.
_AROUND: Final = 18
_AROUND_TITLE: Final = 14


class FramesPanel(QWidget):
    """A filter, how many frames have annotations, and the table. What is not seen is not kept up to date."""

    def __init__(
        self,
        session: Session,
        watch: FramesWatch,
        sizes: FramesSizes,
        navigation: FrameNavigation,
        acts: FramesActs,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._watch = watch
        self._sizes = sizes
        self._navigation = navigation
        self._acts = acts
        self._theme = theme
        self._chosen: Integers = np.zeros(0, dtype=np.int64)
        self._is_stale = True
        self.rows = FramesModel(session, sizes, self)
        self.rows.done_icon = lambda: icon("check", theme.colours, 14)
        self.only = ElidedBox()
        for part in (self.only, self.only.view()):
            part.setAccessibleName(tr("Which frames are listed"))
        self.progress = text_label("", "dim")
        self.progress.setFont(number_font(self.progress.font()))
        self.list = _table(self.rows)
        self._empty = text_label("", "dim", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(_PADDING, 12, _PADDING, 12)
        self._lay_out()
        self._fill_choices()
        self.only.activated.connect(self._choose)
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._go)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self.rows.rearranged.connect(self._restore)
        watch.changed.connect(self._table_changed)
        session.changed.connect(self._project_changed)
        session.frame_changed.connect(self._follow)
        theme.changed.connect(self.list.viewport().update)

    def showEvent(self, event: QShowEvent) -> None:
        """What was not seen was not followed."""
        super().showEvent(event)
        if self._is_stale:
            self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The menu of the rows by the keyboard."""
        if event.key() == Qt.Key.Key_Menu:
            self._show_menu(self.list.visualRect(self.list.currentIndex()).bottomLeft())
        else:
            super().keyPressEvent(event)

    @property
    def chosen(self) -> list[int]:
        """The ids of the selected frames, in the order of the list."""
        found: list[int] = self._chosen_ids().tolist()
        return found

    def _chosen_ids(self) -> Integers:
        selection = self.list.selectionModel().selection()
        parts: list[QItemSelectionRange] = list(selection)  # type: ignore[call-overload]
        places = [np.arange(part.top(), part.bottom() + 1) for part in parts]
        return self.rows.ids_at(np.unique(np.concatenate([*places, np.zeros(0, dtype=np.intp)])))

    def _lay_out(self) -> None:
        head = row(gap=8)
        head.setContentsMargins(8, 8, _PADDING, 8)
        head.addWidget(self.only, 1)
        head.addWidget(self.progress)
        self._pile = QStackedLayout()
        whole = column(self, gap=0)
        whole.addLayout(head)
        whole.addLayout(self._pile, 1)
        self._pile.addWidget(self.list)
        self._pile.addWidget(self._empty)

    # What is listed -----------------------------------------------------------------------------------

    def _fill_choices(self) -> None:
        """The states, and the subsets that there are."""
        chosen = self.only.currentData()
        choices: list[tuple[str, tuple[State, str | None]]] = [
            (tr("All frames"), ("all", None)),
            (tr("Not done"), ("open", None)),
            (tr("Done"), ("done", None)),
            (tr("Without annotations"), ("empty", None)),
            (tr("With annotations"), ("labelled", None)),
        ]
        table = self._watch.table
        names = () if table is None else table.subset_names
        if len(names) > 1:
            choices += [
                (tr("Subset {name}", name=name), ("all", name)) for name in sorted(names) if name
            ]
            choices.append((tr("In no subset"), ("all", "")))
        if [data for _, data in choices] == [
            self.only.itemData(place) for place in range(self.only.count())
        ]:
            return
        self.only.clear()
        for title, data in choices:
            self.only.addItem(title, data)
        place = next((i for i, (_, data) in enumerate(choices) if data == chosen), 0)
        self.only.setCurrentIndex(place)
        self._choose()

    def _choose(self) -> None:
        state, subset = self.only.currentData()
        self.rows.show_only(state, subset)
        self._show_state()

    def _table_changed(self, _before: object, _after: object) -> None:
        self._is_stale = True
        if self.isVisible() or self._watch.table is None:
            self._fill()

    def _project_changed(self, change: Change) -> None:
        if change.media or change.frames:
            self.rows.forget_details()
            self._sizes.forget()
        if change.jobs:
            self._table_changed(None, None)

    def _fill(self) -> None:
        self._is_stale = False
        table = self._watch.table
        is_open = self._session.is_open and table is not None
        jobs = self._session.project.jobs(self._session.task.id) if is_open else []
        self.rows.show_table(table, jobs)
        if table is not None:
            # A column that has the same in every row, or nothing, takes no room from the others.
            said = {SUBSET: any(table.subset_names), JOB: len(jobs) > 1}
            self.list.show_useful({one for one in _WIDTHS if said.get(one, True)}, len(table))
        self._fill_choices()
        self._show_state()
        self._follow()

    def _show_state(self) -> None:
        table: FrameTable | None = self._watch.table
        self.progress.setText("")
        if table is not None:
            labelled = progress_of(table).labelled
            self.progress.setText(
                tr_n("{count} with annotations", "{count} with annotations", labelled)
            )
        self._empty.setText(self._why_empty(table))
        self._pile.setCurrentIndex(0 if self.rows.rowCount() else 1)

    def _why_empty(self, table: FrameTable | None) -> str:
        if table is None:
            return tr("The frames are being read…") if self._session.is_open else ""
        if not len(table):
            return tr("The frames of the task are listed here. Open a folder of pictures.")
        return tr("No frame is of this kind. Choose All frames above to see the others.")

    # What is shown and chosen -------------------------------------------------------------------------

    def _follow(self) -> None:
        frame = self._session.frame if self._session.is_open else None
        if frame is None or not self.isVisible():
            self._is_stale = True
            return
        self.rows.show_current(self.list.font())
        place = self.rows.row_of(frame.position)
        if place is None or len(self._chosen) > 1:
            return
        self.list.setCurrentIndex(self.rows.index(place, NAME))
        # Once more when it has its size: it may just have been shown.
        QTimer.singleShot(0, self.list, self._scroll)

    def _scroll(self) -> None:
        self.list.scrollTo(self.list.currentIndex())

    def _selected(self) -> None:
        # Not while the rows are put in another order: then nothing is selected for a moment.
        self._chosen = self._chosen_ids()

    def _restore(self) -> None:
        selection = QItemSelection()
        for first, last in _runs(self.rows.rows_of(self._chosen)):
            selection.append(
                QItemSelectionRange(self.rows.index(first, NUMBER), self.rows.index(last, SIZE))
            )
        self.list.selectionModel().select(
            selection, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        # Of what is not listed any more nobody is told: the rows that were selected went with the others.
        self._selected()

    def _clicked(self, index: QModelIndex) -> None:
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self._go(index)

    def _go(self, index: QModelIndex) -> None:
        (frame_id,) = self.rows.ids_at(np.array([index.row()]))
        if not self._navigation.go_to_id(int(frame_id)):
            self._follow()

    def _show_menu(self, place: QPoint) -> None:
        frames = self.chosen
        if not frames:
            return
        menu = QMenu(self.list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_acts(menu, self._acts, lambda take: take(frames), is_possible=self._session.is_writable)
        menu.popup(self.list.viewport().mapToGlobal(place))


def _runs(places: Rows) -> Iterator[tuple[int, int]]:
    """First and last of each stretch of rows, in order, without a gap."""
    for run in np.split(places, np.flatnonzero(np.diff(places) != 1) + 1):
        if len(run):
            yield int(run[0]), int(run[-1])


class _FramesTable(QTableView):
    """Shows the columns that say something and have room; the name takes what they leave."""

    def __init__(self) -> None:
        super().__init__()
        self._useful: frozenset[int] = frozenset(_WIDTHS)
        self._number = _WIDTHS[NUMBER]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_useful(self, columns: Collection[int], count: int) -> None:
        """Show some columns as far as there is room. count: of the frames that are numbered."""
        widest = self.fontMetrics().horizontalAdvance(in_digits(count)) + _AROUND
        self._useful, self._number = frozenset(columns), max(_WIDTHS[NUMBER], widest)
        self._fit()

    def _fit(self) -> None:
        left = self.viewport().width() - self._number - _WIDTHS[DONE] - _WIDTHS[NAME]
        for place in _OPTIONAL:
            width = self._width_of(place)
            is_shown = place in self._useful and width <= left
            left -= width if is_shown else 0
            self.setColumnHidden(place, not is_shown)
            self.setColumnWidth(place, width)
        self.setColumnWidth(NUMBER, self._number)
        self.setColumnWidth(NAME, _WIDTHS[NAME] + max(0, left))

    def _width_of(self, place: int) -> int:
        """The width of a column, whose title may be longer in another language."""
        title = str(self.model().headerData(place, Qt.Orientation.Horizontal))
        around = self.horizontalHeader().fontMetrics().horizontalAdvance(title) + _AROUND_TITLE
        return max(_WIDTHS[place], around)


def _table(rows: FramesModel) -> _FramesTable:
    view = _FramesTable()
    view.setObjectName("rows")
    view.setAccessibleName(tr("Frames of the task"))
    view.setModel(rows)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setMouseTracking(True)
    view.setCornerButtonEnabled(False)
    view.setFont(number_font(view.font()))
    heads = view.verticalHeader()
    heads.hide()
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    heads.setMinimumSectionSize(ROW)
    heads.setDefaultSectionSize(ROW)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setMinimumSectionSize(24)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for place, width in _WIDTHS.items():
        view.setColumnWidth(place, width)
    header.setSortIndicator(NUMBER, Qt.SortOrder.AscendingOrder)
    header.setSectionsClickable(True)
    header.setSortIndicatorShown(True)
    header.sortIndicatorChanged.connect(partial(_sort, view, rows))
    return view


def _sort(view: QTableView, rows: FramesModel, place: int, order: Qt.SortOrder) -> None:
    if place in SORTED_BY:
        rows.sort(place, order)
    else:
        view.horizontalHeader().setSortIndicator(*rows.sorted_by)
