"""Where an import comes from, and whether that is still as it was."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.identity import content_hash
from annotator.project.organisation import Frame
from annotator.safe_io import unreadable

# They describe a dataset whose other files lie around them.
_DESCRIPTIONS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A dataset on the disk. path: a file or folder. format: the id of its format."""

    path: Path
    format: str


def fingerprint(path: Path, progress: Progress = NO_PROGRESS) -> str:
    """Return a short text that is the same only while a dataset stays as it is.

    Of a file the content counts; of a folder, names, sizes and times of all files but hidden ones. Raises
    InputError or MediaError where it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    is_folder = os.path.isdir(path)
    if not is_folder:
        digest.update(content_hash(path, progress).encode())
    if is_folder or path.suffix.lower() in _DESCRIPTIONS:
        for line in _listed(path if is_folder else path.parent, progress):
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def frames_fingerprint(frames: Iterable[Frame]) -> str:
    """Return a short text that is the same only while a task has the same frames, by the same names."""
    digest = hashlib.blake2b(digest_size=16)
    for one in frames:
        digest.update(f"{one.id} {one.position} {one.source_index} {one.name}\n".encode())
    return digest.hexdigest()


def _listed(root: Path, progress: Progress) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise unreadable(error.filename or root, error) from error

    for folder, inner, files in os.walk(root, onerror=refuse):
        progress.checkpoint()
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except OSError as error:
                    raise unreadable(path, error) from error
                yield f"{os.path.relpath(path, root)}\0{status.st_size} {status.st_mtime_ns}\n"
