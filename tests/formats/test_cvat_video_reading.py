"""Reading CVAT for video: the samples counted by hand, and what files in the wild look like."""

import gzip
import re
from collections import Counter
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from annotator.core.annotations import Annotation, Track
from annotator.core.errors import AnnotatorError
from annotator.core.interpolation import interpolate_track
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Skeleton,
)
from annotator.formats.cvat.video import detect, open_dataset
from annotator.formats.dataset import FrameItem, Problem, TrackItem, VideoDescription
from annotator.formats.memory import MemoryDataset
from annotator.safe_io import DEFAULT_LIMITS


def read(path: Path, **options):
    """Return the header and the items of a file."""
    dataset = open_dataset(path, options, DEFAULT_LIMITS)
    return dataset.header, list(dataset.items())


def tracks_of(items) -> list[Track]:
    return [item.track for item in items if isinstance(item, TrackItem)]


def annotations_of(items) -> list[Annotation]:
    return [one for item in items if isinstance(item, FrameItem) for one in item.annotations]


def problems_of(items) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def frames_of(track: Track) -> list[int]:
    return [keyframe.frame for keyframe in track.keyframes]


@pytest.fixture
def document(tmp_path):
    """Make a file of what stands between <annotations> and its end, and read it."""

    def make(body: str, **options):
        path = tmp_path / "annotations.xml"
        path.write_text(f"<annotations>{dedent(body)}</annotations>", encoding="utf-8")
        return read(path, **options)

    return make


# --- samples, counted by hand ---------------------------------------------------------------------------------


def test_sample_of_two_box_tracks(shared):
    path = shared / "fixtures/formats/cvat_video/dagshub_sample/sample_video.xml"
    header, items = read(path)
    first, second = tracks_of(items)
    # The meta part has no labels; the tracks have "person" and "car".
    assert [label.name for label in header.labels] == ["person", "car"]
    assert header.name == "test_video"
    assert header.video == VideoDescription("", 5, 0, 4, 1, (1920, 1080))
    # keyframe="1" on frames 0 and 3 of the first track, on 0, 3 (outside) and 4 of the second: 2 + 3 key frames.
    assert frames_of(first) == [0, 3]
    assert frames_of(second) == [0, 3, 4]
    assert [one.outside for one in second.keyframes] == [False, True, False]
    assert first.kind == second.kind == "rectangle"
    assert first.keyframes[1].shape == Rectangle((130, 156, 180, 276))
    # Frame 2 is occluded="1" where the key frames are not, and frame 4 goes on moving after the last key frame:
    # two of the three shapes between. Those of the second track (480 and 460 from 500 to 440) are as they must be.
    (problem,) = problems_of(items)
    assert (problem.rule, problem.line, problem.skipped) == ("not-interpolated", 18, 2)
    assert "there: 2." in problem.text


def test_sample_of_the_documentation(shared):
    path = shared / "fixtures/formats/cvat_video/docs_example/video_example.xml"
    header, items = read(path)
    polygons, skeletons = tracks_of(items)
    assert [(label.name, label.kind) for label in header.labels] == [
        ("person", "any"), ("car", "any"), ("s1", "skeleton"),
    ]  # fmt: skip
    # size 4620, no start and no stop.
    assert header.video == VideoDescription("", 4620, 0, 4619, 1, (640, 480))
    # Three spans of one frame each, all six shapes are key frames.
    assert frames_of(polygons) == [0, 1, 6, 7, 13, 14]
    assert [one.outside for one in polygons.keyframes] == [False, True] * 3
    assert [len(one.shape.parts[0].outer) for one in polygons.keyframes] == [6, 6, 5, 5, 5, 5]
    # The skeleton has keyframe="1" on 0, 1, 6, 7, 14 and not on 13; its points not on 6 and 13 either.
    assert frames_of(skeletons) == [0, 1, 6, 7, 14]
    assert [len(one.shape.elements) for one in skeletons.keyframes] == [3, 3, 0, 3, 3]
    # All points are outside from frame 1 on; on 6 they have no key that says otherwise.
    assert [one.outside for one in skeletons.keyframes] == [False, True, True, True, True]
    # The three points on 6 and the three on 13 are shown where the key frames say outside.
    (problem,) = problems_of(items)
    assert (problem.rule, problem.line) == ("not-interpolated", 88)
    assert "there: 6." in problem.text


def test_template_of_the_documentation(shared):
    header, _ = read(shared / "fixtures/formats/cvat_video/docs_example/video_example.xml")
    template = header.labels.named("s1").skeleton
    names = {point.id: point.name for point in template.points}
    # The circles of the drawing, and its lines from node 2 to 3 and from 1 to 2.
    assert [(p.name, round(p.x, 2), round(p.y, 2), p.kind) for p in template.points] == [
        ("1", 25.17, 22.65, "points"), ("2", 36.87, 47.73, "points"), ("3", 86.87, 10.78, "points"),
    ]  # fmt: skip
    assert [(names[a], names[b]) for a, b in template.edges] == [("2", "3"), ("1", "2")]


def test_sample_of_nested_tracks_with_a_frame_step(shared):
    path = shared / "fixtures/formats/cvat_video/fork_skeleton_tracks"
    header, items = read(path)
    box, points, polyline, skeleton = tracks_of(items)
    # start_frame 10, size 4, step 3: frames 10, 13, 16, 19. The name of the video stands beside the task.
    assert header.video == VideoDescription("t.mp4", 4, 10, 19, 3, (25, 20))
    assert [label.name for label in header.labels] == ["klhg", "z U k", "II", "skeleton"]
    # 3 + 2 + 2 key frames on the first three tracks.
    assert [frames_of(track) for track in (box, points, polyline)] == [
        [10, 13, 16],
        [10, 13],
        [13, 16],
    ]
    assert [track.kind for track in (box, points, polyline)] == ["rectangle", "points", "polyline"]
    assert [one.occluded for one in box.keyframes] == [True, False, False]
    # The skeleton and all points have a key on 10, point 3 one more on 13: 2 key frames.
    assert frames_of(skeleton) == [10, 13]
    named = {point.id: point.name for point in header.labels.named("skeleton").skeleton.points}
    elements = [
        {named[point]: element.outside for point, element in one.shape.elements.items()}
        for one in skeleton.keyframes
    ]
    assert elements == [{"1": False, "2": False, "3": False, "4": False}, {"3": True}]
    assert not skeleton.keyframes[1].outside
    assert problems_of(items) == []


