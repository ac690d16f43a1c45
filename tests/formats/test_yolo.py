"""Ultralytics YOLO detection: data.yaml in all its forms, rows, and what is written."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import intersection_of_boxes
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Ellipse, Mask, Points, Polygon, Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import DatasetHeader, FrameItem, FramePicture, TrackItem
from annotator.formats.exporting import export_dataset
from annotator.formats.memory import MemoryDataset
from annotator.formats.registry import FormatError
from annotator.formats.summary import summarise
from annotator.formats.yolo import pictures as yolo_pictures
from annotator.formats.yolo.pictures import name_in_subset
from annotator.formats.yolo.places import label_path_of
from annotator.formats.yolo.plan import split_of
from annotator.media.folder import FolderListing, find_pictures
from annotator.safe_io import Limits
from tests.fact_bags import facts_of_view
from tests.formats.random_datasets import write_header

YOLO = FORMATS["yolo_ultralytics_detect"]
VARIANTS = (
    "yolov8_detection",
    "yolov8_detection_with_list_of_imgs",
    "yolov8_detection_with_list_of_names",
    "yolov8_detection_with_subset_txt",
)
SIZE = (640, 480)


def read(path: Path, **options: Any) -> MemoryDataset:
    return MemoryDataset.read(YOLO.read(path, options))


def boxes(dataset: MemoryDataset) -> list[tuple[str, str, str, list[float]]]:
    """Subset, frame, label and box of each annotation, the box to four decimals."""
    return [
        (
            frame.subset,
            frame.name,
            dataset.labels[one.label].name,
            np.round(one.shape.xyxy, 4).tolist(),
        )
        for frame in dataset.frames()
        for one in frame.annotations
    ]


# --- samples by another program


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "fixtures" / "formats" / "yolo_ultralytics_detect" / "fork_all_variants"


@pytest.mark.parametrize("variant", VARIANTS)
def test_samples(samples: Path, variant: str) -> None:
    # Each has one picture of 15 x 10 pixels and the same two rows:
    # class 2, centre 0.133333 * 15 = 2, 0.3 * 10 = 3, width 0.266667 * 15 = 4, height 0.2 * 10 = 2;
    # class 4, centre 4, 4.5, width 2, height 3. There are ten classes.
    assert summarise(YOLO.read(samples / variant)).as_json() == {
        "format": "yolo_ultralytics_detect",
        "images": 1,
        "annotations": {"rectangle": 2},
        "tracks": 0,
        "keyframes": 0,
        "labels": {f"label_{number}": int(number in (2, 4)) for number in range(10)},
        "attributes": 0,
        "skipped": 0,
        "problems": [],
    }
    dataset = read(samples / variant)
    (frame,) = dataset.frames()
    assert (frame.name, frame.subset, frame.size) == ("1.jpg", "train", (15, 10))
    assert dataset.picture(frame) == FramePicture(samples / variant / "images" / "train" / "1.jpg")
    expected = [(0.0, 2.0, 4.0, 4.0), (3.0, 3.0, 5.0, 6.0)]
    for one, box in zip(frame.annotations, expected, strict=True):
        assert np.allclose(one.shape.xyxy, box, atol=15e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_samples_survive_a_round_trip(samples: Path, tmp_path: Path, variant: str) -> None:
    before = read(samples / variant)
    assert not export_dataset(before, YOLO, tmp_path / "out", {"save_images": True, "strict": True})
    after = read(tmp_path / "out")
    assert after.problems == ()
    assert facts_of_view(after, 6, relative=True) == facts_of_view(before, 6, relative=True)
    assert [label.foreign for label in after.labels] == [label.foreign for label in before.labels]
    assert after.foreign == before.foreign
    rows = "2 0.133333 0.300000 0.266667 0.200000\n4 0.266667 0.450000 0.133333 0.300000\n"
    assert (tmp_path / "out" / "labels" / "train" / "1.txt").read_text() == rows


def test_a_folder_of_datasets_is_none(samples: Path) -> None:
    verdict = YOLO.verdict(samples)
    assert not verdict.fits
    assert all(variant in verdict.reason for variant in VARIANTS)


# --- data.yaml


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Pictures a (train) and b (val) with a box each, in the usual places."""
    write_picture(tmp_path / "images/train/a.jpg", "0 0.5 0.5 0.25 0.5\n")
    write_picture(tmp_path / "images/val/b.jpg", "1 0.5 0.5 0.25 0.5\n")
    return tmp_path


BOXES = [
    ("train", "a.jpg", "cat", [240.0, 120.0, 400.0, 360.0]),
    ("val", "b.jpg", "dog", [240.0, 120.0, 400.0, 360.0]),
]
NAMES = "names: [cat, dog]\n"


