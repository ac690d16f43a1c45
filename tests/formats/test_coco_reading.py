"""What COCO files say, in all the forms that programs write."""

import json
import tracemalloc
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest

from annotator.core.geometry import box_corners
from annotator.core.masks import counts_from_mask, counts_to_text
from annotator.core.shapes import Mask, Polygon, Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.exporting import export_dataset
from annotator.formats.memory import MemoryDataset
from annotator.formats.registry import FormatError
from annotator.project.creating import create_task
from annotator.project.imports.importing import plan_import, run_import
from annotator.project.view import ProjectView
from annotator.safe_io import Limits
from tests.pictures import write_picture

COCO = FORMATS["coco_instances"]
IMAGE = {"id": 7, "file_name": "a.jpg", "width": 40, "height": 30}
CATEGORY = {"id": 3, "name": "cat"}
SQUARE = [1.0, 2.0, 5.0, 2.0, 5.0, 8.0, 1.0, 8.0]


def content(*annotations: dict[str, Any], **top: Any) -> dict[str, Any]:
    """A file with one image and one category; annotations belong to them unless they say otherwise."""
    base = {"image_id": 7, "category_id": 3}
    records = [{"id": place, **base, **one} for place, one in enumerate(annotations, 1)]
    return {"images": [IMAGE], "categories": [CATEGORY], "annotations": records, **top}


@pytest.fixture
def read(tmp_path: Path):
    def read_file(*annotations: dict[str, Any], **top: Any) -> MemoryDataset:
        path = tmp_path / "instances_default.json"
        path.write_text(json.dumps(content(*annotations, **top)), "utf-8")
        return MemoryDataset.read(COCO.read(path))

    return read_file


def only(dataset: MemoryDataset):
    """The only annotation, of a dataset without problems."""
    assert dataset.problems == ()
    (frame,) = dataset.frames()
    (annotation,) = frame.annotations
    return annotation


def rules(dataset: MemoryDataset) -> list[tuple[str, bool]]:
    return [(problem.rule, problem.skipped) for problem in dataset.problems]


# --- shapes


def test_box(read) -> None:
    assert only(read({"bbox": [1, 2, 3, 4]})).shape == Rectangle((1, 2, 4, 6))
    assert only(read({"bbox": [1, 2, 3, 4], "segmentation": []})).shape == Rectangle((1, 2, 4, 6))
    assert only(read({"bbox": [1, 2, 3, 4], "segmentation": None})).shape.kind == "rectangle"


def test_polygon_that_fills_its_box_stays_a_polygon(read) -> None:
    annotation = only(read({"bbox": [1, 2, 4, 6], "segmentation": [SQUARE]}))
    assert annotation.shape == Polygon.from_ring(np.reshape(SQUARE, (-1, 2)))


def test_parts_are_one_annotation(read) -> None:
    annotation = only(read({"segmentation": [SQUARE, [20, 20, 25, 20, 25, 25]]}))
    assert [len(part.outer) for part in annotation.shape.parts] == [4, 3]


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("crowd", [0, 1])
def test_run_lengths(read, compressed: bool, crowd: int) -> None:
    pixels = np.zeros((30, 40), dtype=bool)
    pixels[3:9, 5:8] = True
    pixels[20, 39] = True
    counts = counts_from_mask(pixels)
    rle = {"counts": counts_to_text(counts) if compressed else counts.tolist(), "size": [30, 40]}
    annotation = only(read({"segmentation": rle, "iscrowd": crowd}))
    assert isinstance(annotation.shape, Mask)
    assert np.array_equal(annotation.shape.bitmap_in(40, 30), pixels)
    assert annotation.shape == Mask.from_bitmap(pixels)
    assert annotation.foreign["coco_instances"].get("iscrowd", 0) == crowd


def test_crowd_of_polygons_stays_polygons(read) -> None:
    annotation = only(read({"segmentation": [SQUARE], "iscrowd": 1}))
    assert annotation.shape.kind == "polygon"
    assert annotation.foreign["coco_instances"]["iscrowd"] == 1


def test_angle_of_a_box(read) -> None:
    attributes = {"rotation": 30.0, "occluded": True}
    annotation = only(read({"bbox": [10, 10, 8, 4], "attributes": attributes}))
    assert annotation.shape == Rectangle((10, 10, 18, 14), 30.0)
    assert annotation.occluded
    assert annotation.attributes == {}


