"""The parts all formats stand on: names, paths, facts, datasets in memory, the ledger, the registry."""

import os
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import PALETTE, Label, LabelSchema, next_colour
from annotator.core.masks import counts_from_mask
from annotator.core.shapes import Ellipse, Mask, Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import (
    DatasetHeader,
    FrameItem,
    Problem,
    TrackItem,
    VideoDescription,
)
from annotator.formats.dry_run import Ledger
from annotator.formats.exporting import export_dataset
from annotator.formats.frame_paths import PathClaims, frame_names, safe_path
from annotator.formats.label_colours import LabelColours
from annotator.formats.label_names import LabelNames, flat_names
from annotator.formats.losses import difference
from annotator.formats.memory import MemoryDataset
from annotator.formats.picture_files import find_picture
from annotator.formats.registry import Format, FormatError, FormatRegistry
from annotator.formats.summary import summarise
from annotator.formats.yolo.places import label_path_of
from tests.fact_bags import facts, facts_of_view
from tests.formats.cost import calls_in
from tests.formats.random_datasets import datasets

LABELS = LabelSchema((Label("cat", "#000000", id=1), Label("dog", "#ffffff", id=2)))
HEADER = DatasetHeader("", LABELS)
BOX = Rectangle((1, 2, 3, 4))


few = settings(max_examples=25)


# --- facts


def facts_of(*annotations: Annotation, decimals: int | None = None) -> Counter:
    frame = FrameItem("a.jpg", (100, 50), 0, "train", annotations)
    return facts(LabelSchema(), [frame], decimals) - facts(
        LabelSchema(), [FrameItem("a.jpg", subset="train")]
    )


def test_facts_of_an_annotation() -> None:
    annotation = Annotation(
        0, 5, Rectangle((1, 2, 3, 4), 30.0), {7: True}, True, -2, 3, "model", 0.5
    )
    assert facts_of(annotation, decimals=1) == Counter(
        [
            ("rectangle", "a.jpg", "#5", "1.0 2.0 3.0 4.0"),
            ("rotation", "a.jpg", "#5", "30.0"),
            ("occluded", "a.jpg", "#5"),
            ("z-order", "a.jpg", "#5", "-2"),
            ("attribute", "a.jpg", "#5", "#7", "true"),
            ("score", "a.jpg", "#5", "0.500000"),
            ("source", "a.jpg", "#5", "model"),
            ("group", "a.jpg", "#5"),
        ]
    )


def test_numbers_of_groups_mean_nothing() -> None:
    first = [Annotation(0, label, BOX, group=group) for label, group in ((1, 4), (2, 4), (1, 9))]
    second = [Annotation(0, label, BOX, group=group) for label, group in ((1, 1), (2, 8), (1, 8))]
    third = [Annotation(0, label, BOX, group=group) for label, group in ((1, 1), (2, 1), (1, 1))]
    assert facts_of(*first) == facts_of(*second) != facts_of(*third)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Rectangle((0.0, 0, 1, 1)), Rectangle((-0.0, 0, 1, 1))),
        (Rectangle((0.001, 0, 1, 1)), Rectangle((-0.001, 0, 1, 1))),
        (Rectangle((0, 0, 1, 1), 359.999), Rectangle((0, 0, 1, 1))),
        (Ellipse((0, 0), (1, 1.004)), Ellipse((0, 0), (1, 1))),
    ],
)
def test_rounding(first, second) -> None:
    assert facts_of(Annotation(0, 1, first), decimals=2) == facts_of(
        Annotation(0, 1, second), decimals=2
    )
    if first != second:
        assert facts_of(Annotation(0, 1, first), decimals=3) != facts_of(
            Annotation(0, 1, second), decimals=3
        )


def test_how_closely_a_mask_is_cropped_is_no_fact() -> None:
    pixels = np.zeros((5, 6), dtype=bool)
    pixels[1:3, 2:4] = True
    loose = Mask((10, 10), (6, 5), counts_from_mask(pixels))
    tight = Mask.from_bitmap(pixels, (10, 10))
    assert loose != tight
    assert facts_of(Annotation(0, 1, loose)) == facts_of(Annotation(0, 1, tight))


def test_frames_without_a_name() -> None:
    track = Track(1, (Keyframe(10, BOX),))
    found = facts(LABELS, [FrameItem("", number=10), TrackItem(track)])
    assert ("frame", "frame_000010") in found
    assert ("track", "cat", "rectangle", "frame_000010") in found
    named = facts(LABELS, [FrameItem("a.jpg", number=10), TrackItem(track)])
    assert ("track", "cat", "rectangle", "a.jpg") in named


