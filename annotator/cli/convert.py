"""`annotator convert`: one dataset into another."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.choosing import known_format
from annotator.cli.options import JsonOption, SaveImagesOption, StrictOption
from annotator.cli.paths import any_path, readable_path
from annotator.cli.sources import loaded, opened_dataset, summary_of
from annotator.cli.working import working
from annotator.cli.writing import tell_written, write_view


def run(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SRC",
            help="A dataset (a file or folder), or a project.",
            show_default=False,
            parser=readable_path,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The folder to write, new or empty.",
            show_default=False,
            parser=any_path,
        ),
    ],
    target_id: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="ID",
            help="The format to write; see `annotator formats`.",
            show_default=False,
        ),
    ],
    source_id: Annotated[
        str | None,
        typer.Option("--from", metavar="ID", help="The format to read; else it is recognised."),
    ] = None,
    save_images: SaveImagesOption = False,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Turn one dataset into another, and say what is lost; ends with 3 where records are left out."""
    one = known_format(target_id, "--to")
    with working() as progress, opened_dataset(source, source_id, "--from") as dataset:
        kept, view = loaded(dataset, progress)
        losses = write_view(view, one, out, progress, save_images=save_images, strict=strict)
        summary = summary_of(kept, progress)
    tell_written(summary, losses, one, out, as_json=as_json)
