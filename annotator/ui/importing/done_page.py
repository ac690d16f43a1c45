"""The last step of an import: how far it is, whether it is to be stopped, and what it did."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from annotator.project.imports.importing import ImportReport
from annotator.translation import tr, tr_n
from annotator.ui.importing.rows import kinds_text
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.parts import column, push_button, row, text_label


class ImportDonePage(QWidget):
    """One sentence in large letters, what follows from it in small ones, and the buttons that belong to it."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = text_label("", "figure", wraps=True)
        self.heading.setAccessibleName(tr("State of the import"))
        self.text = text_label("", "dim", wraps=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.left_out = ElidedText("", "warn")
        self.go_on = push_button(tr("Go on"))
        self.stop_keep = push_button(tr("Keep what is there"))
        self.stop_undo = push_button(tr("Undo it"))
        self.undo = push_button(tr("Undo the import"))
        self.save = push_button(tr("Save the report…"))
        self._buttons = (self.go_on, self.stop_keep, self.stop_undo, self.undo, self.save)
        line = row(gap=8)
        for button in self._buttons:
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        lines = column(self, gap=10)
        lines.addWidget(self.heading)
        lines.addWidget(self.text)
        lines.addWidget(self.left_out)
        lines.addSpacing(6)
        lines.addLayout(line)
        lines.addStretch(1)

    def show_running(self, name: str) -> None:
        """Say that it goes on."""
        self._show(
            tr("Importing {name} …", name=name),
            tr("You can go on working. The import is one step, which can be undone as a whole."),
        )

    def ask_to_stop(self) -> None:
        """Ask what is to become of what was written, while the import waits."""
        self._show(
            tr("Stop the import?"),
            tr("It waits. What was imported so far can stay, or be taken back."),
        )
        for button in (self.go_on, self.stop_keep, self.stop_undo):
            button.show()
        self.go_on.setFocus()

    def ask_what_stays(self) -> None:
        """Ask what is to become of what a stopped import has written; unanswered, it is asked at the next opening."""
        self._show(
            tr("The import was stopped"),
            tr(
                "What was imported so far can stay, or be taken back. It is asked again if you close this."
            ),
        )
        for button in (self.stop_keep, self.stop_undo):
            button.show()

    def show_report(self, report: ImportReport) -> None:
        """Say what was done."""
        total = report.annotations.total()
        parts = [kinds_text(report.annotations)] if total else []
        if report.tracks:
            parts.append(tr_n("{count} track", "{count} tracks", report.tracks))
        if report.new_labels:
            parts.append(tr_n("{count} new label", "{count} new labels", len(report.new_labels)))
        if report.replaced:
            deleted = tr_n(
                "{count} annotation that was there is deleted",
                "{count} annotations that were there are deleted",
                report.replaced,
            )
            parts.append(deleted)
        heading = tr_n("Imported onto {count} frame", "Imported onto {count} frames", report.frames)
        self._show(heading, " · ".join(parts) or tr("Nothing was added."))
        if report.left_out:
            told = tr_n(
                "{count} record was left out; the report says which.",
                "{count} records were left out; the report says which.",
                report.left_out,
            )
            self.left_out.say(told)
        self.undo.setVisible(report.step is not None and bool(total or report.tracks))
        self.save.show()

    def show_end(self, heading: str, text: str, *, is_bad: bool = False) -> None:
        """Say how it ended otherwise."""
        self._show(heading, text)
        self.text.setObjectName("bad" if is_bad else "dim")
        self.text.style().polish(self.text)

    def _show(self, heading: str, text: str) -> None:
        self.heading.setText(heading)
        self.text.setText(text)
        self.text.setObjectName("dim")
        self.text.style().polish(self.text)
        self.left_out.say("")
        for button in self._buttons:
            button.hide()
