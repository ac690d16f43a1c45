"""A block of memory that two processes see, for the pixels of one picture at a time; it leaves no file behind."""

import math
import mmap
import os
import sys
import tempfile
import uuid
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]

_PAGE: Final = mmap.ALLOCATIONGRANULARITY
# A block that was made for a huge picture is given back when the next ones need less than this share of it.
_MOST_KEPT: Final = 64 << 20
_SHARE: Final = 4


class SharedPixels:
    """The end that writes pictures, and hands `place` and `size` to the other one, which opens them with `SeenPixels`.

    file: a descriptor that the other process inherits; None on Windows, where blocks have names.
    """

    def __init__(self) -> None:
        self.file: int | None = None if sys.platform == "win32" else _anonymous_file()
        self.place = "" if self.file is None else str(self.file)
        self.size = 0
        self._block: mmap.mmap | None = None

    def put(self, pixels: Pixels) -> None:
        """Copy pixels (H, W, channels) to the beginning of the block."""
        self._make_room(pixels.size)
        assert self._block is not None
        np.copyto(np.frombuffer(self._block, np.uint8, pixels.size).reshape(pixels.shape), pixels)

    def close(self) -> None:
        """Give the memory back."""
        self._drop()
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _make_room(self, wanted: int) -> None:
        wanted = max(_PAGE, -(-wanted // _PAGE) * _PAGE)
        is_wasteful = self.size > _MOST_KEPT and wanted < self.size // _SHARE
        if self.size >= wanted and not is_wasteful:
            return
        self._drop()
        if sys.platform == "win32":
            self.place = f"annotator-{uuid.uuid4().hex}"
            self._block = mmap.mmap(-1, wanted, tagname=self.place)
        else:
            assert self.file is not None
            os.ftruncate(self.file, wanted)
            self._block = mmap.mmap(self.file, wanted)
        self.size = wanted

    def _drop(self) -> None:
        if self._block is not None:
            self._block.close()
            self._block = None
        self.size = 0


class SeenPixels:
    """The other end: pictures in the block of a `SharedPixels`."""

    def __init__(self) -> None:
        self._known = ("", 0)
        self._block: mmap.mmap | None = None

    def picture(self, place: str, size: int, shape: tuple[int, int, int]) -> Pixels:
        """Return the pixels of a shape (H, W, channels); once the next picture is put there, they are those of that."""
        if self._known != (place, size) or self._block is None:
            if sys.platform == "win32":
                self._block = mmap.mmap(-1, size, tagname=place, access=mmap.ACCESS_READ)
            else:
                self._block = mmap.mmap(int(place), size, access=mmap.ACCESS_READ)
            self._known = (place, size)
        return np.frombuffer(self._block, np.uint8, math.prod(shape)).reshape(shape)


def _anonymous_file() -> int:
    """Return the descriptor of a file without a name, in memory where the system has that."""
    if sys.platform == "linux":
        return os.memfd_create("annotator-pixels")
    else:
        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())