def test_attributes_and_colours_of_the_nested_sample(shared):
    header, items = read(
        shared / "fixtures/formats/cvat_video/fork_skeleton_tracks/annotations.xml"
    )
    (attribute,) = header.labels.named("klhg").attributes
    assert (attribute.name, attribute.kind, attribute.values, attribute.default, attribute.mutable) == (
        "hgl", "select", ("jk", "hgkf"), "jk", True,
    )  # fmt: skip
    points = tracks_of(items)[1]
    assert points.attributes == {}
    assert [one.attributes for one in points.keyframes] == [
        {attribute.id: "hgkf"},
        {attribute.id: "jk"},
    ]
    skeleton = header.labels.named("skeleton")
    assert skeleton.colour == "#0c81b5"
    assert [point.colour for point in skeleton.skeleton.points] == [
        "#d12345", "#350dea", "#479ffe", "#4a649f",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "kinds"),
    [
        # One image: a box, a polygon, two polylines, points, a tag, a skeleton and a mask.
        ("docs_example/images_example.xml", {"rectangle": 1, "polygon": 1, "polyline": 2, "points": 1, "tag": 1,
                                             "skeleton": 1, "mask": 1}),
        # Two images; a polyline and a polygon have an empty label and are left out.
        ("fork_task_skeletons/train.xml", {"rectangle": 1, "skeleton": 2, "points": 1}),
        # Three subsets of the same two images: box and polyline, polygon and points.
        ("intel_project_3_subsets/annotations.xml", {"rectangle": 3, "polyline": 3, "polygon": 3, "points": 3}),
    ],
)  # fmt: skip
def test_images_dialect_of_the_samples(shared, sample, kinds):
    header, items = read(shared / "fixtures/formats/cvat_images" / sample)
    assert Counter(one.kind for one in annotations_of(items)) == kinds
    assert header.video is None


# --- one construct each ---------------------------------------------------------------------------------------

BOX = '<box frame="{}" keyframe="{}" outside="0" occluded="0" xtl="{}" ytl="0" xbr="{}" ybr="10" z_order="0"/>'


def test_all_kinds_of_shapes(document):
    common = 'frame="5" keyframe="1" outside="0" occluded="1" z_order="-2"'
    _, items = document(
        f"""
        <track label="a"><box {common} xtl="10" ytl="2.5" xbr="1" ybr="20" rotation="370.5"/></track>
        <track label="a"><ellipse {common} cx="5" cy="6" rx="3" ry="2" rotation="90"/></track>
        <track label="a"><polygon {common} points="0,0;10,0;10,1e1;"/></track>
        <track label="a"><polyline {common} points=" 0,0 ; -1.5,+.5 "/></track>
        <track label="a"><points {common} points="3,4"/></track>
        <track label="a"><cuboid {common} xtl1="1" ytl1="2" xbl1="3" ybl1="4" xtr1="5" ytr1="6" xbr1="7" ybr1="8"
            xtl2="11" ytl2="12" xbl2="13" ybl2="14" xtr2="15" ytr2="16" xbr2="17" ybr2="18"/></track>
        """
    )
    assert problems_of(items) == []
    assert [track.keyframes[0].shape for track in tracks_of(items)] == [
        # Corners in the wrong order are the same box, and 370.5 degrees are 10.5.
        Rectangle((1, 2.5, 10, 20), 10.5),
        Ellipse((5, 6), (3, 2), 90),
        Polygon.from_ring([(0, 0), (10, 0), (10, 10)]),
        Polyline([(0, 0), (-1.5, 0.5)]),
        Points([(3, 4)]),
        # Each face top left, bottom left, top right, bottom right.
        Cuboid([(1, 2), (3, 4), (5, 6), (7, 8), (11, 12), (13, 14), (15, 16), (17, 18)]),
    ]
    keyframe = tracks_of(items)[0].keyframes[0]
    assert (keyframe.frame, keyframe.occluded, keyframe.z_order) == (5, True, -2)


def test_mask_runs_go_row_by_row_inside_the_rectangle(document):
    # Rows of 3: .X. XXX ..X
    _, items = document(
        """
        <track id="0" label="a" source="auto" group_id="4">
          <mask frame="3" keyframe="1" outside="0" occluded="0" rle="1, 1, 1, 3, 2, 1"
                left="10" top="20" width="3" height="3" z_order="1"/>
          <mask frame="4" keyframe="1" outside="1" occluded="0" rle="1, 1, 1, 3, 2, 1"
                left="10" top="20" width="3" height="3" z_order="1"/>
        </track>
        """
    )
    (frame,) = [item for item in items if isinstance(item, FrameItem)]
    (annotation,) = frame.annotations
    assert isinstance(annotation.shape, Mask)
    assert (annotation.shape.offset, annotation.shape.size) == ((10, 20), (3, 3))
    assert annotation.shape.bitmap.astype(int).tolist() == [[0, 1, 0], [1, 1, 1], [0, 0, 1]]
    assert (frame.number, annotation.frame, annotation.group, annotation.source, annotation.z_order) == (
        3, 3, 4, "model", 1,
    )  # fmt: skip
    assert tracks_of(items) == []


