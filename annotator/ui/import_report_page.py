"""The second step of an import: what happens, row by row, and what a person wants otherwise."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QFileDialog,
    QFrame,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QWidget,
)

from annotator.formats.label_names import flat_names
from annotator.project.organisation import Frame
from annotator.translation import tr, tr_n
from annotator.ui.import_rows import FrameRow, LabelRow, kinds_text
from annotator.ui.import_work import Looked
from annotator.ui.parts import column, push_button, row, text_label
from annotator.ui.report_table import (
    Column,
    ReportModel,
    ReportRow,
    copy_rows,
    places_of,
    report_table,
    selected_rows,
)
from annotator.ui.step_window import ElidedText
from annotator.ui.theme import Theme
from annotator.ui.tokens import FIELD

_FRAMES, _LABELS, _PROBLEMS = range(3)
_MOST_OFFERED: Final = 50
# A filter of more rows than this goes beside the GUI thread.
AT_ONCE: Final = 2_000
_LONGEST_NAME: Final = 80
# In place of an id: let names and numbers decide.
AS_FOUND: Final = ""


class _FrameField(QLineEdit):
    """A field whose offers are shown by Down as well, before anything is typed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completer = self.completer()
        if event.key() == Qt.Key.Key_Down and completer is not None:
            completer.complete()
        else:
            super().keyPressEvent(event)


