"""The pictures of recent projects on the start page: one small file each among the user's data.

They lie there and not in the projects, so that a project on a drive that is slow or away keeps nobody waiting.
"""

import hashlib
import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage

log = logging.getLogger(__name__)

# Three device pixels for each pixel of the list.
BOX: Final = (168, 120)
_LARGEST_FILE: Final = 1 << 18


def pictures_folder() -> Path:
    """The folder of the pictures, whether it exists or not."""
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / "recent"


def file_name(path: str) -> str:
    """Return the name of the file for what was opened."""
    return f"{hashlib.blake2b(os.fsencode(path), digest_size=12).hexdigest()}.jpg"


def read_pictures(folder: Path, paths: Collection[str]) -> dict[str, QImage]:
    """Return the pictures that are kept, by path, and delete those of other paths; on any thread."""
    names = {file_name(path): path for path in paths}
    found: dict[str, QImage] = {}
    try:
        files = list(folder.iterdir())
    except OSError:
        return found
    for file in files:
        try:
            if file.name not in names:
                file.unlink()
            elif file.stat().st_size <= _LARGEST_FILE:
                image = QImage.fromData(file.read_bytes())
                if not image.isNull() and image.width() <= BOX[0] and image.height() <= BOX[1]:
                    found[names[file.name]] = image
        except OSError as error:
            log.info("the picture of a recent project: %s", error)
    return found
