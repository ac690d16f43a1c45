"""All commands with their keys by group: what the page of keys shows and prints."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from annotator.commands import COMMANDS, GROUPS
from annotator.translation import tr
from annotator.ui.shell.action_set import ActionSet

# Keys and clicks that mean what is being done on the canvas, and are no commands of the window.
CANVAS_USES: Final = (
    ("Wheel", "Zoom at the pointer", ""),
    ("Middle drag", "Move the picture", "Space and a drag do the same."),
    ("Arrows", "Move what is selected by a pixel", "With Shift by ten."),
    ("Enter", "Finish the drawing", ""),
    ("Backspace", "Take back the last point of the drawing", "A right click does the same."),
    ("Shift", "Square, or freehand, while drawing", ""),
    ("Shift+Click", "Select more", ""),
    ("Alt+Click", "Delete a point of the selected shape", ""),
)

_KEY_GAP: Final = "&nbsp;&nbsp; "


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One command. keys: as this system writes them."""

    title: str
    help: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeySection:
    """The commands of one group."""

    title: str
    lines: tuple[KeyLine, ...]


def key_sections(actions: ActionSet, search: str = "") -> list[KeySection]:
    """Return every command by its group, what has no key too; only those that hold all words of a search."""
    words = search.casefold().split()
    sections = [
        KeySection(
            tr(group),
            tuple(
                KeyLine(tr(c.title), tr(c.help) if c.help else "", actions.keys(c.id))
                for c in COMMANDS
                if c.group == group
            ),
        )
        for group in GROUPS
    ]
    own = tuple(
        KeyLine(tr(what), tr(more) if more else "", (tr(key),)) for key, what, more in CANVAS_USES
    )
    sections.insert(0, KeySection(tr("On the picture"), own))
    return [found for one in sections for found in _found(one, words)]


def keys_html(sections: list[KeySection], title: str) -> str:
    """Return the sections as a page to be printed; what has no key is left out."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for section in sections:
        rows = [
            f"<tr><td width='34%'><b>{_KEY_GAP.join(html.escape(key) for key in line.keys)}</b></td>"
            f"<td>{html.escape(line.title)}</td></tr>"
            for line in section.lines
            if line.keys
        ]
        if rows:
            table = f"<table width='100%' cellspacing='0' cellpadding='3'>{''.join(rows)}</table>"
            parts.append(f"<h3>{html.escape(section.title)}</h3>{table}")
    return "".join(parts)


def _found(section: KeySection, words: list[str]) -> Iterator[KeySection]:
    lines = tuple(
        line for line in section.lines if all(word in _words(section, line) for word in words)
    )
    if lines:
        yield KeySection(section.title, lines)


def _words(section: KeySection, line: KeyLine) -> str:
    return " ".join([section.title, line.title, line.help, *line.keys]).casefold()
