"""`annotator demo`: a project of pictures that the program draws, in the window or without one."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotator import messages
from annotator.cli.documents import loss_documents
from annotator.cli.options import JsonOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import number, print_json, print_lines, print_table
from annotator.cli.reports import print_losses
from annotator.cli.working import working
from annotator.demo.place import DemoPlace, demo_place

if TYPE_CHECKING:
    from annotator.demo.running import DemoSummary


def run(
    headless: Annotated[
        bool,
        typer.Option(
            "--headless",
            help="Without a window: make it anew, run the model for text, export it as COCO.",
            show_default=False,
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where it lies, or will lie; else among your data.",
            show_default=False,
            parser=readable_path,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Open a project to try everything on: trays to count, receipts and signs to read, a street.

    With --headless the whole way is gone without a window, and a summary is printed. A demo that somebody has worked
    on is never made anew.
    """
    place = demo_place() if out is None else DemoPlace(out.absolute())
    if headless:
        from annotator.demo.running import run_demo

        with working("what was made of the demo so far stays") as progress:
            summary = run_demo(place, progress)
        _tell(summary, as_json=as_json)
        return
    if as_json:
        raise typer.BadParameter("only goes with --headless", param_hint="--json")
    if not place.is_there:
        from annotator.demo.project import make_demo

        with working() as progress:
            project, _ = make_demo(place, progress)
        project.close()
    raise typer.Exit(_show(place))


def _show(place: DemoPlace) -> int:
    """Open the window on it, in a process of its own because no command loads Qt; return its exit code."""
    command = [sys.executable, "-m", "annotator", str(place.project)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - this very program


def _tell(summary: "DemoSummary", *, as_json: bool) -> None:
    from annotator.demo.project import THRESHOLD
    from annotator.demo.running import FORMAT

    if summary.why_no_model:
        messages.warning(f"No model was run. {summary.why_no_model}")
    if as_json:
        print_json(_document(summary))
        return
    print_lines(
        f"A project of {number(summary.pictures, 'picture')} in {summary.place.project},"
        f" with {number(summary.mistakes, 'mistake')} on purpose."
    )
    if summary.model:
        accepted = sum(summary.accepted.values())
        print_lines(
            f"{summary.model} read {number(accepted, 'line')} of text with a score of at least {THRESHOLD:g};"
            " they are accepted."
        )
    print_lines("")
    print_table(
        ("label", "annotations", "by the model"),
        [
            (name, count, summary.accepted.get(name, 0))
            for name, count in sorted(summary.annotations.items())
        ],
    )
    print_losses(summary.losses, FORMAT)
    print_lines("", f"Written as {FORMAT}: {summary.dataset}")
    times = ", ".join(f"{name} {taken:.1f} s" for name, taken in summary.seconds.items())
    print_lines(f"{sum(summary.seconds.values()):.1f} s in all: {times}")


def _document(summary: "DemoSummary") -> dict[str, Any]:
    return {
        "folder": str(summary.place.folder),
        "project": str(summary.place.project),
        "dataset": str(summary.dataset),
        "pictures": summary.pictures,
        "annotations": dict(summary.annotations),
        "mistakes": summary.mistakes,
        "model": summary.model or None,
        "why_no_model": summary.why_no_model or None,
        "accepted": dict(summary.accepted),
        "lost": loss_documents(summary.losses),
        "seconds": {name: round(taken, 3) for name, taken in summary.seconds.items()},
    }
