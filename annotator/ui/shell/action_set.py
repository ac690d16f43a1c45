"""Commands as Qt's actions, for menus, buttons and keys."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from annotator.commands import COMMANDS, GROUPS, Command, Group, Need
from annotator.translation import tr
from annotator.ui.look.icons import icon
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.plain_tips import plain_tip

_ORDER: Final[tuple[Need, ...]] = ("nothing", "project", "writable")


class ActionSet(QObject):
    """One action for each command. Whoever does the work binds it; what nobody binds stays disabled.

    `keys_changed` is emitted once after commands were given other keys.
    """

    keys_changed = Signal()

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._bound: set[str] = set()
        # Why a command makes no sense at this moment, by its id; empty where nobody said.
        self._impossible: dict[str, str] = {}
        self._there: Need = "nothing"
        self._is_selected = False
        self._commands = {command.id: command for command in COMMANDS}
        self._titles = {command.id: tr(command.title) for command in COMMANDS}
        self._actions = {command.id: self._action(command) for command in COMMANDS}
        for command in COMMANDS:
            self._enable_one(command.id)
        theme.changed.connect(self._recolour)

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def command(self, command_id: str) -> Command:
        """Return the command of an action."""
        return self._commands[command_id]

    def title(self, command_id: str) -> str:
        """Return what a command is called now, in the person's language: `Undo Move` where that is its next step."""
        return self._titles[command_id]

    def keys(self, command_id: str) -> tuple[str, ...]:
        """Return the keys that a command has now, as this system writes them."""
        return tuple(native_key(key) for key in self._actions[command_id].shortcuts())

    def with_key(self, text: str, command_id: str) -> str:
        """Return a text with the key that a command has now in brackets behind it; as it is where it has none."""
        keys = self.keys(command_id)
        return f"{text} ({keys[0]})" if keys else text

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

    # What can be done now ---------------------------------------------------------------------------

    def set_there(self, there: Need) -> None:
        """Say what is there: commands that need more are disabled."""
        self._there = there
        for command_id in self._actions:
            self._enable_one(command_id)

    def set_selected(self, is_selected: bool) -> None:
        """Say whether something is selected: without, commands that need a selection are disabled."""
        if is_selected == self._is_selected:
            return
        self._is_selected = is_selected
        for command in self._commands.values():
            if command.needs_selection:
                self._enable_one(command.id)

    def set_possible(self, command_id: str, possible: bool, why_not: str = "") -> None:
        """Say whether a command makes sense at this moment, such as undo with nothing to undo.

        why_not: one sentence, in the person's language.
        """
        if possible:
            self._impossible.pop(command_id, None)
        else:
            self._impossible[command_id] = why_not
        self._enable_one(command_id)

    def why_not(self, command_id: str) -> str:
        """Return why a command cannot be used now, as a sentence; empty where it can."""
        command = self._commands[command_id]
        if _ORDER.index(command.needs) > _ORDER.index(self._there):
            if self._there == "nothing":
                return tr("Open a folder or a project first.")
            return tr("The project is open for reading only.")
        if command_id not in self._bound:
            return tr("This cannot be used here.")
        if command_id in self._impossible:
            return self._impossible[command_id] or tr("There is nothing to do it with now.")
        if command.needs_selection and not self._is_selected:
            return tr("Nothing is selected.")
        return ""

    # How it looks and by which keys it goes ---------------------------------------------------------

    def set_title(self, command_id: str, title: str) -> None:
        """Call a command something else for now. title: plain text, in the person's language."""
        if title == self._titles[command_id]:
            return
        self._titles[command_id] = title
        self._actions[command_id].setText(_without_mnemonic(title))
        self._describe(command_id)

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Give commands other keys, at once. keys: in Qt's portable text by command, the first is shown."""
        has_changed = False
        for command_id, names in keys.items():
            action = self._actions[command_id]
            shortcuts = [portable_key(name) for name in names]
            if shortcuts != action.shortcuts():
                action.setShortcuts(shortcuts)
                self._describe(command_id)
                has_changed = True
        if has_changed:
            self.keys_changed.emit()

    def add_canvas_keys(self, widget: QWidget, *groups: Group) -> None:
        """Let the keys of the canvas, those of some groups, work while a widget or one inside it has the focus."""
        commands = (c for c in COMMANDS if c.scope == "canvas" and c.group in groups)
        widget.addActions([self._actions[command.id] for command in commands])

    def fill_menus(self, menus: Mapping[Group, QMenu]) -> None:
        """Put each command into the menu of its group, with a line where the section changes.

        A menu without commands is not shown.
        """
        for group in GROUPS:
            menu = menus[group]
            menu.setTitle(tr(group))
            commands = [c for c in COMMANDS if c.group == group and c.in_menu]
            filling = _Filling(menu)
            for command in commands:
                filling.place_for(command).addAction(self._actions[command.id])
            menu.menuAction().setVisible(bool(commands))

    def _action(self, command: Command) -> QAction:
        action = QAction(_without_mnemonic(self._titles[command.id]), self._window)
        action.setObjectName(command.id)
        action.setShortcuts([portable_key(key) for key in command.shortcuts])
        action.setStatusTip(tr(command.help) if command.help else "")
        action.setCheckable(command.is_switch)
        action.setMenuRole(_MENU_ROLES.get(command.id, QAction.MenuRole.NoRole))
        action.setIconVisibleInMenu(False)
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

    def _enable_one(self, command_id: str) -> None:
        self._actions[command_id].setEnabled(not self.why_not(command_id))
        self._describe(command_id)

    def _describe(self, command_id: str) -> None:
        """Put title and key, the help, and the reason why it is disabled into the tool tip."""
        action = self._actions[command_id]
        lines = [
            self.with_key(self._titles[command_id], command_id),
            action.statusTip(),
            self.why_not(command_id),
        ]
        action.setToolTip(plain_tip("\n".join(line for line in lines if line)))

    def _recolour(self) -> None:
        for command_id, action in self._actions.items():
            name = self._commands[command_id].icon
            if name:
                action.setIcon(icon(name, self._theme.colours))


class _Filling:
    """Where in a menu the next command stands: in itself, or in one inside it, behind a line in a new section."""

    def __init__(self, menu: QMenu) -> None:
        self._menu = menu
        self._inside: dict[str, QMenu] = {}
        self._sections: dict[QMenu, int] = {}

    def place_for(self, command: Command) -> QMenu:
        """Return the menu to whose end the command belongs."""
        menu = self._menu
        if command.submenu:
            if command.submenu not in self._inside:
                self._divide(menu, command.section)
                self._inside[command.submenu] = menu.addMenu(tr(command.submenu))
            menu = self._inside[command.submenu]
        self._divide(menu, command.section)
        return menu

    def _divide(self, menu: QMenu, section: int) -> None:
        if self._sections.setdefault(menu, section) != section:
            menu.addSeparator()
            self._sections[menu] = section


def portable_key(key: str) -> QKeySequence:
    """Return the key that a text names in the same way on every system."""
    return QKeySequence.fromString(key, QKeySequence.SequenceFormat.PortableText)


def native_key(key: QKeySequence | str) -> str:
    """Return a key as this system writes it."""
    sequence = portable_key(key) if isinstance(key, str) else key
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _without_mnemonic(title: str) -> str:
    return title.replace("&", "&&")


# Where macOS wants them: in the menu of the program.
_MENU_ROLES: Final = {
    "file.quit": QAction.MenuRole.QuitRole,
    "file.settings": QAction.MenuRole.PreferencesRole,
    "help.about": QAction.MenuRole.AboutRole,
}
