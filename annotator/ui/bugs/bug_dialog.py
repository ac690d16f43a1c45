"""What is said when something inside the program went wrong that nobody expected."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from annotator.translation import tr, tr_n
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH: Final = 620
_DETAILS: Final = 220


class BugDialog(QDialog):
    """Tells of a bug, once however often it happens; the work can go on beside it.

    report: all there is to send to whoever mends it. quit_program: ends the program as its menu does.
    """

    def __init__(
        self, parent: QWidget | None, title: str, report: str, log_folder: Path,
        quit_program: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Something went wrong"))
        self.setModal(False)
        self._times = 1
        self._report = report
        heading = text_label(title, "strong", wraps=True)
        self._text = text_label("", "dim", wraps=True)
        self.details = QPlainTextEdit(report)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setMinimumHeight(_DETAILS)
        self.details.setAccessibleName(tr("The report"))
        self.copy = push_button(tr("Copy report"))
        self.copy.clicked.connect(self._copy)
        folder = push_button(tr("Open log folder"))
        folder.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder)))
        )
        leave = push_button(tr("Quit"))
        leave.clicked.connect(lambda: quit_program())
        self.go_on = push_button(tr("Go on"), "primary")
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self.accept)
        whole = column(self, gap=12)
        whole.setContentsMargins(20, 18, 20, 16)
        whole.addWidget(heading)
        whole.addWidget(self._text)
        whole.addWidget(self.details, 1)
        line = row(gap=8)
        line.addWidget(self.copy)
        line.addWidget(folder)
        line.addStretch(1)
        line.addWidget(leave)
        line.addWidget(self.go_on)
        whole.addLayout(line)
        self.setMinimumWidth(_WIDTH)
        self._show_times()

    def again(self) -> None:
        """It happened once more."""
        self._times += 1
        self._show_times()

    def _show_times(self) -> None:
        text = tr(
            "Everything you did before is stored. You can go on; should it happen again, start the program anew."
            " The report holds versions, this error and the end of the log, without names of people or files."
        )
        if self._times > 1:
            many = tr_n("It happened {count} time.", "It happened {count} times.", self._times)
            text = f"{text} {many}"
        self._text.setText(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy.setText(tr("Copied"))