def test_mask_rectangle_need_not_be_tight(document):
    _, items = document(
        '<track label="a"><mask frame="0" keyframe="1" outside="0" occluded="0" rle="4, 1, 4" left="0" top="0" '
        'width="3" height="3"/></track>'
    )
    (annotation,) = annotations_of(items)
    assert annotation.shape.size == (3, 3)
    assert annotation.shape.area == 1


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ('<box xtl="1" ytl="1" xbr="nan" ybr="2"/>', "xbr 'nan'"),
        ('<box xtl="1" ytl="1" xbr="1e999" ybr="2"/>', "xbr '1e999'"),
        ('<box xtl="1" ytl="1" xbr="1_0" ybr="2"/>', "xbr '1_0'"),
        ('<box xtl="1" ytl="1" xbr="1e9" ybr="2"/>', "beyond 1e+07"),
        ('<box xtl="1" ytl="1" ybr="2"/>', "no xbr"),
        ('<ellipse cx="1" cy="1" rx="-1" ry="2"/>', "negative"),
        ('<polygon points="1,2;3,4;5"/>', "not pairs"),
        ('<polygon points="1;2,3,4;5,6"/>', "not pairs"),
        ('<polygon points="1,2;3,4"/>', "needs 3 points"),
        ('<polygon points="1,2;3,4;5,1-2"/>', "no number"),
        ('<polygon points="1,2;3,4;5,NaN"/>', "not pairs"),
        ('<polygon points="1,2;3,4;5,1e999"/>', "not a finite number"),
        ('<polygon points=""/>', "not pairs"),
        ("<polygon/>", "no points"),
        ('<polyline points="1,2"/>', "needs 2 points"),
        ('<cuboid xtl1="1"/>', "no ytl1"),
        ('<mask rle="1, 2" left="0" top="0" width="2" height="2"/>', "add up to 3"),
        ('<mask rle="5, -1" left="0" top="0" width="2" height="2"/>', "negative"),
        ('<mask rle="a" left="0" top="0" width="2" height="2"/>', "not whole numbers"),
        ('<mask rle="1_0" left="0" top="0" width="2" height="5"/>', "not whole numbers"),
        ('<mask rle="\u0664" left="0" top="0" width="2" height="2"/>', "not whole numbers"),
        ('<mask rle="4" left="0.5" top="0" width="2" height="2"/>', "not a whole number"),
        ('<mask rle="4" left="0" top="0" width="100000" height="100000"/>', "100000 x 100000"),
        ('<box xtl="1" ytl="1" xbr="2" ybr="2" z_order="9999999999"/>', "z_order '9999999999'"),
    ],
)
def test_broken_shape_is_left_out_and_the_rest_is_read(document, shape, reason):
    broken = (
        shape.replace(" ", ' frame="0" keyframe="1" ', 1)
        if " " in shape
        else shape.replace("/>", ' frame="0" keyframe="1"/>')
    )
    _, items = document(f'\n<track label="a">\n{broken}\n{BOX.format(1, 1, 0, 10)}\n</track>')
    (problem,) = problems_of(items)
    assert reason in problem.text
    assert (problem.file, problem.line, problem.skipped) == ("annotations.xml", 3, True)
    kept = tracks_of(items)
    # What stands beside a broken mask is of another kind, and the track is that of the box then.
    assert [frames_of(track) for track in kept] == [[1]]


def test_of_several_values_for_one_attribute_the_last_counts_and_is_told(document):
    """Told with the line, on a track as on an image; the same value twice loses nothing."""
    values = "".join(f'<attribute name="{n}">{v}</attribute>' for n, v in ("ax", "ay", "bz", "bz"))
    box = 'xtl="1" ytl="1" xbr="9" ybr="9"'
    header, items = document(
        f"""
        <track label="cat"><box frame="0" keyframe="1" outside="0" {box}>{values}</box></track>
        <image id="3" name="c.png" width="20" height="20"><box label="cat" {box}>{values}</box></image>
        """
    )
    (cat,) = header.labels
    names = {one.id: one.name for one in cat.attributes}
    (annotation,), (track,) = annotations_of(items), tracks_of(items)
    for held in (annotation.attributes, {**track.attributes, **track.keyframes[0].attributes}):
        assert {names[key]: value for key, value in held.items()} == {"a": "y", "b": "z"}
    problems = [one for one in problems_of(items) if one.rule == "duplicate-attribute"]
    assert [(one.line, one.skipped) for one in problems] == [(2, 0), (3, 0)]
    assert '"a"' in problems[0].text


@pytest.mark.parametrize("frame", ["", "x", "-1", "1.5", "nan", "100000001", "9" * 30])
def test_frame_number_that_cannot_be(document, frame):
    _, items = document(
        f'<track label="a">{BOX.format(frame, 1, 0, 10)}{BOX.format(1, 1, 0, 10)}</track>'
    )
    assert [problem.rule for problem in problems_of(items)] == ["bad-frame"]
    assert frames_of(tracks_of(items)[0]) == [1]


def test_two_key_frames_on_one_frame(document):
    _, items = document(
        f'<track label="a">{BOX.format(1, 1, 0, 10)}{BOX.format(1, 1, 5, 10)}</track>'
    )
    assert [problem.rule for problem in problems_of(items)] == ["bad-shape"]
    assert tracks_of(items)[0].keyframes[0].shape == Rectangle((0, 0, 10, 10))


def test_track_of_two_kinds_keeps_the_first(document):
    point = '<points frame="2" keyframe="1" outside="0" occluded="0" points="1,1"/>'
    _, items = document(f'<track label="a">{point}{BOX.format(1, 1, 0, 10)}</track>')
    assert [problem.text for problem in problems_of(items)] == [
        "A shape of kind points stands in the track of a rectangle; it was left out."
    ]
    assert frames_of(tracks_of(items)[0]) == [1]


def test_track_without_a_key_frame(document):
    _, items = document(f'<track label="a">{BOX.format(1, 0, 0, 10)}</track><track label="b"/>')
    assert [(p.rule, p.skipped) for p in problems_of(items)] == [
        ("not-interpolated", 1), ("no-keyframes", 0), ("no-keyframes", 1),
    ]  # fmt: skip


def test_key_frames_may_come_in_any_order_and_without_the_flag(document):
    shape = BOX.replace('keyframe="{}" ', "")
    _, items = document(
        f'<track label="a">{shape.format(7, 0, 10)}{shape.format(2, 0, 10)}</track>'
    )
    assert frames_of(tracks_of(items)[0]) == [2, 7]


