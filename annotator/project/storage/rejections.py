"""What a person rejected of what models suggest, so that it is not offered again.

A rejection is recorded: undo offers the suggestion again, redo hides it again, and it holds after a restart. It
names what was rejected by frame, label and box, not by the suggestion's key, so that it also fits what another
model, or the same one in a later version, sees at the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import apsw

from annotator.core.geometry import Box
from annotator.core.ids import new_id
from annotator.project.storage.records import Row, stored
from annotator.project.storage.schema import COLUMNS

_COLUMNS: Final = COLUMNS["rejection"]
_PUT: Final = (
    f"INSERT INTO rejection ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT (id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that is not wanted on a frame.

    label: the id of the project's label it would have got, None where it would have been a new one. name: what the
    model calls it. box: None for a tag.
    """

    frame: int
    label: int | None
    name: str
    box: Box | None
    id: int = field(default_factory=new_id)


def put_rejections(db: apsw.Connection, rejections: Sequence[Rejection], rev: int) -> None:
    """Write rejections."""
    rows = [
        (one.id, rev, one.frame, one.label, one.name, *(one.box or (None,) * 4))
        for one in rejections
    ]
    db.executemany(_PUT, rows)


def rejections_of(db: apsw.Connection, frame_id: int) -> list[Rejection]:
    """Return what was rejected on a frame, in the order in which it was."""
    query = f"{REJECTION_SELECT} WHERE frame_id = ? ORDER BY id"
    return [rejection_of(row) for row in db.execute(query, (frame_id,)).fetchall()]


REJECTION_SELECT: Final = "SELECT id, frame_id, label_id, name, x0, y0, x1, y1 FROM rejection"


@stored("rejection")
def rejection_of(row: Row) -> Rejection:
    """Return the rejection of a row of REJECTION_SELECT."""
    row_id, frame, label, name, *box = row
    if box == [None] * 4:
        return Rejection(frame, label, name, None, row_id)
    x0, y0, x1, y1 = map(float, box)
    return Rejection(frame, label, name, (x0, y0, x1, y1), row_id)
