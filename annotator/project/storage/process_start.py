"""When a process began: numbers are used again, so the number alone does not tell whether it is the same one."""

import os
import subprocess
import sys
from pathlib import Path


def process_started(process: int) -> str | None:
    """Return the system's word for when a process began, or None where there is no such process."""
    if sys.platform == "win32":
        return _started_windows(process)
    if Path("/proc/self/stat").exists():
        return _started_linux(process)
    return started_by_ps(process)


def started_by_ps(process: int) -> str | None:
    """Return what `ps` says, in words and a time zone that are the same for everybody who asks."""
    command = ["/bin/ps", "-o", "lstart=", "-p", str(process)]
    words = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=words)  # noqa: S603
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
