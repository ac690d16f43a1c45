"""What is done with snapshots and backups beside the GUI thread, and told in the message bar."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.messages import Answer, Message
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.shell.shell import Shell

if TYPE_CHECKING:
    from annotator.project.copies.backups import Backup
    from annotator.project.copies.restoring import Restored
    from annotator.project.copies.snapshot_files import Snapshot
    from annotator.ui.history.snapshots_rows import BackupRow, SnapshotRow


# How long it can be renamed from the message bar.
_SAID_MS: Final = 10_000


class SnapshotActs(QObject):
    """`changed()` when there are other snapshots or backups than before."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._session = shell.session
        self._said: Message | None = None

    # Saving -----------------------------------------------------------------------------------------

    def save_snapshot(self, *, quietly: bool = False) -> None:
        """Save a snapshot named by the date. quietly: where it is seen anyway that there is one."""
        project = self._session.project
        self._start(
            tr("Saving a snapshot"),
            partial(_snapshot, project.folder),
            partial(self._saved, project, quietly),
        )

    def _saved(self, project: Project, quietly: bool, snapshot: "Snapshot") -> None:
        self.changed.emit()
        if not quietly:
            self._say(
                tr("Saved the snapshot “{name}”.", name=snapshot.name),
                Answer(tr("Rename…"), partial(self._rename, project, snapshot)),
            )

    def _rename(self, project: Project, snapshot: "Snapshot") -> None:
        if self._session.holds(project):
            self.ask_name(snapshot, self._shell.window)

    def ask_name(self, snapshot: "Snapshot", parent: QWidget) -> None:
        """Show a small window for the name of a snapshot; work goes on beside it."""
        from annotator.ui.widgets.name_dialog import NameDialog

        give = partial(self._give_name, self._session.project, snapshot)
        dialog = NameDialog(
            parent, tr("Rename snapshot"), tr("Name of the snapshot"), snapshot.name, give
        )
        dialog.setModal(False)
        self._shell.switch.left.connect(dialog.reject)
        dialog.show()

    def _give_name(self, project: Project, snapshot: "Snapshot", name: str) -> str:
        """Give a snapshot a name. Whether it is taken is seen beside the GUI thread, and told then."""
        if self._session.holds(project):
            self._start(
                tr("Renaming a snapshot"),
                partial(_renamed, project.folder, snapshot, name),
                lambda _: self.changed.emit(),
            )
        return ""

    def back_up(self, *, quietly: bool = False) -> None:
        """Make a backup. quietly: where it is seen anyway that there is one."""
        folder = self._session.project.folder
        self._start(tr("Backing up"), partial(_backup, folder), partial(self._backed_up, quietly))

    def _backed_up(self, quietly: bool, backup: "Backup") -> None:
        self.changed.emit()
        if not quietly:
            place = backup.path.parent
            self._say(
                tr("Saved a backup in {folder}.", folder=place),
                Answer(tr("Show the folder"), partial(_show_folder, place)),
            )

    def _say(self, text: str, answer: Answer) -> None:
        """Tell of something that is done; unlike other messages with an answer, this one goes by itself."""
        if self._said is not None:
            self._shell.bar.take_back(self._said)
        self._said = said = Message("info", text, (answer,))
        messages.BOARD.say(said)
        QTimer.singleShot(_SAID_MS, self, partial(self._shell.bar.take_back, said))

    # Restoring --------------------------------------------------------------------------------------

    def restore(self, one: "SnapshotRow | BackupRow") -> None:
        """Bring the project back to a snapshot or a backup."""
        self._restore(one.name, partial(_restored, self._session.project, one))

    def restore_file(self, path: Path) -> None:
        """Bring the project back to a backup that lies anywhere."""
        self._restore(path.name, partial(_restored_file, self._session.project, path))

    def _restore(self, name: str, restore: Callable[[Progress], "Restored"]) -> None:
        title = tr("Restoring “{name}”", name=name)
        self._start(title, restore, partial(self._was_restored, self._session.project, name))

    def _was_restored(self, project: Project, name: str, done: "Restored") -> None:
        from annotator.ui.history.snapshots_rows import restored_text

        self.changed.emit()
        if done.step is None:
            messages.info(tr("Nothing to restore: the project is as in “{name}”.", name=name))
            return
        messages.info(restored_text(name), self._shell.undo.answer(project, done.step))

    # Both -------------------------------------------------------------------------------------------

    def _start(
        self, name: str, function: Callable[[Progress], Any], then: Callable[[Any], None]
    ) -> None:
        project = self._session.project
        work = self._shell.runner.start(name, function, uses=project)
        work.when_done(lambda _: self._shell.calls.post(partial(self._ended, project, work, then)))

    def _ended(self, project: Project, work: Work[Any], then: Callable[[Any], None]) -> None:
        # What went wrong is told by whoever watches the work.
        if work.state is WorkState.DONE and self._session.holds(project):
            then(work.result())


def _snapshot(folder: Path, progress: Progress) -> "Snapshot":
    from annotator.project.copies.snapshots import take_snapshot

    return take_snapshot(folder, progress=progress)


def _renamed(folder: Path, snapshot: "Snapshot", name: str, _progress: Progress) -> "Snapshot":
    from annotator.project.copies.snapshots import rename_snapshot

    return rename_snapshot(folder, snapshot, name)


def _backup(folder: Path, progress: Progress) -> "Backup":
    from annotator.project.copies.backups import make_backup

    return make_backup(folder, progress=progress)


def _restored(project: Project, one: "SnapshotRow | BackupRow", progress: Progress) -> "Restored":
    from annotator.project.copies.restoring import restore_snapshot
    from annotator.ui.history.snapshots_rows import SnapshotRow

    if isinstance(one, SnapshotRow):
        return restore_snapshot(project, one.snapshot, progress)
    return _restored_file(project, one.path, progress)


def _restored_file(project: Project, path: Path, progress: Progress) -> "Restored":
    from annotator.project.copies.restoring import restore_backup

    return restore_backup(project, path, progress)


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
