"""The second step of an import: what happens, row by row, and what a person wants otherwise."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QWidget,
)

from annotator.project.organisation import Frame
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.importing.fixes import FrameFix, LabelFix, fill_bar
from annotator.ui.importing.rows import FrameRow, LabelRow, summary_text
from annotator.ui.importing.work import Looked
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.report_table import (
    Column,
    ReportModel,
    ReportRow,
    copy_rows,
    places_of,
    report_table,
    select_rows,
    selected_rows,
)
from annotator.ui.widgets.segments import Segments

_FRAMES, _LABELS, _PROBLEMS = range(3)
# A filter of more rows than this goes beside the GUI thread.
_AT_ONCE: Final = 2_000
_LONGEST_NAME: Final = 80


class ImportReportPage(QWidget):
    """Shows a look through a dataset. What is decided here is told, and looked at anew by whoever listens.

    `frame_chosen(key, what)`, `label_chosen(names, what)`: see `FrameFix` and `LabelFix`. `replace_chosen(bool)`.
    `save_wanted(path)`. `filter_wanted(rows, text)` for many rows, answered by `show_filtered`.
    """

    label_chosen = Signal(object, object)
    frame_chosen = Signal(object, object)
    replace_chosen = Signal(bool)
    filter_wanted = Signal(object, str)
    save_wanted = Signal(str)

    def __init__(self, theme: Theme, find_frames: Callable[[str], Sequence[Frame]]) -> None:
        super().__init__()
        self._looked: Looked | None = None
        self.title = ElidedText("", "strong")
        self.summary = text_label("", "", wraps=True)
        names = (tr("Frames"), tr("Labels"), tr("Problems"))
        self._models = tuple(ReportModel(columns, theme, self) for columns in _columns())
        self.tables = tuple(
            report_table(model, name, several=place != _FRAMES)
            for place, (model, name) in enumerate(zip(self._models, names, strict=True))
        )
        self.tabs = Segments(names)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter of the table"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(240)
        self.frame_fix = FrameFix(find_frames)
        self.label_fix = LabelFix()
        self.copy = push_button(tr("Copy"))
        self.save = push_button(tr("Save as text…"))
        self.problem_fix = QFrame()
        fill_bar(self.problem_fix, self.copy, self.save)
        self.replace = Segments((tr("Add to what is there"), tr("Replace it")))
        self.replace_text = text_label("", "dim")
        self._pile = QStackedWidget()
        self._fixes = QStackedWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for table in self.tables:
            self._pile.addWidget(table)
        for fix in (self.frame_fix, self.label_fix, self.problem_fix):
            self._fixes.addWidget(fix)
        self._fixes.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head = row(gap=12)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.filter)
        choice = row(gap=12)
        choice.addWidget(self.replace)
        choice.addWidget(self.replace_text, 1)
        lines = column(self, gap=10)
        lines.addWidget(self.title)
        lines.addWidget(self.summary)
        lines.addLayout(head)
        lines.addWidget(self._pile, 1)
        lines.addWidget(self._fixes)
        lines.addLayout(choice)

    def _connect(self) -> None:
        self.tabs.buttons.idClicked.connect(self.show_tab)
        self.replace.buttons.idClicked.connect(lambda which: self.replace_chosen.emit(which == 1))
        self.filter.textChanged.connect(lambda _: self._filter())
        for table in self.tables:
            table.selectionModel().selectionChanged.connect(lambda *_: self._show_fix())
        self.frame_fix.chosen.connect(self._frame_chosen)
        self.label_fix.chosen.connect(self.label_chosen)
        self.copy.clicked.connect(lambda: copy_rows(self.tables[_PROBLEMS]))
        self.save.clicked.connect(self.ask_where_to_save)

    # What was found ---------------------------------------------------------------------------------

    def show_looked(self, looked: Looked) -> None:
        """Show what a look through the dataset gave.

        The same labels stay selected. Among frames the place does: there comes the next one to decide about.
        """
        is_first = self._looked is None or self._looked.source != looked.source
        self._looked = looked
        plan = looked.plan
        self.title.say(
            tr(
                "{name} as {format}, into {task}",
                name=looked.source.path.name[:_LONGEST_NAME],
                format=looked.source.format.title,
                task=looked.source.task.name[:_LONGEST_NAME],
            )
        )
        self.summary.setText(summary_text(plan))
        for tab, title, count in (
            (_FRAMES, tr("Frames"), len(looked.frames)),
            (_LABELS, tr("Labels"), len(looked.labels)),
            (_PROBLEMS, tr("Problems"), len(looked.problems)),
        ):
            self.tabs.set_text(tab, f"{title}  {in_digits(count)}")
        self.replace.choose(int(plan.choices.replace))
        self.replace_text.setText(_replace_text(looked))
        self.label_fix.show_labels(looked.known, plan.choices.labels)
        if is_first:
            self.filter.clear()
            self.show_tab(_first_tab(looked))
        else:
            self._filter(keep=True)

    def show_tab(self, place: int) -> None:
        """Show one of the tables."""
        self.tabs.choose(place)
        self._pile.setCurrentIndex(place)
        self._fixes.setCurrentIndex(place)
        self._filter()

    # The filter -------------------------------------------------------------------------------------

    @property
    def _rows(self) -> Sequence[ReportRow]:
        if self._looked is None:
            return ()
        looked = self._looked
        every: tuple[Sequence[ReportRow], ...] = (looked.frames, looked.labels, looked.problems)
        return every[self._tab]

    @property
    def _tab(self) -> int:
        return self._pile.currentIndex()

    @property
    def table(self) -> QTableView:
        """The table that is shown."""
        return self.tables[self._tab]

    def _filter(self, *, keep: bool = False) -> None:
        text, rows = self.filter.text().strip(), self._rows
        places = selected_rows(self.table) if keep else []
        labels = {one.name for one in self._selected() if isinstance(one, LabelRow)} if keep else ()
        if not text:
            self._models[self._tab].show(rows)
        elif len(rows) <= _AT_ONCE:
            self._models[self._tab].show(rows, places_of(rows, text))
        else:
            self.filter_wanted.emit(rows, text)
        select_rows(self.table, self._places_of(labels) if labels else places)
        self._show_fix()

    def _places_of(self, names: Collection[str]) -> list[int]:
        """The rows of labels."""
        model = self._models[self._tab]
        rows = enumerate(map(model.row_at, range(model.rowCount())))
        return [place for place, one in rows if isinstance(one, LabelRow) and one.name in names]

    def show_filtered(self, rows: Sequence[ReportRow], text: str, places: Sequence[int]) -> None:
        """Show the places where a text was found, unless something else is wanted by now."""
        if rows is self._rows and text == self.filter.text().strip():
            self._models[self._tab].show(rows, places)
            self._show_fix()

    # Fixes ------------------------------------------------------------------------------------------

    def _selected(self) -> list[ReportRow]:
        return [self._models[self._tab].row_at(one) for one in selected_rows(self.table)]

    def _show_fix(self) -> None:
        chosen = self._selected()
        frames = [one for one in chosen if isinstance(one, FrameRow)]
        self.frame_fix.show_row(frames[0] if frames else None)
        self.label_fix.show_rows([one for one in chosen if isinstance(one, LabelRow)])
        self.copy.setText(tr("Copy selected") if chosen else tr("Copy all"))
        self.problem_fix.setEnabled(bool(self._looked and len(self._looked.problems)))

    def _frame_chosen(self, what: object) -> None:
        for one in self._selected():
            if isinstance(one, FrameRow):
                self.frame_chosen.emit(one.key, what)

    def ask_where_to_save(self) -> None:
        """Let the person name a file for the report."""
        dialog = QFileDialog(self, tr("Save the report"), str(Path.home() / "import-report.txt"))
        dialog.setObjectName("saveReport")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self.save_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _columns() -> tuple[tuple[Column, ...], ...]:
    """The columns of frames, labels and problems."""
    annotations = Column(tr("Annotations"), 100, is_number=True)
    return (
        (
            Column(tr("Frame of the dataset"), stretch=True),
            Column(tr("How it was found"), 210, tinted=True),
            Column(tr("Frame of the task"), stretch=True),
            annotations,
        ),
        (
            Column(tr("Label of the dataset"), stretch=True),
            annotations,
            Column(tr("What happens"), 300, tinted=True),
        ),
        (
            Column(tr("File"), 180),
            Column(tr("Line"), 60, is_number=True),
            Column(tr("Problem"), stretch=True, tinted=True),
            Column(tr("Left out"), 80, is_number=True),
        ),
    )


def _first_tab(looked: Looked) -> int:
    """Frames that are not found come first, then labels that are new, then what is left."""
    if any(one.tone == "warn" for one in looked.frames):
        return _FRAMES
    return _LABELS if any(one.tone == "good" for one in looked.labels) else _FRAMES


def _replace_text(looked: Looked) -> str:
    if not looked.plan.choices.replace:
        return tr("What is on these frames stays.")
    return tr_n(
        "{count} annotation or track is deleted first; undo brings it back.",
        "{count} annotations and tracks are deleted first; undo brings them back.",
        looked.plan.report.replaced,
    )
