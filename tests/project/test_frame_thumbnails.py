import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.media.buffers import Pixels
from annotator.project.folder import open_folder
from annotator.project.media.frame_thumbnails import FrameThumbnail, FrameThumbnails
from annotator.project.organisation import Frame
from annotator.project.project import Project
from tests.conftest import MakePicture

BOX = (96, 64)


@pytest.fixture
def folder(tmp_path: Path, make_picture: MakePicture) -> Path:
    """Two pictures and something that is none."""
    folder = tmp_path / "pictures"
    make_picture(folder / "a.jpg", 600, 400, seed=1)
    make_picture(folder / "b.png", 300, 400, seed=2)
    (folder / "c.jpg").write_bytes(b"no picture")
    return folder


def opened(folder: Path) -> tuple[Project, list[Frame]]:
    found = open_folder(folder)
    return found.project, list(found.project.frames(found.task.id))


def pixels_of(found: FrameThumbnail | None) -> Pixels:
    assert found is not None
    assert found.pixels is not None
    return found.pixels


def test_a_thumbnail_fills_its_box_and_is_kept(folder: Path) -> None:
    project, frames = opened(folder)
    with project:
        source = FrameThumbnails(project)
        first = pixels_of(source.read(frames[0].id, BOX))
        assert first.shape == (64, 96, 4)
        assert not first.flags.writeable
        source.close()
        assert (project.folder / "cache" / "thumbnails.sqlite").is_file()

        # The same file under the same name, but nothing in it: only the cache can know the picture.
        status = (folder / "a.jpg").stat()
        (folder / "a.jpg").write_bytes(bytes(status.st_size))
        os.utime(folder / "a.jpg", ns=(status.st_atime_ns, status.st_mtime_ns))
        again = FrameThumbnails(project)
        assert np.abs(pixels_of(again.read(frames[0].id, BOX)).astype(int) - first).mean() < 3
        again.close()


def test_a_changed_file_is_never_shown_as_it_was(folder: Path, make_picture: MakePicture) -> None:
    project, frames = opened(folder)
    with project:
        source = FrameThumbnails(project)
        first = source.read(frames[0].id, BOX)
        assert first is not None
        assert source.read(frames[0].id, BOX, first.identity) is None

        make_picture(folder / "a.jpg", 400, 400, seed=9)

        now = source.read(frames[0].id, BOX, first.identity)
        assert pixels_of(now).shape == (64, 64, 4)
        source.close()


def test_a_missing_file_is_told_with_the_picture_it_had(folder: Path) -> None:
    project, frames = opened(folder)
    with project:
        source = FrameThumbnails(project)
        source.read(frames[0].id, BOX)
        (folder / "a.jpg").unlink()
        (folder / "b.png").unlink()

        known = source.read(frames[0].id, BOX)
        unknown = source.read(frames[1].id, BOX)

        assert known is not None
        assert (known.trouble, known.identity) == ("missing", None)
        assert "a.jpg" in known.reason
        assert pixels_of(known).shape == (64, 96, 4)
        assert unknown is not None
        assert (unknown.trouble, unknown.pixels) == ("missing", None)
        source.close()


def test_a_broken_file_is_told_with_the_reason(folder: Path) -> None:
    project, frames = opened(folder)
    with project:
        source = FrameThumbnails(project)
        found = source.read(frames[2].id, BOX)
        source.close()

    assert found is not None
    assert (found.trouble, found.pixels) == ("broken", None)
    assert "c.jpg" in found.reason


def test_frames_without_a_picture_and_frames_that_are_gone(folder: Path) -> None:
    project, frames = opened(folder)
    with project:
        bare = Frame(frames[0].task, 50, "known from a file only")
        with project.edit("Add a frame") as edit:
            edit.put_frame(bare)
        source = FrameThumbnails(project)
        for frame_id in (bare.id, 12345):
            found = source.read(frame_id, BOX)
            assert found is not None
            assert (found.trouble, found.pixels) == ("none", None)
        source.close()


def test_a_path_that_leads_out_of_its_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "a.jpg", tmp_path / "outside.jpg")
    project, frames = opened(folder)
    with project:
        assert frames[0].media is not None
        media = project.media(frames[0].media)
        assert media is not None
        with project.edit("Lead out") as edit:
            edit.put_media(replace(media, path="../outside.jpg"))
        source = FrameThumbnails(project)
        found = source.read(frames[0].id, BOX)
        source.close()

    assert found is not None
    assert (found.trouble, found.pixels) == ("missing", None)


def test_a_project_that_is_read_only_is_given_no_cache(folder: Path) -> None:
    project, frames = opened(folder)
    project.close()
    with Project.open(project.folder, read_only=True) as reader:
        source = FrameThumbnails(reader)
        assert pixels_of(source.read(frames[0].id, BOX)).shape == (64, 96, 4)
        source.close()

    assert not (project.folder / "cache").exists()


def test_a_higher_strip_gets_finer_thumbnails(folder: Path, make_picture: MakePicture) -> None:
    make_picture(folder / "a.jpg", 1200, 800)
    project, frames = opened(folder)
    with project:
        source = FrameThumbnails(project)
        source.read(frames[0].id, BOX)
        large = pixels_of(source.read(frames[0].id, (300, 200)))
        source.close()

    assert large.shape == (200, 300, 4)
    # Its edges are sharp, as they are not in a small one that was stretched.
    assert np.abs(np.diff(large[:, :, 0].astype(int), axis=1)).max() > 40
