"""The first step of an export: format, frames, labels, options and folder."""

import os
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

from annotator.core.labels import LabelSchema
from annotator.formats.registry import Format
from annotator.formats.view_choices import ViewChoices
from annotator.project.organisation import Task
from annotator.translation import tr, tr_n
from annotator.ui.exporting.formats import ExportFormats
from annotator.ui.exporting.frames import ExportFrames
from annotator.ui.exporting.labels import ExportLabels
from annotator.ui.exporting.memory import Remembered
from annotator.ui.exporting.work import ExportPlan, Present
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD
from annotator.ui.widgets.empty_note import EmptyNote
from annotator.ui.widgets.parts import column, push_button, row, section_head, text_label

_SIDE: Final = 340
_COUNT_WIDTH: Final = 72
_LABELS_HEIGHT: Final = 120
_MOST_DECIMALS: Final = 6


class ExportChoicePage(QWidget):
    """Asks what is to be written. known: the labels that are listed.

    `changed()` when an answer changes; `folder_chosen(path)` after the dialog.
    """

    changed = Signal()
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
        self.known = LabelSchema()
        self.formats = ExportFormats(theme, formats, kept.format)
        self.frames = ExportFrames(tasks, shown, kept.selection)
        self.labels = ExportLabels(self, kept.choices)
        self.label_table = _label_table(self.labels)
        self.all_labels = push_button(tr("All"), "link")
        self.no_labels = push_button(tr("None"), "link")
        self.decimals = _decimals(kept.choices.decimals)
        self.options = {
            one.id: _option(tr(one.title), tr(one.help) if one.help else "",
                            on=kept.options.get(one.id, one.default))
            for format in formats for one in format.options
        }  # fmt: skip
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder of the dataset"))
        self.browse = push_button(tr("Choose…"))
        self._lay_out()
        self._connect()
        self._show_options()

    def _connect(self) -> None:
        self.formats.changed.connect(self._show_options)
        self.labels.changed.connect(self.changed)
        self.decimals.currentIndexChanged.connect(lambda _: self.changed.emit())
        for box in self.options.values():
            box.toggled.connect(lambda _: self.changed.emit())
        self.folder.textChanged.connect(lambda _: self.changed.emit())
        self.browse.clicked.connect(self._choose_folder)
        for button, on in ((self.all_labels, True), (self.no_labels, False)):
            button.clicked.connect(partial(self.labels.set_all, on))
        for button in (self.all_labels, self.no_labels, self.browse):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        above = row(gap=16)
        above.addWidget(self.formats, 1)
        above.addWidget(self._side())
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setColumnStretch(1, 1)
        fields.addWidget(text_label(tr("Folder"), "dim"), 0, 0)
        fields.addWidget(self.folder, 0, 1)
        fields.addWidget(self.browse, 0, 2)
        lines = column(self, gap=12)
        lines.addLayout(above, 1)
        lines.addLayout(fields)

    def _side(self) -> QScrollArea:
        inner = QWidget()
        inner.setObjectName("exportSide")
        lines = column(inner, gap=6)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.addWidget(section_head(tr("Frames")))
        lines.addWidget(self.frames)
        lines.addSpacing(6)
        ends = row(gap=0)
        ends.addWidget(section_head(tr("Labels")))
        ends.addStretch(1)
        ends.addWidget(self.all_labels)
        ends.addWidget(self.no_labels)
        lines.addLayout(ends)
        lines.addWidget(self.label_table, 1)
        lines.addSpacing(6)
        lines.addWidget(section_head(tr("Options")))
        digits = row(gap=8)
        digits.addWidget(text_label(tr("Coordinates"), "dim"))
        digits.addWidget(self.decimals, 1)
        lines.addLayout(digits)
        for box in self.options.values():
            lines.addWidget(box)
        scroll = QScrollArea()
        scroll.setObjectName("exportSide")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take it, and are scrolled to
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFixedWidth(_SIDE)
        return scroll

    # What is there ----------------------------------------------------------------------------------

    def show_present(self, present: Present) -> None:
        """Show what is in the tasks: their subsets and labels."""
        self.known = present.labels
        self.labels.show(present.labels, present.counts)
        self.frames.show_subsets(present.subsets)
        self.formats.show_aspects(None, present.labels)

    def show_aspects(self, aspects: Counter[str]) -> None:
        """Show which formats hold what is in the tasks, the best first."""
        self.formats.show_aspects(aspects, self.known)

    def _show_options(self) -> None:
        one = self.formats.chosen
        for name, box in self.options.items():
            box.setVisible(one is not None and name in one.option_ids)
        self.changed.emit()

    # What was chosen --------------------------------------------------------------------------------

    @property
    def plan(self) -> ExportPlan | None:
        """Everything that was chosen here, None where no format or no task is."""
        format = self.formats.chosen
        if format is None or not self.frames.tasks:
            return None
        choices = ViewChoices(
            frozenset(self.labels.without),
            dict(self.labels.names),
            decimals=self.decimals.currentData(),
        )
        options = {name: box.isChecked() for name, box in self.options.items()}
        return ExportPlan(self.frames.tasks, format, self.frames.selection, choices, options)

    @property
    def target(self) -> Path | None:
        """The folder that is to be made, None while the field is empty."""
        text = self.folder.text().strip()
        if not text or "\0" in text:
            return None
        return Path(os.path.expanduser(text)).absolute()

    def _choose_folder(self) -> None:
        start = self.target.parent if self.target else Path.home()
        dialog = QFileDialog(self, tr("Folder of the dataset"), str(start))
        dialog.setObjectName("chooseFolder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _label_table(labels: ExportLabels) -> QTableView:
    table = QTableView()
    table.setModel(labels)
    table.setAccessibleName(tr("Labels that are written"))
    EmptyNote(
        table,
        tr(
            "Labels are listed here, to be left out or written under other names. There are none yet."
        ),
    )
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(FIELD)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
    table.setColumnWidth(2, _COUNT_WIDTH)
    table.setMinimumHeight(_LABELS_HEIGHT)
    return table


def _decimals(kept: int | None) -> QComboBox:
    """Digits behind the point, or all there are."""
    box = QComboBox()
    box.setAccessibleName(tr("Digits of coordinates"))
    box.addItem(tr("As they are"), None)
    box.addItem(tr("Whole pixels"), 0)
    for digits in range(1, _MOST_DECIMALS + 1):
        box.addItem(tr_n("{count} digit", "{count} digits", digits), digits)
    box.setCurrentIndex(0 if kept is None else kept + 1)
    return box


def _option(title: str, help: str, *, on: bool) -> QCheckBox:
    box = QCheckBox(title)
    box.setToolTip(help)
    box.setChecked(on)
    return box
