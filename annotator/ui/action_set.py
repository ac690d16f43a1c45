"""Commands as Qt's actions, for menus, buttons and keys."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from annotator.commands import COMMANDS, GROUPS, Command, Group, Need
from annotator.ui.icons import icon
from annotator.ui.theme import Theme

_ORDER: Final[tuple[Need, ...]] = ("nothing", "project", "writable")


class ActionSet(QObject):
    """One action for each command. Whoever does the work binds it; what nobody binds stays disabled."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._bound: set[str] = set()
        self._impossible: set[str] = set()
        self._there: Need = "nothing"
        self._commands = {command.id: command for command in COMMANDS}
        self._actions = {command.id: self._action(command) for command in COMMANDS}
        theme.changed.connect(self._recolour)

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def command(self, command_id: str) -> Command:
        """Return the command of an action."""
        return self._commands[command_id]

    def bind(self, command_id: str, run: Callable[[], object]) -> None:
        """Let a command do something."""
        self._actions[command_id].triggered.connect(lambda _checked=False: run())
        self._now_bound(command_id)

    def bind_switch(self, command_id: str, run: Callable[[bool], object], *, on: bool) -> None:
        """Let a command switch something, which is `on` now."""
        action = self._actions[command_id]
        action.setChecked(on)
        # A method of Qt itself would be called without the state.
        action.triggered.connect(lambda on: run(on))
        self._now_bound(command_id)

    def set_there(self, there: Need) -> None:
        """Say what is there: commands that need more are disabled."""
        self._there = there
        self._enable()

    def set_possible(self, command_id: str, possible: bool) -> None:
        """Say whether a command makes sense at this moment, such as undo with nothing to undo."""
        (self._impossible.discard if possible else self._impossible.add)(command_id)
        self._enable_one(command_id)

    def add_canvas_keys(self, widget: QWidget, *groups: Group) -> None:
        """Let the keys of the canvas, those of some groups, work while a widget or one inside it has the focus."""
        commands = (c for c in COMMANDS if c.scope == "canvas" and c.group in groups)
        widget.addActions([self._actions[command.id] for command in commands])

    def fill_menus(self, menus: Mapping[Group, QMenu]) -> None:
        """Put each command into the menu of its group, with a line where the section changes."""
        for group in GROUPS:
            section = 0
            for command in COMMANDS:
                if command.group != group or not command.in_menu:
                    continue
                if command.section != section:
                    menus[group].addSeparator()
                    section = command.section
                menus[group].addAction(self._actions[command.id])

    def _action(self, command: Command) -> QAction:
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(key) for key in command.shortcuts])
        action.setToolTip(command.tool_tip)
        action.setStatusTip(command.help)
        action.setCheckable(command.is_switch)
        action.setMenuRole(_MENU_ROLES.get(command.id, QAction.MenuRole.NoRole))
        action.setIconVisibleInMenu(False)
        action.setEnabled(False)
        if command.icon:
            action.setIcon(icon(command.icon, self._theme.colours))
        if command.scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            self._window.addAction(action)
        return action

    def _now_bound(self, command_id: str) -> None:
        self._bound.add(command_id)
        self._enable_one(command_id)

    def _enable(self) -> None:
        for command_id in self._actions:
            self._enable_one(command_id)

    def _enable_one(self, command_id: str) -> None:
        needs = self._commands[command_id].needs
        self._actions[command_id].setEnabled(
            command_id in self._bound
            and command_id not in self._impossible
            and _ORDER.index(needs) <= _ORDER.index(self._there)
        )

    def _recolour(self) -> None:
        for command_id, action in self._actions.items():
            name = self._commands[command_id].icon
            if name:
                action.setIcon(icon(name, self._theme.colours))


# Where macOS wants them: in the menu of the program.
_MENU_ROLES: Final = {
    "file.quit": QAction.MenuRole.QuitRole,
    "help.about": QAction.MenuRole.AboutRole,
}
