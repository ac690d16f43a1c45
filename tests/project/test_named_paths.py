"""What paths are that a person drops or names."""

import zipfile
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.project.folder import open_folder
from annotator.project.named_paths import datasets_in, named_by
from tests.cli.conftest import write_coco


@pytest.fixture
def place(tmp_path: Path, make_picture) -> Path:
    for name in ("pictures/a.png", "pictures/b.png", "own/deep/c.png"):
        make_picture(tmp_path / name, 20, 10)
    open_folder(tmp_path / "own").project.close()
    with zipfile.ZipFile(tmp_path / "pack.ZIP", "w") as file:
        file.write(tmp_path / "pictures/a.png", "a.png")
    write_coco(tmp_path / "coco.json")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_name_that_begins_with_a_tilde_is_no_home(
    place: Path, monkeypatch: pytest.MonkeyPatch, make_picture
):
    monkeypatch.chdir(place)
    make_picture(place / "~backup.png", 20, 10)
    named = named_by([Path("~backup.png"), Path("~nouser-at-all/x.png")])
    assert named.media == [place / "~backup.png"]
    assert [problem.endswith("does not exist. Check the path.") for problem in named.problems] == [
        True
    ]


def test_each_path_is_told_once(place: Path):
    names = ("pictures", "own", "own/.annotator", "own/.annotator/project.annotator", "pack.ZIP",
             "coco.json", "notes.txt", "other.json", "none.png", "pictures/a.png", "empty")  # fmt: skip
    named = named_by([place / name for name in (*names, *names)])
    assert named.projects == [place / "own/.annotator"]
    assert named.media == [
        place / "pictures", place / "own", place / "pack.ZIP", place / "pictures/a.png", place / "empty",
    ]  # fmt: skip
    assert named.datasets == [place / "coco.json"]
    assert len(named.problems) == 3
    assert "does not exist" in named.problems[2]


def test_a_folder_of_annotations_without_pictures_is_a_dataset(place: Path):
    folder = place / "annotations only"
    folder.mkdir()
    write_coco(folder / "instances.json")
    assert named_by([folder]).datasets == [folder]


def test_a_broken_picture_is_a_picture(place: Path):
    (place / "broken.jpg").write_bytes(b"")
    assert named_by([place / "broken.jpg"]).media == [place / "broken.jpg"]


def test_annotations_beside_pictures(place: Path):
    pictures = place / "pictures"
    assert datasets_in(pictures) == []
    (pictures / "readme.json").write_text("{")
    (pictures / "annotations").mkdir()
    (pictures / "annotations" / "x.json").write_text("[]")
    write_coco(pictures / "annotations" / "of these.json")
    found = datasets_in(pictures)
    assert found
    assert all(path.is_relative_to(pictures) for path in found)
    assert datasets_in(place / "nowhere") == []


def test_looking_can_be_cancelled(place: Path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        named_by([place / "pictures"], progress)
