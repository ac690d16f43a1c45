"""Media are known by size, time and content, learned outside the history."""

import gc
import hashlib
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.project.folder import changes_of, open_folder
from annotator.project.media.filling import add_pictures
from annotator.project.media.identity import hash_media
from annotator.project.organisation import Media


def test_contents_are_read_once_and_nothing_of_it_is_in_the_history(tmp_path: Path, make_picture):
    for number in range(3):
        make_picture(tmp_path / f"{number}.png", 20, 20, seed=number)
    opened = open_folder(tmp_path)
    with opened.project as project:
        before = project.history()
        assert hash_media(project) == 3
        assert hash_media(project) == 0
        assert project.history() == before
        for frame in project.frames(opened.task.id):
            identity = project.identity(frame.media)
            data = (tmp_path / frame.name).read_bytes()
            assert identity.hash == hashlib.blake2b(data, digest_size=32).digest()
            assert identity.size == len(data)


def test_a_missing_file_is_passed_over_and_tried_again_later(tmp_path: Path, make_picture):
    make_picture(tmp_path / "a.png", 20, 20)
    make_picture(tmp_path / "b.png", 20, 20)
    with open_folder(tmp_path).project as project:
        kept = (tmp_path / "b.png").read_bytes()
        (tmp_path / "b.png").unlink()
        assert hash_media(project) == 1
        (tmp_path / "b.png").write_bytes(kept)
        assert hash_media(project) == 1


def test_pictures_that_come_meanwhile_are_read_too_and_only_a_few_are_held_at_once(
    tmp_path: Path, make_picture
):
    count, more = 2500, 10
    make_picture(tmp_path / "first.png", 20, 20)
    first = (tmp_path / "first.png").read_bytes()
    for number in range(1, count):
        (tmp_path / f"{number}.png").write_bytes(first)
    opened = open_folder(tmp_path)
    held = 0

    def add_some(report) -> None:
        nonlocal held
        if report.done == count // 2:
            for number in range(more):
                (tmp_path / f"new {number}.png").write_bytes(first)
            changes = changes_of(project, tmp_path)
            add_pictures(project, opened.task, tmp_path, changes.new)
            gc.collect()
            held = sum(isinstance(one, Media) for one in gc.get_objects())

    with opened.project as project:
        assert hash_media(project, Progress(add_some, interval=0.0)) == count + more
        assert list(project.media_without_hash()) == []
    assert 0 < held < 1000


def test_what_was_read_before_a_cancel_is_kept(tmp_path: Path, make_picture):
    for number in range(4):
        make_picture(tmp_path / f"{number}.png", 20, 20, seed=number)

    def stop_after_two(report) -> None:
        if report.done >= 2:
            progress.cancel()

    progress = Progress(stop_after_two, interval=0.0)
    with open_folder(tmp_path).project as project:
        with pytest.raises(Cancelled):
            hash_media(project, progress)
        assert 2 <= 4 - len(list(project.media_without_hash())) <= 3
