"""The formats an export can have: those that hold what is there first, and what each does not hold."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.core.labels import LabelSchema
from annotator.formats.held_aspects import not_held
from annotator.formats.registry import Format
from annotator.translation import tr, tr_n
from annotator.ui.exporting.work import aspect_text
from annotator.ui.fuzzy import ranked
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.parts import column
from annotator.ui.widgets.report_table import (
    Column,
    ReportModel,
    Tone,
    report_table,
    selected_rows,
)

_MOST_ASPECTS: Final = 6
_OF_NO_ANNOTATION: Final = ("label ", "hot key", "skeleton template", "frame", "subset")


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
            return tr("everything")
        names = [aspect_text(one) for one in self.missing[:_MOST_ASPECTS]]
        more = len(self.missing) - len(names)
        if more:
            names.append(tr_n("{count} more", "{count} more", more))
        return tr("all but {what}", what=tr(", ").join(names))

    @property
    def tone(self) -> Tone:
        """What holds everything stands out."""
        return "good" if self.missing is not None and not self.missing else "dim"


class ExportFormats(QWidget):
    """A search field over a table of formats. `changed()` when another one is selected.

    wanted: the id of the one that is selected at first; without one it is the best.
    """

    changed = Signal()

    def __init__(self, theme: Theme, formats: Sequence[Format], wanted: str) -> None:
        super().__init__()
        self._formats = list(formats)
        self._wanted = wanted
        self._labels = LabelSchema()
        self._aspects: Counter[str] | None = None
        self._is_filling = False
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
        lines = column(self, gap=8)
        lines.addWidget(self.search)
        lines.addWidget(self.table, 1)
        self.search.textChanged.connect(lambda _: self._fill())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self._fill()

    @property
    def chosen(self) -> Format | None:
        """The format that is selected, None where none is."""
        rows = selected_rows(self.table)
        found = self.model.row_at(rows[0]) if rows else None
        return found.format if isinstance(found, FormatRow) else None

    def choose(self, format_id: str) -> None:
        """Select a format."""
        self._wanted = format_id
        self._fill()

    def show_aspects(self, aspects: Counter[str] | None, labels: LabelSchema) -> None:
        """Show what the formats hold of what is there, the best first; None while that is not known."""
        self._aspects, self._labels = aspects, labels
        self._fill()

    def _fill(self) -> None:
        aspects = self._aspects
        rows = [
            FormatRow(one, None if aspects is None else not_held(one, aspects, self._labels))
            for one in self._formats
        ]
        if aspects is not None:
            rows.sort(key=lambda one: _weight(one.missing or ()))
        found = ranked(self.search.text(), [f"{one.format.title} {one.format.id}" for one in rows])
        shown = [rows[place] for place in found]
        place = next((n for n, one in enumerate(shown) if one.format.id == self._wanted), 0)
        # What is selected here is not what a person wants.
        self._is_filling = True
        self.model.show(shown)
        if shown:
            self.table.selectionModel().setCurrentIndex(
                self.model.index(place, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._is_filling = False
        self.changed.emit()

    def _selected(self) -> None:
        chosen = self.chosen
        if not self._is_filling and chosen is not None:
            self._wanted = chosen.id
            self.changed.emit()


def _weight(missing: Collection[str]) -> tuple[int, int]:
    """Formats that lose nothing of annotations come first."""
    return sum(not one.startswith(_OF_NO_ANNOTATION) for one in missing), len(missing)
