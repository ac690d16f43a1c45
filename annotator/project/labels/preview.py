"""What a change of the labels would do to what is stored, counted before anything happens."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.labels import Attribute, Label
from annotator.core.shape_codec import decode_shape
from annotator.core.shapes import Skeleton
from annotator.project.labels.pages import (
    READ_PAGE,
    annotation_pages,
    keyframe_values,
    track_ids,
)
from annotator.project.labels.rewriting import Outcomes, Rewriter
from annotator.project.labels.rules import AttributeRule, LabelChange, LabelRule
from annotator.project.project import Project
from annotator.project.storage.records import KINDS


@dataclass(frozen=True, slots=True)
class LabelUse:
    """How much has a label: annotations, tracks, and the frames that either is on."""

    objects: int = 0
    tracks: int = 0
    frames: int = 0


@dataclass(frozen=True, slots=True)
class ValueEffect:
    """What becomes of the stored values of an attribute. new: None where it goes.

    rewritten: under another text or kind. replaced: by the default, for they do not fit. removed: lost. kept: stay
    although they do not fit. outside: numbers beyond the limits, which stay, too.
    """

    old: Attribute
    new: Attribute | None
    rewritten: int
    replaced: int
    removed: int
    kept: int
    outside: int

    @property
    def is_nothing(self) -> bool:
        """Whether every value stays as it is."""
        counts = (self.rewritten, self.replaced, self.removed, self.kept, self.outside)
        return not any(counts)


@dataclass(frozen=True, slots=True)
class LabelEffect:
    """What becomes of a stored label. after: None where it is gone; target: who gets its annotations then.

    misplaced: objects and tracks of a kind that the label does not allow then; they stay. lost_elements: parts of
    skeletons whose point is gone. lost_skeletons: those of which nothing is left.
    """

    label: Label
    after: Label | None
    target: Label | None
    use: LabelUse
    values: tuple[ValueEffect, ...] = ()
    misplaced: int = 0
    lost_elements: int = 0
    lost_skeletons: int = 0

    @property
    def is_deleted(self) -> bool:
        """Whether the annotations go with the label."""
        return self.target is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing stored looks different afterwards."""
        if self.use == LabelUse():
            return True
        is_same = self.after is not None and self.after.name == self.label.name
        return is_same and not (self.values or self.misplaced or self.lost_elements)


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """The effects on all labels that are stored, and on how many frames anything changes."""

    effects: tuple[LabelEffect, ...]
    frames: int

    @property
    def is_harmless(self) -> bool:
        """Whether no stored annotation looks different afterwards."""
        return all(effect.is_empty for effect in self.effects)


def preview_labels(
    project: Project, change: LabelChange, progress: Progress = NO_PROGRESS
) -> LabelPreview:
    """Count what a change of the labels would do. Reads every annotation of which a value could change."""
    rules = {rule.source.id: rule for rule in change.rules()}
    effects = []
    for label in change.before:
        progress.checkpoint()
        after = change.after.get(label.id)
        rule = rules.get(label.id)
        if (
            rule is None
            and after is not None
            and (after.name, after.kind) == (label.name, label.kind)
        ):
            continue
        target = after or change.after.get(change.targets.get(label.id, label.id))
        effect = LabelEffect(label, after, target, use_of(project, [label.id]))
        if target is not None and effect.use != LabelUse():
            rule = rule or LabelRule(label, target)
            effect = _Counting(project, rule, progress).effect(effect, target)
        effects.append(effect)
    frames = use_of(project, [one.label.id for one in effects if not one.is_empty]).frames
    return LabelPreview(tuple(effects), frames)


def use_of(project: Project, label_ids: list[int]) -> LabelUse:
    """Return how much has any of some labels."""
    return project.ask(partial(_use, label_ids=label_ids))