def write_picture(path: Path, rows: str | None = None) -> None:
    write_header(path, SIZE)
    if rows is not None:
        root = next(parent for parent in path.parents if (parent / "images").is_dir())
        label = root / label_path_of(path.relative_to(root).as_posix())
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text(rows)


def configured(root: Path, text: str) -> MemoryDataset:
    (root / "data.yaml").write_text(text, "utf-8")
    assert YOLO.verdict(root).fits
    return read(root)


@pytest.mark.parametrize(
    "text",
    [
        NAMES + "train: images/train\nval: images/val\n",
        NAMES + "path: .\ntrain: ./images/train/\nval: images\\val\n",
        NAMES + "path: images\ntrain: train\nval: val\n",
        NAMES + "train: ../images/train\nval: ../images/val\n",
        NAMES + "train: [images/train]\nval: [images/val/b.jpg]\n",
        "names: {1: dog, 0: cat}\ntrain: images/train\nval: images/val\n",
        "names: {'0': cat, '1': dog}\nnc: 2\ntrain: images/train\nvalid: images/val\n",
        "\ufeff" + (NAMES + "train: images/train\nval: images/val\n").replace("\n", "\r\n"),
    ],
)
def test_forms_of_the_file(root: Path, text: str) -> None:
    dataset = configured(root, text)
    assert dataset.problems == ()
    assert boxes(dataset) == BOXES


@pytest.mark.parametrize(
    "line",
    [
        "./images/train/a.jpg",
        "images/train/a.jpg",
        "data/images/train/a.jpg",
        "images\\train\\a.jpg",
    ],
)
def test_lists_of_pictures(root: Path, line: str) -> None:
    (root / "train.txt").write_text(f"{line}\r\n\n")
    (root / "lists").mkdir()
    (root / "lists" / "val.txt").write_text("images/val/b.jpg")
    dataset = configured(root, NAMES + "train: train.txt\nval: lists/val.txt\n")
    assert dataset.problems == ()
    assert boxes(dataset) == BOXES


def test_folders_by_subset(tmp_path: Path) -> None:
    """Roboflow: train/images, train/labels, and a path that begins beside the folder."""
    for subset, name in (("train", "a.jpg"), ("valid", "b.jpg")):
        write_header(tmp_path / subset / "images" / name, SIZE)
        (tmp_path / subset / "labels").mkdir()
        (tmp_path / subset / "labels" / f"{name[0]}.txt").write_text("0 .5 .5 .25 .5")
    dataset = configured(tmp_path, NAMES + "train: ../train/images\nval: ../valid/images\n")
    assert [one[:2] for one in boxes(dataset)] == [("train", "a.jpg"), ("val", "b.jpg")]
    assert dataset.problems == ()
    assert all(dataset.picture(frame) for frame in dataset.frames())


def test_absolute_path_into_the_folder(root: Path) -> None:
    dataset = configured(root, NAMES + f"train: {root}/images/train\nval: {root}/images/val\n")
    assert boxes(dataset) == BOXES


def test_several_folders_of_one_subset(root: Path) -> None:
    write_picture(root / "images/more/a.jpg", "1 0.5 0.5 0.25 0.5\n")
    dataset = configured(root, NAMES + "train: [images/train, images/more]\n")
    assert [one[:3] for one in boxes(dataset)] == [
        ("train", "a.jpg", "cat"),
        ("train", "more/a.jpg", "dog"),
    ]


def test_a_picture_counts_once(root: Path) -> None:
    dataset = configured(root, NAMES + "train: images/train\nval: images/train\n")
    assert [one[:2] for one in boxes(dataset)] == [("train", "a.jpg")]
    assert [(one.rule, one.skipped) for one in dataset.problems] == [("duplicate-name", 1)]


def test_a_folder_that_is_named_again_and_again_is_looked_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Path] = []

    def find(folder: Path, **options: Any) -> FolderListing:
        looked_at.append(folder)
        return find_pictures(folder, **options)

    monkeypatch.setattr(yolo_pictures, "find_pictures", find)
    entries = ["images/train", "./images/train/", "images/x/../train"] * 1000
    dataset = configured(root, NAMES + f"train: [{', '.join(entries)}]\n")
    assert [one[:2] for one in boxes(dataset)] == [("train", "a.jpg")]
    assert len(looked_at) == 2  # to recognise the format, and to read
    (problem,) = dataset.problems
    assert problem.text == "'train' names \"images/train\" 3000 times; it counts once."
    assert (problem.rule, problem.skipped) == ("duplicate-name", 2999)


