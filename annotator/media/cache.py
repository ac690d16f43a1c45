"""Decoded frames that are kept for the case that they are wanted again."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteBudgetCache(Generic[K, V]):
    """Keeps values up to a number of bytes and forgets the longest unused first. Not for several threads at once."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What the kept values take, never more than the budget."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        """Whether a value is kept; asking does not count as a use."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """Return a value and count that as a use; None if it is not kept."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def peek(self, key: K) -> V | None:
        """Return a value without counting that as a use; None if it is not kept."""
        entry = self._entries.get(key)
        return None if entry is None else entry[0]

    def items(self) -> list[tuple[K, V]]:
        """Return what is kept, the longest unused first, without counting that as a use."""
        return [(key, value) for key, (value, _) in self._entries.items()]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of `size` bytes, unless it alone is larger than the budget."""
        self.forget(key)
        if size > self.budget:
            return
        while self._bytes + size > self.budget:
            self._bytes -= self._entries.popitem(last=False)[1][1]
        self._entries[key] = (value, size)
        self._bytes += size

    def forget(self, key: K) -> None:
        """Drop a value, if it is kept."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry[1]

    def clear(self) -> None:
        """Drop all values."""
        self._entries.clear()
        self._bytes = 0
