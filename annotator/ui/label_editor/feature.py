"""The command that opens the label editor, and the keys of labels besides the digits."""

from types import ModuleType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from annotator import messages
from annotator.commands import COMMANDS, LABEL_DIGITS
from annotator.project.storage.changes import Change
from annotator.translation import tr
from annotator.ui.late_loading import import_beside, make_piecewise
from annotator.ui.shell.shell import Shell
from annotator.ui.timers import single_shot

if TYPE_CHECKING:
    from annotator.ui.label_editor.window import LabelEditor

_DIGITS: Final = {f"label.{digit}" for digit in LABEL_DIGITS}
# Keys that mean something on the canvas and are no commands.
_OF_THE_CANVAS: Final = ("Space",)
_SOON_MS: Final = 200
_PORTABLE: Final = QKeySequence.SequenceFormat.PortableText


class LabelEditing(QObject):
    """Opens the window, one at a time, and tells what was done."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self.window: LabelEditor | None = None
        self._is_loading = False
        shell.actions.bind("labels.edit", self.show)
        # It edits the labels of the project: another task that comes to be shown lets it stay.
        shell.switch.left.connect(self._leave)

    def show(self) -> None:
        """Open the label editor; its code is read beside the GUI thread the first time."""
        if self.window is not None:
            self.window.activateWindow()
        elif not self._is_loading:
            self._is_loading = True
            name = "annotator.ui.label_editor.window"
            import_beside(name, self._shell.calls, self._open)

    def _open(self, module: ModuleType) -> None:
        self._is_loading = False
        shell = self._shell
        if not shell.session.is_writable:
            return  # it was closed meanwhile
        project = shell.session.project
        window: LabelEditor = module.LabelEditor(
            shell.window, project, shell.theme, shell.runner, shell.calls, self.key_use
        )
        self.window = window
        window.finished.connect(self._closed)
        window.applied.connect(self._applied)
        make_piecewise(window, window.parts(), window.open)

    def key_use(self, key: str) -> str:
        """Return which command has a key already, as a sentence; empty where none has."""
        if key in _OF_THE_CANVAS:
            return tr("The key {key} moves the picture.", key=key)
        command = command_with_key(self._shell, key)
        if command is None:
            return ""
        title = self._shell.actions.title(command)
        return tr("The key {key} belongs to the command “{title}”.", key=key, title=title)

    def _closed(self) -> None:
        self.window = None

    def _leave(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            window.leave()

    def _applied(self, step_id: int) -> None:
        undo = self._shell.undo.answer(self._shell.session.project, step_id)
        messages.info(tr("The labels were changed."), undo)


class LabelKeys(QObject):
    """The keys of labels that are no digits work on the canvas, unless a command has them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.canvas)
        self._shell = shell
        self._shortcuts: dict[str, QShortcut] = {}
        self._labels: dict[str, int] = {}
        # Commands say that they changed for many reasons, of which another key is one.
        self._soon = single_shot(self, _SOON_MS, self._make)
        for command in COMMANDS:
            shell.actions[command.id].changed.connect(self._soon.start)
        session = shell.session
        session.opened.connect(self._make)
        session.closed.connect(self._make)
        session.changed.connect(self._changed)

    def _changed(self, change: Change) -> None:
        if change.labels:
            self._make()

    def _make(self) -> None:
        self._labels = {}
        for label in self._shell.session.labels:
            key = label.hotkey
            if not key or key in LABEL_DIGITS or key in _OF_THE_CANVAS:
                continue
            if command_with_key(self._shell, key) is None:
                self._labels.setdefault(key, label.id)
        for key in self._shortcuts.keys() - self._labels.keys():
            shortcut = self._shortcuts.pop(key)
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        for key in self._labels.keys() - self._shortcuts.keys():
            self._shortcuts[key] = self._shortcut(key)

    def _shortcut(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence.fromString(key, _PORTABLE), self._shell.canvas)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: self._shell.labels.use(self._labels[key]))
        return shortcut


def command_with_key(shell: Shell, key: str) -> str | None:
    """Return the command that has a key now, in Qt's portable text; the digits of labels are none."""
    wanted = QKeySequence.fromString(key, _PORTABLE)
    found = (
        command.id
        for command in COMMANDS
        if command.id not in _DIGITS and wanted in shell.actions[command.id].shortcuts()
    )
    return next(found, None)


def add_to(shell: Shell) -> object:
    """Add the label editor."""
    return LabelEditing(shell), LabelKeys(shell)
