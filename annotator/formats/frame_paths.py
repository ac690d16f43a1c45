"""File names for frames in a dataset that is written."""

import posixpath
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from annotator.core.free_names import FreeNames
from annotator.safe_io import safe_file_name

# In bytes; systems take 4096 for a whole path.
_LONGEST: Final = 1_000


def safe_path(name: str) -> str:
    """Return a relative path for the name of a frame that every system accepts and that leads nowhere else."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(safe_file_name(part) for part in parts) or "unnamed"


def frame_names() -> FreeNames:
    """Return where names of frames are claimed in a file that lists them: otherwise they stay as they are."""
    return FreeNames(_numbered)


class PathClaims:
    """The files of a dataset: no two are the same, and no file is also a folder.

    Letters that differ by case only count as the same, as they do on some systems.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._names = FreeNames(_numbered)

    def claim(self, folder: str, name: str, companion: Callable[[str], str] | None = None) -> str:
        """Return a safe path for a frame below `folder`, with a counter before the suffix where it is taken.

        companion: from the path with its folder, that of another file which must be free as well.
        """

        def files(path: str) -> list[str]:
            whole = f"{folder}/{path}"
            return [whole] if companion is None else [whole, companion(whole)]

        path = safe_path(name)
        is_too_long = len(path.encode()) > _LONGEST
        if is_too_long or any(self._is_below_file(file) for file in files(path)):
            path = safe_file_name(path.replace("/", "_"))
        path = self._names.free(path, lambda one: any(map(self._is_taken, files(one))))
        for file in files(path):
            self._files.add(file.casefold())
            self._folders.update(_folders(file))
        return path

    def _is_taken(self, path: str) -> bool:
        return path.casefold() in self._files or path.casefold() in self._folders

    def _is_below_file(self, path: str) -> bool:
        return any(folder in self._files for folder in _folders(path))


def _numbered(path: str, number: int) -> str:
    stem, suffix = posixpath.splitext(path)
    return f"{stem}_{number}{suffix}"


def _folders(path: str) -> list[str]:
    return [str(parent) for parent in PurePosixPath(path.casefold()).parents][:-1]
