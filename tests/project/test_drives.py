"""Which drives count as network drives, by the words of Linux."""

from pathlib import Path, PurePosixPath

import pytest

from annotator.project.drives import check_local, is_network_mount
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
