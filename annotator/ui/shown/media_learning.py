"""Learning to know the media of the open project while nobody waits for it."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

from annotator.background.progress import Progress
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.project.media.identity import hash_media
from annotator.project.project import Project

log = logging.getLogger(__name__)

# The first pictures are shown by then.
_DELAY: Final = 3.0


class MediaLearning:
    """Reads the content hashes of a project's media on a thread of its own, at half of what the disk gives.

    It is no work that a user started, so it is neither listed nor told of.
    """

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, project: Project) -> None:
        """Begin with a project that has just been opened; one that cannot be changed is left alone."""
        if not project.is_writable:
            return
        self._progress, self._stop = Progress(), threading.Event()
        work = partial(_learn, project, self._progress, self._stop)
        self._thread = threading.Thread(target=work, name="media learning", daemon=True)
        self._thread.start()

    def leave(self) -> Callable[[], None]:
        """Stop; returns what waits until the project is let go, for another thread."""
        thread, self._thread = self._thread, None
        if thread is None or self._progress is None:
            return _nothing
        self._stop.set()
        self._progress.cancel()
        return thread.join


def _learn(project: Project, progress: Progress, stop: threading.Event) -> None:
    if stop.wait(_DELAY):
        return
    try:
        hash_media(project, progress, rest=stop.wait)
    except Cancelled:
        return
    except AnnotatorError as error:
        # The disk is full, for instance: edits will say so, this can be done another time.
        log.info("media were not looked at: %s", error)


def _nothing() -> None:
    """Nothing to wait for."""
