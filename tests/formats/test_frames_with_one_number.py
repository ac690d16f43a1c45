"""A file that says two things of one frame number: nothing of it is lost, converted or imported."""

import json
from pathlib import Path

import pytest

from annotator.cli import main
from annotator.formats.builtin import FORMATS
from annotator.project.imports.importing import plan_import
from annotator.project.project import Project
from tests.pictures import write_picture

BOX = '<box label="car" xtl="1" ytl="1" xbr="5" ybr="5" occluded="0"/>'
IMAGE = '<image id="{}" name="{}" width="10" height="10">' + BOX + "</image>"
MASK = (
    '<track label="car"><mask frame="0" keyframe="1" outside="0" occluded="0" rle="0, 4" left="0" top="0"'
    ' width="2" height="2"/></track>'
)
TRACK = (
    '<track label="car"><box frame="1" keyframe="1" outside="0" occluded="0" xtl="1" ytl="1" xbr="5" ybr="5"/>'
    "</track>"
)
MASK_AND_IMAGE = MASK + TRACK + IMAGE.format(0, "a.png")
TWO_IMAGES = TRACK + IMAGE.format(0, "a.png") + IMAGE.format(0, "b.png")


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "annotations.xml"
    path.write_text(f"<annotations>{request.param}</annotations>", encoding="utf-8")
    return path


def run(*arguments: object) -> None:
    assert main([str(one) for one in arguments]) == 0


@pytest.mark.parametrize(
    ("file", "objects"),
    [
        (MASK_AND_IMAGE, {"a.png": 2, "frame_000001": 1}),
        (TWO_IMAGES, {"a.png": 1, "b.png": 1, "frame_000001": 1}),
    ],
    indirect=["file"],
)
def test_converting_keeps_all_of_it(file, tmp_path, objects, capsys) -> None:
    run("convert", file, tmp_path / "out", "--to", "coco_instances")
    written = json.loads((tmp_path / "out/annotations/instances_default.json").read_text())
    names = {one["id"]: one["file_name"] for one in written["images"]}
    found = dict.fromkeys(names.values(), 0)
    for one in written["annotations"]:
        found[names[one["image_id"]]] += 1
    assert found == objects
    assert f"cvat_video: {len(objects)} images" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "on_a"), [(MASK_AND_IMAGE, 2), (TWO_IMAGES, 1)], indirect=["file"]
)
def test_importing_keeps_all_of_it(file: Path, tmp_path: Path, on_a: int) -> None:
    for name in ("a.png", "b.png"):
        write_picture(tmp_path / "pictures" / name, 10, 10)
    run("create", tmp_path / "project", tmp_path / "pictures")
    with Project.open(tmp_path / "project") as project:
        planned = plan_import(project, FORMATS["cvat_video"].read(file), project.tasks()[0]).report
    # One of the two is said by its number and by its name.
    assert planned.frames == 3 - on_a
    run("import", tmp_path / "project", file)
    with Project.open(tmp_path / "project") as project:
        (task,) = project.tasks()
        counts = [len(project.annotations(frame.id)) for frame in project.frames(task.id)]
        (track,) = project.tracks(task.id)
        second = next(frame for frame in project.frames(task.id) if frame.position == 1)
    assert counts == [on_a, 2 - on_a]
    # The key frame is on frame 1, and the file says that a.png is frame 0.
    assert [one.frame for one in track.keyframes] == [second.id]
