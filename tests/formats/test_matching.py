"""Names of a dataset and pictures that are already there."""

import gc
import time
from unicodedata import normalize

import pytest

from annotator.formats.matching import Match, match_names

# One name in two spellings: a keyboard gives the first, macOS the names of files in the second.
LETTER, MARKED = normalize("NFC", "bär.jpg"), normalize("NFD", "bär.jpg")


def matched(
    names: list[str], existing: list[str], **options
) -> dict[str, tuple[str | None, str | None]]:
    """The picture each name means, and by which rule."""
    found = match_names(names, existing, **options)
    return {
        name: (None if one.index is None else existing[one.index], one.rule)
        for name, one in found.items()
    }


@pytest.mark.parametrize(
    ("name", "existing", "rule"),
    [
        ("b/a.jpg", ["x/b/a.jpg", "b/a.png", "b/a.jpg"], "path"),
        ("b\\a.jpg", ["b/a.jpg"], "path"),
        ("./a.jpg", ["a.jpg"], "path"),
        ("b/a.jpg", ["x/b/a.jpg", "b/a.png"], "stem"),
        (LETTER, [MARKED.removesuffix(".jpg"), MARKED], "path"),
        (MARKED, [MARKED.removesuffix(".jpg"), LETTER], "path"),
        (LETTER, [MARKED, LETTER], "path"),
        (MARKED, [LETTER, MARKED], "path"),
        (LETTER, [MARKED.replace(".jpg", ".png")], "stem"),
        (LETTER, ["x/" + MARKED], "folders"),
        (LETTER, [MARKED.upper()], "capitals"),
        ("a", ["a.jpg"], "stem"),
        ("img.v2.jpg", ["img.v1.jpg", "img.v2.png"], "stem"),
        ("a.jpg", ["x/y/a.png"], "folders"),
        ("x/y/a.jpg", ["y/a.png", "b.png"], "folders"),
        ("frame_000010", ["9.jpg", "10.jpg"], "number"),
        ("10.png", ["frame_000011.jpg", "frame_000010.jpg"], "number"),
        ("B/A.JPG", ["b/a.jpg"], "capitals"),
        ("B/A.JPG", ["b/a.png"], "capitals"),
    ],
)
def test_rules(name: str, existing: list[str], rule: str) -> None:
    (found,) = match_names([name], existing).values()
    assert found.rule == rule
    assert found.index == len(existing) - 1 or rule == "folders"


@pytest.mark.parametrize(
    ("name", "existing"),
    [
        ("a", ["a.jpg", "a.png"]),
        ("a.bmp", ["a.jpg", "a.png"]),
        ("a.jpg", ["x/a.jpg", "y/a.jpg"]),
        ("x/a.jpg", ["p/x/a.jpg", "q/x/a.jpg"]),
        ("A.JPG", ["a.jpg", "a.Jpg"]),
        ("frame_7", ["7.jpg", "07.jpg"]),
    ],
)
def test_several_are_left_to_the_user(name: str, existing: list[str]) -> None:
    (found,) = match_names([name], existing).values()
    assert found.index is None
    assert found.candidates == (0, 1)
    assert all(one in found.reason for one in existing)


@pytest.mark.parametrize(
    ("name", "existing"),
    [
        ("a.jpg", ["b.jpg"]),
        ("a.jpg", []),
        ("xa.jpg", ["a.jpg"]),
        ("b/a.jpg", ["cb/a.jpg"]),
        ("train/a.jpg", ["val/a.jpg"]),
        ("", ["a.jpg"]),
    ],
)
def test_nothing_fits(name: str, existing: list[str]) -> None:
    (found,) = match_names([name], existing).values()
    assert found == Match(reason="no picture has this name")


def test_the_order_of_a_list_never_decides() -> None:
    assert matched(["x.jpg", "y.jpg"], ["a.jpg", "b.jpg"]) == {
        "x.jpg": (None, None),
        "y.jpg": (None, None),
    }


def test_the_same_suffix_decides_between_equal_stems() -> None:
    assert matched(["x/a.jpg"], ["a.png", "a.jpg"]) == {"x/a.jpg": ("a.jpg", "folders")}


def test_a_picture_is_given_away_once() -> None:
    """What an exact name has taken, a similar one does not get."""
    assert matched(["a.png", "a.jpg"], ["a.jpg"]) == {
        "a.png": (None, None),
        "a.jpg": ("a.jpg", "path"),
    }
    both = match_names(["a.png", "a.jpg"], ["a.bmp"])
    assert [(one.index, len(one.candidates)) for one in both.values()] == [(None, 1), (None, 1)]
    assert "a.jpg" in both["a.png"].reason


def test_folders_more_or_less_in_front() -> None:
    names = ["set/x/a.jpg", "set/y/a.jpg"]
    for existing in (["x/a.jpg", "y/a.jpg"], ["all/set/x/a.jpg", "all/set/y/a.jpg"]):
        assert matched(names, existing) == {
            name: (one, "folders") for name, one in zip(names, existing, strict=True)
        }


def test_numbers_are_for_videos_or_when_no_name_fits() -> None:
    existing = ["a.jpg", "10.jpg"]
    assert matched(["a.jpg", "frame_000010"], existing)["frame_000010"] == (None, None)
    frames = ["v/000.jpg", "v/001.jpg"]
    found = match_names(["v/000.jpg", "x"], frames, numbers={"x": 7}, video_numbers=[5, 7])
    assert [(one.index, one.rule) for one in found.values()] == [(0, "path"), (1, "number")]


def test_ten_times_as_many_names_take_ten_times_as_long() -> None:
    seconds = {count: min(_seconds_to_match(count) for _ in range(2)) for count in (5_000, 50_000)}
    assert seconds[50_000] < 25 * seconds[5_000]


def _seconds_to_match(count: int) -> float:
    names = [f"set/{number % 100}/{number}.jpg" for number in range(count)]
    existing = [f"root/{name[:-4]}.png" for name in reversed(names)]
    # What other tests have left is not to be gone through for garbage meanwhile.
    gc.disable()
    try:
        start = time.process_time()
        found = match_names(names, existing)
        seconds = time.process_time() - start
    finally:
        gc.enable()
    assert all(count - 1 - one.index == place for place, one in enumerate(found.values()))
    return seconds
