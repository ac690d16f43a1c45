"""What an export does beside the GUI thread. No widgets."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotator.background.progress import Progress
from annotator.core.labels import LabelSchema
from annotator.formats.dataset import DatasetView
from annotator.formats.exporting import export_dataset
from annotator.formats.held_aspects import aspects_of
from annotator.formats.losses import Loss, LossReport
from annotator.formats.registry import Format
from annotator.formats.view_choices import Chosen, ChosenView, ViewChoices, wishes_for
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_selection import EVERYTHING, FrameSelection
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.tasks.subsets import subset_names
from annotator.project.view import ProjectView
from annotator.translation import tr
from annotator.ui.shown.kind_names import kinds_name
from annotator.ui.widgets.report_table import Tone
from annotator.ui.widgets.said_below import said_below


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What is to be written: which frames of which tasks, in which format, and what is wanted otherwise."""

    tasks: tuple[Task, ...]
    format: Format
    selection: FrameSelection = EVERYTHING
    choices: ViewChoices = field(default_factory=ViewChoices)
    options: Mapping[str, bool] = field(default_factory=dict)

    def view(self, project: Project) -> DatasetView:
        """Return what is to be written as a writer wants it. Raises InvalidValueError for names that cannot be."""
        view = ProjectView(project, self.tasks, self.selection)
        return view if self.choices.is_nothing else ChosenView(view, self.choices)

    @property
    def written_options(self) -> dict[str, bool]:
        """The options that the format has."""
        return {name: on for name, on in self.options.items() if name in self.format.option_ids}

    def with_wishes_of_format(self) -> "ExportPlan":
        """Return the plan without what its format cannot do."""
        shapes = {
            kind: wish
            for kind, wish in self.choices.shapes.items()
            if wish in wishes_for(kind, self.format)
        }
        return replace(self, choices=replace(self.choices, shapes=shapes))


@dataclass(frozen=True, slots=True)
class Present:
    """What is in some tasks: subsets, and how much has each label, by its id."""

    subsets: Sequence[str]
    labels: LabelSchema
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row of what happens. kind: that of annotations for which something can be chosen, or empty."""

    count: int
    what: str
    text: str
    frame_id: int | None = None
    frame: str = ""
    kind: str = ""
    tone: Tone = ""

    @property
    def cells(self) -> Sequence[str | int]:
        """What stands in the table."""
        return self.count, self.what, self.text, self.frame


@dataclass(frozen=True, slots=True)
class Losses:
    """What an export would lose. frames: how many are written. has_additions: whether it says more than is here."""

    plan: ExportPlan
    frames: int
    rows: Sequence[LossRow]
    has_losses: bool
    has_additions: bool


def survey(project: Project, tasks: Sequence[Task], _progress: Progress) -> Present:
    """Look up what the tables of a project tell about tasks."""
    counts: Counter[int] = Counter()
    for task in tasks:
        counts.update(project.task_label_counts(task.id))
        counts.update(track.label for track in project.tracks(task.id))
    subsets = subset_names(project, [task.id for task in tasks])
    return Present(subsets, project.labels, counts)


def find_aspects(project: Project, tasks: Sequence[Task], progress: Progress) -> Counter[str]:
    """Go through everything in some tasks for what formats would have to hold."""
    with project.in_one_state() as still:
        return aspects_of(ProjectView(still, tasks), progress)


def count_frames(
    project: Project, tasks: Sequence[Task], selection: FrameSelection, _progress: Progress
) -> tuple[int, int]:
    """Return how many frames are meant, of how many."""
    choice = ProjectView(project, tasks, selection).choice
    return choice.frames, choice.of


def find_losses(project: Project, plan: ExportPlan, progress: Progress) -> Losses:
    """Return what the format would lose, and what was chosen."""
    with project.in_one_state() as still:
        base = ProjectView(still, plan.tasks, plan.selection)
        view = plan.view(still)
        report = plan.format.losses(view, plan.written_options, progress)
        chosen = view.chosen if isinstance(view, ChosenView) else []
        rows = [_loss_row(one, base, plan.format) for one in report]
        frames = view.frame_count
    rows.sort(key=lambda row: (row.tone != "warn", -row.count))
    is_added = [one.effect == "added" for one in report]
    return Losses(
        plan,
        frames,
        [*map(_chosen_row, chosen), *rows],
        has_losses=not all(is_added),
        has_additions=any(is_added),
    )


def write(project: Project, plan: ExportPlan, target: Path, progress: Progress) -> LossReport:
    """Write the dataset, whole or not at all."""
    # As the system sees both, whatever links lead there; what cannot be a path is refused by the writer.
    if Path(os.path.realpath(target)).is_relative_to(os.path.realpath(project.folder)):
        raise ProjectError(
            tr(
                "{folder} lies in the project's own folder. Choose a folder beside it.",
                folder=target,
            )
        )
    with project.in_one_state() as still:
        return export_dataset(plan.view(still), plan.format, target, plan.written_options, progress)


def _loss_row(loss: Loss, view: ProjectView, format: Format) -> LossRow:
    frame = None if loss.frame is None else view.frame_numbered(loss.frame)
    can_choose = loss.effect != "added" and len(wishes_for(loss.aspect, format)) > 0
    is_kind = kinds_name(loss.aspect) != loss.aspect or loss.aspect == "points"
    return LossRow(
        loss.count,
        _effect_text(loss),
        said_below(loss.text),
        None if frame is None else frame.id,
        "" if frame is None else frame.name,
        loss.aspect if can_choose and is_kind else "",
        "dim" if _is_of_little_weight(loss) else "warn",
    )


def _is_of_little_weight(loss: Loss) -> bool:
    return loss.effect == "added" or loss.aspect.startswith(("label ", "hot key"))


def _effect_text(loss: Loss) -> str:
    if loss.effect == "dropped":
        return tr("{what}: left out", what=aspect_text(loss.aspect))
    if loss.effect == "added":
        return tr("{what}: added", what=aspect_text(loss.aspect))
    if loss.becomes == loss.aspect:
        return tr("{what}: changed", what=aspect_text(loss.aspect))
    return tr(
        "{what}: become {other}", what=aspect_text(loss.aspect), other=aspect_text(loss.becomes)
    )


def _chosen_row(one: Chosen) -> LossRow:
    if not one.becomes:
        what = tr("{what}: left out", what=aspect_text(one.kind))
    else:
        what = tr(
            "{what}: become {other}", what=aspect_text(one.kind), other=aspect_text(one.becomes)
        )
    kind = "" if one.kind == "track" else one.kind
    return LossRow(one.count, what, tr("By your choice."), kind=kind, tone="good")


def aspect_text(aspect: str) -> str:
    """Return what an aspect of a dataset is called for a person."""
    return {
        "frame": tr("names of frames"),
        "subset": tr("subsets"),
        "label": tr("labels"),
        "label colour": tr("colours of labels"),
        "label kind": tr("kinds of labels"),
        "label parent": tr("labels above labels"),
        "label attribute": tr("declared attributes"),
        "hot key": tr("keys of labels"),
        "skeleton template": tr("templates of skeletons"),
        "track": tr("tracks"),
        "key frame": tr("key frames"),
        "rotation": tr("rotations"),
        "attribute": tr("values of attributes"),
        "occluded": tr("occluded marks"),
        "z-order": tr("drawing orders"),
        "group": tr("groups"),
        "score": tr("scores"),
        "source": tr("sources"),
        "picture": tr("pictures"),
    }.get(aspect, kinds_name(aspect))
