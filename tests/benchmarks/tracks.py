"""What tracks show on each frame, for writers without tracks: the time grows with what there is, not with its square.

Each row is measured for some number of tracks or key frames and for twice as many; the ratio of the two is 2 where
each costs the same.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from annotator.core.annotations import Keyframe, Track
from annotator.core.labels import Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.formats.dataset import DatasetHeader, DatasetView, TrackItem, VideoDescription
from annotator.formats.memory import MemoryDataset
from annotator.formats.view_choices import ChosenView, ViewChoices

ROUNDS = 5
GOAL = 2.6

_CAR = Label("car")
_POINTS = tuple(TemplatePoint(f"point {number}") for number in range(17))
_PERSON = Label("person", kind="skeleton", skeleton=SkeletonTemplate(_POINTS))

Row = dict[str, Any]


def run() -> list[Row]:
    """Return the rows of the benchmark; takes about 10 seconds."""
    return [
        _row("{} tracks, one after the other, on five frames each", 4_000, _passing_by),
        _row("a track of {} key frames, rounded", 2_000, _rounded),
        _row("a skeleton of 17 points with {} key frames", 2_000, _walking),
    ]


def _passing_by(count: int) -> DatasetView:
    box = Rectangle((1.0, 1.0, 5.0, 5.0))
    return _video(
        5 * count,
        _CAR,
        ((Keyframe(5 * at, box), Keyframe(5 * at + 4, box, outside=True)) for at in range(count)),
    )


def _rounded(count: int) -> DatasetView:
    keyframes = (Keyframe(at, Rectangle((at / 7, 1.0, 999.0, 5.0))) for at in range(count))
    return ChosenView(_video(count, _CAR, [keyframes]), ViewChoices(decimals=1))


def _walking(count: int) -> DatasetView:
    return _video(2 * count, _PERSON, [(Keyframe(2 * at, _pose(at)) for at in range(count))])


def _pose(x: float) -> Skeleton:
    return Skeleton({point.id: SkeletonElement(Points([[x, 0.0]])) for point in _POINTS})


def _video(frames: int, label: Label, tracks: Iterable[Iterable[Keyframe]]) -> MemoryDataset:
    header = DatasetHeader("", LabelSchema((label,)), video=VideoDescription(stop=frames - 1))
    return MemoryDataset(header, [TrackItem(Track(label.id, tuple(one))) for one in tracks])


def _row(what: str, count: int, make: Callable[[int], DatasetView]) -> Row:
    few, many = make(count), make(2 * count)
    # In turns, so that what else the machine does weighs on both alike.
    pairs = [(_seconds(few), _seconds(many)) for _ in range(ROUNDS)]
    one, two = (min(column) for column in zip(*pairs, strict=True))
    return {
        "what": what.format(count),
        "value": round(one * 1e3, 1),
        "unit": "ms",
        "limit": f"{two * 1e3:.0f} ms: twice as many",
        "ratio": round(two / one, 2),
        "goal": f"<= {GOAL}x",
        "ok": two / one <= GOAL,
    }


def _seconds(view: DatasetView) -> float:
    begin = time.process_time()
    deque(view.frames("interpolated"), 0)
    return time.process_time() - begin