def test_file_without_meta(document):
    header, items = document(
        f"""
        <track id="0" label="car">{BOX.format(4, 1, 0, 10)[:-2]}><attribute name="plate">A 1</attribute></box></track>
        <track id="1" label="man"><skeleton frame="9" keyframe="1">
          <points label="head" outside="0" occluded="0" keyframe="1" points="1,1"/>
          <points label="foot" outside="0" occluded="0" keyframe="1" points="2,2"/>
        </skeleton></track>
        """
    )
    car, man = header.labels
    (plate,) = car.attributes
    assert (plate.name, plate.kind, plate.mutable) == ("plate", "text", True)
    assert tracks_of(items)[0].keyframes[0].attributes == {plate.id: "A 1"}
    assert [point.name for point in man.skeleton.points] == ["head", "foot"]
    # Frames count from 0 to the last one that something is on.
    assert header.video == VideoDescription(stop=9)
    assert problems_of(items) == []


def test_label_that_the_file_uses_but_does_not_declare(document):
    header, items = document(
        f"""
        <meta><task><labels><label><name>a</name></label></labels></task></meta>
        <track label="b">{BOX.format(0, 1, 0, 10)}</track>
        <track label="a">{BOX.format(0, 1, 0, 10)[:-2]}><attribute name="x">1</attribute></box></track>
        """
    )
    assert [label.name for label in header.labels] == ["a", "b"]
    assert [(p.rule, p.skipped) for p in problems_of(items)] == [
        ("undeclared-attribute", False), ("undeclared-label", False),
    ]  # fmt: skip
    assert len(tracks_of(items)) == 2


def test_track_without_a_label_is_left_out(document):
    _, items = document(
        f'<track>{BOX.format(0, 1, 0, 10)}</track><track label="a">{BOX.format(0, 1, 0, 9)}</track>'
    )
    assert [problem.rule for problem in problems_of(items)] == ["unknown-label"]
    assert len(tracks_of(items)) == 1


def skipped_of(items):
    return [(problem.rule, problem.skipped) for problem in problems_of(items)]


def test_what_is_left_out_is_counted_shape_by_shape(document):
    # Two key frames and one shape between them; nobody can say what "" is, so the two go with the track.
    boxes = [BOX.format(frame, key, 0, 10) for frame, key in ((0, 1), (1, 0), (2, 1))]
    _, items = document(f"<track>{''.join(boxes)}</track>")
    assert skipped_of(items) == [("unknown-label", 2)]
    # The first stands alone; the others are 0, 1 and 2 away from where they should be: of three, two differ.
    wrong = BOX.format(0, 1, 0, 10) + "".join(BOX.format(n + 1, 0, n, 10) for n in range(3))
    _, items = document(f'<track label="a">{wrong}</track>')
    assert skipped_of(items) == [("not-interpolated", 2)]
    # Both shapes are told one by one, and the track has no others.
    broken = '<box frame="{}" keyframe="1" xtl="1"/>'
    _, items = document(f'<track label="a">{broken.format(0)}{broken.format(1)}</track>')
    assert skipped_of(items) == [("bad-shape", 1), ("bad-shape", 1), ("no-keyframes", 0)]


def test_skeletons_that_are_left_out_are_counted_once_for_a_frame(document):
    points = '<points label="{}" keyframe="1" points="1,1"/>'
    skeletons = "".join(
        f'<skeleton frame="{frame}" keyframe="1">{points.format("p")}{points.format("q")}</skeleton>'
        for frame in range(3)
    )
    _, items = document(f"<track>{skeletons}</track>")
    assert skipped_of(items) == [("unknown-label", 3)]
    # The other dialect: one track for each point, with keys on the frames 0, 1 and on 1, 2.
    nested = "".join(
        f'<track label="{name}"><points frame="{first}" points="1,1"/>'
        f'<points frame="{first + 1}" points="1,1"/></track>'
        for first, name in enumerate("pq")
    )
    _, items = document(f"<track>{nested}</track>")
    assert skipped_of(items) == [("unknown-label", 3)]
    # A point without a name takes its two key frames along, and the other point is read.
    _, items = document(
        f'<track label="s">{nested.replace(chr(34) + "q" + chr(34), chr(34) * 2)}</track>'
    )
    assert skipped_of(items)[-1] == ("unknown-label", 2)
    assert [frames_of(track) for track in tracks_of(items)] == [[0, 1]]


def test_images_that_are_left_out_are_counted_by_their_shapes(document):
    box = '<box label="a" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    good = f'<image id="1" name="b.png" width="9" height="9">{box}</image>'
    _, items = document(f'<image>{box}{box}<tag label="a"/><other/></image><image id="-1"/>{good}')
    # Two boxes and a tag; then a picture with nothing on it, which counts itself.
    assert skipped_of(items) == [("bad-frame", 3), ("bad-frame", 1)]
    assert len(annotations_of(items)) == 1


def frames_in(items) -> list[tuple[str, int | None, int]]:
    found = [item for item in items if isinstance(item, FrameItem)]
    return [(one.name, one.number, len(one.annotations)) for one in found]


def test_an_image_is_known_by_its_name_where_its_number_is_missing_or_cannot_be(document):
    box = '<box label="a" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    _, items = document(
        f'<image name="a.png">{box}</image>\n<image id="x" name="b.png">{box}</image>'
    )
    assert frames_in(items) == [("a.png", None, 1), ("b.png", None, 1)]
    (problem,) = problems_of(items)
    assert str(problem) == (
        "annotations.xml:2: The image has id 'x', which cannot be. It is known by its name."
    )
    assert (problem.rule, problem.skipped) == ("bad-frame", 0)


