"""Every command with its key."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from annotator.commands import COMMANDS
from annotator.ui.action_set import ActionSet
from annotator.ui.parts import column

# Keys that mean what is being done on the canvas, and are no commands of the window.
_CANVAS_KEYS = (
    ("Wheel", "Zoom at the pointer"),
    ("Middle drag, Space and drag", "Move the picture"),
    ("Arrows, with Shift", "Move what is selected by a pixel, by ten"),
    ("Enter", "Finish the drawing"),
    ("Backspace, right click", "Take back the last point of the drawing"),
    ("Shift while drawing", "Square; freehand"),
    ("Shift and click", "Select more"),
    ("Alt and click", "Delete a point of the selected shape"),
)


class KeysDialog(QDialog):
    """The list of keys, made from the commands."""

    def __init__(self, parent: QWidget, actions: ActionSet) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 560)
        rows = [
            (", ".join(actions.keys(command.id)), actions.title(command.id))
            for command in COMMANDS
            if actions.keys(command.id)
        ]
        rows += _CANVAS_KEYS
        table = QTableWidget(len(rows), 2)
        table.setHorizontalHeaderLabels(["Key", "What it does"])
        table.setAccessibleName("Keys")
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        for place, row in enumerate(rows):
            for at, text in enumerate(row):
                table.setItem(place, at, QTableWidgetItem(text))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        lines = column(self)
        lines.setContentsMargins(12, 12, 12, 12)
        lines.addWidget(table)
