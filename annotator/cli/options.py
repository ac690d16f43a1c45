"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from annotator.cli.numbers import whole_number
from annotator.cli.paths import readable_path

# The largest number that a project can hold.
_LARGEST: Final = (1 << 63) - 1


def storable(number: int | None) -> int | None:
    """Refuse a number that no project can hold: as a `max` it would stand in the page of help."""
    if number is not None and number > _LARGEST:
        raise typer.BadParameter(f"{number} is larger than any number in a project")
    return number


ProjectArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="PROJECT",
        help="The folder of the project, or the folder of pictures that was opened.",
        show_default=False,
        parser=readable_path,
    ),
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON document.", show_default=False)
]
StepOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--step",
        metavar="ID",
        parser=whole_number(0),
        callback=storable,
        help="The step, by its id in the history.",
    ),
]
SaveImagesOption: TypeAlias = Annotated[
    bool, typer.Option("--save-images", help="Copy the pictures too.", show_default=False)
]
StrictOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--strict", help="Write nothing where anything would be lost.", show_default=False
    ),
]
TaskOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--task", metavar="NAME", help="The task, where there are several."),
]
