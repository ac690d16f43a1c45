"""How a media file is known again after it was moved or renamed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.errors import MediaError, naming
from annotator.safe_io import open_regular

_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Two files with the same hash have the same content; size and time tell cheaply whether to look again."""

    size: int
    """In bytes."""
    mtime_ns: int
    hash: str | None = None
    """See `content_hash`; None until it was computed."""


def file_identity(path: Path) -> FileIdentity:
    """Return size and time of a file, without its hash. Raises MediaError."""
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"{path} cannot be found: {error.strerror}.") from None
    return FileIdentity(status.st_size, status.st_mtime_ns)


def content_hash(path: Path, progress: Progress = NO_PROGRESS) -> str:
    """Return the BLAKE2b hash (32 bytes, as hexadecimal digits) of a file of any length.

    BLAKE2b, as it is in the standard library and faster than SHA-256 where the processor has no instructions
    for that. Reads piece by piece and can be paused and cancelled. Raises InputError or
    MediaError.
    """
    digest = hashlib.blake2b(digest_size=32)
    with naming(path), open_regular(path) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            progress.checkpoint()
    return digest.hexdigest()
