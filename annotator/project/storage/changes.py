"""What a transaction changed: told once, after the commit, to everybody who shows something."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import apsw

from annotator.project.storage.schema import COLUMNS

# Places of columns in the rows of `shape`.
_FRAME: Final = 2
_TRACK: Final = 4
# The columns of `frame` that say where a frame is and what it shows; the others are marks on it.
_PLACE_OF_FRAME: Final = tuple(
    place
    for place, name in enumerate(COLUMNS["frame"])
    if name not in {"id", "rev", "done", "subset"}
)

ChangeKind: TypeAlias = Literal["edit", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Change:
    """The rows that one transaction added, changed or removed, by kind, and who did it.

    There are none where only the step is in another state, such as complete.

    annotations: ids of annotations (and of key frames, whose tracks are in `tracks` too). shown_frames: ids of
    the frames that show something else now; for tracks, the frames of their key frames.
    frames: frames whose own record changed, such as done marks; marked: those of them of which nothing but the
    done mark or the subset changed. rejected_frames: frames where a suggestion was rejected, or is offered again.
    """

    step: int
    title: str
    author: str
    kind: ChangeKind
    annotations: frozenset[int] = frozenset()
    shown_frames: frozenset[int] = frozenset()
    tracks: frozenset[int] = frozenset()
    labels: frozenset[int] = frozenset()
    tasks: frozenset[int] = frozenset()
    jobs: frozenset[int] = frozenset()
    frames: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()
    media: frozenset[int] = frozenset()
    rejected_frames: frozenset[int] = frozenset()

    def joined(self, *others: "Change") -> "Change":
        """Return what any of some changes tells, at once: a folder being opened makes hundreds."""
        if not others:
            return self
        frames = self.frames.union(*(one.frames for one in others))
        return replace(
            self,
            annotations=self.annotations.union(*(one.annotations for one in others)),
            shown_frames=self.shown_frames.union(*(one.shown_frames for one in others)),
            tracks=self.tracks.union(*(one.tracks for one in others)),
            labels=self.labels.union(*(one.labels for one in others)),
            tasks=self.tasks.union(*(one.tasks for one in others)),
            jobs=self.jobs.union(*(one.jobs for one in others)),
            frames=frames,
            marked=frames.difference(*(one.frames - one.marked for one in (self, *others))),
            media=self.media.union(*(one.media for one in others)),
            rejected_frames=self.rejected_frames.union(*(one.rejected_frames for one in others)),
        )


def change_from_changeset(
    changes: bytes,
    connection: apsw.Connection,
    *,
    step: int,
    title: str,
    author: str,
    kind: ChangeKind,
) -> Change:
    """Describe a changeset through a connection that sees its rows.

    An update names only the columns it changed, so the frame of a changed shape is read from its row.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    frames: set[Any] = set()
    tracks: set[Any] = set()
    placed: set[int] = set()
    marked: set[Any] = set()
    rejected: set[Any] = set()
    for change in apsw.Changeset.iter(changes):
        table, old, new = change.name, change.old, change.new
        row: Any = (new or old or (None,))[0]
        if row is apsw.no_change or row is None:
            row = (old or (None,))[0]
        ids[table].add(row)
        if table == "frame" and _is_mark(old, new):
            marked.add(row)
        if table == "rejection":  # these come and go, and are never changed
            rejected.add((new or old or ())[_FRAME])
        if table == "shape":
            for values in (old, new):
                if values is not None and values[_FRAME] is not apsw.no_change:
                    frames.add(values[_FRAME])
                    placed.add(row)
                if values is not None and values[_TRACK] is not apsw.no_change:
                    tracks.add(values[_TRACK])
    for row in (ids["shape"] | ids["geometry"]) - placed:
        found: Any = connection.execute(
            "SELECT frame_id, track_id FROM shape WHERE id = ?", (row,)
        ).fetchone()
        if found is not None:
            frames.add(found[0])
            tracks.add(found[1])
    tracks.discard(None)
    return Change(
        step,
        title,
        author,
        kind,
        annotations=frozenset(ids["shape"] | ids["geometry"]),
        shown_frames=frozenset(frames),
        tracks=frozenset(ids["track"] | tracks),
        labels=frozenset(ids["label"]),
        tasks=frozenset(ids["task"]),
        jobs=frozenset(ids["job"]),
        frames=frozenset(ids["frame"]),
        marked=frozenset(marked),
        media=frozenset(ids["media"] | ids["media_root"]),
        rejected_frames=frozenset(rejected),
    )


def _is_mark(old: Any, new: Any) -> bool:
    """Whether a change of a frame is one of its marks alone."""
    if old is None or new is None:
        return False
    return all(new[place] is apsw.no_change for place in _PLACE_OF_FRAME)