@given(datasets(), datasets())
@few
def test_the_ledger_is_the_difference(first: MemoryDataset, second: MemoryDataset) -> None:
    before, after = facts_of_view(first), facts_of_view(second)
    ledger = Ledger()
    for fact in before.elements():
        ledger.exchange([fact], [])
    ledger.exchange([], list(after.elements()))
    expected = difference(before, after)
    assert (ledger.lost, ledger.added) == (expected.lost, expected.added)


# --- datasets in memory


def test_a_frame_that_comes_again_is_one() -> None:
    one, two = Annotation(0, 1, BOX), Annotation(0, 2, BOX)
    dataset = MemoryDataset(
        HEADER,
        [
            FrameItem("a.jpg", annotations=(one,), foreign={"x": 1}),
            FrameItem("b.jpg", number=5, annotations=(two,)),
            Problem("f", "odd.", "rule"),
            FrameItem("a.jpg", (4, 3), annotations=(two,), foreign={"y": 2}),
            FrameItem("a.jpg", subset="val"),
        ],
    )
    frames = list(dataset.frames())
    assert [(frame.subset, frame.name, frame.size, frame.number) for frame in frames] == [
        ("", "a.jpg", (4, 3), 0),
        ("", "b.jpg", None, 5),
        ("val", "a.jpg", None, 2),
    ]
    assert frames[0].annotations == (one, two)
    assert frames[0].foreign == {"x": 1, "y": 2}
    assert frames[1].annotations[0].frame == 5
    assert [str(problem) for problem in dataset.problems] == ["f: odd."]
    assert dataset.frame_count == 3


def test_tracks_are_shown_on_each_frame() -> None:
    track = Track(
        1,
        (
            Keyframe(1, Rectangle((0, 0, 1, 1))),
            Keyframe(3, Rectangle((2, 0, 3, 1)), outside=True),
            Keyframe(4, Rectangle((8, 0, 9, 1))),
        ),
    )
    video = DatasetHeader("", LABELS, video=VideoDescription(frame_count=6))
    dataset = MemoryDataset(video, [TrackItem(track)])
    shown = {
        frame.number: [one.keyframe.shape.xyxy[0] for one in frame.tracked]
        for frame in dataset.frames("interpolated")
    }
    assert shown == {0: [], 1: [0.0], 2: [1.0], 3: [], 4: [8.0], 5: [8.0]}
    assert all(not frame.tracked for frame in dataset.frames())


def test_frames_of_a_video() -> None:
    stepped = VideoDescription(start=10, stop=19, step=3, size=(8, 6))
    dataset = MemoryDataset(DatasetHeader("", LABELS, video=stepped), [FrameItem("", number=13)])
    assert [(frame.number, frame.size) for frame in dataset.frames()] == [
        (10, (8, 6)),
        (13, None),
        (16, (8, 6)),
        (19, (8, 6)),
    ]


@pytest.mark.parametrize("length", [10**12, 10**30])
def test_a_length_that_cannot_be_is_not_believed(length: int) -> None:
    for video in (VideoDescription(frame_count=length), VideoDescription(stop=length)):
        dataset = MemoryDataset(DatasetHeader("", LABELS, video=video), [FrameItem("", number=3)])
        assert dataset.frame_count == 1


VIDEO = DatasetHeader("", LABELS, name="A video", video=VideoDescription(stop=1))


def on_frames(dataset: MemoryDataset) -> list[tuple[str, str, int | None, list[int]]]:
    return [
        (one.subset, one.name, one.number, [annotation.label for annotation in one.annotations])
        for one in dataset.frames()
    ]


def test_a_frame_of_a_video_is_one_by_its_number_with_and_without_a_name() -> None:
    one, two = Annotation(0, 1, BOX), Annotation(0, 2, BOX)
    plain, named = FrameItem("", (8, 6), 0, "", (one,)), FrameItem("a.jpg", None, 0, "val", (two,))
    for items, labels in (((plain, named), [1, 2]), ((named, plain), [2, 1])):
        dataset = MemoryDataset(VIDEO, items)
        assert on_frames(dataset) == [("val", "a.jpg", 0, labels), ("", "", 1, [])]
        assert next(dataset.frames()).size == (8, 6)
        assert dataset.problems == ()
        assert summarise(dataset).images == 2


def test_what_has_no_subset_takes_none_from_a_frame() -> None:
    one, two = (FrameItem("", None, 0, subset, (Annotation(0, 1, BOX),)) for subset in ("", "val"))
    named = FrameItem("a.jpg", number=0)
    for items in ((one, two), (two, one), (named, two), (two, named)):
        assert next(MemoryDataset(VIDEO, items).frames()).subset == "val"
    other = FrameItem("a.jpg", number=0, subset="train")
    for items in ((other, two), (two, other)):
        assert next(MemoryDataset(VIDEO, items).frames()).subset == "train"


