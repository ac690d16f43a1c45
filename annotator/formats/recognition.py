"""Which formats a file or folder is in, and why the others decline."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import AnnotatorError
from annotator.safe_io import DEFAULT_LIMITS, Limits, unreadable

if TYPE_CHECKING:
    from annotator.formats.registry import Format


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one format says of a path; reason: a clause."""

    format: "Format"
    fits: bool
    reason: str


def recognise(
    path: Path,
    formats: Iterable["Format"],
    progress: Progress = NO_PROGRESS,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Recognised]:
    """Ask every format about a path; those that fit come first, in their order.

    Raises InputError where there is nothing at the path, or nothing that can be looked at.
    """
    try:
        path.stat()
    except OSError as error:
        raise unreadable(path, error) from None
    answers = [
        _answer(one, path, limits)
        for one in progress.track(list(formats), "Recognising the format")
    ]
    return sorted(answers, key=lambda one: not one.fits)


def _answer(one: "Format", path: Path, limits: Limits) -> Recognised:
    try:
        verdict = one.verdict(path, limits)
    except AnnotatorError as error:
        return Recognised(one, False, str(error).rstrip("."))
    return Recognised(one, verdict.fits, verdict.reason)