def test_images_of_one_number_beside_tracks_are_known_by_their_names(document):
    box = '<box label="a" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    image = f'<image id="{{}}" name="{{}}.png">{box}</image>'
    images = "".join(image.format(*one) for one in ((0, "a"), (0, "b"), (1, "c"), (0, "a")))
    track = f'<track label="a">{BOX.format(0, 1, 0, 10)}</track>'
    _, items = document(images + track)
    assert frames_in(items) == [
        ("a.png", 0, 1),
        ("b.png", None, 1),
        ("c.png", 1, 1),
        ("a.png", 0, 1),
    ]
    (problem,) = problems_of(items)
    assert str(problem) == (
        'annotations.xml:1: Image "b.png" has the id 0, as "a.png" has. It is known by its name.'
    )
    assert (problem.rule, problem.skipped) == ("same-number", 0)
    # The images of several tasks may have the same numbers, and without tracks these mean little.
    _, items = document(images)
    assert [number for _, number, _ in frames_in(items)] == [0, 0, 1, 0]
    assert problems_of(items) == []


def test_a_skeleton_on_an_image_counts_what_was_not_told_before(document):
    points = '<points label="{}" points="{}"/>'
    skeleton = '<skeleton label="s">{}{}</skeleton>'
    image = '<image id="0" name="a.png" width="9" height="9">{}</image>'
    _, items = document(image.format(skeleton.format(points.format("p", 1), points.format("q", 2))))
    assert skipped_of(items) == [("bad-shape", 1), ("bad-shape", 1), ("bad-shape", 0)]
    _, items = document(image.format('<skeleton label="s"/>'))
    assert skipped_of(items) == [("bad-shape", 1)]


META = """
<meta><{kind}>
  <name>n</name><size>5</size><mode>interpolation</mode><subset>{subset}</subset>
  <start_frame>100</start_frame><stop_frame>109</stop_frame><frame_filter>step=2</frame_filter>
  <labels>
    <label><name>car</name><color>#ABCDEF</color><type>bbox</type><attributes>
      <attribute><name>colour</name><mutable>False</mutable><input_type>radio</input_type>
        <default_value>red</default_value><values>red dark blue</values></attribute>
      <attribute><name>speed</name><mutable>True</mutable><input_type>number</input_type>
        <default_value>3</default_value><values>0\n120\n0.5</values></attribute>
      <attribute><name>parked</name><mutable>True</mutable><input_type>checkbox</input_type>
        <default_value>false</default_value><values>false</values></attribute>
    </attributes></label>
  </labels>
</{kind}></meta>
"""


def test_task_meta(document):
    header, items = document(META.format(kind="task", subset="train"))
    (car,) = header.labels
    assert (car.colour, car.kind) == ("#abcdef", "rectangle")
    colour, speed, parked = car.attributes
    # Third-party files part the choices by spaces.
    assert (colour.kind, colour.values, colour.default, colour.mutable) == (
        "radio", ("red", "dark", "blue"), "red", False,
    )  # fmt: skip
    assert (speed.minimum, speed.maximum, speed.step, speed.default) == (0, 120, 0.5, "3")
    assert (parked.kind, parked.default_value) == ("checkbox", False)
    assert header.subsets == ("train",)
    assert header.video == VideoDescription("", 5, 100, 108, 2, None)
    assert items == []


def test_job_meta_has_no_name_and_its_size_beside_it(document):
    text = META.format(kind="job", subset="default").replace("<name>n</name>", "", 1)
    size = "<original_size><width>64</width><height>48</height></original_size>"
    header, _ = document(text.replace("</meta>", f"{size}</meta>"))
    assert (header.name, header.subsets) == ("", ())
    assert header.video == VideoDescription("", 5, 100, 108, 2, (64, 48))


def test_project_meta(document):
    task = "<task><id>{}</id><name>t</name><size>3</size><subset>{}</subset></task>"
    header, items = document(
        f"""
        <meta><project><name>p</name><tasks>{task.format(1, "train")}{task.format(2, "val")}</tasks>
          <subsets>train\nval\ntest</subsets><labels><label><name>a</name></label></labels></project></meta>
        <track id="0" label="a" task_id="2" subset="val">{BOX.format(8, 1, 0, 10)}</track>
        """
    )
    assert (header.name, header.subsets) == ("p", ("train", "val", "test"))
    assert [item.subset for item in items] == ["val"]
    # Which frames there are follows from the tracks: each task has its own range.
    assert header.video == VideoDescription(stop=8)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("size", "-3", VideoDescription("", 5, 100, 108, 2)),
        ("size", "9" * 40, VideoDescription("", 5, 100, 108, 2)),
        ("frame_filter", "every second", VideoDescription("", 5, 100, 104, 1)),
        ("frame_filter", "step=0", VideoDescription("", 5, 100, 104, 1)),
        ("start_frame", "x", VideoDescription("", 5, 0, 8, 2)),
    ],
)
def test_meta_that_cannot_be(document, field, text, expected):
    meta = META.format(kind="task", subset="")
    header, items = document(re.sub(f"<{field}>.*</{field}>", f"<{field}>{text}</{field}>", meta))
    assert header.video == expected
    assert [(p.rule, p.skipped) for p in problems_of(items)] == [("bad-meta", False)]


@pytest.mark.parametrize(("frame", "is_told"), [(108, False), (110, True)])
def test_key_frames_beyond_the_end(document, frame, is_told):
    """The task ends on frame 108 by its size; what nobody sees beyond it is nothing to tell."""
    end = BOX.format(900, 1, 0, 10).replace('outside="0"', 'outside="1"')
    shapes = BOX.format(100, 1, 0, 10) + BOX.format(frame, 1, 0, 10) + end
    meta = META.format(kind="task", subset="")
    header, items = document(f'{meta}<track id="0" label="a">{shapes}</track>')
    assert header.video.stop == 108
    (track,) = tracks_of(items)
    assert frames_of(track) == [100, frame, 900]
    told = [one for one in problems_of(items) if one.rule == "beyond-the-end"]
    assert [one.skipped for one in told] == [False] * is_told
    assert all("beyond frame 108" in one.text and "frame 110" in one.text for one in told)


