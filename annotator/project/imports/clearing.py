"""Making room for an import that replaces what is on its frames."""

import json
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any, Final

import apsw
import numpy as np

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Track
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.storage.store import LongStep

# Frames emptied by one edit; bounds the memory of a very large task.
_FRAMES_AT_ONCE: Final = 200


def standing_on(project: Project, task: Task, frames: Collection[int]) -> int:
    """Return how many annotations and tracks `clear_frames` would delete in a step that begins now."""
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

    A track that goes on beyond them stays as it is, and so does what was made or changed since the step began.
    Returns how many annotations and tracks were deleted.
    """
    there = [track.id for track in _tracks_on(project, task, frames)]
    tracks = project.ask(partial(_unchanged_tracks, among=there, before=step.id))
    with step.edit() as edit:
        for track_id in tracks:
            edit.delete_track(track_id)
    count = len(tracks)
    wanted = sorted(frames)
    pieces = [
        wanted[start : start + _FRAMES_AT_ONCE] for start in range(0, len(wanted), _FRAMES_AT_ONCE)
    ]
    for piece in progress.track(pieces, "Making room"):
        annotations = project.ask(partial(_unchanged_annotations, frames=piece, before=step.id))
        with step.edit() as edit:
            edit.delete(*annotations)
        count += len(annotations)
    return count


# A transaction's number, which is that of the rows it wrote, is larger than the id of a step begun before it.
def _unchanged_annotations(db: apsw.Connection, *, frames: Sequence[int], before: int) -> list[int]:
    rows: Any = db.execute(
        "SELECT id FROM shape WHERE frame_id IN (SELECT value FROM json_each(?))"
        " AND label_id IS NOT NULL AND rev < ?",
        (json.dumps(frames), before),
    )
    return [row_id for (row_id,) in rows]


def _unchanged_tracks(db: apsw.Connection, *, among: Sequence[int], before: int) -> list[int]:
    rows: Any = db.execute(
        "SELECT id FROM track t WHERE id IN (SELECT value FROM json_each(?1)) AND rev < ?2"
        " AND NOT EXISTS (SELECT 1 FROM shape s WHERE s.track_id = t.id AND s.rev > ?2)",
        (json.dumps(among), before),
    )
    return [row_id for (row_id,) in rows]


def _tracks_on(project: Project, task: Task, frames: Collection[int]) -> Iterator[Track]:
    there = frozenset(frames)
    for track in project.tracks(task.id):
        if all(keyframe.frame in there for keyframe in track.keyframes):
            yield track
