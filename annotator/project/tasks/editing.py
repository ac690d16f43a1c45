"""Tasks of a project: other names, and out of the project and back."""

from dataclasses import replace

from annotator.core.labels import checked_name
from annotator.project.errors import ProjectError
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.store import USER


def rename_task(project: Project, task: Task, name: str, *, author: str = USER) -> Task:
    """Give a task another name, as one step; return it as it is now.

    Raises ProjectError for a name that is empty or that another task has, InvalidValueError for one of several lines.
    """
    if not name.strip():
        raise ProjectError("A task needs a name. Type one.")
    name = checked_name(name, "A task")
    task = _as_it_is(project, task)
    if name == task.name:
        return task
    if any(other.name == name for other in project.tasks() if other.id != task.id):
        raise ProjectError(f"There is a task {name!r} already. Choose another name.")
    renamed = replace(task, name=name)
    with project.edit(f"Rename {task.name} to {name}", author=author, task=task.id) as edit:
        edit.put_task(renamed)
    return renamed


def remove_task(project: Project, task: Task, *, author: str = USER) -> int | None:
    """Take a task out of the project, as one step whose id is returned; None where it was removed already.

    Its frames, annotations and files stay as they are, so that undoing it brings all of them back. Raises ProjectError
    for the last task, as a project without one cannot be opened.
    """
    if all(other.id == task.id for other in project.tasks()):
        raise ProjectError(
            f"{task.name} is the only task of the project and stays. Add another one first."
        )
    # A step of no task: it can be undone while another task is shown.
    with project.edit(f"Remove {task.name}", author=author) as edit:
        edit.put_task(replace(_as_it_is(project, task), removed=True))
    return edit.step


def remove_frame(project: Project, frame: Frame, *, author: str = USER) -> int | None:
    """Take a frame out of its task, as one step whose id is returned; None where it was removed already.

    Its annotations are kept with it, and its file is untouched.
    """
    with project.edit(f"Remove {frame.name}", author=author, frame=frame.id) as edit:
        # As it is now: somebody may have marked it as done since it was read.
        edit.put_frame(replace(project.frame(frame.id) or frame, removed=True))
    return edit.step


def _as_it_is(project: Project, task: Task) -> Task:
    """Return a task as it is now: an import, say, gives it other numbers."""
    return next((one for one in project.tasks() if one.id == task.id), task)