def test_two_names_for_one_frame_of_a_video_are_two_frames_and_told() -> None:
    boxes = [Annotation(0, label, BOX) for label in (1, 2, 1)]
    names = ("a.jpg", "b.jpg", "c.jpg")
    items = [
        FrameItem(name, None, number, "", (box,))
        for name, number, box in zip(names, (0, 0, None), boxes, strict=True)
    ]
    dataset = MemoryDataset(VIDEO, items)
    assert on_frames(dataset) == [
        ("", "a.jpg", 0, [1]),
        ("", "", 1, []),
        ("", "b.jpg", 2, [2]),
        ("", "c.jpg", 3, [1]),
    ]
    assert [one.frame for frame in dataset.frames() for one in frame.annotations] == [0, 2, 3]
    (problem,) = dataset.problems
    assert str(problem) == (
        'A video: Frame 0 is called "a.jpg" and "b.jpg"; they are two frames, and "b.jpg" is frame 2.'
    )
    assert (problem.rule, problem.skipped) == ("same-number", 0)
    assert dataset.frame_count == 4


@given(datasets())
@few
def test_what_is_read_into_memory_again_is_the_same(dataset: MemoryDataset) -> None:
    again = MemoryDataset.read(dataset)
    assert list(again.items()) == list(dataset.items())
    assert facts_of_view(again) == facts_of_view(dataset)


@given(datasets())
@few
def test_summary_counts_what_is_there(dataset: MemoryDataset) -> None:
    summary = summarise(dataset)
    annotations = [one for frame in dataset.frames() for one in frame.annotations]
    tracks = [item.track for item in dataset.tracks()]
    assert summary.images == dataset.frame_count
    assert summary.annotations.total() == len(annotations)
    assert (summary.tracks, summary.keyframes) == (
        len(tracks),
        sum(len(track.keyframes) for track in tracks),
    )
    assert summary.labels.total() == len(annotations) + len(tracks)


