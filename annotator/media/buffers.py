"""Memory for pixels that is used again.

Memory a process touches for the first time costs more than the decoding that fills it: the system has to clear
every page. The pool therefore lends blocks and takes them back. A lent array rests on a `_Loan`; views of it, and
whatever else shares its memory (a QImage, for one), keep the loan alive, and when the last of them is gone the
loan ends by itself. So a block can never be filled anew while somebody still shows it, and nobody has to say that
they are done with it.
"""

import math
import threading
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Lend: TypeAlias = Callable[[tuple[int, ...]], Pixels]
"""Gives an uninitialised, contiguous array of a shape."""

_PAGE: Final = 4096


def new_memory(shape: tuple[int, ...]) -> Pixels:
    """Lend from no pool: memory of its own for each array."""
    return np.empty(shape, dtype=np.uint8)


class BufferPool:
    """Lends arrays and keeps up to `limit` bytes of returned memory for the next ones. For any thread."""

    def __init__(self, limit: int = 256 << 20) -> None:
        self._limit = limit
        # Reentrant, as a loan can end wherever an object dies, also in here.
        self._lock = threading.RLock()
        self._free: dict[int, list[Pixels]] = {}
        self._free_bytes = 0

    @property
    def free_bytes(self) -> int:
        """How much memory waits to be lent again."""
        return self._free_bytes

    def lend(self, shape: tuple[int, ...]) -> Pixels:
        """Return an uninitialised array of this shape; its memory comes back once nobody refers to it."""
        length = math.prod(shape)
        size = _size_class(length)
        loan = _Loan(self._take(size), self._take_back)
        return np.asarray(loan)[:length].reshape(shape)

    def _take(self, size: int) -> Pixels:
        with self._lock:
            blocks = self._free.get(size)
            if blocks:
                self._free_bytes -= size
                return blocks.pop()
        return np.empty(size, dtype=np.uint8)

    def _take_back(self, block: Pixels) -> None:
        with self._lock:
            if self._free_bytes + block.size <= self._limit:
                self._free.setdefault(block.size, []).append(block)
                self._free_bytes += block.size


class _Loan:
    """What a lent array rests on: numpy keeps it as the array's base."""

    __slots__ = ("__array_interface__", "_block", "_give_back")

    def __init__(self, block: Pixels, give_back: Callable[[Pixels], None]) -> None:
        self.__array_interface__: dict[str, Any] = block.__array_interface__
        self._block = block
        self._give_back = give_back

    def __del__(self) -> None:
        self._give_back(self._block)


def _size_class(length: int) -> int:
    """Round up by at most an eighth, so that pictures of nearly the same size share blocks."""
    step = max(_PAGE, 1 << max(0, length.bit_length() - 4))
    return -(-max(length, 1) // step) * step
