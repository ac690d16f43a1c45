"""What CVAT's video XML cannot hold of a view: each object compared with what will be read back of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Track
from annotator.formats.cvat.held_frames import HeldFrames
from annotator.formats.cvat.holding import HeldFrame, Holding, read_back
from annotator.formats.dataset import DatasetView, TrackItem
from annotator.formats.dry_run import Ledger
from annotator.formats.facts import (
    FactTeller,
    frame_facts,
    frame_name,
    group_facts,
    label_facts,
)
from annotator.formats.losses import Fact, LossReport

DECIMALS: Final = 2

_REASONS: Final[Mapping[str, str]] = {
    "frame": "Frames have numbers, not names, and a video has all of them from the first to the last.",
    "subset": "Objects have a subset; frames that nothing is on have none.",
    "tag": "CVAT for video has no tags.",
    "polygon": "A polygon has one outline: holes are filled, further parts become polygons in one group.",
    "track": "A polygon has one outline: each of its parts becomes a track, all of them in one group.",
    "key frame": "Polygons have one outline, and a skeleton is outside when all its points are.",
    "score": "CVAT's files have no scores.",
    "source": "A track has one source, and CVAT has fewer words for it.",
    "attribute": "Values are written as the label declares them, as text that XML can hold.",
    "group": "Groups are groups of tracks.",
    "label": "Names are told apart without the labels above them, and hold only what XML can.",
    "label parent": "CVAT's labels have no labels above them.",
    "label attribute": "CVAT's attributes have only what their kind needs, in text that XML can hold.",
    "hot key": "CVAT's labels have no hot keys.",
}
_SHAPE_TO_TRACK: Final = (
    "Everything is a track: a plain shape becomes one that is seen on its frame only."
)
_PART_OF_TRACK: Final = "It is part of the track that stands for the shape."
_MASK_OF_TRACK: Final = "CVAT has no tracks of masks: every frame gets a mask of its own."
_NOT_WRITTEN: Final = "It has no label, no frame or no points that can be written."
_WITH_OBJECT: Final = "It belongs to something that is not written."
_OTHER_LABEL: Final = "Its label gets another name."
_OTHERWISE: Final = "It is written in another way."


def compared(view: DatasetView, holding: Holding, progress: Progress) -> LossReport:
    """Return what is lost and added, with the exact counts of the two bags of facts."""
    comparison = _Comparison(view, holding)
    comparison.labels()
    for frame in progress.track(holding.of_frames(), "Comparing shapes", view.frame_count):
        comparison.frame(frame)
    for item, written in progress.track(holding.of_tracks(), "Comparing tracks"):
        comparison.track(item, written)
    return comparison.report()


class _Comparison:
    """Counts in a ledger, explains in the rows of a report."""

    def __init__(self, view: DatasetView, holding: Holding) -> None:
        self._view, self._holding = view, holding
        self._before = FactTeller(view.labels, DECIMALS)
        self._after = FactTeller(holding.labels.schema, DECIMALS)
        self._ledger, self._rows = Ledger(), LossReport()
        self._frames = HeldFrames(holding)
        self._names: dict[int, str] = {}
        # Frames of the view outside the range that a reader gives; key frames may be on them.
        self._beyond: dict[int, Counter[Fact]] = {}
        self._groups: list[tuple[int, str]] = []
        self._new_groups: list[tuple[int, str]] = []
        self._new_frame_groups: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)

    def report(self) -> LossReport:
        """Return the rows with the exact counts."""
        self._rows.frame = None
        self._finish_frames()
        self._finish_groups()
        self._rows.lost, self._rows.added = self._ledger.lost, self._ledger.added
        return self._rows

    # --- labels, frames and groups --------------------------------------------------------------------------

    def labels(self) -> None:
        """Compare the labels."""
        before = Counter(label_facts(self._view.labels))
        after = Counter(label_facts(self._holding.labels.schema))
        self._ledger.exchange(before, after)
        self._explain(before, after)

    def frame(self, frame: HeldFrame) -> None:
        """Compare a frame with what is on it."""
        source = frame.source
        self._rows.frame = source.number
        old = frame_name(source.name, source.number)
        if source.name and source.number is not None:
            self._names[source.number] = source.name
        self._frame(Counter(frame_facts(old, "")), frame.number)
        if source.subset:
            self._ledger.exchange((("subset", old, source.subset),), ())
        groups = []
        for annotation, tracks in frame.tracks:
            if annotation.group:
                groups.append((annotation.group, self._before.label_name(annotation.label)))
            self._annotation(annotation, tracks, frame, old)
        self._ledger.exchange(group_facts(old, groups), ())

    def _frame(self, before: Counter[Fact], number: int) -> None:
        if number in self._frames.range:
            after = Counter(frame_facts(frame_name("", number), ""))
            self._ledger.exchange(before, after)
            self._explain(before, after)
        else:
            self._beyond[number] = before

    def _finish_frames(self) -> None:
        beyond = self._frames.beyond
        for number in self._beyond.keys() | beyond:
            before = self._beyond.get(number, Counter[Fact]())
            after = Counter(frame_facts(frame_name("", number), "") if number in beyond else ())
            self._ledger.exchange(before, after)
            self._explain(before, after)
        missing = Counter(fact for name in self._frames.missing() for fact in frame_facts(name, ""))
        self._ledger.exchange((), missing)
        self._explain(Counter(), missing)
        subsets = (("subset", name, subset) for name, subset in self._frames.subsets())
        self._ledger.exchange((), subsets)

    def _finish_groups(self) -> None:
        ledger = self._ledger
        ledger.exchange(group_facts("", self._groups), group_facts("", self._new_groups))
        for number, members in self._new_frame_groups.items():
            ledger.exchange((), group_facts(frame_name("", number), members))
        lost, added = ledger.lost, ledger.added
        for aspect in ("subset", "group"):
            self._explain_aspect(aspect, lost[aspect], added[aspect], _REASONS[aspect])

    # --- annotations and tracks -----------------------------------------------------------------------------

    def _annotation(
        self, annotation: Annotation, tracks: Iterable[Track], frame: HeldFrame, old: str
    ) -> None:
        label = self._before.label_name(annotation.label)
        before = Counter(self._before.of_annotation(annotation, old, label, None))
        self._ledger.exchange(before, ())
        results = [one for track in tracks for one in read_back(track)]
        after: Counter[Fact] = Counter()
        for one in results:
            self._result(one, frame.source.subset, is_from_track=False)
            after.update(self._facts(one, {frame.number: old}, label))
        kind = annotation.kind
        if not results:
            self._dropped(before, kind, _REASONS["tag"] if kind == "tag" else _NOT_WRITTEN)
        elif kind == "mask":
            self._explain(before, after)
        else:
            self._shape_to_track(kind, before, after)

    def track(self, item: TrackItem, written: Iterable[Track]) -> None:
        """Compare a track."""
        track = item.track
        self._rows.frame = track.keyframes[0].frame if track.keyframes else None
        label = self._before.label_name(track.label)
        if track.group:
            self._groups.append((track.group, label))
        before = Counter(self._before.of_tracks((replace(track, group=0),), self._names))
        self._ledger.exchange(before, ())
        after: Counter[Fact] = Counter()
        is_written, new_label = False, label
        for one in (result for part in written for result in read_back(part)):
            is_written, new_label = True, self._after.label_name(one.label)
            self._result(one, item.subset, is_from_track=True)
            here = self._facts(one, self._names, label)
            # Of what may be a mask on each of many frames, only what the track says too.
            after.update(here if isinstance(one, Track) else (f for f in here if f in before))
        if not is_written:
            self._dropped(before, "track", _NOT_WRITTEN)
        elif track.kind == "mask":
            for fact, count in (before - after).items():
                self._rows.convert(fact[0], "mask", _MASK_OF_TRACK, count)
        else:
            self._explain(before, after, _OTHER_LABEL if label != new_label else "")

    def _result(self, one: Track | Annotation, subset: str, *, is_from_track: bool) -> None:
        """Put what will be read back into the ledger."""
        self._ledger.exchange((), self._facts(one, {}))
        member = one.group, self._after.label_name(one.label)
        if isinstance(one, Track):
            self._frames.note_track(one)
            if one.group:
                self._new_groups.append(member)
        else:
            self._frames.note_mask(one.frame, subset, is_from_track=is_from_track)
            if one.group:
                self._new_frame_groups[one.frame].append(member)

    def _facts(
        self, one: Track | Annotation, names: Mapping[int, str], label: str = ""
    ) -> Iterator[Fact]:
        """The facts of what will be read back. names, label: to be used in place of the new ones.

        That a frame or a label gets another name changes every fact of what is on it or has it; it is counted,
        but explained once, with the frame and with the label.
        """
        if isinstance(one, Track):
            return self._after.of_tracks((replace(one, group=0),), names)
        frame = names.get(one.frame) or frame_name("", one.frame)
        return self._after.of_annotation(
            one, frame, label or self._after.label_name(one.label), None
        )

    # --- rows -----------------------------------------------------------------------------------------------

    def _dropped(self, facts: Counter[Fact], itself: str, reason: str) -> None:
        for fact, count in facts.items():
            self._rows.drop(fact[0], reason if fact[0] == itself else _WITH_OBJECT, count)

    def _shape_to_track(self, kind: str, before: Counter[Fact], after: Counter[Fact]) -> None:
        lost, added = _by_aspect(before - after), _by_aspect(after - before)
        self._rows.convert(kind, "track", _SHAPE_TO_TRACK, lost.pop(kind))
        if added["track"] > 1:
            self._rows.add("track", added["track"] - 1, _REASONS["polygon"])
        for aspect, count in lost.items():
            if aspect == "score":
                self._rows.drop(aspect, _REASONS[aspect], count)
            else:
                becomes = aspect if added[aspect] else "key frame"
                self._rows.convert(aspect, becomes, _PART_OF_TRACK, count)

    def _explain(self, before: Counter[Fact], after: Counter[Fact], reason: str = "") -> None:
        if before == after:
            return
        lost, added = _by_aspect(before - after), _by_aspect(after - before)
        for aspect in {**lost, **added}:
            why = reason or _REASONS.get(aspect, _OTHERWISE)
            self._explain_aspect(aspect, lost[aspect], added[aspect], why)

    def _explain_aspect(self, aspect: str, lost: int, added: int, reason: str) -> None:
        converted = min(lost, added)
        if converted:
            self._rows.convert(aspect, aspect, reason, converted)
        if lost > converted:
            self._rows.drop(aspect, reason, lost - converted)
        if added > converted:
            self._rows.add(aspect, added - converted, reason)


def _by_aspect(bag: Counter[Fact]) -> Counter[str]:
    aspects: Counter[str] = Counter()
    for fact, count in bag.items():
        aspects[fact[0]] += count
    return aspects
