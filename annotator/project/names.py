"""Names that nothing in a project has yet."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from annotator.core.free_names import FreeNames
from annotator.core.labels import MAX_NAME_LENGTH, Label

# What a number behind a name may take.
_LONGEST_NUMBER: Final = 20


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where it is taken: `cat (2)`."""
    return FreeNames("{} ({})".format).free(name, taken.__contains__)


def out_of_the_way(
    going: Collection[Label], names: Collection[tuple[int | None, str]]
) -> list[Label]:
    """Return those labels that are about to go and whose names others take, under names that nobody has.

    names: what the others are called, each name behind the id of the label above it.
    """
    taken = {*names, *((label.parent, label.name) for label in going)}
    return list(_renamed((one for one in going if (one.parent, one.name) in names), taken))


def _renamed(labels: Iterable[Label], taken: set[tuple[int | None, str]]) -> Iterable[Label]:
    for label in labels:
        beside = {name for above, name in taken if above == label.parent}
        name = free_name(label.name[: MAX_NAME_LENGTH - _LONGEST_NUMBER], beside)
        taken.add((label.parent, name))
        yield replace(label, name=name)
