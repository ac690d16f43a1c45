"""What is said when a project was opened."""

from functools import partial

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner
from annotator.messages import Answer
from annotator.project.filling import add_pictures
from annotator.project.history import Step
from annotator.project.project import Project
from annotator.ui.opening import Opened
from annotator.ui.undo import UndoControl


def greet(opened: Opened, undo: UndoControl, runner: BackgroundRunner) -> None:
    """Tell what the user should know of a project before working on it; what needs an answer comes last, on top."""
    project = opened.project
    for problem in opened.problems:
        messages.warning(problem)
    if opened.gone:
        missing = _counted(len(opened.gone), "picture is", "pictures are")
        messages.warning(
            f"{missing} not in {opened.media} any more, the first is {opened.gone[0].name}."
            " Their annotations are kept."
        )
    if not project.is_writable:
        messages.warning(f"This project can only be looked at. {project.read_only_reason}")
        return
    if opened.new and opened.media is not None:
        new = _counted(len(opened.new), "new picture lies", "new pictures lie")
        add = partial(_add_new, opened, runner)
        messages.info(f"{new} in {opened.media}.", Answer("Add to the task", add))
    for step in project.interrupted_steps():
        messages.warning(
            f"“{step.title}” was interrupted when the program ended. What it had done is still there.",
            Answer("Keep it", partial(_keep, project, step)),
            Answer("Undo it", partial(undo.undo_step, step)),
        )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _add_new(opened: Opened, runner: BackgroundRunner) -> None:
    def add(progress: Progress) -> None:
        assert opened.media is not None
        add_pictures(opened.project, opened.task, opened.media, opened.new, progress)

    runner.start("Adding pictures", add)


def _keep(project: Project, step: Step) -> None:
    project.keep_step(step.id)
