"""`annotator create`: a task of media in a new or existing project."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from annotator import messages
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.numbers import whole_number
from annotator.cli.options import JsonOption, ProjectArgument, storable
from annotator.cli.paths import readable_path
from annotator.cli.printing import number, print_json, print_lines
from annotator.cli.working import working
from annotator.project.creating import CreatedTask, create_task
from annotator.project.selection import ORDERS, Order, Selection

_RANGE: Final = re.compile(r"(?P<first>[0-9]{0,15}):(?P<last>[0-9]{0,15})")


def run(
    project: ProjectArgument,
    media: Annotated[
        list[Path],
        typer.Argument(
            metavar="MEDIA",
            help="Folders, searched through, zip archives and single pictures. They are not copied.",
            show_default=False,
            parser=readable_path,
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="Labels: one name to a line, CVAT's label JSON, or a dataset.",
            show_default=False,
            parser=readable_path,
        ),
    ] = None,
    task: Annotated[
        str, typer.Option("--task", metavar="NAME", help="The name of the task; else the media's.")
    ] = "",
    chosen: Annotated[
        str,
        typer.Option(
            "--range",
            metavar="A:B",
            help="Only the pictures from number A to number B, counted from 0, both included; either may be left"
            " out, as in 100: or :99.",
            show_default=False,
        ),
    ] = ":",
    every: Annotated[
        int,
        typer.Option(
            "--step",
            parser=whole_number(1),
            callback=storable,
            metavar="N",
            help="Only every N-th of them.",
        ),
    ] = 1,
    order: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="ORDER",
            help="The order, before --range and --step: natural as people count, lexicographic by characters, or"
            " random by --seed.",
        ),
    ] = "natural",
    seed: Annotated[
        int,
        typer.Option(
            "--seed", metavar="N", parser=whole_number(), help="Another seed, another random order."
        ),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Make a task of these media, in a new project or in one that is there."""
    first, last = _range_of(chosen)
    selection = Selection(first, last, every, _order_of(order), seed)
    created = _created(project, media, task, labels, selection)
    with created.project:
        _tell(created, as_json=as_json)
    if created.problems:
        raise typer.Exit(SKIPPED)


def _created(
    project: Path, media: Sequence[Path], name: str, labels: Path | None, selection: Selection
) -> CreatedTask:
    schema = None
    if labels is not None:
        from annotator.formats.label_files import labels_of_file

        schema = labels_of_file(labels)
    with working() as progress:
        return create_task(
            project, media, name=name, labels=schema, selection=selection, progress=progress
        )


def _tell(created: CreatedTask, *, as_json: bool) -> None:
    name, folder = created.task.name, str(created.project.folder)
    frames = created.project.frame_count(created.task.id)
    for problem in created.problems:
        messages.warning(problem)
    if as_json:
        print_json(
            {
                "project": folder,
                "created": created.is_new,
                "task": name,
                "frames": frames,
                "problems": list(created.problems),
            }
        )
    else:
        where = "A new project" if created.is_new else "The project"
        print_lines(f"{where} in {folder} has the new task {name!r} of {number(frames, 'frame')}.")


def _range_of(text: str) -> tuple[int, int | None]:
    """Return first and last of "A:B". Raises BadParameter."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is no range of pictures; write A:B, such as 0:99", param_hint="--range"
        )
    first, last = int(found["first"] or 0), None if not found["last"] else int(found["last"])
    if last is not None and last < first:
        raise typer.BadParameter(
            f"the range {text} ends before it begins; change the numbers", param_hint="--range"
        )
    return first, last


def _order_of(text: str) -> Order:
    """Return the order of a name. Raises BadParameter."""
    for order in ORDERS:
        if order == text:
            return order
    known = ", ".join(ORDERS)
    raise typer.BadParameter(f"there is no order {text!r}; there are: {known}", param_hint="--sort")
