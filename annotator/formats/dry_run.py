"""What writing would lose, found by comparing each thing with what reading the file would make of it.

A writer plans every frame: for each annotation the value that a reader of the written file will return, or None
where nothing is written. From these pairs follow both the rows of the loss report, which say what happens to
what and why, and the exact counts, which are the difference of the two bags of facts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from annotator.core.annotations import Annotation
from annotator.core.labels import LabelSchema
from annotator.formats.dataset import DatasetView, FrameItem, TrackedShape
from annotator.formats.facts import (
    FactTeller,
    frame_facts,
    frame_name,
    group_facts,
    label_facts,
)
from annotator.formats.losses import Fact, LossReport

Reasons: TypeAlias = Mapping[str, str]
"""A sentence for each aspect that a format does not hold as it is."""

# For as many facts a list is quicker than a Counter.
_FEW: Final = 40

_NO_PLACE = "The format has no place for it."
_WITH_ANNOTATION = "It belongs to annotations that are not written."
_WITH_TRACK = "It belongs to tracks, which the format does not have."
_OF_TRACK = "What a track shows on a frame is written as an annotation of its own."


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one annotation, or of what a track shows on a frame. why: a reason for this one alone."""

    source: Annotation | TrackedShape
    output: Annotation | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FramePlan:
    """A frame of the view, the frame that will be read back, and what becomes of each annotation.

    The annotations of `output` are the outputs of `changes`.
    """

    source: FrameItem
    output: FrameItem
    changes: tuple[Change, ...]


def as_annotation(shown: TrackedShape, frame: int) -> Annotation:
    """Return what a track shows on a frame as an annotation, for formats without tracks."""
    track, keyframe = shown.track, shown.keyframe
    return Annotation(
        frame,
        track.label,
        keyframe.shape,
        {**track.attributes, **keyframe.attributes},
        keyframe.occluded,
        keyframe.z_order,
        track.group,
        keyframe.source,
        keyframe.score,
    )


def dry_run(
    view: DatasetView,
    labels: LabelSchema,
    plans: Iterable[FramePlan],
    reasons: Reasons,
    decimals: int | None = None,
    *,
    relative: bool = False,
    labels_read_back: Callable[[], LabelSchema] | None = None,
) -> LossReport:
    """Return what is lost and added by a format without tracks.

    labels: those of the outputs, by which names are found. labels_read_back: asked at the end for what a reader
    will find, where that depends on what is written.
    """
    comparison = _Comparison(
        FactTeller(view.labels, decimals, relative=relative),
        FactTeller(labels, decimals, relative=relative),
        reasons,
    )
    names: dict[int, str] = {}
    for plan in plans:
        comparison.frame(plan)
        if plan.source.name and plan.source.number is not None:
            names[plan.source.number] = plan.source.name
    comparison.labels(view.labels, labels_read_back() if labels_read_back else labels)
    comparison.tracks(view, names)
    return comparison.report()


class Ledger:
    """The difference of two bags of facts that come in piece by piece.

    What both bags have is forgotten at once, and of the rest only hashes are kept: a difference of a million
    facts takes 100 MB.
    """

    def __init__(self) -> None:
        self._balances: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def exchange(self, source: Iterable[Fact], output: Iterable[Fact]) -> None:
        """Put facts into the first and the second bag; a Counter stands for each fact as often as it says."""
        lost, added = _differences(_listed(source), _listed(output))
        for fact in lost:
            self._balances[fact[0]][hash(fact)] += 1
        for fact in added:
            self._balances[fact[0]][hash(fact)] -= 1

    @property
    def lost(self) -> Counter[str]:
        """How many facts of each aspect the first bag has beyond the second."""
        return +Counter({aspect: (+one).total() for aspect, one in self._balances.items()})

    @property
    def added(self) -> Counter[str]:
        """How many facts of each aspect the second bag has beyond the first."""
        return +Counter({aspect: (-one).total() for aspect, one in self._balances.items()})