@pytest.mark.parametrize(
    ("label", "rule"),
    [
        ("<name></name>", "bad-name"),
        ("<name>a</name><color>red</color>", "bad-colour"),
        ("<name>a</name><type>blob</type>", "bad-label-type"),
        ("<name>a</name><type>skeleton</type>", "empty-skeleton"),
        ("<name>a</name><parent>nobody</parent>", "no-parent"),
        ("<name>b</name>", "duplicate-label"),
        ("<name>a</name><attributes><attribute><name>x</name><input_type>select</input_type></attribute></attributes>",
         "bad-attribute"),
        ("<name>a</name><attributes><attribute><name>x</name><input_type>dial</input_type></attribute></attributes>",
         "bad-attribute"),
        ("<name>a</name><attributes><attribute><name></name></attribute></attributes>", "bad-attribute"),
        ("<name>a</name><attributes><attribute><name>x</name></attribute><attribute><name>x</name></attribute>"
         "</attributes>", "duplicate-attribute"),
        ("<name>a</name><attributes><attribute><name>x</name><input_type>number</input_type>"
         "<values>5\n1\n1</values></attribute></attributes>", "bad-attribute"),
        ("<name>a</name><attributes><attribute><name>x</name><input_type>number</input_type>"
         "<default_value>much</default_value></attribute></attributes>", "bad-default"),
    ],
)  # fmt: skip
def test_label_that_cannot_be(document, label, rule):
    labels = f"<label><name>b</name></label><label>{label}</label>"
    header, items = document(f"<meta><task><labels>{labels}</labels></task></meta>")
    assert [(p.rule, p.line) for p in problems_of(items)] == [(rule, 1)]
    assert header.labels.named("b") is not None


def test_drawing_that_cannot_be_read_leaves_the_points_apart(document):
    svg = "&lt;circle data-node-id=&quot;1&quot; data-label-name=&quot;p&quot; cx=&quot;oops&quot;&gt;&lt;/circle&gt;"
    header, items = document(
        f"""<meta><task><labels>
        <label><name>s</name><type>skeleton</type><svg>{svg}</svg></label>
        <label><name>p</name><type>points</type><parent>s</parent></label>
        <label><name>q</name><type>points</type><parent>s</parent></label>
        </labels></task></meta>"""
    )
    assert [p.rule for p in problems_of(items)] == ["bad-drawing"]
    first, second = header.labels.named("s").skeleton.points
    assert (first.x, first.y) != (second.x, second.y)


def test_values_that_may_not_change_are_those_of_the_track(document):
    value = '<attribute name="colour">{}</attribute><attribute name="speed">{}</attribute>'
    shapes = [
        BOX.format(frame, 1, 0, 10)[:-2] + f">{value.format(colour, speed)}</box>"
        for frame, colour, speed in ((100, "red", "1"), (102, "blue", "2"))
    ]
    header, items = document(
        f'{META.format(kind="task", subset="")}<track label="car">{"".join(shapes)}</track>'
    )
    colour, speed, _ = header.labels.named("car").attributes
    (track,) = tracks_of(items)
    # The last one counts, and that there was another one is told.
    assert track.attributes == {colour.id: "blue"}
    assert [one.attributes for one in track.keyframes] == [{speed.id: 1.0}, {speed.id: 2.0}]
    assert [(p.rule, p.skipped) for p in problems_of(items)] == [("changing-attribute", False)]


def test_value_that_the_attribute_does_not_have_is_kept_as_text(document):
    shape = BOX.format(100, 1, 0, 10)[:-2] + '><attribute name="speed">fast</attribute></box>'
    header, items = document(
        f'{META.format(kind="task", subset="")}<track label="car">{shape}</track>'
    )
    speed = header.labels.named("car").attribute_named("speed")
    assert tracks_of(items)[0].keyframes[0].attributes == {speed.id: "fast"}


@pytest.mark.parametrize(
    ("word", "source", "kept"),
    [
        ("manual", "manual", None),
        ("auto", "model", None),
        ("semi-auto", "model", "semi-auto"),
        ("file", "imported", None),
        ("consensus", "manual", "consensus"),
        ("robot", "imported", "robot"),
    ],
)
def test_sources(document, word, source, kept):
    _, items = document(f'<track id="7" label="a" source="{word}">{BOX.format(0, 1, 0, 9)}</track>')
    (track,) = tracks_of(items)
    assert (track.source, track.keyframes[0].source) == (source, source)
    assert track.foreign["cvat_video"].get("source") == kept
    assert track.foreign["cvat_video"]["id"] == 7


def test_what_the_program_does_not_know_is_kept(document):
    shape = BOX.format(0, 1, 0, 9)[:-2] + ' confidence="0.5" annotation_type="box"/>'
    _, items = document(f'<track id="1" label="a" colour="red">{shape}</track>')
    (track,) = tracks_of(items)
    assert track.foreign == {"cvat_video": {"id": 1, "attributes": {"colour": "red"}}}
    assert track.keyframes[0].foreign == {"cvat_video": {"attributes": {"confidence": "0.5"}}}


def test_group(document):
    _, items = document(
        f'<track label="a" group_id="12">{BOX.format(0, 1, 0, 9)}</track>'
        f'<track label="a" group_id="many">{BOX.format(0, 1, 0, 9)}</track>'
    )
    assert [track.group for track in tracks_of(items)] == [12, 0]
    assert [(p.rule, p.skipped) for p in problems_of(items)] == [("bad-group", False)]


def test_unknown_elements_are_told(document):
    _, items = document(
        f"""
        <version>1.1</version>
        <remark>hello</remark>
        <track label="a">{BOX.format(0, 1, 0, 9)}<blob frame="0"/></track>
        <!-- a comment is none -->
        <image id="0" name="x.png" width="4" height="4"><tag label="a"/><smudge/></image>
        <ending/>
        """
    )
    assert [(p.rule, p.line) for p in problems_of(items)] == [
        ("unknown-element", 3), ("unknown-element", 4), ("unknown-element", 6), ("unknown-element", 7),
    ]  # fmt: skip
    assert len(tracks_of(items)) == 1
    assert [one.kind for one in annotations_of(items)] == ["tag"]


