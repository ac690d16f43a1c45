"""Writing the annotations as a dataset: which format, where to, what would be lost, go."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.formats.builtin import FORMATS
from annotator.formats.exporting import export_dataset
from annotator.formats.losses import Loss, LossReport
from annotator.formats.registry import Format
from annotator.messages import Answer
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.view import ProjectView
from annotator.safe_io import safe_file_name
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.parts import column, push_button, row, text_label

_WIDTH: Final = 680
_SAVE_IMAGES: Final = "save_images"


class ExportDialog(QDialog):
    """One window for the whole export; it stays open while it runs, and shows how far it is.

    `exported(folder)` is emitted when a dataset was written.
    """

    exported = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        project: Project,
        task: Task,
        media: Path | None,
        runner: BackgroundRunner,
        calls: GuiCalls,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._project = project
        self._task = task
        self._beside = _writable_folder(media)
        self._runner = runner
        self._calls = calls
        self._check: Work[LossReport] | None = None
        self._export: Work[LossReport] | None = None
        self._stop = runner.subscribe(self._hear)
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        for one in FORMATS:
            if one.writer:
                self.format.addItem(one.title, one.id)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.browse = push_button("Choose…")
        self.with_images = QCheckBox("Copy the pictures, too")
        self.state = text_label("", "dim", wraps=True)
        self.losses = _loss_table()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.go = push_button("Export", "primary")
        self.go.setDefault(True)
        self.cancel = push_button("Cancel")
        self._lay_out()
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.with_images.toggled.connect(self._start_check)
        self.folder.textChanged.connect(self._show_buttons)
        self.browse.clicked.connect(self._choose_folder)
        self.go.clicked.connect(self._start_export)
        self.cancel.clicked.connect(self.reject)
        self._format_chosen()

    def done(self, result: int) -> None:
        """Close; what runs is stopped, and leaves nothing behind."""
        for work in (self._check, self._export):
            if work is not None:
                work.cancel()
        self._check = self._export = None
        self._stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close as Cancel does."""
        self.reject()
        event.accept()

    def _lay_out(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.setColumnStretch(1, 1)
        fields.addWidget(text_label("Format", "dim"), 0, 0)
        fields.addWidget(self.format, 0, 1, 1, 2)
        fields.addWidget(text_label("Folder", "dim"), 1, 0)
        fields.addWidget(self.folder, 1, 1)
        fields.addWidget(self.browse, 1, 2)
        fields.addWidget(self.with_images, 2, 1, 1, 2)
        buttons = row()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        lines.addLayout(fields)
        lines.addWidget(self.state)
        lines.addWidget(self.losses, 1)
        lines.addLayout(buttons)

    # What would be lost -----------------------------------------------------------------------------

    @property
    def _format(self) -> Format:
        return FORMATS[self.format.currentData()]

    @property
    def _options(self) -> dict[str, bool]:
        if _SAVE_IMAGES not in self._format.option_ids:
            return {}
        return {_SAVE_IMAGES: self.with_images.isChecked()}

    def _format_chosen(self) -> None:
        self.with_images.setVisible(_SAVE_IMAGES in self._format.option_ids)
        name = safe_file_name(f"{self._task.name}-{self._format.id}", fallback="dataset")
        self.folder.setText(str(_free(self._beside / name)))
        self._start_check()

    def _start_check(self) -> None:
        if self._check is not None:
            self._check.cancel()
        self._say("Looking for what this format cannot hold …")
        self.losses.hide()
        view = ProjectView(self._project, [self._task])
        work = self._runner.start(
            "Checking the export", partial(_losses, self._format, view, self._options)
        )
        self._check = work
        self._show_buttons()
        work.when_done(lambda _: self._calls.post(partial(self._checked, work)))

    def _checked(self, work: Work[LossReport]) -> None:
        if work is not self._check:
            return
        self._check = None
        if work.state is WorkState.DONE:
            self._show_losses(list(work.result()))
        else:
            self._say_trouble(work)
        self._show_buttons()

    def _show_losses(self, losses: list[Loss]) -> None:
        if not losses:
            self._say("Nothing is lost: this format can hold everything in the task.", "good")
            return
        self._say("This format cannot hold everything:")
        self.losses.setRowCount(len(losses))
        for place, loss in enumerate(losses):
            count = QTableWidgetItem(f"{loss.count:,}")
            count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for at, item in enumerate(
                (count, QTableWidgetItem(loss.aspect), QTableWidgetItem(loss.text))
            ):
                item.setToolTip(loss.text)
                self.losses.setItem(place, at, item)
        self.losses.show()

    # Going ------------------------------------------------------------------------------------------

    def _start_export(self) -> None:
        target = Path(self.folder.text().strip()).expanduser()
        view = ProjectView(self._project, [self._task])
        work = self._runner.start(
            f"Exporting {self._task.name}",
            partial(_exported, view, self._format, target, self._options),
        )
        self._export = work
        self._say(f"Writing to {target} …")
        self._show_buttons()
        work.when_done(lambda _: self._calls.post(partial(self._export_done, work, target)))

    def _export_done(self, work: Work[LossReport], target: Path) -> None:
        if work is not self._export:
            return
        self._export = None
        if work.state is not WorkState.DONE:
            self._say_trouble(work)
            self._show_buttons()
            return
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(target)))
        messages.info(f"Exported to {target}.", Answer("Show the folder", lambda: _ignore(show)))
        self.exported.emit(target)
        self.accept()

    def _hear(self, work: Work[LossReport]) -> None:
        """Called on the thread of the work."""
        if work is self._check or work is self._export:
            self._calls.post(partial(self._show_progress, work))

    def _show_progress(self, work: Work[LossReport]) -> None:
        if work is self._check or work is self._export:
            self.bar.setRange(0, work.report.total or 0)
            self.bar.setValue(work.report.done)

    def _say_trouble(self, work: Work[LossReport]) -> None:
        error = work.error
        self._say(str(error) if isinstance(error, AnnotatorError) else "Stopped.", "bad")

    def _say(self, text: str, look: str = "dim") -> None:
        self.state.setObjectName(look)
        self.state.style().polish(self.state)
        self.state.setText(text)

    def _show_buttons(self) -> None:
        runs = self._export is not None
        for field in (self.format, self.folder, self.browse, self.with_images):
            field.setEnabled(not runs)
        self.bar.setVisible(runs or self._check is not None)
        self.bar.setRange(0, 0)
        is_ready = not runs and self._check is None
        self.go.setEnabled(is_ready and bool(self.folder.text().strip()))

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder of the dataset", str(Path(self.folder.text()).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.open()

    def _folder_chosen(self, folder: str) -> None:
        chosen = Path(folder)
        if any(chosen.iterdir()):
            chosen = _free(chosen / safe_file_name(self._task.name, fallback="dataset"))
        self.folder.setText(str(chosen))


def _losses(
    format: Format, view: ProjectView, options: dict[str, bool], progress: Progress
) -> LossReport:
    return format.losses(view, options, progress)


def _exported(
    view: ProjectView, format: Format, target: Path, options: dict[str, bool], progress: Progress
) -> LossReport:
    return export_dataset(view, format, target, options, progress)


def _ignore(call: Callable[[], bool]) -> None:
    call()


def _writable_folder(media: Path | None) -> Path:
    """Where datasets go unless the user says otherwise: beside the pictures, else the home folder."""
    if media is not None and os.access(media.parent, os.W_OK):
        return media.parent
    return Path.home()


def _free(path: Path) -> Path:
    """Return a path that nothing is at yet, with a number where need be."""
    number = 1
    found = path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _loss_table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setHorizontalHeaderLabels(["Count", "What", "What happens"])
    table.setAccessibleName("What is lost")
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.setMinimumHeight(180)
    table.hide()
    return table
