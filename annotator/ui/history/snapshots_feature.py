"""Snapshots and backups in the window: the commands, and the backup made once a day."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.translation import tr
from annotator.ui.history.snapshots_acts import SnapshotActs
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.opening import Opened
from annotator.ui.timers import single_shot

if TYPE_CHECKING:
    from annotator.project.copies.backups import Backup
    from annotator.ui.history.snapshots_window import SnapshotsWindow

# The first picture and what is read ahead come before.
BACKUP_AFTER_MS: Final = 4_000


class Safety(QObject):
    """Binds the commands of snapshots and backups, and makes the daily backup some time after the opening."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self.acts = SnapshotActs(shell)
        self.window: SnapshotsWindow | None = None
        actions = shell.actions
        actions.bind("file.snapshot", self.acts.save_snapshot)
        actions.bind("file.snapshots", partial(self.show_window, 0))
        actions.bind("file.back_up", self.acts.back_up)
        actions.bind("file.restore", partial(self.show_window, 1))
        self._soon = single_shot(self, BACKUP_AFTER_MS, self._back_up)
        shell.switch.opened.connect(self._opened)
        shell.switch.left.connect(self._soon.stop)

    def show_window(self, tab: int) -> None:
        """Show the list of snapshots (0) or of backups (1)."""
        from annotator.ui.history.snapshots_window import SnapshotsWindow

        if not self._shell.session.is_open:
            return
        if self.window is None:
            self.window = SnapshotsWindow(self._shell, self.acts, tab)
            self.window.finished.connect(self._window_closed)
        self.window.tabs.setCurrentIndex(tab)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _window_closed(self) -> None:
        self.window = None

    # Once a day -------------------------------------------------------------------------------------

    def _opened(self, opened: Opened) -> None:
        if opened.project.is_writable:
            self._soon.start(BACKUP_AFTER_MS)

    def _back_up(self) -> None:
        project = self._shell.session.project
        work = self._shell.runner.start(
            tr("Backing up"), partial(_daily, project.folder), uses=project
        )
        work.when_done(lambda _: self._shell.calls.post(partial(self._done, work)))

    def _done(self, work: "Work[Backup | None]") -> None:
        if work.state is WorkState.DONE and work.result() is not None:
            self.acts.changed.emit()


def _daily(folder: Path, progress: Progress) -> "Backup | None":
    from annotator.project.copies.backups import back_up_if_due

    return back_up_if_due(folder, progress)


def add_to(shell: Shell) -> object:
    """Add the commands and the daily backup."""
    return Safety(shell)
