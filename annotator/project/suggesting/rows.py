"""The table of suggestions: what models propose, kept beside the history and never recorded in it.

Rows of a model and a frame are always replaced as a whole, because they can be computed again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import apsw
import msgspec

from annotator.core.shape_codec import decode_shape, encode_shape
from annotator.core.shapes import Shape
from annotator.models.proposal import Proposal
from annotator.project.storage.records import KIND_NUMBERS, KINDS, Row, stored
from annotator.project.suggesting.keys import key_of

_json: Final = msgspec.json.Encoder()
_attributes: Final = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something a model proposes for a frame, which is no annotation until it is accepted.

    label: what the model calls it. shape: None for a tag. key: see `keys.key_of`; it is the same whenever
    the model sees the same. target: the id of the project's label that it would get, or the name of one that is to be
    made; None where it is not shown.
    """

    frame: int
    model: str
    label: str
    shape: Shape | None
    score: float
    key: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    target: int | str | None = None


def replace_rows(
    db: apsw.Connection,
    model: str,
    revision: str,
    threshold: float,
    found: Mapping[int, Sequence[Proposal]],
) -> None:
    """Put what a model sees on some frames in place of what it saw there before, inside the caller's transaction."""
    frames = [(frame, model) for frame in found]
    db.executemany("DELETE FROM suggestion WHERE frame_id = ? AND model = ?", frames)
    db.executemany(
        "INSERT INTO suggestion (frame_id, model, label, key, kind, score, x0, y0, x1, y1, data, attributes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_row(model, frame, one) for frame, seen in found.items() for one in seen],
    )
    db.executemany(
        "INSERT INTO looked_at VALUES (?, ?, ?, ?) ON CONFLICT (frame_id, model) DO UPDATE"
        " SET revision = excluded.revision, threshold = excluded.threshold",
        [(frame, model, revision, threshold) for frame in found],
    )


def delete_rows(db: apsw.Connection, model: str, frames: Collection[int]) -> None:
    """Forget what a model sees on some frames, inside the caller's transaction."""
    pairs = [(frame, model) for frame in frames]
    for table in ("suggestion", "looked_at"):
        db.executemany(f"DELETE FROM {table} WHERE frame_id = ? AND model = ?", pairs)  # noqa: S608


def _row(model: str, frame: int, one: Proposal) -> Row:
    shape = one.shape
    box = (None,) * 4 if shape is None else shape.box
    return (
        frame, model, one.label, key_of(model, frame, one.label, shape),
        KIND_NUMBERS["tag" if shape is None else shape.kind], one.score, *box,
        b"" if shape is None else encode_shape(shape),
        _json.encode(one.attributes).decode() if one.attributes else None,
    )  # fmt: skip


def suggestions_of(db: apsw.Connection, frame_id: int, threshold: float) -> list[Suggestion]:
    """Return what all models see on a frame with at least a score, each in the order it gave them."""
    query = f"{SUGGESTION_SELECT} WHERE frame_id = ? AND score >= ? ORDER BY model, id"
    return [suggestion_of(row) for row in db.execute(query, (frame_id, threshold)).fetchall()]


SUGGESTION_SELECT: Final = (
    "SELECT id, frame_id, model, label, kind, score, key, data, attributes FROM suggestion"
)


@stored("suggestion")
def suggestion_of(row: Row) -> Suggestion:
    """Return the suggestion of a row of SUGGESTION_SELECT."""
    _id, frame, model, label, kind, score, key, data, attributes = row
    name = KINDS[kind]
    return Suggestion(
        frame, model, label, None if name == "tag" else decode_shape(name, data), score, key,
        _attributes.decode(attributes) if attributes else {},
    )  # fmt: skip


def looked_at(db: apsw.Connection, frame_id: int, model: str) -> tuple[str, float] | None:
    """Return with which revision of a model a frame was looked at, and with which threshold; or None."""
    row: Any = db.execute(
        "SELECT revision, threshold FROM looked_at WHERE frame_id = ? AND model = ?",
        (frame_id, model),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def models_on(db: apsw.Connection, frame_id: int) -> list[str]:
    """Return the models that have looked at a frame."""
    rows: Any = db.execute(
        "SELECT model FROM looked_at WHERE frame_id = ? ORDER BY model", (frame_id,)
    ).fetchall()
    return [model for (model,) in rows]
