"""Masks as run lengths.

The canonical form is COCO's: runs go **column by column** over the pixels, the first run counts background
(0 when the first pixel is set), runs alternate and add up to height times width. CVAT's runs go row by row;
`transpose_counts` turns one into the other. Compressed text is COCO's variant of LEB128 as written in
`maskApi.c` of the COCO API.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.core.errors import GeometryError
from annotator.core.geometry import BoolArray

Counts: TypeAlias = NDArray[np.int64]

# What a mask may be: a longer run does not fit into the 32 bits in which it is stored, and more runs than these are
# no outline of anything. A picture of 100 megapixels with noise for a mask has fewer.
MOST_PIXELS: Final = (1 << 32) - 1
MOST_RUNS: Final = 1 << 24

# Below this every sum of run lengths is exact in float64.
_PIXEL_LIMIT: Final = 1 << 53


def counts_from_mask(mask: BoolArray) -> Counts:
    """Encode a mask (H, W) as run lengths, column by column."""
    flat = np.asarray(mask, dtype=bool).ravel(order="F")
    return _runs(flat)


def mask_from_counts(counts: ArrayLike, height: int, width: int) -> BoolArray:
    """Decode run lengths into a mask (height, width).

    Raises GeometryError unless the runs are not negative and add up to height times width: other decoders
    return uninitialised memory for short ones.
    """
    runs = checked_counts(counts, height, width)
    values = np.zeros(len(runs), dtype=bool)
    values[1::2] = True
    return np.repeat(values, runs).reshape((height, width), order="F")


def checked_counts(counts: ArrayLike, height: int, width: int) -> Counts:
    """Return counts as an array; raise GeometryError unless they fill height times width exactly."""
    runs = _whole_numbers(counts)
    if height < 0 or width < 0 or height * width >= _PIXEL_LIMIT:
        raise GeometryError(f"A mask cannot be {width} x {height} pixels.")
    if len(runs) and (int(runs.min()) < 0 or int(runs.max()) > height * width):
        raise GeometryError("A run length of a mask is negative or longer than the mask.")
    # Whole numbers would overflow where a file holds many huge runs.
    total = float(runs.sum(dtype=np.float64))
    if total != height * width:
        raise GeometryError(
            f"The run lengths of a mask add up to {total:.0f}, not to {width} x {height}."
        )
    return runs


def _whole_numbers(counts: ArrayLike) -> Counts:
    try:
        found = np.asarray(counts).ravel()
    except ValueError:  # lists of different lengths
        raise GeometryError("The run lengths of a mask are not a list of numbers.") from None
    if not len(found):
        return np.zeros(0, dtype=np.int64)
    # A fraction makes an array of floats, a number beyond 64 bits one of floats or objects.
    if found.dtype.kind not in "iu":
        raise GeometryError("The run lengths of a mask are not whole numbers.")
    return found.astype(np.int64, copy=False)


def merged_counts(runs: Counts) -> Counts:
    """Join runs that only a run of no pixels separates, so that the same pixels always have the same counts."""
    kept = np.flatnonzero(runs)
    if not len(kept):
        return runs[:0]
    if len(runs) - len(kept) == int(runs[0] == 0):
        return runs
    value = kept & 1
    starts = np.flatnonzero(np.concatenate(([True], value[1:] != value[:-1])))
    merged: Counts = np.add.reduceat(runs[kept], starts)
    return np.concatenate((np.zeros(1, dtype=np.int64), merged)) if value[0] else merged


def area_of_counts(counts: Counts) -> int:
    """Return the number of set pixels."""
    return int(counts[1::2].sum())


def transpose_counts(counts: ArrayLike, height: int, width: int) -> Counts:
    """Turn runs that go row by row over (height, width) into runs that go column by column."""
    # Row-wise runs of a picture are column-wise runs of its transpose.
    return counts_from_mask(mask_from_counts(counts, width, height).T)


def counts_to_text(counts: Counts) -> str:
    """Write run lengths as COCO's compressed text.

    5 bits a character from ASCII 48; from the fourth run on, differences to the run before the last.
    """
    values = [int(value) for value in counts]
    text = bytearray()
    for i, value in enumerate(values):
        rest = value - values[i - 2] if i > 2 else value
        while True:
            low = rest & 0x1F
            rest >>= 5
            more = rest != -1 if low & 0x10 else rest != 0
            text.append(48 + (low | 0x20 if more else low))
            if not more:
                break
    return text.decode("ascii")


def counts_from_text(text: str) -> Counts:
    """Read COCO's compressed text. Raises GeometryError where it breaks off or holds another character."""
    values: list[int] = []
    rest = 0
    shift = 0
    for character in text:
        low = ord(character) - 48
        if not 0 <= low < 64 or shift > 60:
            raise GeometryError("The compressed run lengths of a mask hold a wrong character.")
        rest |= (low & 0x1F) << shift
        shift += 5
        if low & 0x20:
            continue
        if low & 0x10:
            rest |= -1 << shift
        if len(values) > 2:
            rest += values[-2]
        if not 0 <= rest < 1 << 62:
            raise GeometryError("A compressed run length of a mask is negative or too long.")
        values.append(rest)
        rest = 0
        shift = 0
    if shift:
        raise GeometryError("The compressed run lengths of a mask break off.")
    return np.array(values, dtype=np.int64)


def crop_box(mask: BoolArray) -> tuple[int, int, int, int] | None:
    """Return the tight cell range (x0, y0, x1, y1), ends excluded, of the set pixels; None for an empty mask."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return None
    rows = np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _runs(flat: BoolArray) -> Counts:
    if not len(flat):
        return np.zeros(0, dtype=np.int64)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [len(flat)]))
    runs = np.diff(edges).astype(np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), runs)) if flat[0] else runs
