"""Paths on the command line.

The parser's own check of what may be read would call it wrong usage, and overlooks folders that may be listed and not
entered.
"""

import os
from pathlib import Path

import typer

from annotator.safe_io import unreadable


def any_path(text: str) -> Path:
    """Return the path of an argument. Raises BadParameter for an empty one, as a script gives that left something out.

    Python would take it for the folder that one is in.
    """
    if not text:
        raise typer.BadParameter("the path is empty; write . for the folder you are in")
    return Path(text)


def readable_path(text: str) -> Path:
    """Return the path of an argument that is read.

    Raises BadParameter for an empty one, InputError where this user may not look at it or, if it is a folder, into it.
    """
    path = any_path(text)
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
