"""A folder for files that are needed for a moment."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from annotator.project.project import CACHE

_PREFIX: Final = "scratch-"
# What a killed process left is deleted after this time; younger ones may be in use.
_LEFT_S: Final = 60 * 60


@contextmanager
def scratch_folder(project: Path) -> Iterator[Path]:
    """Yield an empty folder in a project's cache, or in the system's where that cannot be written."""
    with TemporaryDirectory(prefix=_PREFIX, dir=_place(project)) as name:
        yield Path(name)


def _place(project: Path) -> Path | None:
    cache = project / CACHE
    try:
        cache.mkdir(exist_ok=True)
        for left in cache.glob(f"{_PREFIX}*"):
            if time.time() - left.stat().st_mtime > _LEFT_S:
                shutil.rmtree(left, ignore_errors=True)
        # Asks whether this user may write there, which permissions alone do not tell.
        with TemporaryDirectory(prefix=_PREFIX, dir=cache):
            return cache
    except OSError:
        return None
