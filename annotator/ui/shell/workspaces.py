"""The workspaces: for each kind of work, which panels are there before the user arranges them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Workspace:
    """One arrangement of the window. shown: the docks that are there at first; None means each dock's own wish."""

    id: str
    title: str
    help: str
    shown: frozenset[str] | None = None


WORKSPACES: Final[tuple[Workspace, ...]] = (
    Workspace("annotate", "Annotate", "Draws and labels."),
    Workspace(
        "review",
        "Review",
        "Goes through frames, their states and the history.",
        frozenset({"objects", "properties", "frames", "task_jobs", "history", "film_strip"}),
    ),
)


def workspace_named(workspace_id: str) -> Workspace:
    """Return a workspace by its id, the first one where there is none of that id."""
    return next((one for one in WORKSPACES if one.id == workspace_id), WORKSPACES[0])
