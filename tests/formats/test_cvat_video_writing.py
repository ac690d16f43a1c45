"""Writing CVAT for video: the text of the file, and what is said to be lost."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.interpolation import interpolate_track
from annotator.core.labels import Attribute, Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import (
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from annotator.formats.cvat.video import open_dataset, writer
from annotator.formats.dataset import DatasetHeader, FrameItem, TrackItem, VideoDescription
from annotator.formats.losses import difference
from annotator.formats.memory import MemoryDataset
from annotator.safe_io import DEFAULT_LIMITS
from tests.fact_bags import facts_of_view

CAR = Label("car", "#112233", id=1)
VIDEO = VideoDescription("v.mp4", 5, 0, 4, 1, (64, 48))


def view_of(*items, labels=(CAR,), video=VIDEO, foreign=None) -> MemoryDataset:
    header = DatasetHeader(
        "test", LabelSchema(labels), "A task", video=video, foreign=foreign or {}
    )
    return MemoryDataset(header, items)


def box_track(*frames, track=None, **keyframe) -> TrackItem:
    """A track that is at x = 10 * frame on each of its key frames."""
    keyframes = tuple(
        Keyframe(frame, Rectangle((10 * frame, 0, 10 * frame + 5, 5)), **keyframe)
        for frame in frames
    )
    return TrackItem(Track(1, keyframes, **(track or {})))


def text_of(view: MemoryDataset, folder: Path, **options) -> str:
    writer.write(view, folder, options, NO_PROGRESS)
    return (folder / "annotations.xml").read_text(encoding="utf-8")


def tracks_in(text: str):
    """Return the <track> elements of a file that a plain parser finds."""
    return etree.fromstring(text.encode()).findall("track")


def read_back(folder: Path) -> MemoryDataset:
    return MemoryDataset.read(open_dataset(folder, {}, DEFAULT_LIMITS))


def rows_of(view: MemoryDataset):
    report = writer.losses(view, {}, NO_PROGRESS)
    return [(row.aspect, row.effect, row.count, row.becomes) for row in report], report


# --- the text -------------------------------------------------------------------------------------------------


def test_whole_file(tmp_path):
    plate = Attribute("plate", "select", ("A", "B"), default="A", mutable=True, id=5)
    label = replace(CAR, kind="rectangle", attributes=(plate,))
    keyframes = (
        Keyframe(10, Rectangle((1.005, 2, 3, 4), 30), z_order=2, attributes={5: "B"}),
        Keyframe(16, Rectangle((7.004, 2, 9, 4), 30), True, True, attributes={5: "A"}),
    )
    video = VideoDescription("v.mp4", 4, 10, 19, 3, (64, 48))
    view = view_of(
        TrackItem(Track(1, keyframes, group=3, source="model")), labels=(label,), video=video
    )
    text = re.sub("<dumped>[^<]+</dumped>", "<dumped/>", text_of(view, tmp_path))
    assert (
        text
        == """\
<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <name>A task</name>
      <size>4</size>
      <mode>interpolation</mode>
      <subset>default</subset>
      <start_frame>10</start_frame>
      <stop_frame>19</stop_frame>
      <frame_filter>step=3</frame_filter>
      <labels>
        <label>
          <name>car</name>
          <color>#112233</color>
          <type>rectangle</type>
          <attributes>
            <attribute>
              <name>plate</name>
              <mutable>True</mutable>
              <input_type>select</input_type>
              <default_value>A</default_value>
              <values>A
B</values>
            </attribute>
          </attributes>
        </label>
      </labels>
      <original_size>
        <width>64</width>
        <height>48</height>
      </original_size>
      <source>v.mp4</source>
    </task>
    <dumped/>
  </meta>
  <track id="0" label="car" source="auto" group_id="3">
    <box frame="10" keyframe="1" outside="0" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00" \
rotation="30.00" z_order="2">
      <attribute name="plate">B</attribute>
    </box>
    <box frame="13" keyframe="0" outside="0" occluded="0" xtl="4.00" ytl="2.00" xbr="6.00" ybr="4.00" \
rotation="30.00" z_order="2">
      <attribute name="plate">B</attribute>
    </box>
    <box frame="16" keyframe="1" outside="1" occluded="1" xtl="7.00" ytl="2.00" xbr="9.00" ybr="4.00" \
