"""Folders of pictures as projects: opened, found again, and compared with what lies there now."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from annotator.core.labels import Label, LabelSchema
from annotator.project.errors import ProjectError
from annotator.project.folder import INSIDE, changes_of, find_project, open_folder, open_project
from annotator.project.media.filling import add_pictures, add_task
from annotator.project.media.found_media import find_media
from annotator.project.media.locating import apply, missing_media, search
from annotator.project.named_paths import named_by
from annotator.project.project import FILE_NAME, Project
from annotator.project.view import ProjectView


@pytest.fixture
def pictures(tmp_path: Path, make_picture) -> Path:
    folder = tmp_path / "Bilder 猫"
    for number, name in enumerate(("b/10.jpg", "b/2.jpg", "a.png", "b/ü.jpg")):
        make_picture(folder / name, 40 + number, 30, seed=number)
    (folder / "notes.txt").write_text("not a picture")
    return folder


def names(project: Project) -> list[str]:
    (task,) = project.tasks()
    return [frame.name for frame in project.frames(task.id)]


def test_a_folder_becomes_a_project_with_one_task_and_one_job(pictures):
    opened = open_folder(pictures)
    with opened.project as project:
        assert opened.is_new
        assert project.folder == pictures / INSIDE
        assert names(project) == ["a.png", "b/2.jpg", "b/10.jpg", "b/ü.jpg"]
        (job,) = project.jobs(opened.task.id)
        assert (job.first, job.last, job.stage, job.state) == (0, None, "annotation", "new")
        frame = project.frame_named(opened.task.id, "b/2.jpg")
        assert project.media_path(frame) == pictures / "b" / "2.jpg"
        assert project.frame_size(frame) == (41, 30)


def test_pictures_are_referred_to_relative_to_the_project_so_both_can_be_moved(pictures, tmp_path):
    open_folder(pictures).project.close()
    moved = tmp_path / "elsewhere"
    shutil.move(pictures, moved)
    opened = open_folder(moved)
    with opened.project as project:
        assert (opened.is_new, list(opened.new), list(opened.gone)) == (False, [], [])
        frame = next(project.frames(opened.task.id))
        assert project.media_path(frame) == moved / "a.png"


def test_opened_again_a_folder_tells_what_is_new_and_what_is_gone(pictures, make_picture):
    open_folder(pictures).project.close()
    (pictures / "a.png").unlink()
    make_picture(pictures / "c.jpg", 20, 20)
    opened = open_folder(pictures)
    with opened.project as project:
        assert [picture.path for picture in opened.new] == ["c.jpg"]
        assert [frame.name for frame in opened.gone] == ["a.png"]
        add_pictures(project, opened.task, pictures, opened.new)
        assert names(project) == ["a.png", "b/2.jpg", "b/10.jpg", "b/ü.jpg", "c.jpg"]
        assert len(project.media_roots()) == 1
        project.undo()
        assert names(project) == ["a.png", "b/2.jpg", "b/10.jpg", "b/ü.jpg"]


@pytest.mark.parametrize("moved", [["2.jpg"], ["2.jpg", "10.jpg", "ü.jpg"]])
def test_what_was_located_within_the_folder_is_not_new(pictures, moved):
    with open_folder(pictures).project as project:
        (pictures / "in" / "b").mkdir(parents=True)
        for name in moved:
            (pictures / "b" / name).rename(pictures / "in" / "b" / name)
        apply(project, search(missing_media(project), [pictures / "in"]))
        changes = changes_of(project, pictures)
        assert (list(changes.new), list(changes.gone)) == ([], [])
        (pictures / "in" / "b" / "2.jpg").unlink()
        changes = changes_of(project, pictures)
        assert list(changes.new) == []
        assert [frame.name for frame in changes.gone] == ["b/2.jpg"]


def test_setting_up_is_not_what_ctrl_z_undoes(pictures):
    opened = open_folder(pictures)
    with opened.project as project:
        assert project.next_undo(task=opened.task.id, author="user") is None
        assert project.next_undo() is not None


def test_a_project_is_found_by_its_file_its_folder_and_its_pictures(pictures):
    open_folder(pictures).project.close()
    inside = pictures / INSIDE
    for path in (pictures, inside, inside / FILE_NAME):
        assert find_project(path) == inside
        open_project(path).close()
    assert find_project(pictures / "b") is None
    with pytest.raises(ProjectError, match="There is no project in"):
        open_project(pictures / "b")


def as_another_user(pictures: Path, home: Path, work: Callable[[], bool]) -> bool:
    """Do something in a child that has given up root's rights, to whom permissions mean nothing."""
    with TemporaryDirectory() as name:
        # Loads all modules: the other user may not be able to read them.
        copy = shutil.copytree(pictures, Path(name) / "copy")
        with open_folder(copy).project as project:
            list(ProjectView(project, project.tasks()).frames())
        named_by([copy / "a.png"])
    tmp = pictures.parent
    for folder in (tmp, *tmp.parents):
        if os.stat(folder).st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of") or folder == Path("/tmp"):
            break
    home.chmod(0o777)
    for above in home.parents:
        if above == Path("/tmp"):
            break
        above.chmod(above.stat().st_mode | 0o055)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            code = 0 if work() else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


