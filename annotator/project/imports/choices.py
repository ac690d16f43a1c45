"""What a person decides about an import: where labels go, which frame is meant, what becomes of what is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from annotator.core.labels import LabelSchema
from annotator.formats.label_names import flat_names
from annotator.project.imports.frame_matching import FrameKey

# More labels than this are not remembered for the next import.
_MOST_REMEMBERED: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """Decisions that go before what names and numbers say.

    labels: by the name in the dataset (`flat_names`): the id of the project's label that is meant, None where
    nothing with that label is taken; labels that are not here are found by their names, or made. frames: by what
    tells a frame of the dataset: the id of the task's frame, None where nothing on it is taken. replace: whether what
    is on the frames is deleted first.
    """

    labels: Mapping[str, int | None] = field(default_factory=dict)
    frames: Mapping[FrameKey, int | None] = field(default_factory=dict)
    replace: bool = False

    def skipped(self, found: LabelSchema) -> frozenset[int]:
        """Return the labels of a dataset, by id, of which nothing is taken."""
        names = flat_names(found)
        return frozenset(one for one, name in names.items() if self.labels.get(name, 0) is None)

    def targets(self, known: LabelSchema, found: LabelSchema) -> dict[int, int]:
        """Return the project's label for each label of a dataset that has one by choice, both by id.

        A label that the project no longer has is no choice any more.
        """
        targets: dict[int, int] = {}
        for label_id, name in flat_names(found).items():
            wanted = self.labels.get(name)
            if wanted is not None and known.get(wanted) is not None:
                targets[label_id] = wanted
        return targets


NO_CHOICES: Final = ImportChoices()


def remembered_labels(kept: Any) -> dict[str, int | None]:
    """Return the choices of labels in a value that `labels_to_remember` gave; what is none is left out."""
    if not isinstance(kept, dict):
        return {}
    return {
        name: label
        for name, label in kept.items()
        if isinstance(name, str) and (label is None or type(label) is int)
    }


def labels_to_remember(
    before: Mapping[str, int | None], now: Mapping[str, int | None]
) -> dict[str, int | None]:
    """Return the choices to be kept for the next import as a JSON value, the latest of those that are too many."""
    joined = {name: label for name, label in before.items() if name not in now} | dict(now)
    return dict(list(joined.items())[-_MOST_REMEMBERED:])
