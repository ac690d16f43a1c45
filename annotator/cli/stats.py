"""`annotator stats`: what is in a project, in numbers."""

from collections.abc import Mapping

from annotator.cli.choosing import choose_task
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.printing import print_json, print_lines, print_table
from annotator.cli.reading import reading
from annotator.cli.working import working
from annotator.project.statistics import LabelStatistics, Sizes, Statistics, statistics_of


def run(project: ProjectArgument, task: TaskOption = None, as_json: JsonOption = False) -> None:
    """Count objects by label, kind, subset and size, and say how far frames and jobs are."""
    with reading(project) as opened, working() as progress:
        tasks = opened.tasks() if task is None else [choose_task(opened, task)]
        found = statistics_of(opened, tasks, progress)
        folder = str(opened.folder)
    if as_json:
        print_json({"project": folder, **found.as_json()})
    else:
        _show(found)


def _show(found: Statistics) -> None:
    frames = found.frames
    print_table(
        ("frames", "done", "not done", "with annotations", "without"),
        [
            (
                frames.frames,
                frames.done,
                frames.frames - frames.done,
                frames.labelled,
                frames.frames - frames.labelled,
            )
        ],
    )
    print_lines("")
    print_table(
        ("label", "objects", "kinds", "tracks", "least area", "median", "most"),
        (_label_row(label) for label in found.labels),
    )
    print_lines("")
    print_table(
        ("subset", "frames", "done", "with annotations", "objects"),
        (
            (name or "(none)", one.frames.frames, one.frames.done, one.frames.labelled, one.objects)
            for name, one in found.subsets.items()
        ),
    )
    print_lines("")
    print_table(
        ("task", "job", "frames", "stage", "state", "assignee", "done", "of"),
        (
            (
                one.task,
                one.number,
                one.range_text,
                one.job.stage,
                one.job.state,
                one.job.assignee,
                one.progress.done,
                one.progress.frames,
            )
            for one in found.jobs
        ),
    )


def _label_row(label: LabelStatistics) -> tuple[object, ...]:
    return (
        label.name,
        label.objects,
        _counts(label.kinds),
        label.tracks,
        *_areas(label.sizes),
    )


def _counts(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def _areas(sizes: Sizes | None) -> tuple[str, str, str]:
    if sizes is None:
        return "", "", ""
    return f"{sizes.least:.1f}", f"{sizes.median:.1f}", f"{sizes.most:.1f}"
