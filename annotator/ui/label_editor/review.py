"""What a change of the labels would do, before anything happens, and what can still be chosen about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from annotator.core.schema_draft import SchemaDraft
from annotator.project.labels.preview import LabelEffect, LabelPreview, ValueEffect
from annotator.project.labels.rules import Misfit
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.label_editor.fields import WordBox
from annotator.ui.label_editor.words import label_kinds, misfits
from annotator.ui.widgets.parts import column, row, text_label

_MOST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table. gone: the id of a label whose annotations can still be given to another one."""

    what: str
    happens: str
    count: str = ""
    gone: int | None = None


class Review(QWidget):
    """Signals: `target_chosen(gone label, label or None)`, `misfit_chosen(misfit)`; the counts are made anew then."""

    target_chosen = Signal(object, object)
    misfit_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.summary = text_label("", "strong", wraps=True)
        self.table = _table()
        self.misfit = WordBox(tr("Values that no longer fit"))
        self._misfit_row = QWidget()
        line = row(self._misfit_row, gap=12)
        line.addWidget(text_label(tr("Values that no longer fit"), "dim"))
        line.addWidget(self.misfit, 1)
        line.addStretch(1)
        lines = column(self, gap=12)
        lines.addWidget(self.summary)
        lines.addWidget(self.table, 1)
        lines.addWidget(self._misfit_row)
        lines.addWidget(
            text_label(
                tr("All of it is one step; the history takes it back as a whole."),
                "dim",
                wraps=True,
            )
        )
        self.misfit.edited.connect(self.misfit_chosen)

    def show_preview(self, preview: LabelPreview, draft: SchemaDraft, misfit: Misfit) -> None:
        """Show what was counted."""
        effects = [effect for effect in preview.effects if not effect.is_empty]
        self.summary.setText(_summary(effects, preview.frames))
        lines = [line for effect in effects for line in _lines(effect)]
        self.table.setRowCount(0)
        self.table.setRowCount(len(lines))
        for place, line in enumerate(lines):
            self._fill(place, line, draft)
        self.table.resizeRowsToContents()
        values = [value for effect in effects for value in effect.values]
        self._misfit_row.setVisible(any(_misfitting(value) for value in values))
        self.misfit.offer(misfits(), misfit)

    def _fill(self, place: int, line: _Line, draft: SchemaDraft) -> None:
        count = QTableWidgetItem(line.count)
        count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        items = (QTableWidgetItem(line.what), QTableWidgetItem(line.happens), count)
        for at, item in enumerate(items):
            self.table.setItem(place, at, item)
        if line.gone is None:
            return
        gone = line.gone
        box = WordBox(tr("What happens to the objects of {name}", name=line.what))
        words: dict[int | None, str] = {None: tr("Deleted with everything that has it")}
        to = tr("Its objects become “{name}”")
        words |= {one.id: to.format(name=one.name[:_MOST_NAME]) for one in draft.in_order()}
        box.offer(words, draft.target(gone))
        box.edited.connect(lambda target: self.target_chosen.emit(gone, target))
        self.table.setCellWidget(place, 1, box)


def _summary(effects: list[LabelEffect], frames: int) -> str:
    objects = sum(effect.use.objects for effect in effects)
    tracks = sum(effect.use.tracks for effect in effects)
    deleted = sum(effect.use.objects + effect.use.tracks for effect in effects if effect.is_deleted)
    parts = [tr_n("{count} object", "{count} objects", objects)]
    if tracks:
        parts.append(tr_n("{count} track", "{count} tracks", tracks))
    text = tr(
        "{things} on {frames} have labels that change.",
        things=tr(" and ").join(parts),
        frames=tr_n("{count} frame", "{count} frames", frames),
    )
    if deleted:
        lost = tr_n("{count} of them is deleted.", "{count} of them are deleted.", deleted)
        text = f"{text} {lost}"
    return text


def _lines(effect: LabelEffect) -> Iterator[_Line]:
    name = effect.label.name[:_MOST_NAME]
    total = in_digits(effect.use.objects + effect.use.tracks)
    after = effect.after
    if after is None:
        yield _Line(name, "", total, gone=effect.label.id)
    elif after.name != effect.label.name:
        text = tr("Is called “{name}” from now on", name=after.name[:_MOST_NAME])
        yield _Line(name, text, total)
    for value in effect.values:
        yield from _value_lines(name, value)
    if effect.misplaced and effect.target is not None:
        kind = label_kinds()[effect.target.kind]
        text = tr("Other shapes than “{kind}”: they stay, and are told by the checks", kind=kind)
        yield _Line(name, text, in_digits(effect.misplaced))
    if effect.lost_elements:
        yield _Line(
            name, tr("Parts of skeletons go with their points"), in_digits(effect.lost_elements)
        )
    if effect.lost_skeletons:
        yield _Line(
            name, tr("Skeletons of which no part is left go"), in_digits(effect.lost_skeletons)
        )


def _value_lines(label: str, value: ValueEffect) -> Iterator[_Line]:
    name = f"{label} · {value.old.name[:_MOST_NAME]}"
    for count, text in (
        (value.rewritten, tr("Values written anew: renamed, or of another kind")),
        (value.replaced, tr("Values that no longer fit get the default")),
        (value.removed, tr("Values are removed")),
        (value.kept, tr("Values that no longer fit stay, to be put right by hand")),
        (value.outside, tr("Numbers outside the limits: they stay, and are told by the checks")),
    ):
        if count:
            yield _Line(name, text, in_digits(count))


def _misfitting(value: ValueEffect) -> bool:
    """Whether any value does not fit, other than one whose attribute is gone."""
    return value.new is not None and bool(value.replaced or value.removed or value.kept)


def _table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setHorizontalHeaderLabels([tr("Label"), tr("What happens"), tr("Count")])
    table.setAccessibleName(tr("What will change"))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    header.setMaximumSectionSize(420)
    table.verticalHeader().setMinimumSectionSize(36)
    return table