def test_corners_of_a_turned_box_are_the_box(read) -> None:
    corners = np.round(box_corners((10.0, 10.0, 18.0, 14.0), 30.0), 2).ravel().tolist()
    record = {"bbox": [10, 10, 8, 4], "segmentation": [corners], "attributes": {"rotation": 30.0}}
    assert only(read(record)).shape == Rectangle((10, 10, 18, 14), 30.0)


def test_angle_of_something_else_is_an_attribute(read) -> None:
    dataset = read({"segmentation": [SQUARE], "attributes": {"rotation": 30.0}})
    annotation = only(dataset)
    assert annotation.shape.kind == "polygon"
    (attribute,) = dataset.labels.labels[0].attributes
    assert (attribute.name, attribute.kind) == ("rotation", "number")
    assert annotation.attributes == {attribute.id: 30.0}


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        ({}, "no-shape"),
        ({"bbox": []}, "no-shape"),
        ({"bbox": [1, 2, 3]}, "bbox"),
        ({"bbox": [1, 2, -3, 4]}, "bbox"),
        ({"segmentation": [[1, 2, 3, 4]]}, "segmentation"),
        ({"segmentation": [[1, 2, 3, 4, 5, 6, 7]]}, "segmentation"),
        ({"segmentation": [1, 2, 3, 4, 5]}, "segmentation"),
        ({"segmentation": "text"}, "segmentation"),
        ({"segmentation": {"size": [30, 40]}}, "segmentation"),
        ({"segmentation": {"counts": [1200], "size": [40, 30]}}, "rle"),
        ({"segmentation": {"counts": [600, 500], "size": [30, 40]}}, "geometry"),
        ({"segmentation": {"counts": [600, -1, 601], "size": [30, 40]}}, "geometry"),
        ({"segmentation": {"counts": "1", "size": [30, 40]}}, "geometry"),
        ({"segmentation": {"counts": "\u00e9", "size": [30, 40]}}, "geometry"),
        ({"segmentation": [[0, 0, 1e8, 0, 1e8, 1e8]]}, "geometry"),
        ({"bbox": [0, 0, 1e300, 1e300]}, "geometry"),
        ({"bbox": ["a", 0, 1, 1]}, "type"),
        ({"bbox": [1, 2, 3, 4], "category_id": 99}, "unknown-category"),
        ({"bbox": [1, 2, 3, 4], "image_id": 99}, "unknown-image"),
        ({"bbox": [1, 2, 3, 4], "image_id": None}, "type"),
    ],
)
def test_record_that_is_no_annotation(read, record: dict[str, Any], rule: str) -> None:
    """It is left out with a reason; the others are read."""
    dataset = read(record, {"bbox": [1, 2, 3, 4]})
    assert rules(dataset) == [(rule, True)]
    assert [len(frame.annotations) for frame in dataset.frames()] == [1]
    assert dataset.problems[0].file == "instances_default.json"


