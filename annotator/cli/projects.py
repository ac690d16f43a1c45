"""The project that a command changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator import messages
from annotator.project.folder import open_for_changing
from annotator.project.project import Project


@contextmanager
def changing(path: Path) -> Iterator[Project]:
    """Yield a project open for changing, with a word about what a crash left behind.

    Raises ProjectError, ReadOnlyError where it cannot be changed now.
    """
    with open_for_changing(path) as project:
        for step in project.interrupted_steps():
            messages.warning(
                f"“{step.title}” was interrupted and is in the project as far as it came. Take it back with"
                f" `annotator undo --step {step.id}`, or keep it in the window."
            )
        yield project
