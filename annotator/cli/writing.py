"""What `export` and `convert` do alike: write a dataset, and say what was lost."""

from pathlib import Path

import typer

from annotator.background.progress import Progress
from annotator.cli.documents import loss_documents
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.printing import print_json, print_lines
from annotator.cli.reports import print_losses, print_summary
from annotator.formats.dataset import DatasetView
from annotator.formats.exporting import export_dataset
from annotator.formats.losses import LossReport
from annotator.formats.registry import Format
from annotator.formats.summary import Summary


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
    summary: Summary, losses: LossReport, one: Format, out: Path, *, as_json: bool
) -> None:
    """Print what was read and what was lost. Ends with 3 where records or pictures were left out."""
    if as_json:
        print_json(summary.as_json() | {"lost": loss_documents(losses)})
    else:
        print_summary(summary)
        print_losses(losses, one.id)
        print_lines("", f"Written as {one.id}: {out}")
    lacks_pictures = any(loss.aspect == "picture" for loss in losses)
    if lacks_pictures or summary.skipped:
        raise typer.Exit(SKIPPED)
