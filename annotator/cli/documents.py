"""Values as JSON objects: what `--json` prints."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from annotator.formats.losses import Loss
from annotator.project.moments import moment_of

if TYPE_CHECKING:
    from annotator.project.copies.difference import Difference
    from annotator.project.frames.frame_selection import Choice
    from annotator.project.project import Project
    from annotator.project.storage.history import Step


def step_document(step: "Step") -> dict[str, Any]:
    """Return a step. made: in UTC, ISO 8601."""
    return {
        "id": step.id,
        "title": step.title,
        "author": step.author,
        "made": moment_of(step.made_at_ms).isoformat(timespec="milliseconds"),
        "state": step.state,
        "rows": step.rows,
        "sealed": step.is_sealed,
    }


def as_it_is_now(project: "Project", step: "Step") -> "Step":
    """Return a step with the state it has after it was undone or done again."""
    return project.history(before=step.id + 1, limit=1)[0]


def loss_documents(losses: Iterable[Loss]) -> list[dict[str, Any]]:
    """Return the rows of a loss report."""
    return [
        {
            "aspect": one.aspect,
            "effect": one.effect,
            "count": one.count,
            "becomes": one.becomes,
            "text": one.text,
        }
        for one in losses
    ]


def choice_document(choice: "Choice") -> dict[str, Any]:
    """Return which frames were chosen, and how many were left out for that."""
    return {
        "frames": choice.frames,
        "of": choice.of,
        "left_out": choice.left_out,
        "conditions": choice.selection,
    }


def change_documents(difference: "Difference") -> dict[str, dict[str, int]]:
    """Return how many things of each kind were added, changed and deleted."""
    return {kind: counts._asdict() for kind, counts in difference.counts.items()}
