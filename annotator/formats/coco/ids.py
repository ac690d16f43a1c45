"""Ids in a COCO file: those that a file gave are kept where they can be, all others follow the highest."""

from typing import Final, TypeGuard

from annotator.formats.coco.records import RecordId

_TOO_HIGH: Final = 1 << 53
"""From here on, programs that read numbers as float64 see different ids as one."""


class IdRange:
    """Gives out the ids of one list of a file: first `note` all that are wanted, then `take` them one by one."""

    def __init__(self, lowest: int = 0) -> None:
        self._lowest = lowest
        self._highest = 0
        self._taken: set[RecordId] = set()

    def note(self, wanted: object) -> None:
        """Take note of an id that somebody will want."""
        if self._is_usable(wanted) and isinstance(wanted, int):
            self._highest = max(self._highest, wanted)

    def take(self, wanted: object) -> RecordId:
        """Return the wanted id if it is one and nobody has it, else a new one."""
        if self._is_usable(wanted) and wanted not in self._taken:
            self._taken.add(wanted)
            return wanted
        self._highest += 1
        return self._highest

    def _is_usable(self, wanted: object) -> TypeGuard[RecordId]:
        if isinstance(wanted, int) and not isinstance(wanted, bool):
            return self._lowest <= wanted < _TOO_HIGH
        return isinstance(wanted, str) and bool(wanted)
