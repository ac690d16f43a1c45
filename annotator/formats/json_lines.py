"""Where in a JSON text each value begins: the line, for messages about what it says."""

import re
from typing import Final, TypeAlias

import msgspec

# The keys and places in lists that lead to a value.
Path: TypeAlias = tuple[str | int, ...]

# Possessive: without that, each character of a text that is millions long would be kept in mind.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]+|\n')


def lines_of_values(text: str) -> dict[Path, int]:
    """Return the line, from 1, of each value of a JSON text that can be read; of equal keys the last counts."""
    lines: dict[Path, int] = {}
    path: list[str | int] = []
    # For each open bracket: the next place in a list, or None inside an object, where a key comes first.
    open_brackets: list[int | None] = []
    key: str | None = None
    line = 1
    for mark in _TOKEN.findall(text):
        if mark == "\n":
            line += 1
        elif mark in ("]", "}"):
            open_brackets.pop()
            if open_brackets:
                path.pop()
        elif mark == ",":
            if open_brackets[-1] is None:
                key = None
        elif mark == ":":
            continue
        elif open_brackets and open_brackets[-1] is None and key is None:
            key = msgspec.json.decode(mark.encode(), type=str)
        else:
            _enter(path, open_brackets, key)
            lines[tuple(path)] = line
            if mark in ("[", "{"):
                open_brackets.append(0 if mark == "[" else None)
                key = None  # what comes after the bracket is a key; after the value itself, a comma
            elif open_brackets:
                path.pop()
    return lines


def _enter(path: list[str | int], open_brackets: list[int | None], key: str | None) -> None:
    """Step into the value that begins here."""
    if not open_brackets:
        return
    place = open_brackets[-1]
    if place is not None:
        path.append(place)
        open_brackets[-1] = place + 1
    elif key is not None:
        path.append(key)
