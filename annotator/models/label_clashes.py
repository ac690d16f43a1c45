"""Labels of a model that are one and the same in a project."""

from collections.abc import Sequence

from annotator.core.spelling import folded


def clashing(labels: Sequence[str]) -> list[str]:
    """Return the names that several labels of a model have, capitals aside; a project knows one label of each."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for label in labels:
        name = folded(label)
        if name in first:
            found[name] = first[name]
        first.setdefault(name, label)
    return list(found.values())
