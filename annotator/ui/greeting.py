"""What is said when a project was opened."""

from functools import partial

from annotator import messages
from annotator.background.runner import BackgroundRunner
from annotator.messages import Answer
from annotator.project.history import Step
from annotator.project.project import Project
from annotator.ui.opening import Opened
from annotator.ui.undo import UndoControl


def greet(opened: Opened, undo: UndoControl, runner: BackgroundRunner) -> None:
    """Tell what the user should know of a project before working on it; what needs an answer comes last, on top."""
    project = opened.project
    for problem in opened.problems:
        messages.warning(problem)
    if not project.is_writable:
        messages.warning(f"This project can only be looked at. {project.read_only_reason}")
        return
    for step in project.interrupted_steps():
        messages.warning(
            f"“{step.title}” was interrupted when the program ended. What it had done is still there.",
            Answer("Keep it", partial(_keep, project, step)),
            Answer("Undo it", partial(undo.undo_step, step)),
        )


def _keep(project: Project, step: Step) -> None:
    project.keep_step(step.id)
