"""The project that a command reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.project.folder import open_project
from annotator.project.project import Project


@contextmanager
def reading(path: Path) -> Iterator[Project]:
    """Yield a project open for reading, in one state, though a window may change it. Raises ProjectError."""
    with open_project(path, read_only=True) as project, project.as_it_is():
        yield project
