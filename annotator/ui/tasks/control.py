"""The tasks of the open project: shown, added, renamed, removed; and frames taken out of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.messages import Answer
from annotator.project.folder import name_for
from annotator.project.media.filling import Filling, begin_task
from annotator.project.media.found_media import find_media
from annotator.project.names import free_name
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.selection import EVERYTHING, Selection
from annotator.project.tasks.editing import remove_frame, remove_task, rename_task
from annotator.translation import tr
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.opening import Opened
from annotator.ui.tasks.menu import TaskMenu
from annotator.ui.widgets.said_below import error_text


class TaskControl(QObject):
    """Binds the commands about tasks, and fills the list under the name of the project."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._session = shell.session
        self._wanted: str | None = None
        self.menu = TaskMenu(shell.session, shell.actions, self.show, shell.window)
        shell.top_bar.project.setMenu(self.menu)
        for command, run in (
            ("file.new_task", self.ask_for_task),
            ("file.rename_task", self.ask_for_name),
            ("file.remove_task", self.remove_task),
            ("frame.remove", self.remove_frame),
        ):
            shell.actions.bind(command, run)
        shell.switch.opened.connect(self._opened)
        shell.session.opened.connect(self._show_possible)
        shell.session.changed.connect(self._show_possible)
        shell.session.frame_changed.connect(self._show_possible)

    def show(self, task: Task) -> None:
        """Show a task, unless something is being drawn on the shown frame, which is said."""
        if self._shell.navigation.may_leave():
            self._shell.switch.show_task(task)

    # Adding -----------------------------------------------------------------------------------------

    def ask_for_task(self) -> None:
        """Open the window in which a task is made of pictures."""
        from annotator.ui.tasks.new_task_dialog import NewTaskDialog

        project = self._session.project if self._session.is_writable else None
        dialog = NewTaskDialog(self._shell, project)
        if project is not None:
            dialog.wanted.connect(self.add)
            self._shell.switch.left.connect(dialog.reject)
        dialog.made.connect(self._made)
        dialog.open()

    def add(self, paths: Sequence[Path], name: str = "", selection: Selection = EVERYTHING) -> None:
        """Make a task of pictures in the open project, and show it as soon as its first frames are there."""
        project = self._session.project
        named = name or paths[0].name
        keep = self._shell.switch.stopping_at_close()
        work = self._shell.runner.start(
            tr("Adding {task}", task=named),
            partial(_begun, project, paths, name, selection, keep),
            uses=project,
        )
        work.when_done(lambda _: self._shell.calls.post(partial(self._begun, project, work)))

    def _begun(self, project: Project, work: Work[tuple[Filling, list[str]]]) -> None:
        if work.state is not WorkState.DONE:
            return  # what went wrong is told by whoever watches the work
        filling, problems = work.result()
        if not self._session.holds(project):
            return
        for problem in problems:
            messages.warning(problem)
        self._shell.switch.fill(filling)
        if self._shell.canvas.is_busy:
            # A drawing is not interrupted by what took its time.
            messages.info(
                tr("{task} is a task of the project now.", task=filling.task.name),
                Answer(tr("Show it"), partial(self._show_added, project, filling.task)),
            )
        else:
            self._shell.switch.show_task(filling.task)

    def _show_added(self, project: Project, task: Task) -> None:
        if self._session.holds(project):
            self.show(task)

    def _made(self, place: Path, task: str) -> None:
        """A task was made in a project that is not open: open that."""
        self._wanted = task
        self._shell.switch.open(place)

    def _opened(self, opened: Opened) -> None:
        wanted, self._wanted = self._wanted, None
        for task in opened.project.tasks() if wanted is not None else ():
            if task.name == wanted and task.id != self._session.task.id:
                self._shell.switch.show_task(task)

    # Renaming and removing --------------------------------------------------------------------------

    def ask_for_name(self) -> None:
        """Open the small window in which the task gets another name."""
        from annotator.ui.widgets.name_dialog import NameDialog

        task = self._session.task
        dialog = NameDialog(
            self._shell.window, tr("Rename task"), tr("Name"), task.name, self._rename
        )
        self._session.closed.connect(dialog.reject)
        dialog.open()

    def _rename(self, name: str) -> str:
        """Rename the task; return what is wrong with the name."""
        try:
            rename_task(self._session.project, self._session.task, name)
        except AnnotatorError as error:
            return error_text(error)
        return ""

    def remove_task(self) -> None:
        """Take the shown task out of the project, and show another one."""
        project, task = self._session.project, self._session.task
        if not self._shell.navigation.may_leave():
            return
        try:
            step = remove_task(project, task)
        except AnnotatorError as error:
            messages.warning(str(error))
            return
        if step is None:
            return  # another thread was quicker
        messages.info(
            tr("{task} was removed from the project.", task=task.name),
            Answer(tr("Undo"), partial(self._bring_back, project, step, task)),
        )

    def _bring_back(self, project: Project, step: int, task: Task) -> None:
        if self._shell.undo.undo_in(project, step) and not self._shell.canvas.is_busy:
            self._shell.switch.show_task(task)

    def remove_frame(self) -> None:
        """Take the shown frame out of the task; the one after it is shown."""
        project, frame = self._session.project, self._session.frame
        if frame is None or not self._shell.navigation.may_leave():
            return
        try:
            step = remove_frame(project, frame)
        except AnnotatorError as error:
            messages.error(str(error))
            return
        if step is None:
            return  # another thread was quicker
        messages.info(
            tr("{frame} was removed from the task. Its file is still there.", frame=frame.name),
            Answer(tr("Undo"), partial(self._put_back, project, step, frame.id)),
        )

    def _put_back(self, project: Project, step: int, frame_id: int) -> None:
        if self._shell.undo.undo_in(project, step) and not self._shell.canvas.is_busy:
            self._shell.navigation.go_to_id(frame_id)

    def _show_possible(self, _change: object = None) -> None:
        has_frame = self._session.frame is not None
        self._shell.actions.set_possible("frame.remove", has_frame, tr("No frame is shown."))


def _begun(
    project: Project,
    paths: Sequence[Path],
    name: str,
    selection: Selection,
    keep: Callable[[Filling], None],
    progress: Progress,
) -> tuple[Filling, list[str]]:
    """Find the pictures and write the first frames of their task; on a worker thread."""
    found = find_media(paths, progress)
    taken = {task.name for task in project.tasks()}
    named = free_name(name or name_for(paths), taken)
    filling = begin_task(project, named, found, selection=selection)
    keep(filling)
    return filling, [problem for one in found for problem in one.problems]


def add_to(shell: Shell) -> TaskControl:
    """Add the commands about tasks and the list of them."""
    return TaskControl(shell)
