"""The row that says which process writes a project.

SQLite's own locks last for a transaction; this row lasts while a project is open, so that a second window
opens it for reading. A row whose process is gone (killed, or the machine was restarted) is taken over.
"""

import os
import re
import socket
import time
from dataclasses import dataclass
from typing import Final

import apsw

from annotator.project.moments import moment_of
from annotator.project.storage.machine_id import machine_id
from annotator.project.storage.process_start import process_started

# In the column `host`. The name is for people; rows of older programs hold it alone.
_HOST: Final = re.compile(r"(?P<name>.*?)(?: \[(?P<machine>[0-9a-f]{16})\])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that writes a project.

    host: the name its machine had. machine: see `machine_id`, "" where unknown. started: the system's word for when
    the process began, "" where unknown.
    """

    host: str
    machine: str
    process: int
    started: str
    since_ms: int

    @property
    def is_alive(self) -> bool:
        """Whether it still runs. One on another machine counts as running: nothing can be known of it."""
        if not self._is_here:
            return True
        return process_started(self.process) == self.started is not None

    @property
    def is_this_process(self) -> bool:
        """Whether it is the calling process."""
        return self._is_here and self.process == os.getpid() and self.is_alive

    @property
    def _is_here(self) -> bool:
        """Whether it runs, or ran, on this machine, which may have had another name then."""
        here = machine_id()
        if self.machine and here:
            return self.machine == here
        return self.host == socket.gethostname()

    def __str__(self) -> str:
        since = moment_of(self.since_ms).astimezone()
        return f"process {self.process} on {self.host}, since {since:%H:%M}"


def this_process() -> Writer:
    """Return the calling process as a writer."""
    process = os.getpid()
    started = process_started(process) or ""
    return Writer(socket.gethostname(), machine_id(), process, started, time.time_ns() // 1_000_000)


def current_writer(connection: apsw.Connection) -> Writer | None:
    """Return the writer the project names, or None."""
    row = connection.execute("SELECT host, process, started, since FROM writer").fetchone()
    if row is None:
        return None
    host, process, started, since = row
    named = _HOST.fullmatch(host)
    assert named is not None, "every text fits"
    return Writer(named["name"], named["machine"] or "", process, started, since)


def claim(connection: apsw.Connection) -> Writer | None:
    """Make this process the writer; return the one there is where it is alive, this process included."""
    me = this_process()
    # The connection begins at once: of two that find the row of a dead process, the second sees the first's.
    with connection:
        other = current_writer(connection)
        if other is not None and other.is_alive:
            return other
        connection.execute("DELETE FROM writer")
        connection.execute(
            "INSERT INTO writer VALUES (1, ?, ?, ?, ?)",
            (_host_of(me), me.process, me.started, me.since_ms),
        )
    return None


def _host_of(writer: Writer) -> str:
    return f"{writer.host} [{writer.machine}]" if writer.machine else writer.host


def release(connection: apsw.Connection) -> None:
    """Take this process's row away, whatever the machine is called by now."""
    me = this_process()
    with connection:
        connection.execute(
            "DELETE FROM writer WHERE process = ? AND started = ?", (me.process, me.started)
        )
