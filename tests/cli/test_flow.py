"""Whole ways through the program, as the README tells them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from annotator.formats.builtin import FORMATS
from annotator.formats.memory import MemoryDataset
from annotator.project.folder import open_project
from tests.cli.conftest import write_coco
from tests.fact_bags import facts_of_view


def test_from_pictures_to_a_dataset_and_back(cli, tmp_path, pictures, coco):
    project, out = tmp_path / "project", tmp_path / "out"

    created = cli("create", project, pictures, "--json")
    assert created.code == 0
    assert created.document == {
        "project": str(project),
        "created": True,
        "task": "pictures",
        "frames": 3,
        "problems": [],
    }

    imported = cli("import", project, coco, "--json")
    assert imported.code == 0
    step = imported.document["step"]
    assert imported.document == {
        "format": "coco_instances",
        "task": "pictures",
        "step": step,
        "matched": 3,
        "annotations": {"rectangle": 3, "polygon": 3},
        "tracks": 0,
        "keyframes": 0,
        "skipped": 0,
        "unmatched": [],
        "new_labels": ["cat", "dog"],
        "problems": [],
    }

    listed = cli("ls", project, "--json").document
    (task,) = listed["tasks"]
    assert (task["frames"], task["done"], task["annotations"], task["tracks"]) == (3, 0, 6, 0)
    assert task["jobs"] == [
        {"first": 0, "last": 2, "stage": "annotation", "state": "new", "assignee": ""}
    ]
    assert [(label["name"], label["annotations"]) for label in listed["labels"]] == [
        ("cat", 3),
        ("dog", 3),
    ]

    exported = cli("export", project, out, "--format", "coco_instances", "--save-images", "--json")
    assert exported.code == 0
    assert exported.document["format"] == "project"
    assert exported.document["annotations"] == {"rectangle": 3, "polygon": 3}
    (file,) = (out / "annotations").iterdir()
    read = COCO(file)
    assert len(read.getImgIds()) == 3
    boxes = [one["bbox"] for one in read.loadAnns(read.getAnnIds(catIds=read.getCatIds(["cat"])))]
    assert boxes == [[10, 20, 30, 40]] * 3
    assert len([*out.rglob("*.jpg"), *out.rglob("*.png")]) == 3

    told = cli("info", out, "--json")
    assert told.code == 0
    assert told.document == {
        "format": "coco_instances",
        "images": 3,
        "annotations": {"rectangle": 3, "polygon": 3},
        "tracks": 0,
        "keyframes": 0,
        "labels": {"cat": 3, "dog": 3},
        "attributes": 0,
        "skipped": 0,
        "problems": [],
    }
    assert cli("info", project, "--json").document == told.document | {"format": "project"}

    converted = cli("convert", out, tmp_path / "yolo", "--to", "yolo_ultralytics_detect", "--json")
    assert converted.code == 0
    assert {**converted.document, "lost": []} == told.document | {"lost": []}
    polygons = [row for row in converted.document["lost"] if row["aspect"] == "polygon"]
    assert [(row["effect"], row["becomes"], row["count"]) for row in polygons] == [
        ("converted", "rectangle", 3)
    ]

    undone = cli("undo", project, "--json").document["undone"]
    assert (undone["id"], undone["state"]) == (step, "undone")
    assert cli("info", project, "--json").document["annotations"] == {}
    redone = cli("redo", project, "--json").document["redone"]
    assert (redone["id"], redone["state"]) == (step, "complete")
    assert cli("info", project, "--json").document["labels"] == {"cat": 3, "dog": 3}

    steps = cli("history", project, "--json").document["steps"]
    assert [one["title"] for one in steps] == [
        "Import coco_instances",
        "Add pictures (3 pictures)",
    ]
    checked = cli("doctor", project, "--json")
    assert checked.code == 0
    assert not checked.document["broken"]


def test_the_same_way_in_words(cli, tmp_path, pictures, coco):
    project, out = tmp_path / "project", tmp_path / "out"
    for arguments, words in (
        (("create", project, pictures), ("A new project", "'pictures'", "3 frames")),
        (("import", project, coco), ("coco_instances", "6 annotations", "cat, dog")),
        (("ls", project), ("pictures", "0-2 annotation: new", "cat", "dog")),
        (("history", project), ("Import coco_instances", "complete", "Add pictures")),
        (("info", project), ("project: 3 images", "3 rectangle", "dog")),
        (("formats",), tuple(one.id for one in FORMATS)),
        (
            ("export", project, out, "--format", "yolo_ultralytics_detect"),
            ("polygon", "becomes rectangle", str(out)),
        ),
        (("convert", coco, tmp_path / "cvat", "--to", "cvat_video"), ("Written as cvat_video",)),
        (("undo", project), ("Undone: Import coco_instances",)),
        (("redo", project), ("Done again: Import coco_instances",)),
        (("doctor", project), ("The database is intact.", "media")),
    ):
        answer = cli(*arguments)
        assert answer.code == 0, answer.err
        assert answer.err == ""
        for word in words:
            assert word in answer.out


def test_the_folder_that_was_opened_is_the_project(cli, pictures, coco):
    assert cli("create", pictures, pictures).code == 0
    assert (pictures / ".annotator").is_dir()
    assert cli("import", pictures, coco).code == 0
    assert cli("ls", pictures, "--json").document["tasks"][0]["annotations"] == 6
    for place in (pictures / ".annotator", pictures / ".annotator" / "project.annotator"):
        assert cli("info", place, "--json").document["images"] == 3


def test_a_second_task_and_its_own_import(cli, tmp_path, project, pictures, coco):
    labels = tmp_path / "labels.txt"
    labels.write_text("cat\nhorse\n")
    assert cli("import", project, coco).code == 0
    second = cli("create", project, pictures / "a.jpg", "--task", "more", "--labels", labels)
    assert second.code == 0
    assert "The project in" in second.out
    listed = cli("ls", project, "--json").document
    assert [task["name"] for task in listed["tasks"]] == ["pictures", "more"]
    assert [label["name"] for label in listed["labels"]] == ["cat", "dog", "horse"]

    left_open = cli("import", project, coco)
    assert left_open.code == 2
    assert "'pictures', 'more'" in left_open.err
    assert cli("import", project, coco, "--task", "none").code == 2

    into = cli("import", project, coco, "--task", "more", "--json")
    assert into.code == 3  # b.jpg and c.png are not in this task
    assert into.document["skipped"] == 4
    assert [one["name"] for one in into.document["unmatched"]] == ["b.jpg", "c.png"]

    out = tmp_path / "out"
    assert cli("export", project, out, "--format", "coco_instances", "--task", "more").code == 0
    assert cli("info", out, "--json").document["images"] == 1
    assert cli("info", project, "--json").document["images"] == 4


def test_a_step_that_is_not_the_newest_is_undone_by_its_id(cli, project, tmp_path, coco):
    other = write_coco(tmp_path / "other.json", names=("a.jpg",), each=5)
    first = cli("import", project, coco, "--json").document["step"]
    cli("import", project, other)
    refused = cli("undo", project, "--step", first)
    assert refused.code == 1  # the second import uses the labels of the first
    assert "Import coco_instances" in refused.err
    assert cli("undo", project).code == 0
    assert cli("undo", project, "--step", first).code == 0
    assert cli("ls", project, "--json").document["labels"] == []


def test_labels_of_cvat_come_with_everything(cli, tmp_path, pictures):
    labels = tmp_path / "labels.json"
    attribute = {
        "name": "fur",
        "input_type": "select",
        "mutable": False,
        "values": ["short", "long"],
        "default_value": "long",
    }
    labels.write_text(json.dumps([{"name": "cat", "color": "#aabbcc", "attributes": [attribute]}]))
    assert cli("create", tmp_path / "p", pictures, "--labels", labels).code == 0
    (label,) = cli("ls", tmp_path / "p", "--json").document["labels"]
    assert label == {
        "name": "cat",
        "parent": None,
        "kind": "any",
        "colour": "#aabbcc",
        "attributes": ["fur"],
        "annotations": 0,
    }


SAMPLES = (
    ("coco_instances", "dagshub"),
    ("coco_instances", "intel_two_subsets"),
    ("coco_instances", "roboflow_intel"),
    ("coco_instances", "sahi_terrain"),
    ("yolo_ultralytics_detect", "fork_all_variants/yolov8_detection"),
    ("cvat_video", "fork_skeleton_tracks"),
)


@pytest.mark.parametrize(("format_id", "sample"), SAMPLES)
def test_samples_go_through_a_project(cli, shared, tmp_path, make_picture, format_id, sample):
    source = shared / "fixtures" / "formats" / format_id / sample
    media = tmp_path / "media"
    memory = MemoryDataset.read(FORMATS[format_id].read(source))
    for frame in memory.frames():
        name = frame.name or f"frame_{frame.number:06d}.png"
        target, picture = media / frame.subset / name, memory.picture(frame)
        target.parent.mkdir(parents=True, exist_ok=True)
        if picture is not None:
            shutil.copyfile(picture.path, target)
        else:
            make_picture(target, *(frame.size or (64, 48)))
    project, out = tmp_path / "project", tmp_path / "out"
    assert cli("create", project, media).code == 0
    imported = cli("import", project, source, "--json")
    told = cli("info", source, "--json").document
    # A folder may hold files of other formats too.
    assert imported.code == (3 if told["problems"] else 0), imported.err
    assert imported.document["problems"] == told["problems"]
    assert imported.document["unmatched"] == []
    for key in ("annotations", "tracks", "keyframes"):
        assert imported.document[key] == told[key]
    images = ["--save-images"] if "save_images" in FORMATS[format_id].option_ids else []
    assert cli("export", project, out, "--format", format_id, *images).code == 0
    again = cli("info", out, "--json").document
    for key in ("annotations", "tracks", "keyframes", "labels", "attributes"):
        assert again[key] == told[key]
    assert cli("doctor", project).code == 0


@pytest.mark.parametrize("format_id", [one.id for one in FORMATS])
def test_what_convert_says_is_lost_is_what_is_lost(cli, tmp_path, coco, format_id):
    out = tmp_path / "out"
    converted = cli("convert", coco, out, "--to", format_id, "--json")
    assert converted.code == 0
    before = MemoryDataset.read(FORMATS["coco_instances"].read(coco))
    after = MemoryDataset.read(FORMATS[format_id].read(out))
    one = FORMATS[format_id]
    same = facts_of_view(before, one.decimals, relative=one.relative) == facts_of_view(
        after, one.decimals, relative=one.relative
    )
    assert same == (not converted.document["lost"])


def test_strict_writes_nothing_where_anything_would_be_lost(cli, tmp_path, project, coco):
    cli("import", project, coco)
    for command in (
        ("export", project, tmp_path / "out", "--format", "yolo_ultralytics_detect", "--strict"),
        ("convert", coco, tmp_path / "out", "--to", "yolo_ultralytics_detect", "--strict"),
    ):
        refused = cli(*command)
        assert refused.code == 1
        assert "polygon" in refused.err
        assert not (tmp_path / "out").exists()
    kept = cli(
        "convert", coco, tmp_path / "out", "--to", "coco_instances", "--from", "coco_instances",
        "--strict", "--json",
    )  # fmt: skip
    assert kept.code == 0
    assert kept.document["lost"] == []


def test_an_export_that_loses_nothing_says_so_and_pads_no_line(cli, tmp_path, coco):
    kept = cli("convert", coco, tmp_path / "kept", "--to", "coco_instances").out
    assert "coco_instances holds all of it as it is." in kept
    lossy = cli("convert", coco, tmp_path / "boxes", "--to", "yolo_ultralytics_detect").out
    assert "holds all of it" not in lossy
    for line in (kept + lossy + cli("formats").out).splitlines():
        assert line == line.rstrip()


def test_pictures_that_cannot_be_copied_are_told(cli, tmp_path, project, pictures):
    (pictures / "b.jpg").unlink()
    answer = cli("export", project, tmp_path / "out", "--format", "coco_instances", "--save-images")
    assert answer.code == 3
    assert "picture" in answer.out
    assert sorted(path.name for path in Path(tmp_path / "out").rglob("*.*g")) == ["a.jpg", "c.png"]


@pytest.mark.parametrize("keeps_sizes", [True, False])
def test_boxes_of_yolo_come_back_without_pictures(cli, tmp_path, project, coco, keeps_sizes):
    """From `sizes.csv`, and without it from the pictures of the task."""
    out = tmp_path / "out"
    assert cli("import", project, coco).code == 0
    assert cli("export", project, out, "--format", "yolo_ultralytics_detect").code == 0
    assert not [*out.rglob("*.jpg")]
    if not keeps_sizes:
        (out / "sizes.csv").unlink()
    info = cli("info", out, "--json")
    assert info.code == (0 if keeps_sizes else 3)
    assert info.document["annotations"] == ({"rectangle": 6} if keeps_sizes else {})
    assert cli("undo", project).code == 0
    imported = cli("import", project, out, "--json")
    assert imported.code == 0
    assert imported.document["problems"] == []
    assert imported.document["annotations"] == {"rectangle": 6}
    with open_project(project, read_only=True) as opened:
        (task,) = opened.tasks()
        frames = opened.frames(task.id)
        found = [sorted(one.shape.xyxy for one in opened.annotations(each.id)) for each in frames]
    boxes = [(10, 20, 40, 60), (100, 10, 150, 60.5)]
    assert np.allclose(found, [boxes] * 3, atol=1e-3)
