"""What a format cannot hold: counted before anything is written, and comparable with what really went.

A dataset is looked at as a bag of facts (`facts.py`), each of one aspect: that a frame exists, that a label
has a colour, that a frame shows a rectangle of some label at some place. What a writer loses is the bag of
the source less the bag of what can be read back; what it makes up is the difference the other way. Writers
state both before writing, and tests hold the statement against the computed difference.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

# Dropped: nothing of it is in the output. Converted: the output holds something else in its place. Added: the
# output holds what the source has not, in place of nothing in particular.
Effect: TypeAlias = Literal["dropped", "converted", "added"]
Fact: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """One row of the loss report: `count` facts of an aspect are dropped, become something else, or are made up.

    becomes: what stands in the output instead (an aspect), empty for "dropped"; for "added" it is the aspect
    itself. text: a sentence for the user. frame: the number of the first frame in the view on which it happens, None
    where it belongs to none.
    """

    aspect: str
    effect: Effect
    count: int
    text: str
    becomes: str = ""
    frame: int | None = None


@dataclass(slots=True)
class LossReport:
    """What writing a dataset in a format would lose, and what it would add, by aspect.

    frame: the number of the frame that is being looked at, which new rows take as their example.
    """

    lost: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    frame: int | None = None
    _rows: dict[tuple[str, Effect, str, str], int] = field(default_factory=dict)
    _examples: dict[tuple[str, Effect, str, str], int] = field(default_factory=dict)

    def drop(self, aspect: str, text: str, count: int = 1) -> None:
        """Note that facts of an aspect do not reach the output."""
        self._note(aspect, "dropped", "", text, count)
        self.lost[aspect] += count

    def convert(self, aspect: str, becomes: str, text: str, count: int = 1) -> None:
        """Note that facts of an aspect reach the output as facts of another, or as other values of the same."""
        self._note(aspect, "converted", becomes, text, count)
        self.lost[aspect] += count
        self.added[becomes] += count

    def add(self, aspect: str, count: int = 1, text: str = "") -> None:
        """Note facts in the output that the source does not have, such as the second part of a split object.

        Without a text they are counted and have no row of their own.
        """
        if text:
            self._note(aspect, "added", aspect, text, count)
        self.added[aspect] += count

    def mention(self, aspect: str, text: str, count: int = 1) -> None:
        """Add a row for something dropped that is no fact of a dataset, such as a picture that cannot be copied."""
        self._note(aspect, "dropped", "", text, count)

    def _note(self, aspect: str, effect: Effect, becomes: str, text: str, count: int) -> None:
        key = (aspect, effect, becomes, text)
        self._rows[key] = self._rows.get(key, 0) + count
        if self.frame is not None:
            self._examples.setdefault(key, self.frame)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __iter__(self) -> Iterator[Loss]:
        for key, count in self._rows.items():
            aspect, effect, becomes, text = key
            yield Loss(aspect, effect, count, text, becomes, self._examples.get(key))


def difference(source: Counter[Fact], output: Counter[Fact]) -> LossReport:
    """Return the computed difference of two bags of facts as a report without texts."""
    report = LossReport()
    for aspect, count in _by_aspect((source - output).items()):
        report.lost[aspect] += count
    for aspect, count in _by_aspect((output - source).items()):
        report.added[aspect] += count
    return report


def _by_aspect(facts: Iterable[tuple[Fact, int]]) -> Iterator[tuple[str, int]]:
    for fact, count in facts:
        yield fact[0], count
