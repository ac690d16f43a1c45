"""What an import does beside the GUI thread. No widgets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.background.progress import Progress
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.core.labels import LabelSchema
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import Dataset
from annotator.formats.recognition import Recognised, recognise
from annotator.formats.registry import Format
from annotator.project.errors import ProjectError
from annotator.project.folder import find_project
from annotator.project.frames.frame_names import FrameNames, frame_names
from annotator.project.imports.choices import ImportChoices
from annotator.project.imports.importing import ImportPlan, ImportReport, plan_import, run_import
from annotator.project.imports.sizes import open_for_import
from annotator.project.imports.source import ImportSource
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.storage.history import Step
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.importing.rows import (
    FrameRow,
    LabelRow,
    ProblemRows,
    frame_rows,
    label_rows,
)
from annotator.ui.shown.kind_names import kinds_name
from annotator.ui.widgets.said_below import said_below


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be imported, and into what."""

    path: Path
    format: Format
    task: Task


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look through a dataset gave. known: the labels of the project then. names: of the task's frames."""

    source: Source
    dataset: Dataset
    plan: ImportPlan
    frames: list[FrameRow]
    labels: list[LabelRow]
    problems: ProblemRows
    known: LabelSchema
    names: FrameNames


def recognise_path(path: Path, progress: Progress) -> list[Recognised]:
    """Ask every format about a path. Raises ProjectError where it is a project, InputError where nothing is there."""
    answers = recognise(path, FORMATS, progress)
    if find_project(path) == path:
        raise ProjectError(
            tr(
                "{path} is a project, not a dataset. Export it there, and import what was written.",
                path=path,
            )
        )
    return answers


def look(
    project: Project,
    source: Source,
    choices: ImportChoices,
    before: Looked | None,
    progress: Progress,
) -> Looked:
    """Read a dataset and say what importing it would do. before: an earlier look, whose dataset is still open."""
    if before is not None and before.source != source:
        before = None
    if before is not None:
        dataset = before.dataset
    else:
        dataset = open_for_import(project, source.format, source.path, source.task, progress)
    known = project.labels
    plan = plan_import(project, dataset, source.task, progress, choices=choices, must_fit=False)
    names = frame_names(project.frame_names(source.task.id)) if before is None else before.names
    return Looked(
        source,
        dataset,
        plan,
        frame_rows(plan),
        label_rows(plan, dataset, known),
        ProblemRows(plan.report.problems),
        known,
        names,
    )


def bring_in(
    project: Project, looked: Looked, begun: Callable[[int], None], progress: Progress
) -> ImportReport:
    """Write what was planned. Cancelled, it leaves its step for a person to keep or undo; every error takes it back.

    begun: told the id of the step before anything is written.
    """
    made: list[int] = []

    def begin(step: int) -> None:
        made.append(step)
        begun(step)

    origin = ImportSource(looked.source.path, looked.source.format.id)
    try:
        return run_import(
            project,
            looked.plan,
            progress=progress,
            keep_on_error=True,
            source=origin,
            begun=begin,
        )
    except Cancelled:
        raise
    except AnnotatorError as error:
        for step in made:
            if is_unfinished(project, step):
                _take_back(project, step, error)
        raise


def _take_back(project: Project, step: int, error: AnnotatorError) -> None:
    try:
        project.undo(step)
    except AnnotatorError as other:
        raise ProjectError(
            tr(
                "{error} What was imported so far could not be taken back: {other}"
                " Undo it in the history once there is room.",
                error=error,
                other=other,
            )
        ) from error


def is_unfinished(project: Project, step: int) -> bool:
    """Whether a step waits for a person to go on with it, keep it or undo it; one that wrote nothing does not."""
    return any(one.id == step for one in project.interrupted_steps())


def undo_step(project: Project, step: int, _progress: Progress) -> Step:
    """Take a step back."""
    return project.undo(step)


def keep_step(project: Project, step: int, _progress: Progress) -> Step:
    """Keep an unfinished step as far as it came."""
    return project.keep_step(step)


def report_text(report: ImportReport, source: Source) -> str:
    """Return everything that a report says as plain text, for a file."""
    facts = (
        (tr("Format"), source.format.title),
        (tr("Task"), report.task),
        (tr("Frames"), in_digits(report.frames)),
        *((kinds_name(kind), in_digits(count)) for kind, count in report.annotations.items()),
    )
    problems = tr("Problems")
    lines = [
        tr("Import of {path}", path=source.path),
        *(f"{name}: {value}" for name, value in facts),
        tr_n(
            "{count} track with {frames} key frames",
            "{count} tracks with {frames} key frames",
            report.tracks,
            frames=in_digits(report.keyframes),
        ),
        tr("New labels: {names}", names=", ".join(report.new_labels) or tr("none")),
        tr("Deleted before: {count}", count=in_digits(report.replaced)),
        tr("Left out: {count}", count=in_digits(report.left_out)),
        "",
        tr("Frames that are not in the task: {count}", count=in_digits(len(report.unmatched))),
        *(f"{one.name}: {said_below(one.reason)}" for one in report.unmatched),
        "",
        f"{problems}: {in_digits(len(report.problems))}",
        *(str(replace(one, text=said_below(one.text))) for one in report.problems),
    ]
    return "\n".join(lines) + "\n"
