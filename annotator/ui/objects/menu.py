"""The menu of what is selected, wherever it is asked for."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from annotator.ui.shell.action_set import ActionSet

OBJECT_COMMANDS: Final = (
    "label.choose", "object.occluded", "object.lock", "object.hide", "view.zoom_selection", "edit.delete",
)  # fmt: skip


def show_menu(actions: ActionSet, commands: Iterable[str], parent: QWidget, place: QPoint) -> None:
    """Open a menu of commands at a place on the screen."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addActions([actions[command] for command in commands])
    menu.popup(place)
