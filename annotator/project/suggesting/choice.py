"""Which model a person has let suggest in a project, and from which scores on; kept beside the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from annotator.project.project import Project
from annotator.project.view_memory import ViewMemory

# What may be chosen in place of a model: nothing is suggested; or no model looks, what was found is shown.
OFF: Final = "-"
STILL: Final = "."

_NAME: Final = "suggesting"


@dataclass(frozen=True, slots=True)
class SuggestingChoice:
    """What was chosen.

    model: an id, OFF, STILL, or empty where nothing was. before: what was, before OFF. thresholds: the least scores
    that a person has set, by the id of the model.
    """

    model: str = ""
    before: str = ""
    thresholds: Mapping[str, float] = field(default_factory=dict)


def read_choice(project: Project) -> SuggestingChoice:
    """Return what was chosen; what cannot be understood of it was not."""
    kept: Any = ViewMemory(project).get(_NAME)
    if not isinstance(kept, dict):
        return SuggestingChoice()
    model, before, thresholds = kept.get("model"), kept.get("before"), kept.get("thresholds")
    return SuggestingChoice(
        model if isinstance(model, str) else "",
        before if isinstance(before, str) else "",
        {
            name: float(value)
            for name, value in (thresholds if isinstance(thresholds, dict) else {}).items()
            if type(value) in (int, float) and 0 <= value <= 1
        },
    )


def keep_choice(project: Project, choice: SuggestingChoice) -> None:
    """Keep what was chosen, where the project can be written."""
    kept = {"model": choice.model, "before": choice.before, "thresholds": dict(choice.thresholds)}
    ViewMemory(project).set(_NAME, kept)