rotation="30.00" z_order="0">
      <attribute name="plate">A</attribute>
    </box>
  </track>
</annotations>
"""
    )


def test_every_frame_up_to_the_next_outside_and_to_the_end(tmp_path):
    gone = box_track(0, 2)
    gone = TrackItem(
        replace(
            gone.track,
            keyframes=(gone.track.keyframes[0], replace(gone.track.keyframes[1], outside=True)),
        )
    )
    text = text_of(view_of(gone, box_track(1, 3)), tmp_path)
    shown = [
        [(s.get("frame"), s.get("keyframe"), s.get("xtl")) for s in t] for t in tracks_in(text)
    ]
    assert shown == [
        [("0", "1", "0.00"), ("1", "0", "10.00"), ("2", "1", "20.00")],
        [("1", "1", "10.00"), ("2", "0", "20.00"), ("3", "1", "30.00"), ("4", "0", "30.00")],
    ]


def test_between_key_frames_is_interpolated_before_it_is_rounded(tmp_path):
    keyframes = (Keyframe(0, Points([(0.0049, 0)])), Keyframe(4, Points([(0.0149, 0)])))
    text = text_of(view_of(TrackItem(Track(1, keyframes))), tmp_path)
    # A quarter of the way is 0.0074; from the rounded 0.00 to the rounded 0.01 it would be 0.0025.
    assert [s.get("points") for s in tracks_in(text)[0]][:2] == ["0.00,0.00", "0.01,0.00"]


@pytest.mark.parametrize("value", [-0.001, -0.0, 0.0])
def test_no_negative_zero(tmp_path, value):
    shape = Polyline([(value, value), (1, 1)])
    text = text_of(view_of(TrackItem(Track(1, (Keyframe(4, shape),)))), tmp_path)
    assert 'points="0.00,0.00;1.00,1.00"' in text


def test_rotation_that_rounds_to_a_whole_turn_is_left_out(tmp_path):
    view = view_of(TrackItem(Track(1, (Keyframe(4, Ellipse((5, 5), (2, 1), 359.996)),))))
    assert "rotation" not in text_of(view, tmp_path)


def test_skeleton_elements_have_keys_of_their_own(tmp_path):
    points = (TemplatePoint("head", id=11), TemplatePoint("foot", id=12))
    label = Label("man", kind="skeleton", skeleton=SkeletonTemplate(points, ((11, 12),)), id=2)

    def element(x, **flags):
        return SkeletonElement(Points([(x, 0)]), **flags)

    keyframes = (
        Keyframe(0, Skeleton({11: element(0), 12: element(0)})),
        Keyframe(2, Skeleton({11: element(10, occluded=True)})),
        Keyframe(4, Skeleton({12: element(40, outside=True)})),
    )
    text = text_of(view_of(TrackItem(Track(2, keyframes)), labels=(label,)), tmp_path)
    (track,) = tracks_in(text)
    shown = [
        (
            s.get("frame"),
            s.get("keyframe"),
            *((e.get("keyframe"), e.get("points"), e.get("outside")) for e in s),
        )
        for s in track
    ]
    assert shown == [
        ("0", "1", ("1", "0.00,0.00", "0"), ("1", "0.00,0.00", "0")),
        ("1", "0", ("0", "5.00,0.00", "0"), ("0", "10.00,0.00", "0")),
        ("2", "1", ("1", "10.00,0.00", "0"), ("0", "20.00,0.00", "0")),
        ("3", "0", ("0", "10.00,0.00", "0"), ("0", "30.00,0.00", "0")),
        ("4", "1", ("0", "10.00,0.00", "0"), ("1", "40.00,0.00", "1")),
    ]
    assert [e.get("label") for e in track[0]] == ["head", "foot"]
    assert not any("outside" in s.attrib for s in track)


def test_skeleton_that_leaves_as_a_whole_leaves_with_every_element(tmp_path):
    points = (TemplatePoint("head", id=11), TemplatePoint("foot", id=12))
    label = Label("man", kind="skeleton", skeleton=SkeletonTemplate(points), id=2)
    head, foot = (SkeletonElement(Points([(x, 0)])) for x in (1, 2))
    keyframes = (
        Keyframe(0, Skeleton({11: head, 12: foot})),
        Keyframe(1, Skeleton({}), outside=True),
        Keyframe(3, Skeleton({11: head})),
    )
    view = view_of(TrackItem(Track(2, keyframes)), labels=(label,))
    (track,) = tracks_in(text_of(view, tmp_path))
    shown = [(s.get("frame"), [(e.get("keyframe"), e.get("outside")) for e in s]) for s in track]
    assert shown == [
        ("0", [("1", "0"), ("1", "0")]),
        ("1", [("1", "1"), ("1", "1")]),
        ("3", [("1", "0"), ("1", "0")]),
        ("4", [("0", "0"), ("0", "0")]),
    ]
    again = next(iter(read_back(tmp_path).tracks())).track
    assert [one.outside for one in again.keyframes] == [False, True, False]
    assert rows_of(view)[0] == [("key frame", "converted", 2, "key frame")]


def test_plain_shapes_are_tracks_of_one_frame(tmp_path):
    shape = Rectangle((1, 1, 2, 2))
    frames = [
        FrameItem("", None, n, annotations=(Annotation(n, 1, shape, z_order=n),)) for n in (0, 3, 4)
    ]
    view = view_of(*frames)
    shown = [
        [(s.get("frame"), s.get("outside"), s.get("z_order")) for s in t]
        for t in tracks_in(text_of(view, tmp_path))
    ]
    # The one on the last frame but one ends on the last, the one on the last frame does not end.
    assert shown == [
        [("0", "0", "0"), ("1", "1", "0")],
        [("3", "0", "3"), ("4", "1", "3")],
        [("4", "0", "4")],
    ]
    rows, _ = rows_of(view)
    assert rows == [
        ("rectangle", "converted", 3, "track"),
        ("z-order", "converted", 2, "key frame"),
    ]
    by_option = open_dataset(tmp_path, {"single_frame_tracks_as_shapes": True}, DEFAULT_LIMITS)
    assert facts_of_view(MemoryDataset.read(by_option), 2) == facts_of_view(view, 2)


def test_masks_stay_plain_shapes(tmp_path):
    mask = Mask.from_bitmap(np.array([[0, 1, 0], [1, 1, 1]], dtype=bool), (10, 20))
    view = view_of(
        FrameItem("", None, 2, annotations=(Annotation(2, 1, mask, group=4, occluded=True),))
    )
    text = text_of(view, tmp_path)
    assert 'rle="1, 1, 1, 3" left="10" top="20" width="3" height="2"' in text
    rows, report = rows_of(view)
    assert rows == []
    assert not report.lost
    (frame,) = [frame for frame in read_back(tmp_path).frames() if frame.annotations]
    assert (frame.number, frame.annotations[0].shape, frame.annotations[0].occluded) == (
        2,
        mask,
        True,
    )


def test_track_of_masks_becomes_a_mask_on_each_frame(tmp_path):
    mask = Mask.from_bitmap(np.ones((2, 2), dtype=bool))
    keyframes = (Keyframe(1, mask), Keyframe(3, mask, outside=True), Keyframe(4, mask))
    view = view_of(TrackItem(Track(1, keyframes)))
    tracks = tracks_in(text_of(view, tmp_path))
    assert [[s.get("frame") for s in track] for track in tracks] == [["1", "2"], ["2", "3"], ["4"]]
    shown = [f.number for f in read_back(tmp_path).frames() if f.annotations]
    assert shown == [1, 2, 4]
    rows, report = rows_of(view)
    assert rows == [("track", "converted", 1, "mask"), ("key frame", "converted", 3, "mask")]
    assert (report.lost, report.added) == ({"track": 1, "key frame": 3}, {"mask": 3})


def test_polygon_of_parts_with_holes(tmp_path):
    square = np.array([(0, 0), (9, 0), (9, 9), (0, 9)])
    parts = (PolygonPart(square, (square / 3 + 1,)), PolygonPart(square + 20))
    view = view_of(FrameItem("", None, 4, annotations=(Annotation(4, 1, Polygon(parts)),)))
    tracks = tracks_in(text_of(view, tmp_path))
    assert [t[0].get("points") for t in tracks] == [
        "0.00,0.00;9.00,0.00;9.00,9.00;0.00,9.00", "20.00,20.00;29.00,20.00;29.00,29.00;20.00,29.00",
    ]  # fmt: skip
    # The two are tied together by a group that nothing else has.
    assert len({t.get("group_id") for t in tracks}) == 1
    rows, report = rows_of(view)
    assert rows == [
        ("polygon", "converted", 1, "track"), ("track", "added", 1, "track"), ("group", "added", 1, "group"),
    ]  # fmt: skip
    assert report.added == {"track": 2, "key frame": 2, "group": 1}


def test_part_of_a_polygon_that_is_missing_on_a_key_frame_is_outside_there(tmp_path):
    square = np.array([(0, 0), (9, 0), (9, 9), (0, 9)])
    one, two = Polygon.from_ring(square), Polygon((PolygonPart(square), PolygonPart(square + 20)))
    keyframes = (Keyframe(0, one), Keyframe(1, two), Keyframe(2, one), Keyframe(3, two))
    tracks = tracks_in(text_of(view_of(TrackItem(Track(1, keyframes))), tmp_path))
    shown = [
        [(s.get("frame"), s.get("outside")) for s in t if s.get("keyframe") == "1"] for t in tracks
    ]
    assert shown == [
        [("0", "0"), ("1", "0"), ("2", "0"), ("3", "0")], [("1", "0"), ("2", "1"), ("3", "0")],
    ]  # fmt: skip


def test_text_that_xml_cannot_hold(tmp_path):
    note = Attribute("note", "text", id=5)
    text = "a\x00b\x1b<&>\"\r\n\t\ufffe'é"
    view = view_of(
        box_track(4, track={"attributes": {5: text}}), labels=(replace(CAR, attributes=(note,)),)
    )
    text_of(view, tmp_path)
    (item,) = read_back(tmp_path).tracks()
    assert list(item.track.attributes.values()) == ["ab<&>\"\r\n\t'é"]
    assert rows_of(view)[0] == [("attribute", "converted", 1, "attribute")]


def test_names_of_labels_are_written_flat(tmp_path):
    labels = (
        Label("car", id=1), Label("van", id=2), Label("wheel", parent=1, id=3), Label("wheel", parent=2, id=4),
        Label("\ufffe", hotkey="1", id=5),
    )  # fmt: skip
    view = view_of(
        *(TrackItem(Track(n, (Keyframe(4, Points([(n, n)])),))) for n in (3, 4, 5)), labels=labels
    )
    text_of(view, tmp_path)
    again = read_back(tmp_path)
    assert [label.name for label in again.labels] == ["car", "van", "car/wheel", "van/wheel", "_"]
    assert [again.labels[item.track.label].name for item in again.tracks()] == [
        "car/wheel",
        "van/wheel",
        "_",
    ]
    _, report = rows_of(view)
    assert report.lost["label"] == 3
    assert report.lost["hot key"] == 1
    assert report.lost["label parent"] == 2


def test_what_the_meta_part_held_is_written_back(tmp_path):
    fields = [
        ["id", "5"], ["overlap", "2"], ["owner", [["username", "me & you"], ["email", ""]]], ["odd", [["x", "1"]]],
        ["name", "stale"], ["bad name", "x"], ["n", 5],
    ]  # fmt: skip
    view = view_of(box_track(4), foreign={"cvat_video": {"kind": "task", "fields": fields}})
    task = etree.fromstring(text_of(view, tmp_path).encode()).find("meta/task")
    assert [child.tag for child in task] == [
        "id", "name", "size", "mode", "overlap", "subset", "start_frame", "stop_frame", "frame_filter",
        "owner", "odd", "labels", "original_size", "source",
    ]  # fmt: skip
    assert (task.findtext("name"), task.findtext("owner/username"), task.findtext("odd/x")) == (
        "A task", "me & you", "1",
    )  # fmt: skip
    kept = read_back(tmp_path).foreign["cvat_video"]["fields"]
    assert kept == fields[:4]


def test_ids_sources_and_unknown_attributes_are_written_back(tmp_path):
    def item(**foreign):
        return box_track(4, track={"source": "model", "foreign": {"cvat_video": foreign}})

    view = view_of(
        item(id=7, source="semi-auto", attributes={"note": "1 < 2", "label": "x", "a b": "y"}),
        item(id=7),
        item(),
        item(id=1, source="manual"),
        TrackItem(
            Track(
                1,
                (
                    Keyframe(
                        4, Points([(1, 1)]), foreign={"cvat_video": {"attributes": {"p": "0.5"}}}
                    ),
                ),
            )
        ),
    )
    tracks = tracks_in(text_of(view, tmp_path))
    # The second 7 and those without a number get free ones, and "manual" is no word for what a model made.
    assert [(t.get("id"), t.get("source")) for t in tracks] == [
        ("7", "semi-auto"), ("0", "auto"), ("2", "auto"), ("1", "auto"), ("3", "manual"),
    ]  # fmt: skip
    assert (tracks[0].get("note"), tracks[0].get("label")) == ("1 < 2", "car")
    assert tracks[4][0].get("p") == "0.5"


def test_subset_of_all_stands_in_the_meta_part_and_of_some_on_their_tracks(tmp_path):
    (one, two) = (tmp_path / name for name in ("one", "two"))
    item = replace(box_track(4), subset="train")
    for folder, other in ((one, item), (two, replace(item, subset="val"))):
        folder.mkdir()
        text = text_of(view_of(item, other), folder)
        assert ("<subset>train</subset>" in text) == (folder == one)
        assert [i.subset for i in read_back(folder).tracks()] == [item.subset, other.subset]


def test_pictures_have_numbers_only(tmp_path):
    shape = Rectangle((1, 1, 2, 2))
    frames = [
        FrameItem(f"{n}.jpg", (9, 9), n, annotations=(Annotation(n, 1, shape),)) for n in range(2)
    ]
    view = view_of(*frames, video=None)
    text = text_of(view, tmp_path)
    assert "<mode>annotation</mode>" in text
    assert "original_size" not in text
    rows, report = rows_of(view)
    assert rows == [("frame", "converted", 2, "frame"), ("rectangle", "converted", 2, "track")]
    assert report.lost == {"frame": 2, "rectangle": 2}
    assert report.added == {"frame": 2, "track": 2, "key frame": 3}


def test_pictures_of_one_number_do_not_become_one_frame(tmp_path):
    shape = Rectangle((1, 1, 2, 2))
    frames = [
        FrameItem("a.jpg", (9, 9), 5, subset, (Annotation(5, 1, shape),))
        for subset in ("train", "val")
    ]
    tracks = tracks_in(text_of(view_of(*frames, video=None), tmp_path))
    assert [t[0].get("frame") for t in tracks] == ["0", "1"]


def test_tags_scores_and_unknown_labels(tmp_path):
    shape = Rectangle((1, 1, 2, 2))
    found = (
        Annotation(4, 1, None, {}, source="model"),
        Annotation(4, 1, shape, score=0.5),
        Annotation(4, 99, shape, occluded=True),
    )
    view = view_of(FrameItem("", None, 4, annotations=found), box_track(4, score=0.25))
    assert len(tracks_in(text_of(view, tmp_path))) == 2
    rows, report = rows_of(view)
    assert sorted(rows) == [
        ("occluded", "dropped", 1, ""), ("rectangle", "converted", 1, "track"), ("rectangle", "dropped", 1, ""),
        ("score", "dropped", 2, ""), ("source", "dropped", 1, ""),
        ("tag", "dropped", 1, ""),
    ]  # fmt: skip
    assert (
        report.lost
        == difference(facts_of_view(view, 2), facts_of_view(read_back(tmp_path), 2)).lost
    )


def test_frames_that_are_too_many_or_cannot_be_do_not_fill_the_disk(tmp_path):
    track = TrackItem(Track(1, (Keyframe(0, Points([(1, 1)])), Keyframe(10**9, Points([(2, 2)])))))
    video = VideoDescription("v.mp4", 10**12, 0, 10**12, 1)
    text = text_of(view_of(track, video=video), tmp_path)
    assert len(text) < 2000
    assert [one.frame for i in read_back(tmp_path).tracks() for one in i.track.keyframes] == [0]


def test_empty_dataset(tmp_path):
    view = view_of(video=None)
    text_of(view, tmp_path)
    again = read_back(tmp_path)
    assert facts_of_view(again, 2) == facts_of_view(view, 2)
    assert rows_of(view)[0] == []


def test_pictures_are_copied_by_option(tmp_path, make_picture):
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir()
    source.mkdir()
    make_picture(source / "a.PNG", 8, 6)
    header = DatasetHeader("test", LabelSchema((CAR,)), media_roots=(source,))
    frames = [FrameItem(name, (8, 6), number) for number, name in enumerate(("a.PNG", "lost.png"))]
    view = MemoryDataset(header, frames)
    text_of(view, target, save_images=True)
    assert [path.name for path in (target / "images").iterdir()] == ["frame_000000.png"]
    assert (target / "images/frame_000000.png").read_bytes() == (source / "a.PNG").read_bytes()
    report = writer.losses(view, {"save_images": True}, NO_PROGRESS)
    assert ("picture", 1) in [(row.aspect, row.count) for row in report]
    assert open_dataset(target, {}, DEFAULT_LIMITS).header.media_roots == (target / "images",)


def test_cancelled(tmp_path):
    progress = Progress()
    progress.cancel()
    view = view_of(box_track(0, 4))
    with pytest.raises(Cancelled):
        writer.losses(view, {}, progress)
    with pytest.raises(Cancelled):
        writer.write(view, tmp_path, {}, progress)
    assert list(tmp_path.iterdir()) == []


# --- samples ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", ["dagshub_sample", "docs_example", "fork_skeleton_tracks"])
def test_samples_survive_reading_writing_and_reading(shared, tmp_path, sample):
    before = read_back(shared / "fixtures/formats/cvat_video" / sample)
    rows, report = rows_of(before)
    assert (rows, report.lost, report.added) == ([], {}, {})
    writer.write(before, tmp_path, {}, NO_PROGRESS)
    after = read_back(tmp_path)
    assert facts_of_view(after, 2) == facts_of_view(before, 2)
    assert after.video == before.video
    assert after.foreign == before.foreign
    assert after.problems == ()
    assert [i.track.foreign for i in after.tracks()] == [i.track.foreign for i in before.tracks()]


def shapes_between(path: Path):
    """Return by (track, frame, sublabel) the box or points of everything with keyframe="0" in a file."""
    found = {}
    for number, track in enumerate(etree.parse(str(path)).getroot().findall("track")):
        for shape in track.iter("box", "points", "polyline", "polygon"):
            inside = shape.getparent()
            frame = shape.get("frame") or inside.get("frame")
            name = shape.get("label") or (inside.get("label") if inside is not track else None)
            if shape.get("keyframe") == "0":
                texts = [shape.get(n) for n in ("xtl", "ytl", "xbr", "ybr") if n in shape.attrib]
                texts = texts or re.split("[,;]", shape.get("points"))
                found[number, int(frame), name] = [float(text) for text in texts]
    return found


@pytest.mark.parametrize(
    ("sample", "compared", "inconsistent"),
    [
        # Frame 4 of the first track moves on after its last key frame, which interpolation cannot know.
        ("dagshub_sample/sample_video.xml", 5, {(0, 4, None)}),
        # Points 1, 2 and 4 on frames 13 and 16.
        ("fork_skeleton_tracks/annotations.xml", 6, set()),
    ],
)
def test_between_key_frames_we_write_what_the_samples_have(
    shared, tmp_path, sample, compared, inconsistent
):
    path = shared / "fixtures/formats/cvat_video" / sample
    writer.write(read_back(path), tmp_path, {}, NO_PROGRESS)
    theirs, ours = shapes_between(path), shapes_between(tmp_path / "annotations.xml")
    assert len(theirs) == compared
    for key in theirs.keys() - inconsistent:
        assert ours[key] == pytest.approx(theirs[key], abs=0.01)


def test_written_between_is_what_the_program_shows(tmp_path):
    keyframes = (
        Keyframe(0, Rectangle((0.123, 4, 10, 20), 350)),
        Keyframe(3, Rectangle((9.567, 1, 30, 40), 20)),
    )
    track = Track(1, keyframes)
    (written,) = tracks_in(text_of(view_of(TrackItem(track)), tmp_path))
    for shape in written:
        shown = interpolate_track(track, int(shape.get("frame"))).shape
        assert [float(shape.get(n)) for n in ("xtl", "ytl", "xbr", "ybr")] == pytest.approx(
            shown.xyxy, abs=0.005 + 1e-9
        )
        assert float(shape.get("rotation", 0)) == pytest.approx(shown.rotation, abs=0.005 + 1e-9)
