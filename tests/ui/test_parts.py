"""The parts of the window that need no window: finding by letters, keys of labels, colours, the recent list."""

import datetime
import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation
from annotator.core.labels import PALETTE, Attribute, Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.ui.fuzzy import ranked
from annotator.ui.labels.keys import label_digits
from annotator.ui.look.tokens import DARK, LIGHT, Tokens
from annotator.ui.shell.canvas_settings import canvas_theme
from annotator.ui.shown.relabelling import relabelled
from annotator.ui.start.recent_list import opened_text
from annotator.ui.start.recent_projects import RecentProject, RecentProjects

# Finding by letters ------------------------------------------------------------------------------------

NAMES = ["person", "bicycle", "car", "cart", "traffic light", "stop sign", "Caravan", "racing car"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("", "person"),
        ("car", "car"),
        ("CAR", "car"),
        ("cara", "Caravan"),
        ("light", "traffic light"),
        ("tl", "traffic light"),
        ("sign", "stop sign"),
        ("bcl", "bicycle"),
    ],
)
def test_the_best_match_comes_first(query: str, first: str):
    assert NAMES[ranked(query, NAMES)[0]] == first


def test_kinds_of_matches_are_ordered():
    found = [NAMES[place] for place in ranked("car", NAMES)]
    assert found == ["car", "cart", "Caravan", "racing car"]


def test_what_does_not_match_is_left_out():
    assert ranked("xyz", NAMES) == []
    assert ranked("nosrep", NAMES) == []


@given(
    query=st.text(string.ascii_letters + " ü猫", max_size=6),
    names=st.lists(st.text(string.ascii_letters + " ü猫", max_size=12), max_size=12),
)
def test_every_match_holds_the_letters_in_their_order(query: str, names: list[str]):
    found = ranked(query, names)
    assert len(set(found)) == len(found)
    wanted = query.strip().casefold()
    for place, name in enumerate(names):
        letters = iter(name.casefold())
        assert (place in found) == all(letter in letters for letter in wanted)


# Digits ------------------------------------------------------------------------------------------------


def test_digits_in_the_order_of_the_keyboard():
    labels = LabelSchema(tuple(Label(f"label {number}") for number in range(12)))
    digits = label_digits(labels)
    assert "".join(digits) == "1234567890"
    assert [labels[label_id].name for label_id in digits.values()] == [
        f"label {number}" for number in range(10)
    ]


def test_a_label_keeps_the_digit_it_has_as_its_hot_key():
    first, second, third = Label("a"), Label("b", hotkey="1"), Label("c", hotkey="Ctrl+K")
    digits = label_digits(LabelSchema((first, second, third)))
    assert digits == {"1": second.id, "2": first.id, "3": third.id}


def test_of_two_labels_with_one_digit_the_first_has_it():
    first, second = Label("a", hotkey="5"), Label("b", hotkey="5")
    assert label_digits(LabelSchema((first, second))) == {"5": first.id, "1": second.id}


# Another label -----------------------------------------------------------------------------------------


def test_attributes_of_the_same_name_keep_their_values():
    colour = Attribute("colour", "select", ("red", "blue"))
    parked = Attribute("parked", "checkbox", default="false")
    car = Label("car", attributes=(colour, parked))
    hue = Attribute("colour", "select", ("blue", "green"))
    size = Attribute("size", "number", default="3")
    bus = Label("bus", attributes=(hue, size))
    box = Rectangle((0, 0, 5, 5))
    blue = Annotation(1, car.id, box, {colour.id: "blue", parked.id: True})
    red = Annotation(1, car.id, box, {colour.id: "red"})
    assert relabelled(blue, car, bus).attributes == {hue.id: "blue", size.id: 3.0}
    assert relabelled(red, car, bus).attributes == {hue.id: "blue", size.id: 3.0}
    assert relabelled(red, None, bus).label == bus.id
    assert relabelled(blue, car, bus).id == blue.id


