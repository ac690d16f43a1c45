"""The annotations of a frame in the order of a list: found by words, sorted, and grouped by label. No Qt."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.columns import IntArray
from annotator.core.geometry import BoolArray
from annotator.core.labels import LabelSchema
from annotator.core.query import Filter, FilterError, parse_filter
from annotator.core.query_matching import mask, word_mask

Order: TypeAlias = Literal["oldest", "newest", "label", "size", "left", "top"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
_NO_IDS: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the list is to be: its order, whether it is grouped, which groups are folded, and what is looked for."""

    order: Order = "oldest"
    is_grouped: bool = False
    folded: frozenset[int] = _NO_IDS
    search: str = ""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """R rows of a list.

    ids: int64 (R,), that of an annotation, or that of the label of a head. heads: bool (R,). numbers: int64 (R,),
    which one of the frame an annotation is, counted from 1 by age, or how many belong to a head. found: how many
    annotations are in the list, those of folded groups included.
    """

    ids: IntArray
    heads: BoolArray
    numbers: IntArray
    found: int

    def __len__(self) -> int:
        return len(self.ids)

    def without(self, start: int, count: int) -> "Arrangement":
        """Return it without some rows."""
        out = slice(start, start + count)
        return Arrangement(
            np.delete(self.ids, out),
            np.delete(self.heads, out),
            np.delete(self.numbers, out),
            self.found,
        )

    def rows_of(self, annotation_ids: Collection[int]) -> IntArray:
        """Return the rows of annotations in their order; those that are not in the list are left out."""
        if not annotation_ids:
            return np.zeros(0, dtype=np.int64)
        wanted = np.fromiter(annotation_ids, dtype=np.int64, count=len(annotation_ids))
        return np.flatnonzero(np.isin(self.ids, wanted) & ~self.heads)


def arranged(
    columns: AnnotationColumns, labels: LabelSchema, listed: BoolArray, wanted: Wanted
) -> Arrangement:
    """Return the rows for the annotations of a frame; `listed` says which (N,) may be among them."""
    rows = np.flatnonzero(listed & _found(columns, labels, wanted.search))
    rows = rows[_order(columns, labels, rows, wanted.order)]
    numbers = rows + 1
    if not wanted.is_grouped:
        heads: BoolArray = np.zeros(len(rows), dtype=bool)
        return Arrangement(columns.ids[rows], heads, numbers, len(rows))
    return _grouped(columns, labels, rows, wanted.folded)


NOTHING_ARRANGED: Final = Arrangement(
    np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64), 0
)


def _found(columns: AnnotationColumns, labels: LabelSchema, search: str) -> BoolArray:
    """Return which annotations (N,) a search finds: a filter, whose words are found as numbers too."""
    try:
        asked = parse_filter(search)
    except FilterError:
        # Not yet, or never, a filter: all of it is one text.
        asked = Filter(words=(search.strip(),))
    found = mask(replace(asked, words=()), columns, labels)
    for word in asked.words:
        has_word = word_mask(word, columns, labels, among=found)
        if word.isdecimal() and len(word) < 10:
            number: BoolArray = np.arange(1, len(columns) + 1) == int(word)
            has_word |= number
        found &= has_word
    return found


def _order(
    columns: AnnotationColumns, labels: LabelSchema, rows: IntArray, order: Order
) -> IntArray:
    """Return the order of some rows, which are the oldest first now; of equal ones the older comes first."""
    match order:
        case "newest":
            keys = -np.arange(len(rows), dtype=np.float64)
        case "label":
            keys = _label_places(columns, labels, rows).astype(np.float64)
        case "size":
            sizes = columns.sizes[rows]
            # Tags have none, and come last as all NaN do.
            keys = -(sizes[:, 0] * sizes[:, 1])
        case "left":
            keys = columns.boxes[rows, 0]
        case "top":
            keys = -columns.z_orders[rows].astype(np.float64)
        case _:
            keys = np.zeros(len(rows))
    return np.argsort(keys, kind="stable")


def _label_places(columns: AnnotationColumns, labels: LabelSchema, rows: IntArray) -> IntArray:
    """Return where in the schema the label of each row stands; one that is not there comes last."""
    ids = np.array([label.id for label in labels], dtype=np.int64)
    if not len(ids):
        return np.zeros(len(rows), dtype=np.int64)
    order = np.argsort(ids)
    places = np.minimum(np.searchsorted(ids[order], columns.labels[rows]), len(ids) - 1)
    found = order[places]
    return np.where(ids[found] == columns.labels[rows], found, len(ids))


def _grouped(
    columns: AnnotationColumns, labels: LabelSchema, rows: IntArray, folded: frozenset[int]
) -> Arrangement:
    rows = rows[np.argsort(_label_places(columns, labels, rows), kind="stable")]
    own = columns.labels[rows]
    edges = [0, *(np.flatnonzero(np.diff(own)) + 1).tolist(), len(rows)]
    ids: list[IntArray] = []
    heads: list[BoolArray] = []
    numbers: list[IntArray] = []
    for first, last in pairwise(edges):
        if first == last:
            continue  # there is nothing at all
        label = int(own[first])
        shown = rows[first:last] if label not in folded else rows[:0]
        ids += [np.array([label], dtype=np.int64), columns.ids[shown]]
        heads += [np.ones(1, dtype=bool), np.zeros(len(shown), dtype=bool)]
        numbers += [np.array([last - first], dtype=np.int64), shown + 1]
    if not ids:
        return NOTHING_ARRANGED
    return Arrangement(
        np.concatenate(ids), np.concatenate(heads), np.concatenate(numbers), len(rows)
    )


def difference(old: Arrangement, new: Arrangement) -> tuple[int, int, int]:
    """Return how many rows at the start both share, and how many follow in the old and in the new one instead.

    What comes after those is the same in both again.
    """
    most = min(len(old), len(new))
    same = (old.ids[:most] == new.ids[:most]) & (old.heads[:most] == new.heads[:most])
    start = most if same.all() else int(np.argmin(same))
    rest = most - start
    if not rest:
        return start, len(old) - start, len(new) - start
    tail = (old.ids[-rest:] == new.ids[-rest:]) & (old.heads[-rest:] == new.heads[-rest:])
    end = rest if tail.all() else int(np.argmin(tail[::-1]))
    return start, len(old) - start - end, len(new) - start - end
