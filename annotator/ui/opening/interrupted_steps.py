"""Steps that a crash left unfinished: going on with them, keeping them, or undoing them."""

from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.messages import Answer
from annotator.project.imports.importing import ImportReport
from annotator.project.project import Project
from annotator.project.storage.history import Step
from annotator.project.storage.memos import ImportMemo
from annotator.translation import tr, tr_n
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.opening import Opened
from annotator.ui.trying import tried
from annotator.ui.widgets.said_below import said_below

# Of more interrupted steps, the newest are offered; the history lists all.
_MOST_OFFERED: Final = 3


class InterruptedSteps(QObject):
    """Offers what can be done about each interrupted step when a project was opened."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        shell.switch.opened.connect(self._opened)

    def _opened(self, opened: Opened) -> None:
        if opened.project.is_writable:
            for step in reversed(opened.project.interrupted_steps()[:_MOST_OFFERED]):
                self.offer(opened.project, step)

    def offer(self, project: Project, step: Step) -> None:
        """Say that a step is unfinished, with what can be done about it."""
        memo = None if step.is_sealed else project.memo_of(step.id)
        resume = Answer(tr("Resume"), partial(self._resume, project, step))
        keep = Answer(tr("Keep it"), partial(self._keep, project, step))
        undo = Answer(tr("Undo it"), partial(self._undo, project, step))
        answers = [*([resume] if memo else []), keep, undo]
        if memo is not None and not isinstance(memo, ImportMemo):
            # Half a restore is neither the one state nor the other.
            answers.remove(keep)
        messages.warning(
            tr(
                "“{step}” was interrupted when the program ended. What it had done is still there.",
                step=said_below(step.title),
            ),
            *answers,
        )

    def _keep(self, project: Project, step: Step) -> None:
        if self._shell.session.holds(project):
            # It may have been undone in the history meanwhile.
            tried(partial(project.keep_step, step.id))

    def _undo(self, project: Project, step: Step) -> None:
        if self._shell.session.holds(project):
            self._shell.undo.undo_step(step)

    def _resume(self, project: Project, step: Step) -> None:
        if self._shell.session.holds(project):
            work = self._shell.runner.start(
                said_below(step.title), partial(_resumed, project, step.id), uses=project
            )
            work.when_done(
                lambda _: self._shell.calls.post(partial(self._done, project, step, work))
            )

    def _done(self, project: Project, step: Step, work: Work[ImportReport | None]) -> None:
        """What went wrong is told by whoever watches the work; the step is offered again."""
        if not self._shell.session.holds(project):
            return
        if work.state is not WorkState.DONE:
            if step.id in {one.id for one in project.interrupted_steps()}:
                self.offer(project, step)
            return
        report = work.result()
        undo = self._shell.undo.answer(project, step.id)
        if report is None:
            messages.info(tr("“{step}” is complete.", step=said_below(step.title)), undo)
            return
        text = tr_n(
            "“{step}” is complete: {count} annotation.",
            "“{step}” is complete: {count} annotations.",
            report.annotations.total(),
            step=said_below(step.title),
        )
        if report.left_out:
            text += " " + tr_n(
                "{count} record was left out.", "{count} records were left out.", report.left_out
            )
        messages.info(text, undo)


def _resumed(project: Project, step: int, progress: Progress) -> ImportReport | None:
    from annotator.project.imports.resuming import resume_step

    return resume_step(project, step, progress)


def add_to(shell: Shell) -> object:
    """Offer what can be done about interrupted steps."""
    return InterruptedSteps(shell)
