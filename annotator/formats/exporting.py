"""Writing a dataset: first what would be lost, then all of it or nothing."""

from pathlib import Path

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.formats.dataset import DatasetView, WriteOptions
from annotator.formats.losses import LossReport
from annotator.formats.registry import Format, FormatError
from annotator.safe_io import whole_folder


def export_dataset(
    view: DatasetView,
    format: Format,
    target: Path,
    options: WriteOptions | None = None,
    progress: Progress = NO_PROGRESS,
) -> LossReport:
    """Write a view into the new folder `target` and return what was lost.

    Option `strict` refuses any loss before anything is written; the others are those of the format. Raises
    FormatError, or InputError where the folder is occupied or cannot be written; then, or cancelled, nothing is
    left behind.
    """
    options = dict(options or {})
    is_strict = bool(options.pop("strict", False))
    if unknown := options.keys() - set(format.option_ids):
        known = ", ".join(format.option_ids) or "none"
        raise FormatError(
            f"Format {format.title} has no option {min(unknown)!r}. Its options are: {known}."
        )
    # A folder that cannot be written is told at once, not after everything was looked through.
    with whole_folder(target) as folder:
        report = format.losses(view, options, progress)
        if is_strict and report:
            raise FormatError(_refusal(report, format))
        format.write(view, folder, options, progress)
    return report


def _refusal(report: LossReport, format: Format) -> str:
    rows = [f"{row.count} x {row.aspect}: {row.text}" for row in report]
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return (
        f"Format {format.title} cannot hold everything ({' '.join(rows[:3])}{more}). "
        "Choose another format, or allow losses."
    )
