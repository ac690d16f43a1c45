"""A task is worked on while its frames are written."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.formats.dataset import FramePicture
from annotator.media.folder import FoundPicture
from annotator.project.errors import ProjectError
from annotator.project.folder import find_project, open_folder, open_pictures
from annotator.project.media.filling import add_pictures, add_task, begin_task
from annotator.project.media.found_media import FoundMedia, find_media
from annotator.project.project import Project
from annotator.project.view import ProjectView
from tests.pictures import draw_pixels, encode
from tests.unit.media import encoded

COUNT = 700
PNG = encode(draw_pixels(8, 6, channels=3, bits=8, seed=1), ".png", None, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.png").write_bytes(PNG)
    return folder


def names(project: Project) -> list[str]:
    return [frame.name for frame in project.frames(project.tasks()[0].id)]


ALL = [f"{number}.png" for number in range(COUNT)]


def test_the_first_frames_are_there_before_the_others(folder: Path):
    opened = open_folder(folder, fill=False)
    with opened.project as project:
        assert opened.filling is not None
        first = names(project)
        assert 0 < len(first) < COUNT
        assert first == ALL[: len(first)]
        with project.edit("Meanwhile") as edit:
            edit.put_frame(next(project.frames(opened.task.id)))
        opened.filling.go_on()
        assert names(project) == ALL
        assert [step.title for step in project.history()] == [f"Add many ({COUNT} pictures)"]
        assert project.interrupted_steps() == []
    with open_folder(folder).project as project:
        assert names(project) == ALL


def test_a_link_that_leads_to_the_top_of_a_drive(project: Project, tmp_path: Path):
    """Such as to /a.png, or to C:\\a.png."""
    file = Path(tmp_path.anchor) / "a.png"
    picture = FoundPicture("linked.png", len(PNG), 0, target=str(file))
    task = add_task(project, "task", [FoundMedia(tmp_path, [picture], [])])
    (frame,) = project.frames(task.id)
    assert project.media_path(frame) == file


@pytest.mark.parametrize("how", ["stop", "cancel"])
def test_what_is_there_stays_where_it_is_stopped(folder: Path, how: str):
    opened = open_folder(folder, fill=False)
    assert opened.filling is not None
    with opened.project as project:
        first = names(project)
        if how == "stop":
            opened.filling.stop()
        else:
            progress = Progress()
            progress.cancel()
            with pytest.raises(Cancelled):
                opened.filling.go_on(progress)
        opened.filling.stop()
        assert names(project) == first
        assert project.interrupted_steps() == []
    again = open_folder(folder)
    with again.project as project:
        assert [one.path for one in again.new] == ALL[len(first) :]
        add_pictures(project, again.task, folder, again.new)
        assert names(project) == ALL


def test_a_step_that_is_cancelled_as_a_whole_leaves_nothing(folder: Path, tmp_path: Path):
    with Project.create(tmp_path / "p") as project:
        filling = begin_task(project, "many", find_media([folder]), keep_on_error=False)
        progress = Progress()
        progress.cancel()
        with pytest.raises(Cancelled):
            filling.finish(progress)
        assert project.tasks() == []


def test_pages_and_members_share_their_file(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    pages = [np.full((5, 6 + page), 9, np.uint8) for page in range(3)]
    (folder / "scan.tif").write_bytes(encoded.tiff_pages(pages))
    (folder / "scan_p2.tif").write_bytes(encoded.tiff_pages(pages[:1]))
    (folder / "z.png").write_bytes(PNG)
    with open_folder(folder).project as project:
        (task,) = project.tasks()
        frames = list(project.frames(task.id))
        assert [frame.name for frame in frames] == [
            "scan_p1.tif", "scan_p2_2.tif", "scan_p3.tif", "scan_p2.tif", "z.png",
        ]  # fmt: skip
        assert [project.frame_size(frame) for frame in frames[:4]] == [
            (6, 5),
            (7, 5),
            (8, 5),
            (6, 5),
        ]
        assert len({frame.media for frame in frames[:3]}) == 1
        view = ProjectView(project)
        pictures = [view.picture(frame) for frame in view.frames()]
        assert pictures == [
            *(FramePicture(folder / "scan.tif", page) for page in range(3)),
            FramePicture(folder / "scan_p2.tif"),
            FramePicture(folder / "z.png"),
        ]
    again = open_folder(folder)
    again.project.close()
    assert (again.new, again.gone) == ([], [])
    (folder / "scan.tif").unlink()
    again = open_folder(folder)
    again.project.close()
    assert [frame.name for frame in again.gone] == ["scan_p1.tif", "scan_p2_2.tif", "scan_p3.tif"]


def test_several_things_are_one_project_that_is_found_again(tmp_path: Path, folder: Path):
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("0.png", PNG)
        file.writestr("b/1.png", PNG)
    opened = open_pictures([archive, folder / "5.png", folder / "10.png"])
    place = opened.project.folder
    with opened.project as project:
        assert sorted(names(project)) == ["0.png", "10.png", "5.png", "b/1.png"]
    assert opened.is_new
    assert place.parent.name == "projects"
    assert find_project(folder) is None  # nothing is written beside the pictures
    again = open_pictures([folder / "10.png", archive, folder / "5.png", archive])
    again.project.close()
    assert (again.is_new, again.project.folder) == (False, place)
    other = open_pictures([archive])
    other.project.close()
    assert other.project.folder != place
    assert other.task.name == "pack"
    assert find_project(archive) == other.project.folder


def test_equal_names_in_several_archives_are_told_apart(tmp_path: Path):
    for name in ("a", "b"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as file:
            file.writestr("0.png", PNG)
    with open_pictures([tmp_path / "a.zip", tmp_path / "b.zip"]).project as project:
        assert names(project) == ["a/0.png", "b/0.png"]


def test_an_archive_without_pictures_makes_no_project(tmp_path: Path, home: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("notes.txt", "x")
    with pytest.raises(ProjectError, match="No pictures were found"):
        open_pictures([tmp_path / "a.zip"])
    assert not list(home.rglob("project.annotator"))
