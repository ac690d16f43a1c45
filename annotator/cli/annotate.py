"""`annotator annotate`: a model looks at the frames of a project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import typer

from annotator.cli.choosing import choose_task
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.numbers import number_between
from annotator.cli.options import JsonOption, ProjectArgument
from annotator.cli.printing import number, print_json, print_lines, print_table
from annotator.cli.projects import changing
from annotator.cli.reports import print_list
from annotator.cli.working import working
from annotator.core.errors import InvalidValueError
from annotator.core.labels import checked_name
from annotator.models.manifest import Manifest
from annotator.models.workers.limits import limits_of
from annotator.models.workers.worker_model import WorkerModel
from annotator.project.project import Project
from annotator.project.suggesting.annotating import AnnotatingReport, Form, annotate, running
from annotator.project.suggesting.model_labels import ModelLabels, Target
from annotator.project.suggesting.suggestions import SuggestingModel, Suggestions
from annotator.settings import Settings, settings_path

# Of a run that was stopped.
_LEFT: Final[Mapping[Form, str]] = {
    "suggestions": "what was seen is kept. Give the same command again to go on",
    "annotations": "no annotation was changed. Give the same command again to go on",
}


def run(
    project: ProjectArgument,
    model: Annotated[
        str,
        typer.Option("--model", metavar="ID", help="See `annotator models`.", show_default=False),
    ],
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            metavar="T",
            parser=number_between(0.0, 1.0),
            help="The least score, 0 to 1; else the model's.",
        ),
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="MODEL=PROJECT",
            help="A label of the model and the label of the project that it becomes, which is made where it is"
            " missing; `person=` leaves persons out. May be given several times, and is remembered.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Literal["suggestions", "annotations"],
        typer.Option("--as", help="What is made of what the model sees."),
    ] = "suggestions",
    clear: Annotated[
        bool,
        typer.Option(
            "--clear",
            help="First delete the annotations of this model that nobody has edited.",
            show_default=False,
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Also look at frames it has looked at already.", show_default=False
        ),
    ] = False,
    task: Annotated[
        str | None,
        typer.Option("--task", metavar="NAME", help="This task alone; else all of them."),
    ] = None,
    runtime: Annotated[
        Literal["openvino", "onnxruntime"] | None,
        typer.Option("--runtime", help="What computes the model; else what it prefers."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Have a model look at the frames, and keep what it sees as suggestions, or as annotations in one step.

    Frames it has looked at before are passed over, so a run that was stopped is gone on with by giving the same command
    again. Ends with 3 where a picture could not be read.
    """
    how = _How(threshold, _given(mapped or ()), form, clear, again, task)
    limits = limits_of(Settings.load(settings_path()))
    with (
        WorkerModel(model, runtime=runtime or "", limits=limits) as worker,
        changing(project) as opened,
    ):
        report = _annotated(opened, worker, how)
    if as_json:
        print_json(_document(report, worker.manifest, worker.runtime, form))
    else:
        _show(report, form)
    if report.skipped:
        raise typer.Exit(SKIPPED)


@dataclass(frozen=True, slots=True)
class _How:
    """What was asked for. threshold: the model's own where it is None. labels: of the project, by those of the model.

    task: a name, None for all of them.
    """

    threshold: float | None
    labels: Mapping[str, str]
    form: Form
    clear: bool
    again: bool
    task: str | None


def _annotated(project: Project, worker: WorkerModel, how: _How) -> AnnotatingReport:
    model = running(worker)
    least = worker.manifest.defaults.threshold if how.threshold is None else how.threshold
    tasks = project.tasks() if how.task is None else [choose_task(project, how.task)]
    suggestions = Suggestions(project)
    labels = _labels(project, suggestions, model.known, how.labels)
    with working(_LEFT[how.form]) as progress:
        return annotate(
            project,
            model,
            tasks,
            threshold=least,
            labels=labels,
            form=how.form,
            clear=how.clear,
            anew=how.again,
            suggestions=suggestions,
            progress=progress,
        )


def _given(texts: Sequence[str]) -> dict[str, str]:
    """Return what `--map` says: project labels by model labels. Raises BadParameter."""
    given = {}
    for text in texts:
        name, sign, target = text.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(
                f"{text!r} is not MODEL=PROJECT, such as person=worker", param_hint="--map"
            )
        given[name.strip()] = target.strip()
    return given


def _labels(
    project: Project, suggestions: Suggestions, model: SuggestingModel, given: Mapping[str, str]
) -> ModelLabels:
    """Return where the labels go, with what `--map` says, which is remembered. Raises BadParameter."""
    folded = {name.casefold(): name for name in model.labels}
    targets: dict[str, Target] = {}
    for name, wanted in given.items():
        known = folded.get(name.casefold())
        if known is None:
            raise typer.BadParameter(
                f"{model.id} has no label {name!r}; `annotator models info {model.id}` lists them",
                param_hint="--map",
            )
        label = project.labels.named(wanted)
        targets[known] = label.id if label is not None else _new_name(wanted)
    suggestions.remember(ModelLabels(model.id, targets))
    return suggestions.labels_of(model.id, model.labels)


def _new_name(name: str) -> str | None:
    try:
        return checked_name(name, "A label") if name else None
    except InvalidValueError as error:
        raise typer.BadParameter(str(error), param_hint="--map") from None


def _document(
    report: AnnotatingReport, manifest: Manifest, runtime: str, form: Form
) -> dict[str, Any]:
    return {
        "model": report.model,
        "licence": manifest.licence,
        "runtime": runtime,
        "as": form,
        "frames": report.frames,
        "done_before": report.done_before,
        "seen": dict(report.seen),
        "not_shown": dict(report.not_shown),
        "annotations": dict(report.annotations),
        "cleared": report.cleared,
        "step": report.step,
        "skipped": report.skipped,
        "problems": [{"frame": one.frame, "text": one.text} for one in report.problems],
    }


def _show(report: AnnotatingReport, form: Form) -> None:
    before = f", {report.done_before} of them looked at before" if report.done_before else ""
    print_lines(f"{report.model}: {number(report.frames, 'frame')}{before}.")
    if report.cleared:
        print_lines(f"Deleted: {number(report.cleared, 'annotation')} of an earlier run.")
    if form == "annotations":
        made = report.annotations.total()
        step = "" if report.step is None else f" as step {report.step}"
        print_lines(f"Made: {number(made, 'annotation')}{step}.")
        if made:
            print_table(("label", "annotations"), report.annotations.most_common())
    else:
        print_lines(f"Seen: {number(report.seen.total(), 'suggestion')}.")
        if report.seen:
            print_table(("the model's label", "suggestions"), report.seen.most_common())
    if report.not_shown:
        named = ", ".join(f"{name} ({count})" for name, count in report.not_shown.most_common())
        print_lines(
            f"Without a label in the project that takes it, so not shown: {named}. See --map."
        )
    print_list("Problems:", [f"{one.frame}: {one.text}" for one in report.problems])
