"""The list of commands holds together: nothing twice, nothing without a way to reach it."""

import re
from collections import Counter
from itertools import groupby

from annotator.commands import COMMANDS, GROUPS, LABEL_DIGITS, commands_by_id

# Modifiers in the order Qt writes them, then a key.
SHORTCUT = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(F\d+|[A-Z][a-z]+|[A-Z0-9#`\\+=,.-])")


def test_ids_are_unique_and_name_their_subject():
    ids = [command.id for command in COMMANDS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9_]+", each) for each in ids)


def test_no_key_does_two_things():
    keys = Counter(key for command in COMMANDS for key in command.shortcuts)
    assert [key for key, count in keys.items() if count > 1] == []


def test_shortcuts_are_written_as_qt_writes_them():
    wrong = [
        key for command in COMMANDS for key in command.shortcuts if not SHORTCUT.fullmatch(key)
    ]
    assert wrong == []


def test_every_command_can_be_reached():
    """By a key, by a menu, or by a button with an icon."""
    hidden = [c.id for c in COMMANDS if not (c.in_menu or c.shortcuts or c.icon)]
    assert hidden == []
    assert {command.group for command in COMMANDS} <= set(GROUPS)


def test_what_belongs_together_stands_together():
    """Each section of a menu is there once; a line is drawn where it changes. A menu inside stands at its first."""
    menus: dict[tuple[str, str], list[int]] = {}
    for command in (c for c in COMMANDS if c.in_menu):
        inside = (command.group, command.submenu)
        if command.submenu and inside not in menus:
            menus.setdefault((command.group, ""), []).append(command.section)
        menus.setdefault(inside, []).append(command.section)
    assert {group for group, _ in menus} == set(GROUPS)
    for menu, sections in menus.items():
        starts = [section for section, _ in groupby(sections)]
        assert len(starts) == len(set(starts)), menu


def test_keys_the_product_promises():
    of = commands_by_id()
    assert of["frame.next"].shortcuts == ("F",)
    assert of["frame.previous"].shortcuts == ("D",)
    assert of["edit.undo"].shortcuts == ("Ctrl+Z",)
    assert of["edit.redo"].shortcuts == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert of["object.draw_again"].shortcuts == ("N",)
    assert of["label.choose"].shortcuts == ("#",)
    assert [of[f"label.{digit}"].shortcuts for digit in LABEL_DIGITS] == [
        (digit,) for digit in "1234567890"
    ]


def test_keys_that_later_parts_need_are_free():
    """CVAT's keys for tracks and video, which many people have in their fingers."""
    taken = {key for command in COMMANDS for key in command.shortcuts}
    assert taken.isdisjoint({"C", "V", "E", "R", "K", "O", "M", "G", "T", "Space"})
