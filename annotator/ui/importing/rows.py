"""What the report of an import lists: frames, labels and problems, the ones that need a decision first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, overload

from annotator.core.labels import Label, LabelSchema
from annotator.formats.dataset import Dataset, Problem
from annotator.formats.label_names import flat_names
from annotator.project.imports.frame_matching import FrameKey, MatchRule, shown_key
from annotator.project.imports.importing import ImportPlan
from annotator.project.organisation import Frame
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.shown.kind_names import kinds_name
from annotator.ui.widgets.report_table import Tone
from annotator.ui.widgets.said_below import said_below


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame of the dataset. where: by what it was found, or why not. candidates: the frames that it may be."""

    key: FrameKey
    name: str
    where: str
    target: str
    count: int
    tone: Tone = ""
    candidates: tuple[Frame, ...] = ()

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        return self.name, self.where, self.target, self.count


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label of the dataset, by its flat name. what: what happens to it."""

    name: str
    count: int
    what: str
    tone: Tone = ""

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        return self.name, self.count, self.what


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something that was not read, or not taken, as it stands."""

    problem: Problem

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        one = self.problem
        line = "" if one.line is None else one.line
        return one.file, line, said_below(one.text), one.skipped

    @property
    def tone(self) -> Tone:
        """Where nothing was left out, it is only worth knowing."""
        return "warn" if self.problem.skipped else "dim"


class ProblemRows(Sequence[ProblemRow]):
    """The rows of many problems, each made when it is asked for."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems

    @overload
    def __getitem__(self, place: int) -> ProblemRow: ...
    @overload
    def __getitem__(self, place: slice) -> "ProblemRows": ...
    def __getitem__(self, place: int | slice) -> "ProblemRow | ProblemRows":
        if isinstance(place, slice):
            return ProblemRows(self.problems[place])
        return ProblemRow(self.problems[place])

    def __len__(self) -> int:
        return len(self.problems)


def frame_rows(plan: ImportPlan) -> list[FrameRow]:
    """Return a row for each frame of the dataset: those that are not found first, then by name."""
    matching = plan.matching
    rows = [
        FrameRow(
            one.key,
            one.name,
            tr("may be several") if one.candidates else said_below(one.reason),
            said_below(one.reason) if one.candidates else "",
            plan.counts.get(one.key, 0),
            "warn" if plan.counts.get(one.key, 0) else "dim",
            one.candidates,
        )
        for one in matching.unmatched
    ]
    found: dict[FrameKey, Frame] = dict(chain(matching.named.items(), matching.numbered.items()))
    rows += [
        FrameRow(
            key,
            shown_key(key),
            rule_text(matching.rules[key]),
            frame.name,
            plan.counts.get(key, 0),
        )
        for key, frame in sorted(found.items(), key=lambda item: _natural(item[0]))
    ]
    return rows


def _natural(key: FrameKey) -> tuple[int, str, str]:
    return (key, "", "") if isinstance(key, int) else (0, key[1], key[0])


def rule_text(rule: MatchRule) -> str:
    """Return by what a frame was found, for a person."""
    return {
        "path": tr("same name"),
        "stem": tr("same name, other suffix"),
        "folders": tr("same name in another folder"),
        "number": tr("same number"),
        "capitals": tr("same name but for capitals"),
        "chosen": tr("chosen by you"),
    }[rule]


def label_rows(plan: ImportPlan, dataset: Dataset, known: LabelSchema) -> list[LabelRow]:
    """Return a row for each label of the dataset, new ones first. known: the labels of the project."""
    found = dataset.header.labels
    skipped = plan.choices.skipped(found)
    rows = [
        _label_row(label, name, plan, known, is_skipped=label.id in skipped)
        for label, name in _named(found)
    ]
    return sorted(rows, key=lambda one: one.tone != "good")


def _label_row(
    label: Label, name: str, plan: ImportPlan, known: LabelSchema, *, is_skipped: bool
) -> LabelRow:
    count = plan.dataset.counts[label.id]
    if is_skipped:
        return LabelRow(name, count, tr("left out"), "dim")
    target = known.get(plan.labels.labels[label.id])
    if target is None:
        made = plan.labels.put[plan.labels.labels[label.id]].name
        what = tr("new label") if made == name else tr("new label {name}", name=made)
        return LabelRow(name, count, what, "good")
    if target.name == label.name:
        return LabelRow(name, count, tr("the label of the same name"))
    return LabelRow(name, count, tr("becomes {name}", name=target.name))


def _named(labels: LabelSchema) -> Iterator[tuple[Label, str]]:
    names = flat_names(labels)
    return ((label, names[label.id]) for label in labels)


_ORDER: Final = (
    "rectangle", "polygon", "mask", "skeleton", "polyline", "points", "ellipse", "cuboid", "tag",
)  # fmt: skip


def kinds_text(kinds: Mapping[str, int]) -> str:
    """Return how many there are of each kind: `300 rectangles, 40 masks`."""
    wanted = [kind for kind in _ORDER if kinds.get(kind)]
    return tr(", ").join(f"{in_digits(kinds[kind])} {kinds_name(kind)}" for kind in wanted)


def summary_text(plan: ImportPlan) -> str:
    """Return what an import does in one or two sentences."""
    report = plan.report
    matching = plan.matching
    every = len(matching) + len(matching.unmatched)
    parts = [
        tr_n(
            "{found} of {count} frame of the dataset is in the task.",
            "{found} of {count} frames of the dataset are in the task.",
            every,
            found=in_digits(len(matching)),
        )
    ]
    kinds = kinds_text(report.annotations)
    total = report.annotations.total()
    if total:
        added = tr_n(
            "{count} annotation is added ({kinds}).",
            "{count} annotations are added ({kinds}).",
            total,
            kinds=kinds,
        )
        parts.append(added)
    if report.tracks:
        parts.append(
            tr_n(
                "{count} track is added, with {frames} key frames.",
                "{count} tracks are added, with {frames} key frames.",
                report.tracks,
                frames=in_digits(report.keyframes),
            )
        )
    if not (total or report.tracks):
        parts.append(tr("No annotation is added."))
    if report.new_labels:
        parts.append(
            tr_n("{count} label is new.", "{count} labels are new.", len(report.new_labels))
        )
    if report.left_out:
        parts.append(
            tr_n("{count} record is left out.", "{count} records are left out.", report.left_out)
        )
    return " ".join(parts)
