"""What tracks show on each frame: the same as each track tells by itself, without asking all of them."""

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.labels import Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.formats.dataset import DatasetHeader, TrackedShape, TrackItem, VideoDescription
from annotator.formats.memory import MemoryDataset
from annotator.formats.shown_tracks import ShownTracks
from tests import strategies
from tests.formats.cost import calls_in

CAR = Label("car")
POINTS = tuple(TemplatePoint(name) for name in ("head", "hand", "foot"))
PERSONS = LabelSchema((Label("person", kind="skeleton", skeleton=SkeletonTemplate(POINTS)),))


def box(x: int) -> Rectangle:
    return Rectangle((x, 0, x + 1, 1))


def track(keys: dict[int, bool]) -> TrackItem:
    """A track with key frames on some frames; whether the object is outside from there on."""
    keyframes = tuple(Keyframe(frame, box(frame), outside) for frame, outside in keys.items())
    return TrackItem(Track(CAR.id, keyframes))


def keys() -> st.SearchStrategy[dict[int, bool]]:
    found = st.dictionaries(st.integers(0, 9), st.booleans(), max_size=4)
    return found.map(lambda one: dict(sorted(one.items())))


@given(st.lists(keys(), max_size=5), st.lists(st.integers(0, 11), max_size=8))
def test_it_is_what_each_track_tells_by_itself(found, numbers) -> None:
    items = [track(one) for one in found]
    shown = ShownTracks(items)
    for number in numbers:
        states = [(one.track, interpolate_track(one.track, number)) for one in items]
        expected = [TrackedShape(of, state) for of, state in states if state and not state.outside]
        assert list(shown.on(number)) == expected


@settings(max_examples=300)
@given(
    st.lists(
        strategies.tracks(PERSONS, kinds=("skeleton",), frames=range(12), max_keyframes=6),
        max_size=2,
    )
)
def test_elements_of_skeletons_are_between_their_own_keys(tracks) -> None:
    shown = ShownTracks([TrackItem(one) for one in tracks])
    for number in range(14):
        states = [(one, interpolate_track(one, number)) for one in tracks]
        expected = [TrackedShape(of, state) for of, state in states if state and not state.outside]
        assert list(shown.on(number)) == expected


def walking(count: int) -> MemoryDataset:
    """A person of whom each point has a key on every other frame."""
    (label,) = PERSONS
    assert label.skeleton is not None
    ids = [point.id for point in label.skeleton.points]
    keyframes = [
        Keyframe(2 * at, Skeleton({one: SkeletonElement(Points([[at, 0.0]])) for one in ids}))
        for at in range(count)
    ]
    video = VideoDescription(stop=2 * count - 1)
    items = [TrackItem(Track(label.id, tuple(keyframes)))]
    return MemoryDataset(DatasetHeader("", PERSONS, video=video), items)


def test_many_key_frames_of_a_skeleton_cost_no_more_for_each_frame() -> None:
    assert cost_of_frames(walking(400)) < 10 * cost_of_frames(walking(50))


def passing_by(count: int) -> MemoryDataset:
    """Many objects, one after the other, each of them seen on four frames."""
    items = [track({5 * place: False, 5 * place + 4: True}) for place in range(count)]
    video = VideoDescription(stop=5 * count - 1)
    return MemoryDataset(DatasetHeader("", LabelSchema((CAR,)), video=video), items)


def test_objects_that_are_gone_or_still_to_come_cost_nothing() -> None:
    few, many = passing_by(50), passing_by(400)
    assert sum(len(frame.tracked) for frame in many.frames("interpolated")) == 1_600
    assert cost_of_frames(many) < 10 * cost_of_frames(few)


def cost_of_frames(view: MemoryDataset) -> int:
    return calls_in(lambda: deque(view.frames("interpolated"), 0))
