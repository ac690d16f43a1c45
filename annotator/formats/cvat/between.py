"""Compares the shapes between key frames with what interpolation gives there."""

from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

import numpy as np

from annotator.formats.cvat.moments import Line, Moment
from annotator.formats.cvat.shapes import MASK, TURNED

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Both the key frames and the shapes between them are rounded to two decimals, each by up to half of one.
_TOLERANCE: Final = 0.0101


def count_differing(line: Line, mutable: AbstractSet[str]) -> int:
    """Return how many of the moments between key frames are not what interpolation gives there.

    The numbers go along straight lines, the rotation along the shortest arc, everything else in steps, as in
    `core.interpolation`; but here for all frames between two key frames at once. mutable: names of the attributes
    whose values may change.
    """
    frames = sorted(line.keys)
    spans: dict[int, list[Moment]] = {}
    for moment in line.between:
        spans.setdefault(bisect_right(frames, moment.frame) - 1, []).append(moment)
    differing = len(spans.pop(-1, ()))
    for at, moments in spans.items():
        before = line.keys[frames[at]][0]
        after = line.keys[frames[at + 1]][0] if at + 1 < len(frames) else None
        differing += _count_in_span(before, after, moments, mutable)
    return differing


def _count_in_span(
    before: Moment,
    after: Moment | None,
    moments: Sequence[Moment],
    mutable: AbstractSet[str],
) -> int:
    if before.outside:
        # Where nothing is shown the rest means nothing.
        return sum(not one.outside for one in moments)
    steady = [one for one in moments if _is_same_state(one, before, mutable)]
    differing = len(moments) - len(steady)
    comparable = [one for one in steady if len(one.numbers) == len(before.numbers)]
    differing += len(steady) - len(comparable)
    if comparable:
        differing += _count_away(before, after, comparable)
    return differing


def _is_same_state(moment: Moment, before: Moment, mutable: AbstractSet[str]) -> bool:
    return (
        _is_same_kind(moment.element, before.element)
        and moment.outside == before.outside
        and moment.occluded == before.occluded
        and moment.z_order == before.z_order
        and (
            moment.texts == before.texts
            or all(moment.texts.get(name) == before.texts.get(name) for name in mutable)
        )
    )


def _is_same_kind(one: "Element", other: "Element") -> bool:
    """Whether two elements are of one kind and, if they are masks, the same one: masks do not move."""
    return one.tag == other.tag and (
        one.tag != "mask" or all(one.get(name) == other.get(name) for name in MASK)
    )


def _count_away(before: Moment, after: Moment | None, moments: Sequence[Moment]) -> int:
    is_turned = before.element.tag in TURNED
    found = np.array([moment.numbers for moment in moments])
    start = np.array(before.numbers)
    expected = np.broadcast_to(start, found.shape)
    if (
        after is not None
        and after.element.tag == before.element.tag
        and len(after.numbers) == len(start)
    ):
        along = np.array(after.numbers) - start
        if is_turned:
            along[-1] = (along[-1] + 180.0) % 360.0 - 180.0
        places = np.array([moment.frame - before.frame for moment in moments], dtype=np.float64)
        expected = start + (places / (after.frame - before.frame))[:, None] * along
    away = np.abs(found - expected)
    if is_turned:
        away[:, -1] = np.abs((found[:, -1] - expected[:, -1] + 180.0) % 360.0 - 180.0)
    return int(np.count_nonzero((away > _TOLERANCE).any(axis=1)))
