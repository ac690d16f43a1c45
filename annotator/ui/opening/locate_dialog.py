"""Finding pictures that were moved: where to look, what is found, go."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from annotator import messages
from annotator.background.progress import Progress, ProgressReport
from annotator.project.media.locating import MissingMedia, Search, apply, missing_media, search
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.one_work import Failure, OneWork, Stopped
from annotator.ui.widgets.parts import column, progress_bar, push_button, row, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_SIZE: Final = (680, 420)
# Rows that are shown; how many there are is said above.
_MOST_ROWS: Final = 200
_MOST_NAMES: Final = 4

T = TypeVar("T")


class LocateDialog(QDialog):
    """First says what is missing, then what a search came to; nothing is changed before the person says so."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self.setWindowTitle(tr("Locate pictures"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(first_size(self, _SIZE))
        self._shell = shell
        self._project = shell.session.project
        self._one = OneWork(shell.runner, shell.calls, self, uses=self._project)
        self._one.progressed.connect(self._progressed)
        self._missing: Sequence[MissingMedia] = ()
        self._search: Search | None = None
        self.state = text_label("", "", wraps=True)
        self.detail = text_label("", "dim", wraps=True)
        self.table = _table()
        self.bar = progress_bar()
        self.folder, self.files = (
            push_button(tr("Look in a folder…")),
            push_button(tr("Choose files…")),
        )
        self.cancel = push_button(tr("Cancel"))
        self.go = push_button(tr("Use these files"), "primary")
        self._lay_out()
        self.folder.clicked.connect(self._choose_folder)
        self.files.clicked.connect(self._choose_files)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._apply)
        self._run(tr("Looking for missing pictures"), self._ask, self._show_missing)

    def look_in(self, places: Sequence[str]) -> None:
        """Look for what is missing in folders, and among files."""
        paths = [Path(place) for place in places]
        missing = self._missing
        self._run(
            tr("Looking through files"),
            lambda progress: search(missing, paths, progress),
            self._show_found,
        )

    def done(self, result: int) -> None:
        """Close; what runs is stopped, and leaves nothing behind."""
        self._one.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close as Cancel does."""
        self.reject()
        event.accept()

    def _lay_out(self) -> None:
        for button in (self.folder, self.files, self.cancel):
            button.setAutoDefault(False)
        places = row()
        places.addWidget(self.folder)
        places.addWidget(self.files)
        places.addStretch(1)
        buttons = row()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        lines.addWidget(self.state)
        lines.addWidget(self.detail)
        lines.addWidget(self.table, 1)
        lines.addLayout(places)
        lines.addLayout(buttons)

    # Working ----------------------------------------------------------------------------------------

    def _run(self, name: str, function: Callable[[Progress], T], then: Callable[[T], None]) -> None:
        """Do something beside the GUI thread, one thing at a time."""
        self._one.start(name, function, partial(self._ended, then))
        self.state.setText(f"{name} …")
        self._say_more("")
        self._show_buttons()

    def _ended(self, then: Callable[[T], None], found: T | Failure | Stopped) -> None:
        if isinstance(found, Failure):
            self.state.setText(found.text)
        elif isinstance(found, Stopped):
            self.state.setText(tr("Stopped; nothing was changed."))
        else:
            then(found)
        self._show_buttons()

    def _progressed(self, report: ProgressReport) -> None:
        self.bar.setRange(0, report.total or 0)
        self.bar.setValue(report.done)

    def _ask(self, progress: Progress) -> Sequence[MissingMedia]:
        return missing_media(self._project, progress)

    def _apply(self) -> None:
        found = self._search
        if found is None:
            return

        work = partial(apply, self._project, found)
        self._run(tr("Locating pictures"), work, partial(self._applied, found.found_frames))

    def _applied(self, frames: int, step: int | None) -> None:
        text = tr_n(
            "{count} picture was found again.", "{count} pictures were found again.", frames
        )
        answers = [] if step is None else [self._shell.undo.answer(self._project, step)]
        messages.info(text, *answers)
        self.accept()

    # Choosing ---------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder with the pictures"), self._last_place())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._choose(dialog)

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, tr("The pictures, where they are now"), self._last_place())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._choose(dialog)

    def _choose(self, dialog: QFileDialog) -> None:
        dialog.filesSelected.connect(self.look_in)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _last_place(self) -> str:
        """The nearest folder above the first missing picture that is still there."""
        for one in self._missing[:1]:
            for folder in one.was.parents:
                if os.path.isdir(folder):
                    return str(folder)
        return os.path.expanduser("~")

    # Showing ----------------------------------------------------------------------------------------

    def _show_missing(self, missing: Sequence[MissingMedia]) -> None:
        self._missing = missing
        frames = sum(one.frames for one in missing)
        if not missing:
            self.state.setText(tr("Every picture of the project is where it should be."))
            return
        self.state.setText(
            tr_n(
                "{count} picture is not where it was. Where is it now?",
                "{count} pictures are not where they were. Where are they now?",
                frames,
            )
        )
        self._say_more(
            tr("They are known again by name, size and content. The files are left as they are.")
        )
        self.folder.setFocus()
        self._fill([(str(one.was), "") for one in missing[:_MOST_ROWS]])

    def _show_found(self, found: Search) -> None:
        self._search = found
        missing = tr_n("{count} picture", "{count} pictures", found.missing_frames)
        self.state.setText(
            tr("{found} of {missing} found.", found=in_digits(found.found_frames), missing=missing)
        )
        reasons = []
        known = {one.missing.media.id for one in found.found}
        still = [one.was.name for one in found.missing if one.media.id not in known]
        if still:
            reasons.append(tr("Still missing: {names}.", names=_in_short(still)))
        if found.doubtful:
            reasons.append(
                tr_n(
                    "{count} file has the right name and other content, and is not taken: {path}.",
                    "{count} files have the right name and other content, and are not taken, the first is {path}.",
                    len(found.doubtful),
                    path=str(found.doubtful[0]),
                )
            )
        if found.ambiguous:
            reasons.append(
                tr_n(
                    "For {count} picture there are several equal files; look in one folder of them.",
                    "For {count} pictures there are several equal files; look in one folder of them.",
                    found.ambiguous,
                )
            )
        self._say_more(" ".join(reasons))
        shown = found.found[:_MOST_ROWS]
        if shown:
            self._fill([(str(one.missing.was), str(one.path)) for one in shown])

    def _say_more(self, text: str) -> None:
        self.detail.setText(text)
        self.detail.setVisible(bool(text))

    def _fill(self, rows: Sequence[tuple[str, str]]) -> None:
        self.table.setRowCount(len(rows))
        for place, texts in enumerate(rows):
            for at, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                self.table.setItem(place, at, item)

    def _show_buttons(self) -> None:
        is_busy = self._one.is_busy
        self.bar.setVisible(is_busy)
        if is_busy:
            self.bar.setRange(0, 0)
        for button in (self.folder, self.files):
            button.setEnabled(not is_busy and bool(self._missing))
        can_go = not is_busy and self._search is not None and bool(self._search.found)
        self.go.setEnabled(can_go)
        self.table.setVisible(bool(self._missing))
        is_over = not is_busy and not self._missing
        self.cancel.setText(tr("Close") if is_over else tr("Cancel"))
        (self.go if can_go else self.folder).setDefault(True)


def _table() -> QTableWidget:
    table = QTableWidget(0, 2)
    table.setAccessibleName(tr("Pictures"))
    table.setHorizontalHeaderLabels([tr("Was"), tr("Is now")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTextElideMode(Qt.TextElideMode.ElideLeft)
    table.setWordWrap(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    table.verticalHeader().setDefaultSectionSize(28)
    return table


def _in_short(names: Sequence[str]) -> str:
    """The first names, and how many there are besides."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return (
        shown if more <= 0 else tr("{names} and {count} more", names=shown, count=in_digits(more))
    )
