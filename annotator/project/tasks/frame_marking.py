"""Marks on many frames as one step, however many they are."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.storage.edit import Edit
from annotator.project.storage.store import USER

# Written in one transaction: an edit by hand waits for no more.
BATCH: Final = 500

# Marks some frames, given by their ids, in an edit.
Mark: TypeAlias = Callable[[Edit, Sequence[int]], None]


def mark_frames(
    project: Project,
    task: Task,
    marks: Sequence[tuple[Sequence[int], Mark]],
    title: str,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Mark frames of a task, each group in its way, as one step. Cancelling takes back what was done so far."""
    groups = [(frames, mark) for frames, mark in marks if len(frames)]
    if sum(len(frames) for frames, _ in groups) <= BATCH:
        with project.edit(title, task=task.id) as edit:
            for frames, mark in groups:
                mark(edit, frames)
        return
    batches = [
        (frames[start : start + BATCH], mark)
        for frames, mark in groups
        for start in range(0, len(frames), BATCH)
    ]
    with project.long_step(title, author=USER, task=task.id) as step:
        for frames, mark in progress.track(batches, title):
            with step.edit() as edit:
                mark(edit, frames)


def mark_done(
    project: Project,
    task: Task,
    frames: Sequence[int],
    done: bool,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Mark frames as done or not, as one step."""
    what = "a frame" if len(frames) == 1 else f"{len(frames)} frames"
    title = f"Mark {what} as {'done' if done else 'not done'}"
    mark_frames(
        project, task, [(frames, lambda edit, some: edit.set_done(some, done))], title, progress
    )
