"""What the last export of a project was, so that the next one begins there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annotator.formats.view_choices import ViewChoices, Wish
from annotator.project.frames.frame_selection import EVERYTHING, FrameSelection
from annotator.ui.exporting.work import ExportPlan


def plan_to_remember(plan: ExportPlan, folder: Path) -> dict[str, Any]:
    """Return a plan as a JSON value for the next export of the project. folder: in which the dataset was put."""
    selection, choices = plan.selection, plan.choices
    return {
        "format": plan.format.id,
        "only_done": selection.only_done,
        "only_completed": selection.only_completed,
        "only_labelled": selection.only_labelled,
        "subsets": None if selection.subsets is None else sorted(selection.subsets),
        "without": sorted(choices.without),
        "names": {str(label): name for label, name in choices.names.items()},
        "shapes": dict(choices.shapes),
        "decimals": choices.decimals,
        "options": dict(plan.options),
        "folder": str(folder),
    }


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last export of a project was; what is nonsense is as if it had never been kept."""

    format: str = ""
    selection: FrameSelection = EVERYTHING
    choices: ViewChoices = field(default_factory=ViewChoices)
    options: Mapping[str, bool] = field(default_factory=dict)
    folder: str = ""

    @classmethod
    def of(cls, kept: Any) -> "Remembered":
        """Read what `plan_to_remember` gave."""
        if not isinstance(kept, dict):
            return cls()
        subsets = kept.get("subsets")
        decimals = kept.get("decimals")
        return cls(
            _text(kept.get("format")),
            FrameSelection(
                only_done=kept.get("only_done") is True,
                only_completed=kept.get("only_completed") is True,
                only_labelled=kept.get("only_labelled") is True,
                subsets=frozenset(map(_text, subsets)) if isinstance(subsets, list) else None,
            ),
            ViewChoices(
                frozenset(
                    one
                    for one in _listed(kept.get("without"))
                    if type(one) is int and 0 <= one <= _LARGEST_ID
                ),
                {
                    int(key): _text(name)
                    for key, name in _mapped(kept.get("names"))
                    if key.isdecimal() and len(key) <= _MOST_DIGITS
                },
                {key: wish for key, wish in _mapped(kept.get("shapes")) if wish in _WISHES},
                decimals if type(decimals) is int and 0 <= decimals <= 6 else None,
            ),
            {key: on for key, on in _mapped(kept.get("options")) if isinstance(on, bool)},
            _text(kept.get("folder")),
        )


_LARGEST_ID: Final = (1 << 63) - 1
_MOST_DIGITS: Final = len(str(_LARGEST_ID))
_WISHES: tuple[Wish, ...] = ("rectangle", "polygon", "mask", "leave_out")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapped(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
