"""Many annotations at once, as an import has them."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np

from annotator.core.annotations import Annotation
from annotator.core.ids import new_ids
from annotator.core.labels import Label
from annotator.core.shapes import Polygon
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project
from annotator.project.storage.parts import PART_SIZE

POINTS: Final = 20
PER_FRAME: Final = 10


@cache
def outlines(count: int = PART_SIZE, points: int = POINTS) -> tuple[Polygon, ...]:
    """Polygons with coordinates that do not repeat, so that nothing compresses better than in real data."""
    chance = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = 40 * chance.uniform(0.5, 1.0, (count, points, 1))
    middle = 100 + chance.random((count, 1, 2)) * 1000
    rings = middle + radius * np.stack((np.cos(angle), np.sin(angle)), -1)
    return tuple(Polygon.from_ring(ring) for ring in rings)


def new_project_with(
    project: Project, frames: int, *, tasks: int = 1
) -> tuple[list[Task], list[Frame], Label]:
    """Give a project tasks with frames, and a label."""
    label = Label("car", "#f2c14e")
    made = [Task(f"task {number}") for number in range(tasks)]
    pictures = [
        Frame(task.id, place, f"{place:06}.jpg") for task in made for place in range(frames)
    ]
    with project.edit("Set up", author="setup") as edit:
        edit.put_label(label)
        for task in made:
            edit.put_task(task)
            edit.put_job(Job(task.id))
        edit.put_frame(*pictures)
    return made, pictures, label


def batches(
    count: int, frames: Sequence[Frame], label: Label, *, points: int = POINTS
) -> Iterator[list[Annotation]]:
    """Yield new annotations, ten to a frame, as many at a time as make a transaction."""
    shapes = outlines(points=points)
    for start in range(0, count, PART_SIZE):
        ids = new_ids(min(PART_SIZE, count - start))
        yield [
            Annotation(
                frames[(start + i) // PER_FRAME % len(frames)].id,
                label.id,
                shapes[i],
                source="imported",
                id=row_id,
            )
            for i, row_id in enumerate(ids)
        ]


def import_into(
    project: Project,
    count: int,
    frames: Sequence[Frame],
    label: Label,
    *,
    task: int | None = None,
    points: int = POINTS,
) -> int:
    """Import annotations as one step; return its id."""
    with project.long_step("Import", author="import", task=task) as step:
        for batch in batches(count, frames, label, points=points):
            with step.edit(fresh=True) as edit:
                edit.put(*batch)
    return step.id
