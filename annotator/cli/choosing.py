"""What a command works on, where the user may have left it open."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from annotator.core.spelling import spelled_as
from annotator.project.errors import ProjectError
from annotator.project.folder import find_project
from annotator.safe_io import InputError

if TYPE_CHECKING:
    from annotator.formats.registry import Format
    from annotator.project.organisation import Task
    from annotator.project.project import Project


def choose_task(project: "Project", name: str | None) -> "Task":
    """Return the task of a name, or the only one. Raises BadParameter where that leaves it open."""
    tasks = project.tasks()
    meant = None if name is None else spelled_as(name, (task.name for task in tasks))
    fitting = tasks if meant is None else [task for task in tasks if task.name == meant]
    if len(fitting) == 1:
        return fitting[0]
    if not tasks:
        raise ProjectError("The project has no task. Add one with `annotator create`.")
    known = ", ".join(repr(task.name) for task in tasks)
    if name is None:
        text = f"the project has several tasks: {known}; name one"
    elif fitting:
        text = f"several tasks are called {name!r}; rename one"
    else:
        text = f"there is no task {name!r}; there are: {known}"
    raise typer.BadParameter(text, param_hint="--task")


def choose_format(path: Path, format_id: str | None, option: str) -> "Format":
    """Return the format of an id, or the one that a dataset is in. option: the one the id was given by.

    Raises BadParameter for an unknown id, InputError where the dataset does not exist, FormatError where it is in
    no known format.
    """
    if not path.exists():
        raise InputError(
            f"{path} does not exist; it may have been moved or renamed.", rule="missing"
        )
    if format_id is None and find_project(path) is not None:
        raise InputError(
            f"{path} is a project, not a dataset; export it, and take what was written.",
            rule="type",
        )
    from annotator.formats.builtin import FORMATS

    return FORMATS.detect(path) if format_id is None else known_format(format_id, option)


def known_format(format_id: str, option: str) -> "Format":
    """Return the format of an id. Raises BadParameter for an unknown one."""
    from annotator.formats.builtin import FORMATS
    from annotator.formats.registry import FormatError

    try:
        return FORMATS[format_id]
    except FormatError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
