"""Skeletons that are outside as a whole, said element by element: CVAT knows it of the elements only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.shapes import Skeleton, SkeletonElement


def told_by_elements(track: Track, points: Collection[int]) -> Iterator[Keyframe]:
    """Yield the key frames of a track of skeletons, each element outside where it or the whole is.

    An element that leaves or comes back with the whole gets a key of its own for that. points: those of the
    template; elements of others are left out.
    """
    own: dict[int, bool] = {}
    told: dict[int, bool] = {}
    for keyframe in track.keyframes:
        assert isinstance(keyframe.shape, Skeleton)
        here = {p: element for p, element in keyframe.shape.elements.items() if p in points}
        own.update((point, element.outside) for point, element in here.items())
        wanted = {point: outside or keyframe.outside for point, outside in own.items()}
        turned = [p for p in wanted if p not in here and wanted[p] != told[p]]
        if turned:
            here.update(_elements_at(track, keyframe.frame, turned))
        told = wanted
        elements = {p: replace(element, outside=wanted[p]) for p, element in here.items()}
        outside = all(told.values()) if told else keyframe.outside
        yield replace(keyframe, shape=Skeleton(elements), outside=outside)


def _elements_at(track: Track, frame: int, points: Iterable[int]) -> dict[int, SkeletonElement]:
    state = interpolate_track(track, frame)
    assert state is not None
    assert isinstance(state.shape, Skeleton)
    return {point: state.shape.elements[point] for point in points}
