"""What an interrupted import has stored already, told by the history of its step.

A dataset that did not change is streamed in the same order again, and its annotations and tracks were written in
that order. So the first ones are those that are stored, and need only be counted off.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import apsw

from annotator.core.annotations import Annotation, Track
from annotator.project.errors import ProjectError
from annotator.project.project import Project
from annotator.project.storage import history
from annotator.project.storage.schema import COLUMNS

_TRACK: Final = COLUMNS["shape"].index("track_id")
CHANGED: Final = (
    "The dataset is no longer as it was when the import began, so it cannot go on. Undo it, or keep it"
    " as it is, and import the dataset anew."
)


@dataclass(frozen=True, slots=True)
class StoredParts:
    """annotations: how many the step has added. tracks: the key frames of each track that it has added, oldest first.

    deleted: how many annotations and tracks it has deleted to make room. newest_rev, newest: the last transaction that
    added annotations, and their ids.
    """

    annotations: int = 0
    deleted: int = 0
    tracks: dict[int, int] = field(default_factory=dict)
    newest_rev: int = 0
    newest: tuple[int, ...] = ()


def stored_parts(db: apsw.Connection, step: int) -> StoredParts:
    """Return what a step has added and deleted, whatever was done to it since."""
    annotations, deleted, newest_rev = 0, 0, 0
    newest: tuple[int, ...] = ()
    tracks: dict[int, int] = {}
    for part in history.parts(db, step, reverted=False, backwards=False):
        if part.added is not None:
            annotations += len(part.added.ids)
            newest_rev, newest = part.rev, tuple(part.added.ids)
            continue
        for change in apsw.Changeset.iter(part.changes):
            deleted += _is_deletion(change)
            if change.opcode != apsw.SQLITE_INSERT or change.new is None:
                continue
            if change.name == "track":
                tracks.setdefault(_integer(change.new[0]), 0)
            elif change.name == "shape" and change.new[_TRACK] is not None:
                track = _integer(change.new[_TRACK])
                tracks[track] = tracks.get(track, 0) + 1
    # Ids were given in the order of the dataset; the rows of a changeset have no order.
    return StoredParts(annotations, deleted, dict(sorted(tracks.items())), newest_rev, newest)


def _is_deletion(change: apsw.TableChange) -> bool:
    """Whether an annotation or a track was deleted; a key frame goes with its track."""
    if change.opcode != apsw.SQLITE_DELETE or change.old is None:
        return False
    return change.name == "track" or (change.name == "shape" and change.old[_TRACK] is None)


def _integer(value: Any) -> int:
    return int(value)


class AlreadyStored:
    """Counts off what is stored while a dataset is streamed again."""

    def __init__(self, project: Project, stored: StoredParts | None = None) -> None:
        self._project = project
        self._stored = stored or StoredParts()
        self._left = self._stored.annotations
        self._tracks: Iterator[tuple[int, int]] = iter(self._stored.tracks.items())
        self._recent: deque[Annotation] = deque(maxlen=len(self._stored.newest))

    @property
    def annotations_left(self) -> int:
        """How many of the annotations that come next are stored."""
        return self._left

    def rest(self, annotations: Iterable[Annotation]) -> Iterable[Annotation]:
        """Return those of the next annotations that are to be written."""
        if not self._left:
            return annotations
        found = list(annotations)
        passed = found[: self._left]
        self._recent.extend(passed)
        self._left -= len(passed)
        if not self._left:
            self._check_newest()
        return found[len(passed) :]

    def next_track(self, track: Track) -> tuple[Track | None, bool]:
        """Return the next track as it is to be written, None where it is not, and whether it is one that is stored.

        One that was cut off has the id that it got, so that what is missing is added to it; one that the user
        has deleted since stays deleted.
        """
        track_id, keyframes = next(self._tracks, (None, 0))
        if track_id is None:
            return track, False
        is_whole = keyframes >= len({one.frame for one in track.keyframes})
        if is_whole or self._project.track(track_id) is None:
            return None, True
        return replace(track, id=track_id), True

    def check_end(self) -> None:
        """Raise ProjectError where the dataset has ended before all that is stored of it was passed."""
        if self._left or next(self._tracks, None) is not None:
            raise ProjectError(CHANGED)

    def _check_newest(self) -> None:
        """Compare what was stored last with what the dataset has there, where nobody has changed it since."""
        revs = self._project.ask(lambda db: _revs(db, self._stored.newest))
        for row_id, expected in zip(self._stored.newest, self._recent, strict=True):
            if revs.get(row_id) == self._stored.newest_rev:
                there = self._project.annotation(row_id)
                assert there is not None
                if (there.frame, there.shape) != (expected.frame, expected.shape):
                    raise ProjectError(CHANGED)


def _revs(db: apsw.Connection, row_ids: Iterable[int]) -> dict[int, int]:
    revs = {}
    for row_id in row_ids:
        row: Any = db.execute("SELECT rev FROM shape WHERE id = ?", (row_id,)).fetchone()
        if row is not None:
            revs[row_id] = row[0]
    return revs
