import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.media.errors import MediaError
from annotator.media.folder import FoundPicture, find_pictures
from annotator.media.natural_order import natural_key
from annotator.safe_io import DEFAULT_LIMITS


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def paths(folder: Path, **options) -> list[str]:
    listing = find_pictures(folder, **options)
    assert listing.problems == []
    return [picture.path for picture in listing.pictures]


def test_pictures_are_found_in_all_folders_in_natural_order(tmp_path: Path):
    make(
        tmp_path,
        "b/10.jpg",
        "b/9.JPG",
        "a 2/x.png",
        "a 10/x.png",
        "1.tif",
        "Ä 猫.webp",
        "b/c/1.jpeg",
        "note.txt",
    )
    expected = [
        "1.tif",
        "a 2/x.png",
        "a 10/x.png",
        "b/9.JPG",
        "b/10.jpg",
        "b/c/1.jpeg",
        "Ä 猫.webp",
    ]
    assert paths(tmp_path) == expected
    assert paths(tmp_path, recursive=False) == ["1.tif", "Ä 猫.webp"]


@pytest.mark.parametrize(
    "suffix", ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "JPG", "Tiff"]
)
def test_suffixes_of_pictures(tmp_path: Path, suffix):
    make(tmp_path, f"a.{suffix}", f"{suffix}", f"a.{suffix}.txt")
    assert paths(tmp_path) == [f"a.{suffix}"]


def test_size_and_time_come_with_the_name_and_a_broken_file_counts(tmp_path: Path):
    make(tmp_path, "empty.jpg")
    (tmp_path / "empty.jpg").write_bytes(b"")
    os.utime(tmp_path / "empty.jpg", ns=(0, 1_234_567_890_123_456_700))
    assert find_pictures(tmp_path).pictures == [
        FoundPicture("empty.jpg", 0, 1_234_567_890_123_456_700)
    ]


def test_what_is_hidden_is_left_out(tmp_path: Path):
    make(tmp_path, ".annotator/cache/1.jpg", ".hidden.jpg", "a/.b/c.jpg", "a/d.jpg")
    assert paths(tmp_path) == ["a/d.jpg"]


def test_a_hidden_folder_that_was_chosen_is_listed(tmp_path: Path):
    make(tmp_path, ".pictures/1.jpg")
    assert paths(tmp_path / ".pictures") == ["1.jpg"]


def test_links_in_a_circle_end(tmp_path: Path):
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "to a").symlink_to(tmp_path / "a")
    assert paths(tmp_path) == ["a/1.jpg", "b/2.jpg"]


def test_linked_folders_and_files_are_followed_once(tmp_path: Path):
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    make(outside, "1.jpg")
    make(folder, "x/2.jpg")
    (folder / "b").symlink_to(outside)
    (folder / "a").symlink_to(outside)
    (folder / "3.jpg").symlink_to(outside / "1.jpg")
    assert paths(folder) == ["3.jpg", "a/1.jpg", "x/2.jpg"]


def test_what_cannot_be_listed_is_said(tmp_path: Path):
    make(tmp_path, "a/1.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b.jpg").mkdir()
    listing = find_pictures(tmp_path)
    assert [picture.path for picture in listing.pictures] == ["a/1.jpg"]
    assert listing.problems == ['"gone.jpg" is not a file, or a link to nothing.']


@pytest.mark.skipif(os.name != "posix", reason="names are bytes only there")
def test_a_name_that_is_no_text_is_said(tmp_path: Path):
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfcn.jpg"))).touch()
    except OSError:
        pytest.skip("the file system takes only text")
    listing = find_pictures(tmp_path)
    assert listing.pictures == []
    assert listing.problems == [
        r'The picture "gr\udcfcn.jpg" is left out: it is not valid text. Rename the file.'
    ]


def test_a_folder_that_is_closed_to_this_user_is_said(tmp_path: Path):
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a").chmod(0)
    if os.access(tmp_path / "a", os.R_OK):
        (tmp_path / "a").chmod(0o700)
        pytest.skip("this user may read everything")
    listing = find_pictures(tmp_path)
    (tmp_path / "a").chmod(0o700)
    assert [picture.path for picture in listing.pictures] == ["b/2.jpg"]
    assert "a/" in listing.problems[0]


def test_a_folder_that_is_not_there_or_is_a_file(tmp_path: Path):
    make(tmp_path, "1.jpg")
    for path in (tmp_path / "gone", tmp_path / "1.jpg"):
        with pytest.raises(MediaError, match="cannot be listed"):
            find_pictures(path)


def test_too_many_pictures_are_refused(tmp_path: Path):
    make(tmp_path, *(f"{number}.jpg" for number in range(6)))
    assert len(paths(tmp_path, limits=replace(DEFAULT_LIMITS, entries=6))) == 6
    with pytest.raises(MediaError, match="more than 5"):
        find_pictures(tmp_path, limits=replace(DEFAULT_LIMITS, entries=5))


def test_listing_can_be_cancelled(tmp_path: Path):
    make(tmp_path, "a/1.jpg")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        find_pictures(tmp_path, progress=progress)


def test_ten_thousand_pictures_are_listed_quickly(tmp_path: Path):
    for number in range(10_000):
        (tmp_path / f"IMG_{number}.jpg").touch()
    began = time.process_time()
    pictures = find_pictures(tmp_path).pictures
    assert time.process_time() - began < 0.5
    assert [picture.path for picture in pictures] == [
        f"IMG_{number}.jpg" for number in range(10_000)
    ]


@pytest.mark.parametrize(
    "ordered",
    [
        ["1.jpg", "2.jpg", "10.jpg", "a.jpg"],
        ["a1b2", "a1b10", "a2b1", "a10b1"],
        ["007", "7", "8"],
        ["a", "A/1", "a/2", "a b/1", "a-1", "ab"],
        ["img 2", "img_2", "IMG_10"],
        ["ä2", "Ä10", "ö1"],
        ["x" + "9" * 300, "x1" + "0" * 300],
    ],
)
def test_natural_order(ordered):
    backwards = ordered[::-1]
    backwards.sort(key=natural_key)
    assert backwards == ordered


words = st.lists(
    st.sampled_from(["a", "B", "ä", "a\u0308", "-", " ", "/", "é"]) | st.integers(0, 300).map(str),
    max_size=6,
).map("".join)


@given(words, words)
def test_different_paths_have_different_keys(first, second):
    assert (natural_key(first) == natural_key(second)) == (first == second)


@given(
    st.text(alphabet="abc-_ ", max_size=4),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.text(alphabet="abc-_ ", max_size=4),
)
def test_numbers_count_by_value(before, first, second, after):
    keys = [natural_key(f"{before}{number}{after}") for number in (first, second)]
    assert (keys[0] < keys[1]) == (first < second)
