"""Stored rows under a rule for their label: attribute values, the elements of skeletons, key frames of tracks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import apsw

from annotator.core.shape_codec import decode_shape, encode_shape
from annotator.core.shapes import Attributes, AttributeValue, Skeleton, SkeletonElement
from annotator.project.labels.rules import AttributeRule, LabelRule, Outcome
from annotator.project.storage.records import SKELETON, attributes_of, attributes_text

# The same few combinations of values come again and again; more are not worth the memory.
_MOST_KEPT: Final = 20_000

# What became of values: by attribute id and outcome.
Outcomes: TypeAlias = Counter[tuple[int, Outcome]]
# The first and the last id of a page of annotations.
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RewrittenText:
    """New attributes as text, and what became of each value."""

    text: str | None
    outcomes: tuple[tuple[int, Outcome], ...] = ()


@dataclass(frozen=True, slots=True)
class RewrittenSkeleton:
    """A new skeleton, None where nothing of it is left; lost: how many elements went with their points."""

    shape: Skeleton | None
    outcomes: tuple[tuple[int, Outcome], ...] = ()
    lost: int = 0


class Rewriter:
    """Applies a rule to rows.

    Its methods `write_...` are the statements of a transaction: they read the rows again under its lock.
    """

    def __init__(self, rule: LabelRule) -> None:
        self.rule = rule
        self._texts: dict[str, RewrittenText] = {}

    # Values -----------------------------------------------------------------------------------------

    def text(self, text: str | None) -> RewrittenText:
        """Return stored attributes under the rule."""
        if text is None or not self.rule.attributes:
            return RewrittenText(text)
        known = self._texts.get(text)
        if known is None:
            values, outcomes = rewritten(attributes_of(text), self.rule.attributes)
            known = RewrittenText(attributes_text(values), outcomes)
            if len(self._texts) < _MOST_KEPT:
                self._texts[text] = known
        return known

    def skeleton(self, skeleton: Skeleton) -> RewrittenSkeleton:
        """Return a skeleton under the rule."""
        elements: dict[int, SkeletonElement] = {}
        outcomes: list[tuple[int, Outcome]] = []
        lost = 0
        for point, element in skeleton.elements.items():
            rule = self.rule.elements.get(point)
            if rule is None:
                elements[point] = element
            elif rule.point is None:
                lost += 1
            else:
                values, found = rewritten(element.attributes, rule.attributes)
                outcomes += found
                elements[rule.point] = SkeletonElement(
                    element.shape, element.occluded, element.outside, values
                )
        shape = Skeleton(elements) if elements else None
        return RewrittenSkeleton(shape, tuple(outcomes), lost)

    # Annotations ------------------------------------------------------------------------------------

    def write_annotations(self, db: apsw.Connection, ranges: Sequence[Range], rev: int) -> None:
        """Rewrite the annotations of the label in ranges of ids."""
        for first, last in ranges:
            rows: Any = db.execute(
                "SELECT id, kind, attributes FROM shape WHERE label_id = ? AND id BETWEEN ? AND ?",
                (self.rule.source.id, first, last),
            ).fetchall()
            self._write_attributes(db, rows, rev)
            skeletons = [row_id for row_id, kind, _ in rows if kind == SKELETON]
            if self.rule.elements:
                self._write_skeletons(db, skeletons, rev)

    def _write_attributes(
        self, db: apsw.Connection, rows: Sequence[tuple[int, int, str | None]], rev: int
    ) -> None:
        assert self.rule.target is not None
        new = [(row_id, old, self.text(old).text) for row_id, _, old in rows]
        if self.rule.moves:
            label = self.rule.target.id
            db.executemany(
                "UPDATE shape SET label_id = ?, attributes = ?, rev = ? WHERE id = ?",
                [(label, text, rev, row_id) for row_id, _, text in new],
            )
        else:
            _put_attributes(db, new, rev)

    def _write_skeletons(self, db: apsw.Connection, row_ids: Sequence[int], rev: int) -> None:
        for row_id in row_ids:
            row: Any = db.execute("SELECT data FROM geometry WHERE id = ?", (row_id,)).fetchone()
            old = decode_shape("skeleton", row[0])
            assert isinstance(old, Skeleton)
            new = self.skeleton(old).shape
            if new is None:
                db.execute("DELETE FROM geometry WHERE id = ?", (row_id,))
                db.execute("DELETE FROM shape WHERE id = ?", (row_id,))
            elif new != old:
                db.execute(
                    "UPDATE geometry SET data = ?, rev = ? WHERE id = ?",
                    (encode_shape(new), rev, row_id),
                )
                db.execute(
                    "UPDATE shape SET x0 = ?, y0 = ?, x1 = ?, y1 = ?, rev = ? WHERE id = ?",
                    (*new.box, rev, row_id),
                )

    # Tracks -----------------------------------------------------------------------------------------

    def track(self, db: apsw.Connection, track_id: int) -> "RewrittenTrack | None":
        """Return what becomes of a track: values move between it and its key frames where `mutable` changed.

        None where it has the label no more: others may have deleted it, or given it another one.
        """
        row: Any = db.execute(
            "SELECT attributes FROM track WHERE id = ? AND label_id = ?",
            (track_id, self.rule.source.id),
        ).fetchone()
        if row is None:
            return None
        own = self.text(row[0])
        values = attributes_of(own.text)
        result = RewrittenTrack(track_id, values, list(own.outcomes))
        for rule in self.rule.attributes.values():
            if rule.new is None or rule.old.mutable == rule.new.mutable:
                continue
            if rule.new.mutable and rule.new.id in values:
                result.given[rule.new.id] = values.pop(rule.new.id)
            elif not rule.new.mutable:
                result.taken.append(rule.new.id)
                self._take_first(db, result, rule)
        return result

    def _take_first(
        self, db: apsw.Connection, track: "RewrittenTrack", rule: AttributeRule
    ) -> None:
        """Let a track have the value of its first key frame; those that differ from it are lost."""
        assert rule.new is not None
        found: list[AttributeValue] = []
        for text in keyframe_attributes(db, track.id):
            value = attributes_of(text).get(rule.old.id)
            new = None if value is None else rule.value(value)[0]
            if new is not None:
                found.append(new)
        if found:
            track.values.setdefault(rule.new.id, found[0])
            differing = sum(one != found[0] for one in found)
            track.outcomes += [(rule.old.id, "removed")] * differing

    def write_track(
        self, db: apsw.Connection, tracks: Sequence["RewrittenTrack"], rev: int
    ) -> None:
        """Write the rows of tracks, without their key frames."""
        assert self.rule.target is not None
        db.executemany(
            "UPDATE track SET label_id = ?1, attributes = ?2, rev = ?3 WHERE id = ?4 AND label_id = ?5"
            " AND (label_id, attributes) IS NOT (?1, ?2)",
            [
                (self.rule.target.id, attributes_text(one.values), rev, one.id, self.rule.source.id)
                for one in tracks
            ],
        )

    def write_keyframes(
        self, db: apsw.Connection, pieces: Sequence[tuple["RewrittenTrack", Range]], rev: int
    ) -> None:
        """Rewrite the key frames of tracks in ranges of ids."""
        for track, (first, last) in pieces:
            rows: Any = db.execute(
                "SELECT id, kind, attributes FROM shape WHERE track_id = ? AND id BETWEEN ? AND ?",
                (track.id, first, last),
            ).fetchall()
            _put_attributes(
                db, [(row_id, old, self.keyframe_text(track, old)) for row_id, _, old in rows], rev
            )
            if self.rule.elements:
                skeletons = [row_id for row_id, kind, _ in rows if kind == SKELETON]
                self._write_skeletons(db, skeletons, rev)

    def keyframe_text(self, track: "RewrittenTrack", text: str | None) -> str | None:
        """Return the attributes of a key frame of a track under the rule."""
        own = self.text(text).text
        if not track.given and not track.taken:
            return own
        values = {key: value for key, value in attributes_of(own).items() if key not in track.taken}
        return attributes_text({**track.given, **values})


@dataclass(slots=True)
class RewrittenTrack:
    """What becomes of a track. given: values that its key frames get; taken: those that they lose."""

    id: int
    values: dict[int, AttributeValue]
    outcomes: list[tuple[int, Outcome]]
    given: dict[int, AttributeValue] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)


def rewritten(
    values: Attributes, rules: Mapping[int, AttributeRule]
) -> tuple[dict[int, AttributeValue], tuple[tuple[int, Outcome], ...]]:
    """Return attribute values under rules by attribute id, and what became of each that has a rule."""
    result: dict[int, AttributeValue] = {}
    outcomes: list[tuple[int, Outcome]] = []
    for key, value in values.items():
        rule = rules.get(key)
        if rule is None:
            result[key] = value
            continue
        new, outcome = rule.value(value)
        outcomes.append((key, outcome))
        if new is not None:
            result[key if rule.new is None else rule.new.id] = new
    return result, tuple(outcomes)


def keyframe_attributes(db: apsw.Connection, track_id: int) -> Iterator[str]:
    """Return the attributes of the key frames of a track that have any, in the order of the frames."""
    rows: Any = db.execute(
        "SELECT s.attributes FROM shape s JOIN frame f ON f.id = s.frame_id"
        " WHERE s.track_id = ? AND s.attributes IS NOT NULL ORDER BY f.position",
        (track_id,),
    ).fetchall()
    return (text for (text,) in rows)


def _put_attributes(
    db: apsw.Connection, rows: Sequence[tuple[int, str | None, str | None]], rev: int
) -> None:
    db.executemany(
        "UPDATE shape SET attributes = ?, rev = ? WHERE id = ?",
        [(new, rev, row_id) for row_id, old, new in rows if new != old],
    )
