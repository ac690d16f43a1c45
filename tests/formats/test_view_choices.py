"""What is chosen before a format is: labels, names, kinds of shapes, digits."""

from collections import Counter, deque
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from annotator.background.progress import NO_PROGRESS
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.labels import PALETTE, Label, LabelSchema
from annotator.core.shapes import Ellipse, Mask, Polygon, PolygonPart, Polyline, Rectangle, Shape
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import DatasetHeader, FrameItem, TrackItem, VideoDescription
from annotator.formats.held_aspects import aspects_of, not_held
from annotator.formats.memory import MemoryDataset
from annotator.formats.view_choices import Chosen, ChosenView, ViewChoices, rounded, wishes_for
from tests import strategies
from tests.fact_bags import facts_of_view
from tests.formats.cost import calls_in
from tests.formats.random_datasets import datasets

CAT, DOG = Label("cat"), Label("dog")
RING = [(10.0, 10.0), (30.0, 10.0), (30.0, 40.0), (10.0, 40.0)]
HOLE = [(15.0, 15.0), (20.0, 15.0), (20.0, 20.0), (15.0, 20.0)]
POLYGON = Polygon.from_ring(RING)
WITH_HOLE = Polygon((PolygonPart(np.array(RING), (np.array(HOLE),)),))
BOX = Rectangle((1.23456, 2.0, 13.0, 14.0))


def view(*shapes: Shape | None, tracks=(), label: Label = CAT, size=(64, 48)) -> MemoryDataset:
    frame = FrameItem("a.png", size, 0, "", tuple(Annotation(0, label.id, one) for one in shapes))
    header = DatasetHeader("made_up", LabelSchema((CAT, DOG)))
    return MemoryDataset(header, [frame, *(TrackItem(one) for one in tracks)])


def shapes(one) -> list[Shape | None]:
    return [each.shape for frame in one.frames() for each in frame.annotations]


def test_polygons_become_masks_with_their_holes():
    chosen = ChosenView(view(WITH_HOLE, BOX), ViewChoices(shapes={"polygon": "mask"}))
    mask, box = shapes(chosen)
    assert isinstance(mask, Mask)
    bitmap = mask.bitmap_in(64, 48)
    assert bitmap[25, 25]
    assert not bitmap[17, 17]
    assert box == BOX
    assert chosen.chosen == [Chosen("polygon", "mask", 1)]


def test_without_the_size_of_the_picture_there_is_no_mask():
    chosen = ChosenView(view(POLYGON, size=None), ViewChoices(shapes={"polygon": "mask"}))
    assert shapes(chosen) == [POLYGON]
    assert chosen.chosen == []


def test_boxes_go_around_and_outlines_stand_for_boxes():
    line = Polyline(np.array([(1, 2), (5, 9)]))
    turned = Rectangle((0, 0, 10, 20), 90)
    boxed = ChosenView(
        view(POLYGON, line), ViewChoices(shapes={"polygon": "rectangle", "polyline": "rectangle"})
    )
    assert shapes(boxed) == [Rectangle((10, 10, 30, 40)), Rectangle((1, 2, 5, 9))]
    outlined = ChosenView(
        view(turned, Ellipse((5, 5), (3, 4))),
        ViewChoices(shapes={"rectangle": "polygon", "ellipse": "polygon"}),
    )
    first, second = shapes(outlined)
    assert np.allclose(np.sort(first.rings.__next__(), axis=0), np.sort(turned.corners, axis=0))
    assert len(next(second.rings)) == 72


def test_labels_and_kinds_are_left_out_and_counted():
    tracks = [Track(DOG.id, (Keyframe(0, BOX),)), Track(CAT.id, (Keyframe(0, BOX),))]
    chosen = ChosenView(
        view(POLYGON, BOX, None, tracks=tracks),
        ViewChoices(
            without=frozenset({DOG.id}), shapes={"polygon": "leave_out", "tag": "leave_out"}
        ),
    )
    (frame,) = chosen.frames("interpolated")
    assert [one.shape for one in frame.annotations] == [BOX]
    assert [one.track.label for one in frame.tracked] == [CAT.id]
    assert [item.track.label for item in chosen.tracks()] == [CAT.id]
    assert set(chosen.chosen) == {
        Chosen("polygon", "", 1),
        Chosen("tag", "", 1),
        Chosen("track", "", 1),
    }
    assert list(chosen.labels) == [CAT]


