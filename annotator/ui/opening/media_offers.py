"""What is offered about pictures: new, missing and moved ones, dropped ones, and annotations that lie beside them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.media.folder import FoundPicture
from annotator.messages import Answer, Message
from annotator.project.folder import FolderChanges, changes_of
from annotator.project.media.filling import add_pictures
from annotator.project.named_paths import datasets_in
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.safe_io import InputError
from annotator.translation import tr, tr_n
from annotator.ui.late_loading import import_beside
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.opening import MediaDropped, Opened
from annotator.ui.tasks.control import TaskControl

T = TypeVar("T")


class MediaOffers(QObject):
    """Says what was found beside the pictures or is missing, with the act as an answer; binds `file.locate`."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._session = shell.session
        self._tasks = shell.feature(TaskControl)
        # One and the same message, so that a person who goes through missing pictures is told once.
        self._missing = Message(
            "warning",
            tr("The file of this picture is not where it was."),
            (Answer(tr("Locate…"), self.locate),),
        )
        shell.actions.bind("file.locate", self.locate)
        shell.switch.opened.connect(self._opened)
        shell.switch.asked.connect(self._ask)
        shell.switch.datasets_named.connect(lambda paths: self._import(paths[0]))
        shell.session.opened.connect(self._watch)
        shell.session.frame_changed.connect(partial(shell.bar.take_back, self._missing))

    def locate(self) -> None:
        """Open the window that finds pictures that were moved."""
        from annotator.ui.opening.locate_dialog import LocateDialog

        dialog = LocateDialog(self._shell)
        self._shell.switch.left.connect(dialog.reject)
        dialog.open()

    # When something was opened ----------------------------------------------------------------------

    def _opened(self, opened: Opened) -> None:
        if opened.media is None:
            return
        if not opened.is_new:
            self._start(
                tr("Looking for new pictures"),
                opened.project,
                partial(changes_of, opened.project, opened.media),
                partial(self._tell_changes, opened.project, opened.task, opened.media),
            )
        if opened.project.is_writable and not opened.datasets:
            self._start(
                tr("Looking for annotations"),
                opened.project,
                partial(_datasets, opened.project, opened.task, opened.media),
                self._offer_datasets,
            )

    def _start(
        self,
        name: str,
        project: Project,
        look: Callable[[Progress], T],
        then: Callable[[T], None],
    ) -> None:
        """Look beside the GUI thread, and say what was found if the project is still open then."""
        work = self._shell.runner.start(name, look, uses=project)
        work.when_done(lambda _: self._shell.calls.post(partial(self._looked, project, work, then)))

    def _looked(self, project: Project, work: Work[T], then: Callable[[T], None]) -> None:
        if work.state is WorkState.DONE and self._session.holds(project):
            then(work.result())

    def _tell_changes(
        self, project: Project, task: Task, folder: Path, changes: FolderChanges
    ) -> None:
        for problem in changes.problems:
            messages.warning(problem)
        if changes.new and project.is_writable:
            new = tr_n(
                "{count} new picture lies in {folder}.",
                "{count} new pictures lie in {folder}.",
                len(changes.new),
                folder=str(folder),
            )
            add = partial(self._add_new, project, task, folder, changes.new)
            messages.info(new, Answer(tr("Add to the task"), add))
        # Shown above the offer: what seems to be new may be what was moved.
        if changes.gone:
            missing = tr_n(
                "{count} picture is not in {folder} any more, the first is {name}. Its annotations are kept.",
                "{count} pictures are not in {folder} any more, the first is {name}. Their annotations are kept.",
                len(changes.gone),
                folder=str(folder),
                name=changes.gone[0].name,
            )
            answers = (Answer(tr("Locate…"), self.locate),) if project.is_writable else ()
            messages.warning(missing, *answers)

    def _add_new(
        self, project: Project, task: Task, folder: Path, new: Sequence[FoundPicture]
    ) -> None:
        if self._session.holds(project):
            self._shell.runner.start(
                tr("Adding pictures"),
                partial(_add_still_new, project, task, folder, new),
                uses=project,
            )

    # Annotations beside the pictures ----------------------------------------------------------------

    def _offer_datasets(self, found: Sequence[Path]) -> None:
        if not found:
            return
        text = tr_n(
            "{name} holds annotations of these pictures.",
            "{count} files hold annotations of these pictures, the first is {name}.",
            len(found),
            name=found[0].name,
        )
        messages.info(text, Answer(tr("Import…"), partial(self._import, found[0])))

    def _import(self, path: Path) -> None:
        """Open the window of imports, whose modules take longer to load than a press of a button may."""

        def show(_module: ModuleType) -> None:
            from annotator.ui.importing.window import show_import

            if self._session.is_open:
                show_import(self._shell, path)

        import_beside("annotator.ui.importing.window", self._shell.calls, show)

    # Pictures that were dropped ---------------------------------------------------------------------

    def _ask(self, dropped: MediaDropped) -> None:
        paths = dropped.media
        text = tr("{name} can become a task of this project.", name=paths[0].name)
        if len(paths) > 1:
            text = tr_n(
                "{name} and {count} other can become a task of this project.",
                "{name} and {count} others can become a task of this project.",
                len(paths) - 1,
                name=paths[0].name,
            )
        messages.info(
            text,
            Answer(tr("Add as a task"), partial(self._add, paths)),
            Answer(tr("Open instead"), partial(self._shell.switch.open, *paths, instead=True)),
        )

    def _add(self, paths: Sequence[Path]) -> None:
        if self._session.is_writable:
            self._tasks.add(paths)

    # Pictures that are not there --------------------------------------------------------------------

    def _watch(self) -> None:
        pictures = self._shell.presenter.pictures
        if pictures is not None:
            pictures.arrived.connect(self._arrived)

    def _arrived(self, frame_id: int, loaded: object) -> None:
        frame = self._session.frame
        if frame is None or frame.id != frame_id or not self._session.is_writable:
            return
        if isinstance(loaded, InputError) and loaded.rule == "missing":
            messages.BOARD.say(self._missing)


def _datasets(project: Project, task: Task, folder: Path, progress: Progress) -> list[Path]:
    """Find annotations in a folder whose task has none yet; on a worker thread."""
    totals = project.task_totals(task.id)
    return [] if totals.annotations or totals.tracks else datasets_in(folder, progress)


def _add_still_new(
    project: Project, task: Task, folder: Path, new: Sequence[FoundPicture], progress: Progress
) -> None:
    """Add what is still new: some of it may have turned out to be what was missing; on a worker thread."""
    paths = {one.path for one in changes_of(project, folder, progress).new}
    still = [one for one in new if one.path in paths]
    if still:
        add_pictures(project, task, folder, still, progress)


def add_to(shell: Shell) -> MediaOffers:
    """Add what is offered about pictures."""
    return MediaOffers(shell)
