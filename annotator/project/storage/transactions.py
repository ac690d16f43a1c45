"""Transactions on the one writing connection, taken in turn by whichever thread wants one."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import apsw

from annotator.project.errors import ClosedError, ProjectError, ReadOnlyError
from annotator.project.storage import writer_row
from annotator.project.storage.database import Database, translated
from annotator.project.storage.fair_lock import FairLock
from annotator.project.storage.reverting import RevertPlan
from annotator.project.storage.row_changes import RowChange
from annotator.project.storage.schema import RECORDED_TABLES

log = logging.getLogger(__name__)


class Transactions:
    """The lock, and what is done under it.

    guard: what a long undo or redo is about to touch; nothing is committed that gets in its way.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.lock = FairLock()
        self.guard: RevertPlan | None = None
        self._is_closed = False

    @contextmanager
    def begin(self) -> Iterator[apsw.Connection]:
        """Hold the lock for one transaction, which is committed, or rolled back if the block raises."""
        self.check_writable()
        with self.lock, translated(self.database.path):
            if self._is_closed:
                raise ClosedError
            db = self.database.writer
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException as error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                why = _WHY_NOT_STORED.get(getattr(error, "extendedresult", 0))
                if why is not None:
                    raise _not_stored(why) from error
                raise

    @contextmanager
    def recorded(self) -> Iterator[tuple[apsw.Connection, apsw.Session]]:
        """The same with a session that records what happens to the recorded tables."""
        with self.begin() as db:
            session = apsw.Session(db, "main")
            try:
                for table in RECORDED_TABLES:
                    session.attach(table)
                yield db, session
            finally:
                session.close()

    def check_guard(self, db: apsw.Connection, changes: Iterable[RowChange]) -> None:
        """Raise UndoRefusedError where changes get in the way of a long undo or redo."""
        if self.guard is not None:
            self.guard.check(db, changes)

    def check_writable(self) -> None:
        """Raise ReadOnlyError where nothing may be changed."""
        if not self.database.writable:
            raise ReadOnlyError(
                f"The project in {self.database.path.parent} is open for reading only."
                f" {self.database.read_only_reason}"
            )

    def end(self) -> None:
        """Wait for the transaction under way and refuse further ones: nobody uses the writing connection any more."""
        with self.lock:
            self._is_closed = True

    def leave_to_parent(self) -> None:
        """Go on in a forked process, where nobody holds the lock; see `Database.leave_to_parent`."""
        self.lock = FairLock()
        self.guard = None
        self.database.leave_to_parent()

    def close(self) -> None:
        """Bring them to an end, let others write, and disconnect."""
        self.end()
        try:
            if self.database.writable:
                with translated(self.database.path):
                    writer_row.release(self.database.writer)
        except ProjectError as error:
            # The row names a process that will have ended: the next one takes it over.
            log.warning("the project stays marked as open: %s", error)
        finally:
            self.database.close()


_TAKEN: Final = "something else has taken its place by now"
# What another thread or an undo in between can bring about; all else is a bug.
_WHY_NOT_STORED: Final = {
    apsw.SQLITE_CONSTRAINT_FOREIGNKEY: "it refers to something that is gone by now",
    apsw.SQLITE_CONSTRAINT_UNIQUE: _TAKEN,
    apsw.SQLITE_CONSTRAINT_PRIMARYKEY: _TAKEN,
}


def _not_stored(why: str) -> ProjectError:
    return ProjectError(f"The change was not stored: {why}. Look at the frame again and repeat it.")
