"""The whole content of a project's file, and what must always hold in it."""

import zlib
from pathlib import Path
from typing import Any

import apsw

from annotator.project.storage.additions import Added
from annotator.project.storage.schema import RECORDED_TABLES

Dump = dict[str, list[tuple[Any, ...]]]

# Whatever a project may hold, besides the row that says who writes it.
ALL_TABLES = (
    *RECORDED_TABLES, "step", "step_part", "media_identity", "frame_count",
    "label_count", "meta", "suggestion", "looked_at",
)  # fmt: skip


def dump(path: Path, tables: tuple[str, ...] = ALL_TABLES) -> Dump:
    """Every row of the tables, read through a connection of its own."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        with connection:  # one moment for all tables
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)
                for table in tables
            }
    finally:
        connection.close()


def recorded(path: Path) -> Dump:
    """Every row of the tables whose changes are undone and redone."""
    return dump(path, RECORDED_TABLES)


def check_file(path: Path, *, whole: bool = True) -> None:
    """Assert what must hold at any time: integrity, references, counters, and a history that fits the rows."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        with connection:
            assert connection.pragma("integrity_check" if whole else "quick_check") == "ok"
            assert list(connection.execute("PRAGMA foreign_key_check")) == []
            _check_counters(connection)
            _check_history(connection)
    finally:
        connection.close()


def _check_counters(connection: apsw.Connection) -> None:
    counted = (
        "SELECT frame_id, label_id, count(*), sum(flags & 1) FROM shape WHERE label_id IS NOT NULL"
        " GROUP BY frame_id, label_id"
    )
    kept = "SELECT frame_id, label_id, total, occluded FROM frame_count WHERE total <> 0"
    assert sorted(connection.execute(kept)) == sorted(connection.execute(counted))
    assert (
        list(connection.execute("SELECT 1 FROM frame_count WHERE total = 0 AND occluded <> 0"))
        == []
    )
    counted = "SELECT label_id, count(*) FROM shape WHERE label_id IS NOT NULL GROUP BY label_id"
    kept = "SELECT label_id, total FROM label_count WHERE total <> 0"
    assert sorted(connection.execute(kept)) == sorted(connection.execute(counted))


def _check_history(connection: apsw.Connection) -> None:
    states = dict(connection.execute("SELECT id, state FROM step"))
    legal = {"open", "complete", "undoing", "undone", "redoing", "dropped"}
    assert set(states.values()) <= legal
    live = set()
    for rev, step, rows, reverted, form, changes in connection.execute(
        "SELECT rev, step_id, rows, reverted, form, changes FROM step_part"
    ):
        assert rows > 0
        if form == 0:
            assert sum(1 for _ in apsw.Changeset.iter(zlib.decompress(changes))) > 0
        else:
            assert not reverted
            assert len(Added.unpacked(changes).ids) == rows
        if not reverted:
            live.add(rev)
        assert {"complete": {0}, "open": {0}, "undone": {1}, "dropped": {1}}.get(
            states[step], {0, 1}
        ) >= {reverted}
    for table in RECORDED_TABLES:
        for (rev,) in connection.execute(f"SELECT DISTINCT rev FROM {table}"):
            assert rev in live, f"a row of {table} names no transaction of a live step"
