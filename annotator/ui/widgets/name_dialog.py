"""A small window for one name."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from annotator.translation import tr
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH: Final = 420
_LONGEST: Final = 1000


class NameDialog(QDialog):
    """Asks for a name. accept: takes it, and returns what is wrong with it, or nothing; then the window closes."""

    def __init__(
        self, parent: QWidget, title: str, label: str, name: str, accept: Callable[[str], str]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._accept = accept
        self.field = QLineEdit(name)
        self.field.setAccessibleName(label)
        self.field.setMaxLength(_LONGEST)
        self.field.selectAll()
        self.trouble = text_label("", "bad", wraps=True)
        self.trouble.hide()
        self.go = push_button(tr("Rename"), "primary")
        self.go.setDefault(True)
        cancel = push_button(tr("Cancel"))
        cancel.setAutoDefault(False)
        buttons = row()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=8)
        lines.setContentsMargins(20, 16, 20, 16)
        lines.addWidget(text_label(label, "dim"))
        lines.addWidget(self.field)
        lines.addWidget(self.trouble)
        lines.addSpacing(8)
        lines.addLayout(buttons)
        self.field.textChanged.connect(self._changed)
        self.go.clicked.connect(self._go)
        cancel.clicked.connect(self.reject)

    def _changed(self, text: str) -> None:
        self.trouble.hide()
        self.go.setEnabled(bool(text.strip()))

    def _go(self) -> None:
        trouble = self._accept(self.field.text())
        if not trouble:
            self.accept()
            return
        self.trouble.setText(trouble)
        self.trouble.show()
        self.field.setFocus()
