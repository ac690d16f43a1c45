"""How far a task and its jobs are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.project.frames.frame_table import FrameTable, Integers
from annotator.project.organisation import Job


@dataclass(frozen=True, slots=True)
class FrameProgress:
    """How many of some frames are marked as done, and how many have annotations."""

    frames: int
    done: int
    labelled: int

    @property
    def is_done(self) -> bool:
        """Whether there are frames, and all of them are marked as done."""
        return 0 < self.frames == self.done


def progress_of(table: FrameTable, job: Job | None = None) -> FrameProgress:
    """Return how far the frames of a job are, or those of the whole task."""
    rows = slice(None) if job is None else table.rows_of(job)
    done, labelled = table.done[rows], table.labelled[rows]
    return FrameProgress(len(done), int(done.sum()), int(labelled.sum()))


def rows_of_jobs(table: FrameTable, jobs: Sequence[Job]) -> tuple[Integers, Integers]:
    """Return for each of many jobs the first of its rows, and the one behind its last."""
    far = np.iinfo(np.int64).max
    firsts = np.array([job.first for job in jobs], dtype=np.int64)
    lasts = np.array([far if job.last is None else job.last for job in jobs], dtype=np.int64)
    starts = np.searchsorted(table.positions, firsts)
    ends = np.searchsorted(table.positions, lasts, side="right")
    return starts, np.maximum(starts, ends)


def progress_of_jobs(table: FrameTable, jobs: Sequence[Job]) -> list[FrameProgress]:
    """Return how far each of many jobs is."""
    starts, ends = rows_of_jobs(table, jobs)
    counts = [ends - starts]
    for marks in (table.done, table.labelled):
        before = np.concatenate(([0], np.cumsum(marks)))
        counts.append(before[ends] - before[starts])
    rows = zip(*(column.tolist() for column in counts), strict=True)
    return [FrameProgress(*row) for row in rows]


def newly_done(before: FrameTable, after: FrameTable, jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs of which every frame is done now and was not before; completed ones are left out."""
    return [
        job
        for job, was, now in zip(
            jobs, progress_of_jobs(before, jobs), progress_of_jobs(after, jobs), strict=True
        )
        if job.state != "completed" and now.is_done and not was.is_done
    ]