class _Comparison:
    """Takes the pairs one by one; counts them in a ledger and explains them in the rows of a report."""

    def __init__(self, source: FactTeller, output: FactTeller, reasons: Reasons) -> None:
        self._source, self._output, self._reasons = source, output, reasons
        self._ledger, self._rows = Ledger(), LossReport()

    def report(self) -> LossReport:
        """Return the rows with the exact counts."""
        self._rows.lost, self._rows.added = self._ledger.lost, self._ledger.added
        return self._rows

    def labels(self, source: LabelSchema, output: LabelSchema) -> None:
        """Compare the labels."""
        before, after = list(label_facts(source)), list(label_facts(output))
        self._rows.frame = None
        self._ledger.exchange(before, after)
        self._explain(before, after)

    def tracks(self, view: DatasetView, names: Mapping[int, str]) -> None:
        """Compare the tracks with nothing."""
        self._rows.frame = None
        before = list(self._source.of_tracks((item.track for item in view.tracks()), names))
        self._ledger.exchange(before, ())
        for fact in before:
            reason = self._reasons.get(fact[0], _NO_PLACE)
            is_track = fact[0] in ("track", "key frame")
            self._rows.drop(fact[0], reason if is_track else _WITH_TRACK)

    def frame(self, plan: FramePlan) -> None:
        """Compare a frame."""
        self._rows.frame = plan.source.number
        old = frame_name(plan.source.name, plan.source.number)
        new = frame_name(plan.output.name, plan.output.number)
        before = list(frame_facts(old, plan.source.subset))
        self._ledger.exchange(before, list(frame_facts(new, plan.output.subset)))
        # That another name changes each fact of the frame is counted, but explained once, with the frame.
        self._explain(before, list(frame_facts(old, plan.output.subset)))
        if old != new:
            self._rows.convert("frame", "frame", self._reasons.get("frame", _NO_PLACE))
        for change in plan.changes:
            self._annotation(change, plan, old, new)
        self._groups(plan.changes, old, new)

    def _annotation(self, change: Change, plan: FramePlan, old: str, new: str) -> None:
        source, output = change.source, change.output
        annotation = source if isinstance(source, Annotation) else None
        label = self._source_label(change)
        new_label = self._output.label_name(output.label) if output else label
        is_renamed = old != new or label != new_label
        if not is_renamed and annotation and output and _are_plainly_equal(annotation, output):
            return
        before: list[Fact] = []
        after: list[Fact] = []
        if annotation:
            before += self._source.of_annotation(annotation, old, label, plan.source.size)
        if output:
            after += self._output.of_annotation(output, new, new_label, plan.output.size)
        self._ledger.exchange(before, after)
        if is_renamed and output:
            after = list(self._output.of_annotation(output, old, label, plan.output.size))
        self._explain_annotation(change, annotation, before, after)

    def _source_label(self, change: Change) -> str:
        source = change.source
        return self._source.label_name(
            source.label if isinstance(source, Annotation) else source.track.label
        )

    def _explain_annotation(
        self,
        change: Change,
        annotation: Annotation | None,
        before: list[Fact],
        after: list[Fact],
    ) -> None:
        source, output = change.source, change.output
        kind = source.keyframe.shape.kind if isinstance(source, TrackedShape) else source.kind
        reason = change.why or self._reasons.get(kind, _NO_PLACE)
        if annotation is None:
            for fact in after:
                self._rows.add(fact[0], 1, _OF_TRACK)
            if output is None:
                # A fact of the track, which is lost as a whole, and yet something that is not written.
                self._rows.mention(kind, reason)
            return
        if output is None:
            for fact in before:
                self._rows.drop(fact[0], reason if fact[0] == kind else _WITH_ANNOTATION)
            return
        lost, added = _differences(before, after)
        if any(fact[0] == kind for fact in lost):
            self._rows.convert(kind, output.kind, reason)
            lost = [fact for fact in lost if fact[0] != kind]
            added = [fact for fact in added if fact[0] != output.kind]
        self._explain(lost, added)

    def _groups(self, changes: tuple[Change, ...], old: str, new: str) -> None:
        sources = [(c.source, c) for c in changes]
        before = [(s.group, self._source_label(c)) for s, c in sources if isinstance(s, Annotation)]
        outputs = [(c.output, c) for c in changes]
        after = [(o.group, self._source_label(c)) for o, c in outputs if o is not None]
        if not any(group for group, _ in (*before, *after)):
            return
        real = [(o.group, self._output.label_name(o.label)) for o, _ in outputs if o is not None]
        self._ledger.exchange(list(group_facts(old, before)), list(group_facts(new, real)))
        self._explain(list(group_facts(old, before)), list(group_facts(old, after)))

    def _explain(self, before: list[Fact], after: list[Fact]) -> None:
        if before == after:
            return
        lost, added = (Counter(fact[0] for fact in facts) for facts in _differences(before, after))
        for aspect in {**lost, **added}:
            reason = self._reasons.get(aspect, _NO_PLACE)
            converted = min(lost[aspect], added[aspect])
            if converted:
                self._rows.convert(aspect, aspect, reason, converted)
            if lost[aspect] > converted:
                self._rows.drop(aspect, reason, lost[aspect] - converted)
            if added[aspect] > converted:
                self._rows.add(aspect, added[aspect] - converted, reason)


def _are_plainly_equal(source: Annotation, output: Annotation) -> bool:
    """Whether the facts are the same for certain; attributes have other ids and need a closer look."""
    return (
        not source.attributes
        and not output.attributes
        and source.occluded == output.occluded
        and source.z_order == output.z_order
        and source.score == output.score
        and source.source == output.source
        and source.shape == output.shape
    )


def _listed(facts: Iterable[Fact]) -> list[Fact]:
    return list(facts.elements() if isinstance(facts, Counter) else facts)


def _differences(before: list[Fact], after: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return what only the first and what only the second bag has."""
    if len(before) + len(after) > _FEW:
        first, second = Counter(before), Counter(after)
        return list((first - second).elements()), list((second - first).elements())
    lost, added = before.copy(), []
    for fact in after:
        if fact in lost:
            lost.remove(fact)
        else:
            added.append(fact)
    return lost, added
