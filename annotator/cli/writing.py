"""What `export` and `convert` do alike: write a dataset, and say what was lost."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from annotator.background.progress import Progress
from annotator.cli.documents import choice_document, loss_documents
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.printing import print_json, print_lines
from annotator.cli.reports import choice_text, print_losses, print_summary
from annotator.formats.dataset import DatasetView
from annotator.formats.exporting import export_dataset
from annotator.formats.losses import LossReport
from annotator.formats.registry import Format
from annotator.formats.summary import Summary

if TYPE_CHECKING:
    from annotator.project.frames.frame_selection import Choice


def write_view(
    view: DatasetView,
    one: Format,
    out: Path,
    progress: Progress,
    *,
    save_images: bool,
    strict: bool,
) -> LossReport:
    """Write a view into the new folder `out`; see `exporting.export_dataset`."""
    options = {"strict": strict} | ({"save_images": True} if save_images else {})
    return export_dataset(view, one, out, options, progress)


def tell_written(
    summary: Summary,
    losses: LossReport,
    one: Format,
    out: Path,
    *,
    as_json: bool,
    choice: "Choice | None" = None,
) -> None:
    """Print what was read and what was lost. Ends with 3 where records or pictures were left out.

    choice: which frames were chosen; those that were not are left out by choice, and are no loss.
    """
    if as_json:
        chosen = {} if choice is None else {"choice": choice_document(choice)}
        print_json(summary.as_json() | chosen | {"lost": loss_documents(losses)})
    else:
        print_summary(summary)
        if choice is not None:
            print_lines("", choice_text(choice))
        print_losses(losses, one.id)
        print_lines("", f"Written as {one.id}: {out}")
    lacks_pictures = any(loss.aspect == "picture" for loss in losses)
    if lacks_pictures or summary.skipped:
        raise typer.Exit(SKIPPED)
