"""What the commands print: answers on stdout, as text or as one JSON document, everything else on stderr.

Names come from files of others. They are never taken for markup, and control characters are shown escaped.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import typer

from annotator.messages import Message
from annotator.safe_io import printable

if TYPE_CHECKING:
    from rich.console import Console

_PREFIXES: Final = {"info": "", "warning": "Warning: ", "error": "Error: "}
# Where nobody looks at a window of some width, lines are as long as they need to be.
_UNLIMITED: Final = 1_000_000


def visible(text: str) -> str:
    """Return text of one line with control characters, line ends and changes of direction escaped."""
    return printable(text, len(text))[1:-1]


def number(count: int, thing: str) -> str:
    """Return a number of things, of one thing too."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def print_json(document: Mapping[str, Any]) -> None:
    """Print the one JSON document of a command, in ASCII, so that no name does anything to a terminal."""
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def print_lines(*lines: str) -> None:
    """Print lines of an answer."""
    for line in lines:
        typer.echo(visible(line))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers stand right. columns: the headings."""
    from rich.table import Table
    from rich.text import Text

    kept = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(columns):
        is_number = bool(kept) and all(isinstance(row[place], int) for row in kept)
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in kept:
        table.add_row(*(Text(visible(str(value))) for value in row))
    console = _console()
    if sys.stdout.isatty():
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    # The last column is padded, too; in a file that would be blanks at the end of each line.
    for line in captured.get().rstrip("\n").split("\n"):
        sys.stdout.write(line.rstrip(" ") + "\n")


def print_message(message: Message) -> None:
    """Print a message for the user on stderr."""
    typer.echo(_PREFIXES[message.level] + visible(message.text), err=True)


def _console() -> "Console":
    from rich.console import Console

    width = None if sys.stdout.isatty() else _UNLIMITED
    return Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)
