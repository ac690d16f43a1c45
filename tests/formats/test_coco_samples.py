"""COCO samples by other programs: what is in them was counted by hand in the files."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from annotator.core.shapes import Mask, Polygon, Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.exporting import export_dataset
from annotator.formats.memory import MemoryDataset
from annotator.formats.summary import summarise
from tests.fact_bags import facts_of_view

COCO = FORMATS["coco_instances"]
SAMPLES = (
    "dagshub",
    "intel_two_subsets",
    "labelme_converter_output",
    "roboflow_intel",
    "sahi_terrain",
)


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "fixtures" / "formats" / "coco_instances"


def read(path: Path) -> MemoryDataset:
    return MemoryDataset.read(COCO.read(path))


def category_ids(dataset: MemoryDataset, subset: str) -> list:
    return [label.foreign["coco_instances"]["ids"].get(subset) for label in dataset.labels]


def test_two_subsets(samples: Path) -> None:
    # instances_train.json: image 5 (a.jpg, 10 x 5), one annotation of category 2 with an empty segmentation, so
    # a box: 2, 2, 3 wide, 1 high.
    # instances_val.json: image 40 (b.jpg, 5 x 10), a polygon of category 1 with attributes x=1 and y="hello", and
    # uncompressed run lengths of category 2 with iscrowd 1: 0 background, 20 set, 30 background; column by column
    # in columns of 10, that is the first two columns.
    # Categories 1 a, 2 b, 4 c.
    assert summarise(COCO.read(samples / "intel_two_subsets")).as_json() == {
        "format": "coco_instances",
        "images": 2,
        "annotations": {"rectangle": 1, "polygon": 1, "mask": 1},
        "tracks": 0,
        "keyframes": 0,
        "labels": {"a": 1, "b": 2, "c": 0},
        "attributes": 2,
        "skipped": 0,
        "problems": [],
    }
    dataset = read(samples / "intel_two_subsets")
    train, val = dataset.frames()
    assert (train.name, train.subset, train.size) == ("a.jpg", "train", (10, 5))
    assert (val.name, val.subset, val.size) == ("b.jpg", "val", (5, 10))
    assert train.annotations[0].shape == Rectangle((2, 2, 5, 3))
    polygon, crowd = val.annotations
    assert polygon.shape == Polygon.from_ring([[0, 0], [1, 0], [1, 2], [0, 2]])
    label = dataset.labels.named("a")
    assert label is not None
    assert [(one.name, one.kind) for one in label.attributes] == [("x", "number"), ("y", "text")]
    assert [polygon.attributes[one.id] for one in label.attributes] == [1, "hello"]
    assert isinstance(crowd.shape, Mask)
    expected = np.zeros((10, 5), dtype=bool)
    expected[:, :2] = True
    assert np.array_equal(crowd.shape.bitmap_in(5, 10), expected)
    assert crowd.foreign["coco_instances"]["iscrowd"] == 1
    for subset in ("train", "val"):
        assert category_ids(dataset, subset) == [1, 2, 4]
    found = [dataset.picture(frame) for frame in dataset.frames()]
    assert [one and one.path.relative_to(samples).as_posix() for one in found] == [
        "intel_two_subsets/images/train/a.jpg",
        "intel_two_subsets/images/val/b.jpg",
    ]


def test_dagshub(samples: Path) -> None:
    # Annotation 10 has a box only; 11 a polygon and a box; 12 one polygon, 13 one of two parts, both without a
    # box. Categories: 10 and 12 are cats, 11 and 13 dogs. Images 1 and 2; nothing of it has attributes.
    assert summarise(COCO.read(samples / "dagshub")).as_json() == {
        "format": "coco_instances",
        "images": 2,
        "annotations": {"rectangle": 1, "polygon": 3},
        "tracks": 0,
        "keyframes": 0,
        "labels": {"cat": 2, "dog": 2},
        "attributes": 0,
        "skipped": 0,
        "problems": [],
    }
    first, second = read(samples / "dagshub").frames()
    assert (first.name, first.size) == ("images/a.jpg", (100, 80))
    assert first.annotations[0].shape == Rectangle((10, 20, 40, 60))
    in_two_parts = second.annotations[1].shape
    assert isinstance(in_two_parts, Polygon)
    assert [part.outer.tolist() for part in in_two_parts.parts] == [
        [[10, 10], [15, 10], [15, 15], [10, 15]],
        [[20, 20], [25, 20], [25, 25], [20, 25]],
    ]


def test_output_of_labelme_converter(samples: Path) -> None:
    # Twelve annotations with polygons: two have several parts (1 has two, 11 has four). Their categories: 15
    # (person) six times, 6 (bus) twice, 5 (bottle), 7 (car), 9 (chair), 18 (sofa) once. Images 0, 1 and 2.
    # 21 categories, 0 to 20, from _background_ to tv/monitor.
    summary = summarise(COCO.read(samples / "labelme_converter_output"))
    assert (summary.images, summary.annotations, summary.problems) == (3, {"polygon": 12}, [])
    assert +summary.labels == {"person": 6, "bus": 2, "bottle": 1, "car": 1, "chair": 1, "sofa": 1}
    assert len(summary.labels) == 21
    dataset = read(samples / "labelme_converter_output")
    parts = [len(one.shape.parts) for frame in dataset.frames() for one in frame.annotations]
    assert parts == [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4]
    assert category_ids(dataset, "") == list(range(21))


def test_roboflow(samples: Path) -> None:
    # train: images 1 and 2 with one annotation each (categories 1 and 2), ids from 0; val: image 1 with two
    # (categories 1 and 2). All segmentations are empty, so boxes; the last one has iscrowd 1.
    assert summarise(COCO.read(samples / "roboflow_intel")).as_json() == {
        "format": "coco_instances",
        "images": 3,
        "annotations": {"rectangle": 4},
        "tracks": 0,
        "keyframes": 0,
        "labels": {"label_0": 2, "label_1": 2},
        "attributes": 0,
        "skipped": 0,
        "problems": [],
    }
    dataset = read(samples / "roboflow_intel")
    frames = list(dataset.frames())
    assert [(frame.subset, frame.name) for frame in frames] == [
        ("train", "train_001.jpg"),
        ("train", "train_002.jpg"),
        ("val", "val_001.jpg"),
    ]
    assert all(dataset.picture(frame) for frame in frames)
    boxes = [one.shape.xyxy for frame in frames for one in frame.annotations]
    assert boxes == [(2, 1, 5, 2), (0, 0, 2, 4), (0, 0, 1, 2), (0, 0, 9, 1)]
    crowds = [
        one.foreign["coco_instances"].get("iscrowd", 0)
        for frame in frames
        for one in frame.annotations
    ]
    assert crowds == [0, 0, 0, 1]


def test_sahi(samples: Path) -> None:
    # Three COCO files side by side: terrain1_coco (1 image, 7 annotations, human), terrain2_coco (1 image, 5
    # annotations, car), terrain_all_coco (3 images, 22 annotations: 17 human, 5 car); each annotation is one
    # polygon of four corners. terrain1.json is in labelme's format. terrain1.jpg and terrain2.png exist and are
    # in two files each, terrain3.png is missing: three pictures.
    summary = summarise(COCO.read(samples / "sahi_terrain"))
    assert (summary.images, summary.annotations) == (3, {"polygon": 34})
    assert summary.labels == {"human": 24, "car": 10}
    assert [(problem.file, problem.rule) for problem in summary.problems] == [
        ("terrain1.json", "not-coco"),
        ("terrain1_coco.json", "told-twice"),
    ]
    assert "terrain1.jpg is in 2 files; 7 objects" in summary.problems[1].text
    assert "2 pictures and 12 objects" in summary.problems[1].text
    single = summarise(COCO.read(samples / "sahi_terrain" / "terrain_all_coco.json"))
    assert (single.images, single.annotations) == (3, {"polygon": 22})
    assert (single.labels, single.problems) == ({"human": 17, "car": 5}, [])
    dataset = read(samples / "sahi_terrain")  # "car" is category 1 in one file and 2 in the other
    assert category_ids(dataset, "terrain1_coco") == [1, None]
    assert category_ids(dataset, "terrain2_coco") == [None, 1]
    assert category_ids(dataset, "terrain_all_coco") == [1, 2]


@pytest.mark.parametrize("sample", SAMPLES)
def test_round_trip_is_exact(samples: Path, tmp_path: Path, sample: str) -> None:
    """Everything is the same to the last digit; keys that a file lacks are there afterwards."""
    before = read(samples / sample)
    report = export_dataset(before, COCO, tmp_path / "out", {"strict": True})
    assert not report
    after = read(tmp_path / "out")
    assert facts_of_view(after) == facts_of_view(before)
    assert after.foreign == before.foreign
    for subset in before.header.subsets:
        for old_id, new_id in zip(
            category_ids(before, subset), category_ids(after, subset), strict=True
        ):
            assert new_id == old_id or old_id is None
    told_before = [problem.rule for problem in before.problems if not problem.skipped]
    assert [problem.rule for problem in after.problems] == told_before
    for old, new in zip(by_name(before), by_name(after), strict=True):
        assert (new.subset, new.name, new.size, new.foreign) == (
            old.subset,
            old.name,
            old.size,
            old.foreign,
        )
        for a, b in zip(old.annotations, new.annotations, strict=True):
            assert b.shape == a.shape
            check_foreign(a.foreign["coco_instances"], b.foreign["coco_instances"])
    export_dataset(after, COCO, tmp_path / "again", {"strict": True})
    for file in sorted((tmp_path / "out").rglob("*.json")):
        again = tmp_path / "again" / file.relative_to(tmp_path / "out")
        assert again.read_bytes() == file.read_bytes()


def by_name(dataset: MemoryDataset):
    return sorted(dataset.frames(), key=lambda frame: (frame.subset, frame.name))


def check_foreign(old: dict, new: dict) -> None:
    """What was there is there; the id 0, which breaks evaluation, was replaced, and missing keys were added."""
    added = {"bbox", "area", "of_shape"} - old.keys()
    renumbered = {"id"} if old.get("id") == 0 else set()
    for key in old.keys() - renumbered:
        assert new[key] == old[key]
    assert new.keys() - old.keys() <= added
    assert new["id"] != 0


@pytest.mark.parametrize("sample", SAMPLES)
def test_records_are_written_as_they_were(samples: Path, tmp_path: Path, sample: str) -> None:
    """Each key of each record that the source has, but for run lengths, which are compressed, and the id 0."""
    if sample == "sahi_terrain":
        shutil.copytree(samples / sample, tmp_path / "in", ignore=lambda *_: ["terrain1.json"])
    else:
        shutil.copytree(samples / sample, tmp_path / "in")
    export_dataset(read(tmp_path / "in"), COCO, tmp_path / "out")
    written = {
        (file.stem.removeprefix("instances_"), image["file_name"]): image
        for file in (tmp_path / "out" / "annotations").iterdir()
        for image in with_records(json.loads(file.read_text("utf-8")))
    }
    count = 0
    for file in sorted((tmp_path / "in").rglob("*.json")):
        subset = subset_of(file)
        for image in with_records(json.loads(file.read_text("utf-8"))):
            new = written[subset, image["file_name"]]
            for old_record, new_record in zip(image.pop("records"), new["records"], strict=True):
                count += 1
                for key, value in old_record.items():
                    if key == "id" and value == 0:
                        continue
                    if key == "segmentation" and isinstance(value, dict):
                        assert isinstance(new_record[key]["counts"], str)
                        continue
                    assert new_record[key] == value
            assert {key: new[key] for key in image} == image
    assert count == sum(1 for image in written.values() for _ in image["records"])


def with_records(content: dict):
    for image in content["images"]:
        records = [one for one in content["annotations"] if one["image_id"] == image["id"]]
        yield {**image, "records": records}


def subset_of(file: Path) -> str:
    if file.name in ("annotations.json", "_annotations.coco.json"):
        return file.parent.name if file.name.startswith("_") else "default"
    return file.stem.removeprefix("instances_")


# pycocotools 2.0.11 itself meets a change of numpy 2.
@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")
@pytest.mark.parametrize("sample", SAMPLES)
def test_pycocotools_reads_what_was_written(samples: Path, tmp_path: Path, sample: str) -> None:
    from pycocotools import coco as pycoco
    from pycocotools.cocoeval import COCOeval

    before = read(samples / sample)
    export_dataset(before, COCO, tmp_path / "out")
    sizes = {(frame.subset, frame.name): frame for frame in before.frames()}
    for file in sorted((tmp_path / "out" / "annotations").iterdir()):
        subset = file.stem.removeprefix("instances_").replace("default", "")
        with contextlib.redirect_stdout(io.StringIO()):
            coco = pycoco.COCO(str(file))
            assert coco.anns.keys() == {
                one["id"] for one in json.loads(file.read_text("utf-8"))["annotations"]
            }
            for image in coco.imgs.values():
                frame = sizes[subset, image["file_name"]]
                records = coco.loadAnns(coco.getAnnIds([image["id"]], iscrowd=None))
                assert [coco.cats[one["category_id"]]["name"] for one in records] == [
                    before.labels[one.label].name for one in frame.annotations
                ]
                for record, annotation in zip(records, frame.annotations, strict=True):
                    check_pixels(coco, record, annotation.shape, frame.size)
            results = coco.loadRes(
                [
                    {
                        "image_id": one["image_id"],
                        "category_id": one["category_id"],
                        "bbox": one["bbox"],
                        "score": 1.0,
                    }
                    for one in coco.anns.values()
                    if not one["iscrowd"]
                ]
            )
            evaluation = COCOeval(coco, results, "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        assert evaluation.stats[0] == pytest.approx(1.0)


def check_pixels(coco, record: dict, shape, size: tuple[int, int]) -> None:
    if isinstance(shape, Rectangle):
        x, y, width, height = record["bbox"]
        assert (x, y, x + width, y + height) == shape.xyxy
        return
    from pycocotools import mask

    pixels = mask.decode([coco.annToRLE(record)])[:, :, 0].astype(bool)
    if isinstance(shape, Mask):
        assert np.array_equal(pixels, shape.bitmap_in(*size))
    else:
        rings = [part.outer.ravel().tolist() for part in shape.parts]
        assert record["segmentation"] == rings
