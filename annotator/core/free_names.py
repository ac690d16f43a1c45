"""Names that are told apart by a number."""

from collections.abc import Callable


class FreeNames:
    """Names given out in one place: of several that would be equal each but the first gets a number, from 2 on.

    numbered: makes a name with a number of one without. sameness: names for which it is the same are equal.
    """

    def __init__(
        self, numbered: Callable[[str, int], str], sameness: Callable[[str], str] = str
    ) -> None:
        self._numbered, self._sameness = numbered, sameness
        self._taken: set[str] = set()
        # Many may want one name: none of them tries again what the others have tried.
        self._next: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Return the name, or one with a number, that was not given out before."""
        name = self.free(wanted, lambda one: self._sameness(one) in self._taken)
        self._taken.add(self._sameness(name))
        return name

    def free(self, wanted: str, is_taken: Callable[[str], bool]) -> str:
        """Return the name, or one with a number, that is not taken. What is taken once must stay so."""
        name = wanted
        while is_taken(name):
            number = self._next.get(wanted, 2)
            self._next[wanted] = number + 1
            name = self._numbered(wanted, number)
        return name
