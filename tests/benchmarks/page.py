"""Tables of benchmarks in a page of Markdown."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_HEAD: Final = "| what | value | limit in that run | ratio | goal | |\n|---|--:|--:|--:|--:|---|\n"
# Where the table of a benchmark stands, with what stood there before.
_PLACE: Final = "<!-- bench {name} -->\n(?:[|].*\n)*"


def write_tables(page: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Put tables in the places that a page marks with `<!-- bench NAME -->`. tables: rows of cells, by name."""
    text = page.read_text(encoding="utf-8")
    for name, rows in tables.items():
        lines = "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in rows)
        mark = f"<!-- bench {name} -->\n"
        place = re.compile(_PLACE.format(name=re.escape(name)))
        text = place.sub(lambda _, new=mark + _HEAD + lines: new, text)
    page.write_text(text, encoding="utf-8")


def _cell(text: str) -> str:
    shown = text.replace("|", "\\|").strip()
    return f"**{shown}**" if shown == "missed" else shown