def test_bad_part_of_a_good_record(read) -> None:
    """What can be read is read, and the rest is said."""
    four = read({"bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 3, 4]]})
    assert rules(four) == [("segmentation", False)]
    assert next(four.frames()).annotations[0].shape == Rectangle((1, 2, 4, 6))
    parts = read({"segmentation": [SQUARE, [1, 2]]})
    assert rules(parts) == [("segmentation", False)]
    assert len(next(parts.frames()).annotations[0].shape.parts) == 1


# --- attributes and scores


def test_attributes_keep_their_types(read) -> None:
    dataset = read(
        {"bbox": [1, 2, 3, 4], "attributes": {"on": True, "n": 2, "f": 0.5, "t": "x", "mix": 1}},
        {
            "bbox": [1, 2, 3, 4],
            "attributes": {"on": False, "mix": "one", "none": None, "list": [1]},
        },
    )
    (label,) = dataset.labels
    kinds = {attribute.name: attribute.kind for attribute in label.attributes}
    assert kinds == {"on": "checkbox", "n": "number", "f": "number", "t": "text", "mix": "text"}
    first, second = next(dataset.frames()).annotations
    names = {attribute.id: attribute.name for attribute in label.attributes}
    found = {names[key]: value for key, value in first.attributes.items()}
    assert found == {"on": True, "n": 2, "f": 0.5, "t": "x", "mix": 1}
    assert second.foreign["coco_instances"]["attributes"] == {"none": None, "list": [1]}


def test_score(read) -> None:
    annotation = only(read({"bbox": [1, 2, 3, 4], "score": 0.75}))
    assert (annotation.score, annotation.source) == (0.75, "model")
    odd = read({"bbox": [1, 2, 3, 4], "score": 75.0})
    assert rules(odd) == [("score", False)]
    annotation = next(odd.frames()).annotations[0]
    assert (annotation.score, annotation.source) == (None, "manual")
    assert annotation.foreign["coco_instances"]["score"] == 75.0


def test_unknown_keys_are_kept(read) -> None:
    dataset = read(
        {"bbox": [1, 2, 3, 4], "note": {"by": "me"}},
        images=[{**IMAGE, "license": 2, "day": "Monday"}],
        categories=[{**CATEGORY, "supercategory": "animal", "rank": 4}],
        info={"year": 2020},
        licenses=[{"id": 2}],
        extra=[1, 2],
    )
    assert only(dataset).foreign["coco_instances"]["keys"] == {"note": {"by": "me"}}
    frame = next(dataset.frames())
    assert frame.foreign["coco_instances"]["keys"] == {"license": 2, "day": "Monday"}
    own = dataset.labels.labels[0].foreign["coco_instances"]
    assert own["keys"] == {"supercategory": "animal", "rank": 4}
    top = {"info": {"year": 2020}, "licenses": [{"id": 2}], "extra": [1, 2]}
    assert dataset.foreign["coco_instances"]["files"] == {"": top}


# --- ids


@pytest.mark.parametrize("key", ["caption", "keypoints", "segments_info"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_stray_key_of_another_task(read, tmp_path: Path, key: str, place: int) -> None:
    records: list[dict[str, Any]] = [{"bbox": [1, 2, 3, 4]}, {"segmentation": [SQUARE]}]
    records[place][key] = [1, 2, 2]
    dataset = read(*records)
    assert COCO.verdict(tmp_path).fits
    assert dataset.problems == ()
    found = next(dataset.frames()).annotations
    assert [one.kind for one in found] == ["rectangle", "polygon"]
    assert found[place].foreign["coco_instances"]["keys"] == {key: [1, 2, 2]}


def test_boxes_of_key_points(read, tmp_path: Path) -> None:
    """They are read when asked for, and not beside the same objects in a file of instances."""
    categories = [{**CATEGORY, "keypoints": ["nose"], "skeleton": []}]
    record = {"bbox": [1, 2, 3, 4], "keypoints": [1, 2, 2], "num_keypoints": 1}
    dataset = read(record, categories=categories)
    assert "keypoints" in COCO.verdict(tmp_path).reason
    assert rules(dataset) == [("other-task", False)]
    (annotation,) = next(dataset.frames()).annotations
    assert annotation.shape == Rectangle((1, 2, 4, 6))
    kept = {"keypoints": [1, 2, 2], "num_keypoints": 1}
    assert annotation.foreign["coco_instances"]["keys"] == kept
    (tmp_path / "out").mkdir()
    COCO.write(dataset, tmp_path / "out")
    written = json.loads((tmp_path / "out/annotations/instances_default.json").read_text())
    assert written["annotations"][0]["keypoints"] == [1, 2, 2]

    (tmp_path / "person_keypoints_default.json").write_text(
        json.dumps(content(record, categories=categories))
    )
    (tmp_path / "instances_default.json").write_text(json.dumps(content({"bbox": [1, 2, 3, 4]})))
    both = MemoryDataset.read(COCO.read(tmp_path))
    assert rules(both) == [("not-coco", True)]
    assert [len(frame.annotations) for frame in both.frames()] == [1]


def test_ids_of_any_kind(read) -> None:
    dataset = read(
        {"bbox": [1, 2, 3, 4], "image_id": "x", "category_id": "y"},
        images=[{**IMAGE, "id": "x"}],
        categories=[{"id": "y", "name": "cat"}],
    )
    assert only(dataset).label == dataset.labels.labels[0].id
    # A number here and a text there mean the same image.
    assert only(read({"bbox": [1, 2, 3, 4], "image_id": "7"})).shape.kind == "rectangle"


def test_whole_numbers_beyond_64_bits(read) -> None:
    """As ids they serve in the file and are not kept; elsewhere they become what JSON readers make of them."""
    large, larger = 10**30, 10**400
    dataset = read(
        {
            "id": large,
            "image_id": large,
            "category_id": large,
            "bbox": [1, 2, 3, 4],
            "note": [large],
        },
        {"image_id": large, "category_id": large, "bbox": [1, 2, 3, 4], "attributes": {"n": large}},
        images=[{**IMAGE, "id": large, "serial": large}],
        categories=[{"id": large, "name": "cat", "serial": larger}],
        year=large,
    )
    assert dataset.problems == ()
    (frame,) = dataset.frames()
    assert frame.foreign["coco_instances"] == {"keys": {"serial": 1e30}}
    first, second = frame.annotations
    assert first.foreign["coco_instances"] == {"keys": {"note": [1e30]}}
    assert second.foreign["coco_instances"] == {"id": 2, "attributes": {"n": 1e30}}
    (label,) = dataset.labels
    assert label.foreign["coco_instances"] == {"ids": {}, "keys": {"serial": str(larger)}}
    assert dataset.foreign["coco_instances"]["files"] == {"": {"year": 1e30}}


def test_doubled_ids(read) -> None:
    dataset = read({"id": 5, "bbox": [1, 2, 3, 4]}, {"id": 5, "bbox": [1, 2, 3, 5]})
    assert rules(dataset) == [("duplicate-id", False)]
    assert len(next(dataset.frames()).annotations) == 2
    images = read({"bbox": [1, 2, 3, 4]}, images=[IMAGE, {**IMAGE, "file_name": "b.jpg"}])
    assert rules(images) == [("duplicate-id", True)]
    assert [frame.name for frame in images.frames()] == ["a.jpg"]
    categories = read({"bbox": [1, 2, 3, 4]}, categories=[CATEGORY, {"id": 3, "name": "dog"}])
    assert rules(categories) == [("duplicate-id", True)]
    assert [label.name for label in categories.labels] == ["cat"]


def told_of_keys(text: str, path: Path) -> list[str]:
    path.write_text(text, "utf-8")
    problems = MemoryDataset.read(COCO.read(path)).problems
    assert {problem.rule for problem in problems} <= {"duplicate-key"}
    return [problem.text for problem in problems]


BOX = '"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]'


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([BOX] * 3, []),
        ([BOX, f'{BOX}, "bbox": [1, 2, 3, 5]', BOX], ["annotation number 2", '"bbox"']),
        ([f'{BOX}, "bbox": [1, 2, 3, 5]'] * 3, ["annotation number 1", '"bbox"']),
        ([BOX, f'{BOX}, "id": 2, "id": 3', BOX], ["annotation number 2", '"id"']),
        ([BOX, f'{BOX}, "unheard_of": 1, "unheard_of": 2'], ["number 2", '"unheard_of"']),
        ([f'{BOX}, "attributes": {{"a": 1, "b": "x: \\"a\\": y"}}'] * 2, []),
        ([f'{BOX}, "attributes": {{"a": 1, "a": 2}}', BOX], ["annotation number 1", '"a"']),
        ([f'{BOX}, "score": 0.5, "sc\\u006fre": 0.75', BOX], ["annotation number 1", '"score"']),
        (
            [f'{BOX}, "segmentation": {{"counts": [2, 4], "size": [30, 40], "size": [2, 3]}}'],
            ["size"],
        ),
    ],
)
def test_a_key_that_stands_twice_is_told(
    tmp_path: Path, records: list[str], told: list[str]
) -> None:
    top = json.dumps({"images": [{**IMAGE, "width": 3, "height": 2}], "categories": [CATEGORY]})
    lines = ", ".join(f"{{{one}}}" for one in records)
    texts = told_of_keys(f'{top[:-1]}, "annotations": [{lines}]}}', tmp_path / "a.json")
    assert bool(texts) == bool(told)
    assert all(word in texts[0] for word in told)
    assert all("the last one counts" in one for one in texts)


def test_looking_for_keys_that_stand_twice_keeps_no_letter_of_a_long_text_in_mind(read) -> None:
    text = "y" * 4_000_000
    box = {"bbox": [1, 2, 3, 4]}
    read(box, box)  # what is imported on the way is no memory of the text
    tracemalloc.start()
    try:
        dataset = read(box, {**box, "note": text, "name\\": 'a "name"'})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert dataset.problems == ()
    assert peak < 12 * len(text)


def test_a_list_that_stands_twice_is_told(tmp_path: Path) -> None:
    """Else all annotations of the first one would be gone without a word, and so with a picture."""
    text = json.dumps(content({"bbox": [1, 2, 3, 4]}))
    path = tmp_path / "a.json"
    (told,) = told_of_keys(f'{text[:-1]}, "annotations": []}}', path)
    assert '"annotations" more than once' in told
    (told,) = told_of_keys(
        "\ufeff" + text.replace('"width"', '"file_name": "b.jpg", "width"'), path
    )
    assert "the object with the id 7" in told
    assert '"file_name"' in told


def test_unused_placeholder_of_the_same_name_goes(read) -> None:
    dataset = read(
        {"bbox": [1, 2, 3, 4]},
        categories=[{"id": 0, "name": "cat", "supercategory": "none"}, CATEGORY],
    )
    assert rules(dataset) == [("duplicate-category", True)]
    assert [label.name for label in dataset.labels] == ["cat"]
    assert next(dataset.frames()).annotations[0].label == dataset.labels.labels[0].id


def test_used_categories_of_the_same_name_stay_apart(read) -> None:
    dataset = read(
        {"bbox": [1, 2, 3, 4]},
        {"bbox": [1, 2, 3, 4], "category_id": 9},
        categories=[CATEGORY, {"id": 9, "name": "cat"}],
    )
    assert rules(dataset) == [("duplicate-category", False)]
    assert [label.name for label in dataset.labels] == ["cat", "cat (2)"]
    assert [one.label for one in next(dataset.frames()).annotations] == [
        label.id for label in dataset.labels
    ]


def test_name_that_no_label_can_have(read) -> None:
    names = ["", "a\nb", "x" * 5000, 12, "<b>&amp;", None]
    dataset = read(categories=[{"id": place, "name": name} for place, name in enumerate(names)])
    found = [label.name for label in dataset.labels]
    assert found == ["category 0", "a b", "x" * 984, "12", "<b>&amp;", "category 5"]


# --- pictures


def test_pictures_without_a_size(read) -> None:
    odd = [(0, 30), (-4, 30), ("40 px", 30), (None, 30), (40.5, 30), (1e12, 30)]
    for width, height in odd:
        image = {**IMAGE, "width": width, "height": height}
        dataset = read({"bbox": [1, 2, 3, 4]}, images=[image])
        assert rules(dataset) == [("size", False)]
        assert next(dataset.frames()).size is None
    unread = read({"bbox": [1, 2, 3, 4]}, images=[{"id": 7, "file_name": "instances_default.json"}])
    assert rules(unread) == [("size", False)]
    assert "not a picture" in unread.problems[0].text
    whole = read(images=[{**IMAGE, "width": 40.0, "height": 30.0}])
    assert next(whole.frames()).size == (40, 30)


def test_size_comes_from_the_picture_where_the_file_has_none(
    read, tmp_path: Path, make_picture
) -> None:
    make_picture(tmp_path / "images" / "a.jpg", 64, 48, orientation=6)
    dataset = read({"bbox": [1, 2, 3, 4]}, images=[{"id": 7, "file_name": "a.jpg"}])
    assert dataset.problems == ()
    assert next(dataset.frames()).size == (48, 64)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "\\\\host\\share\\x.png", "http://host/x.png", "C:\\x.png",
     "a/../../x.png", "a\nb.png"],
)  # fmt: skip
def test_names_that_lead_elsewhere(read, tmp_path: Path, name: str) -> None:
    """The annotations are kept, and the picture counts as missing."""
    dataset = read({"bbox": [1, 2, 3, 4]}, images=[{**IMAGE, "file_name": name}])
    assert rules(dataset) == [("path", False)]
    (frame,) = dataset.frames()
    assert len(frame.annotations) == 1
    assert dataset.picture(frame) is None


