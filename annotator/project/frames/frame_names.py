"""Finding frames by some letters of their name, in a few milliseconds among a hundred thousand.

The names of a task are one array of bytes, searched as a whole: no Python object for each name, and nothing that
keeps other threads waiting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.core.spelling import folded

Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_NEWLINE: Final = 10
_SLASH: Final = 47
# With as many names that hold the query in one piece nobody looks for others.
_ENOUGH: Final = 200
# Nobody types more letters of a name with others between them, unless nothing else is found.
_LONGEST_SCATTERED: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class FrameNames:
    """The names of the frames of a task, in their order, without removed ones.

    positions: one for each frame. text: the folded names in UTF-8, each behind a line end. starts: where each name
    begins in `text`, and one more for its end. counts: how often each byte is in `text`.
    """

    positions: Integers
    text: Bytes
    starts: Integers
    counts: Integers

    def __len__(self) -> int:
        return len(self.positions)

    def find(self, query: str) -> Integers:
        """Return the rows of the names that match, the best first; all rows for an empty query.

        First those whose file name begins with the query, then those that hold it in one piece; where these are few,
        those that hold its letters in their order, too. Capital letters count as small ones.
        """
        wanted = _folded(query.strip().replace("\n", " "))
        if not wanted:
            return np.arange(len(self), dtype=np.int64)
        at = self._places(wanted)
        rows = self.starts.searchsorted(at, side="right") - 1
        before = self.text[at - 1]
        begins, holds = np.zeros((2, len(self)), dtype=np.bool_)
        holds[rows] = True
        begins[rows[(before == _NEWLINE) | (before == _SLASH)]] = True
        found = [np.flatnonzero(begins), np.flatnonzero(holds & ~begins)]
        count = np.count_nonzero(holds)
        if count == 0 or (count < _ENOUGH and len(wanted) <= _LONGEST_SCATTERED):
            scattered = self._scattered(wanted)
            found.append(scattered[~holds[scattered]])
        return np.concatenate(found)

    def _places(self, wanted: bytes) -> Integers:
        """Where a text stands in one piece; it holds no line end, so that it never crosses names."""
        counts = [int(self.counts[byte]) for byte in wanted]
        rarest = counts.index(min(counts))
        found = np.flatnonzero(self.text == wanted[rarest]) - rarest
        found = found[(found > 0) & (found + len(wanted) < len(self.text))]
        for offset, byte in enumerate(wanted):
            if offset != rarest:
                found = found[self.text[found + offset] == byte]
        return found

    def _scattered(self, wanted: bytes) -> Integers:
        """The rows whose name holds all bytes in their order."""
        rows = np.arange(len(self), dtype=np.int64)
        at = self.starts[:-1].copy()
        for byte in wanted:
            places = np.flatnonzero(self.text == byte)
            which = places.searchsorted(at)
            inside = which < len(places)
            rows, at, which = rows[inside], at[inside], which[inside]
            at = places[which]
            inside = at < self.starts[rows + 1]
            rows, at = rows[inside], at[inside] + 1
        return rows


def frame_names(names: Iterable[tuple[int, str]]) -> FrameNames:
    """Return (position, name) of the frames of a task, in order, as names that can be searched."""
    positions: list[int] = []
    lines = [""]
    for position, name in names:
        positions.append(position)
        # A name that holds a line end itself, which file systems allow, would begin another name.
        lines.append(name.replace("\n", " "))
    text = np.frombuffer(_folded("\n".join([*lines, ""])), dtype=np.uint8)
    return FrameNames(
        np.array(positions, dtype=np.int64),
        text,
        np.flatnonzero(text == _NEWLINE).astype(np.int64) + 1,
        np.bincount(text, minlength=256),
    )


def _folded(text: str) -> bytes:
    # Names that are no Unicode have surrogates in them.
    return folded(text).encode("utf-8", "surrogatepass")
