"""Jobs cut in pieces and put together again: which frames each of them has."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from annotator.core.ids import new_id
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import STAGES, Job, JobState
from annotator.project.project import Project

# More jobs than anybody could mean; a wrong number would make one for each frame. As many are written and shown in
# less than 50 ms.
MOST_JOBS: Final = 2_000


def split_at(table: FrameTable, job: Job, position: int) -> list[Job]:
    """Return a job as two, the second of which begins with the frame at a position.

    The first one keeps the id; both keep stage, state and assignee. Raises ProjectError where no frame would be
    left on one side.
    """
    rows = table.rows_of(job)
    row = table.row_at(position)
    if row is None or not rows.start < row < rows.stop:
        raise ProjectError(
            "The job cannot be split there, because one half would have no frame. Choose a frame of the job after"
            " its first one."
        )
    return _cut(job, [position])


def split_evenly(table: FrameTable, job: Job, frames: int) -> list[Job]:
    """Return a job as jobs of so many frames each, the last one with the rest.

    Removed frames are not counted. Raises ProjectError where that would make one job, or too many.
    """
    rows = table.rows_of(job)
    count = rows.stop - rows.start
    if not 1 <= frames < count:
        raise ProjectError(
            f"The job has {count:,} frames. Choose a number between 1 and {max(1, count - 1):,}."
        )
    if count / frames > MOST_JOBS:
        raise ProjectError(
            f"That would make more than {MOST_JOBS:,} jobs. Choose more frames for each of them."
        )
    starts = range(rows.start + frames, rows.stop, frames)
    return _cut(job, [int(table.positions[row]) for row in starts])


def _cut(job: Job, starts: Sequence[int]) -> list[Job]:
    """A job cut before each of some positions inside it."""
    firsts = [job.first, *starts]
    lasts = [*(start - 1 for start in starts), job.last]
    ids = [job.id, *(new_id() for _ in starts)]
    return [
        replace(job, first=first, last=last, id=job_id)
        for first, last, job_id in zip(firsts, lasts, ids, strict=True)
    ]


def joined(first: Job, second: Job) -> Job:
    """Return two jobs as one, with the id of the first.

    It stands where the one that is further behind stands: the earlier of the stages; the state if both have the
    same one, else "in progress"; the first assignee there is.
    """
    state: JobState = first.state if first.state == second.state else "in progress"
    ends_open = first.last is None or second.last is None
    return replace(
        first,
        first=min(first.first, second.first),
        last=None if ends_open else max(first.last or 0, second.last or 0),
        stage=STAGES[min(STAGES.index(first.stage), STAGES.index(second.stage))],
        state=state,
        assignee=first.assignee or second.assignee,
    )


def following(jobs: Sequence[Job], job: Job) -> Job | None:
    """Return the job of the same task after another, or None. jobs: by their first frame."""
    ids = [one.id for one in jobs]
    place = ids.index(job.id) + 1
    return jobs[place] if place < len(jobs) else None


def job_at(jobs: Sequence[Job], position: int) -> Job | None:
    """Return the job that the frame at a position is in, the later one where two share it; or None."""
    for job in reversed(jobs):
        if job.first <= position and (job.last is None or position <= job.last):
            return job
    return None


# As one step each ------------------------------------------------------------------------------------------


def put_split(project: Project, job: Job, pieces: Sequence[Job]) -> None:
    """Put the pieces of a job in its place."""
    title = "Split a job" if len(pieces) == 2 else f"Split a job into {len(pieces)}"
    with project.edit(title, task=job.task) as edit:
        for piece in pieces:
            edit.put_job(piece)


def put_joined(project: Project, first: Job, second: Job) -> Job:
    """Put one job in the place of two neighbours, and return it."""
    whole = joined(first, second)
    with project.edit("Join two jobs", task=first.task) as edit:
        edit.put_job(whole)
        edit.delete_job(second.id)
    return whole
