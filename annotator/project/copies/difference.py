"""How a project differs from a stored state of it: every row that only one of them has, or that differs.

What is compared is what rows hold, but for the number of the transaction that wrote them: a row that was changed
and changed back is the same. That is why SQLite's own table diff, which compares that number too, is not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.copies.states import compared
from annotator.project.storage.schema import COLUMNS

# What a user counts, in the order in which it is told.
Kind: TypeAlias = Literal["annotations", "tracks", "labels", "frames", "tasks", "jobs", "media"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# The geometry of an annotation is compared along with it. Rejections are compared, too, and no user counts them.
_KIND_OF: Final[dict[str, Kind | None]] = {
    "label": "labels", "task": "tasks", "job": "jobs", "media_root": "media", "media": "media",
    "frame": "frames", "track": "tracks", "shape": "annotations", "rejection": None,
}  # fmt: skip
_ROWS: Final = 5_000


class Counts(NamedTuple):
    """How many things of a kind were added, changed and deleted since the stored state."""

    added: int
    changed: int
    deleted: int


@dataclass(slots=True)
class RowsThatDiffer:
    """Ids of rows of one table, each in ascending order. added: only in the project. deleted: only in the state."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    """What was done to a project since a stored state of it.

    rows: by table; those of `shape` stand for geometries too. counts: by kind; a key frame counts as a change of
    its track.
    """

    rows: Mapping[str, RowsThatDiffer]
    counts: Mapping[Kind, Counts]

    def __bool__(self) -> bool:
        return any(one.added or one.changed or one.deleted for one in self.rows.values())

    @property
    def total(self) -> int:
        """How many rows differ."""
        return sum(
            len(one.added) + len(one.changed) + len(one.deleted) for one in self.rows.values()
        )


def compare(project: Path, state: Path, progress: Progress = NO_PROGRESS) -> Difference:
    """Compare a project's file with a stored state, or with another project, at one moment of each.

    Nobody who edits the project waits. Raises ProjectError where a file cannot be read.
    """
    with compared(project, state) as db:
        return find_difference(db, progress)


def find_difference(db: apsw.Connection, progress: Progress = NO_PROGRESS) -> Difference:
    """Compare `main` with `other`, both attached to a connection."""
    rows: dict[str, RowsThatDiffer] = {}
    counts = dict.fromkeys(KINDS, Counts(0, 0, 0))
    keyed: set[int] = set()
    with db:  # one moment for all tables
        for table, kind in _KIND_OF.items():
            found = rows[table] = RowsThatDiffer()
            if not _is_in_both(db, table):
                continue
            progress.report(0, None, f"Comparing {kind or 'annotations'}")
            own = Counts(
                _take(db, _only_in("main", "other", table), found.added, keyed, progress),
                _take(db, _differing(table), found.changed, keyed, progress),
                _take(db, _only_in("other", "main", table), found.deleted, keyed, progress),
            )
            if kind is not None:
                counts[kind] = Counts(*(a + b for a, b in zip(counts[kind], own, strict=True)))
    tracks = rows["track"]
    changed = (keyed | set(tracks.changed)) - set(tracks.added) - set(tracks.deleted)
    counts["tracks"] = counts["tracks"]._replace(changed=len(changed))
    return Difference(rows, counts)


def _is_in_both(db: apsw.Connection, table: str) -> bool:
    """Whether both have a table; one of an older version may lack it, which says nothing of its rows."""
    found = "SELECT count(*) FROM {0}.sqlite_schema WHERE type = 'table' AND name = ?"
    return all(
        db.execute(found.format(name), (table,)).fetchone() == (1,) for name in ("main", "other")
    )


def _take(
    db: apsw.Connection, query: str, ids: list[int], keyed: set[int], progress: Progress
) -> int:
    """Collect the rows of a query; return how many are no key frames, of which the tracks are noted."""
    counted = 0
    cursor = db.execute(query)
    while page := list(islice(cursor, _ROWS)):
        progress.checkpoint()
        ids += [row_id for row_id, _ in page]
        of_tracks = [track for _, track in page if track is not None]
        keyed.update(of_tracks)
        counted += len(page) - len(of_tracks)
    return counted


# All words in these statements are this program's own.


def _only_in(there: str, not_there: str, table: str) -> str:
    return (
        f"SELECT id, {_track(table)} FROM {there}.{table} AS a"  # noqa: S608
        f" WHERE NOT EXISTS (SELECT 1 FROM {not_there}.{table} WHERE id = a.id) ORDER BY id"
    )


def _differing(table: str) -> str:
    join = f"main.{table} AS a JOIN other.{table} AS b ON b.id = a.id"
    where = _values_differ(table, "a", "b")
    if table == "shape":
        join += (
            " LEFT JOIN main.geometry AS c ON c.id = a.id"
            " LEFT JOIN other.geometry AS d ON d.id = a.id"
        )
        where += f" OR {_values_differ('geometry', 'c', 'd')}"
    return f"SELECT a.id, {_track(table, 'a.')} FROM {join} WHERE {where} ORDER BY a.id"  # noqa: S608


def _track(table: str, prefix: str = "") -> str:
    return f"{prefix}track_id" if table == "shape" else "NULL"


def _values_differ(table: str, one: str, other: str) -> str:
    names = [column for column in COLUMNS[table] if column not in ("id", "rev")]
    left = ", ".join(f"{one}.{name}" for name in names)
    right = ", ".join(f"{other}.{name}" for name in names)
    return f"({left}) IS NOT ({right})"
