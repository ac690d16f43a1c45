"""A task from media, in a project that is there or in a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.labels import LabelSchema, checked_name
from annotator.core.spelling import spelled_as
from annotator.project.errors import ProjectError
from annotator.project.folder import create_for, discard, find_project, name_for, open_for_changing
from annotator.project.imports.label_mapping import merged_labels
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.names import free_name
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.selection import EVERYTHING, Selection
from annotator.safe_io import real_path


@dataclass(frozen=True, slots=True)
class CreatedTask:
    """A task that was made, and its project, open. problems: files that could not be listed, as sentences."""

    project: Project
    task: Task
    is_new: bool
    problems: Sequence[str]


def create_task(
    place: Path,
    media: Sequence[Path],
    *,
    name: str = "",
    labels: LabelSchema | None = None,
    selection: Selection = EVERYTHING,
    progress: Progress = NO_PROGRESS,
) -> CreatedTask:
    """Add a task to the project that `place` means, or to a new project there.

    place: where it is also one of the media folders, a new project goes into it as when that folder is opened in
    the window. name: of the task, by default that of the first media. labels: those whose name the project
    knows are the project's. selection: which of the pictures that are found become frames.

    Raises ProjectError, or InvalidValueError for a name of several lines, and leaves everything as it was.
    """
    found = find_media(media, progress)
    known = find_project(place)
    project = _made(place, media) if known is None else open_for_changing(known)
    try:
        task_name = _name_of_task(project, name, media)
        schema = None if labels is None else merged_labels(project.labels, labels)
        task = add_task(
            project, task_name, found, labels=schema, selection=selection, progress=progress
        )
    except BaseException:
        if known is None:
            discard(project)
        else:
            project.close()
        raise
    problems = [problem for one in found for problem in one.problems]
    return CreatedTask(project, task, known is None, problems)


def _made(place: Path, media: Sequence[Path]) -> Project:
    if any(real_path(path) == real_path(place) for path in media):
        return create_for(real_path(place))
    return Project.create(place)


def _name_of_task(project: Project, wanted: str, media: Sequence[Path]) -> str:
    taken = {task.name for task in project.tasks()}
    if not wanted.strip():
        return free_name(name_for(media[:1]), taken)
    wanted = checked_name(wanted, "A task")
    if spelled_as(wanted, taken) in taken:
        raise ProjectError(f"There is a task {wanted!r} already. Give the new one another name.")
    return wanted
