"""The second step of an export: what the format cannot hold, with a choice where there is one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from annotator.formats.view_choices import Wish, wishes_for
from annotator.translation import tr, tr_n
from annotator.ui.exporting.work import Losses, LossRow
from annotator.ui.look.theme import Theme
from annotator.ui.shown.kind_names import kinds_name
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.empty_note import EmptyNote
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.report_table import Column, ReportModel, report_table, selected_rows

_LONGEST_NAME = 80
_EXAMPLE = 3


class ExportLossPage(QWidget):
    """Shows what an export loses. `wish_chosen(kind, wish | None)`; `frame_wanted(id)` to look at an example."""

    wish_chosen = Signal(str, object)
    frame_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._losses: Losses | None = None
        self._kinds: Sequence[str] = ()
        self.title = ElidedText("", "strong")
        self.verdict = text_label("", "", wraps=True)
        self.verdict.setAccessibleName(tr("What is lost"))
        self.model = ReportModel(
            (
                Column(tr("Count"), 80, is_number=True),
                Column(tr("What"), 220, tinted=True),
                Column(tr("Why"), stretch=True),
                Column(tr("For example on"), 150),
            ),
            theme,
            self,
        )
        self.table = report_table(self.model, tr("What is lost"))
        self.note = EmptyNote(
            self.table, tr("What the format could not hold would be listed here, with a choice.")
        )
        self.wish = QComboBox()
        self.wish.setAccessibleName(tr("What becomes of annotations of this kind"))
        self.wish.setMinimumWidth(260)
        self.show_frame = push_button(tr("Show the frame"))
        self.show_frame.setAutoDefault(False)
        self.wish_text = text_label(tr("Select a row to see what can be done."), "dim")
        fix = row(gap=8)
        fix.addWidget(self.wish_text)
        fix.addWidget(self.wish)
        fix.addWidget(self.show_frame)
        fix.addStretch(1)
        lines = column(self, gap=10)
        lines.addWidget(self.title)
        lines.addWidget(self.verdict)
        lines.addWidget(self.table, 1)
        lines.addLayout(fix)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_fix())
        self.table.activated.connect(lambda _: self._go_there())
        self.show_frame.clicked.connect(self._go_there)
        self.wish.activated.connect(self._choose)

    def show_losses(self, losses: Losses) -> None:
        """Show what was found."""
        self._losses = losses
        before = self._chosen
        plan = losses.plan
        frames = tr_n("{count} frame as {format}", "{count} frames as {format}", losses.frames,
                      format=plan.format.title)  # fmt: skip
        self.title.say(frames)
        if not losses.has_losses:
            nothing = tr("Nothing is lost: everything that is written is read back as it is here.")
            more = tr("What the format adds is listed below.") if losses.has_additions else ""
            self._say(f"{nothing} {more}".rstrip(), "good")
        else:
            self._say(
                tr(
                    "The format cannot hold everything as it is. Nothing is changed in the project."
                ),
                "warn",
            )
        self.model.show(losses.rows)
        self.table.setColumnHidden(_EXAMPLE, not any(one.frame for one in losses.rows))
        again = next(
            (
                n
                for n, one in enumerate(losses.rows)
                if before and one.kind and one.kind == before.kind
            ),
            None,
        )
        if again is not None:
            self.table.selectRow(again)
        self._show_fix()

    @property
    def _chosen(self) -> LossRow | None:
        rows = selected_rows(self.table)
        found = self.model.row_at(rows[0]) if rows and rows[0] < self.model.rowCount() else None
        return found if isinstance(found, LossRow) else None

    def _show_fix(self) -> None:
        one, losses = self._chosen, self._losses
        self.show_frame.setVisible(one is not None and one.frame_id is not None)
        can_choose = one is not None and bool(one.kind) and losses is not None
        self.wish.setVisible(can_choose)
        if one is None:
            has_rows = self.model.rowCount() > 0
            self.wish_text.setText(tr("Select a row to see what can be done.") if has_rows else "")
        elif not can_choose:
            self.wish_text.setText(tr("Nothing can be chosen for this."))
        else:
            assert losses is not None
            self.wish_text.setText(tr("Write {what}", what=kinds_name(one.kind)))
            wishes: list[Wish | None] = [None, *wishes_for(one.kind, losses.plan.format)]
            self.wish.clear()
            for wish in wishes:
                self.wish.addItem(_wish_text(wish), wish)
            self.wish.setCurrentIndex(wishes.index(losses.plan.choices.shapes.get(one.kind)))

    def _choose(self, place: int) -> None:
        if self._chosen is not None:
            self.wish_chosen.emit(self._chosen.kind, self.wish.itemData(place))

    def _go_there(self) -> None:
        if self._chosen is not None and self._chosen.frame_id is not None:
            self.frame_wanted.emit(self._chosen.frame_id)

    def _say(self, text: str, look: str) -> None:
        self.verdict.setObjectName(look)
        self.verdict.style().polish(self.verdict)
        self.verdict.setText(text)


def _wish_text(wish: Wish | None) -> str:
    if wish is None:
        return tr("as the format does by itself")
    return {
        "rectangle": tr("as boxes around them"),
        "polygon": tr("as outlines"),
        "mask": tr("as masks"),
        "leave_out": tr("not at all"),
    }[wish]