def test_images_and_tracks_in_one_file(document):
    header, items = document(
        f"""
        <track label="a">{BOX.format(3, 1, 0, 9)}</track>
        <image id="3" name="dir\\x.png" subset="val" width="40" height="30">
          <box label="a" source="file" occluded="1" xtl="1" ytl="1" xbr="2" ybr="2" rotation="45" z_order="2"
               group_id="5"><attribute name="n">v</attribute></box>
          <skeleton label="s" z_order="1"><points label="p" outside="1" occluded="0" points="1,1"/>
            <points label="q" outside="0" occluded="1" points="2,2"/></skeleton>
        </image>
        """
    )
    (frame,) = [item for item in items if isinstance(item, FrameItem)]
    assert (frame.name, frame.number, frame.size, frame.subset) == ("dir/x.png", 3, (40, 30), "val")
    box, skeleton = frame.annotations
    assert box.shape == Rectangle((1, 1, 2, 2), 45)
    assert (box.source, box.occluded, box.z_order, box.group, list(box.attributes.values())) == (
        "imported", True, 2, 5, ["v"],
    )  # fmt: skip
    assert isinstance(skeleton.shape, Skeleton)
    assert [(e.outside, e.occluded) for e in skeleton.shape.elements.values()] == [
        (True, False),
        (False, True),
    ]
    assert [frames_of(track) for track in tracks_of(items)] == [[3]]
    assert header.subsets == ("val",)
    assert problems_of(items) == []


# --- single frames ------------------------------------------------------------------------------------------

SINGLES = f"""
<meta><task><size>4</size><start_frame>10</start_frame><stop_frame>19</stop_frame><frame_filter>step=3</frame_filter>
<labels><label><name>a</name></label></labels></task></meta>
<track label="a">{BOX.format(10, 1, 0, 9)}{BOX.format(13, 1, 0, 9).replace('outside="0"', 'outside="1"')}</track>
<track label="a">{BOX.format(16, 1, 0, 9)}</track>
<track label="a">{BOX.format(10, 1, 0, 9)}{BOX.format(16, 1, 0, 9).replace('outside="0"', 'outside="1"')}</track>
<track label="a">{BOX.format(13, 1, 0, 9)}</track>
"""


def test_single_frame_tracks_are_tracks(document):
    _, items = document(SINGLES)
    assert [frames_of(track) for track in tracks_of(items)] == [[10, 13], [16], [10, 16], [13]]


def test_single_frame_tracks_as_shapes_by_option(document):
    _, items = document(SINGLES, single_frame_tracks_as_shapes=True)
    # The first is seen on 10 alone. The second has no end, as CVAT leaves it out on the last frame but one.
    # The third is seen on 10 and 13, the last from 13 to the end.
    assert [one.frame for one in annotations_of(items)] == [10, 16]
    assert [frames_of(track) for track in tracks_of(items)] == [[10, 16], [13]]


# --- files and folders ----------------------------------------------------------------------------------------


def test_any_name_a_folder_and_gzip(tmp_path):
    text = f'<annotations><track label="a">{BOX.format(0, 1, 0, 9)}</track></annotations>'
    plain, packed = tmp_path / "one" / "My export.XML", tmp_path / "two" / "export.xml.gz"
    for path, data in ((plain, text.encode()), (packed, gzip.compress(text.encode()))):
        path.parent.mkdir()
        path.write_bytes(data)
        for place in (path, path.parent):
            assert detect(place, DEFAULT_LIMITS).fits
            assert len(tracks_of(read(place)[1])) == 1


def test_byte_order_mark_and_windows_line_ends(tmp_path):
    text = f'\ufeff<annotations>\r\n<track label="ä">{BOX.format(0, 1, 0, 9)}</track>\r\n</annotations>'
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode())
    header, items = read(path)
    assert [label.name for label in header.labels] == ["ä"]
    assert len(tracks_of(items)) == 1


def test_items_can_be_asked_for_again(shared):
    dataset = open_dataset(shared / "fixtures/formats/cvat_video/docs_example", {}, DEFAULT_LIMITS)
    first, second = list(dataset.items()), list(dataset.items())
    assert [type(item) for item in first] == [type(item) for item in second]
    assert len(first) == 3


def test_folder_with_annotations_among_other_files(tmp_path):
    text = f'<annotations><track label="a">{BOX.format(0, 1, 0, 9)}</track></annotations>'
    (tmp_path / "annotations.xml").write_text(text)
    (tmp_path / "other.xml").write_text("<a/>")
    assert detect(tmp_path, DEFAULT_LIMITS).fits
    assert len(tracks_of(read(tmp_path)[1])) == 1


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no XML file"),
        ({"a.xml": "<a/>", "b.xml": "<a/>"}, "2 XML files"),
        ({"a.xml": "<annotation><object/></annotation>"}, "no <annotations>"),
        ({"a.xml": "<gpx><track/></gpx>"}, "no <annotations>"),
        ({"a.xml": "<annotations><nothing/></annotations>"}, "no <annotations>"),
        ({"a.xml": ""}, "line 1"),
    ],
)
def test_what_is_no_cvat_file(tmp_path, files, reason):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    verdict = detect(tmp_path, DEFAULT_LIMITS)
    assert not verdict.fits
    assert reason in verdict.reason
    with pytest.raises(AnnotatorError, match=reason):
        open_dataset(tmp_path, {}, DEFAULT_LIMITS)


def test_images_alone_are_another_format(shared):
    verdict = detect(shared / "fixtures/formats/cvat_images/docs_example", DEFAULT_LIMITS)
    assert not verdict.fits
    assert "images" in verdict.reason


# --- what stands between key frames -------------------------------------------------------------------------


def between(frame: int, x: float, **changed: object) -> str:
    values = {"outside": 0, "occluded": 0, "z_order": 0, "rotation": 0} | changed
    flags = " ".join(f'{name}="{value}"' for name, value in values.items())
    return f'<box frame="{frame}" keyframe="0" xtl="{x:.2f}" ytl="0" xbr="{x + 10:.2f}" ybr="10" {flags}/>'


