"""A task of frames without files, for what needs no pictures."""

from collections.abc import Sequence

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project


def add_task_of(project: Project, count: int, name: str = "pictures") -> tuple[Task, list[Frame]]:
    """Add a task of frames 0.png, 1.png ... in one job."""
    task = Task(name)
    frames = [Frame(task.id, place, f"{name}/{place}.png") for place in range(count)]
    with project.long_step("Set up", author="setup") as step:
        with step.edit() as edit:
            edit.put_task(task)
            edit.put_job(Job(task.id))
        for start in range(0, count, 5_000):
            with step.edit() as edit:
                edit.put_frame(*frames[start : start + 5_000])
    return task, frames


def add_label(project: Project, name: str = "car") -> Label:
    label = Label(name)
    with project.edit("Label", author="setup") as edit:
        edit.put_label(label)
    return label


def annotate(
    project: Project, frames: Sequence[Frame], label: Label, *, author: str = "setup"
) -> list[Annotation]:
    """Put a box on each frame."""
    boxes = [Annotation(frame.id, label.id, Rectangle((0, 0, 10, 5))) for frame in frames]
    with project.edit("Draw", author=author) as edit:
        edit.put(*boxes)
    return boxes
