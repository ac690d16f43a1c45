import os
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.safe_io import (
    DEFAULT_LIMITS,
    InputError,
    open_regular,
    read_bytes,
    read_text,
    resolve_inside,
)


def test_the_bytes_of_a_file(tmp_path: Path):
    path = tmp_path / "Prüfung 猫.bin"
    path.write_bytes(b"\r\n\x00\xff")
    assert read_bytes(path) == b"\r\n\x00\xff"


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_read(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1000)
    assert len(read_bytes(path, replace(DEFAULT_LIMITS, file_bytes=1000))) == 1000
    with pytest.raises(InputError, match="limit") as caught:
        read_bytes(path, replace(DEFAULT_LIMITS, file_bytes=999))
    assert caught.value.rule == "size"


@pytest.mark.skipif(not os.path.isfile("/proc/self/maps"), reason="the system has no such files")
def test_a_file_that_is_longer_than_it_said_is_read_to_its_end_or_its_limit():
    """Files of the kernel say that they hold nothing, as one does that grows after it was looked at."""
    path = Path("/proc/self/maps")
    assert path.stat().st_size == 0
    assert read_bytes(path).endswith(b"\n")
    assert len(read_bytes(path)) > 1000
    with pytest.raises(InputError, match="limit"):
        read_bytes(path, replace(DEFAULT_LIMITS, file_bytes=100))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"gone\.json does not exist") as caught:
        read_bytes(tmp_path / "gone.json")
    assert caught.value.rule == "missing"


def test_a_folder_is_not_read(tmp_path: Path):
    with pytest.raises(InputError, match="regular file"):
        open_regular(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="regular file"):
            open_regular(path)


def test_a_file_this_user_may_not_read(tmp_path: Path):
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InputError, match="may not be read"):
        read_bytes(path)


@pytest.mark.parametrize("has_folder_handles", [True, False])
@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_link_put_in_place_after_the_check_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped, has_folder_handles
):
    if not has_folder_handles:  # as on Windows
        monkeypatch.setattr("annotator.safe_io.reading._HAS_FOLDER_HANDLES", False)
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "images", outside):
        folder.mkdir(parents=True)
        (folder / "x.png").write_text("TOPSECRET" if folder is outside else "picture")
    path = resolve_inside(root, "images/x.png")
    assert read_bytes(path, root=root) == b"picture"
    if swapped == "file":
        path.unlink()
        path.symlink_to(outside / "x.png")
    else:
        (root / "images").rename(root / "before")
        (root / "images").symlink_to(outside)
    assert path.read_text() == "TOPSECRET"  # what a plain open would do
    with pytest.raises(InputError):
        read_bytes(path, root=root)


def test_without_a_root_a_link_the_user_chose_is_followed(tmp_path: Path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_bytes(tmp_path / "b") == b"x"


def test_no_handle_is_left_open(tmp_path: Path):
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("the system does not list open handles")
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_text("x")
    before = len(list(handles.iterdir()))
    for _ in range(5):
        read_bytes(tmp_path / "a" / "b" / "c", root=tmp_path)
        for name in ("a/b/none", "a/none/c", "a/b"):
            with pytest.raises(InputError):
                read_bytes(tmp_path / name, root=tmp_path)
    assert len(list(handles.iterdir())) == before


def test_text_comes_without_byte_order_mark_and_with_its_line_ends(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfeins\r\nzw\xc3\xb6lf\n")
    assert read_text(path) == "eins\r\nzwölf\n"


def test_text_that_is_not_utf8_names_the_line(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\ngr\xfcn\n")
    with pytest.raises(InputError, match=r"a\.txt, line 3: .* not UTF-8") as caught:
        read_text(path)
    assert caught.value.line == 3