@pytest.mark.parametrize(
    ("shape", "is_told"),
    [
        (between(3, 30), False),
        (between(3, 30.01), False),  # both rounded, in opposite directions
        (between(3, 30.02), True),
        (between(3, 30, outside=1), True),
        (between(3, 30, occluded=1), True),
        (between(3, 30, z_order=1), True),
        (between(3, 30, rotation=5), True),
        (between(3, 30, rotation=360), False),
        (between(12, 100), False),  # it holds after the last key frame
        (between(12, 110), True),
        ('<points frame="3" keyframe="0" points="1,1"/>', True),
    ],
)
def test_shapes_between_key_frames_are_compared(document, shape, is_told):
    _, items = document(
        f'<track label="a">{BOX.format(0, 1, 0, 10)}{BOX.format(10, 1, 100, 110)}{shape}</track>'
    )
    assert [p.rule for p in problems_of(items)] == ["not-interpolated"] * is_told
    assert frames_of(tracks_of(items)[0]) == [0, 10]


def test_rotation_between_key_frames_takes_the_shortest_way(document):
    turned = BOX.replace("/>", ' rotation="{}"/>')
    shapes = (
        turned.format(0, 1, 0, 10, 350),
        turned.format(1, 0, 0, 10, "0.00"),
        turned.format(2, 1, 0, 10, 10),
    )
    _, items = document(f'<track label="a">{"".join(shapes)}</track>')
    assert problems_of(items) == []
    assert interpolate_track(tracks_of(items)[0], 1).shape.rotation == pytest.approx(0, abs=1e-9)


def test_values_between_key_frames_are_compared_where_they_may_change(document):
    value = '><attribute name="colour">{}</attribute><attribute name="speed">{}</attribute></box>'
    shapes = [
        BOX.format(100 + i, key, 0, 10)[:-2] + value.format(colour, speed)
        for i, (key, colour, speed) in enumerate([(1, "red", 1), (0, "blue", 1), (0, "red", 2)])
    ]
    _, items = document(
        f'{META.format(kind="task", subset="")}<track label="car">{"".join(shapes)}</track>'
    )
    (problem,) = problems_of(items)
    assert "there: 1." in problem.text


def test_numbers_are_exact(document):
    _, items = document(
        '<track label="a"><points frame="0" keyframe="1" points="0.1,1234567.89"/></track>'
    )
    assert np.array_equal(tracks_of(items)[0].keyframes[0].shape.points, [[0.1, 1234567.89]])


@pytest.mark.parametrize(("levels", "is_kept"), [(1, True), (99, True), (100, False), (250, False)])
def test_fields_that_are_nested_too_deeply_to_be_kept_are_told(document, levels, is_kept):
    # Of an element the name and a list of those inside are kept, so each level of XML is two, the last one is one,
    # and three are around them: 2 * 99 - 1 + 3 = 200.
    deep = "<a>" * levels + "</a>" * levels
    header, items = document(
        f'<meta><task>{deep}<b>1</b></task></meta><track label="x">{BOX.format(0, 1, 0, 10)}</track>'
    )
    kept = [name for name, _ in header.foreign["cvat_video"]["fields"]]
    assert kept == (["a", "b"] if is_kept else ["b"])
    assert skipped_of(items) == ([] if is_kept else [("not-kept", 1)])
    assert len(tracks_of(items)) == 1


# --- several tasks, sizes, and where tracks stand


def test_tracks_behind_images_are_found(document, tmp_path):
    image = '<image id="7" name="a.png" width="9" height="9"/>'
    document(image * 3 + f'<track label="a">{BOX.format(0, 1, 0, 10)}</track>')
    assert detect(tmp_path, DEFAULT_LIMITS).fits


def test_tracks_of_several_tasks_are_told_since_their_frames_may_be_others(document):
    track = '<track label="a" task_id="{}">' + BOX.format(0, 1, 0, 10) + "</track>"
    _, items = document(track.format(3) + track.format(5) + track.format(3))
    (problem,) = problems_of(items)
    assert problem.text == (
        "The tracks are of 2 tasks, whose frames may have the same numbers; they are read as those of one video. "
        "Where that is wrong, export one task at a time."
    )
    assert (problem.rule, problem.skipped) == ("several-tasks", 0)
    assert problems_of(document(track.format(3) * 2)[1]) == []


def test_a_size_that_is_not_believed_is_told(document):
    task = "<meta><task><size>{}</size></task></meta>"
    track = f'<track label="a">{BOX.format(0, 1, 0, 10)}</track>'
    header, items = document(task.format(99_999_999) + track)
    (problem,) = problems_of(items)
    assert problem.text == (
        "The task has 99,999,999 frames by its size, which is not believed; only those that something is on are read."
    )
    assert (problem.rule, problem.skipped) == ("bad-meta", 0)
    assert MemoryDataset(header, items).frame_count == 1


def test_a_value_without_a_name_is_told_once(document):
    values = (
        '<attribute name="a">1</attribute><attribute>2</attribute><attribute name=" ">3</attribute>'
    )
    meta = META.format(kind="task", subset="")
    box = BOX.format(100, 1, 0, 10).removesuffix("/>") + f">{values}</box>"
    _, items = document(f'{meta}<track label="car">{box}</track>')
    assert [problem.text for problem in problems_of(items)] == [
        "Attribute 'a' of label 'car' is not declared; it was added as text.",
        "Label 'car': An attribute needs a name. The attribute was left out.",
    ]


def test_points_that_are_left_out_are_told_in_the_plural(document):
    _, items = document('<track label="a"><points frame="0" points=""/></track>')
    assert problems_of(items)[0].text == (
        "The points '' are not pairs of numbers. The points were left out."
    )
    _, items = document('<image id="0" name="a"><points label="a" points=""/></image>')
    assert problems_of(items)[0].text.endswith("The points were left out.")


def test_a_very_long_name_makes_no_very_long_sentence(document):
    meta, label = META.format(kind="task", subset=""), "l" * 100_000
    _, items = document(f'{meta}<track label="{label}">{BOX.format(100, 1, 0, 10)}</track>')
    texts = [problem.text for problem in problems_of(items)]
    assert texts[0].startswith("The file uses label 'lll")
    assert texts[0].endswith("lll' but does not declare it; it was added.")
    assert max(map(len, texts)) < 1_100