# Colours -----------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
def test_text_can_be_read_on_every_ground(colours: Tokens):
    grounds = ("bg0", "bg1", "bg2", "bg3", "accent_ground")
    words = ("text", "dim", "faint", "accent", "good", "warn", "bad")
    poor = {
        f"{word} on {ground}": round(found, 2)
        for word in words
        for ground in grounds
        if (found := contrast(getattr(colours, word), getattr(colours, ground))) < 4.5
    }
    assert poor == {}
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.text, colours.line) >= 4.5  # a button that is held down


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
def test_what_is_said_on_the_canvas_can_be_read(colours: Tokens):
    canvas = canvas_theme(colours)
    for word in (canvas.text, canvas.dim):
        assert contrast(word, canvas.ground) >= 4.5
        assert contrast(word, canvas.card) >= 4.5


@pytest.mark.parametrize("colour", PALETTE)
def test_names_on_label_colours_can_be_read(colour: str):
    assert contrast(canvas_theme(DARK).tag_text, colour) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
def test_the_ring_of_the_focus_differs_from_every_ground(colours: Tokens):
    """3 : 1 is what is asked of signs that are no words."""
    for ground in ("bg0", "bg1", "bg2", "bg3", "accent_ground"):
        assert contrast(colours.accent, getattr(colours, ground)) >= 3
        assert contrast(colours.text, getattr(colours, ground)) >= 3  # around the main button


# The recent list ---------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "recent.json")


def test_the_newest_comes_first_and_once(path: str):
    recent = RecentProjects(path)
    for name in ("a", "b", "a", "c"):
        recent.noted(RecentProject(f"/{name}", name), most=2)
    recent.save()
    assert [entry.name for entry in RecentProjects(path)] == ["c", "a"]


def test_counts_stay_when_it_is_opened_again(path: str):
    recent = RecentProjects(path)
    recent.noted(RecentProject("/a", "a"), most=5)
    recent.counted("/a", 10, 20)
    recent.noted(RecentProject("/a", "a"), most=5)
    (entry,) = recent
    assert (entry.frames, entry.annotations) == (10, 20)
    recent.removed("/a")
    assert len(recent) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\x00",
        b"[" * 100_000,
        b'{"path": 1}',
        b'[1, "a", null, {}, {"path": ""}, {"path": 5, "name": "x"}, {"path": "/a", "name": 7}]',
    ],
)
def test_a_damaged_list_counts_as_empty(path: str, data: bytes):
    Path(path).parent.mkdir()
    Path(path).write_bytes(data)
    assert list(RecentProjects(path)) == []


def test_what_is_right_in_a_damaged_list_is_kept(path: str):
    Path(path).parent.mkdir()
    good = {"path": "/a", "name": "a", "frames": 3, "new in a later version": True}
    Path(path).write_text(json.dumps([{"name": "no path"}, good]))
    assert list(RecentProjects(path)) == [RecentProject("/a", "a", 3)]


def test_names_that_are_no_text_survive(path: str):
    recent = RecentProjects(path)
    recent.noted(RecentProject("/caf\udce9", "caf\udce9"), most=5)
    recent.save()
    assert [entry.path for entry in RecentProjects(path)] == ["/caf\udce9"]


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (datetime.timedelta(minutes=5), "Today 11:55"),
        (datetime.timedelta(hours=13), "Yesterday 23:00"),
        (datetime.timedelta(days=3), "3 days ago"),
        (datetime.timedelta(days=40), "2024-02-20"),
    ],
)
def test_when_it_was_opened(ago: datetime.timedelta, text: str):
    now = datetime.datetime(2024, 3, 31, 12, 0, tzinfo=datetime.UTC)
    assert opened_text(round((now - ago).timestamp() * 1000), now) == text


@pytest.mark.parametrize("ms", [0, -5, 1 << 62])
def test_a_time_that_is_none_is_not_shown(ms: int):
    assert opened_text(ms) == ""