def test_a_number_that_is_too_large_costs_its_record_only(read, tmp_path: Path) -> None:
    broken = {**IMAGE, "id": 8, "file_name": "b.jpg", "height": "HUGE"}
    category = {**CATEGORY, "id": 4, "name": "dog", "rank": "HUGE"}
    record = {"bbox": [1, 2, 3, "HUGE"]}
    whole = content({"bbox": [1, 2, 3, 4]}, record, images=[broken, IMAGE])
    whole["categories"].append(category)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(whole).replace('"HUGE"', "1e999"))
    dataset = MemoryDataset.read(COCO.read(path))
    assert [str(problem) for problem in dataset.problems] == [
        "a.json: annotation number 2 is not understood: bbox[3] is a number that is too large; it is left out.",
        "a.json: category number 2: [...] is a number that is too large; it is left out.",
        "a.json: image number 1: [...] is a number that is too large; it is left out.",
    ]
    assert [len(frame.annotations) for frame in dataset.frames()] == [1]


@pytest.mark.parametrize(
    "image", [{}, 3, None, {"id": 8}, {"file_name": "b.jpg"}, {"id": 8, "file_name": " "}]
)
def test_image_that_is_none(read, image: Any) -> None:
    dataset = read({"bbox": [1, 2, 3, 4]}, images=[image, IMAGE])
    assert rules(dataset) == [("image", True)]
    assert [frame.name for frame in dataset.frames()] == ["a.jpg"]


