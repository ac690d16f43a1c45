"""The last step of an export."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from annotator.translation import tr, tr_n
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.parts import column, push_button, row, text_label


class ExportDonePage(QWidget):
    """Where the dataset goes, and that it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = text_label("", "figure", wraps=True)
        self.path = ElidedText("", "dim")
        self.text = text_label("", "dim", wraps=True)
        self.open_folder = push_button(tr("Open folder"))
        self.open_folder.setAutoDefault(False)
        line = row(gap=8)
        line.addWidget(self.open_folder)
        line.addStretch(1)
        lines = column(self, gap=10)
        lines.addWidget(self.heading)
        lines.addWidget(self.path)
        lines.addWidget(self.text)
        lines.addSpacing(6)
        lines.addLayout(line)
        lines.addStretch(1)

    def show_running(self, target: Path) -> None:
        """Say that it is being written."""
        self.heading.setText(tr("Exporting …"))
        self.path.say(str(target))
        self.text.show()
        self.text.setText(tr("You can go on working. The folder appears when everything is in it."))
        self.open_folder.hide()

    def show_done(self, target: Path, frames: int) -> None:
        """Say that it is there."""
        self.heading.setText(tr_n("Exported {count} frame", "Exported {count} frames", frames))
        self.path.say(str(target))
        self.text.hide()
        self.open_folder.show()
