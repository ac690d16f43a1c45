"""Changing the labels of a project together with everything that has them, as one step.

Definitions come first, so that what is drawn meanwhile is already right; then the annotations, in transactions of
bounded size; the labels that are gone come last, when nothing has them any more.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.labels import Label
from annotator.project.errors import ProjectError
from annotator.project.labels.pages import annotation_pages, keyframe_ids, track_ids
from annotator.project.labels.rewriting import Range, Rewriter
from annotator.project.labels.rules import LabelChange, LabelRule
from annotator.project.names import out_of_the_way
from annotator.project.project import Project
from annotator.project.storage import writing
from annotator.project.storage.parts import PART_SIZE, Part, Writing
from annotator.project.storage.store import USER, LongStep

TITLE: Final = "Edit labels"
# Annotations that get another label hold the lock for about 4 ms, with their counters.
_PIECE: Final = PART_SIZE // 2


def edit_labels(
    project: Project, change: LabelChange, *, author: str = USER, progress: Progress = NO_PROGRESS
) -> int | None:
    """Make a change of the labels one step; return the id of the step, None where nothing was to be done.

    Cancelling, and every error, takes back what was written so far. Raises ProjectError where the labels are not
    those any more that the change began with.
    """
    if project.labels != change.before:
        raise ProjectError(
            "The labels were changed by somebody else meanwhile. Open the label editor again and repeat the change."
        )
    if change.before == change.after and not change.renamed:
        return None
    rules = list(change.rules())
    with project.long_step(TITLE, author=author) as step:
        step.write(_part(writing.put_labels, _definitions(change)))
        work = _Work(project, step, progress, sum(_size(project, rule) for rule in rules))
        for rule in rules:
            work.apply(rule)
        step.write(_ending(change))
        return step.id


def _part(write: Writing, values: Sequence[Any]) -> Part:
    return Part([(write, values)], len(values))


def _definitions(change: LabelChange) -> list[Label]:
    """What is new or changed, and labels that are about to go whose name another one takes."""
    before, after = change.before, change.after
    going = [label for label in before if label.id not in after]
    renamed = out_of_the_way(going, {(label.parent, label.name) for label in after})
    return [*(label for label in after if before.get(label.id) != label), *renamed]


def _ending(change: LabelChange) -> Part:
    gone = [label.id for label in change.before if label.id not in change.after]
    order = tuple(label.id for label in change.after)
    return Part([(writing.delete_labels, gone), (writing.order_labels, [order])], len(gone) + 1)


def _size(project: Project, rule: LabelRule) -> int:
    label = rule.source.id

    def ask(db: apsw.Connection) -> int:
        objects: Any = db.execute(
            "SELECT coalesce(sum(total), 0) FROM label_count WHERE label_id = ?", (label,)
        ).fetchone()
        tracks: Any = db.execute(
            "SELECT count(*) FROM track WHERE label_id = ?", (label,)
        ).fetchone()
        return int(objects[0]) + int(tracks[0])

    return project.ask(ask)


class _Work:
    """Brings the annotations of one label after the other under its rule."""

    def __init__(self, project: Project, step: LongStep, progress: Progress, total: int) -> None:
        self._project = project
        self._step = step
        self._progress = progress
        self._total = total
        self._done = 0

    def apply(self, rule: LabelRule) -> None:
        """Rewrite, move or delete everything that has the label of a rule."""
        self._apply_to_annotations(rule)
        rewriter = None if rule.target is None else Rewriter(rule)
        for track_id in track_ids(self._project, rule.source.id):
            self._report(1)
            if rewriter is None:
                self._delete_track(track_id)
            else:
                self._rewrite_track(rewriter, track_id)

    def _report(self, more: int) -> None:
        self._done += more
        self._progress.report(min(self._done, self._total), self._total, TITLE)

    def _apply_to_annotations(self, rule: LabelRule) -> None:
        rewriter = None if rule.target is None else Rewriter(rule)
        for page in annotation_pages(self._project, rule.source.id, _PIECE):
            if rewriter is None:
                part = _part(writing.delete_shapes, [row[0] for row in page])
            else:
                part = Part([(rewriter.write_annotations, [(page[0][0], page[-1][0])])], len(page))
            self._step.write(part)
            self._report(len(page))

    def _delete_track(self, track_id: int) -> None:
        for piece in _pieces(keyframe_ids(self._project, track_id)):
            self._step.write(_part(writing.delete_shapes, piece))
        self._step.write(_part(writing.delete_tracks, [track_id]))

    def _rewrite_track(self, rewriter: Rewriter, track_id: int) -> None:
        track = self._project.ask(partial(rewriter.track, track_id=track_id))
        if track is None:
            return
        self._step.write(_part(rewriter.write_track, [track]))
        for piece in _pieces(keyframe_ids(self._project, track_id)):
            ends: Range = (piece[0], piece[-1])
            self._step.write(Part([(rewriter.write_keyframes, [(track, ends)])], len(piece)))


def _pieces(row_ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(row_ids), _PIECE):
        yield row_ids[start : start + _PIECE]
