"""The row that says which process writes a project.

SQLite's own locks last for a transaction; this row lasts while a project is open, so that a second window
opens it for reading. A row whose process is gone (killed, or the machine was restarted) is taken over.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import apsw


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that writes a project. started: the system's word for when it began, "" where unknown."""

    host: str
    process: int
    started: str
    since_ms: int

    @property
    def is_alive(self) -> bool:
        """Whether it still runs. One on another machine counts as running: nothing can be known of it."""
        if self.host != socket.gethostname():
            return True
        return process_started(self.process) == self.started is not None

    def __str__(self) -> str:
        since = time.strftime("%H:%M", time.localtime(self.since_ms / 1000))
        return f"process {self.process} on {self.host}, since {since}"


def this_process() -> Writer:
    """Return the calling process as a writer."""
    process = os.getpid()
    started = process_started(process) or ""
    return Writer(socket.gethostname(), process, started, time.time_ns() // 1_000_000)


def current_writer(connection: apsw.Connection) -> Writer | None:
    """Return the writer the project names, or None."""
    row = connection.execute("SELECT host, process, started, since FROM writer").fetchone()
    return None if row is None else Writer(*row)


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
            (me.host, me.process, me.started, me.since_ms),
        )
    return None


def release(connection: apsw.Connection) -> None:
    """Take this process's row away."""
    with connection:
        connection.execute(
            "DELETE FROM writer WHERE host = ? AND process = ?", (socket.gethostname(), os.getpid())
        )


def process_started(process: int) -> str | None:
    """Return the system's word for when a process began, or None where there is no such process.

    Numbers of processes are used again, so the number alone does not tell whether it is the same one.
    """
    if sys.platform == "win32":
        return _started_windows(process)
    if Path("/proc/self/stat").exists():
        return _started_linux(process)
    command = ["/bin/ps", "-o", "lstart=", "-p", str(process)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return result.stdout.strip() or None


def _started_linux(process: int) -> str | None:
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the name in brackets and may hold anything; the 22nd is ticks since boot.
    fields = text.rpartition(")")[2].split()
    # A process that has ended but was not waited for holds nothing open any more.
    return None if fields[0] == "Z" else f"{boot}/{fields[19]}"


def _started_windows(process: int) -> str | None:  # pragma: no cover - runs on Windows only
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, process)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        times = [ctypes.c_uint64() for _ in range(4)]
        code = ctypes.c_uint32()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if code.value != 259:  # STILL_ACTIVE
            return None
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times)):
            return ""
        return str(times[0].value)
    finally:
        kernel.CloseHandle(handle)
