"""The statements that mark frames and take jobs away.

They write one column each, so that a mark set over thousands of frames undoes nothing that a person does to one of
them in the same moment. A frame that is as it should be already is left alone.
"""

from collections.abc import Sequence

import apsw


def set_done(db: apsw.Connection, marks: Sequence[tuple[int, bool]], rev: int) -> None:
    """Mark frames, each by its id, as done or not done."""
    db.executemany(
        "UPDATE frame SET done = ?1, rev = ?2 WHERE id = ?3 AND done <> ?1",
        [(int(done), rev, frame_id) for frame_id, done in marks],
    )


def set_subsets(db: apsw.Connection, subsets: Sequence[tuple[int, str]], rev: int) -> None:
    """Put frames, each by its id, into a subset; the empty name takes them out of theirs."""
    db.executemany(
        "UPDATE frame SET subset = ?1, rev = ?2 WHERE id = ?3 AND subset <> ?1",
        [(subset, rev, frame_id) for frame_id, subset in subsets],
    )


def delete_jobs(db: apsw.Connection, job_ids: Sequence[int], _rev: int) -> None:
    """Delete jobs; their frames and annotations stay."""
    db.executemany("DELETE FROM job WHERE id = ?", [(job_id,) for job_id in job_ids])
