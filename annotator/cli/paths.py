"""Paths that a command reads, looked at before it begins.

They are declared with `readable=False`: the parser's own check would call it wrong usage, and it overlooks folders
that may be listed and not entered.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from annotator.safe_io import unreadable


def readable_path(path: Path | None) -> Path | None:
    """Return a path. Raises InputError where this user may not look at it or, if it is a folder, into it."""
    return path if path is None else _checked(path)


def readable_paths(paths: Sequence[Path]) -> list[Path]:
    """Return paths, each of which may be looked at. Raises InputError."""
    return [_checked(path) for path in paths]


def _checked(path: Path) -> Path:
    try:
        if os.path.isdir(path):
            with os.scandir(path):
                os.stat(os.path.join(path, os.curdir))
        else:
            os.stat(path)
            if not os.access(path, os.R_OK):
                raise PermissionError
    except (FileNotFoundError, NotADirectoryError):
        pass  # it is to be made, or whoever looks for it says that it is missing
    except OSError as error:
        raise unreadable(path, error) from None
    return path
