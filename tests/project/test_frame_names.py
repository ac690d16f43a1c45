"""Frames by some letters of their name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.project.frames.frame_names import FrameNames, frame_names

STREET = ["cam1/a_0001.jpg", "cam1/a_0002.jpg", "cam2/B_0010.png", "notes/cam1.jpg", "straße.jpg"]


def named(names: list[str]) -> FrameNames:
    return frame_names((3 * place, name) for place, name in enumerate(names))


def found(query: str, names: list[str] = STREET) -> list[str]:
    return [names[row] for row in named(names).find(query)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", STREET),
        ("  ", STREET),
        ("02", ["cam1/a_0002.jpg"]),
        ("b_", ["cam2/B_0010.png"]),
        ("notes", ["notes/cam1.jpg"]),
        ("STRASSE", ["straße.jpg"]),
        # Those that begin so, then those whose letters come in this order.
        ("CAM1", ["cam1/a_0001.jpg", "cam1/a_0002.jpg", "notes/cam1.jpg", "cam2/B_0010.png"]),
        ("cam1.", ["notes/cam1.jpg", "cam1/a_0001.jpg", "cam1/a_0002.jpg", "cam2/B_0010.png"]),
        ("c10", ["cam1/a_0001.jpg", "cam1/a_0002.jpg", "cam2/B_0010.png"]),
        ("zz", []),
        ("jpg\ncam", []),
        ("cam1/a_0002.jpgx", []),
    ],
)
def test_what_is_found(query, names):
    assert found(query) == names


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_one_name_in_two_spellings(stored, typed):
    names = [unicodedata.normalize(stored, "Bär.jpg"), "bar.jpg"]
    assert found(unicodedata.normalize(typed, "BÄR"), names) == names[:1]


def test_a_file_name_that_begins_so_comes_first():
    assert found("a", ["x/ba.jpg", "x/ab.jpg", "bxa"]) == ["x/ab.jpg", "x/ba.jpg", "bxa"]


def test_positions_belong_to_the_names():
    names = named(STREET)
    assert len(names) == 5
    assert names.positions.tolist() == [0, 3, 6, 9, 12]


def test_no_frames():
    nothing = frame_names([])
    assert len(nothing) == 0
    assert nothing.find("a").tolist() == []
    assert nothing.find("").tolist() == []


def test_names_that_no_file_should_have():
    names = ["a\nb.jpg", "\udcff.jpg", "👍.png", "עברית.jpg", "a" * 1000]
    assert found("a b", names) == ["a\nb.jpg"]
    assert found("\udcff", names) == ["\udcff.jpg"]
    assert found("👍", names) == ["👍.png"]
    assert found("עבר", names) == ["עברית.jpg"]
    assert found("aaaa", names) == ["a" * 1000]


LETTERS = st.text(alphabet="aAbß/.ü", max_size=6)


@given(st.lists(LETTERS, max_size=12), LETTERS.filter(lambda text: bool(text.strip())))
def test_it_finds_what_a_plain_search_finds(names, query):
    wanted = query.strip().casefold()
    rows = named(names).find(query).tolist()
    held = [row for row, name in enumerate(names) if wanted in name.casefold()]
    assert sorted(rows[: len(held)]) == held
    letters = iter
    for row in rows[len(held) :]:
        rest = letters(names[row].casefold().encode())
        assert all(byte in rest for byte in wanted.encode())
    assert len(set(rows)) == len(rows)
