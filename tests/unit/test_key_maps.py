"""Who has which key: the maps, and what happens where two want the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.commands import COMMANDS, Command, commands_by_id
from annotator.keys.maps import KEY_MAPS, Clash, KeyMap, bindings, can_meet, key_map_named
from annotator.keys.names import key_from_text

PLAIN = KEY_MAPS[0]
ONE = Command("a.one", "One", "Edit", ("X",))
TWO = Command("a.two", "Two", "Edit", ("Y", "Z"))
LEFT = Command("a.left", "Left", "Edit", ("L",), scope="canvas")
THREE = (ONE, TWO, LEFT)


@pytest.mark.parametrize("key_map", KEY_MAPS, ids=lambda one: one.id)
def test_a_map_holds_together(key_map: KeyMap):
    of = commands_by_id()
    assert set(key_map.keys) <= set(of)
    for command_id, keys in key_map.keys.items():
        assert [key_from_text(key) for key in keys] == list(keys), command_id
    result = bindings(key_map, system="linux")
    # The map itself never wants a key twice: only the commands' own keys give way.
    assert [clash for clash in result.clashes if clash.loser in key_map.keys] == []
    assert {command_id: result.keys[command_id] for command_id in key_map.keys} == key_map.keys


@pytest.mark.parametrize("key_map", KEY_MAPS, ids=lambda one: one.id)
def test_under_every_map_each_command_can_be_reached(key_map: KeyMap):
    keys = bindings(key_map).keys
    lost = [c.id for c in COMMANDS if not (keys[c.id] or c.in_menu or c.icon)]
    assert lost == []


def test_the_maps_hands_know():
    assert bindings(PLAIN).keys["frame.next"] == ("F",)
    labelme = bindings(key_map_named("labelme")).keys
    assert labelme["frame.next"][0] == "D"
    assert labelme["frame.previous"][0] == "A"
    assert labelme["tool.polygon"] == ("Ctrl+N",)
    label_img = bindings(key_map_named("labelImg")).keys
    assert (label_img["frame.next"], label_img["frame.previous"]) == (("D",), ("A",))
    assert label_img["tool.rectangle"] == ("W",)
    assert key_map_named("vim") is None


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_the_commands_own_keys_do_not_clash(system: str):
    assert bindings(PLAIN, system=system).clashes == ()


@pytest.mark.parametrize("key_map", KEY_MAPS, ids=lambda one: one.id)
def test_backspace_deletes_on_macos_only(key_map: KeyMap):
    """What is printed on that key there is delete."""
    for system in ("linux", "win32"):
        assert bindings(key_map, system=system).keys["edit.delete"] == ("Del",)
    assert bindings(key_map, system="darwin").keys["edit.delete"] == ("Del", "Backspace")
    taken = bindings(key_map, {"view.fit": ("Backspace",)}, system="darwin").keys
    assert (taken["edit.delete"], taken["view.fit"]) == (("Del",), ("Backspace",))
    assert bindings(key_map, {"edit.delete": ("Del",)}, system="darwin").keys["edit.delete"] == (
        "Del",
    )


def test_backspace_goes_with_the_modifiers_of_delete():
    keys = bindings(PLAIN, system="darwin").keys
    assert keys["frame.remove"] == ("Alt+Del", "Alt+Backspace")


def test_a_persons_key_is_taken_from_the_command_that_had_it():
    result = bindings(PLAIN, {"a.two": ("X",)}, THREE)
    assert result.keys == {"a.one": (), "a.two": ("X",), "a.left": ("L",)}
    assert result.clashes == (Clash("X", "a.two", "a.one"),)


def test_of_two_wishes_of_a_person_the_earlier_command_wins():
    result = bindings(PLAIN, {"a.two": ("Q", "W"), "a.one": ("Q",)}, THREE)
    assert result.keys["a.one"] == ("Q",)
    assert result.keys["a.two"] == ("W",)
    assert result.clashes == (Clash("Q", "a.one", "a.two"),)


def test_a_map_wins_over_the_commands_own_keys():
    result = bindings(KeyMap("m", "M", "", {"a.two": ("X",)}), None, THREE)
    assert result.keys["a.one"] == ()
    assert result.keys["a.two"] == ("X",)


def test_what_works_in_one_part_meets_what_works_everywhere():
    other_part = Command("a.part", "Part", "Edit", ("L",), scope="canvas")
    assert can_meet(ONE, LEFT)
    assert can_meet(LEFT, ONE)
    assert can_meet(LEFT, other_part)
    result = bindings(PLAIN, {"a.one": ("L",)}, THREE)
    assert result.keys["a.left"] == ()


KEYS = st.sampled_from(["A", "B", "C", "X", "L"])
CHANGES = st.dictionaries(
    st.sampled_from([c.id for c in THREE]), st.lists(KEYS, max_size=4).map(tuple)
)


@given(CHANGES, CHANGES)
def test_no_key_is_ever_ambiguous(of_map, changes):
    """Qt calls neither of two actions that have one key, so none may be given twice; and none may vanish untold."""
    result = bindings(KeyMap("m", "M", "", of_map), changes, THREE)
    for one in THREE:
        for other in THREE:
            if one is not other and can_meet(one, other):
                assert not set(result.keys[one.id]) & set(result.keys[other.id])
    for command in THREE:
        wanted = set(changes.get(command.id, of_map.get(command.id, command.shortcuts)))
        lost = {clash.key for clash in result.clashes if clash.loser == command.id}
        assert set(result.keys[command.id]) == wanted - lost
