"""`python -m tests.benchmarks [NAME ...]`: run benchmarks and print their tables.

Without names all are run. `--json FILE` writes the rows as well, `--page docs/benchmarks.md` puts the tables there. The
exit code tells whether every goal was reached.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.page import write_tables

FOLDER = Path(__file__).parent
# In this order: what is measured in processes of its own first, while nothing is loaded.
ORDER = ("start", "media", "store", "coco_read", "coco_import", "canvas", "window", "film_strip")


def main() -> int:
    """Run what was asked for."""
    known = sorted(
        (path.stem for path in FOLDER.glob("[a-z]*.py") if path.stem != "page"),
        key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name),
    )
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(known)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file")
    parser.add_argument(
        "--page",
        type=Path,
        metavar="FILE",
        help="put the tables in a page, where it has marks for them",
    )
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    console = Console(width=150)
    console.print(_machine())
    results: dict[str, list[dict[str, Any]]] = {}
    names = asked.names or known
    for name in names:
        start = time.perf_counter()
        results[name] = _run_here(name) if len(names) == 1 else _run_alone(name)
        console.print(_table(name, results[name], time.perf_counter() - start))
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if asked.page:
        write_tables(
            asked.page, {name: [_cells(row) for row in rows] for name, rows in results.items()}
        )
    missed = [row for rows in results.values() for row in rows if row["ok"] is False]
    console.print(f"{len(missed)} goals missed" if missed else "every goal reached")
    return 1 if missed else 0


def _run_here(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = importlib.import_module(f"tests.benchmarks.{name}").run()
    return rows


def _run_alone(name: str) -> list[dict[str, Any]]:
    """Run one of several in a process of its own, so that none pays for what another loaded."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "tests.benchmarks", name, "--json", str(file)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if not file.exists():
            sys.exit(f"benchmark {name} ended with {done.returncode}")
        rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))[name]
        return rows


def _machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" {os.cpu_count()} cores{load}"
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["what"],
        f"{_short(row['value'])} {row['unit']}".rstrip(),
        _limit(row),
        "" if row["ratio"] is None else f"{row['ratio']:.2f}x",
        _goal(row),
        {True: "reached", False: "missed", None: ""}[row["ok"]] if row["goal"] else "",
    )


def _table(name: str, rows: list[dict[str, Any]], seconds: float) -> Table:
    table = Table(title=f"{name} ({seconds:.0f} s)", title_justify="left")
    for column in ("what", "value", "limit in this run", "ratio", "goal", ""):
        table.add_column(column, justify="left" if column == "what" else "right")
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _limit(row: dict[str, Any]) -> str:
    limit = row["limit"]
    if limit is None:
        return ""
    return limit if isinstance(limit, str) else f"{_short(limit)} {row['unit']}"


def _goal(row: dict[str, Any]) -> str:
    goal = row["goal"]
    if goal is None:
        return ""
    if isinstance(goal, str):
        return goal
    return f"{goal:g}x" if row["ratio"] is not None else f"{_short(goal)} {row['unit']}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