def test_what_is_no_path_is_counted(root: Path) -> None:
    dataset = configured(root, NAMES + "train: [images/train, 7, '', {a: b}]\n")
    assert [(one.rule, one.skipped) for one in dataset.problems] == [("path", 3)]
    assert boxes(dataset) == BOXES[:1]


@pytest.mark.parametrize(
    ("names", "expected", "problems"),
    [
        ("[no, on, 1.0, 'a: b', null]", ["no", "on", "1.0", "a: b", "class 4"], 5),
        ("{0: a, 5: b}", ["a", "b"], 0),
        ("[a, a]", ["a", "a (2)"], 1),
        ("{0: a, x: b, -1: c}", ["a"], 2),
        ("['<img src=x>', '../x', 'ß 漢字']", ["<img src=x>", "../x", "ß 漢字"], 0),
    ],
)
def test_names(root: Path, names: str, expected: list[str], problems: int) -> None:
    dataset = configured(root, f"train: images/none.jpg\nval: images/val\nnames: {names}\n")
    assert [label.name for label in dataset.labels] == expected
    assert len([one for one in dataset.problems if one.rule == "names"]) == problems


def test_number_of_classes_without_names(root: Path) -> None:
    dataset = configured(root, "train: images/train\nnc: 2\n")
    assert [label.name for label in dataset.labels] == ["class 0", "class 1"]
    assert [(one.rule, one.skipped) for one in dataset.problems] == [("names", False)]


def test_keys_that_are_nested_too_deeply_to_be_kept_are_told(root: Path) -> None:
    (root / "data.yaml").write_text(
        NAMES + f"train: images/train\ndeep: {'[' * 199}{']' * 199}\nflat: 1\n"
    )
    dataset = MemoryDataset.read(YOLO.read(root, limits=Limits(yaml_depth=500)))
    assert [(one.rule, one.skipped) for one in dataset.problems] == [("not-kept", 1)]
    assert dataset.foreign["yolo_ultralytics_detect"] == {"keys": {"flat": 1}}
    assert boxes(dataset) == BOXES[:1]


@pytest.mark.parametrize(
    "entry", ["/", "/etc", "../../etc", "a/../../b", "http://x/y", "//host/x", "C:/x"]
)
def test_places_outside_are_refused(root: Path, entry: str) -> None:
    dataset = configured(root, NAMES + f"path: '{entry}'\ntrain: images/train\nval: '{entry}'\n")
    assert boxes(dataset) == BOXES[:1]
    rules = [(problem.rule, problem.skipped) for problem in dataset.problems]
    assert rules == [("path", False), ("path", True)]


@pytest.mark.parametrize("before", ["/data/sets/pets", "C:\\sets\\pets", "//host/share/pets"])
def test_places_where_a_dataset_was_are_found_where_it_is(root: Path, before: str) -> None:
    places = f"train: '{before}/images/train'\nval: '{before}/val.txt'\n"
    # One of the two is there, of the other one only the label file.
    write_label = root / "labels/val/c.txt"
    write_label.write_text("1 0.5 0.5 0.25 0.5\n")
    lines = (f"{before}/images/val/{name}.jpg\n" for name in "bc")
    (root / "val.txt").write_text("".join(lines).replace("/", "\\" if ":" in before else "/"))
    dataset = configured(root, NAMES + places)
    assert boxes(dataset) == BOXES
    # The paths that begin alike are told once.
    assert [(one.file, one.rule, one.skipped) for one in dataset.problems] == [
        ("images/val/c.jpg", "size", 1),
        ("data.yaml", "path", 0),
    ]
    assert YOLO.verdict(root).fits


def test_what_lies_behind_a_place_outside_leads_out_no_more_than_the_place(root: Path) -> None:
    outside = root.parent / "outside"
    write_header(outside / "x.jpg", SIZE)
    (root / "linked").symlink_to(outside)
    for entry in ("/data/linked", "/data/linked/x.jpg", "/data/../images/train", "http://x/images"):
        dataset = configured(root, NAMES + f"train: images/train\nval: '{entry}'\n")
        assert boxes(dataset) == BOXES[:1]
        assert [(one.rule, one.skipped) for one in dataset.problems] == [("path", 1)]


@pytest.mark.parametrize(
    ("config", "label", "reason"),
    [
        ("train: nowhere", "", "data.yaml: there is no \"nowhere\", which 'train' names"),
        ("train: /etc", "", 'data.yaml: The file name "/etc" is not allowed: it is absolute'),
        ("train: images/train", b"0 \xe4", "the text is not UTF-8; save it as UTF-8"),
        (
            "train: images/train\nnames: cat",
            "",
            "'names' is neither a list nor a name for each number",
        ),
    ],
)
def test_why_no_rows_are_found_is_said(tmp_path: Path, config: str, label, reason: str) -> None:
    write_header(tmp_path / "images/train/a.jpg", SIZE)
    if label:
        (tmp_path / "labels/train").mkdir(parents=True)
        (tmp_path / "labels/train/a.txt").write_bytes(label)
    (tmp_path / "data.yaml").write_text(config if "names" in config else NAMES + config)
    verdict = YOLO.verdict(tmp_path)
    assert not verdict.fits
    assert verdict.reason.endswith(reason)


