"""Applying changesets, wholly or not at all."""

import apsw


class Conflict(Exception):  # noqa: N818 - never leaves the package
    """A changeset does not fit the rows as they are now."""


def apply_changes(db: apsw.Connection, changes: bytes) -> None:
    """Apply a changeset inside the caller's transaction. Raises Conflict where something is in the way."""
    try:
        apsw.Changeset.apply(
            changes, db, conflict=_give_up, flags=apsw.SQLITE_CHANGESETAPPLY_FKNOACTION
        )
    except (apsw.AbortError, apsw.ConstraintError):
        raise Conflict from None


def _give_up(_reason: int, _change: apsw.TableChange) -> int:
    return apsw.SQLITE_CHANGESET_ABORT
