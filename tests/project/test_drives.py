"""Which drives count as network drives, by the words of Linux."""

import struct
import sys
from pathlib import Path, PurePosixPath

import pytest

from annotator.project import drives
from annotator.project.drives import (
    check_local,
    is_network_mount,
    is_network_statfs,
    read_statfs,
)
from annotator.project.errors import ProjectError
from annotator.project.project import Project

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/me/disk ext4 rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
me@host:/ /mnt/back\\134slash\\011tab fuse.sshfs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
server:/twice /mnt/twice nfs rw 0 0
server:/below /mnt/over nfs rw 0 0
/dev/sdd1 /mnt/over xfs rw 0 0
broken line
tmpfs /home2 tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/", False),
        ("/data/project", False),
        ("/home", True),
        ("/home/me/project", True),
        ("/home/me/disk/project", False),
        ("/home2/project", False),
        ("/mnt/my share/a b", True),
        ("/mnt/my", False),
        ("/mnt/back\\slash\ttab/p", True),
        ("/mnt/twice/p", True),
        ("/mnt/over/p", False),
    ],
)
def test_network_mounts(folder: str, expected: bool) -> None:
    assert is_network_mount(MOUNTS, PurePosixPath(folder)) is expected


def test_without_mounts_every_drive_counts_as_local() -> None:
    assert not is_network_mount("", PurePosixPath("/home"))


# struct statfs of macOS' <sys/mount.h> with 64-bit inodes, field by field.
STATFS = "=Ii5Q2i4I16s1024s1024sI28s"
# What `mount` shows of a drive, as flags.
LOCAL, READ_ONLY, NO_SUID, DONT_BROWSE, ROOT, JOURNALED = 0x1000, 1, 8, 0x100000, 0x4000, 0x800000


def statfs_of(kind: bytes, point: bytes, source: bytes, flags: int) -> bytes:
    sizes = (4096, 1 << 20, 1 << 28, 1 << 27, 1 << 27, 1 << 32, 1 << 31)
    return struct.pack(STATFS, *sizes, 7, 26, 501, 26, flags, 0, kind, point, source, 0, b"")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (statfs_of(b"apfs", b"/", b"/dev/disk3s1s1", LOCAL | READ_ONLY | ROOT | JOURNALED), False),
        (statfs_of(b"apfs", b"/System/Volumes/Data", b"/dev/disk3s5", LOCAL | DONT_BROWSE), False),
        (statfs_of(b"exfat", b"/Volumes/Stick", b"/dev/disk4s1", LOCAL | NO_SUID), False),
        (statfs_of(b"smbfs", b"/Volumes/share", b"//me@nas/share", NO_SUID), True),
        (statfs_of(b"nfs", b"/Volumes/home", b"server:/home", NO_SUID | DONT_BROWSE), True),
        (statfs_of(b"macfuse", b"/Volumes/far", b"me@host:", NO_SUID | JOURNALED), True),
    ],
)
def test_drives_of_macos_are_told_by_their_flag(answer: bytes, expected: bool) -> None:
    assert len(answer) == 2168
    assert is_network_statfs(answer) is expected


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no statfs")
def test_the_system_is_asked_about_a_folder_and_its_answer_read(tmp_path: Path) -> None:
    """Linux has the same call with another layout, so here only that it answers, and for the right folder."""
    answer = read_statfs(tmp_path)
    assert answer is not None
    assert any(answer)
    assert read_statfs(tmp_path / "nothing") is None
    if Path("/proc").is_dir():
        kind = struct.unpack_from("@l", read_statfs(Path("/proc")) or b"")
        assert kind == (0x9FA0,)  # PROC_SUPER_MAGIC of Linux' <linux/magic.h>


@pytest.mark.parametrize(("flags", "expected"), [(LOCAL, False), (0, True)])
def test_on_macos_the_folder_above_is_asked_about_one_that_is_yet_to_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: int, expected: bool
) -> None:
    asked: list[Path] = []
    answer = statfs_of(b"apfs", b"/", b"/dev/disk3s5", flags)
    monkeypatch.setattr(drives.sys, "platform", "darwin")
    monkeypatch.setattr(drives, "read_statfs", lambda folder: asked.append(folder) or answer)
    assert drives._is_network(tmp_path / "new" / "project") is expected
    assert asked == [tmp_path]
    monkeypatch.setattr(drives, "read_statfs", lambda _folder: None)
    assert not drives._is_network(tmp_path)


def test_a_network_drive_is_refused_also_behind_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test has no network drive, so it is told that this folder is one; the link is real."""
    far = tmp_path.resolve() / "far"
    far.mkdir()
    (tmp_path / "link").symlink_to(far, target_is_directory=True)
    monkeypatch.setattr("annotator.project.drives._is_network", lambda folder: folder == far)
    check_local(tmp_path)
    for act in (Project.create, check_local):
        with pytest.raises(ProjectError, match=r"link lies on a network drive.* may stay where"):
            act(tmp_path / "link")
    assert list(far.iterdir()) == []