def test_a_dataset_without_pictures_is_one(tmp_path: Path) -> None:
    export_dataset(MemoryDataset(DatasetHeader("", LABELS)), YOLO, tmp_path / "out")
    assert YOLO.verdict(tmp_path / "out").fits
    (tmp_path / "in/images/train").mkdir(parents=True)
    (tmp_path / "in/data.yaml").write_text(NAMES + "train: images/train\n")
    assert YOLO.verdict(tmp_path / "in").fits


def test_names_of_classes_beside_label_files_are_no_rows(root: Path) -> None:
    (root / "labels/train/classes.txt").write_text("cat\ndog\n")
    dataset = configured(root, NAMES + "train: images/train\n")
    assert (boxes(dataset), dataset.problems) == (BOXES[:1], ())
    assert [frame.name for frame in dataset.frames()] == ["a.jpg"]


def test_a_class_that_is_named_twice_is_told(root: Path) -> None:
    dataset = configured(root, "names: {0: cat, 1: dog, 0: cow, '0': hen}\ntrain: images/train\n")
    assert [label.name for label in dataset.labels][-1] == "dog"
    assert [(one.text, one.skipped) for one in dataset.problems] == [
        ("class 0 is named 3 times; the last name counts.", 2)
    ]


def test_lines_that_lead_outside_are_refused(root: Path) -> None:
    (root / "train.txt").write_text("images/train/a.jpg\n../../../etc/passwd\n/etc/passwd\n")
    dataset = configured(root, NAMES + "train: train.txt\n")
    assert boxes(dataset) == BOXES[:1]
    found = [(one.file, one.line, one.rule) for one in dataset.problems]
    assert found == [("train.txt", 2, "path"), ("train.txt", 3, "path")]


def test_links_that_lead_outside_are_refused(root: Path) -> None:
    outside = root.parent / "outside.txt"
    outside.write_text("0 0.5 0.5 0.25 0.5 TOPSECRET\n")
    write_header(root / "images/train/c.jpg", SIZE)
    (root / "labels/train/c.txt").symlink_to(outside)
    dataset = configured(root, NAMES + "train: images/train\n")
    assert boxes(dataset) == BOXES[:1]
    assert [one.rule for one in dataset.problems] == ["path"]
    assert "TOPSECRET" not in str(dataset.problems)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no keys"),
        ("- a", "no keys"),
        ("names: [a]", "none of the keys"),
        ("train: images/train", "'names'"),
        (NAMES + "train: images/train\nkpt_shape: [17, 3]", "pose"),
        (NAMES + "train: images/train\ntask: segment", "segment"),
        ("names: [a", "line"),
        ("names: !!python/object/apply:os.system ['true']", "os.system"),
        ("a: &a [*a]\nnames: [x]\ntrain: y", ""),
    ],
)
def test_what_is_no_detection_dataset(root: Path, text: str, reason: str) -> None:
    (root / "data.yaml").write_text(text)
    verdict = YOLO.verdict(root)
    assert not verdict.fits
    assert reason in verdict.reason
    with pytest.raises(FormatError):
        YOLO.read(root)


@pytest.mark.parametrize("columns", [7, 9, 56])
def test_rows_of_another_task(root: Path, columns: int) -> None:
    row = " ".join(["0", *["0.5"] * (columns - 1)])
    for label in (root / "labels").rglob("*.txt"):
        label.write_text(row)
    (root / "data.yaml").write_text(NAMES + "train: images/train\nval: images/val\n")
    assert f"{columns} columns" in YOLO.verdict(root).reason
    assert {problem.rule for problem in read(root).problems} == {"columns"}


def test_folder_without_data_yaml(tmp_path: Path) -> None:
    assert YOLO.verdict(tmp_path) == YOLO.verdict(tmp_path)
    assert "no data.yaml" in YOLO.verdict(tmp_path).reason
    (tmp_path / "coco.yaml").write_text(NAMES + "train: images\n")
    assert YOLO.verdict(tmp_path).reason == "coco.yaml: there is no \"images\", which 'train' names"
    (tmp_path / "other.yaml").write_text("")
    assert "coco.yaml, other.yaml" in YOLO.verdict(tmp_path).reason


