"""What the commands print: answers on stdout, as text or as one JSON document, everything else on stderr.

Names come from files of others. They are never taken for markup, and control characters are shown escaped.
"""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

import typer

from annotator.core.errors import AnnotatorError
from annotator.messages import Message
from annotator.safe_io import printable

if TYPE_CHECKING:
    from rich.console import Console

_PREFIXES: Final = {"info": "", "warning": "Warning: ", "error": "Error: "}
# Where nobody looks at a window of some width, lines are as long as they need to be.
_UNLIMITED: Final = 1_000_000
_LEAST_WIDTH: Final = 40


class OutputError(AnnotatorError):
    """The answer of a command cannot be written."""


def visible(text: str) -> str:
    """Return text of one line with control characters, line ends and changes of direction escaped."""
    return printable(text, len(text))[1:-1]


def number(count: int, thing: str) -> str:
    """Return a number of things, of one thing too."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def print_json(document: Mapping[str, Any]) -> None:
    """Print the one JSON document of a command, in ASCII, so that no name does anything to a terminal."""
    _write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def print_lines(*lines: str) -> None:
    """Print lines of an answer."""
    for line in lines:
        _write(visible(line) + "\n")


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
    if sys.stdout.isatty():
        # Where there is less room the terminal breaks the lines; columns would be squeezed to nothing.
        _console(sys.stdout, max(shutil.get_terminal_size().columns, _LEAST_WIDTH)).print(table)
        return
    text = io.StringIO()
    _console(text, _UNLIMITED).print(table)
    # The last column is padded, too; in a file that would be blanks at the end of each line.
    _write("".join(line.rstrip(" ") + "\n" for line in text.getvalue().rstrip("\n").split("\n")))


def print_message(message: Message) -> None:
    """Print a message for the user on stderr."""
    with suppress(OSError):  # there is nowhere left to say that it cannot be said
        typer.echo(_PREFIXES[message.level] + visible(message.text), err=True)


def _write(text: str) -> None:
    """Write a part of the answer. Raises OutputError, or BrokenPipeError where nobody reads it any more."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _give_up_stdout()
        raise OutputError(
            f"The answer cannot be written: {error.strerror}. What was changed stays changed."
        ) from None


def _give_up_stdout() -> None:
    """Let what is still in the buffer go nowhere: Python writes it once more at its end, and would end with 120."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _console(file: IO[str], width: int) -> "Console":
    from rich.console import Console

    return Console(file=file, width=width, markup=False, emoji=False, highlight=False)