other_user = pytest.mark.skipif(
    not hasattr(os, "setuid"), reason="needs another user's rights (POSIX)"
)


@other_user
def test_a_folder_that_cannot_be_written_has_its_project_in_the_users_data(pictures, home):
    def open_it() -> bool:
        opened = open_folder(pictures)
        again = find_project(pictures)
        with opened.project as project:
            path = project.media_path(next(project.frames(opened.task.id)))
            return (
                project.folder.is_relative_to(home) and again == project.folder and path.is_file()
            )

    pictures.chmod(0o555)
    assert as_another_user(pictures, home, open_it)
    pictures.chmod(0o755)
    assert not (pictures / INSIDE).exists()


@other_user
def test_who_may_not_see_the_project_of_somebody_else_has_one_in_the_users_data(pictures, home):
    def open_it() -> bool:
        with open_folder(pictures).project as project:
            return project.folder.is_relative_to(home)

    def see_what_is_left() -> bool:
        opened = open_folder(pictures)
        with opened.project as project:
            view = ProjectView(project, [opened.task])
            there = [view.picture(item) for item in view.frames()]
            named = named_by([pictures / "b" / "2.jpg", pictures / "a.png"])
            return (
                len([one for one in there if one is not None]) == 1
                and len(opened.gone) == 3
                and list(named.media) == [pictures / "a.png"]
            )

    (pictures / INSIDE).mkdir(mode=0o700)
    assert as_another_user(pictures, home, open_it)
    (pictures / "b").chmod(0o700)
    assert as_another_user(pictures, home, see_what_is_left)
    assert list((pictures / INSIDE).iterdir()) == []


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda tmp: tmp / "missing", "is not a folder"),
        (lambda tmp: tmp, "no pictures in"),
    ],
)
def test_what_cannot_be_opened_is_said_and_leaves_nothing_behind(tmp_path, make, sentence):
    with pytest.raises(ProjectError, match=sentence):
        open_folder(make(tmp_path))
    assert not (tmp_path / INSIDE).exists()


def test_files_and_folders_together_make_one_task(tmp_path, make_picture):
    make_picture(tmp_path / "one" / "1.jpg", 8, 8)
    make_picture(tmp_path / "two" / "1.jpg", 8, 8)
    make_picture(tmp_path / "single.png", 8, 8)
    found = find_media([tmp_path / "one", tmp_path / "two", tmp_path / "single.png"])
    with Project.create(tmp_path / "project") as project:
        labels = LabelSchema((Label("cat"), Label("dog")))
        task = add_task(project, "all", found, labels=labels)
        # Two files of one name are told apart by their folders.
        assert names(project) == ["one/1.jpg", "two/1.jpg", f"{tmp_path.name}/single.png"]
        assert all(project.media_path(frame).is_file() for frame in project.frames(task.id))
        assert [label.name for label in project.labels] == ["cat", "dog"]
        assert [step.title for step in project.history()] == ["Add all (3 pictures)"]
        project.undo()
        assert project.tasks() == []
        assert len(project.labels) == 0


def test_media_that_are_not_there_are_refused_by_name(tmp_path):
    with pytest.raises(ProjectError, match=r"gone\.jpg"):
        find_media([tmp_path / "gone.jpg"])
    with pytest.raises(ProjectError, match="No pictures were found"):
        find_media([tmp_path])


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own")
def test_a_folder_that_leads_to_itself_has_no_pictures(pictures, tmp_path):
    with Project.create(tmp_path / "p") as project:
        task = add_task(project, "task", find_media([pictures]))
    shutil.move(pictures, tmp_path / "elsewhere")
    pictures.symlink_to(pictures.name)
    with Project.open(tmp_path / "p") as project:
        for frame in project.frames(task.id):
            assert project.media_path(frame) == pictures / frame.name
            assert project.frame_size(frame) is None
        assert len(missing_media(project)) == 4
        with pytest.raises(ProjectError, match="cannot be found"):
            find_media([pictures])
    with pytest.raises(ProjectError, match="is not a folder"):
        open_folder(pictures)
    with pytest.raises(ProjectError, match="There is no project in"):
        open_project(pictures)


def test_a_path_in_the_project_that_leads_out_of_its_folder_is_refused(pictures):
    """Somebody sends a project whose media row names a file elsewhere."""
    from dataclasses import replace

    from annotator.safe_io import InputError

    opened = open_folder(pictures)
    with opened.project as project:
        frame = next(project.frames(opened.task.id))
        media = project.media(frame.media)
        with project.edit("Lead out", author="test") as edit:
            edit.put_media(replace(media, path="../../../etc/passwd"))
        with pytest.raises(InputError):
            project.media_path(frame)
        assert project.frame_size(frame) is None