# --- rows


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("0 0.5 0.5 0.25 0.5", 1),
        ("\ufeff0 0.5 0.5 0.25 0.5\r\n\r\n  \r\n1 .5 .5 2.5e-1 5E-01  ", 2),
        ("0.0\t0.5 0.5 0.25 0.5", 1),
        ("0 0.5 0.5 0.25 0.5 17", 1),
        ("0 0.5 0.5 0.25 0.5 0.87", 1),
        ("0 1.2 -0.3 0.25 0.5", 1),
        ("", 0),
    ],
)
def test_rows(root: Path, rows: str, found: int) -> None:
    (root / "labels/train/a.txt").write_text(rows, "utf-8", newline="")
    dataset = configured(root, NAMES + "train: images/train\n")
    assert dataset.problems == ()
    assert len(boxes(dataset)) == found


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("0 0.5 0.5 0.25", "columns"),
        ("0 0.5 0.5 0.25 0.5 0.1 0.2", "columns"),
        ("0 0.5 0.5 0.25 0.5 1.5", "columns"),
        ("2 0.5 0.5 0.25 0.5", "unknown-class"),
        ("-1 0.5 0.5 0.25 0.5", "class"),
        ("1.5 0.5 0.5 0.25 0.5", "class"),
        ("x 0.5 0.5 0.25 0.5", "class"),
        ("٣ 0.5 0.5 0.25 0.5", "class"),
        (f"{'9' * 5000} 0.5 0.5 0.25 0.5", "class"),
        ("0 nan 0.5 0.25 0.5", "number"),
        ("0 inf 0.5 0.25 0.5", "number"),
        ("0 1_0 0.5 0.25 0.5", "number"),
        ("0 0x1 0.5 0.25 0.5", "number"),
        ("0 1e999 0.5 0.25 0.5", "geometry"),
        ("0 1e9 0.5 0.25 0.5", "geometry"),
        (f"0 {'9' * 5000} 0.5 0.25 0.5", "number"),
        ("0 0.5 0.5 -0.25 0.5", "bbox"),
    ],
)
def test_row_that_is_no_box(root: Path, row: str, rule: str) -> None:
    """It is named by file and line; the others are read."""
    (root / "labels/train/a.txt").write_text(f"0 0.5 0.5 0.25 0.5\n\n{row}\n", "utf-8")
    dataset = configured(root, NAMES + "train: images/train\n")
    found = [(one.file, one.line, one.rule) for one in dataset.problems]
    assert found == [("labels/train/a.txt", 3, rule)]
    assert boxes(dataset) == BOXES[:1]


def test_last_columns(root: Path) -> None:
    rows = "0 .5 .5 .25 .5 17\n0 .5 .5 .25 .5 0.87\n"
    (root / "labels/train/a.txt").write_text(rows)
    dataset = configured(root, NAMES + "train: images/train\n")
    tracked, scored = next(dataset.frames()).annotations
    assert tracked.foreign == {"yolo_ultralytics_detect": {"track_id": 17}}
    assert (scored.score, scored.source) == (0.87, "model")


# --- pictures


def test_orientation_is_honoured(root: Path, make_picture) -> None:
    make_picture(root / "images/train/a.jpg", 64, 48, orientation=6)
    dataset = configured(root, NAMES + "train: images/train\n")
    assert next(dataset.frames()).size == (48, 64)
    assert boxes(dataset)[0][3] == [18.0, 16.0, 30.0, 48.0]


def test_labels_without_a_picture(root: Path) -> None:
    (root / "labels/train/img.v2.txt").write_text("0 .5 .5 .25 .5")
    (root / "labels/train/empty.txt").write_text("")
    dataset = configured(root, NAMES + "train: images/train\n")
    assert [frame.name for frame in dataset.frames()] == ["a.jpg", "empty", "img.v2"]
    assert [(one.file, one.rule) for one in dataset.problems] == [("images/train/img.v2", "size")]
    sizes = {("train", "img.v2"): (64, 48)}
    told = read(root, picture_size=lambda *key: sizes.get(key))
    assert told.problems == ()
    assert boxes(told)[1] == ("train", "img.v2", "cat", [24.0, 12.0, 40.0, 36.0])


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ("images/train/c,d.jpg", []),
        ('"images/train/c,d.jpg",64', [("sizes.csv", 2), ("images/train/c,d.jpg", None)]),
        ('"images/train/c,d.jpg",64,0', [("sizes.csv", 2), ("images/train/c,d.jpg", None)]),
        (
            '"images/train/c,d.jpg",64,9999999999',
            [("sizes.csv", 2), ("images/train/c,d.jpg", None)],
        ),
    ],
)
def test_rows_of_sizes(root: Path, row: str, problems: list[tuple[str, int | None]]) -> None:
    (root / "train.txt").write_text("./images/train/a.jpg\n./images/train/c,d.jpg\n")
    (root / "labels/train/c,d.txt").write_text("0 .5 .5 .25 .5\n")
    good = row if problems else f'"{row}",64,48'
    # What is said of a picture that is there does not count.
    text = f"picture,width,height\n{good}\nimages/train/a.jpg,1,1\n"
    (root / "sizes.csv").write_text(text)
    dataset = configured(root, NAMES + "train: train.txt\n")
    assert [(one.file, one.line) for one in dataset.problems] == problems
    found = (
        [BOXES[0]]
        if problems
        else [BOXES[0], ("train", "c,d.jpg", "cat", [24.0, 12.0, 40.0, 36.0])]
    )
    assert boxes(dataset) == found


