"""Numbers for the groups of a dataset."""


class Groups:
    """Group numbers of the dataset under numbers that no other group of the project has.

    first: the number of the first group. go_on_at: of an import that is resumed, the first number that nobody
    has by now: those behind what is stored may have been taken since.
    """

    def __init__(self, first: int, *, go_on_at: int | None = None) -> None:
        self._first = first
        self._go_on_at = go_on_at
        self._numbers: dict[int, int] = {}
        self._stored: set[int] = set()
        self._fresh: dict[int, int] = {}

    def number_of(self, group: int, *, is_stored: bool = False) -> int:
        """Return the number in the project; 0 stays "no group". is_stored: whether something stored has it."""
        if group == 0:
            return 0
        number = self._numbers.setdefault(group, self._first + len(self._numbers))
        if self._go_on_at is None:
            return number
        if is_stored:
            self._stored.add(group)
        if group in self._stored:
            return number
        return self._fresh.setdefault(group, self._go_on_at + len(self._fresh))
