"""Names of labels between a file, which may hold anything, and a schema, which keeps them legal and apart."""

import re
from typing import Final

from annotator.core.errors import InvalidValueError
from annotator.core.free_names import FreeNames
from annotator.core.labels import MAX_NAME_LENGTH, LabelSchema, checked_name

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
# Leaves room for the number that keeps two names apart.
_LONGEST: Final = MAX_NAME_LENGTH - 16


class LabelNames:
    """The names given out in one schema: each legal, no two equal."""

    def __init__(self) -> None:
        self._names = FreeNames(lambda name, number: f"{name} ({number})")

    def claim(self, wanted: str, fallback: str) -> str:
        """Return `wanted` if a label can have it and none has it yet, else a name like it."""
        return self._names.claim(_legal(wanted, fallback))


def flat_names(labels: LabelSchema) -> dict[int, str]:
    """Return a name for each label, by label id, for formats without labels below labels.

    A name that several labels have, below different ones, is written with those above it: `car/wheel`.
    """
    count: dict[str, int] = {}
    for label in labels:
        count[label.name] = count.get(label.name, 0) + 1
    names = LabelNames()
    # Those that keep their name come first, so that no longer one takes it from them.
    plain = [label for label in labels if count[label.name] == 1]
    others = [label for label in labels if count[label.name] > 1]
    result = {label.id: names.claim(label.name, label.name) for label in plain}
    for label in others:
        result[label.id] = names.claim(_path(labels, label.id), label.name)
    return {label.id: result[label.id] for label in labels}


def _path(labels: LabelSchema, label_id: int) -> str:
    parts: list[str] = []
    above: int | None = label_id
    while above is not None:
        label = labels[above]
        parts.append(label.name)
        above = label.parent
    return "/".join(reversed(parts))


def _legal(wanted: str, fallback: str) -> str:
    try:
        return checked_name(wanted, "A label")
    except InvalidValueError:
        text = _BREAKS.sub(" ", wanted)[:_LONGEST].strip()
    return text or fallback
