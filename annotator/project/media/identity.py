"""Learning to know media again: their content hashes, read in the background and kept outside the history."""

import time
from collections.abc import Callable

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.errors import MediaError
from annotator.media.identity import content_hash
from annotator.project.organisation import MediaIdentity
from annotator.project.project import Project
from annotator.safe_io import InputError

# Stored together, so that a large folder does not mean a transaction for each file.
_BATCH = 50


def _no_rest(_seconds: float) -> None:
    """Go on at once."""


def hash_media(
    project: Project,
    progress: Progress = NO_PROGRESS,
    *,
    rest: Callable[[float], object] = _no_rest,
) -> int:
    """Read the content hash of every media file that has none yet; return how many were read.

    rest: called after each file with the seconds it took, to wait as long and leave the disk to others.

    Size and time are taken anew, so that the three belong together. Files that are missing or cannot be read
    are passed over. May be cancelled at any time; what was read is kept.
    """
    waiting: list[MediaIdentity] = []
    count = 0
    try:
        for media in progress.track(project.media_without_hash(), "Reading media"):
            began = time.monotonic()
            try:
                path = project.media_file(media)
                status = path.stat()
                digest = content_hash(path, progress)
            except (OSError, MediaError, InputError):
                continue
            known = MediaIdentity(
                media.id, status.st_size, status.st_mtime_ns, bytes.fromhex(digest)
            )
            waiting.append(known)
            count += 1
            if len(waiting) == _BATCH:
                project.store_identities(waiting)
                waiting = []
            rest(time.monotonic() - began)
    finally:
        project.store_identities(waiting)
    return count
