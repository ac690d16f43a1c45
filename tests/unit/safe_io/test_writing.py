import errno
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from annotator.core.errors import Cancelled
from annotator.safe_io import InputError, whole_folder, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_the_block_ends(tmp_path: Path):
    path = tmp_path / "a.json"
    with write_whole(path) as stream:
        stream.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.json"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    def write() -> None:
        with write_whole(path) as stream:
            stream.write(b"half of the n")
            raise Cancelled

    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(Cancelled):
        write()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_a_file_keeps_its_mode_and_a_new_one_gets_the_usual_one(tmp_path: Path):
    usual, path = tmp_path / "usual", tmp_path / "a"
    usual.touch()
    with write_whole(path) as stream:
        stream.write(b"1")
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o600)
    with write_whole(path) as stream:
        stream.write(b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path):
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with write_whole(tmp_path / "link") as stream:
        stream.write(b"new")
    assert (tmp_path / "target").read_bytes() == b"old"
    assert (tmp_path / "link").read_bytes() == b"new"


def test_writing_where_no_folder_is_says_so(tmp_path: Path):
    with (
        pytest.raises(InputError, match=r"none does not exist; choose another place\.$"),
        write_whole(tmp_path / "none" / "a.json"),
    ):
        pytest.fail("the block must not run")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_said_of_the_file_the_user_chose(tmp_path: Path):
    with (
        pytest.raises(InputError, match=r"a\.json cannot be written: the disk is full"),
        write_whole(tmp_path / "a.json"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert names(tmp_path) == []


def test_a_name_at_its_longest_can_be_written(tmp_path: Path):
    path = tmp_path / ("ä" * 127)
    with write_whole(path) as stream:
        stream.write(b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("target", ["out", "new/deeper/out", "empty"])
def test_a_folder_appears_when_the_block_ends(tmp_path: Path, target):
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / target) as folder:
        (folder / "images").mkdir()
        (folder / "images" / "a.txt").write_text("x")
        assert not (tmp_path / target / "images").exists()
    assert (tmp_path / target / "images" / "a.txt").read_text() == "x"
    assert [name for name in names(tmp_path) if name.endswith(".part")] == []


@pytest.mark.parametrize("target", ["out", "new/deeper/out", "empty"])
def test_cancelling_an_export_leaves_nothing(tmp_path: Path, target):
    def export() -> None:
        with whole_folder(tmp_path / target) as folder:
            (folder / "a.txt").write_text("x")
            raise Cancelled

    (tmp_path / "empty").mkdir()
    with pytest.raises(Cancelled):
        export()
    assert names(tmp_path) == ["empty"]
    assert names(tmp_path / "empty") == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_target_in_use_is_refused_before_the_work(tmp_path: Path, kind):
    target = tmp_path / "out"
    if kind == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    else:
        target.write_text("mine")
    with pytest.raises(InputError, match="not an empty folder") as caught, whole_folder(target):
        pytest.fail("the block must not run")
    assert caught.value.rule == "occupied"
    assert names(tmp_path) == ["out"]


def test_a_target_that_came_into_use_meanwhile_is_kept(tmp_path: Path):
    def export() -> None:
        with whole_folder(target):
            target.mkdir()
            (target / "mine.txt").write_text("mine")

    target = tmp_path / "out"
    with pytest.raises(InputError, match="not an empty folder"):
        export()
    assert (target / "mine.txt").read_text() == "mine"
    assert names(tmp_path) == ["out"]


def test_an_error_of_the_system_names_the_place_the_user_knows(tmp_path: Path):
    with pytest.raises(InputError) as caught, whole_folder(tmp_path / "out") as folder:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "images" / "a.jpg"))
    assert str(caught.value) == (
        f"{tmp_path}/out/images/a.jpg cannot be written: the disk is full; make room, or choose another place."
    )


def test_a_file_inside_that_cannot_be_written_is_named_as_the_user_knows_it(tmp_path: Path):
    with (
        pytest.raises(InputError) as caught,
        whole_folder(tmp_path / "out") as folder,
        write_whole(folder / "a.json"),
    ):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert str(caught.value) == (
        f"{tmp_path}/out/a.json cannot be written: {os.strerror(errno.EIO)}; choose another place."
    )
    assert caught.value.rule == "unwritable"


def test_what_cannot_be_read_while_a_folder_is_written_is_said_so(tmp_path: Path):
    with (
        pytest.raises(InputError, match=r"in.a\.jpg does not exist"),
        whole_folder(tmp_path / "out"),
    ):
        (tmp_path / "in" / "a.jpg").read_bytes()
    assert names(tmp_path) == []


# What stands where the folder is to be made, and what is said of it.
IN_THE_WAY = {
    "file": "exists already and is not an empty folder",
    "file/x": "file is not a folder",
    "file/x/y": "file is not a folder",
    "dangling": "exists already and is not an empty folder",
    "dangling/x": "dangling is not a folder",
    "loop": "exists already and is not an empty folder",
    "loop/x": "loop is not a folder",
    "n" * 300: "the name is too long; choose a shorter one",
    f"{'n' * 300}/x": "the name is too long; choose a shorter one",
    "/".join(["n" * 200] * 25): "the name is too long; choose a shorter one",
    "/dev/null": "exists already and is not an empty folder",
    "/dev/null/x": "/dev/null is not a folder",
    "/proc/x": "/proc takes no files",
    "/proc/x/y": "/proc takes no files",
    "/sys/x": "may not write in /sys",
    "/dev/shm": "top of a disk",
}


@pytest.mark.skipif(sys.platform != "linux", reason="places that Linux has")
@pytest.mark.parametrize("place", IN_THE_WAY)
def test_a_place_that_takes_no_folder_is_told_before_the_work(tmp_path: Path, place):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    before = names(tmp_path)
    if place == "/dev/shm" and any(Path(place).iterdir()):
        pytest.skip("somebody has files there")
    if place.startswith("/sys") and os.statvfs("/sys").f_flag & os.ST_RDONLY:
        pytest.skip("the system is mounted for reading only")
    with pytest.raises(InputError) as caught, whole_folder(tmp_path / place):
        pytest.fail("the block must not run")
    said = str(caught.value)
    assert IN_THE_WAY[place] in said
    assert re.search(
        r"; choose (another (one|place)|a shorter one|a new folder inside it)\.$", said
    )
    assert len(said) < 700
    assert names(tmp_path) == before


def test_the_current_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for target in (Path(), tmp_path):
        with pytest.raises(InputError, match="current folder"), whole_folder(target):
            pytest.fail("the block must not run")
    assert names(tmp_path) == []


def test_a_link_to_an_empty_folder_stays_and_its_folder_is_filled(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with whole_folder(tmp_path / "link") as folder:
        (folder / "a").write_text("x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "x"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user without all rights"
)
@pytest.mark.parametrize("target", ["locked/x", "locked/new/x"])
def test_a_folder_without_permission_is_named(tmp_path: Path, target):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with (
        pytest.raises(InputError, match=rf"may not write in {locked};"),
        whole_folder(tmp_path / target),
    ):
        pytest.fail("the block must not run")


def test_a_relative_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with whole_folder(Path("out")) as folder:
        (folder / "a").write_text("x")
    assert (tmp_path / "out" / "a").read_text() == "x"
