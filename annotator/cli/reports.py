"""Summaries, problems and losses as text."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from annotator.cli.printing import number, print_lines, print_table
from annotator.formats.dataset import Problem
from annotator.formats.losses import Loss, LossReport
from annotator.formats.summary import Summary

if TYPE_CHECKING:
    from annotator.project.copies.difference import Difference
    from annotator.project.frames.frame_selection import Choice

# On a terminal; `--json` prints all.
_MOST_SHOWN = 50


def print_summary(summary: Summary) -> None:
    """Print what is in a dataset."""
    print_lines(
        f"{summary.format}: {number(summary.images, 'image')}, {counted(summary.annotations)}, "
        f"{number(summary.tracks, 'track')} with {number(summary.keyframes, 'key frame')}, "
        f"{number(summary.attributes, 'attribute value')}"
    )
    if summary.labels:
        print_lines("")
        print_table(("label", "annotations and tracks"), summary.labels.items())
    print_left_out(summary.skipped)
    print_problems(summary.problems)


def print_left_out(count: int, without_frame: int = 0) -> None:
    """Print how many records were left out. without_frame: those of them whose frame is not in the task."""
    if count:
        where = ""
        if without_frame:
            where = f", {without_frame} of them because their frame is not in the task"
        print_lines(f"Left out: {number(count, 'record')}{where}.")


def counted(kinds: Mapping[str, int]) -> str:
    """Return a number of annotations with their kinds."""
    total = sum(kinds.values())
    parts = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    return f"{number(total, 'annotation')} ({parts})" if parts else "no annotations"


def print_problems(problems: Iterable[Problem]) -> None:
    """Print what was not read as it stands."""
    print_list("Problems:", [str(problem) for problem in problems])


def choice_text(choice: "Choice") -> str:
    """Return which frames were chosen as a sentence."""
    chosen = f"Chosen: {choice.frames} of {number(choice.of, 'frame')} ({choice.selection})."
    left_out = choice.left_out
    return f"{chosen} Left out by choice: {left_out}." if left_out else chosen


def print_losses(losses: LossReport, format_id: str) -> None:
    """Print what a format could not hold."""
    if not losses:
        print_lines("", f"{format_id} holds all of it as it is.")
    print_list(f"What {format_id} could not hold as it is:", [_loss_text(loss) for loss in losses])


def _loss_text(loss: Loss) -> str:
    effect = str(loss.effect)
    if loss.effect == "converted":
        effect = "changed" if loss.becomes == loss.aspect else f"converted, becomes {loss.becomes}"
    return f"{loss.count} x {loss.aspect} ({effect}): {loss.text}"


def print_list(heading: str, lines: list[str]) -> None:
    """Print lines below a heading, the first ones where there are many."""
    if not lines:
        return
    print_lines("", heading)
    print_lines(*(f"  {line}" for line in lines[:_MOST_SHOWN]))
    if len(lines) > _MOST_SHOWN:
        print_lines(f"  and {len(lines) - _MOST_SHOWN} more; --json lists all")


def print_changes(heading: str, difference: "Difference") -> None:
    """Print how many things of each kind were added, changed and deleted."""
    rows = [(kind, *counts) for kind, counts in difference.counts.items() if any(counts)]
    if rows:
        print_lines(heading)
        print_table(("", "added", "changed", "deleted"), rows)
    else:
        print_lines(f"{heading} nothing.")
