"""Laws of CVAT for video over random datasets of everything that the annotation model can hold."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from annotator.background.progress import NO_PROGRESS
from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.labels import Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.formats.cvat.states import states
from annotator.formats.cvat.video import open_dataset, writer
from annotator.formats.dataset import DatasetHeader, TrackItem, VideoDescription
from annotator.formats.losses import difference
from annotator.formats.memory import MemoryDataset
from annotator.safe_io import DEFAULT_LIMITS
from tests.fact_bags import facts_of_view
from tests.formats.cvat_values import coordinates, datasets, element_shapes

some = settings(max_examples=200)


def written(view: MemoryDataset) -> MemoryDataset:
    with tempfile.TemporaryDirectory() as folder:
        writer.write(view, Path(folder), {}, NO_PROGRESS)
        return MemoryDataset.read(open_dataset(Path(folder), {}, DEFAULT_LIMITS))


@some
@given(datasets())
def test_the_report_is_the_difference_in_both_directions(view: MemoryDataset):
    report = writer.losses(view, {}, NO_PROGRESS)
    found = difference(facts_of_view(view, 2), facts_of_view(written(view), 2))
    assert (report.lost, report.added) == (found.lost, found.added)
    # A report says something exactly when something is counted.
    assert bool(report) == bool(report.lost or report.added)


@some
@given(datasets())
def test_what_was_read_from_a_file_is_written_and_read_again_without_a_loss(view: MemoryDataset):
    once = written(view)
    # Nothing we write is found fault with, the shapes between key frames included, but that tracks go on after a
    # video's end where they did in the view.
    assert all(problem.rule == "beyond-the-end" for problem in once.problems)
    report = writer.losses(once, {}, NO_PROGRESS)
    assert not report
    assert (report.lost, report.added) == ({}, {})
    twice = written(once)
    assert facts_of_view(twice, 2) == facts_of_view(once, 2)
    assert [item.subset for item in twice.tracks()] == [item.subset for item in once.tracks()]
    assert [item.track.foreign for item in twice.tracks()] == [
        item.track.foreign for item in once.tracks()
    ]


# --- between key frames -------------------------------------------------------------------------------------

KINDS = ["rectangle", "ellipse", "polygon", "polyline", "points", "cuboid", "mask"]


@st.composite
def plain_tracks(draw) -> Track:
    kind = draw(st.sampled_from(KINDS))
    frames = sorted(draw(st.sets(st.integers(0, 12), min_size=1, max_size=4)))
    keyframes = (
        Keyframe(frame, draw(element_shapes(kind)), draw(st.booleans()), draw(st.booleans()))
        for frame in frames
    )
    return Track(1, tuple(keyframes))


@some
@given(plain_tracks())
def test_one_pass_shows_what_interpolation_shows_frame_by_frame(track: Track):
    shown = {state.keyframe.frame: state.keyframe for state in states(track, range(15))}
    for frame in range(15):
        expected = interpolate_track(track, frame)
        if frame in shown:
            assert expected is not None
            assert replace(shown[frame], source="manual") == replace(expected, source="manual")
        else:
            assert expected is None or expected.outside


@st.composite
def skeleton_tracks(draw) -> Track:
    """Tracks of skeletons whose elements say themselves when they are outside, as they are written."""
    keyframes = []
    known: dict[int, bool] = {}
    for frame in sorted(draw(st.sets(st.integers(0, 12), min_size=1, max_size=5))):
        elements = {
            point: SkeletonElement(
                Points([(draw(coordinates), draw(coordinates))]), outside=draw(st.booleans())
            )
            for point in draw(st.sets(st.sampled_from([1, 2, 3])))
        }
        known |= {point: element.outside for point, element in elements.items()}
        keyframes.append(Keyframe(frame, Skeleton(elements), bool(known) and all(known.values())))
    return Track(1, tuple(keyframes))


@some
@given(skeleton_tracks())
def test_one_pass_shows_skeletons_as_interpolation_does(track: Track):
    for state in states(track, range(15)):
        expected = interpolate_track(track, state.keyframe.frame)
        assert expected is not None
        assert state.keyframe.shape == expected.shape
        assert state.keyframe.outside == expected.outside
        own = track.keyframe_at(state.keyframe.frame)
        assert state.is_key == (own is not None)
        assert state.keyed == (own.shape.elements.keys() if own else set())


@settings(max_examples=60)
@given(st.data(), st.integers(1, 9))
def test_a_shape_moved_away_from_its_place_is_noticed(data, frame: int):
    box = element_shapes("rectangle")
    keyframes = (Keyframe(0, data.draw(box)), Keyframe(10, data.draw(box)))
    label = Label("a", id=1)
    header = DatasetHeader("", LabelSchema((label,)), video=VideoDescription("", 11, 0, 10))
    view = MemoryDataset(header, [TrackItem(Track(1, keyframes))])
    with tempfile.TemporaryDirectory() as folder:
        writer.write(view, Path(folder), {}, NO_PROGRESS)
        path = Path(folder) / "annotations.xml"
        tree = etree.parse(str(path))
        (shape,) = tree.xpath(f"//box[@frame='{frame}']")
        shape.set("ybr", f"{float(shape.get('ybr')) + 0.03:.2f}")
        tree.write(str(path))
        problems = MemoryDataset.read(open_dataset(path, {}, DEFAULT_LIMITS)).problems
    assert [problem.rule for problem in problems] == ["not-interpolated"]


def test_an_element_that_comes_back_alone_comes_back_alone():
    points = (TemplatePoint("p", id=1), TemplatePoint("q", id=2))
    label = Label("s", kind="skeleton", skeleton=SkeletonTemplate(points), id=5)

    def element(x: float, outside: bool = False) -> SkeletonElement:
        return SkeletonElement(Rectangle((x, 0, x + 1, 1)), outside=outside)

    keyframes = (
        Keyframe(0, Skeleton({1: element(0), 2: element(5)})),
        Keyframe(2, Skeleton({1: element(0, True), 2: element(5, True)}), outside=True),
        Keyframe(4, Skeleton({1: element(8)})),
    )
    header = DatasetHeader("", LabelSchema((label,)), video=VideoDescription("", 6, 0, 5))
    again = written(MemoryDataset(header, [TrackItem(Track(5, keyframes))]))
    (item,) = again.tracks()
    shown = interpolate_track(item.track, 5)
    assert shown is not None
    assert isinstance(shown.shape, Skeleton)
    assert [one.outside for one in shown.shape.elements.values()] == [False, True]
    assert not shown.outside
    assert item.track.keyframes[2].shape.box == pytest.approx((8, 0, 9, 1))
