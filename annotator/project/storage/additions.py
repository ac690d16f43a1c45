"""What the history keeps of a transaction that only added annotations: their ids.

The rows are in the project and need no second copy. While such a transaction is taken back, what is deleted is
recorded, and is kept from then on in place of the ids, so that redo has everything.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import apsw
import numpy as np

from annotator.project.storage.changesets import Conflict


@dataclass(frozen=True, slots=True)
class Added:
    """Annotations that a transaction added. geometries: how many of them have a row there."""

    ids: Sequence[int]
    geometries: int

    def packed(self) -> bytes:
        """Return it for storing."""
        # Ids made together follow each other, so that little but ones is left of their distances.
        numbers = np.array([self.geometries, *self.ids], dtype="<i8")
        numbers[2:] -= numbers[1:-1].copy()
        return zlib.compress(numbers.tobytes(), 1)

    @classmethod
    def unpacked(cls, data: bytes) -> "Added":
        """Return what was packed."""
        geometries, *distances = np.frombuffer(zlib.decompress(data), dtype="<i8").tolist()
        return cls(np.cumsum(distances, dtype=np.int64).tolist(), geometries)


def take_back(db: apsw.Connection, rev: int, added: Added) -> bytes:
    """Delete what a transaction added, inside the caller's transaction; return the changeset of that.

    Raises Conflict where a row is not as the transaction left it.
    """
    ids = json.dumps(list(added.ids))
    session = apsw.Session(db, "main")
    try:
        for table, count in (("geometry", added.geometries), ("shape", len(added.ids))):
            session.attach(table)
            if _delete(db, table, ids, rev) != count:
                raise Conflict
        if _are_left(db, ids):
            raise Conflict
        return session.changeset()
    finally:
        session.close()


def _delete(db: apsw.Connection, table: str, ids: str, rev: int) -> int:
    those = "id IN (SELECT value FROM json_each(?)) AND rev = ?"
    db.execute(f"DELETE FROM {table} WHERE {those}", (ids, rev))  # noqa: S608 - own words
    return db.changes()


def _are_left(db: apsw.Connection, ids: str) -> bool:
    """Whether somebody has given an annotation a geometry that it did not have."""
    query = "SELECT 1 FROM geometry WHERE id IN (SELECT value FROM json_each(?)) LIMIT 1"
    return db.execute(query, (ids,)).fetchone() is not None
