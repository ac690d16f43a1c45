"""The first step of an export: format, frames, labels, options and folder."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.labels import LabelSchema
from annotator.formats.held_aspects import not_held
from annotator.formats.registry import Format
from annotator.formats.view_choices import ViewChoices
from annotator.project.frame_selection import FrameSelection
from annotator.project.organisation import Task
from annotator.translation import tr, tr_n
from annotator.ui.export_labels import ExportLabels
from annotator.ui.export_work import ExportPlan, Present, Remembered, aspect_text
from annotator.ui.fuzzy import ranked
from annotator.ui.parts import column, push_button, row, text_label
from annotator.ui.report_table import (
    Column,
    ReportModel,
    Tone,
    report_table,
    selected_rows,
)
from annotator.ui.theme import Theme

_SIDE: Final = 340
_LONGEST_NAME: Final = 80
_MOST_ASPECTS: Final = 6
_MOST_DECIMALS: Final = 6
_OF_LABELS: Final = ("label ", "hot key", "skeleton template")


class FormatRow:
    """A format and what it cannot hold of what is there; nothing is known of that at first."""

    def __init__(self, format: Format, missing: Sequence[str] | None) -> None:
        self.format = format
        self.missing = missing

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        return self.format.title, self._text

    @property
    def _text(self) -> str:
        if self.missing is None:
            return ""
        if not self.missing:
            return tr("holds everything")
        names = [aspect_text(one) for one in self.missing[:_MOST_ASPECTS]]
        more = len(self.missing) - len(names)
        if more:
            names.append(tr_n("{count} more", "{count} more", more))
        return tr("not: {what}", what=", ".join(names))

    @property
    def tone(self) -> Tone:
        """What holds everything stands out."""
        return "good" if self.missing is not None and not self.missing else "dim"


class ExportChoicePage(QWidget):
    """Asks what is to be written.

    `changed()` when an answer changes, `selection_changed()` when other frames are meant, `tasks_changed()` when
    other tasks are. `folder_chosen(path)` after the dialog.
    """

    changed = Signal()
    selection_changed = Signal()
    tasks_changed = Signal()
    folder_chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        formats: Sequence[Format],
        tasks: Sequence[Task],
        shown: Task,
        kept: Remembered,
    ) -> None:
        super().__init__()
        self._formats = list(formats)
        self._every_task = list(tasks)
        self._kept = kept
        self._labels = LabelSchema()
        self._aspects: Counter[str] | None = None
        self._wanted = kept.format
        self._subsets: frozenset[str] | None = kept.selection.subsets
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a format"))
        self.search.setAccessibleName(tr("Find a format"))
        self.search.setClearButtonEnabled(True)
        self.model = ReportModel(
            (Column(tr("Format"), 200), Column(tr("What it holds"), stretch=True, tinted=True)),
            theme,
            self,
        )
        self.table = report_table(self.model, tr("Formats"))
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder of the dataset"))
        self.browse = push_button(tr("Choose…"))
        self.browse.setAutoDefault(False)
        self._make_frames(shown)
        self._make_labels()
        self._make_options()
        self._lay_out()
        self._show_formats()
        self.search.textChanged.connect(lambda _: self._show_formats())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._format_selected())
        self.folder.textChanged.connect(lambda _: self.changed.emit())
        self.browse.clicked.connect(self._choose_folder)

    # Putting together -------------------------------------------------------------------------------

    def _make_frames(self, shown: Task) -> None:
        kept = self._kept.selection
        self.task = QComboBox()
        self.task.setAccessibleName(tr("Task"))
        for one in self._every_task:
            self.task.addItem(one.name[:_LONGEST_NAME])
        self.task.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        if len(self._every_task) > 1:
            self.task.addItem(tr("All tasks"))
        self.task.setCurrentIndex(
            next(place for place, one in enumerate(self._every_task) if one.id == shown.id)
        )
        self.task.currentIndexChanged.connect(lambda _: self.tasks_changed.emit())
        self.only_done = _tick(tr("Marked as done"), on=kept.only_done)
        self.only_completed = _tick(tr("In completed jobs"), on=kept.only_completed)
        self.only_labelled = _tick(tr("With annotations"), on=kept.only_labelled)
        for box in (self.only_done, self.only_completed, self.only_labelled):
            box.toggled.connect(lambda _: self.selection_changed.emit())
        self.subsets = push_button(tr("All subsets"))
        self.subsets.setAutoDefault(False)
        self.subset_menu = QMenu(self.subsets)
        self.subsets.setMenu(self.subset_menu)
        self.frames_text = text_label("", "dim", wraps=True)

    def _make_labels(self) -> None:
        self.labels = ExportLabels(self)
        self.labels.changed.connect(self.changed)
        self.label_table = QTableView()
        self.label_table.setModel(self.labels)
        self.label_table.setAccessibleName(tr("Labels that are written"))
        self.label_table.setShowGrid(False)
        self.label_table.setWordWrap(False)
        self.label_table.verticalHeader().hide()
        self.label_table.verticalHeader().setDefaultSectionSize(28)
        self.label_table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.label_table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.label_table.setTabKeyNavigation(False)
        header = self.label_table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self.label_table.setColumnWidth(2, 72)
        self.label_table.setMinimumHeight(120)
        self.all_labels = push_button(tr("All"), "link")
        self.no_labels = push_button(tr("None"), "link")
        for button, on in ((self.all_labels, True), (self.no_labels, False)):
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.labels.set_all, on))

    def _make_options(self) -> None:
        self.decimals = QComboBox()
        self.decimals.setAccessibleName(tr("Digits of coordinates"))
        self.decimals.addItem(tr("As they are"), None)
        for digits in range(_MOST_DECIMALS + 1):
            text = tr_n("{count} digit", "{count} digits", digits)
            self.decimals.addItem(tr("Whole pixels") if not digits else text, digits)
        kept = self._kept.choices.decimals
        self.decimals.setCurrentIndex(0 if kept is None else kept + 1)
        self.decimals.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.options: dict[str, QCheckBox] = {}
        for one in {each.id: each for format in self._formats for each in format.options}.values():
            on = self._kept.options.get(one.id, one.default)
            self.options[one.id] = box = _tick(tr(one.title), on=on)
            box.setToolTip(tr(one.help) if one.help else "")
            box.toggled.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        left = column(gap=8)
        left.addWidget(self.search)
        left.addWidget(self.table, 1)
        inner = QWidget()
        side = column(inner, gap=6)
        side.setContentsMargins(0, 0, 8, 0)
        _head(side, tr("Frames"))
        side.addWidget(self.task)
        for box in (self.only_done, self.only_completed, self.only_labelled):
            side.addWidget(box)
        line = row(gap=8)
        line.addWidget(self.subsets)
        line.addWidget(self.frames_text, 1)
        side.addLayout(line)
        side.addSpacing(6)
        ends = row(gap=0)
        ends.addWidget(text_label(tr("Labels"), "sectionHead"))
        ends.addStretch(1)
        ends.addWidget(self.all_labels)
        ends.addWidget(self.no_labels)
        side.addLayout(ends)
        side.addWidget(self.label_table, 1)
        side.addSpacing(6)
        _head(side, tr("Options"))
        digits = row(gap=8)
        digits.addWidget(text_label(tr("Coordinates"), "dim"))
        digits.addWidget(self.decimals, 1)
        side.addLayout(digits)
        for box in self.options.values():
            side.addWidget(box)
        scroll = QScrollArea()
        scroll.setObjectName("exportSide")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFixedWidth(_SIDE)
        inner.setObjectName("exportSide")
        above = row(gap=16)
        above.addLayout(left, 1)
        above.addWidget(scroll)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setColumnStretch(1, 1)
        fields.addWidget(text_label(tr("Folder"), "dim"), 0, 0)
        fields.addWidget(self.folder, 0, 1)
        fields.addWidget(self.browse, 0, 2)
        lines = column(self, gap=12)
        lines.addLayout(above, 1)
        lines.addLayout(fields)

    # What is there ----------------------------------------------------------------------------------

    def show_present(self, present: Present) -> None:
        """Show what is in the tasks: their subsets and labels."""
        self._labels, self._aspects = present.labels, None
        chosen = self._kept.choices
        self.labels.show(present.labels, present.counts, chosen.without, chosen.names)
        if self._subsets is not None:
            known = self._subsets & {"", *present.subsets}
            self._subsets = known or None
        self.subset_menu.clear()
        self._add_subset(tr("All subsets"), None)
        self.subset_menu.addSeparator()
        for name in present.subsets:
            self._add_subset(name, name)
        self._add_subset(tr("Without a subset"), "")
        self.subsets.setVisible(bool(present.subsets))
        self._show_subsets()
        self._show_formats()

    def show_aspects(self, aspects: Counter[str]) -> None:
        """Show which formats hold what is in the tasks, the best first."""
        self._aspects = aspects
        self._show_formats()

    def _add_subset(self, title: str, name: str | None) -> None:
        action: QAction = self.subset_menu.addAction(title[:_LONGEST_NAME].replace("&", "&&"))
        action.setData(name)
        action.setCheckable(True)
        action.triggered.connect(partial(self._subset_chosen, name))

    def _subset_chosen(self, name: str | None, on: bool) -> None:
        if name is None:
            self._subsets = None
        else:
            chosen = (self._subsets or frozenset()) - {name}
            self._subsets = (chosen | {name} if on else chosen) or None
        self._show_subsets()
        self.selection_changed.emit()

    def _show_subsets(self) -> None:
        for action in self.subset_menu.actions():
            name = action.data()
            if action.isCheckable():
                every = name is None and action is self.subset_menu.actions()[0]
                action.setChecked(self._subsets is None if every else name in (self._subsets or ()))
        if self._subsets is None:
            self.subsets.setText(tr("All subsets"))
        else:
            shown = ", ".join(sorted(name or tr("Without a subset") for name in self._subsets))
            self.subsets.setText(shown[:24].replace("&", "&&"))

    def show_frames(self, count: int, of: int) -> None:
        """Say how many frames are meant."""
        if count == of:
            text = tr_n("all, {count} frame", "all, {count} frames", of)
        else:
            text = tr_n(
                "{some} of {count} frame", "{some} of {count} frames", of, some=f"{count:,}"
            )
        self.frames_text.setText(text)

    def _show_formats(self) -> None:
        aspects, wanted = self._aspects, self._wanted
        rows = [
            FormatRow(one, None if aspects is None else not_held(one, aspects, self._labels))
            for one in self._formats
        ]
        if aspects is not None:
            of_labels = frozenset(one for one in aspects if one.startswith(_OF_LABELS))
            rows.sort(key=lambda one: _weight(one.missing or (), of_labels))
        found = ranked(self.search.text(), [f"{one.format.title} {one.format.id}" for one in rows])
        shown = [rows[place] for place in found]
        self.model.show(shown)
        place = next((n for n, one in enumerate(shown) if one.format.id == wanted), 0)
        if shown:
            self.table.selectionModel().setCurrentIndex(
                self.model.index(place, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._wanted = wanted
        self._show_options()
        self.changed.emit()

    def _format_selected(self) -> None:
        one = self.format
        if one is not None:
            self._wanted = one.id
        self._show_options()
        self.changed.emit()

    def _show_options(self) -> None:
        one = self.format
        for name, box in self.options.items():
            box.setVisible(one is not None and name in one.option_ids)

    # What was chosen --------------------------------------------------------------------------------

    @property
    def format(self) -> Format | None:
        """The format that is selected, None where none is."""
        rows = selected_rows(self.table)
        found = self.model.row_at(rows[0]) if rows else None
        return found.format if isinstance(found, FormatRow) else None

    def choose_format(self, format_id: str) -> None:
        """Select a format."""
        self._wanted = format_id
        self._show_formats()

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that are meant."""
        place = self.task.currentIndex()
        every = self._every_task
        return (every[place],) if place < len(every) else tuple(every)

    @property
    def selection(self) -> FrameSelection:
        """The frames that are meant."""
        return FrameSelection(
            only_done=self.only_done.isChecked(),
            only_completed=self.only_completed.isChecked(),
            only_labelled=self.only_labelled.isChecked(),
            subsets=self._subsets,
        )

    @property
    def plan(self) -> ExportPlan | None:
        """Everything that was chosen here, None where no format is."""
        if self.format is None:
            return None
        choices = ViewChoices(
            frozenset(self.labels.without),
            dict(self.labels.names),
            decimals=self.decimals.currentData(),
        )
        options = {name: box.isChecked() for name, box in self.options.items()}
        return ExportPlan(self.tasks, self.format, self.selection, choices, options)

    @property
    def target(self) -> Path | None:
        """The folder that is to be made, None while the field is empty."""
        text = self.folder.text().strip()
        if not text or "\0" in text:
            return None
        return Path(text).expanduser().absolute()

    def _choose_folder(self) -> None:
        start = self.target.parent if self.target else Path.home()
        dialog = QFileDialog(self, tr("Folder of the dataset"), str(start))
        dialog.setObjectName("chooseFolder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _folder_chosen(self, folder: str) -> None:
        self.folder_chosen.emit(folder)


def _weight(missing: Collection[str], of_labels: Collection[str]) -> tuple[int, int]:
    """Formats that lose nothing of annotations come first."""
    return sum(one not in of_labels for one in missing), len(missing)


def _tick(title: str, *, on: bool) -> QCheckBox:
    box = QCheckBox(title)
    box.setChecked(on)
    return box


def _head(lines: QVBoxLayout, title: str) -> None:
    lines.addWidget(text_label(title, "sectionHead"))
