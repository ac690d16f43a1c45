"""Which machine this is, whatever its name is at the moment.

macOS and laptops everywhere take another host name with another network, so a name cannot tell whether a row was
written here. The id that the system itself gives a machine does. It is stored hashed, as systemd asks for: a project
is passed on to others.
"""

import re
import socket
import subprocess
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
# The number of the first namespace of process numbers: PROC_PID_INIT_INO in Linux's include/linux/proc_ns.h.
_FIRST_NAMESPACE: Final = "pid:[4026531836]"
_PLATFORM: Final = ("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
_IN_IOREG: Final = re.compile(r'"IOPlatformUUID" = "([^"]+)"')


@cache
def machine_id() -> str:
    """Return 16 hexadecimal digits that stay the same for as long as the system is installed, "" where unknown."""
    if sys.platform == "win32":
        text = _on_windows()
    elif sys.platform == "darwin":
        text = _on_macos()
    else:
        text = _on_linux()
    if not text:
        return ""
    return blake2b(text.encode(), digest_size=8, person=b"annotator").hexdigest()


def _on_linux() -> str:
    for file in _FILES:
        try:
            text = file.read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            continue
        if text:
            return text + _container()
    return ""


def _container() -> str:
    """What tells a container apart, whose processes have numbers of their own: nothing but its name lasts."""
    try:
        is_whole = str(Path("/proc/self/ns/pid").readlink()) == _FIRST_NAMESPACE
    except OSError:
        is_whole = True  # no namespaces, as on BSD
    return "" if is_whole else socket.gethostname()


def _on_macos() -> str:
    try:
        result = subprocess.run(_PLATFORM, capture_output=True, text=True, check=False)  # noqa: S603 - own words
    except OSError:
        return ""
    return id_in_ioreg(result.stdout)


def id_in_ioreg(text: str) -> str:
    """Return the id of a Mac from what `ioreg` prints, "" where it is not there."""
    found = _IN_IOREG.search(text)
    return found[1] if found else ""


if sys.platform == "win32":  # pragma: no cover - runs on Windows only

    def _on_windows() -> str:
        import winreg

        place = r"SOFTWARE\Microsoft\Cryptography"
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place, 0, access) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return ""
