"""Which of the pictures that were found become frames of a task, and in what order."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypeVar, get_args

from annotator.core.errors import InvalidValueError

T = TypeVar("T")

Order: TypeAlias = Literal["natural", "lexicographic", "random"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Selection:
    """Every `step`-th picture from `first` to `last`, counted from 0, both included, once they are in order.

    order: natural is as people count; lexicographic by the characters of the names; random by `seed`, the same
    on every computer. last: None for the last there is.
    """

    first: int = 0
    last: int | None = None
    step: int = 1
    order: Order = "natural"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.first < 0 or (self.last is not None and self.last < self.first):
            raise InvalidValueError(
                "A range of pictures begins at 0 or later, and does not end before it begins."
            )
        if self.step < 1:
            raise InvalidValueError(f"The step of a range is at least 1, not {self.step}.")
        if self.order not in ORDERS:
            raise InvalidValueError(f"Pictures cannot be in {self.order!r} order.")

    @property
    def takes_all(self) -> bool:
        """Whether no picture is left out, however many there are."""
        return self.first == 0 and self.last is None and self.step == 1

    @property
    def is_plain(self) -> bool:
        """Whether pictures are taken as they come."""
        return self.takes_all and self.order == "natural"

    def of(self, pictures: Sequence[T], name_of: Callable[[T], str]) -> list[T]:
        """Return the chosen ones of pictures that come in natural order."""
        ordered = list(pictures)
        if self.order == "lexicographic":
            ordered.sort(key=name_of)
        elif self.order == "random":
            # By the methods that promise the same numbers in every version of Python.
            chance = random.Random(self.seed)  # noqa: S311 - an order, no secret
            ordered = [one for _, one in sorted(
                ((chance.random(), one) for one in ordered), key=lambda pair: pair[0]
            )]  # fmt: skip
        end = None if self.last is None else self.last + 1
        return ordered[self.first : end : self.step]

    def count_of(self, total: int) -> int:
        """Return how many of `total` pictures are chosen."""
        end = total if self.last is None else min(total, self.last + 1)
        return len(range(self.first, end, self.step))


EVERYTHING: Final = Selection()
