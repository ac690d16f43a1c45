"""The project that a command changes."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator import messages
from annotator.project.folder import open_for_changing
from annotator.project.imports.resuming import can_resume
from annotator.project.project import Project


@contextmanager
def changing(path: Path) -> Iterator[Project]:
    """Yield a project open for changing, with a word about what a crash left behind.

    Raises ProjectError, ReadOnlyError where it cannot be changed now.
    """
    with open_for_changing(path) as project:
        tell_interrupted(project, path)
        yield project


def tell_interrupted(project: Project, path: Path, *, besides: int | None = None) -> None:
    """Warn of each step that a crash left unfinished, but for the one with the id `besides`."""
    for step in project.interrupted_steps():
        if step.id != besides:
            where = f"{shlex.quote(str(path))} --step {step.id}"
            go_on = (
                f"Go on with `annotator resume {where}`, take"
                if can_resume(project, step)
                else "Take"
            )
            messages.warning(
                f"“{step.title}” was interrupted and is in the project as far as it came. {go_on} it back with"
                f" `annotator undo {where}`, or keep it with `annotator keep {where}`."
            )
