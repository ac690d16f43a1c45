"""The row that says which process writes a project.

SQLite's own locks last for a transaction; this row lasts while a project is open, so that a second window
opens it for reading. A row whose process is gone (killed, or the machine was restarted) is taken over, and so is one
that came along with a copy: it speaks of the file that was copied.
"""

import os
import re
import socket
import time
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Final

import apsw

from annotator.project.moments import moment_of
from annotator.project.storage.machine_id import machine_id
from annotator.project.storage.process_start import process_started

# In the column `host`. The name is for people; rows of older programs hold it alone, or no file.
_HOST: Final = re.compile(
    r"(?P<name>.*?)(?: \[(?P<machine>[0-9a-f]{16})\])?(?: (?P<inode>[0-9a-f]{16})@(?P<path>[0-9a-f]{16}))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _File:
    """Which file a row is in. path: hashed, for a project is passed on to others. Both are "" where unknown."""

    inode: str
    path: str

    @classmethod
    def of(cls, connection: apsw.Connection) -> "_File":
        """The file of a connection."""
        path = Path(connection.filename)
        try:
            inode = path.stat().st_ino & (1 << 64) - 1
        except OSError:
            return cls("", "")
        digest = blake2b(os.fsencode(path.resolve()), digest_size=8, person=b"annotator")
        return cls(f"{inode:016x}" if inode else "", digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that writes a project.

    host: the name its machine had. machine: see `machine_id`, "" where unknown. started: the system's word for when
    the process began, "" where unknown. is_of_copied: whether it writes another file, of which this one is a copy.
    """

    host: str
    machine: str
    process: int
    started: str
    since_ms: int
    is_of_copied: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether it may still write the file. One on another machine counts as running: nothing can be known of it."""
        if self.is_of_copied:
            return False
        if not self.is_here:
            return True
        return process_started(self.process) == self.started is not None

    @property
    def is_this_process(self) -> bool:
        """Whether it is the calling process."""
        return self.is_here and self.process == os.getpid() and self.is_alive

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, on this machine, which may have had another name then."""
        here = machine_id()
        if self.machine and here:
            return self.machine == here
        return self.host == socket.gethostname()

    def __str__(self) -> str:
        since, now = (
            moment_of(one).astimezone() for one in (self.since_ms, time.time_ns() // 1_000_000)
        )
        when = f"{since:%H:%M}" if since.date() == now.date() else f"{since:%Y-%m-%d %H:%M}"
        return f"process {self.process} on {self.host}, since {when}"


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
    found = Writer(named["name"], named["machine"] or "", process, started, since)
    written, here = _File(named["inode"] or "", named["path"] or ""), _File.of(connection)
    # Some file systems number a file anew; not also its path, or the machine, is another one then.
    is_another = "" != written.inode != here.inode != ""
    is_elsewhere = written.path != here.path or not found.is_here
    return replace(found, is_of_copied=is_another and is_elsewhere)


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
            (_host_of(me, _File.of(connection)), me.process, me.started, me.since_ms),
        )
    return None


def _host_of(writer: Writer, file: _File) -> str:
    host = f"{writer.host} [{writer.machine}]" if writer.machine else writer.host
    return f"{host} {file.inode}@{file.path}" if file.inode else host


def release(connection: apsw.Connection) -> None:
    """Take this process's row away, whatever the machine is called by now."""
    me = this_process()
    with connection:
        connection.execute(
            "DELETE FROM writer WHERE process = ? AND started = ?", (me.process, me.started)
        )
