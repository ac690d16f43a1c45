"""Which drives a project may lie on.

SQLite's write-ahead log needs memory shared between processes, which network file systems do not give.
"""

import re
import sys
from pathlib import Path, PurePosixPath
from typing import Final

from annotator.project.errors import ProjectError

_NETWORK: Final = frozenset(
    {
        "afpfs", "afs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
        "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre",
        "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
_REMOTE_DRIVE: Final = 4  # DRIVE_REMOTE of GetDriveTypeW
# Spaces, tabs, line ends and backslashes in mount points are written as three octal digits.
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def check_local(folder: Path) -> None:
    """Raise ProjectError where a folder, which need not exist yet, lies on a network drive."""
    if _is_network(folder.resolve()):
        raise ProjectError(
            f"{folder} lies on a network drive, where a project could be damaged. Keep the project on a"
            " drive of this computer; the pictures may stay where they are."
        )


def is_network_mount(mounts: str, folder: PurePosixPath) -> bool:
    """Return whether an absolute folder lies on a network drive, by the text of Linux' /proc/self/mounts.

    Of several mounts that hold it the deepest counts, and of those at one point the last.
    """
    best, kind = PurePosixPath("/"), ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        if folder.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, fields[2]
    return kind in _NETWORK


def _is_network(folder: Path) -> bool:
    if sys.platform == "win32":
        return _is_network_windows(folder)
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return False
    text = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    return is_network_mount(text, PurePosixPath(folder))


def _is_network_windows(folder: Path) -> bool:  # pragma: no cover - runs on Windows only
    import ctypes

    if folder.drive.startswith("\\\\"):
        return True
    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return bool(kind == _REMOTE_DRIVE)