def test_two_images_of_one_name_are_one(read) -> None:
    second = {"bbox": [1, 2, 3, 4], "image_id": 8}
    dataset = read({"bbox": [1, 2, 3, 4]}, second, images=[IMAGE, {**IMAGE, "id": 8}])
    assert rules(dataset) == [("duplicate-name", False)]
    assert [len(frame.annotations) for frame in dataset.frames()] == [2]


def test_backslash_separates_folders(read) -> None:
    assert next(read(images=[{**IMAGE, "file_name": "x\\a.jpg"}]).frames()).name == "x/a.jpg"


# --- files


def write(path: Path, *annotations: dict[str, Any], **top: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content(*annotations, **top)), "utf-8")


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_picture_is_found_by_either_spelling_of_its_name(
    read, tmp_path: Path, on_disk: Any, written: Any
) -> None:
    folder = tmp_path / normalize(on_disk, "Bären")
    folder.mkdir()
    write_picture(folder / normalize(on_disk, "bär.png"), 40, 30)
    name = normalize(written, "Bären/bär.png")
    dataset = read({"bbox": [1, 2, 3, 4]}, images=[{"id": 7, "file_name": name}])
    (frame,) = dataset.frames()
    assert (frame.name, frame.size) == (name, (40, 30))
    picture = dataset.picture(frame)
    assert picture is not None
    assert picture.path.is_file()
    assert rules(dataset) == []


