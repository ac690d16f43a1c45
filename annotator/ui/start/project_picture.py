"""Keeps a picture of each project that is opened, for the start page."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from annotator.core.errors import AnnotatorError
from annotator.media.thumbnails import pack
from annotator.project.media.frame_thumbnails import FrameThumbnails
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.safe_io import write_whole
from annotator.ui.shell.shell import Shell
from annotator.ui.start.recent_pictures import BOX, file_name, pictures_folder

log = logging.getLogger(__name__)

# The first pictures are shown by then.
_DELAY: Final = 1.0
# Of so many frames at the beginning, the first one with a picture is taken.
_TRIED: Final = 8


class ProjectPicture:
    """The picture of the project that is open, made on a thread of its own a moment after it was opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, project: Project, task: Task, path: Path) -> None:
        """Make the picture. path: what the user opened."""
        self._stop = stop = threading.Event()

        def make() -> None:
            if not stop.wait(_DELAY):
                _keep(project, task, self._folder / file_name(str(path)), stop)

        self._thread = threading.Thread(target=make, name="recent picture", daemon=True)
        self._thread.start()

    def leave(self) -> Callable[[], None]:
        """Stop; returns what waits until the project is let go, for another thread."""
        thread, self._thread = self._thread, None
        self._stop.set()
        return _nothing if thread is None else thread.join


def add_to(shell: Shell) -> ProjectPicture:
    """Keep a picture of each project that is opened."""
    recent = ProjectPicture(pictures_folder())

    def begin() -> None:
        path = shell.switch.path
        if path is not None:
            recent.begin(shell.session.project, shell.session.task, path)

    shell.switch.opened.connect(begin)
    shell.switch.add_reader(recent.leave)
    return recent


def _keep(project: Project, task: Task, file: Path, stop: threading.Event) -> None:
    source = FrameThumbnails(project)
    try:
        for frame in project.frames(task.id, limit=_TRIED):
            if stop.is_set():
                return
            found = source.read(frame.id, BOX)
            if found is not None and found.pixels is not None and not found.trouble:
                file.parent.mkdir(parents=True, exist_ok=True)
                with write_whole(file) as stream:
                    stream.write(pack(found.pixels))
                return
    except (
        AnnotatorError,
        OSError,
    ) as error:  # a full disk, for instance: there is an icon instead
        log.info("no picture of a recent project is kept: %s", error)
    finally:
        source.close()


def _nothing() -> None:
    """Nothing to wait for."""
