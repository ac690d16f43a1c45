"""What an unfinished step needs to be gone on with, kept beside the history until the step is complete.

A memo is written in the transaction that begins its step, and goes when the step is completed or kept. What is left
of steps that were undone goes when the next memo is written.
"""

from typing import Any, Final, TypeAlias

import apsw
import msgspec

_KEY: Final = "resume:"


class ImportMemo(msgspec.Struct, frozen=True, tag="import"):
    """An import. path: of the dataset, absolute. first_group: the number its first group gets.

    fingerprint: of the dataset's files; frames_fingerprint: of the frames of the task. labels, frames, replace: the
    choices that were made, see `ImportChoices`.
    """

    path: str
    format: str
    task: int
    first_group: int
    fingerprint: str
    frames_fingerprint: str
    labels: dict[str, int | None] = {}
    frames: tuple[tuple[int | tuple[str, str], int | None], ...] = ()
    replace: bool = False


class RestoreMemo(msgspec.Struct, frozen=True, tag="restore"):
    """A restore. path: of the snapshot or backup, absolute."""

    path: str


Memo: TypeAlias = ImportMemo | RestoreMemo


def put_memo(db: apsw.Connection, step: int, memo: Memo) -> None:
    """Keep the memo of a step."""
    db.execute(
        f"DELETE FROM meta WHERE key LIKE '{_KEY}%' AND CAST(substr(key, {len(_KEY) + 1}) AS INTEGER)"  # noqa: S608
        " NOT IN (SELECT id FROM step WHERE state IN ('open', 'undoing'))"
    )
    text = msgspec.json.encode(memo).decode()
    db.execute("INSERT INTO meta VALUES (?, ?)", (f"{_KEY}{step}", text))


def forget_memo(db: apsw.Connection, step: int) -> None:
    """Drop the memo of a step, if it has one."""
    db.execute("DELETE FROM meta WHERE key = ?", (f"{_KEY}{step}",))


def memo_of(db: apsw.Connection, step: int) -> Memo | None:
    """Return the memo of a step, or None where it has none that this program understands."""
    row: Any = db.execute("SELECT value FROM meta WHERE key = ?", (f"{_KEY}{step}",)).fetchone()
    if row is None:
        return None
    try:
        memo: Memo = msgspec.json.decode(row[0], type=ImportMemo | RestoreMemo)
    except msgspec.DecodeError:
        return None
    return memo