@pytest.mark.parametrize(
    ("files", "subsets"),
    [
        (["annotations/instances_train2017.json", "annotations/instances_val2017.json"],
         ("train2017", "val2017")),
        (["annotations/instances_default.json"], ("",)),
        (["annotations.json"], ("",)),
        (["anything.json"], ("",)),
        (["one.json", "two.json"], ("one", "two")),
        (["train/_annotations.coco.json", "valid/_annotations.coco.json"], ("train", "valid")),
        (["_annotations.coco.json"], ("",)),
        (["part/annotations.json", "annotations/instances_x.json"], ("x", "part")),
    ],
)  # fmt: skip
def test_layouts(tmp_path: Path, files: list[str], subsets: tuple[str, ...]) -> None:
    for number, file in enumerate(files):
        write(tmp_path / file, {"bbox": [number, 2, 3, 4]})
    assert COCO.verdict(tmp_path).fits
    dataset = MemoryDataset.read(COCO.read(tmp_path))
    assert dataset.header.subsets == subsets
    assert dataset.problems == ()
    assert dataset.frame_count == len(files)


def test_mark_at_the_beginning_and_line_ends_of_windows(tmp_path: Path) -> None:
    text = json.dumps(content({"bbox": [1, 2, 3, 4]}), indent=1).replace("\n", "\r\n")
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert only(MemoryDataset.read(COCO.read(path))).shape == Rectangle((1, 2, 4, 6))


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside.json", {"bbox": [1, 2, 3, 4]})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").symlink_to(tmp_path / "outside.json")
    verdict = COCO.verdict(tmp_path / "in")
    assert not verdict.fits
    assert "link" in verdict.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "a list"),
        ("3", "a single value"),
        ("{}", "misses the key 'images'"),
        ('{"images": [], "categories": []}', "misses the key 'annotations'"),
        ('{"images": 1, "categories": [], "annotations": []}', "not lists"),
        ('{"images": [], "categories": [], "annotations": {}}', "not a list"),
        (
            '{"images": [], "categories": [{"id": 1, "keypoints": []}], "annotations": []}',
            "keypoints",
        ),
        ('{"images": [], "categories": [], "annotations": [{"segments_info": []}]}', "panoptic"),
        ('{"images": [], "categories": [], "annotations": [{"caption": "x"}]}', "captions"),
        ('{"images": [], "categories": [], "annotations": [{"image_id": 1}]}', "labels of whole"),
        ('{"images": [}', "line 1"),
        ("", "is empty, or its JSON is cut off"),
    ],
)
def test_what_is_no_instances_file(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    verdict = COCO.verdict(path)
    assert not verdict.fits
    assert reason in verdict.reason
    assert not COCO.verdict(tmp_path).fits
    for place in (path, tmp_path):
        with pytest.raises(FormatError, match=r"a\.json"):
            COCO.read(place)


def test_reading_again_starts_anew(read) -> None:
    dataset = read({"bbox": [1, 2, 3, 4]}, {"segmentation": [SQUARE], "keys": 1}, {})
    path = Path(str(dataset.header.media_roots[0])) / "instances_default.json"
    opened = COCO.read(path)
    assert [type(item) for item in opened.items()] == [type(item) for item in opened.items()]
    assert len([*opened.items()]) == 2


@pytest.mark.parametrize(("boxes", "told"), [([[1, 2, 3, 4]], 1), ([[9, 9, 3, 4]], 0)])
def test_objects_in_several_files(tmp_path: Path, boxes: list[list[int]], told: int) -> None:
    """Pictures of one name may be different ones; that their objects are the same is no chance."""
    (tmp_path / "a.json").write_text(
        json.dumps(content({"bbox": [1, 2, 3, 4]}, {"bbox": [5, 6, 7, 8]}))
    )
    (tmp_path / "b.json").write_text(json.dumps(content(*({"bbox": box} for box in boxes))))
    dataset = MemoryDataset.read(COCO.read(tmp_path))
    assert rules(dataset) == [("told-twice", False)] * told
    assert all("in 2 files; 1 object is there more" in one.text for one in dataset.problems)
    assert sum(len(frame.annotations) for frame in dataset.frames()) == 3


# --- how deep


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


BOX = {"bbox": [1, 2, 3, 4]}


@pytest.mark.parametrize("place", ["top", "image", "category", "annotation"])
def test_what_may_be_kept_goes_the_whole_way(tmp_path: Path, place: str) -> None:
    # The project takes 200 levels. Around a value of the top it has three dicts, the format, its files and the
    # file: 200 - 4 = 196. The others lie in three levels here and there: the file, its list, the record: 197.
    deep = nested(196 if place == "top" else 197)
    found = json.loads(json.dumps(content(BOX, **({"x": deep} if place == "top" else {}))))
    if place != "top":
        key = "categories" if place == "category" else f"{place}s"
        found[key][0]["x"] = deep
    (tmp_path / "coco.json").write_text(json.dumps(found))
    with create_task(tmp_path / "project", [picture(tmp_path)]).project as project:
        (task,) = project.tasks()
        plan = plan_import(project, COCO.read(tmp_path / "coco.json"), task)
        assert plan.report.problems == []
        run_import(project, plan)
        export_dataset(ProjectView(project), COCO, tmp_path / "out")
    written = json.loads((tmp_path / "out/annotations/instances_default.json").read_text())
    kept = written if place == "top" else written[key][0]
    assert kept["x"] == deep


def picture(folder: Path) -> Path:
    write_picture(folder / "in" / "a.jpg", 40, 30)
    return folder / "in"


@pytest.mark.parametrize("levels", [197, 199])
def test_what_is_nested_too_deeply_to_be_kept_is_told_when_it_is_read(read, levels: int) -> None:
    dataset = read(BOX, info=nested(levels), licenses=[])
    assert rules(dataset) == [("not-kept", 1)]
    (problem,) = dataset.problems
    assert problem.text.startswith('"info" is not kept, the rest is read. ')
    assert "200 levels" in problem.text
    assert len(next(dataset.frames()).annotations) == 1
    assert list(dataset.foreign["coco_instances"]["files"][""]) == ["licenses"]


def test_a_raised_limit_does_not_let_in_what_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(content(BOX | {"x": nested(300)})))
    with pytest.raises(FormatError, match="more than 200 levels"):
        COCO.read(path, limits=Limits(json_depth=1000))


