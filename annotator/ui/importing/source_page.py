"""The first step of an import: which file or folder, in which format, into which task."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QWidget

from annotator.formats.recognition import Recognised
from annotator.formats.registry import Format
from annotator.project.organisation import Task
from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.timers import single_shot
from annotator.ui.widgets.empty_note import EmptyNote
from annotator.ui.widgets.parts import column, push_button, text_label
from annotator.ui.widgets.report_table import (
    Column,
    ReportModel,
    Tone,
    report_table,
    selected_rows,
)
from annotator.ui.widgets.said_below import said_below
from annotator.ui.widgets.task_box import TaskBox

# A path is asked about once nothing was typed for this long.
_REST_MS: Final = 250


class AnswerRow:
    """A format and what it says of the path."""

    def __init__(self, answer: Recognised) -> None:
        self.format = answer.format
        self.fits = answer.fits
        self._reason = said_below(answer.reason)

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        verdict = tr("fits") if self.fits else tr("does not fit")
        return self.format.title, verdict, self._reason

    @property
    def tone(self) -> Tone:
        """What fits stands out."""
        return "good" if self.fits else "dim"


class ImportSourcePage(QWidget):
    """Asks where the dataset is, and shows what every format says of it.

    `path_changed()` when another path is to be looked at; `changed()` when the answers may have changed.
    """

    path_changed = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, tasks: Sequence[Task], shown: Task) -> None:
        super().__init__()
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File or folder"))
        # What is dropped here is the window's: the field would take it as text.
        self.path.setAcceptDrops(False)
        self.path.setPlaceholderText(tr("A file or folder; it can also be dropped here"))
        self.file_button = push_button(tr("File…"))
        self.folder_button = push_button(tr("Folder…"))
        self.task = TaskBox(tasks, shown)
        self.model = ReportModel(
            (
                Column(tr("Format"), 220),
                Column(tr("Verdict"), 100, tinted=True),
                Column(tr("Why"), stretch=True, tinted=True),
            ),
            theme,
            self,
        )
        self.formats = report_table(self.model, tr("Formats"))
        self.note = EmptyNote(self.formats)
        self.verdict = text_label("", "dim", wraps=True)
        self._rest = single_shot(self, _REST_MS, self.path_changed)
        self._lay_out()
        self.path.textChanged.connect(self._typed)
        self.file_button.clicked.connect(self._choose_file)
        self.folder_button.clicked.connect(self._choose_folder)
        self.task.chosen_changed.connect(self.changed)
        self.formats.selectionModel().selectionChanged.connect(lambda *_: self.changed.emit())
        self._show_note()

    def _lay_out(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(8)
        fields.setColumnStretch(1, 1)
        fields.setColumnMinimumWidth(0, 76)
        fields.addWidget(text_label(tr("From"), "dim"), 0, 0)
        fields.addWidget(self.path, 0, 1)
        fields.addWidget(self.file_button, 0, 2)
        fields.addWidget(self.folder_button, 0, 3)
        fields.addWidget(text_label(tr("Into task"), "dim"), 1, 0)
        fields.addWidget(self.task, 1, 1)
        lines = column(self, gap=12)
        lines.addLayout(fields)
        lines.addWidget(self.verdict)
        lines.addWidget(self.formats, 1)

    # What was chosen --------------------------------------------------------------------------------

    @property
    def chosen_path(self) -> Path | None:
        """The path that stands in the field, None while it is empty."""
        text = self.path.text().strip()
        if not text or "\0" in text:
            return None
        return Path(os.path.expanduser(text)).absolute()

    @property
    def chosen_format(self) -> Format | None:
        """The format that is selected, None where none is."""
        rows = selected_rows(self.formats)
        if not rows:
            return None
        one = self.model.row_at(rows[0])
        assert isinstance(one, AnswerRow)
        return one.format

    @property
    def chosen_task(self) -> Task | None:
        """The task that is selected, None where it was removed."""
        return next(iter(self.task.chosen), None)

    def set_path(self, path: str) -> None:
        """Put a path into the field and look at it at once."""
        self.path.setText(path)
        self._rest.stop()
        self.path_changed.emit()

    # What is known of it ----------------------------------------------------------------------------

    def show_answers(self, answers: Sequence[Recognised]) -> None:
        """Show what the formats say; one that fits alone is selected."""
        self.model.show([AnswerRow(one) for one in answers])
        fitting = [one for one in answers if one.fits]
        if len(fitting) == 1:
            self.formats.selectRow(0)
            self._say(tr("This is {format}.", format=fitting[0].format.title), "good")
        elif fitting:
            names = ", ".join(one.format.title for one in fitting)
            self._say(
                tr("This could be any of: {formats}. Choose one below.", formats=names), "warn"
            )
        else:
            self._say(
                tr(
                    "No format recognises this. The reasons are below; choose another file or folder,"
                    " or a format to try all the same."
                ),
                "warn",
            )
        self.changed.emit()

    def show_trouble(self, text: str) -> None:
        """Show why nothing is known of the path; empty for an empty field."""
        self.model.show([])
        self._say(text, "bad")
        self.changed.emit()

    def tell_trouble(self, text: str) -> None:
        """Show why the dataset could not be read; what the formats say stays."""
        self._say(text, "bad")

    def _show_note(self) -> None:
        """Say what will be in the table, while nothing is known of any path."""
        asked = tr(
            "What each format says of the dataset is listed here. Choose a file or a folder above."
        )
        self.note.setText(asked if self.chosen_path is None else "")

    def _say(self, text: str, look: str) -> None:
        self.verdict.setObjectName(look)
        self.verdict.style().polish(self.verdict)
        self.verdict.setText(text)

    # Hands ------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self.model.show([])
        self._show_note()
        self._say("", "dim")
        self.changed.emit()
        self._rest.start()

    def _choose_file(self) -> None:
        self._choose(tr("Dataset file"), QFileDialog.FileMode.ExistingFile)

    def _choose_folder(self) -> None:
        self._choose(tr("Dataset folder"), QFileDialog.FileMode.Directory)

    def _choose(self, title: str, mode: QFileDialog.FileMode) -> None:
        path = self.chosen_path
        dialog = QFileDialog(self, title, str(path.parent if path else Path.home()))
        dialog.setObjectName("chooseDataset")
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.set_path)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def showEvent(self, event: object) -> None:  # noqa: D102 - Qt explains it
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)
