"""Disks that are slow or full, as SQLite file systems over the real one."""

import time
from typing import Any, NoReturn

import apsw

from annotator.project.storage.keeper import sync_file


class SlowFile(apsw.VFSFile):
    """A file that takes its time to sync."""

    def __init__(self, vfs: "SlowDisk", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._vfs = vfs

    def xSync(self, flags: int) -> None:
        self._vfs.syncs += 1
        time.sleep(self._vfs.delay)
        super().xSync(flags)


class SlowDisk(apsw.VFS):
    """A disk on which each sync takes `delay` seconds more. Also the `sync` of `Project.open`."""

    def __init__(self, name: str, delay: float) -> None:
        super().__init__(name, "")
        self.name = name
        self.delay = delay
        self.syncs = 0

    def xOpen(self, name: Any, flags: list[int]) -> SlowFile:
        return SlowFile(self, name, flags)

    def sync(self, path: Any) -> None:
        self.syncs += 1
        time.sleep(self.delay)
        sync_file(path)


class QuotaFile(apsw.VFSFile):
    """A file that cannot grow while the disk is full; what it has can be written over."""

    def __init__(self, vfs: "QuotaDisk", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._vfs = vfs

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._vfs.is_full and offset + len(data) > self.xFileSize():
            self._vfs.refuse()
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        if self._vfs.is_full and size > self.xFileSize():
            self._vfs.refuse()
        super().xTruncate(size)


class QuotaDisk(apsw.VFS):
    """A disk that is full when told so.

    frees_after: how many refusals later there is room again, 0 for never.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.is_full = False
        self.frees_after = 0
        self.refused = 0

    def xOpen(self, name: Any, flags: list[int]) -> QuotaFile:
        return QuotaFile(self, name, flags)

    def refuse(self) -> NoReturn:
        self.refused += 1
        if self.frees_after:
            self.frees_after -= 1
            self.is_full = self.frees_after > 0
        raise apsw.FullError("no space left")
