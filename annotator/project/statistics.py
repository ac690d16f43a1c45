"""What is in a project, counted for a person: labels, kinds, subsets, sizes, and how far the frames are."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.shapes import Shape
from annotator.project.frames.frame_progress import FrameProgress, progress_of
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import Job, Task
from annotator.project.project import Project

# Lines and points have no size, tags have no shape.
_WITHOUT_AREA: Final = frozenset({"polyline", "points"})


@dataclass(frozen=True, slots=True)
class Sizes:
    """The areas of shapes in square pixels."""

    least: float
    median: float
    most: float


@dataclass(slots=True)
class LabelStatistics:
    """What has one label. objects: annotations that belong to no track; by kind and by subset they add up to it.

    tracks, keyframes: those of tracks with the label. areas: of the objects that have one, in square pixels.
    """

    name: str
    objects: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    subsets: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    keyframes: int = 0
    areas: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def sizes(self) -> Sizes | None:
        """The smallest, the middle and the largest area; None where nothing has one."""
        if not self.areas:
            return None
        areas = np.frombuffer(self.areas, dtype=np.float64)
        return Sizes(float(areas.min()), float(np.median(areas)), float(areas.max()))


@dataclass(frozen=True, slots=True)
class SubsetStatistics:
    """One subset; the empty name is that of frames without one."""

    frames: FrameProgress
    objects: int


@dataclass(frozen=True, slots=True)
class JobStatistics:
    """One job of a task and how far its frames are. task: its name. number: its place in the task, from 1."""

    task: str
    number: int
    job: Job
    last: int
    progress: FrameProgress

    @property
    def range_text(self) -> str:
        """Its first and last frame, from 0; empty where the task has no frame there."""
        return f"{self.job.first}-{self.last}" if self.job.first <= self.last else ""

    def as_json(self) -> dict[str, Any]:
        """Return it for machines. last: the position of its last frame now."""
        return {
            "task": self.task,
            "job": self.number,
            "first": self.job.first,
            "last": self.last,
            "stage": self.job.stage,
            "state": self.job.state,
            "assignee": self.job.assignee,
            **progress_document(self.progress),
        }


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is in some tasks of a project, without removed frames."""

    frames: FrameProgress
    labels: Sequence[LabelStatistics]
    subsets: Mapping[str, SubsetStatistics]
    jobs: Sequence[JobStatistics]

    @property
    def objects(self) -> int:
        """All annotations that belong to no track."""
        return sum(label.objects for label in self.labels)

    @property
    def tracks(self) -> int:
        """All tracks."""
        return sum(label.tracks for label in self.labels)

    @property
    def kinds(self) -> Counter[str]:
        """Annotations by kind."""
        return sum((label.kinds for label in self.labels), Counter())

    @property
    def sizes(self) -> Sizes | None:
        """The areas of all objects that have one."""
        whole = LabelStatistics("")
        for label in self.labels:
            whole.areas.extend(label.areas)
        return whole.sizes

    def as_json(self) -> dict[str, Any]:
        """Return all numbers, for machines."""
        return {
            "frames": progress_document(self.frames),
            "objects": self.objects,
            "tracks": self.tracks,
            "kinds": dict(self.kinds),
            "area": _sizes_document(self.sizes),
            "labels": [_label_document(label) for label in self.labels],
            "subsets": [
                {"name": name, **progress_document(one.frames), "objects": one.objects}
                for name, one in self.subsets.items()
            ],
            "jobs": [job.as_json() for job in self.jobs],
        }


def statistics_of(
    project: Project, tasks: Sequence[Task], progress: Progress = NO_PROGRESS
) -> Statistics:
    """Count what is in some tasks. Reads every annotation."""
    labels = {label.id: LabelStatistics(label.name) for label in project.labels}
    tables = {task.id: project.frame_table(task.id) for task in tasks}
    frames = [
        (int(frame), table.subset_names[table.subsets[row]])
        for table in tables.values()
        for row, frame in enumerate(table.ids.tolist())
        if table.counts[row]
    ]
    for frame, subset in progress.track(frames, "Counting"):
        for annotation in project.annotations(frame):
            _count(labels[annotation.label], annotation.kind, subset, annotation.shape)
    for task in tasks:
        there = set(tables[task.id].ids.tolist())
        for track in project.tracks(task.id):
            keyframes = sum(keyframe.frame in there for keyframe in track.keyframes)
            labels[track.label].tracks += 1
            labels[track.label].keyframes += keyframes
    found = list(labels.values())
    return Statistics(
        _sum(progress_of(table) for table in tables.values()),
        found,
        {
            name: SubsetStatistics(one, sum(label.subsets[name] for label in found))
            for name, one in subset_progress(tables.values()).items()
        },
        [job for task in tasks for job in job_statistics(project, task, tables[task.id])],
    )


def job_statistics(project: Project, task: Task, table: FrameTable) -> list[JobStatistics]:
    """Return the jobs of a task with how far they are."""
    end = project.last_position(task.id)
    return [
        JobStatistics(
            task.name, number, job, end if job.last is None else job.last, progress_of(table, job)
        )
        for number, job in enumerate(project.jobs(task.id), 1)
    ]


def _count(label: LabelStatistics, kind: str, subset: str, shape: Shape | None) -> None:
    label.objects += 1
    label.kinds[kind] += 1
    label.subsets[subset] += 1
    if shape is not None and kind not in _WITHOUT_AREA:
        label.areas.append(shape.area)


def subset_progress(tables: Iterable[FrameTable]) -> dict[str, FrameProgress]:
    """Return how far the frames of each subset are, by its name; the empty name is that of frames without one."""
    tables = list(tables)
    names = sorted({name for table in tables for name in table.subset_names})
    found = {name: _sum(_progress_in(table, name) for table in tables) for name in names}
    return {name: one for name, one in found.items() if one.frames}


def _progress_in(table: FrameTable, subset: str) -> FrameProgress:
    rows = table.in_subsets([subset])
    return FrameProgress(
        int(rows.sum()), int(table.done[rows].sum()), int(table.labelled[rows].sum())
    )


def _sum(parts: Iterable[FrameProgress]) -> FrameProgress:
    frames = done = labelled = 0
    for one in parts:
        frames, done, labelled = frames + one.frames, done + one.done, labelled + one.labelled
    return FrameProgress(frames, done, labelled)


def progress_document(progress: FrameProgress) -> dict[str, int]:
    """Return how far frames are, for machines."""
    return {
        "frames": progress.frames,
        "done": progress.done,
        "not_done": progress.frames - progress.done,
        "labelled": progress.labelled,
        "not_labelled": progress.frames - progress.labelled,
    }


def _sizes_document(sizes: Sizes | None) -> dict[str, float] | None:
    if sizes is None:
        return None
    return {"min": sizes.least, "median": sizes.median, "max": sizes.most}


def _label_document(label: LabelStatistics) -> dict[str, Any]:
    return {
        "name": label.name,
        "objects": label.objects,
        "kinds": dict(label.kinds),
        "subsets": dict(label.subsets),
        "tracks": label.tracks,
        "keyframes": label.keyframes,
        "area": _sizes_document(label.sizes),
    }
