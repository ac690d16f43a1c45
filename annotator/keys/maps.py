"""Which command has which key: maps for hands that know other programs, and what happens where two want the same.

A map gives only the commands that differ from the list in `annotator.commands`, whose keys are CVAT's.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from annotator.commands import COMMANDS, Command
from annotator.keys.names import usual_on

Keys: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Keys by command id, where they differ from the commands' own. help: what it is for."""

    id: str
    title: str
    help: str
    keys: Mapping[str, Keys] = field(default_factory=dict)


# The shortcuts that these programs document, for what both they and this program do. Both go through pictures with A
# and D; what they have no key for keeps its own, as long as it is free.
KEY_MAPS: Final[tuple[KeyMap, ...]] = (
    KeyMap("CVAT", "CVAT", "The keys of CVAT, where it has the command."),
    KeyMap(
        "labelme",
        "labelme",
        "The keys of labelme: A and D for pictures, Ctrl+N for polygons, Ctrl+R for rectangles.",
        {
            "file.open_folder": ("Ctrl+U",),
            "file.open_project": ("Ctrl+O",),
            "file.close": ("Ctrl+W",),
            "file.quit": ("Ctrl+Q",),
            "edit.undo": ("Ctrl+Z",),
            "edit.delete": ("Del",),
            "frame.next": ("D", "Ctrl+Shift+D"),
            "frame.previous": ("A", "Ctrl+Shift+A"),
            "tool.select": ("Ctrl+J",),
            "tool.rectangle": ("Ctrl+R",),
            "tool.polygon": ("Ctrl+N",),
            "label.choose": ("Ctrl+E", "#"),
            "view.fit": ("Ctrl+F",),
            "view.actual_size": ("Ctrl+0",),
            "view.zoom_in": ("Ctrl++", "Ctrl+="),
            "view.zoom_out": ("Ctrl+-",),
            "file.export": ("Ctrl+Shift+S",),
        },
    ),
    KeyMap(
        "labelImg",
        "labelImg",
        "The keys of labelImg: A and D for pictures, W for a box.",
        {
            "file.open_folder": ("Ctrl+U",),
            "file.open_project": ("Ctrl+O",),
            "file.close": ("Ctrl+W",),
            "file.quit": ("Ctrl+Q",),
            "edit.delete": ("Del",),
            "frame.next": ("D",),
            "frame.previous": ("A",),
            "frame.remove": ("Ctrl+Shift+D",),
            "object.hide_all": ("Ctrl+H",),
            "tool.select": ("Ctrl+J",),
            "tool.rectangle": ("W",),
            "label.choose": ("Ctrl+E", "#"),
            "view.fit": ("Ctrl+F",),
            "view.actual_size": ("Ctrl+=",),
            "view.zoom_in": ("Ctrl++",),
            "view.zoom_out": ("Ctrl+-",),
            "file.export": ("Ctrl+Shift+S",),
        },
    ),
)

# What these keys do on the picture, whatever they are given to; elsewhere the command has them.
CANVAS_KEYS: Final[Mapping[str, str]] = {
    "Space": "moves the picture",
    "Return": "finishes a drawing",
    "Enter": "finishes a drawing",
    "Backspace": "takes back the last point of a drawing",
    "Del": "deletes what is selected",
    "Esc": "drops a drawing, then the selection",
    "Left": "moves what is selected",
    "Right": "moves what is selected",
    "Up": "moves what is selected",
    "Down": "moves what is selected",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """A key that two commands want which can be active at once: `winner` has it, `loser` goes without."""

    key: str
    winner: str
    loser: str


@dataclass(frozen=True, slots=True)
class Bindings:
    """The keys that each command really has, and what was refused."""

    keys: Mapping[str, Keys]
    clashes: tuple[Clash, ...]


def can_meet(one: Command, other: Command) -> bool:
    """Whether one key could mean both commands at the same time.

    What works everywhere in the window meets everything; what works only in one part meets what works there.
    """
    return one.scope == other.scope or "window" in (one.scope, other.scope)


def key_map_named(map_id: str) -> KeyMap | None:
    """Return a map by its id, or None."""
    return next((one for one in KEY_MAPS if one.id == map_id), None)


def bindings(
    key_map: KeyMap,
    changes: Mapping[str, Keys] | None = None,
    commands: Sequence[Command] = COMMANDS,
    system: str = sys.platform,
) -> Bindings:
    """Return who has which key under a map with a person's changes.

    Who comes first keeps a key that several want: what the person said, then what the map says, then the commands'
    own keys; among equals, the command that stands earlier in the list. system: whose usual keys, see `usual_on`.
    """
    changed = {} if changes is None else changes
    taken: dict[str, list[Command]] = {}
    given: dict[str, list[str]] = {}
    clashes: list[Clash] = []
    for command, keys in _by_right(key_map, changed, commands, system):
        given[command.id] = []
        for key in dict.fromkeys(keys):
            winner = next((one for one in taken.get(key, ()) if can_meet(one, command)), None)
            if winner is None:
                taken.setdefault(key, []).append(command)
                given[command.id].append(key)
            else:
                clashes.append(Clash(key, winner.id, command.id))
    return Bindings({one: tuple(keys) for one, keys in given.items()}, tuple(clashes))


def _by_right(
    key_map: KeyMap, changes: Mapping[str, Keys], commands: Sequence[Command], system: str
) -> Iterable[tuple[Command, Keys]]:
    for command in commands:
        if command.id in changes:
            yield command, changes[command.id]
    for command in commands:
        if command.id in key_map.keys and command.id not in changes:
            yield command, usual_on(key_map.keys[command.id], system)
    for command in commands:
        if command.id not in key_map.keys and command.id not in changes:
            yield command, usual_on(command.shortcuts, system)