def test_pictures_of_a_subset_come_first(tmp_path: Path) -> None:
    for folder in ("train", "val"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jpg").write_bytes(b"")
    roots = (tmp_path / "train", tmp_path / "val")
    header = DatasetHeader("", LABELS, media_roots=roots)
    for subset in ("train", "val"):
        assert (
            find_picture(header, FrameItem("a.jpg", subset=subset)) == tmp_path / subset / "a.jpg"
        )
    assert find_picture(header, FrameItem("a.jpg")) == tmp_path / "train" / "a.jpg"
    assert find_picture(header, FrameItem("../val/a.jpg")) is None
    assert find_picture(header, FrameItem("", number=3)) is None


# --- names and paths


def test_names_are_legal_and_apart() -> None:
    names = LabelNames()
    assert [names.claim(name, "class") for name in ("a", " a ", "a (2)", "", "x\ty", "\n")] == [
        "a",
        "a (2)",
        "a (2) (2)",
        "class",
        "x y",
        "class (2)",
    ]
    assert len(names.claim("ä" * 3000, "class")) <= 1000


def test_flat_names_keep_what_is_unique() -> None:
    labels = LabelSchema(
        (
            Label("car", id=1),
            Label("wheel", parent=1, id=2),
            Label("bus", id=3),
            Label("wheel", parent=3, id=4),
            Label("car/wheel", id=5),
        )
    )
    assert flat_names(labels) == {
        1: "car",
        2: "car/wheel (2)",
        3: "bus",
        4: "bus/wheel",
        5: "car/wheel",
    }


@given(st.lists(st.sampled_from((*PALETTE[:3], PALETTE[-1], "#123456", None)), max_size=60))
def test_colours_one_after_the_other_are_those_of_all_before(wanted: list[str | None]) -> None:
    colours, found = LabelColours(), []
    for colour in wanted:
        assert colours.next() == next_colour(found)
        if colour is None:
            found.append(colours.taken())
        else:
            colours.note(colour)
            found.append(colour)


@given(st.text())
def test_paths_stay_below_their_folder(name: str) -> None:
    parts = safe_path(name).split("/")
    assert parts
    assert all(part not in ("", ".", "..") and "\\" not in part for part in parts)


@given(
    st.lists(
        st.sampled_from(
            ("a", "A", "a.x", "a.y", "a/b", "a.x/b", "a_b", "../a", "images/a", "labels")
        ),
        max_size=9,
    )
)
def test_no_two_files_are_the_same_and_none_is_a_folder(names: list[str]) -> None:
    claims = PathClaims()
    folder = "images/train"
    files = [f"{folder}/{claims.claim(folder, name, label_path_of)}" for name in names]
    everything = [path.casefold() for file in files for path in (file, label_path_of(file))]
    assert len(set(everything)) == len(everything)
    folders = {parent for file in everything for parent in _parents(file)}
    assert not folders & set(everything)


def test_a_path_below_a_file_becomes_one_name_that_every_system_takes() -> None:
    claims = PathClaims()
    names = ("x" * 240, f"{'x' * 240}/{'y' * 200}.png", f"{'X' * 240}/{'y' * 200}.png")
    paths = [claims.claim("images/train", name, label_path_of) for name in names]
    assert [path.count("/") for path in paths] == [0, 0, 0]
    assert paths[1].endswith(".png")
    assert all(len(path.encode()) <= 255 for path in paths)
    assert len({path.casefold() for path in paths}) == 3


def test_a_path_that_no_system_takes_becomes_one_name() -> None:
    claims = PathClaims()
    deep = "/".join("y" * 200 for _ in range(40)) + ".png"
    first, second = (claims.claim("images/train", name, label_path_of) for name in (deep, deep))
    assert first.endswith(".png")
    assert len(first) <= 240
    assert second == first.removesuffix(".png") + "_2.png"
    kept = "/".join("y" * 100 for _ in range(9)) + ".png"
    assert claims.claim("images/train", kept, label_path_of) == kept


@pytest.mark.parametrize(
    ("claim", "last"),
    [
        (partial(LabelNames().claim, "a", "b"), "a (401)"),
        (partial(frame_names().claim, "a.png"), "a_401.png"),
        (partial(PathClaims().claim, "x", "a.png"), "a_401.png"),
    ],
)
def test_claiming_many_equal_names_costs_no_more_for_each(claim, last: str) -> None:
    first = calls_in(lambda: [claim() for _ in range(20)])
    more = calls_in(lambda: [claim() for _ in range(380)])
    assert more < 30 * first
    assert claim() == last


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


# --- the registry


def test_ids_are_unique() -> None:
    one = next(iter(FORMATS))
    with pytest.raises(FormatError, match=one.id):
        FormatRegistry([one, one])


def test_unknown_format_names_the_known() -> None:
    with pytest.raises(FormatError, match="coco_instances"):
        FORMATS["nonsense"]


def test_every_declaration_leads_to_code() -> None:
    for one in FORMATS:
        assert not one.verdict(Path(__file__)).fits
        assert one.title
        assert one.can_hold


def test_nothing_is_imported_before_it_is_used() -> None:
    heavy = ("numpy", "msgspec", "yaml", "lxml", "pycocotools", "cv2", "shapely")
    code = f"import annotator.formats.builtin, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(eval(done.stdout)) <= {"numpy"}  # the values need numpy


def test_format_without_a_writer() -> None:
    one = Format("x", "X", frozenset(), "a:b", "a:b")
    with pytest.raises(FormatError, match="not written"):
        one.losses(MemoryDataset(HEADER))


def test_folder_in_no_format_gets_every_reason(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        FORMATS.detect(tmp_path)
    assert all(one.id in str(caught.value) for one in FORMATS)


def test_equal_names_get_a_number_before_the_suffix() -> None:
    """Two tasks may have pictures of one name; the names themselves stay, also such as no file may have."""
    names = frame_names()
    wanted = [
        "a.b/c.jpg",
        "a.b/c.jpg",
        "A.b/c.jpg",
        "a.b/c",
        "a.b/c",
        "a.b/c_2.jpg",
        "a.b/c.jpg",
        "con?",
    ]
    assert [names.claim(name) for name in wanted] == [
        "a.b/c.jpg",
        "a.b/c_2.jpg",
        "A.b/c.jpg",
        "a.b/c",
        "a.b/c_2",
        "a.b/c_2_2.jpg",
        "a.b/c_3.jpg",
        "con?",
    ]


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user without all rights"
)
@pytest.mark.parametrize("one", [pytest.param(one, id=one.id) for one in FORMATS])
def test_a_locked_folder_beside_a_dataset_is_passed_over(tmp_path: Path, one: Format) -> None:
    view = MemoryDataset(
        DatasetHeader("", LabelSchema((Label("cat", id=1),))), [FrameItem("a.png", (9, 9), 0)]
    )
    export_dataset(view, one, tmp_path / "out")
    locked = tmp_path / "out" / "locked"
    locked.mkdir(mode=0)
    try:
        assert FORMATS.detect(tmp_path / "out") is one
        assert summarise(one.read(tmp_path / "out")).images == 1
    finally:
        locked.chmod(0o700)
