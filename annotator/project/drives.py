"""Which drives a project may lie on.

SQLite's write-ahead log needs memory shared between processes, which network file systems do not give.
"""

import sys
from pathlib import Path
from typing import Final

from annotator.project.errors import ProjectError

_NETWORK: Final = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afpfs",
        "webdav",
        "davfs",
        "fuse.sshfs",
        "fuse.davfs2",
    }
)
_REMOTE_DRIVE: Final = 4  # DRIVE_REMOTE of GetDriveTypeW


def check_local(folder: Path) -> None:
    """Raise ProjectError where a folder lies on a network drive."""
    if _is_network(folder.absolute()):
        raise ProjectError(
            f"{folder} lies on a network drive, where a project could be damaged. Keep the project on a"
            " drive of this computer; the pictures may stay where they are."
        )


def _is_network(folder: Path) -> bool:
    if sys.platform == "win32":
        return _is_network_windows(folder)
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return False
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(" ")
        # Spaces in mount points are written as \040.
        point = fields[1].replace("\\040", " ")
        if len(point) >= len(best) and folder.is_relative_to(point):
            best, kind = point, fields[2]
    return kind in _NETWORK


def _is_network_windows(folder: Path) -> bool:  # pragma: no cover - runs on Windows only
    import ctypes

    if folder.drive.startswith("\\\\"):
        return True
    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return bool(kind == _REMOTE_DRIVE)
