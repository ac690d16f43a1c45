"""Making a task: which pictures, which of them, in what order, under what name."""

import os
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QSpinBox,
)

from annotator.background.progress import Progress
from annotator.media.several import with_pages
from annotator.project.creating import create_task
from annotator.project.folder import name_for, place_for
from annotator.project.media.found_media import find_media
from annotator.project.names import free_name
from annotator.project.project import Project
from annotator.project.selection import Selection
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.opening.open_commands import dropped_paths, picture_filter
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.boxes import let_go_items
from annotator.ui.widgets.empty_note import EmptyNote
from annotator.ui.widgets.number_field import like_other_fields
from annotator.ui.widgets.one_work import Failure, OneWork, Stopped
from annotator.ui.widgets.parts import column, progress_bar, push_button, row, text_label

_WIDTH: Final = 560
_LIST_HEIGHT: Final = 92
_LARGEST: Final = 2_000_000_000


class NewTaskDialog(QDialog):
    """Asks for all that makes a task.

    Signals: `wanted(paths, name, Selection)` for a task of the open project; `made(place, task name)` when one was
    made in another project, as none is open.
    """

    wanted = Signal(object, str, object)
    made = Signal(object, str)

    def __init__(self, shell: Shell, project: Project | None) -> None:
        super().__init__(shell.window)
        self.setWindowTitle(tr("New task"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self.setAcceptDrops(True)
        self._names = set() if project is None else {task.name for task in project.tasks()}
        self._is_inside = project is not None
        self._paths: list[Path] = []
        self._total: int | None = None
        self._failure = ""
        # It belongs to no project: where one is open, that makes the task.
        self._looking = OneWork(shell.runner, shell.calls, self, uses=None)
        self._making = OneWork(shell.runner, shell.calls, self, uses=None)
        self.list = _picture_list()
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name"))
        # As frames are counted everywhere in the window: from 1. None at all stands for the last one.
        self.first, self.last = _spin(tr("First"), 1), _spin(tr("Last"), 0)
        self.last.setSpecialValueText(tr("the last"))
        self.step = _spin(tr("Every n-th"), 1)
        self.order = _orders()
        self.seed = _spin(tr("Seed"), 0)
        self.state = text_label("", "dim", wraps=True)
        self.bar = progress_bar()
        self.bar.setRange(0, 0)
        self.bar.hide()
        self.go = push_button(tr("Make the task"), "primary")
        self.go.setDefault(True)
        self._lay_out()
        self._connect()
        self._show()

    @property
    def selection(self) -> Selection | None:
        """Which pictures are chosen; None where the numbers make no sense."""
        first, last = self.first.value(), self.last.value()
        if 0 < last < first:
            return None
        return Selection(
            first - 1,
            last - 1 if last else None,
            self.step.value(),
            self.order.currentData(),
            self.seed.value(),
        )

    def add(self, paths: Sequence[str]) -> None:
        """Add folders, archives and files to the list."""
        for path in map(Path, paths):
            if path not in self._paths:
                self._paths.append(path)
                self.list.addItem(str(path))
        self._look()

    def done(self, result: int) -> None:
        """Close; what runs is stopped, and leaves nothing behind."""
        self._looking.close()
        self._making.close()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what can be dropped anywhere else in the window."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what is dropped to the list."""
        event.acceptProposedAction()
        self.add(dropped_paths(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close as Cancel does."""
        self.reject()
        event.accept()

    # Putting together -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.folder, self.files = push_button(tr("Add folder…")), push_button(tr("Add files…"))
        self.remove = push_button(tr("Take off the list"))
        self.cancel = push_button(tr("Cancel"))
        for button in (self.folder, self.files, self.remove, self.cancel):
            button.setAutoDefault(False)
        adds = row()
        for button in (self.folder, self.files, self.remove):
            adds.addWidget(button)
        adds.addStretch(1)
        buttons = row()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        lines.addWidget(self.list)
        lines.addLayout(adds)
        lines.addLayout(self._fields())
        lines.addWidget(self.state)
        lines.addStretch(1)
        lines.addLayout(buttons)

    def _fields(self) -> QGridLayout:
        """Name, order and range, each with its word before it."""
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.setColumnStretch(1, 1)
        numbers = row(gap=8)
        for word, spin in ((tr("to"), self.last), (tr("every"), self.step)):
            numbers.addWidget(text_label(word, "dim"))
            numbers.addWidget(spin)
        numbers.insertWidget(0, self.first)
        numbers.addStretch(1)
        order = row(gap=8)
        order.addWidget(self.order, 1)
        self._seed_word = text_label(tr("seed"), "dim")
        order.addWidget(self._seed_word)
        order.addWidget(self.seed)
        for place, word in enumerate((tr("Name"), tr("Order"), tr("Pictures"))):
            fields.addWidget(text_label(word, "dim"), place, 0)
        fields.addWidget(self.name, 0, 1)
        fields.addLayout(order, 1, 1)
        fields.addLayout(numbers, 2, 1)
        let_go_items(order)
        let_go_items(numbers)
        return fields

    def _connect(self) -> None:
        self.folder.clicked.connect(self._choose_folder)
        self.files.clicked.connect(self._choose_files)
        self.remove.clicked.connect(self._take_off)
        self.list.currentRowChanged.connect(self._show)
        self.order.currentIndexChanged.connect(self._changed)
        for spin in (self.first, self.last, self.step, self.seed):
            spin.valueChanged.connect(self._changed)
        self.name.textChanged.connect(self._changed)
        self.go.clicked.connect(self._go)
        self.cancel.clicked.connect(self.reject)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder of pictures"), self._last_place())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._choose(dialog)

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, tr("Pictures and archives"), self._last_place())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([picture_filter(), tr("All files (*)")])
        self._choose(dialog)

    def _choose(self, dialog: QFileDialog) -> None:
        dialog.filesSelected.connect(self.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _last_place(self) -> str:
        return str(self._paths[-1].parent) if self._paths else os.path.expanduser("~")

    def _take_off(self) -> None:
        place = self.list.currentRow()
        if place >= 0:
            del self._paths[place]
            self.list.takeItem(place)
            self._look()

    # What is there ----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Count the pictures beside the GUI thread."""
        self._looking.drop()
        self._total = None
        self._failure = ""
        if self._paths:
            count = partial(_count, tuple(self._paths))
            self._looking.start(tr("Looking for pictures"), count, self._counted)
        self._show()

    def _counted(self, found: int | Failure | Stopped) -> None:
        self._total = found if isinstance(found, int) else 0
        self._failure = found.text if isinstance(found, Failure) else ""
        self._show()

    def _show(self, *_: object) -> None:
        is_random = self.order.currentData() == "random"
        self.seed.setVisible(is_random)
        self._seed_word.setVisible(is_random)
        self.remove.setEnabled(self.list.currentRow() >= 0)
        self.name.setPlaceholderText(self._free_name())
        self.bar.setVisible(self._looking.is_busy or self._making.is_busy)
        selection, total = self.selection, self._total
        chosen = 0 if selection is None or total is None else selection.count_of(total)
        trouble = self._trouble(selection, chosen)
        self.go.setEnabled(not trouble and chosen > 0 and not self._making.is_busy)
        if trouble:
            self._say(trouble, "bad")
        elif not self._paths:
            self._say("")
        elif total is None:
            self._say(tr("Looking for pictures …"))
        else:
            of = tr_n("{count} picture", "{count} pictures", total)
            self._say(tr("{chosen} of {pictures}", chosen=in_digits(chosen), pictures=of))

    def _changed(self) -> None:
        """What could not be done may be possible now, unless there is nothing to do it with."""
        if self._total:
            self._failure = ""
        self._show()

    def _trouble(self, selection: Selection | None, chosen: int) -> str:
        """What must be put right before the task can be made."""
        if self._failure:
            return self._failure
        if selection is None:
            return tr("The range ends before it begins. Change the numbers.")
        if self._total and not chosen:
            return tr("The range leaves no picture. Change the numbers.")
        if self.name.text().strip() in self._names:
            return tr("There is a task of that name already. Choose another name.")
        return ""

    def _free_name(self) -> str:
        return free_name(name_for(self._paths), self._names) if self._paths else ""

    def _say(self, text: str, look: str = "dim") -> None:
        self.state.setText(text)
        if self.state.objectName() != look:
            self.state.setObjectName(look)
            self.state.style().polish(self.state)

    # Going ------------------------------------------------------------------------------------------

    def _go(self) -> None:
        selection = self.selection
        if selection is None:
            return
        name = self.name.text().strip() or self._free_name()
        if self._is_inside:
            self.wanted.emit(tuple(self._paths), name, selection)
            self.accept()
            return
        make = partial(_made, tuple(self._paths), name, selection)
        self._making.start(tr("Adding {task}", task=name), make, self._was_made)
        self._show()

    def _was_made(self, made: tuple[Path, str] | Failure | Stopped) -> None:
        if isinstance(made, tuple):
            self.made.emit(*made)
            self.accept()
        else:
            self._failure = made.text if isinstance(made, Failure) else ""
            self._show()


def _picture_list() -> QListWidget:
    pictures = QListWidget()
    pictures.setAccessibleName(tr("Pictures of the task"))
    pictures.setFixedHeight(_LIST_HEIGHT)
    pictures.setObjectName("boxed")
    EmptyNote(
        pictures,
        tr(
            "The pictures of the task are listed here. Add a folder, archives or pictures, or drop them: nothing is"
            " copied."
        ),
    )
    return pictures


def _orders() -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(tr("Order"))
    for title, order in (
        (tr("As people count: 2 before 10"), "natural"),
        (tr("By characters: 10 before 2"), "lexicographic"),
        (tr("Random"), "random"),
    ):
        box.addItem(title, order)
    return box


def _spin(name: str, least: int) -> QSpinBox:
    spin = QSpinBox()
    like_other_fields(spin)
    spin.setRange(least, _LARGEST)
    spin.setAccessibleName(name)
    spin.setMinimumWidth(96)
    return spin


def _count(paths: Sequence[Path], progress: Progress) -> int:
    """How many pictures there are, each page of a file counted; on a worker thread."""
    found = find_media(paths, progress)
    pages = (with_pages(one.root, one.pictures) for one in found)
    return sum(1 for _ in progress.track(chain.from_iterable(pages), tr("Looking for pictures")))


def _made(
    paths: Sequence[Path], name: str, selection: Selection, progress: Progress
) -> tuple[Path, str]:
    """Make the task in the project that its pictures have, or in a new one; on a worker thread."""
    place = place_for(paths)
    created = create_task(place, paths, name=name, selection=selection, progress=progress)
    created.project.close()
    return place, created.task.name