@pytest.mark.parametrize("text", ["", "name,size\nimages/train/c.jpg,12\n", "\n\n"])
def test_sizes_of_somebody_else(root: Path, text: str) -> None:
    (root / "sizes.csv").write_text(text)
    dataset = configured(root, NAMES + "train: images/train\n")
    assert dataset.problems == ()
    assert boxes(dataset) == BOXES[:1]


def test_sizes_that_cannot_be_read(root: Path) -> None:
    (root / "sizes.csv").write_text('picture,width,height\n"' + "x" * 200_000)
    dataset = configured(root, NAMES + "train: images/train\n")
    assert [(one.file, one.rule, one.skipped) for one in dataset.problems] == [
        ("sizes.csv", "syntax", False)
    ]
    assert boxes(dataset) == BOXES[:1]


def test_broken_picture(root: Path) -> None:
    (root / "images/train/a.jpg").write_bytes(b"no picture")
    dataset = configured(root, NAMES + "train: images/train\n")
    (problem,) = dataset.problems
    assert (problem.rule, problem.skipped) == ("size", 1)
    assert "a.jpg" in problem.text


def test_rows_without_the_size_of_the_picture_are_counted_one_by_one(root: Path) -> None:
    # Two rows, a blank line, and a row that is no box: three rows that nobody reads.
    (root / "labels/train/gone.txt").write_text("0 .5 .5 .25 .5\n1 .5 .5 .5 .5\n\n0 1\n")
    dataset = configured(root, NAMES + "train: images/train\n")
    (problem,) = dataset.problems
    assert (problem.file, problem.skipped) == ("images/train/gone", 3)
    assert "; 3 rows are left out." in problem.text
    (root / "labels/train/gone.txt").write_text("0 .5 .5 .25 .5\n")
    (problem,) = configured(root, NAMES + "train: images/train\n").problems
    assert "; 1 row is left out." in problem.text


def test_picture_without_labels(root: Path) -> None:
    write_header(root / "images/train/c.jpg", SIZE)
    dataset = configured(root, NAMES + "train: images/train\n")
    assert [frame.name for frame in dataset.frames()] == ["a.jpg", "c.jpg"]
    assert dataset.problems == ()


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ("images/train/a.jpg", "labels/train/a.txt"),
        ("train/images/a.b.jpg", "train/labels/a.b.txt"),
        ("images/x/images/a.jpg", "images/x/labels/a.txt"),
        ("myimages/a.jpg", "myimages/a.txt"),
        ("a", "a.txt"),
    ],
)
def test_place_of_a_label_file(picture: str, label: str) -> None:
    assert label_path_of(picture) == label


@given(st.lists(st.sampled_from(("images", "train", "labels", "a.jpg")), min_size=1).map("/".join))
def test_name_comes_back(name: str) -> None:
    assert name_in_subset(f"images/train/{name}", "train") == name


# --- writing


LABELS = LabelSchema((Label("cat", id=1), Label("dog", id=2)))


def dataset(*annotations: Annotation, size: tuple[int, int] | None = SIZE) -> MemoryDataset:
    frame = FrameItem("a.jpg", size, 0, annotations=annotations)
    return MemoryDataset(DatasetHeader("", LABELS), [frame])


def rows_of(view: MemoryDataset, folder: Path, **options: Any) -> list[str]:
    folder.mkdir(exist_ok=True)
    YOLO.write(view, folder, options)
    return (folder / "labels/train/a.txt").read_text().splitlines()


