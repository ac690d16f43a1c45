"""Choosing where labels come from and go to."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from annotator.translation import tr
from annotator.ui.look.tokens import FIELD

_Mode = QFileDialog.FileMode


def import_button(folder: Path, bring: Callable[[Path, bool], None]) -> QToolButton:
    """Return a button with a menu of sources. bring: is given what was chosen, and whether it is a project."""
    button = QToolButton()
    button.setObjectName("menuButton")
    button.setText(tr("Import"))
    button.setFixedHeight(FIELD)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    for text, title, mode, is_project in (
        (tr("From a file…"), tr("File with labels"), _Mode.ExistingFile, False),
        (tr("From a dataset folder…"), tr("Folder of a dataset"), _Mode.Directory, False),
        (tr("From another project…"), tr("Project to copy labels from"), _Mode.Directory, True),
    ):

        def ask(title: str = title, mode: _Mode = mode, is_project: bool = is_project) -> None:
            dialog = _dialog(button.window(), title, folder)
            dialog.setFileMode(mode)
            dialog.fileSelected.connect(lambda path: bring(Path(path), is_project))
            dialog.open()

        # Qt says whether the entry is checked, which is no title.
        menu.addAction(text).triggered.connect(lambda _checked=False, ask=ask: ask())
    button.setMenu(menu)
    return button


def ask_target(parent: QWidget, folder: Path, write: Callable[[Path], None]) -> None:
    """Ask where to write labels to."""
    dialog = _dialog(parent, tr("Export labels"), folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(tr("CVAT’s label JSON (*.json)"))
    dialog.setDefaultSuffix("json")
    dialog.selectFile("labels.json")
    dialog.fileSelected.connect(lambda path: write(Path(path)))
    dialog.open()


def _dialog(parent: QWidget, title: str, folder: Path) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
