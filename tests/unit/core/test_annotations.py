import copy
import math
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotations import SOURCES, Annotation, Keyframe, Track
from annotator.core.errors import AnnotatorError, InvalidValueError
from annotator.core.shapes import ANNOTATION_KINDS, SHAPE_KINDS, Points, Polyline, Rectangle
from tests import strategies as some

BOX = Rectangle((0, 0, 4, 3))
POINT = Points([[1, 2]])

MAKERS = [
    lambda **given: Annotation(1, 2, BOX, **given),
    lambda **given: Keyframe(1, BOX, **given),
]


def drawn(strategy, fact, count=600):
    """The facts of many drawn values, whatever the profile of the run."""
    found = set()

    @settings(max_examples=count)
    @given(strategy)
    def draw(value):
        found.add(fact(value))

    draw()
    return found


def test_the_strategies_draw_every_kind():
    assert drawn(some.shapes(), lambda shape: shape.kind) == set(SHAPE_KINDS)
    assert drawn(some.annotations(), lambda one: one.kind) == set(ANNOTATION_KINDS)
    assert drawn(some.tracks(max_keyframes=1), lambda track: track.kind) == set(SHAPE_KINDS)


def test_the_strategies_draw_tracks_of_skeletons_with_elements_of_their_own():
    def partial(track):
        first, *later = (set(keyframe.shape.elements) for keyframe in track.keyframes)
        assert all(elements <= first for elements in later)
        return any(elements < first for elements in later)

    tracks = some.skeleton_tracks(min_keyframes=2, max_keyframes=2)
    assert drawn(tracks, partial, 50) == {True, False}


@some.fewer
@given(some.annotations(with_foreign=True), st.integers(0, 100))
def test_a_replaced_annotation_differs_in_what_was_replaced_only(annotation, frame):
    moved = replace(annotation, frame=frame)
    assert moved.frame == frame
    assert moved.id == annotation.id
    assert hash(moved) == hash(annotation)
    assert replace(moved, frame=annotation.frame) == annotation


@some.fewer
@given(some.annotations(with_foreign=True))
def test_a_copied_annotation_is_equal(annotation):
    for other in (
        pickle.loads(pickle.dumps(annotation)),
        copy.deepcopy(annotation),
        replace(annotation),
    ):
        assert other == annotation
        assert hash(other) == hash(annotation)
    assert annotation != replace(annotation, id=annotation.id ^ 1)
    assert annotation != replace(annotation, occluded=not annotation.occluded)


@some.fewer
@given(some.tracks(with_foreign=True))
def test_a_copied_track_is_equal(track):
    for other in (pickle.loads(pickle.dumps(track)), copy.deepcopy(track), replace(track)):
        assert other == track
        assert hash(other) == hash(track)
        assert hash(other.keyframes) == hash(track.keyframes)
    assert track != replace(track, keyframes=track.keyframes[1:])


def test_annotations_cannot_be_changed():
    annotation = Annotation(1, 2, BOX)
    with pytest.raises(FrozenInstanceError):
        annotation.frame = 3
    assert not hasattr(annotation, "__dict__")


@pytest.mark.parametrize("make", [*MAKERS, lambda **given: Track(2, (), **given)])
def test_attributes_and_foreign_values_are_their_own(make):
    attributes, foreign = {5: "red"}, {"coco_instances": {"id": 7}}
    value = make(attributes=attributes, foreign=foreign)
    attributes[5] = "green"
    foreign.clear()
    assert value.attributes == {5: "red"}
    assert value.foreign == {"coco_instances": {"id": 7}}


def test_two_annotations_never_share_their_defaults():
    first, second = Annotation(1, 2, None), Annotation(1, 2, None)
    assert first.id != second.id
    assert first.attributes is not second.attributes
    assert first.foreign is not second.foreign


def test_what_is_not_said_is_plain():
    annotation, keyframe, track = Annotation(1, 2, BOX), Keyframe(1, BOX), Track(2, ())
    for value in (annotation, keyframe):
        assert not value.occluded
        assert (value.z_order, value.source, value.score) == (0, "manual", None)
    assert not keyframe.outside
    assert annotation.group == track.group == 0
    assert track.source == "manual"
    for value in (annotation, keyframe, track):
        assert value.attributes == value.foreign == {}


def test_the_kind_is_that_of_the_shape_or_tag():
    assert Annotation(1, 2, BOX).kind == "rectangle"
    assert Annotation(1, 2, None).kind == "tag"
    assert Track(2, (Keyframe(0, POINT),)).kind == "points"
    assert Track(2, ()).kind is None


def test_one_attribute_is_set_and_the_others_stay():
    before = Annotation(1, 2, None, {5: "red", 6: True})
    after = before.with_attribute(5, "blue").with_attribute(7, 1.5)
    assert after.attributes == {5: "blue", 6: True, 7: 1.5}
    assert before.attributes == {5: "red", 6: True}
    assert after == replace(before, attributes=after.attributes)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("score", [None, 0.0, -0.0, 0.25, 1.0, 1, 5e-324])
def test_scores_lie_between_0_and_1(make, score):
    assert make(source="model", score=score).score == score


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("score", [-0.001, 1.0000001, math.nan, math.inf, -math.inf, 10**400])
def test_other_scores_are_refused(make, score):
    with pytest.raises(AnnotatorError, match="score"):
        make(score=score)


@pytest.mark.parametrize("make", [*MAKERS, lambda **given: Track(2, (), **given)])
def test_sources_are_the_known_words(make):
    for source in SOURCES:
        assert make(source=source).source == source
    for source in ("auto", "", "Manual", None):
        with pytest.raises(InvalidValueError, match="source"):
            make(source=source)


@pytest.mark.parametrize("make", MAKERS)
def test_a_z_order_fits_32_bits(make):
    for z_order in (-(2**31), -1, 0, 2**31 - 1):
        assert make(z_order=z_order).z_order == z_order
    for z_order in (-(2**31) - 1, 2**31, 10**30, math.nan, math.inf):
        with pytest.raises(InvalidValueError, match="z-order"):
            make(z_order=z_order)


@pytest.mark.parametrize(
    "make",
    [lambda group: Annotation(1, 2, None, group=group), lambda group: Track(2, (), group=group)],
)
def test_a_group_fits_64_bits(make):
    assert make(2**63 - 1).group == 2**63 - 1
    for group in (2**63, -(2**63) - 1, 10**30):
        with pytest.raises(InvalidValueError, match="group"):
            make(group)


def test_a_track_has_one_key_frame_on_a_frame():
    first, second = Keyframe(3, BOX), Keyframe(8, BOX.moved_by(1, 1))
    track = Track(2, [first, second])
    assert track.keyframes == (first, second)
    assert track.keyframe_at(8) is second
    assert track.keyframe_at(5) is None
    with pytest.raises(InvalidValueError, match="two key frames on one frame"):
        Track(2, (first, replace(second, frame=3)))


def test_a_track_has_shapes_of_one_kind():
    with pytest.raises(InvalidValueError, match="different kinds"):
        Track(2, (Keyframe(0, POINT), Keyframe(1, Polyline([[0, 0], [1, 1]]))))