def test_a_folder_on_a_network_drive_has_its_project_in_the_users_data(pictures, home, monkeypatch):
    """The test has no network drive, so it is told that this folder is one."""
    monkeypatch.setattr(
        "annotator.project.drives._is_network", lambda folder: folder.is_relative_to(pictures)
    )
    opened = open_folder(pictures)
    with opened.project as project:
        assert project.folder.is_relative_to(home)
        assert all(project.media_path(frame).is_file() for frame in project.frames(opened.task.id))
    assert not (pictures / INSIDE).exists()
    again = open_folder(pictures)
    with again.project as project:
        assert (again.is_new, project.is_writable) == (False, True)
        assert (again.new, again.gone) == ([], [])
    monkeypatch.setattr("annotator.project.drives._is_network", lambda _folder: True)
    with pytest.raises(ProjectError, match="network drive"):
        open_folder(pictures / "b")


def test_links_in_the_folder_lead_to_pictures_elsewhere(tmp_path, make_picture):
    make_picture(tmp_path / "store" / "x" / "1.png", 20, 20)
    make_picture(tmp_path / "single.png", 21, 20)
    folder = tmp_path / "linked"
    make_picture(folder / "own.png", 22, 20)
    (folder / "all").symlink_to(tmp_path / "store", target_is_directory=True)
    (folder / "one.png").symlink_to(tmp_path / "single.png")
    (folder / "inner.png").symlink_to(folder / "own.png")
    opened = open_folder(folder)
    with opened.project as project:
        frames = {frame.name: frame for frame in project.frames(opened.task.id)}
        sizes = {name: project.frame_size(frame) for name, frame in frames.items()}
        assert sizes == {
            "all/x/1.png": (20, 20),
            "inner.png": (22, 20),
            "one.png": (21, 20),
            "own.png": (22, 20),
        }
    again = open_folder(folder)
    with again.project:
        assert (list(again.new), list(again.gone)) == ([], [])


def test_a_name_that_cannot_be_kept_is_left_out_and_said(tmp_path, make_picture):
    make_picture(tmp_path / "good.png", 8, 8)
    (tmp_path / "line\nbreak.png").write_bytes(b"x")
    (tmp_path / "back\\slash.png").write_bytes(b"x")
    opened = open_folder(tmp_path)
    with opened.project as project:
        assert names(project) == ["good.png"]
        assert sorted(problem.rpartition(": ")[2] for problem in opened.problems) == [
            "a name holds a backslash. Rename the file.",
            "it holds control characters. Rename the file.",
        ]


@pytest.mark.parametrize("name", ["video.mp4", "good.json", "plain"])
def test_a_file_that_is_no_picture_is_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(ProjectError, match=f"{name}.*not a picture"):
        find_media([tmp_path / name])


def test_a_picture_without_a_suffix_and_a_broken_one_with_it_are_taken(tmp_path, make_picture):
    make_picture(tmp_path / "a.png", 8, 8)
    (tmp_path / "a.png").rename(tmp_path / "a")
    (tmp_path / "broken.jpg").write_text("no picture")
    (found,) = find_media([tmp_path / "a", tmp_path / "broken.jpg"])
    assert [one.path for one in found.pictures] == ["a", "broken.jpg"]


def test_videos_in_a_folder_are_told(tmp_path, make_picture):
    make_picture(tmp_path / "a.png", 8, 8)
    for name in ("a.mp4", "b.MOV", "notes.txt"):
        (tmp_path / name).write_text("")
    (found,) = find_media([tmp_path])
    assert found.problems == ["Videos were passed over (2): only pictures are taken."]
    (tmp_path / "a.png").unlink()
    with pytest.raises(
        ProjectError, match=r"No pictures were found.*Videos were passed over \(2\)"
    ):
        find_media([tmp_path])


def test_a_picture_that_is_named_twice_is_taken_once(tmp_path, make_picture):
    for name in ("a.png", "sub/b.png"):
        make_picture(tmp_path / "m" / name, 8, 8)
    folder = tmp_path / "m"
    found = find_media([folder, folder / "sub", folder / "a.png", tmp_path / "m" / ".." / "m"])
    assert [one.path for each in found for one in each.pictures] == ["a.png", "sub/b.png"]
    told = [problem for each in found for problem in each.problems]
    assert [problem[-4:] for problem in told] == ["(1).", "(2).", "(1)."]


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be")
def test_names_that_cannot_be_kept_are_the_reason_where_nothing_else_is_found(
    tmp_path, make_picture
):
    make_picture(tmp_path / "m" / "a.png", 8, 8)
    (tmp_path / "m" / "a.png").rename(tmp_path / "m" / "a\n.png")
    with pytest.raises(ProjectError, match=r"No pictures were found.*is left out"):
        find_media([tmp_path / "m"])
    with pytest.raises(ProjectError, match=r"no pictures in.*is left out"):
        open_folder(tmp_path / "m")
