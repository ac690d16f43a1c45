"""A person's keys at work: read at the start, given to the actions at each change, written beside the GUI thread."""

from PySide6.QtCore import QObject

from annotator import messages
from annotator.commands import COMMANDS
from annotator.keys.user_keys import UserKeys, keys_path
from annotator.messages import Answer
from annotator.translation import tr
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.quiet_writer import QuietWriter


class KeyControl(QObject):
    """Keeps the keys of all actions as the person wants them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        path = shell.settings.path
        self.keys = UserKeys() if path is None else UserKeys.load(keys_path(path))
        self._actions = shell.actions
        self._writer = QuietWriter(self)
        self._give()
        for problem in self.keys.problems:
            change = Answer(tr("Change keys"), shell.actions["help.change_keys"].trigger)
            messages.warning(problem, change)
        self.keys.subscribe(self._changed)

    def end(self) -> None:
        """Write what is not written yet."""
        self._writer.close()

    def _changed(self) -> None:
        self._give()
        self._writer.request(self._save)

    def _give(self) -> None:
        self._actions.set_keys({command.id: self.keys.of(command.id) for command in COMMANDS})

    def _save(self) -> None:
        """Called on the thread of the writer."""
        from annotator.safe_io import write_whole

        self.keys.save(write_whole)
