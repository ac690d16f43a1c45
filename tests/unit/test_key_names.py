"""Keys as text: one spelling for each, and what is no key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.commands import COMMANDS
from annotator.keys.names import InvalidKeyError, key_from_text

KEYS = st.sampled_from(["A", "Z", "5", "#", "+", "Ä", "Я", "ß", "F12", "PgUp", "Del", "Space"])
MODIFIERS = st.lists(st.sampled_from(["Ctrl", "Alt", "Shift", "Meta"]), unique=True)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a", "A"),
        ("ctrl+shift+z", "Ctrl+Shift+Z"),
        ("Shift+Ctrl+Z", "Ctrl+Shift+Z"),
        ("Control + Alt + delete", "Ctrl+Alt+Del"),
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("pageup", "PgUp"),
        ("Escape", "Esc"),
        ("ä", "Ä"),
        ("ß", "ß"),
        ("f24", "F24"),
        ("`", "`"),
    ],
)
def test_every_spelling_leads_to_one(text, key):
    assert key_from_text(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "Ctrl", "Ctrl+", "Ctrl+Shift+", "foo", "Ctrl+foo", "Ctrl+Ctrl+A", "A+B", "Ctrl+K, Ctrl+C",
        "Num+5", "\n", "\x00", "F36", "Shift", "a" * 10_000, "++", "Ctrl+a+",
    ],
)  # fmt: skip
def test_what_is_no_key_is_told(text):
    with pytest.raises(InvalidKeyError, match="no key") as caught:
        key_from_text(text)
    assert len(str(caught.value)) < 200


def test_the_keys_of_the_commands_are_spelled_so():
    keys = [key for command in COMMANDS for key in command.shortcuts]
    assert [key_from_text(key) for key in keys] == keys


@given(MODIFIERS, KEYS)
def test_a_key_stays_what_it_is(modifiers, key):
    once = key_from_text("+".join([*modifiers, key]))
    assert key_from_text(once) == once
    assert key_from_text(once.lower()) == once
