"""Which drives a project may lie on.

SQLite's write-ahead log needs memory shared between processes, which network file systems do not give.
"""

import os
import re
import struct
import sys
from pathlib import Path, PurePosixPath
from typing import Final

from annotator.project.errors import NetworkDriveError
from annotator.safe_io import real_path

_NETWORK: Final = frozenset(
    {
        "afpfs", "afs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
        "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre",
        "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
# Of macOS' <sys/mount.h>: the place of f_flags in struct statfs (2168 bytes), and the flag of a local drive.
_STATFS_SIZE: Final = 2168
_FLAGS_AT: Final = 64
_MNT_LOCAL: Final = 0x1000
_REMOTE_DRIVE: Final = 4  # DRIVE_REMOTE of GetDriveTypeW
# Spaces, tabs, line ends and backslashes in mount points are written as three octal digits.
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def check_local(folder: Path) -> None:
    """Raise NetworkDriveError where a folder, which need not exist yet, lies on a network drive."""
    if _is_network(real_path(folder)):
        raise NetworkDriveError(
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


def is_network_statfs(statfs: bytes) -> bool:
    """Return whether a folder lies on a network drive, by what macOS' statfs says of it."""
    (flags,) = struct.unpack_from("=I", statfs, _FLAGS_AT)
    return not flags & _MNT_LOCAL


def _is_network(folder: Path) -> bool:
    system: str = sys.platform
    if system == "win32":
        return _is_network_windows(folder)
    if system == "darwin":
        statfs = read_statfs(_that_exists(folder))
        return statfs is not None and is_network_statfs(statfs)
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return False
    text = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    return is_network_mount(text, PurePosixPath(folder))


def _that_exists(folder: Path) -> Path:
    """Return the folder, or the lowest one above it that is there."""
    return next((one for one in (folder, *folder.parents) if os.path.exists(one)), folder)


def read_statfs(folder: Path) -> bytes | None:
    """Return what the system's `statfs` says of a folder, None where it cannot be asked.

    Its own answer, where a mount point found by name would have to be matched: macOS ties folders of several
    drives into one tree, and tells no difference between large and small letters.
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    # On Intel the plain name is an older layout of the answer; on Arm there is only one.
    statfs = getattr(library, "statfs$INODE64", None) or library.statfs
    statfs.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    statfs.restype = ctypes.c_int
    answer = ctypes.create_string_buffer(2 * _STATFS_SIZE)
    return None if statfs(os.fsencode(folder), answer) else answer.raw[:_STATFS_SIZE]


def _is_network_windows(folder: Path) -> bool:  # pragma: no cover - runs on Windows only
    import ctypes

    if folder.drive.startswith("\\\\"):
        return True
    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return bool(kind == _REMOTE_DRIVE)
