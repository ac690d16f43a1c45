"""What is written as COCO, and that other programs find in it what is meant."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as pycocotools_mask

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import box_corners
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.masks import counts_from_text
from annotator.core.shapes import Ellipse, Mask, Points, Polygon, PolygonPart, Rectangle, Shape
from annotator.formats.builtin import FORMATS
from annotator.formats.coco.pixels import polygon_area
from annotator.formats.dataset import DatasetHeader, FrameItem, FramePicture, TrackItem
from annotator.formats.memory import MemoryDataset
from tests import strategies

COCO = FORMATS["coco_instances"]
LABELS = LabelSchema(
    (
        Label("animal", "#f2c14e", id=1),
        Label("cat", "#4ec5c1", parent=1, attributes=(Attribute("age", "number", id=11),), id=2),
    )
)
SIZE = (40, 30)


def dataset(*shapes: Shape, **changes: Any) -> MemoryDataset:
    """One picture with shapes of the label "cat"."""
    annotations = tuple(Annotation(0, 2, shape, **changes) for shape in shapes)
    frame = FrameItem("a.jpg", SIZE, 0, annotations=annotations)
    return MemoryDataset(DatasetHeader("", LABELS, name="Cats"), [frame])


@pytest.fixture
def write(tmp_path: Path):
    """Writes a dataset and returns the content of its files by name."""
    folders = (tmp_path / str(number) for number in range(99))

    def write_dataset(view: MemoryDataset, **options: Any) -> dict[str, Any]:
        folder = next(folders)
        folder.mkdir()
        COCO.write(view, folder, options)
        files = sorted((folder / "annotations").iterdir())
        return {file.name: json.loads(file.read_text("utf-8")) for file in files}

    return write_dataset


def records(files: dict[str, Any]) -> list[dict[str, Any]]:
    (content,) = files.values()
    return content["annotations"]


def test_a_whole_file(write) -> None:
    assert write(dataset(Rectangle((1, 2, 4.25, 6)), occluded=True, attributes={11: 3})) == {
        "instances_default.json": {
            "info": {"description": "Cats"},
            "licenses": [],
            "categories": [
                {"id": 1, "name": "animal", "supercategory": ""},
                {"id": 2, "name": "cat", "supercategory": "animal"},
            ],
            "annotations": [
                {
                    "id": 1,
                    "image_id": 1,
                    "category_id": 2,
                    "bbox": [1.0, 2.0, 3.25, 4.0],
                    "segmentation": [],
                    "area": 13.0,
                    "iscrowd": 0,
                    "attributes": {"age": 3, "occluded": True},
                }
            ],
            "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        }
    }


def test_numbers_are_not_rounded(write) -> None:
    ring = np.array([[1 / 3, 2 / 7], [10.1, 1e-9], [5e-324, 12.000000000000002]])
    (record,) = records(write(dataset(Polygon.from_ring(ring))))
    assert record["segmentation"] == [ring.ravel().tolist()]


@given(strategies.boxes(area=(0.0, 0.0, 640.0, 480.0)))
def test_width_leads_back_to_the_edge(box) -> None:
    from annotator.formats.coco.shapes import write_shape

    written = write_shape(Rectangle(box), SIZE)
    assert written is not None
    x, y, width, height = written.bbox
    assert width >= 0
    assert height >= 0
    assert np.allclose((x + width, y + height), box[2:], rtol=1e-15, atol=0)


def test_turned_box(write) -> None:
    (record,) = records(write(dataset(Rectangle((10, 10, 18, 14), 30.0))))
    assert record["bbox"] == [10.0, 10.0, 8.0, 4.0]
    assert record["segmentation"] == [box_corners((10, 10, 18, 14), 30.0).ravel().tolist()]
    assert record["attributes"] == {"rotation": 30.0}


def test_ellipse_becomes_a_polygon(write) -> None:
    view = dataset(Ellipse((20, 15), (10, 5), 20.0))
    (record,) = records(write(view))
    assert [len(ring) for ring in record["segmentation"]] == [144]
    report = COCO.losses(view)
    row = next(row for row in report if row.aspect == "ellipse")
    assert (row.effect, row.becomes, row.count) == ("converted", "polygon", 1)


def test_polygon_with_a_hole_becomes_a_mask(write) -> None:
    outer = np.array([[2.0, 2], [22, 2], [22, 22], [2, 22]])
    hole = np.array([[5.0, 5], [15, 5], [15, 15], [5, 15]])
    view = dataset(Polygon((PolygonPart(outer, (hole,)),)))
    (record,) = records(write(view))
    height, width = record["segmentation"]["size"]
    assert (width, height) == SIZE
    counts = counts_from_text(record["segmentation"]["counts"])
    assert counts[1::2].sum() == record["area"] == 20 * 20 - 10 * 10
    row = next(row for row in COCO.losses(view) if row.aspect == "polygon")
    assert (row.effect, row.becomes) == ("converted", "mask")


def test_mask_beyond_the_picture_is_cut_off(write) -> None:
    view = dataset(Mask.from_bitmap(np.ones((10, 10), dtype=bool), (35, -5)))
    (record,) = records(write(view))
    assert (record["bbox"], record["area"]) == ([35.0, 0.0, 5.0, 5.0], 25.0)
    report = COCO.losses(view)
    assert (report.lost["mask"], report.added["mask"]) == (1, 1)


def test_what_has_no_place_is_dropped_and_said(write) -> None:
    view = dataset(Points([[1.0, 2.0]]), Rectangle((1, 2, 3, 4)), z_order=2)
    assert len(records(write(view))) == 1
    counts: Counter[tuple[str, str]] = Counter()
    for row in COCO.losses(view):
        counts[row.aspect, row.effect] += row.count
    assert counts["points", "dropped"] == 1
    assert counts["z-order", "dropped"] == 2


@given(st.lists(strategies.simple_rings(area=(-60.0, -50.0, 100.0, 80.0)), min_size=1, max_size=3))
def test_area_is_that_of_pycocotools(rings) -> None:
    found = pycocotools_mask.frPyObjects([ring.ravel().tolist() for ring in rings], 30, 40)
    expected = int(pycocotools_mask.area(pycocotools_mask.merge(found)))
    inside = all((ring >= (-40, -30)).all() and (ring <= (80, 60)).all() for ring in rings)
    ours = polygon_area(rings, SIZE)
    # Those that reach further than one picture are cut off there, which may move an edge by a rounding.
    assert ours == expected if inside else abs(ours - expected) <= 60


@pytest.mark.parametrize("far", [1e5, 1e6, 1e7])
def test_huge_polygons_take_neither_time_nor_memory(far: float) -> None:
    ring = np.array([[0.0, 0.0], [far, 0.0], [far, far], [0.0, far]])
    assert polygon_area([ring], SIZE) == 40 * 30
    assert polygon_area([ring + far], SIZE) == 0
    assert polygon_area([ring - far / 2], SIZE) == 40 * 30


# --- what a file said is kept


def reread(view: MemoryDataset, folder: Path) -> MemoryDataset:
    folder.mkdir()
    COCO.write(view, folder)
    return MemoryDataset.read(COCO.read(folder))


@pytest.fixture
def read(tmp_path: Path) -> MemoryDataset:
    """A file whose boxes and areas do not fit the shapes, with ids of its own."""
    square = [2.0, 2.0, 12.0, 2.0, 12.0, 12.0, 2.0, 12.0]
    content = {
        "images": [
            {"id": 9, "file_name": "a.jpg", "width": 40, "height": 30},
            {"id": 4, "file_name": "b.jpg", "width": 40, "height": 30},
        ],
        "categories": [{"id": 40, "name": "cat"}, {"id": 7, "name": "dog"}],
        "annotations": [
            {"id": 100, "image_id": 9, "category_id": 40, "segmentation": [square],
             "bbox": [1, 1, 5, 5], "area": 77.5, "iscrowd": 1, "tag": "x"},
            {"id": 50, "image_id": 4, "category_id": 7, "bbox": [0.1, 0.1, 0.6, 0.7], "area": 9},
        ],
    }  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    return MemoryDataset.read(COCO.read(path))


def test_box_and_area_are_written_back(read: MemoryDataset, write) -> None:
    polygon, box = records(write(read))
    assert (polygon["bbox"], polygon["area"], polygon["iscrowd"]) == ([1, 1, 5, 5], 77.5, 1)
    assert polygon["tag"] == "x"
    assert (box["bbox"], box["area"]) == ([0.1, 0.1, 0.6, 0.7], 9)
    assert [polygon["id"], box["id"]] == [100, 50]
    assert [polygon["category_id"], box["category_id"]] == [40, 7]
    assert [polygon["image_id"], box["image_id"]] == [9, 4]


def test_box_and_area_go_when_the_shape_changes(read: MemoryDataset, write) -> None:
    """An inner point moves, which changes neither the box around the shape nor its number of points."""
    frames = list(read.frames())
    (old,) = frames[0].annotations
    ring = old.shape.parts[0].outer.copy()
    ring[3] += (0, -1)
    changed = replace(old, shape=Polygon.from_ring(ring))
    frames[0] = replace(frames[0], annotations=(changed,))
    polygon, _ = records(write(MemoryDataset(read.header, frames)))
    assert polygon["bbox"] == [2.0, 2.0, 10.0, 10.0]
    assert polygon["area"] == 95.0
    assert (polygon["id"], polygon["iscrowd"], polygon["tag"]) == (100, 1, "x")


def test_new_ids_do_not_clash(read: MemoryDataset, write) -> None:
    frames = list(read.frames())
    old = frames[0].annotations[0]
    copies = tuple(replace(old, id=number) for number in (1, 2))
    extra = Annotation(1, old.label, Rectangle((1, 2, 3, 4)))
    frames[0] = replace(frames[0], annotations=copies)
    frames[1] = replace(frames[1], annotations=(extra, *frames[1].annotations))
    frames.append(FrameItem("c.jpg", SIZE, 2))
    labels = read.labels.with_label(Label("bird"))
    header = replace(read.header, labels=labels)
    (content,) = write(MemoryDataset(header, frames)).values()
    assert [one["id"] for one in content["annotations"]] == [100, 101, 102, 50]
    assert [one["id"] for one in content["images"]] == [9, 4, 10]
    assert [one["id"] for one in content["categories"]] == [40, 7, 41]


@pytest.mark.parametrize("value", [None, 3, "x", [], {"id": {}}, {"ids": 3, "keys": 4, "id": True}])
def test_foreign_values_of_another_make_are_no_trouble(write, value: Any) -> None:
    foreign = {"coco_instances": value}
    annotation = Annotation(0, 2, Rectangle((1, 2, 3, 4)), foreign=foreign)
    labels = LabelSchema(tuple(replace(label, foreign=foreign) for label in LABELS))
    frame = FrameItem("a.jpg", SIZE, 0, annotations=(annotation,), foreign=foreign)
    view = MemoryDataset(DatasetHeader("", labels, foreign=foreign), [frame])
    (record,) = records(write(view))
    assert (record["id"], record["bbox"]) == (1, [1.0, 2.0, 2.0, 2.0])


# --- subsets, names, pictures, tracks


def test_one_file_for_each_subset(write) -> None:
    frames = [
        FrameItem("a.jpg", SIZE, 0, "train"),
        FrameItem("a.jpg", SIZE, 1, "val"),
        FrameItem("b.jpg", SIZE, 2, "train"),
        FrameItem("c.jpg", SIZE, 3),
    ]
    files = write(MemoryDataset(DatasetHeader("", LABELS), frames))
    names = {name: [image["file_name"] for image in one["images"]] for name, one in files.items()}
    assert names == {
        "instances_default.json": ["c.jpg"],
        "instances_train.json": ["a.jpg", "b.jpg"],
        "instances_val.json": ["a.jpg"],
    }
    for content in files.values():
        assert [category["name"] for category in content["categories"]] == ["animal", "cat"]


def test_labels_alone_are_a_dataset(tmp_path: Path) -> None:
    read = reread(MemoryDataset(DatasetHeader("", LABELS)), tmp_path / "out")
    assert ([label.name for label in read.labels], read.frame_count) == (["animal", "cat"], 0)


def test_equal_names_below_different_labels(tmp_path: Path) -> None:
    labels = LabelSchema(
        (Label("car", id=1), Label("wheel", parent=1, id=2), Label("wheel", id=3), Label("x", id=4))
    )
    read = reread(MemoryDataset(DatasetHeader("", labels)), tmp_path / "out")
    assert [label.name for label in read.labels] == ["car", "car/wheel", "wheel", "x"]


def test_pictures_are_copied_byte_by_byte(tmp_path: Path, make_picture) -> None:
    for name in ("x/a.jpg", "y/a.jpg"):
        make_picture(tmp_path / "in" / name, 40, 30, seed=len(name))
    frames = [FrameItem("x/a.jpg", SIZE, 0), FrameItem("y/a.jpg", SIZE, 1, "val")]
    header = DatasetHeader("", LABELS, media_roots=(tmp_path / "in",))
    view = MemoryDataset(header, [*frames, FrameItem("gone.jpg", SIZE, 2)])
    (tmp_path / "out").mkdir()
    COCO.write(view, tmp_path / "out", {"save_images": True})
    copies = tmp_path / "out" / "images"
    for copy, name in (("default/x/a.jpg", "x/a.jpg"), ("val/y/a.jpg", "y/a.jpg")):
        assert (copies / copy).read_bytes() == (tmp_path / "in" / name).read_bytes()
    assert sum(path.is_file() for path in copies.rglob("*")) == 2
    report = COCO.losses(view, {"save_images": True})
    assert [(row.aspect, row.count) for row in report if row.aspect == "picture"] == [
        ("picture", 1)
    ]
    read = MemoryDataset.read(COCO.read(tmp_path / "out"))
    assert [read.picture(frame) for frame in read.frames()] == [
        FramePicture(copies / "default/x/a.jpg"),
        None,
        FramePicture(copies / "val/y/a.jpg"),
    ]


def test_tracks_become_shapes_with_their_number(write) -> None:
    track = Track(
        2,
        (
            Keyframe(0, Rectangle((0, 0, 2, 2)), attributes={11: 1.0}),
            Keyframe(2, Rectangle((4, 0, 6, 2)), outside=True),
        ),
    )
    frames = [FrameItem(f"{number}.jpg", SIZE, number) for number in range(3)]
    view = MemoryDataset(DatasetHeader("", LABELS), [*frames, TrackItem(track)])
    first, second = records(write(view))
    assert (first["bbox"], second["bbox"]) == ([0.0, 0.0, 2.0, 2.0], [2.0, 0.0, 2.0, 2.0])
    assert first["attributes"] == second["attributes"] == {"age": 1.0, "track_id": 1}
    report = COCO.losses(view)
    assert (report.lost["track"], report.lost["key frame"], report.added["rectangle"]) == (1, 2, 2)


def test_tracks_of_what_coco_does_not_have_are_said_to_be_dropped(write) -> None:
    track = Track(2, (Keyframe(0, Points([[1.0, 2.0]])),))
    frames = [FrameItem(f"{number}.jpg", SIZE, number) for number in range(3)]
    view = MemoryDataset(DatasetHeader("", LABELS), [*frames, TrackItem(track)])
    assert records(write(view)) == []
    report = COCO.losses(view)
    assert [(row.count, row.effect) for row in report if row.aspect == "points"] == [(3, "dropped")]
    assert report.lost["points"] == 0
