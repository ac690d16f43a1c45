"""A project that cannot be opened because it is damaged: its newest backup is offered in its place."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.messages import Answer
from annotator.project.copies.backups import Backup, list_backups
from annotator.project.errors import ProjectError
from annotator.translation import tr
from annotator.ui.shell.shell import Shell


class DamagedProjects(QObject):
    """Looks for a backup where something could not be opened."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._path: Path | None = None
        shell.switch.opener.began.connect(self._began)
        shell.switch.failed.connect(self._failed)

    def _began(self, path: str) -> None:
        self._path = Path(path)

    def _failed(self, _text: str) -> None:
        path = self._path
        if path is not None:
            work = self._shell.runner.start(
                tr("Looking for backups"), partial(_rescue, path), uses=None
            )
            work.when_done(lambda _: self._shell.calls.post(partial(self._found, path, work)))

    def _found(self, path: Path, work: Work[Backup | None]) -> None:
        backup = work.result() if work.state is WorkState.DONE else None
        if backup is None or self._shell.session.is_open:
            return
        from annotator.ui.history.snapshots_rows import moment_text

        messages.warning(
            tr(
                "The project in {folder} is damaged. Its newest backup is of {moment}.",
                folder=path,
                moment=moment_text(backup.made_at_ms),
            ),
            Answer(tr("Restore it"), partial(self._restore, path, backup)),
        )

    def _restore(self, path: Path, backup: Backup) -> None:
        work = self._shell.runner.start(
            tr("Restoring a backup"), partial(_replaced, backup), uses=None
        )
        work.when_done(lambda _: self._shell.calls.post(partial(self._restored, path, work)))

    def _restored(self, path: Path, work: Work[None]) -> None:
        # What went wrong is told by whoever watches the work.
        if work.state is WorkState.DONE and not self._shell.session.is_open:
            self._shell.switch.open(path)


def _rescue(path: Path, progress: Progress) -> Backup | None:
    """Return the newest backup of the damaged project that a path means, None where it is not damaged."""
    from annotator.project.copies.replacing import home_of, is_intact

    try:
        folder = home_of(path)
        if is_intact(folder, progress):
            return None
    except ProjectError:
        return None
    return next(iter(list_backups(folder)), None)


def _replaced(backup: Backup, progress: Progress) -> None:
    from annotator.project.copies.replacing import replace_project

    replace_project(backup.path.parent.parent, backup.path, progress)


def add_to(shell: Shell) -> object:
    """Offer backups of projects that cannot be opened."""
    return DamagedProjects(shell)
