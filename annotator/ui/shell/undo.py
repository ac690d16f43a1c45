"""Undo and redo of what the user did in the shown task."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.canvas.view import CanvasView
from annotator.messages import Answer
from annotator.project.project import Project
from annotator.project.storage.history import Step
from annotator.project.storage.store import USER
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session
from annotator.ui.trying import tried
from annotator.ui.widgets.said_below import said_below

# Steps with more rows than this are reverted beside the GUI thread.
_LARGE_STEP: Final = 1_000


class UndoControl(QObject):
    """Asks the tool first, then takes back the user's last own step; one made on another frame is shown there."""

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        navigation: FrameNavigation,
        runner: BackgroundRunner,
        calls: GuiCalls,
        actions: ActionSet,
    ) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._navigation = navigation
        self._runner = runner
        self._calls = calls
        self._actions = actions
        actions.bind("edit.undo", self.undo)
        actions.bind("edit.redo", self.redo)
        session.opened.connect(self._name_steps)
        session.closed.connect(self._name_steps)
        session.changed.connect(self._name_steps)

    def undo(self) -> None:
        """Take back the last thing: in the drawing, else the user's last own step in the task."""
        if self._canvas.undo_in_tool():
            return
        step = self._next("undo")
        if step is None:
            messages.info(tr("There is nothing to undo."))
        else:
            self.undo_step(step)

    def redo(self) -> None:
        """Do again what was undone last."""
        step = self._next("redo")
        if step is None:
            messages.info(tr("There is nothing to redo."))
        else:
            self.redo_step(step)

    def undo_in(self, project: Project, step_id: int) -> bool:
        """Take back a step of a project if that is still open, as an answer to a message; see `undo_step`."""
        if not self._session.holds(project):
            return False
        found = next(iter(project.history(before=step_id + 1, limit=1)), None)
        return found is not None and found.id == step_id and self.undo_step(found)

    def answer(self, project: Project, step_id: int) -> Answer:
        """Return the offer to take back a step, for the message that tells of it."""

        def undo() -> None:
            self.undo_in(project, step_id)

        return Answer(tr("Undo"), undo)

    def undo_step(self, step: Step) -> bool:
        """Take back a step, whoever made it; return whether that is done, which a large one is only later."""
        said = said_below(step.title)
        return self._revert(
            step,
            tr("Undo {step}", step=said),
            tr("Undone: {step}", step=said),
            self._session.project.undo,
        )

    def redo_step(self, step: Step) -> bool:
        """Do again a step that was undone, whoever made it; return whether that is done."""
        said = said_below(step.title)
        return self._revert(
            step,
            tr("Redo {step}", step=said),
            tr("Redone: {step}", step=said),
            self._session.project.redo,
        )

    def _next(self, direction: str) -> Step | None:
        if not self._session.is_writable:
            return None
        project, task = self._session.project, self._session.task.id
        ask = project.next_undo if direction == "undo" else project.next_redo
        return ask(task=task, author=USER)

    def _revert(self, step: Step, name: str, done: str, revert: Callable[[int], object]) -> bool:
        """Undo or redo a step; return whether it is done.

        name: of the work, where it is large. done: what is said where it is not seen.
        """
        project = self._session.project
        if any(w.must_finish and not w.state.is_final for w in self._runner.users_of(project)):
            # What it has read before it would write afterwards.
            messages.info(
                tr("A large step is still being made or undone. Wait until that is done.")
            )
            return False
        if step.frame is not None and not self._go_there(step.frame):
            return False
        if step.rows > _LARGE_STEP:
            reverted = partial(_reverted, revert, step.id)
            work = self._runner.start(name, reverted, uses=project, must_finish=True)
            ended = partial(self._large_done, project, step, done, work)
            work.when_done(lambda _: self._calls.post(ended))
            return False
        if not tried(partial(revert, step.id)):
            return False
        _say(step, done)
        return True

    def _go_there(self, frame_id: int) -> bool:
        """Show the frame of a step; True too where it is gone, for then there is nothing to show."""
        frame = self._session.project.frame(frame_id)
        if frame is None or frame.removed or frame.task != self._session.task.id:
            return True
        return self._navigation.go_to_id(frame_id)

    def _large_done(self, project: Project, step: Step, done: str, work: Work[None]) -> None:
        # What went wrong is told by whoever watches the work.
        if work.state is WorkState.DONE and self._session.holds(project):
            _say(step, done)
        self._name_steps()

    def _name_steps(self, _change: object = None) -> None:
        """Say in the menus what would be undone and redone."""
        for direction, plain, named in (
            ("undo", tr("Undo"), "Undo {step}"),
            ("redo", tr("Redo"), "Redo {step}"),
        ):
            step = self._next(direction)
            title = plain if step is None else tr(named, step=said_below(step.title))
            self._actions.set_title(f"edit.{direction}", title)
        can_redo = self._next("redo") is not None
        self._actions.set_possible("edit.redo", can_redo, tr("There is nothing to redo."))


def _say(step: Step, done: str) -> None:
    # A step of one frame was seen there; an import or a change of labels may be out of sight.
    if step.frame is None:
        messages.info(done)


def _reverted(revert: Callable[[int], object], step_id: int, _progress: Progress) -> None:
    revert(step_id)
