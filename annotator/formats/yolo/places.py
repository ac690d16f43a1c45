"""Where the paths lie that data.yaml and its lists name: below the folder of data.yaml, and nowhere else."""

import os
import posixpath
import re
from typing import Final

from annotator.formats.dataset import Problem
from annotator.formats.yolo.config import YoloConfig
from annotator.safe_io import InputError, printable, resolve_inside

LABEL_SUFFIX: Final = ".txt"
# What some programs write for a folder beside data.yaml.
_SIBLING: Final = "../"
# Whatever `resolve_inside` could refuse; paths without any of it need not be asked about one by one.
_DOUBTFUL: Final = re.compile(r"^[/\\]|(^|[/\\])\.\.([/\\]|$)|:|[^ -~]|.{200}|^\s*$")
_ABSOLUTE: Final = re.compile(r"/|[A-Za-z]:/")


def label_path_of(picture: str) -> str:
    """Return the path of the label file of a picture: `labels` for the last `images`, and the suffix `.txt`."""
    head, found, tail = f"/{picture}".rpartition("/images/")
    changed = f"{head}/labels/{tail}" if found else f"/{picture}"
    return posixpath.splitext(changed[1:])[0] + LABEL_SUFFIX


def label_folder_of(folder: str) -> str:
    """Return the folder of the label files for the pictures in a folder."""
    return posixpath.dirname(label_path_of(f"{folder}/x"))


class Places:
    """Finds paths; those that lead elsewhere go to `problems`.

    A dataset that was moved may name places where it was. What lies in it by the same names, behind the folder that it
    was in, is meant.
    """

    def __init__(self, config: YoloConfig, problems: list[Problem]) -> None:
        self._root, self._base = config.root, config.base
        self._problems = problems
        self._absolute = f"{config.root.resolve().as_posix()}/"
        self._folders_before: list[str] = []

    def find(
        self, entry: str, file: str, line: int | None = None, *, folder: str | None = None
    ) -> str | None:
        """Return a path from the root for one that a file gives, None where it leads elsewhere.

        folder: what it is relative to, the base where not given.
        """
        given = entry.strip().replace("\\", "/")
        path = _joined(self._base if folder is None else folder, given)
        if given.startswith(self._absolute):
            path = given = given.removeprefix(self._absolute)
        if _DOUBTFUL.search(given):
            try:
                self._check(path, given)
            except InputError as error:
                path = self._moved(given, file, line) or ""
                if not path:
                    text = f"{error} It is left out."
                    self._problems.append(Problem(file, text, "path", line))
                    return None
        return posixpath.normpath(path)

    def _check(self, path: str, given: str) -> None:
        resolve_inside(self._root, path)
        # Alone as well: an address behind a folder looks like a path.
        resolve_inside(self._root, given.removeprefix(_SIBLING))

    def _moved(self, given: str, file: str, line: int | None) -> str | None:
        """Return where in the dataset an absolute path of another place lies, None where nothing is there."""
        if not _ABSOLUTE.match(given) or ".." in given.split("/"):
            return None
        for before in self._folders_before:
            if given.startswith(before):
                return self._safe(given.removeprefix(before))
        behind = given
        while behind := behind.partition("/")[2]:
            if self._safe(behind) and self._is_there(behind):
                before = given.removesuffix(behind)
                self._folders_before.append(before)
                text = f"{printable(before)} is no folder of the dataset; what lies behind it is looked for here."
                self._problems.append(Problem(file, text, "path", line, skipped=0))
                return behind
        return None

    def _safe(self, path: str) -> str | None:
        try:
            resolve_inside(self._root, path)
        except InputError:
            return None
        return path

    def _is_there(self, path: str) -> bool:
        places = (path, label_path_of(path), label_folder_of(path))
        return any(os.path.exists(self._root / one) for one in places)


def _joined(folder: str, path: str) -> str:
    """Return where a path leads from a folder; one that begins beside the root is meant to begin in it."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    if not joined.startswith(_SIBLING):
        return joined
    return posixpath.normpath(posixpath.join(folder, path.removeprefix(_SIBLING)))