def _use(db: apsw.Connection, label_ids: list[int]) -> LabelUse:
    ids = (json.dumps(label_ids),)
    among = "IN (SELECT value FROM json_each(?1))"
    objects: Any = db.execute(
        f"SELECT coalesce(sum(total), 0) FROM label_count WHERE label_id {among}",  # noqa: S608
        ids,
    ).fetchone()
    tracks: Any = db.execute(
        f"SELECT count(*) FROM track WHERE label_id {among}",  # noqa: S608 - own words
        ids,
    ).fetchone()
    on_frames = f"SELECT frame_id FROM frame_count WHERE total > 0 AND label_id {among}"  # noqa: S608
    with_label = f"SELECT id FROM track WHERE label_id {among}"  # noqa: S608
    of_tracks = f"SELECT frame_id FROM shape WHERE track_id IN ({with_label})"  # noqa: S608
    frames: Any = db.execute(
        f"SELECT count(*) FROM ({on_frames} UNION {of_tracks})",  # noqa: S608
        ids,
    ).fetchone()
    return LabelUse(int(objects[0]), int(tracks[0]), int(frames[0]))


class _Counting:
    """Applies a rule to everything that has its label, and writes nothing."""

    def __init__(self, project: Project, rule: LabelRule, progress: Progress) -> None:
        self._project = project
        self._rule = rule
        self._progress = progress
        self._rewriter = Rewriter(rule)
        self._outcomes: Outcomes = Counter()
        self._lost_elements = 0
        self._lost_skeletons = 0

    def effect(self, effect: LabelEffect, target: Label) -> LabelEffect:
        """Return an effect with everything counted."""
        if self._rule.attributes or self._rule.elements:
            self._count_annotations(effect.use.objects)
            self._count_tracks()
        return replace(
            effect,
            values=tuple(self._values()),
            misplaced=_misplaced(self._project, effect.label, target),
            lost_elements=self._lost_elements,
            lost_skeletons=self._lost_skeletons,
        )

    def _count_annotations(self, total: int) -> None:
        whole = bool(self._rule.elements)
        done = 0
        pages = annotation_pages(
            self._project, self._rule.source.id, READ_PAGE, with_skeletons=whole
        )
        for page in pages:
            texts = Counter(row[1] for row in page)
            for text, count in texts.items():
                self._note(self._rewriter.text(text).outcomes, count)
            for _, _, blob in page:
                if blob is not None:
                    self._note_skeleton(blob)
            done += len(page)
            self._progress.report(min(done, total), total, "Counting")

    def _count_tracks(self) -> None:
        for track_id in track_ids(self._project, self._rule.source.id):
            self._progress.checkpoint()
            track = self._project.ask(partial(self._rewriter.track, track_id=track_id))
            if track is None:
                continue
            self._note(tuple(track.outcomes), 1)
            whole = bool(self._rule.elements)
            for text, blob in keyframe_values(self._project, track_id, with_skeletons=whole):
                self._note(self._rewriter.text(text).outcomes, 1)
                if blob is not None:
                    self._note_skeleton(blob)

    def _note(self, outcomes: tuple[Any, ...], count: int) -> None:
        for outcome in outcomes:
            self._outcomes[outcome] += count

    def _note_skeleton(self, blob: bytes) -> None:
        skeleton = decode_shape("skeleton", blob)
        assert isinstance(skeleton, Skeleton)
        new = self._rewriter.skeleton(skeleton)
        self._note(new.outcomes, 1)
        self._lost_elements += new.lost
        self._lost_skeletons += new.shape is None

    def _values(self) -> Iterator[ValueEffect]:
        for rule in self._rule.attribute_rules:
            found = _value_effect(rule, self._outcomes)
            if not found.is_nothing:
                yield found


def _value_effect(rule: AttributeRule, outcomes: Outcomes) -> ValueEffect:
    own = rule.old.id
    return ValueEffect(
        rule.old,
        rule.new,
        outcomes[own, "rewritten"],
        outcomes[own, "replaced"],
        outcomes[own, "removed"],
        outcomes[own, "kept"],
        outcomes[own, "outside"],
    )


def _misplaced(project: Project, label: Label, target: Label) -> int:
    """Return how many annotations and tracks of a label have a kind that another one does not allow."""

    def ask(db: apsw.Connection) -> int:
        objects: Any = db.execute(
            "SELECT kind, count(*) FROM shape WHERE label_id = ? GROUP BY kind", (label.id,)
        ).fetchall()
        tracks: Any = db.execute(
            "SELECT s.kind, count(DISTINCT s.track_id) FROM track t JOIN shape s ON s.track_id = t.id"
            " WHERE t.label_id = ? GROUP BY s.kind",
            (label.id,),
        ).fetchall()
        found = [*objects, *tracks]
        return sum(count for kind, count in found if not target.accepts(KINDS[kind]))

    return project.ask(ask)
