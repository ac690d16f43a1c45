"""The thread that makes stored work survive a power cut and keeps the log short.

Commits go to SQLite's write-ahead log without a sync (`synchronous=NORMAL`): a killed process loses nothing,
a power cut would lose what was not synced. The keeper syncs the log at least every 300 ms while there is
something new, and copies it into the database when it grows, without the project's lock.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from annotator.project.errors import ClosedError, ProjectError
from annotator.project.storage.database import Database

log = logging.getLogger(__name__)

SYNC_INTERVAL: Final = 0.3
MIB: Final = 1 << 20
# Copy the log into the database from this size on. The first commit after that begins the log anew and syncs its
# header while it holds the lock. The keeper makes that commit, and it should be rare ...
CHECKPOINT_AT: Final = 96 * MIB
# ... and let bulk writers wait while the log is larger than this, so that it stays under 256 MiB.
PAUSE_AT: Final = 160 * MIB


def sync_file(path: Path) -> None:
    """Ask the system to put what was written to a file on the disk; a file that is gone needs nothing."""
    try:
        # Windows can only flush a handle that may write.
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        getattr(os, "fdatasync", os.fsync)(handle)
    finally:
        os.close(handle)


class Keeper:
    """Syncs and checkpoints one project in the background.

    on_synced: called on the keeper's thread whenever everything committed so far is on the disk, and with False when
    the disk refused or the project is not there any more (the text says why). begin_log: called there when all of the
    log is copied; makes a commit of no consequence.
    """

    def __init__(
        self,
        database: Database,
        on_synced: Callable[[bool, str], None],
        begin_log: Callable[[], None],
        sync: Callable[[Path], None] = sync_file,
    ) -> None:
        self._database = database
        self._on_synced = on_synced
        self._begin_log = begin_log
        self._sync = sync
        self._log_path = database.path.with_name(database.path.name + "-wal")
        self._log_size = 0
        self._page_size: int = database.writer.pragma("page_size")
        self._committed = 0
        self._synced = 0
        self._trouble = ""
        self._synced_more = threading.Condition()
        self._work = threading.Event()  # there is something to sync
        self._hurry = threading.Event()  # do not wait out the interval
        self._room = threading.Event()  # bulk writers may go on
        self._room.set()
        self._closing = False
        database.writer.set_wal_hook(self._on_commit)
        self._thread = threading.Thread(target=self._run, name="project keeper", daemon=True)
        self._thread.start()

    @property
    def is_synced(self) -> bool:
        """Whether everything committed so far is on the disk."""
        return self._synced == self._committed

    @property
    def log_size(self) -> int:
        """The bytes of the log that are in use."""
        return self._log_size

    def wait_for_room(self) -> None:
        """Wait while the log is too long. Bulk writers call it between transactions, without the lock."""
        self._room.wait()

    def sync_now(self, timeout: float = 10.0) -> bool:
        """Wait until what is committed now is on the disk; return whether it is."""
        target = self._committed
        self._hurry.set()
        self._work.set()
        with self._synced_more:
            return self._synced_more.wait_for(lambda: self._synced >= target, timeout)

    def close(self) -> None:
        """Sync once more and end the thread. Nobody may use the writing connection any more."""
        self._closing = True
        self._hurry.set()
        self._work.set()
        if (
            threading.current_thread() is not self._thread
        ):  # which may be the one to let go of a project
            self._thread.join()
        self._database.writer.set_wal_hook(None)

    def _on_commit(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        # Called by SQLite at the end of each commit, so with the project's lock held.
        self._committed += 1
        self._log_size = pages * self._page_size
        self._work.set()
        if self._log_size > PAUSE_AT:
            self._room.clear()
            self._hurry.set()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while not self._closing:
            self._work.wait()
            self._work.clear()
            self._sync_log()
            if self._log_size > CHECKPOINT_AT:
                self._checkpoint()
            # At most one sync in an interval, however fast commits come.
            self._hurry.wait(SYNC_INTERVAL)
            self._hurry.clear()
        self._sync_log()
        self._room.set()

    def _sync_log(self) -> None:
        target = self._committed
        if target == self._synced:
            return
        try:
            self._sync(self._log_path)
            self._check_in_place()
        except (OSError, ProjectError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.warning("syncing the project failed: %s", error)
            self._on_synced(False, self._trouble)
            self._work.set()  # again after the interval
            return
        self._trouble = ""
        with self._synced_more:
            self._synced = target
            self._synced_more.notify_all()
        self._on_synced(True, "")

    def _check_in_place(self) -> None:
        """Writing to a file that was deleted goes on without an error where the system keeps it for who has it open."""
        path = self._database.path
        if not path.exists():
            raise ProjectError(
                f"{path} is not there any more: the project was moved or deleted while it was open. What is"
                " changed now may be lost: put it back, or export what you need before you close it."
            )

    def _checkpoint(self) -> None:
        try:
            connection = self._database.checkpointer
            # A few rounds: what was committed during the first is little, and once all is copied the
            # next writer begins the log anew.
            for _ in range(4):
                total, copied = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                if total == copied:
                    # The next commit begins the log anew and waits for the disk, so it had better be ours.
                    self._begin_log()
                    break
        except ClosedError:
            pass  # the end came first; it copies the log by itself
        except (apsw.Error, ProjectError) as error:
            log.warning("copying the log into the project failed: %s", error)
            self._on_synced(False, str(error))
        finally:
            self._room.set()