def test_tracks_get_the_same_kind_everywhere():
    track = Track(CAT.id, (Keyframe(0, POLYGON), Keyframe(4, POLYGON.moved_by(8, 0))))
    chosen = ChosenView(view(tracks=[track]), ViewChoices(shapes={"polygon": "rectangle"}))
    ((first, last),) = [item.track.keyframes for item in chosen.tracks()]
    assert (first.shape, last.shape) == (Rectangle((10, 10, 30, 40)), Rectangle((18, 10, 38, 40)))
    (frame,) = chosen.frames("interpolated")
    assert frame.tracked[0].keyframe.shape == first.shape


def test_labels_get_other_names_once_each():
    chosen = ChosenView(view(BOX), ViewChoices(names={CAT.id: "Katze"}))
    assert [label.name for label in chosen.labels] == ["Katze", "dog"]
    with pytest.raises(InvalidValueError):
        ChosenView(view(BOX), ViewChoices(names={CAT.id: "dog"}))


@given(datasets())
@settings(max_examples=40)
def test_no_choice_changes_nothing(found):
    view = MemoryDataset(found.header, found.items())
    assert facts_of_view(ChosenView(view, ViewChoices())) == facts_of_view(view)
    assert ViewChoices().is_nothing


@given(strategies.shapes())
def test_rounding_rounds_and_does_it_once(shape):
    once = rounded(shape, 1)
    assert once.kind == shape.kind
    assert rounded(once, 1) == once
    assert all(
        abs(new - old) <= 0.051 * max(1.0, abs(old) * 1e-12)
        for new, old in zip(once.box, shape.box, strict=True)
        if shape.kind in ("rectangle", "polyline", "points", "polygon")
        and not getattr(shape, "rotation", 0)
    )


def test_rounding_is_chosen_in_digits():
    (box,) = shapes(ChosenView(view(BOX), ViewChoices(decimals=1)))
    assert box == Rectangle((1.2, 2.0, 13.0, 14.0))


def test_what_a_kind_may_become_is_what_the_format_can_hold():
    assert wishes_for("polygon", FORMATS["coco_instances"]) == ("mask", "rectangle", "leave_out")
    assert wishes_for("polygon", FORMATS["yolo_ultralytics_detect"]) == ("rectangle", "leave_out")
    assert wishes_for("tag", FORMATS["coco_instances"]) == ("leave_out",)


def test_the_loss_of_a_kind_is_gone_once_it_is_chosen_otherwise():
    yolo = FORMATS["yolo_ultralytics_detect"]
    one = view(POLYGON)
    assert yolo.losses(one).lost["polygon"] == 1
    boxed = ChosenView(one, ViewChoices(shapes={"polygon": "rectangle"}))
    assert "polygon" not in yolo.losses(boxed, {}, NO_PROGRESS).lost


@given(datasets())
@settings(max_examples=40)
def test_what_is_there_is_known_without_looking_at_geometry(found):
    view = MemoryDataset(found.header, found.items())
    facts = Counter(fact[0] for fact in facts_of_view(view).elements())
    # Frames that have only numbers lose nothing.
    facts["frame"] = sum(bool(frame.name) for frame in view.frames())
    aspects = aspects_of(view)
    # Of a group each member is counted, and an angle of a millionth of a degree is one.
    for roughly in ("group", "rotation"):
        assert (roughly in facts) <= (roughly in aspects)
        del aspects[roughly], facts[roughly]
    assert aspects == +facts


def test_who_set_a_key_frame_is_an_aspect_as_it_is_of_the_track():
    keyframes = [Keyframe(n, BOX, source=source) for n, source in enumerate(("model", "manual"))]
    one = view(tracks=[Track(CAT.id, tuple(keyframes))])
    assert aspects_of(one)["source"] == 1
    assert "source" in not_held(FORMATS["coco_instances"], aspects_of(one), one.labels)


