"""`annotator demo --headless`: the whole way in one command, with the model and without."""

import json
import sys
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.demo.place import DemoPlace, demo_place
from annotator.demo.scenes import all_scenes
from annotator.models.places import described_folder, shipped_folder
from annotator.models.wheel_weights import DEFAULT_MODEL, read_source
from annotator.project.folder import open_project
from tests.cli.conftest import started

DRAWN = {"sweet": 24, "nut": 10, "receipt": 2, "sign": 3, "post": 3, "car": 15}


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))


@pytest.fixture
def model() -> None:
    if not read_source(described_folder() / DEFAULT_MODEL).is_in(shipped_folder()):
        pytest.skip("needs the weights for text, which set-up fetches where it has a network")


def categories(dataset: Path) -> dict[str, int]:
    from pycocotools.coco import COCO

    coco = COCO(dataset / "annotations" / "instances_default.json")
    assert len(coco.getImgIds()) == 19
    found = {
        category["name"]: len(coco.getAnnIds(catIds=[category["id"]]))
        for category in coco.loadCats(coco.getCatIds())
    }
    return {name: count for name, count in found.items() if count}


def written_on_the_pictures() -> set[str]:
    return {seen.text for scene in all_scenes() for seen in scene.objects if seen.text}


def test_without_the_model_all_else_is_done(cli, no_model, tmp_path: Path):
    answer = cli("demo", "--headless", "--out", tmp_path / "out", "--json")
    assert answer.code == 0
    document = answer.document
    assert document["model"] is None
    assert "ppocr-v6-tiny" in document["why_no_model"]
    assert answer.err.startswith("Warning: No model was run. ")
    assert document["annotations"] == DRAWN
    assert categories(Path(document["dataset"])) == DRAWN
    assert document["dataset"] == str(tmp_path / "out" / "coco")


def test_it_goes_among_the_users_data_and_is_made_anew(cli, no_model):
    first, second = (cli("demo", "--headless") for _ in range(2))
    assert "label attribute (changed): " in first.out
    assert (first.code, second.code) == (0, 0)
    assert "19 pictures" in second.out
    assert "4 mistakes on purpose" in second.out
    assert str(demo_place().coco) in second.out
    with open_project(demo_place().project) as project:
        frame = next(project.frames(project.tasks()[0].id))
        with project.edit("Draw") as edit:
            edit.put(Annotation(frame.id, project.labels.named("nut").id, Rectangle((1, 1, 9, 9))))
    third = cli("demo", "--headless", "--json")
    assert third.code == 1
    assert "was worked on" in third.document["error"]


def test_a_folder_that_is_in_use_is_left_alone(cli, no_model, tmp_path: Path):
    (tmp_path / "coco").mkdir()
    (tmp_path / "coco" / "mine.json").write_text("{}")
    answer = cli("demo", "--headless", "--out", tmp_path)
    assert answer.code == 1
    assert "is not empty" in answer.err
    assert not DemoPlace(tmp_path).is_there
    assert list(tmp_path.rglob("*.png")) == []


def test_a_folder_that_cannot_be_written_is_told(cli, no_model, tmp_path: Path):
    (tmp_path / "file").touch()
    answer = cli("demo", "--headless", "--out", tmp_path / "file")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert str(tmp_path / "file") in answer.err


def test_json_is_for_the_summary(cli):
    answer = cli("demo", "--json")
    assert answer.code == 2
    assert "--headless" in answer.err


def test_a_process_without_qt_goes_the_whole_way_with_the_model(model, tmp_path: Path):
    """In a process of its own with a home of its own; every line is read but for two spaces in a row."""
    process = started("demo", "--headless", "--out", tmp_path, "--json")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    document = json.loads(out)
    assert document["model"] == DEFAULT_MODEL
    assert document["accepted"]["text"] >= 36
    assert categories(tmp_path / "coco") == document["annotations"]
    assert document["annotations"] == {**DRAWN, "text": document["accepted"]["text"]}
    with open_project(DemoPlace(tmp_path).project, read_only=True) as project:
        label = project.labels.named("text")
        read = [
            one.attributes[label.attributes[0].id]
            for frame in project.frames(project.tasks()[0].id)
            for one in project.annotations(frame.id)
            if one.label == label.id and one.source == "model" and one.score >= 0.9
        ]
    assert len(read) == document["accepted"]["text"]
    plain = {"".join(text.split()) for text in written_on_the_pictures()}
    assert len(plain - {"".join(text.split()) for text in read}) <= 1


def test_the_window_is_opened_in_a_process_of_its_own(tmp_path: Path):
    """No command loads Qt; here the process with the window cannot either, and says so in its exit code."""
    process = started("demo", "--out", tmp_path)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert DemoPlace(tmp_path).is_there
    assert "window" in err