class ImportReportPage(QWidget):
    """Shows a look through a dataset. What is decided here is told, and looked at anew by whoever listens.

    `label_chosen(names, what)`: a label's id, None for what is left out, or AS_FOUND; `frame_chosen(key, what)`
    likewise. `replace_chosen(bool)`. `save_wanted(path)`. `filter_wanted(rows, text)` for many rows, answered by
    `show_filtered`.
    """

    label_chosen = Signal(object, object)
    frame_chosen = Signal(object, object)
    replace_chosen = Signal(bool)
    filter_wanted = Signal(object, str)
    save_wanted = Signal(str)

    def __init__(self, theme: Theme, find_frames: Callable[[str], Sequence[Frame]]) -> None:
        super().__init__()
        self._find_frames = find_frames
        self._looked: Looked | None = None
        self._offered: Sequence[Frame] = ()
        self.title = ElidedText("", "strong")
        self.summary = text_label("", "", wraps=True)
        self._models = (
            ReportModel(
                (
                    Column(tr("Frame of the dataset"), stretch=True),
                    Column(tr("How it was found"), 210, tinted=True),
                    Column(tr("Frame of the task"), stretch=True),
                    Column(tr("Annotations"), 100, is_number=True),
                ),
                theme,
                self,
            ),
            ReportModel(
                (
                    Column(tr("Label of the dataset"), stretch=True),
                    Column(tr("Annotations"), 100, is_number=True),
                    Column(tr("What happens"), 300, tinted=True),
                ),
                theme,
                self,
            ),
            ReportModel(
                (
                    Column(tr("File"), 180),
                    Column(tr("Line"), 60, is_number=True),
                    Column(tr("Problem"), stretch=True, tinted=True),
                    Column(tr("Left out"), 80, is_number=True),
                ),
                theme,
                self,
            ),
        )
        names = (tr("Frames"), tr("Labels"), tr("Problems"))
        self.tables = tuple(
            report_table(model, name, several=place != _FRAMES)
            for place, (model, name) in enumerate(zip(self._models, names, strict=True))
        )
        self.tabs, self._tab_bar = _segments((*names,))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter of the table"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(240)
        self._pile = QStackedWidget()
        self._fixes = QStackedWidget()
        self.replace, self._replace_bar = _segments((tr("Add to what is there"), tr("Replace it")))
        self.replace_text = text_label("", "dim")
        self._make_fixes()
        self._lay_out()
        self._connect()

    # Putting together -------------------------------------------------------------------------------

    def _make_fixes(self) -> None:
        self.frame_field = _FrameField()
        self.frame_field.setAccessibleName(tr("Frame of the task"))
        self.frame_field.setPlaceholderText(tr("Type a name to find the frame"))
        self.frame_field.setMinimumWidth(300)
        self._found = QStringListModel(self)
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.frame_field.setCompleter(completer)
        completer.activated.connect(lambda _: self._use_frame())
        self.use_frame = push_button(tr("Use this frame"))
        self.skip_frame = push_button(tr("Leave out"))
        self.reset_frame = push_button(tr("As found"))
        self.frame_fix = _fix_bar(
            self.frame_field, self.use_frame, self.skip_frame, self.reset_frame
        )
        self.label_target = QComboBox()
        self.label_target.setAccessibleName(tr("What happens to the selected labels"))
        self.label_target.setMinimumWidth(340)
        self.label_target.setMaxVisibleItems(16)
        self.label_target.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.label_fix = _fix_bar(self.label_target)
        self.copy = push_button(tr("Copy"))
        self.save = push_button(tr("Save as text…"))
        self.problem_fix = _fix_bar(self.copy, self.save)
        for fix in (self.frame_fix, self.label_fix, self.problem_fix):
            self._fixes.addWidget(fix)
        self._fixes.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        for table in self.tables:
            self._pile.addWidget(table)
        head = row(gap=12)
        head.addWidget(self._tab_bar)
        head.addStretch(1)
        head.addWidget(self.filter)
        choice = row(gap=12)
        choice.addWidget(self._replace_bar)
        choice.addWidget(self.replace_text, 1)
        lines = column(self, gap=10)
        lines.addWidget(self.title)
        lines.addWidget(self.summary)
        lines.addLayout(head)
        lines.addWidget(self._pile, 1)
        lines.addWidget(self._fixes)
        lines.addLayout(choice)

    def _connect(self) -> None:
        self.tabs.idClicked.connect(self.show_tab)
        self.replace.idClicked.connect(lambda which: self.replace_chosen.emit(which == 1))
        self.filter.textChanged.connect(lambda _: self._filter())
        for table in self.tables:
            table.selectionModel().selectionChanged.connect(lambda *_: self._show_fix())
        self.frame_field.textEdited.connect(self._offer_frames)
        self.frame_field.returnPressed.connect(self._use_frame)
        self.use_frame.clicked.connect(self._use_frame)
        self.skip_frame.clicked.connect(lambda: self._choose_frame(None))
        self.reset_frame.clicked.connect(lambda: self._choose_frame(AS_FOUND))
        self.label_target.activated.connect(self._choose_label)
        self.copy.clicked.connect(lambda: copy_rows(self.tables[_PROBLEMS]))
        self.save.clicked.connect(self.ask_where_to_save)

    # What was found ---------------------------------------------------------------------------------

    def show_looked(self, looked: Looked) -> None:
        """Show what a look through the dataset gave; selections stay."""
        first = self._looked is None or self._looked.source != looked.source
        self._looked = looked
        report = looked.plan.report
        self.title.setText(
            tr(
                "{name} as {format}, into {task}",
                name=looked.source.path.name[:_LONGEST_NAME],
                format=looked.source.format.title,
                task=looked.source.task.name[:_LONGEST_NAME],
            )
        )
        self.summary.setText(summary_text(looked))
        counts = (len(looked.frames), len(looked.labels), len(looked.problems))
        names = (tr("Frames"), tr("Labels"), tr("Problems"))
        for place, (name, count) in enumerate(zip(names, counts, strict=True)):
            button = self.tabs.button(place)
            button.setText(f"{name}  {count:,}")
            button.setMinimumWidth(button.sizeHint().width() + 8)
        if looked.plan.choices.replace:
            self.replace_text.setText(
                tr_n(
                    "{count} annotation or track is deleted first; undo brings it back.",
                    "{count} annotations and tracks are deleted first; undo brings them back.",
                    report.replaced,
                )
            )
        else:
            self.replace_text.setText(tr("What is on these frames stays."))
        self.replace.button(int(looked.plan.choices.replace)).setChecked(True)
        if first:
            self.filter.clear()
            self.show_tab(self._first_tab(looked))
        self._fill_targets(looked)
        self._filter(keep=not first)

    def _first_tab(self, looked: Looked) -> int:
        """Frames that are not found come first, then labels that are new, then what is left."""
        if any(one.tone == "warn" for one in looked.frames):
            return _FRAMES
        return _LABELS if any(one.tone == "good" for one in looked.labels) else _FRAMES

    def show_tab(self, place: int) -> None:
        """Show one of the tables."""
        self.tabs.button(place).setChecked(True)
        self._pile.setCurrentIndex(place)
        self._fixes.setCurrentIndex(place)
        self._filter()
        self._show_fix()

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
        selected = selected_rows(self.table) if keep else []
        if not text:
            self._models[self._tab].show(rows)
        elif len(rows) <= AT_ONCE:
            self._models[self._tab].show(rows, places_of(rows, text))
        else:
            self.filter_wanted.emit(rows, text)
        for one in selected:
            if one < self._models[self._tab].rowCount():
                self.table.selectRow(one)
        self._show_fix()

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
        self.copy.setText(tr("Copy selected") if chosen else tr("Copy all"))
        self.frame_fix.setEnabled(self._tab == _FRAMES and bool(chosen))
        self.label_fix.setEnabled(self._tab == _LABELS and bool(chosen))
        self.problem_fix.setEnabled(bool(self._looked and len(self._looked.problems)))
        one = chosen[0] if chosen else None
        if isinstance(one, FrameRow):
            self._offer(one.candidates)
            self.frame_field.setText(one.target if one.tone == "" else "")
            many = tr_n(
                "It may be {count} frame; Down lists it",
                "It may be {count} frames; Down lists them",
                len(one.candidates),
            )
            self.frame_field.setPlaceholderText(
                many if one.candidates else tr("Type a name to find the frame")
            )
        elif isinstance(one, LabelRow):
            self.label_target.setCurrentIndex(self._target_of(one))

    def _offer_frames(self, text: str) -> None:
        row_there = self._selected()
        one = row_there[0] if row_there else None
        if not text.strip() and isinstance(one, FrameRow):
            self._offer(one.candidates)
        else:
            self._offer(self._find_frames(text))

    def _offer(self, frames: Sequence[Frame]) -> None:
        self._offered = frames[:_MOST_OFFERED]
        self._found.setStringList([one.name for one in self._offered])

    def _use_frame(self) -> None:
        name = self.frame_field.text()
        chosen = next((one for one in self._offered if one.name == name), None)
        if chosen is None:
            found = [one for one in self._find_frames(name) if one.name == name]
            chosen = found[0] if found else None
        if chosen is None and len(self._offered) == 1:
            chosen = self._offered[0]
        if chosen is not None:
            self._choose_frame(chosen.id)

    def _choose_frame(self, frame: int | str | None) -> None:
        for one in self._selected():
            if isinstance(one, FrameRow):
                self.frame_chosen.emit(one.key, frame)

    def _fill_targets(self, looked: Looked) -> None:
        self.label_target.clear()
        self.label_target.addItem(tr("By its name; new where there is none"), AS_FOUND)
        self.label_target.addItem(tr("Leave out"), None)
        names = flat_names(looked.known)
        for label in looked.known:
            self.label_target.addItem(names[label.id][:_LONGEST_NAME], label.id)

    def _target_of(self, one: LabelRow) -> int:
        assert self._looked is not None
        choices = self._looked.plan.choices.labels
        if one.name not in choices:
            return 0
        wanted = choices[one.name]
        if wanted is None:
            return 1
        ids = [label.id for label in self._looked.known]
        return 2 + ids.index(wanted) if wanted in ids else 0

    def _choose_label(self, place: int) -> None:
        names = [one.name for one in self._selected() if isinstance(one, LabelRow)]
        if names:
            self.label_chosen.emit(names, self.label_target.itemData(place))

    def ask_where_to_save(self) -> None:
        """Let the person name a file for the report."""
        dialog = QFileDialog(self, tr("Save the report"), str(Path.home() / "import-report.txt"))
        dialog.setObjectName("saveReport")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self.save_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def summary_text(looked: Looked) -> str:
    """Return what an import does in one or two sentences."""
    report = looked.plan.report
    every = len(looked.frames)
    parts = [
        tr_n(
            "{found} of {count} frame of the dataset is in the task.",
            "{found} of {count} frames of the dataset are in the task.",
            every,
            found=f"{every - len(report.unmatched):,}",
        )
    ]
    kinds = kinds_text(report.annotations)
    total = report.annotations.total()
    if total:
        added = tr_n(
            "{count} annotation is added ({kinds}).",
            "{count} annotations are added ({kinds}).",
            total,
            kinds=kinds,
        )
        parts.append(added)
    if report.tracks:
        parts.append(
            tr_n(
                "{count} track is added, with {frames} key frames.",
                "{count} tracks are added, with {frames} key frames.",
                report.tracks,
                frames=f"{report.keyframes:,}",
            )
        )
    if not (total or report.tracks):
        parts.append(tr("No annotation is added."))
    if report.new_labels:
        parts.append(
            tr_n("{count} label is new.", "{count} labels are new.", len(report.new_labels))
        )
    if report.left_out:
        parts.append(
            tr_n("{count} record is left out.", "{count} records are left out.", report.left_out)
        )
    return " ".join(parts)


def _segments(names: Sequence[str]) -> tuple[QButtonGroup, QFrame]:
    frame = QFrame()
    frame.setObjectName("segments")
    frame.setFixedHeight(FIELD + 2)
    group = QButtonGroup(frame)
    line = row(frame, gap=0)
    line.setContentsMargins(1, 1, 1, 1)
    for place, name in enumerate(names):
        button = push_button(name, "segment")
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setChecked(place == 0)
        group.addButton(button, place)
        line.addWidget(button)
    return group, frame


def _fix_bar(*widgets: QWidget) -> QFrame:
    bar = QFrame()
    line = row(bar, gap=8)
    for widget in widgets:
        if isinstance(widget, QPushButton):
            widget.setAutoDefault(False)
        line.addWidget(widget)
    line.addStretch(1)
    return bar