def test_whole_output(tmp_path: Path) -> None:
    frames = [
        FrameItem("a.jpg", SIZE, 0, "train", (Annotation(0, 2, Rectangle((0, 0, 64, 48))),)),
        FrameItem("b/c.jpg", SIZE, 1, "val2017"),
        FrameItem("", SIZE, 7),
    ]
    YOLO.write(MemoryDataset(DatasetHeader("", LABELS), frames), tmp_path)
    files = {
        path.relative_to(tmp_path).as_posix(): path.read_text()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert files == {
        "data.yaml": "train: train.txt\nval: val.txt\nnc: 2\nnames:\n  0: cat\n  1: dog\n",
        "train.txt": "./images/train/a.jpg\n./images/train/frame_000007\n",
        "val.txt": "./images/val/b/c.jpg\n",
        "labels/train/a.txt": "1 0.050000 0.050000 0.100000 0.100000\n",
        "labels/train/frame_000007.txt": "",
        "labels/val/b/c.txt": "",
        "sizes.csv": "picture,width,height\nimages/train/a.jpg,640,480\n"
        "images/val/b/c.jpg,640,480\nimages/train/frame_000007,640,480\n",
    }


def test_sizes_stand_in_for_pictures_that_are_not_copied(root: Path, tmp_path: Path) -> None:
    (root / "data.yaml").write_text(NAMES + "train: images/train\nval: images/val\n")
    without, copied = tmp_path / "without", tmp_path / "copied"
    assert not YOLO.losses(read(root))
    export_dataset(read(root), YOLO, without)
    assert boxes(read(without)) == BOXES
    assert read(without).problems == ()
    export_dataset(read(without), YOLO, tmp_path / "again")
    assert boxes(read(tmp_path / "again")) == BOXES
    export_dataset(read(root), YOLO, copied, {"save_images": True})
    assert not (copied / "sizes.csv").exists()
    assert boxes(read(copied)) == BOXES


def test_boxes_are_cut_off_at_the_edge(tmp_path: Path) -> None:
    view = dataset(
        Annotation(0, 1, Rectangle((-64, 0, 64, 480))),
        Annotation(0, 1, Rectangle((-64, 0, 0, 480))),
        Annotation(0, 1, Rectangle((10, 10, 10, 20))),
        Annotation(0, 1, Rectangle((10, 10, 10.0001, 20))),
    )
    assert rows_of(view, tmp_path) == ["0 0.050000 0.500000 0.100000 1.000000"]
    rows = {
        (row.effect, row.becomes): row for row in YOLO.losses(view) if row.aspect == "rectangle"
    }
    assert rows["converted", "rectangle"].count == 1
    assert "edge" in rows["converted", "rectangle"].text
    assert rows["dropped", ""].count == 3


def corners(low: float, high: float) -> SearchStrategy[float]:
    """Coordinates inside the picture about as often as outside."""
    return st.one_of(st.floats(low, high), st.floats(-1000, 2000))


@given(corners(0, 640), corners(0, 480), corners(0, 640), corners(0, 480))
@example(1.0, 2.0, 3.0, 4.0)
@example(-5.0, -5.0, 900.0, 900.0)
def test_written_values_are_never_outside(x0: float, y0: float, x1: float, y1: float) -> None:
    from annotator.background.progress import NO_PROGRESS
    from annotator.formats.yolo.plan import YoloPlan

    box = Rectangle.from_corners((x0, y0), (x1, y1))
    (frame,) = YoloPlan(dataset(Annotation(0, 1, box)), {}).frames(NO_PROGRESS, "")
    (planned,) = frame.rows
    inside = intersection_of_boxes(box.xyxy, (0.0, 0.0, *SIZE))
    # A width of less than the last of six digits may be none.
    least = max(SIZE) * 1e-6
    if inside and min(inside[2] - inside[0], inside[3] - inside[1]) > least:
        assert planned.row is not None
    if planned.row is not None:
        x, y, width, height = map(float, planned.row.split()[1:])
        assert 0 < width <= 1
        assert 0 < height <= 1
        assert -1e-6 <= x - width / 2 <= x + width / 2 <= 1 + 1e-6
        assert -1e-6 <= y - height / 2 <= y + height / 2 <= 1 + 1e-6


def test_other_shapes_become_the_box_around_them(tmp_path: Path) -> None:
    mask = np.zeros((20, 20), dtype=bool)
    mask[4:8, 2:6] = True
    from annotator.core.masks import counts_from_mask

    view = dataset(
        Annotation(0, 1, Polygon.from_ring([[0, 0], [64, 0], [64, 48]])),
        Annotation(0, 1, Ellipse((64, 48), (32, 24), 90.0)),
        Annotation(0, 1, Rectangle((0, 0, 64, 48), 90.0)),
        Annotation(0, 1, Mask((30, 20), (20, 20), counts_from_mask(mask))),
        Annotation(0, 1, Points([[1, 2], [30, 40]])),
        Annotation(0, 1, None),
    )
    found = np.array([row.split()[1:] for row in rows_of(view, tmp_path)], dtype=float)
    expected = [
        (32 / 640, 24 / 480, 64 / 640, 48 / 480),
        (64 / 640, 48 / 480, 48 / 640, 64 / 480),
        (32 / 640, 24 / 480, 48 / 640, 64 / 480),
        (34 / 640, 26 / 480, 4 / 640, 4 / 480),
    ]
    assert np.allclose(found[:2], expected[:2], atol=1e-6)
    # A box that stands on its narrow side reaches above the picture: 24 + 32 = 56, cut off at 0.
    assert np.allclose(found[2], (32 / 640, 28 / 480, 48 / 640, 56 / 480), atol=1e-6)
    assert np.allclose(found[3], expected[3], atol=1e-6)
    dropped = {row.aspect for row in YOLO.losses(view) if row.effect == "dropped"}
    assert {"points", "tag", "rotation"} <= dropped


def test_without_a_size_nothing_is_written(tmp_path: Path) -> None:
    view = dataset(Annotation(0, 1, Rectangle((0, 0, 64, 48))), size=None)
    assert rows_of(view, tmp_path) == []
    assert any("size" in row.text for row in YOLO.losses(view))


def test_class_numbers_stay(tmp_path: Path) -> None:
    """Classes keep the order of their numbers in the file; new ones follow, used or not."""
    own = "yolo_ultralytics_detect"
    labels = LabelSchema(
        (
            Label("new"),
            Label("b", foreign={own: {"id": 4}}),
            Label("a", foreign={own: {"id": 0}}),
        )
    )
    YOLO.write(MemoryDataset(DatasetHeader("", labels)), tmp_path)
    assert [label.name for label in read(tmp_path).labels] == ["a", "b", "new"]


@pytest.mark.parametrize(
    "name", ["no", "1.0", "a: b", "'", '"', "#x", "null", "- a", "<b>", "é", "~", "=", "\u00a0x"]
)
def test_names_are_quoted(tmp_path: Path, name: str) -> None:
    YOLO.write(MemoryDataset(DatasetHeader("", LabelSchema((Label(name),)))), tmp_path)
    dataset = read(tmp_path)
    assert [label.name for label in dataset.labels] == [Label(name).name]
    assert dataset.problems == ()


@pytest.mark.parametrize(
    ("subset", "split"),
    [("", "train"), ("train2017", "train"), ("val", "val"), ("valid", "val"), ("Validation", "val"),
     ("test-dev", "test"), ("mine", "train")],
)  # fmt: skip
def test_subsets_become_the_three(subset: str, split: str) -> None:
    assert split_of(subset) == split
    frame = FrameItem("a.jpg", SIZE, 0, subset)
    rows = list(YOLO.losses(MemoryDataset(DatasetHeader("", LABELS), [frame])))
    assert any(row.aspect == "subset" for row in rows) == (subset != split)


def test_label_files_never_clash(tmp_path: Path) -> None:
    frames = [
        FrameItem(name, SIZE, number, subset)
        for number, (name, subset) in enumerate(
            [("a.jpg", ""), ("a.png", ""), ("A.jpg", "train"), ("a/b.jpg", "")]
        )
    ]
    view = MemoryDataset(DatasetHeader("", LABELS), frames)
    YOLO.write(view, tmp_path)
    assert sorted(frame.name for frame in read(tmp_path).frames()) == [
        "A_3.jpg",
        "a.jpg",
        "a/b.jpg",
        "a_2.png",
    ]
    assert [row.count for row in YOLO.losses(view) if row.aspect == "frame"] == [2]


def test_track_numbers(tmp_path: Path) -> None:
    """They are written when asked for, and where the file had them: training drops pictures that have them."""
    own = {"yolo_ultralytics_detect": {"track_id": 9}}
    box = Rectangle((0, 0, 64, 48))
    frame = FrameItem("a.jpg", SIZE, 0, annotations=(Annotation(0, 1, box, foreign=own),))
    track = TrackItem(Track(2, (Keyframe(0, box),)))
    view = MemoryDataset(DatasetHeader("", LABELS), [frame, track])
    place = "0.050000 0.050000 0.100000 0.100000"
    assert rows_of(view, tmp_path / "a") == [f"0 {place} 9", f"1 {place}"]
    assert rows_of(view, tmp_path / "b", track_ids=True) == [f"0 {place} 9", f"1 {place} 1"]


@pytest.mark.parametrize("names", ["[no, Yes, 1.0, 1_0]", "{0: no, 1: Yes, 2: 1.0, 3: 1_0}"])
def test_names_that_yaml_takes_for_something_else(root: Path, names: str) -> None:
    dataset = configured(root, f"names: {names}\ntrain: images/train\n")
    assert [label.name for label in dataset.labels] == ["no", "Yes", "1.0", "1_0"]
    assert [(one.rule, one.skipped) for one in dataset.problems] == [("names", False)] * 4
