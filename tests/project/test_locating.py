"""Media that were moved, renamed or mixed up are found again, or not taken at all."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.project.folder import find_project, open_folder, open_pictures, open_project
from annotator.project.media.identity import hash_media
from annotator.project.media.locating import apply, missing_media, search
from annotator.project.project import Project
from annotator.project.tasks.editing import remove_task


@pytest.fixture
def folder(tmp_path: Path, make_picture) -> Path:
    folder = tmp_path / "pictures"
    for number, name in enumerate(("a/1.png", "a/2.png", "b/1.png", "ü.png")):
        make_picture(folder / name, 40 + number, 30, seed=number)
    return folder


@pytest.fixture
def project(folder: Path, tmp_path: Path):
    """A project that stays where it is while its pictures move."""
    open_folder(folder).project.close()
    shutil.copytree(folder / ".annotator", tmp_path / "project")
    path = find_project(tmp_path / "project")
    assert path is not None
    with Project.open(path) as opened:
        with opened.edit("Absolute") as edit:
            (root,) = opened.media_roots()
            edit.put_root(replace(root, path=str(folder)))
        yield opened


def paths(project: Project) -> dict[str, Path]:
    """Where each frame's picture is, as far as it is there."""
    (task,) = project.tasks()
    found = ((frame.name, project.media_path(frame)) for frame in project.frames(task.id))
    return {name: path for name, path in found if path is not None and path.is_file()}


def test_nothing_is_missing(project: Project):
    assert missing_media(project) == []
    assert len(paths(project)) == 4


def test_a_folder_that_moved_is_one_row(project: Project, folder: Path, tmp_path: Path):
    moved = tmp_path / "elsewhere" / "deep"
    shutil.move(folder, moved)
    missing = missing_media(project)
    assert len(missing) == 4
    assert paths(project) == {}
    found = search(missing, [tmp_path / "elsewhere"])
    assert (len(found.found), found.found_frames, found.missing_frames) == (4, 4, 4)
    assert paths(project) == {}  # nothing is done yet
    apply(project, found)
    assert paths(project)["a/1.png"] == moved / "a/1.png"
    assert len(paths(project)) == 4
    assert len(project.media_roots()) == 1
    step = project.history(limit=1)[0]
    assert (step.title, step.rows) == ("Locate 4 pictures", 1)
    project.undo()
    assert paths(project) == {}
    project.redo()
    assert len(paths(project)) == 4


def test_some_files_that_moved_apart(project: Project, folder: Path, tmp_path: Path):
    (tmp_path / "x" / "a").mkdir(parents=True)
    (tmp_path / "y").mkdir()
    shutil.move(folder / "a/1.png", tmp_path / "x" / "a" / "1.png")
    shutil.move(folder / "ü.png", tmp_path / "y" / "U\u0308.PNG")
    found = search(missing_media(project), [tmp_path])
    assert found.found_frames == 2
    apply(project, found)
    there = paths(project)
    assert there["a/1.png"] == tmp_path / "x" / "a" / "1.png"
    assert there["ü.png"].parent == tmp_path / "y"
    assert there["b/1.png"] == folder / "b/1.png"
    assert project.history(limit=1)[0].title == "Locate 2 pictures"


def test_a_single_file_is_a_place(project: Project, folder: Path, tmp_path: Path):
    target = tmp_path / "1.png"
    shutil.move(folder / "a/1.png", target)
    apply(project, search(missing_media(project), [target]))
    assert paths(project)["a/1.png"] == target


def test_the_right_name_with_another_size_is_not_taken(
    project: Project, folder: Path, tmp_path: Path
):
    target = tmp_path / "other" / "1.png"
    target.parent.mkdir()
    (folder / "a/1.png").unlink()
    target.write_bytes(b"quite another picture")
    found = search(missing_media(project), [tmp_path / "other"])
    assert (found.found, found.doubtful) == ([], [target])
    assert found.missing_frames == 1


def test_a_file_that_was_renamed_is_known_by_its_content(
    project: Project, folder: Path, tmp_path: Path
):
    hash_media(project)
    shutil.move(folder / "a/1.png", tmp_path / "new name.png")
    found = search(missing_media(project), [tmp_path])
    assert [one.path for one in found.found] == [tmp_path / "new name.png"]


def test_pictures_of_one_size_are_told_apart_by_their_content(tmp_path: Path):
    """As those of a camera that writes no compression, whose numbers begin anew each day."""
    folder = tmp_path / "day 1"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.bmp").write_bytes(b"BM" + bytes([number]) * 100)
    opened = open_folder(folder)
    with opened.project as project:
        hash_media(project)
        with project.edit("Absolute") as edit:
            (root,) = project.media_roots()
            edit.put_root(replace(root, path=str(folder)))
        wrong, right = tmp_path / "day 2", tmp_path / "archive"
        wrong.mkdir()
        for number in range(3):
            (wrong / f"{number}.bmp").write_bytes(b"BM" + bytes([9 - number]) * 100)
        right.mkdir()
        for file in sorted(folder.glob("*.bmp")):
            shutil.move(file, right / file.name)
        missing = missing_media(project)
        found = search(missing, [wrong])
        assert found.found == []
        assert len(found.doubtful) == 3
        assert search(missing, [wrong, right]).found_frames == 3
        assert {one.path.parent for one in search(missing, [tmp_path]).found} == {right}


def test_two_files_that_it_could_be_are_not_guessed(tmp_path: Path, make_picture):
    folder = tmp_path / "pictures"
    make_picture(folder / "1.png", 40, 30)
    opened = open_folder(folder)
    with opened.project as project:
        for name in ("x", "y"):
            (tmp_path / name).mkdir()
            shutil.copy(folder / "1.png", tmp_path / name / "1.png")
        (folder / "1.png").unlink()
        found = search(missing_media(project), [tmp_path / "x", tmp_path / "y"])
        assert (found.found, found.ambiguous) == ([], 1)
        assert search(missing_media(project), [tmp_path / "y"]).found_frames == 1


def test_an_archive_that_moved(tmp_path: Path, make_picture):
    make_picture(tmp_path / "1.png", 40, 30)
    archive = tmp_path / "in" / "pictures.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(3):
            file.write(tmp_path / "1.png", f"{number}.png")
    with open_pictures([archive]).project as project:
        hash_media(project)
        shutil.move(archive, tmp_path / "moved.zip")
        missing = missing_media(project)
        assert [one.frames for one in missing] == [3]
        apply(project, search(missing, [tmp_path]))
        assert project.history(limit=1)[0].title == "Locate 3 pictures"
        assert set(paths(project).values()) == {tmp_path / "moved.zip"}


def test_pictures_of_removed_frames_and_tasks_are_not_missed(project: Project, folder: Path):
    (task,) = project.tasks()
    frames = list(project.frames(task.id))
    with project.edit("Remove") as edit:
        edit.put_frame(replace(frames[0], removed=True))
    shutil.rmtree(folder)
    assert len(missing_media(project)) == 3
    with project.edit("Another") as edit:
        edit.put_task(replace(task, name="other", id=task.id + 1))
    remove_task(project, task)
    assert missing_media(project) == []


def test_searching_can_be_cancelled(project: Project, folder: Path):
    shutil.rmtree(folder)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        search(missing_media(project), [folder.parent], progress)


def test_a_place_that_is_gone_holds_nothing(project: Project, folder: Path, tmp_path: Path):
    shutil.rmtree(folder)
    assert search(missing_media(project), [tmp_path / "none"]).found == []
    assert open_project(project.folder, read_only=True).tasks()