# --- records of which something is wrong


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"area": "big"}, "area must be a number or null and is a text"),
        (
            {"iscrowd": "yes"},
            "iscrowd must be true or false or a whole number or null and is a text",
        ),
        ({"score": [1]}, "score must be a number or null and is a list"),
        ({"attributes": [{"name": "a"}]}, "attributes must be an object or null and is a list"),
        ({"id": {}}, "id must be a whole number or a text or null and is an object"),
    ],
)
def test_what_an_annotation_does_not_need_is_left_out_alone(read, wrong, told: str) -> None:
    dataset = read({"bbox": [1, 2, 3, 4], "score": 0.5, **wrong}, {"bbox": [1, 2, 3, 4]})
    (frame,) = dataset.frames()
    assert [one.shape for one in frame.annotations] == [Rectangle((1, 2, 4, 6))] * 2
    assert (frame.annotations[0].score == 0.5) == ("score" not in wrong)
    (problem,) = dataset.problems
    assert problem.text == f"annotation number 1: {told}; it is read without that."
    assert (problem.rule, problem.skipped) == ("type", "attributes" in wrong)


def test_no_crowd_may_be_said_by_null(read) -> None:
    assert only(read({"bbox": [1, 2, 3, 4], "iscrowd": None})).shape.kind == "rectangle"


