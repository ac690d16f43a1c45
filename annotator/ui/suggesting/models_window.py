"""The models of this computer and others that can be had: what they are, getting, checking and removing them."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame

from annotator.translation import tr
from annotator.ui.shell.shell import Shell
from annotator.ui.suggesting.memory import SuggestingMemory
from annotator.ui.suggesting.model_list import ModelFacts, ModelList
from annotator.ui.suggesting.model_rows import ModelRow, about, columns, offer
from annotator.ui.widgets.deleting import deletes
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.report_table import ReportModel, report_table, selected_rows

T = TypeVar("T")

_SIZE: Final = (780, 500)
_LEAST: Final = (600, 380)
_MARGIN: Final = 20
# Room for what is said of a model.
_LINES: Final = 4


class ModelsWindow(QDialog):
    """Signals: `try_wanted(id)` when a model is to suggest on the shown frame; `removed(id)`."""

    try_wanted = Signal(str)
    removed = Signal(str)

    def __init__(self, shell: Shell, models: ModelList, memory: SuggestingMemory) -> None:
        super().__init__(shell.window)
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(*_LEAST)
        self.resize(*_SIZE)
        self._shell = shell
        self._models = models
        self._memory = memory
        self._source: Path | None = None
        self._fetching: ModelFacts | None = None
        self._sure_of = ""
        self._wanted = ""
        # What went wrong with a model, shown until another one is looked at.
        self._failure = ("", "")
        self._is_gone = False
        self.finished.connect(self._gone)
        self._rows: list[ModelRow] = []
        self._model = ReportModel(columns(), shell.theme, self)
        self.table = report_table(self._model, tr("Models of this computer, and others to be had"))
        self.details = text_label("", "dim", wraps=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.question = _Question()
        self.from_folder = push_button(tr("Install from a folder…"))
        self.from_file = push_button(tr("Install from a file…"))
        self.check = push_button(tr("Check the files"))
        self.remove = push_button(tr("Remove"))
        self.attempt = push_button(tr("Try on this frame"), "primary")
        self.fetch = push_button(tr("Fetch…"), "primary")
        self.copy = push_button(tr("Copy the address"), "primary")
        self._lay_out()
        self._connect()
        self._show()
        models.read()

    def _lay_out(self) -> None:
        last = (self.attempt, self.fetch, self.copy)
        for button in (self.from_folder, self.from_file, self.check, self.remove, *last):
            button.setAutoDefault(False)
        top = row()
        top.addStretch(1)
        top.addWidget(self.from_folder)
        top.addWidget(self.from_file)
        below = row()
        below.addWidget(self.check)
        below.addWidget(self.remove)
        below.addStretch(1)
        for button in last:
            below.addWidget(button)
        lines = column(self, gap=10)
        lines.setContentsMargins(_MARGIN, 14, _MARGIN, 16)
        lines.addLayout(top)
        lines.addWidget(self.question)
        lines.addWidget(self.table, 1)
        lines.addWidget(self.details)
        lines.addLayout(below)
        # Room for what is said of a model, so that nothing moves.
        self.details.setMinimumHeight(_LINES * self.details.fontMetrics().lineSpacing())
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        self._models.changed.connect(self._show)
        self._models.failed.connect(self._failed)
        self._memory.model_changed.connect(self._show)
        self.table.selectionModel().selectionChanged.connect(self._row_changed)
        self._model.modelReset.connect(self._row_changed)
        self.from_folder.clicked.connect(self._choose_folder)
        self.from_file.clicked.connect(self._choose_file)
        self.check.clicked.connect(self._check)
        self.remove.clicked.connect(self._remove)
        self.attempt.clicked.connect(self._try)
        self.fetch.clicked.connect(self._ask_to_fetch)
        self.copy.clicked.connect(self._copy)
        self.question.go.clicked.connect(self._go)
        self.question.cancel.clicked.connect(self.question.hide)
        self._shell.session.opened.connect(self._row_changed)
        self._shell.session.closed.connect(self._row_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if deletes(event):
            self._remove()
        else:
            super().keyPressEvent(event)

    # What is shown ----------------------------------------------------------------------------------

    @property
    def chosen(self) -> ModelFacts | None:
        """The model of the selected row."""
        rows = selected_rows(self.table)
        return self._rows[rows[0]].model if rows and rows[0] < len(self._rows) else None

    def _show(self) -> None:
        before, models = self.chosen, self._models
        self._rows = [
            ModelRow(one, one.id == self._memory.model, one.id in models.fetched)
            for one in (*models.models, *models.recommended)
        ]
        self._model.show(self._rows)
        ids = [one.model.id for one in self._rows]
        wanted = self._wanted or (before.id if before else "")
        if ids:
            self.table.selectRow(ids.index(wanted) if wanted in ids else 0)
        if self._wanted in [one.id for one in models.models]:
            self._wanted = ""
        self._row_changed()

    def _row_changed(self) -> None:
        one = self.chosen
        self._sure_of = ""
        self.remove.setText(tr("Remove"))
        is_there = one is not None and one.is_installed
        self.check.setEnabled(is_there)
        self.remove.setEnabled(is_there)
        can_fetch = one is not None and bool(one.requirement) and not is_there
        self.attempt.setVisible(one is None or is_there)
        self.fetch.setVisible(can_fetch)
        self.copy.setVisible(not self.attempt.isVisibleTo(self) and not can_fetch)
        is_usable = one is not None and is_there and not one.problem
        self.attempt.setEnabled(is_usable and self._shell.session.is_writable)
        self.fetch.setEnabled(one is not None and one.id not in self._models.fetched)
        if one is None:
            return  # for a moment, while the list is filled anew
        name, failure = self._failure
        if failure and one.id == name:
            self._say(failure, is_bad=True)
        else:
            self._failure = ("", "")
            self._say(about(one), is_bad=bool(one.problem))

    def _say(self, text: str, *, is_bad: bool = False) -> None:
        self.details.setObjectName("bad" if is_bad else "dim")
        self.details.style().unpolish(self.details)
        self.details.style().polish(self.details)
        self.details.setText(text)

    def _failed(self, text: str) -> None:
        self._failure = ("" if self.chosen is None else self.chosen.id, text)
        self._wanted = ""
        self._say(text, is_bad=True)

    def _if_open(self, then: Callable[[T], object]) -> Callable[[T], None]:
        """Return what takes an answer unless the window was closed before it came."""

        def take(answer: T) -> None:
            if not self._is_gone:
                then(answer)

        return take

    def _gone(self) -> None:
        self._is_gone = True

    # What can be done -------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder of a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._choose(dialog)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("File of a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Models (*.zip *.onnx *.whl)"))
        self._choose(dialog)

    def _choose(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.look_into(Path(path)))
        dialog.open()

    def look_into(self, source: Path) -> None:
        """Check a package, and ask whether it is to be installed under its licence."""
        self._source, self._fetching = source, None
        self._say(tr("Checking {path}…", path=source))
        self._models.look_into(source, self._if_open(self._ask))

    def _ask(self, found: Sequence[ModelFacts]) -> None:
        self._row_changed()
        text = " ".join(offer(one, one.size) for one in found)
        if any(one.id == other.id for one in found for other in self._models.models):
            text = tr("{model} It takes the place of the one that is installed.", model=text)
        self.question.ask(text, tr("Install"))

    def _ask_to_fetch(self) -> None:
        one = self.chosen
        if one is not None:
            self._fetching = one
            self.question.ask(offer(one, one.download), tr("Fetch"))

    def _go(self) -> None:
        """Do what was asked about."""
        self.question.hide()
        if self._fetching is not None:
            self._wanted = self._fetching.id
            self._models.fetch(self._fetching)
        elif self._source is not None:
            self._models.install(self._source, self._if_open(self._installed))

    def _installed(self, model_id: str) -> None:
        self._wanted = model_id

    def _copy(self) -> None:
        one = self.chosen
        if one is not None:
            QGuiApplication.clipboard().setText("\n".join(one.addresses))
            self._say(tr("The address is in the clipboard."))

    def _check(self) -> None:
        one = self.chosen
        if one is not None:
            self._say(tr("Checking {path}…", path=one.name))
            self._models.check(one.id, self._if_open(self._checked))

    def _checked(self, problem: str) -> None:
        self._say(problem or tr("All files are as they should be."), is_bad=bool(problem))

    def _remove(self) -> None:
        """Ask once more, on the button itself, then remove the model."""
        one = self.chosen
        if one is None:
            return
        if self._sure_of != one.id:
            self._sure_of = one.id
            self.remove.setText(tr("Really remove?"))
            return
        self._models.remove(one.id, self._if_open(lambda _: self.removed.emit(one.id)))

    def _try(self) -> None:
        one = self.chosen
        if one is not None:
            self.try_wanted.emit(one.id)
            self.accept()


class _Question(QFrame):
    """What is about to be installed, and under which licence; hidden while there is nothing to ask."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.text = text_label("", wraps=True)
        self.go = push_button("", "primary")
        self.cancel = push_button(tr("Cancel"))
        for button in (self.go, self.cancel):
            button.setAutoDefault(False)
        line = row(self, gap=10)
        line.setContentsMargins(12, 8, 8, 8)
        line.addWidget(self.text, 1)
        line.addWidget(self.cancel)
        line.addWidget(self.go)
        self.hide()

    def ask(self, text: str, act: str) -> None:
        """Ask, with the focus on the answer that does it."""
        self.text.setText(text)
        self.go.setText(act)
        self.show()
        self.go.setFocus()