def test_formats_say_what_they_do_not_hold_the_worst_first():
    one = view(POLYGON, BOX, None)
    present = aspects_of(one)
    assert not_held(FORMATS["coco_instances"], present, one.labels) == ["tag", "label colour"]
    assert not_held(FORMATS["yolo_ultralytics_detect"], present, one.labels)[:2] == [
        "polygon",
        "tag",
    ]


def test_colours_that_a_reader_chooses_anew_are_missing_only_where_they_differ():
    """What is said before a format is chosen agrees with what its loss report says."""
    ordered = tuple(Label(f"label {n}", PALETTE[n % len(PALETTE)]) for n in range(30))
    other = (*ordered[:3], replace(ordered[3], colour="#123456"), *ordered[4:])
    for labels, missing in (
        (ordered, []),
        (other, ["label colour"]),
        (ordered[1:], ["label colour"]),
    ):
        frame = FrameItem("a.png", (64, 48), 0, "", (Annotation(0, labels[0].id, BOX),))
        one = MemoryDataset(DatasetHeader("made_up", LabelSchema(labels)), [frame])
        for name in ("coco_instances", "yolo_ultralytics_detect"):
            assert not_held(FORMATS[name], aspects_of(one), one.labels) == missing
            rows = FORMATS[name].losses(one)
            assert [row.aspect for row in rows if row.effect != "added"] == missing


def test_numbers_of_frames_are_held_where_names_are_not():
    video = FORMATS["cvat_video"]
    header = DatasetHeader("made_up", LabelSchema((CAT,)))
    for name, missing in (("a.png", ["frame"]), ("", [])):
        one = MemoryDataset(
            header, [FrameItem(name, (64, 48), 0, "", (Annotation(0, CAT.id, BOX),))]
        )
        assert not_held(video, aspects_of(one), one.labels) == missing


def test_a_loss_names_the_first_frame_it_happens_on():
    header = DatasetHeader("made_up", LabelSchema((CAT,)))
    frames = [
        FrameItem(f"{n}.png", (64, 48), n, "", (Annotation(n, CAT.id, shape),))
        for n, shape in enumerate([BOX, POLYGON, POLYGON])
    ]
    for format_id, aspect in (("yolo_ultralytics_detect", "polygon"), ("cvat_video", "polygon")):
        rows = list(FORMATS[format_id].losses(MemoryDataset(header, frames)))
        assert {row.frame for row in rows if row.aspect == aspect} == {1}
    header = DatasetHeader("made_up", LabelSchema((replace(CAT, colour="#123456"),)))
    colours = list(FORMATS["coco_instances"].losses(MemoryDataset(header, frames)))
    assert {row.frame for row in colours if row.aspect == "label colour"} == {None}


def test_every_option_is_declared_for_a_person():
    for one in FORMATS:
        assert all(option.title and option.id in one.option_ids for option in one.options)
    assert replace(FORMATS["coco_instances"], options=()).option_ids == ()


def with_key_frames(count: int) -> MemoryDataset:
    keyframes = [Keyframe(number, Rectangle((number / 7, 2, 99, 14))) for number in range(count)]
    header = DatasetHeader("", LabelSchema((CAT,)), video=VideoDescription(stop=count - 1))
    return MemoryDataset(header, [TrackItem(Track(CAT.id, tuple(keyframes)))])


@pytest.mark.parametrize(
    "choices", [ViewChoices(decimals=1), ViewChoices(shapes={"rectangle": "polygon"})]
)
def test_a_track_is_changed_once_and_not_for_each_of_its_frames(choices):
    def cost(count: int) -> int:
        chosen = ChosenView(with_key_frames(count), choices)
        return calls_in(lambda: deque(chosen.frames("interpolated"), 0))

    assert cost(200) < 12 * cost(20)


def test_what_a_track_shows_belongs_to_the_track_as_it_is_written():
    chosen = ChosenView(with_key_frames(5), ViewChoices(decimals=0))
    (track,) = [item.track for item in chosen.tracks()]
    shown = [one for frame in chosen.frames("interpolated") for one in frame.tracked]
    assert [one.keyframe.shape for one in shown] == [one.shape for one in track.keyframes]
    assert {one.track for one in shown} == {track}