def test_ids_are_whole_numbers_also_where_a_table_made_fractions_of_them(read) -> None:
    dataset = read(
        {"id": 1.0, "image_id": 7.0, "category_id": 3.0, "bbox": [1, 2, 3, 4]},
        images=[{**IMAGE, "id": 7.0}],
        categories=[{**CATEGORY, "id": 3.0}],
    )
    annotation = only(dataset)
    assert annotation.foreign["coco_instances"]["id"] == 1
    half = read({"image_id": 7.5, "bbox": [1, 2, 3, 4]})
    assert rules(half) == [("type", 1)]


@pytest.mark.parametrize(("declared", "used"), [(3, "3"), ("3", 3), ("3", 3.0)])
def test_a_category_may_be_a_number_here_and_a_text_there(read, declared, used) -> None:
    dataset = read({"category_id": used, "bbox": [1, 2, 3, 4], "attributes": {"a": 1}},
                   categories=[{"id": declared, "name": "cat"}, {"id": 9, "name": "cat"}])  # fmt: skip
    (frame,) = dataset.frames()
    (annotation,) = frame.annotations
    label = dataset.labels[annotation.label]
    # The category of the same name that nothing uses is left out, not this one.
    assert (label.name, len(label.attributes)) == ("cat", 1)
    assert rules(dataset) == [("duplicate-category", 1)]


def test_a_flat_list_of_numbers_is_one_polygon(read) -> None:
    dataset = read({"bbox": [1, 2, 4, 6], "segmentation": SQUARE})
    (frame,) = dataset.frames()
    assert frame.annotations[0].shape == Polygon.from_ring(np.reshape(SQUARE, (-1, 2)))
    (problem,) = dataset.problems
    assert problem.text == (
        "annotation 1: its segmentation is a list of numbers, not of polygons; it is read as one polygon."
    )
    assert problem.skipped == 0


def test_sizes_may_be_written_as_text(read) -> None:
    dataset = read(images=[{**IMAGE, "width": "40", "height": " 30 "}])
    assert next(dataset.frames()).size == (40, 30)
    assert dataset.problems == ()


def test_text_that_is_not_utf_8_is_told_where_it_stands(tmp_path: Path) -> None:
    box = {"bbox": [1, 2, 3, 4]}
    whole = content(box, {**box, "attributes": {"a": "@"}}, {**box, "own": "@"})
    whole["images"] = [IMAGE, {**IMAGE, "id": 8, "file_name": "@.jpg"}]
    whole["categories"] = [CATEGORY, {"id": 4, "name": "@"}]
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(whole).encode().replace(b"@", "ä".encode("latin-1")))
    dataset = MemoryDataset.read(COCO.read(path))
    (frame,) = dataset.frames()
    assert len(frame.annotations) == 3
    assert [problem.text for problem in dataset.problems] == [
        "annotation number 2: attributes is not UTF-8; it is read without that.",
        "annotation number 3: own is not UTF-8; it is read without that.",
        "category number 2: it is not UTF-8 (save the file as UTF-8); it is left out.",
        "image number 2: it is not UTF-8 (save the file as UTF-8); it is left out.",
    ]
