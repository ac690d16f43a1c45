"""The switch between workspaces, at the right end of the top bar."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton

from annotator.translation import tr
from annotator.ui.look.tokens import FIELD
from annotator.ui.shell.shell import Shell
from annotator.ui.shell.workspaces import WORKSPACES
from annotator.ui.widgets.parts import push_button, row

_PADDING: Final = 28


class WorkspaceSwitch(QFrame):
    """One button for each workspace, of which one is down; its commands do the same."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setFixedHeight(FIELD + 2)
        self.setAccessibleName(tr("Workspace"))
        self._docks = shell.docks
        self._buttons = QButtonGroup(self)
        self._actions: dict[str, QAction] = {}
        together = QActionGroup(self)
        line = row(self, gap=0)
        line.setContentsMargins(1, 1, 1, 1)
        for number, workspace in enumerate(WORKSPACES):
            button = push_button(tr(workspace.title), "segment")
            button.setCheckable(True)
            button.setMinimumWidth(_room_of(button))
            button.setToolTip(tr(workspace.help))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._docks.use, workspace.id))
            self._buttons.addButton(button, number)
            line.addWidget(button)
            command = f"workspace.{workspace.id}"
            self._actions[workspace.id] = shell.actions[command]
            together.addAction(shell.actions[command])
            shell.actions.bind_switch(command, partial(self._use, workspace.id), on=False)
        self._docks.workspace_changed.connect(self._show)
        self._show(self._docks.workspace.id)

    def _use(self, workspace_id: str, _on: bool) -> None:
        self._docks.use(workspace_id)

    def _show(self, workspace_id: str) -> None:
        for number, workspace in enumerate(WORKSPACES):
            self._buttons.button(number).setChecked(workspace.id == workspace_id)
            self._actions[workspace.id].setChecked(workspace.id == workspace_id)


def _room_of(button: QPushButton) -> int:
    """The width of the button while it is down: its word is bolder then."""
    font = QFont(button.font())
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font).horizontalAdvance(button.text()) + _PADDING


def add_to(shell: Shell) -> object:
    """Add the switch to the top bar."""
    switch = WorkspaceSwitch(shell)
    shell.top_bar.add_at_right(switch)
    return switch
