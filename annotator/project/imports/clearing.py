"""Making room for an import that replaces what is on its frames."""

from collections.abc import Collection, Iterator
from typing import Final

import numpy as np

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Track
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.storage.store import LongStep

# Frames emptied by one edit; bounds the memory of a very large task.
_FRAMES_AT_ONCE: Final = 200


def standing_on(project: Project, task: Task, frames: Collection[int]) -> int:
    """Return how many annotations and tracks `clear_frames` would delete."""
    table = project.frame_table(task.id)
    there = np.isin(table.ids, np.fromiter(frames, dtype=np.int64, count=len(frames)))
    return int(table.counts[there].sum()) + sum(1 for _ in _tracks_on(project, task, frames))


def clear_frames(
    project: Project,
    task: Task,
    frames: Collection[int],
    step: LongStep,
    progress: Progress = NO_PROGRESS,
) -> int:
    """Delete the annotations of some frames and the tracks that are on these alone, as part of a step.

    A track that goes on beyond them stays as it is. Returns how many annotations and tracks were deleted.
    """
    count = standing_on(project, task, frames)
    tracks = [track.id for track in _tracks_on(project, task, frames)]
    with step.edit() as edit:
        for track_id in tracks:
            edit.delete_track(track_id)
    wanted = sorted(frames)
    pieces = [
        wanted[start : start + _FRAMES_AT_ONCE] for start in range(0, len(wanted), _FRAMES_AT_ONCE)
    ]
    for piece in progress.track(pieces, "Making room"):
        with step.edit() as edit:
            for frame_id in piece:
                edit.clear_frame(frame_id)
    return count


def _tracks_on(project: Project, task: Task, frames: Collection[int]) -> Iterator[Track]:
    there = frozenset(frames)
    for track in project.tracks(task.id):
        if all(keyframe.frame in there for keyframe in track.keyframes):
            yield track
