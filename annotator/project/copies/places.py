"""The folders that copies of a project lie in: made, and rid of what was left half written."""

import time
from pathlib import Path
from typing import Final

from annotator.project.errors import ProjectError
from annotator.safe_io import unfinished_files, unwritable

# What a killed process left half written is deleted after this time; younger ones may be growing.
_UNFINISHED_S: Final = 60 * 60


def make_folder(place: Path) -> None:
    """Make a folder with those above it, unless it is there. Raises ProjectError."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(str(unwritable(place, error))) from error


def sweep_unfinished(place: Path) -> None:
    """Delete what a killed process left half written in a folder of ours."""
    for path in unfinished_files(place):
        try:
            if time.time() - path.stat().st_mtime > _UNFINISHED_S:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # whoever wrote it has finished
