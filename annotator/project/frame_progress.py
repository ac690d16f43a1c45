"""How far a task and its jobs are."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.project.frame_table import FrameTable
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


def newly_done(before: FrameTable, after: FrameTable, jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs of which every frame is done now and was not before; completed ones are left out."""
    return [
        job
        for job in jobs
        if job.state != "completed"
        and progress_of(after, job).is_done
        and not progress_of(before, job).is_done
    ]
