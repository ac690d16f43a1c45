"""The window of snapshots and backups: what there is, what was done since, and going back to it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QStackedLayout,
    QTabBar,
    QTableView,
)

from annotator.background.progress import Progress
from annotator.project.copies.backups import list_backups
from annotator.project.copies.difference import Difference, compare
from annotator.project.copies.snapshot_files import unpacked
from annotator.project.copies.snapshots import delete_snapshot, list_snapshots
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.history.snapshots_acts import SnapshotActs
from annotator.ui.history.snapshots_rows import BackupRow, SnapshotRow, difference_text
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.deleting import deletes
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.one_work import Failure, OneWork, Stopped
from annotator.ui.widgets.parts import column, progress_bar, push_button, row, text_label
from annotator.ui.widgets.report_table import Column, ReportModel, report_table

T = TypeVar("T")
Row = SnapshotRow | BackupRow

SNAPSHOTS: Final = 0
BACKUPS: Final = 1
_SIZE: Final = (760, 480)
_LEAST: Final = (560, 360)
_MARGIN: Final = 20


class SnapshotsWindow(QDialog):
    """Two lists, one of them shown, and what can be done with the chosen row. Closing it stops no restore."""

    def __init__(self, shell: Shell, acts: SnapshotActs, tab: int = SNAPSHOTS) -> None:
        super().__init__(shell.window)
        self.setWindowTitle(tr("Snapshots and backups"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(*_LEAST)
        self.resize(first_size(self, _SIZE))
        self._shell, self._acts = shell, acts
        self._project: Project = shell.session.project
        self._one = OneWork(shell.runner, shell.calls, self, uses=self._project)
        self._reading = OneWork(shell.runner, shell.calls, self, uses=self._project)
        # The chosen row, as long as what is told below the list may be about it.
        self._told_of: Path | None = None
        self._sure_of: Path | None = None
        self.tabs = _tabs()
        self.models = [
            ReportModel(columns, shell.theme, self)
            for columns in (_snapshot_columns(), _backup_columns())
        ]
        names = (tr("Snapshots, the newest first"), tr("Backups, the newest first"))
        self.tables = [
            report_table(model, name) for model, name in zip(self.models, names, strict=True)
        ]
        self.empty = text_label("", "dim", wraps=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state = text_label("", "dim", wraps=True)
        self.state.setAccessibleName(tr("What was done since"))
        self.bar = progress_bar(keeps_room=True)
        self.new = push_button("")
        self.other = push_button("")
        self.rename = push_button(tr("Rename…"))
        self.delete = push_button(tr("Delete"))
        self.compare = push_button(tr("Compare"))
        self.restore = push_button(tr("Restore"), "primary")
        for button in (self.new, self.other, self.rename, self.delete, self.compare, self.restore):
            button.setAutoDefault(False)
        self._lay_out()
        self._connect()
        self.tabs.setCurrentIndex(tab)
        self._tab_changed()

    def _lay_out(self) -> None:
        self._pile = QStackedLayout()
        top = row(gap=8)
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.other)
        top.addWidget(self.new)
        buttons = row(gap=8)
        buttons.addWidget(self.rename)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        buttons.addWidget(self.compare)
        buttons.addWidget(self.restore)
        whole = column(self, gap=10)
        whole.setContentsMargins(_MARGIN, 14, _MARGIN, 16)
        whole.addLayout(top)
        whole.addLayout(self._pile, 1)
        for widget in (*self.tables, self.empty):
            self._pile.addWidget(widget)
        whole.addWidget(self.state)
        whole.addWidget(self.bar)
        whole.addLayout(buttons)
        # Room for two lines, so that nothing moves when something is told.
        self.state.setMinimumHeight(2 * self.state.fontMetrics().lineSpacing())
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._tab_changed)
        for table in self.tables:
            table.selectionModel().selectionChanged.connect(self._row_changed)
            table.doubleClicked.connect(self._activated)
        self.new.clicked.connect(self._make)
        self.other.clicked.connect(self._other)
        self.rename.clicked.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self.compare.clicked.connect(self._compare)
        self.restore.clicked.connect(self._restore)
        self._acts.changed.connect(self.fill)
        self._shell.switch.left.connect(self.reject)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and F2, wherever the focus is."""
        if deletes(event):
            self._delete()
        elif event.key() == Qt.Key.Key_F2:
            self._rename()
        else:
            super().keyPressEvent(event)

    # What is shown ----------------------------------------------------------------------------------

    @property
    def tab(self) -> int:
        """Which list is shown."""
        return self.tabs.currentIndex()

    @property
    def table(self) -> QTableView:
        """The table that is shown."""
        return self.tables[self.tab]

    @property
    def is_busy(self) -> bool:
        """Whether the lists are read, or something is done with a row."""
        return self._one.is_busy or self._reading.is_busy

    @property
    def chosen(self) -> Row | None:
        """The row that is selected."""
        found = self.table.selectionModel().selectedRows()
        if not found:
            return None
        one = self.models[self.tab].row_at(found[0].row())
        assert isinstance(one, (SnapshotRow, BackupRow))
        return one

    def fill(self) -> None:
        """Read the folders anew; the disk is asked beside the GUI thread."""
        folder = self._project.folder
        name = tr("Reading snapshots and backups")
        self._reading.start(name, partial(_rows, folder), self._filled)

    def _filled(self, found: tuple[list[SnapshotRow], list[BackupRow]] | Failure | Stopped) -> None:
        if isinstance(found, Failure):
            self._say(found.text, "bad")
        lists: tuple[Sequence[Row], ...] = found if isinstance(found, tuple) else ()
        for place, rows in enumerate(lists):
            chosen = self.chosen if place == self.tab else None
            self.models[place].show(rows)
            at = next((at for at, one in enumerate(rows) if chosen and one.path == chosen.path), 0)
            if rows:
                self.tables[place].selectRow(at)
        self._show()

    def _tab_changed(self) -> None:
        is_snapshots = self.tab == SNAPSHOTS
        self.new.setText(tr("Save snapshot") if is_snapshots else tr("Back up now"))
        self.other.setText(tr("Restore from a file…"))
        self.other.setVisible(not is_snapshots)
        self.rename.setVisible(is_snapshots)
        self.empty.setText(
            tr("Snapshots are listed here: the labels and annotations of a moment, to go back to.")
            if is_snapshots
            else tr("Backups are listed here: one is made at opening, at most once a day.")
        )
        self.delete.setVisible(is_snapshots)
        self._told_of = None
        self._say("")
        self.fill()
        self._show()
        self.table.setFocus()

    def _row_changed(self) -> None:
        one = self.chosen
        path = None if one is None else one.path
        if path == self._told_of:
            return  # the list was read anew
        self._sure_of, self._told_of = None, path
        self._say("" if one is None else one.trouble, "bad")
        self._show()

    def _show(self) -> None:
        """Let the buttons be what makes sense."""
        model = self.models[self.tab]
        self._pile.setCurrentIndex(self.tab if model.rowCount() else len(self.tables))
        one = self.chosen
        is_good = one is not None and not one.trouble
        is_free = not self._one.is_busy
        is_sure = one is not None and one.path == self._sure_of
        self.delete.setText(tr("Delete for good") if is_sure else tr("Delete"))
        self.delete.setEnabled(one is not None and is_free)
        self.rename.setEnabled(is_good and is_free)
        self.compare.setEnabled(is_good and is_free)
        self.restore.setEnabled(is_good and is_free and self._project.is_writable)

    def _say(self, text: str, look: str = "dim") -> None:
        self.state.setObjectName(look)
        self.state.style().polish(self.state)
        self.state.setText(text)

    # What is done -----------------------------------------------------------------------------------

    def _make(self) -> None:
        if self.tab == SNAPSHOTS:
            self._acts.save_snapshot(quietly=True)
        else:
            self._acts.back_up(quietly=True)

    def _activated(self, index: QModelIndex) -> None:
        if self.tab == SNAPSHOTS and index.column() == 0:
            self._rename()
        else:
            self._compare()

    def _rename(self) -> None:
        one = self.chosen
        if isinstance(one, SnapshotRow) and self.rename.isEnabled():
            self._acts.ask_name(one.snapshot, self)

    def _delete(self) -> None:
        one = self.chosen
        if not isinstance(one, SnapshotRow) or not self.delete.isEnabled():
            return
        if self._sure_of != one.path:
            self._sure_of = one.path
            self._say(tr("“{name}” would be gone for good: this cannot be undone.", name=one.name))
            self._show()
            return
        self._sure_of = None
        snapshot = one.snapshot
        self._start(tr("Deleting a snapshot"), lambda _: delete_snapshot(snapshot), self._deleted)

    def _deleted(self, _nothing: None) -> None:
        self._say("")
        self.fill()

    def _compare(self) -> None:
        one = self.chosen
        if one is not None and self.compare.isEnabled():
            self._start(
                tr("Comparing with “{name}”", name=one.name),
                partial(_difference, self._project, one),
                lambda found: self._say(difference_text(one.name, found), "text"),
            )

    def _restore(self) -> None:
        one = self.chosen
        if one is not None and self.restore.isEnabled():
            self._acts.restore(one)
            self.accept()

    def _other(self) -> None:
        dialog = QFileDialog(self, tr("File of a backup"), str(self._project.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([tr("Backups (*.annotator)"), tr("All files (*)")])
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, path: str) -> None:
        self._acts.restore_file(Path(path))
        self.accept()

    # Work -------------------------------------------------------------------------------------------

    def _start(
        self, name: str, function: Callable[[Progress], T], then: Callable[[T], None]
    ) -> None:
        """Do something beside the GUI thread, in place of what goes on; trouble is told in the window."""
        self._one.start(name, function, partial(self._ended, then))
        self._say(f"{name} …")
        self.bar.setRange(0, 0)
        self.bar.show()
        # The buttons wait until it is done: Qt would give the keys of the pressed one to any other.
        self.table.setFocus()
        self._show()

    def _ended(self, then: Callable[[T], None], found: T | Failure | Stopped) -> None:
        self.bar.hide()
        if isinstance(found, Failure):
            self._say(found.text, "bad")
        elif isinstance(found, Stopped):
            self._say("")
        else:
            then(found)
        self._show()

    def done(self, result: int) -> None:
        """Close; what is read or compared is stopped."""
        self._reading.close()
        self._one.close()
        super().done(result)


def _tabs() -> QTabBar:
    tabs = QTabBar()
    tabs.setObjectName("plainTabs")
    tabs.setDrawBase(False)
    tabs.setExpanding(False)
    tabs.setAccessibleName(tr("Snapshots or backups"))
    for title in (tr("Snapshots"), tr("Backups")):
        tabs.addTab(title)
    return tabs


def _rows(folder: Path, _progress: Progress) -> tuple[list[SnapshotRow], list[BackupRow]]:
    snapshots = [SnapshotRow(one) for one in list_snapshots(folder)]
    return snapshots, [BackupRow(one) for one in list_backups(folder)]


def _difference(project: Project, one: Row, progress: Progress) -> Difference:
    if isinstance(one, BackupRow):
        return compare(project.path, one.path, progress)
    with unpacked(project.folder, one.snapshot, progress) as state:
        return compare(project.path, state, progress)


def _snapshot_columns() -> Sequence[Column]:
    return (
        Column(tr("Name"), stretch=True, tinted=True),
        Column(tr("Made"), 140),
        Column(tr("Annotations"), 110, is_number=True),
        Column(tr("Frames"), 90, is_number=True),
        Column(tr("Size"), 90, is_number=True),
    )


def _backup_columns() -> Sequence[Column]:
    return (
        Column(tr("Made"), 160),
        Column(tr("Why"), stretch=True),
        Column(tr("Size"), 100, is_number=True),
    )
