"""`annotator annotate` on real weights: from pictures through a project to a dataset."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import apsw
import numpy as np
import pytest

from annotator.media.opencv import cv2
from annotator.models import places
from annotator.models.places import models_folder
from annotator.project.project import FILE_NAME, Project
from annotator.project.suggesting.suggestions import Suggestions
from annotator.settings import settings_path
from tests.cli.conftest import started
from tests.models.onnx_files import endless_on_bright, write_package

RUNTIMES = ("openvino", "onnxruntime")
# What the weights are known to see: label, score, x0 y0 x1 y1 of the picture.
SEEN = {
    "dog_bike_truck.jpg": [
        ("dog", 0.855, (133, 207, 326, 543)),
        ("bicycle", 0.803, (52, 137, 572, 424)),
        ("car", 0.798, (466, 78, 692, 171)),
    ],
    "pedestrians_street.jpg": [("person", 0.893, None), ("person", 0.844, None), ("person", 0.622, None)],
}  # fmt: skip
INVOICE = [
    "INVOICE No.2026-0417", "Date: 17 April 2026", "Customer: Maria Gonzalez", "Blue paint 2.5 I",
    "3 × 18.90", "56.70", "Brush 40 mm", "2x 4.25", "8.50", "TOTAL EUR 65.20",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_shipped(tmp_path: Path, monkeypatch) -> None:
    """Whether set-up has fetched weights to come with the program is another matter."""
    monkeypatch.setattr(places, "shipped_folder", lambda: tmp_path / "shipped")


@pytest.fixture
def made(cli, shared: Path, tmp_path: Path):
    """Install a model and make a project of some pictures: `made(model, *pictures)` gives its folder."""

    def make(model: str, *names: str) -> Path:
        assert cli("models", "install", shared / "models" / model).code == 0
        (tmp_path / "pictures").mkdir()
        for name in names:
            shutil.copy(shared / "images" / name, tmp_path / "pictures")
        assert cli("create", tmp_path / "p", tmp_path / "pictures").code == 0
        return tmp_path / "p"

    return make


def exported(cli, project: Path, out: Path) -> dict[str, list[tuple[str, float, list[float]]]]:
    """Label, score and box of what a COCO dataset holds, best first, by picture."""
    assert cli("export", project, out, "--format", "coco_instances").code == 0
    (file,) = (out / "annotations").glob("*.json")
    document = json.loads(file.read_text())
    names = {one["id"]: one["name"] for one in document["categories"]}
    found: dict[str, list[tuple[str, float, list[float]]]] = {}
    for image in document["images"]:
        own = [one for one in document["annotations"] if one["image_id"] == image["id"]]
        own.sort(key=lambda one: -one["score"])
        found[image["file_name"]] = [
            (names[one["category_id"]], one["score"], one["bbox"]) for one in own
        ]
    return found


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_detector_from_pictures_to_coco(cli, made, tmp_path, runtime):
    project = made("yolox-nano-coco", *SEEN)
    answer = cli(
        "annotate", project, "--model", "yolox-nano-coco", "--as", "annotations", "--json",
        "--runtime", runtime,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.document["runtime"] == runtime
    found = exported(cli, project, tmp_path / "out")
    for name, expected in SEEN.items():
        for (label, score, box), seen in zip(expected, found[name], strict=False):
            assert seen[0] == label
            assert seen[1] == pytest.approx(score, abs=0.01)
            if box is not None:
                x, y, width, height = seen[2]
                assert (x, y, x + width, y + height) == pytest.approx(box, abs=2)
        # A second guess for the car lies just above the threshold.
        assert 0 <= len(found[name]) - len(expected) <= 1
    assert sum(map(len, found.values())) == sum(answer.document["annotations"].values())


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_lines_of_text_to_the_letter_in_reading_order(cli, made, runtime):
    project = made("ppocr-v6-tiny", "invoice_rendered.jpg", "page_scan_gray.png")
    answer = cli(
        "annotate", project, "--model", "ppocr-v6-tiny", "--as", "annotations", "--json",
        "--runtime", runtime,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    with Project.open(project, read_only=True) as opened:
        (label,) = opened.labels
        (attribute,) = label.attributes
        assert (label.name, attribute.name, attribute.kind) == ("text", "text", "text")
        invoice, page = opened.frames(opened.tasks()[0].id)
        lines = opened.annotations(invoice.id)
        assert [one.attributes[attribute.id] for one in lines] == INVOICE
        assert lines[0].score == pytest.approx(0.98, abs=0.01)
        assert {one.kind for one in lines} == {"polygon"}
        read = {one.attributes[attribute.id]: one.score for one in opened.annotations(page.id)}
        assert len(read) == 7
        assert read["Region-based segmentation"] == pytest.approx(0.999, abs=0.01)


def test_suggestions_are_kept_and_change_nothing_else(cli, made):
    project = made("yolox-nano-coco", *SEEN)
    before = cli("history", project, "--json").document
    answer = cli("annotate", project, "--model", "yolox-nano-coco", "--threshold", "0.6")
    assert answer.code == 0, answer.err
    assert cli("history", project, "--json").document == before
    assert cli("annotate", project, "--model", "yolox-nano-coco", "--threshold", "0.6", "--json").document[
        "done_before"
    ] == 2  # fmt: skip
    with Project.open(project, read_only=True) as opened:
        frame = next(iter(opened.frames(opened.tasks()[0].id)))
        found = Suggestions(opened).visible(frame.id, 0.0)
        assert [one.label for one in found] == ["dog", "bicycle", "car"]


def test_labels_are_mapped_remembered_and_cleared(cli, made):
    project = made("yolox-nano-coco", "dog_bike_truck.jpg")
    command = (
        "annotate",
        project,
        "--model",
        "yolox-nano-coco",
        "--as",
        "annotations",
        "--threshold",
        "0.6",
    )
    answer = cli(*command, "--map", "Dog=animal", "--map", "car=", "--json")
    assert answer.document["annotations"] == {"animal": 1, "bicycle": 1}
    assert answer.document["not_shown"] == {"car": 1}
    again = cli(*command, "--clear", "--again", "--json").document
    assert (again["cleared"], again["annotations"]) == (2, {"animal": 1, "bicycle": 1})
    told = cli(*command)
    assert (
        "Without a label in the project that takes it, so not shown: car (1). See --map."
        in told.out
    )
    assert "1 frame, 1 of them looked at before" in told.out
    assert cli("undo", project).code == 0
    assert cli(*command[:-2], "--clear", "--as", "suggestions", "--json").document["cleared"] == 2


def test_pictures_that_are_none_end_with_3_and_the_rest_is_done(cli, made):
    project = made("yolox-nano-coco", "dog_bike_truck.jpg")
    pictures = project.parent / "pictures"
    for name in ("broken.jpg", "gone.jpg"):
        shutil.copy(pictures / "dog_bike_truck.jpg", pictures / name)
    assert cli("create", project, pictures, "--task", "second").code == 0
    (pictures / "broken.jpg").write_bytes(b"no picture")
    (pictures / "gone.jpg").unlink()
    answer = cli(
        "annotate",
        project,
        "--model",
        "yolox-nano-coco",
        "--task",
        "second",
        "--as",
        "annotations",
        "--json",
    )
    assert answer.code == 3
    assert [one["frame"] for one in answer.document["problems"]] == ["broken.jpg", "gone.jpg"]
    assert answer.document["annotations"]["dog"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--model", "nothing"), 1, "There is no model “nothing”. Installed: yolox-nano-coco."),
        (("--model", "yolox-nano-coco", "--threshold", "1.5"), 2, "less than or equal to 1"),
        (("--model", "yolox-nano-coco", "--map", "dog"), 2, "is not MODEL=PROJECT"),
        (("--model", "yolox-nano-coco", "--map", "unicorn=x"), 2, "has no label 'unicorn'"),
        (("--model", "yolox-nano-coco", "--map", "dog=a\nb"), 2, "line break"),
        (("--model", "yolox-nano-coco", "--task", "x"), 2, "no task 'x'"),
        (("--model", "yolox-nano-coco", "--runtime", "x"), 2, "'x'"),
        ((), 2, "--model"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_changed(cli, made, arguments, code, told):
    project = made("yolox-nano-coco", "cat.jpg")
    before = cli("history", project, "--json").document
    answer = cli("annotate", project, *arguments, "--json")
    assert (answer.code, told in answer.err) == (code, True), answer.err
    assert answer.document["error"]
    assert cli("history", project, "--json").document == before


def test_damaged_weights_are_a_sentence(cli, made):
    project = made("yolox-nano-coco", "cat.jpg")
    weights = models_folder() / "yolox-nano-coco" / "yolox_nano.onnx"
    weights.write_bytes(weights.read_bytes()[:-1000])
    answer = cli("annotate", project, "--model", "yolox-nano-coco")
    assert (answer.code, "Get the package anew." in answer.err) == (1, True)


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("size = [416, 416]", "size = [320, 320]", "The model “yolox-nano-coco” does not work: "),
        ("labels = [", 'labels = ["unicorn",', "Its manifest does not fit it."),
        ('decoder = "yolox"', 'decoder = "ctc"', "The decoder “ctc” has no parameter “strides”."),
        ('kind = "detector"', 'kind = "text"', "needs a network named “detect”"),
        ('kind = "detector"', 'kind = "oracle"', "This version of the program runs"),
    ],
)
def test_a_manifest_that_lies_is_told_once_and_nothing_is_changed(
    cli, made, runtime, old, new, told
):
    project = made("yolox-nano-coco", *SEEN)
    manifest = models_folder() / "yolox-nano-coco" / "model.toml"
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new))
    before = cli("history", project, "--json").document
    answer = cli(
        "annotate",
        project,
        "--model",
        "yolox-nano-coco",
        "--as",
        "annotations",
        "--runtime",
        runtime,
    )
    assert (answer.code, answer.err.count("Error: ")) == (1, 1)
    assert told in answer.err
    assert cli("history", project, "--json").document == before


def looked_at(project: Path) -> int:
    connection = apsw.Connection(str(project / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        ((count,),) = connection.execute("SELECT count(*) FROM looked_at")
        return count
    finally:
        connection.close()


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_stopped_or_killed_it_goes_on_where_it_was(cli, made, way):
    project = made("yolox-nano-coco", "dog_bike_truck.jpg")
    pictures = project.parent / "pictures"
    for number in range(150):
        shutil.copy(pictures / "dog_bike_truck.jpg", pictures / f"{number}.jpg")
    assert cli("create", project, pictures, "--task", "many").code == 0
    command = (
        "annotate",
        project,
        "--task",
        "many",
        "--model",
        "yolox-nano-coco",
        "--as",
        "annotations",
    )
    process = started(*command)
    until = time.monotonic() + 60
    while not looked_at(project) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(way)
    _, err = process.communicate(timeout=30)
    seen = looked_at(project)
    assert 0 < seen < 151
    if way == signal.SIGINT:
        assert (process.returncode, "Give the same command again to go on." in err) == (130, True)
    again = cli(*command, "--json")
    assert again.document["done_before"] == seen
    with Project.open(project, read_only=True) as opened:
        frames = opened.frames(opened.tasks()[1].id)
        counts = {opened.annotation_count(frame.id) for frame in frames}
    assert len(counts) == 1
    assert counts != {0}


def test_a_model_that_does_not_end_is_stopped_by_ctrl_c(cli, tmp_path):
    """It is in the middle of a picture, where it asks nobody; its process ends with the command."""
    (tmp_path / "pictures").mkdir()
    for number in range(3):
        pixels = np.full((40, 60, 3), 255, np.uint8)
        cv2.imencode(".png", pixels)[1].tofile(tmp_path / "pictures" / f"{number}.png")
    assert cli("create", tmp_path / "p", tmp_path / "pictures").code == 0
    package = write_package(tmp_path / "tiny", endless_on_bright())
    assert cli("models", "install", package).code == 0
    process = started("annotate", tmp_path / "p", "--model", "tiny")
    until = time.monotonic() + 60
    while not (at_work := busy_children(process.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, "Stopped on request" in err) == (130, True)
    assert not any(Path(f"/proc/{child}").exists() for child in at_work)


def busy_children(process: int) -> list[int]:
    """The processes that a process has started and that have worked for a second."""
    found = []
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in tasks.read_text().split():
            spent = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11]
            if int(spent) > os.sysconf("SC_CLK_TCK"):
                found.append(int(child))
    return found


def test_the_limits_of_the_settings_hold_here_too(cli, tmp_path):
    """One picture is too much for the model, and is told; the others are done."""
    (tmp_path / "pictures").mkdir()
    for number, value in enumerate((0, 255, 0)):
        pixels = np.full((40, 60, 3), value, np.uint8)
        cv2.imencode(".png", pixels)[1].tofile(tmp_path / "pictures" / f"{number}.png")
    cli("create", tmp_path / "p", tmp_path / "pictures")
    cli("models", "install", write_package(tmp_path / "tiny", endless_on_bright()))
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("[suggestions]\nmodel_seconds = 1\n")
    answer = cli("annotate", tmp_path / "p", "--model", "tiny", "--json")
    assert answer.code == 3
    assert (answer.document["seen"], answer.document["skipped"]) == ({"thing": 2}, 1)
    (problem,) = answer.document["problems"]
    assert problem["frame"] == "1.png"
    assert "took longer than 1 seconds for one picture" in problem["text"]
