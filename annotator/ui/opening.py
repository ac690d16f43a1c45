"""Opening folders, pictures and projects beside the GUI thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.media.folder import PICTURE_SUFFIXES, FoundPicture
from annotator.project.errors import ProjectError
from annotator.project.folder import find_project, open_folder, open_project
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.ui.gui_calls import GuiCalls


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was opened.

    path: the folder the user named. first: the name of the frame to be shown first, empty for the first one.
    media: the folder of its pictures, None for a project that was opened as such. new, gone, problems: see
    `OpenedFolder`.
    """

    path: Path
    project: Project
    task: Task
    first: str = ""
    media: Path | None = None
    new: Sequence[FoundPicture] = ()
    gone: Sequence[Frame] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """What was named is the project that is open. first: as in `Opened`."""

    first: str = ""


Outcome: TypeAlias = Opened | AlreadyOpen


class Opener(QObject):
    """Opens one thing at a time.

    Signals on the GUI thread: `began(path)`; `progressed(text, done, total or 0)`; then either
    `ended(Opened or AlreadyOpen)` or `failed(text)`, whose text is empty where the user stopped it.
    """

    began = Signal(str)
    progressed = Signal(str, int, int)
    ended = Signal(object)
    failed = Signal(str)

    def __init__(self, runner: BackgroundRunner, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._calls = calls
        self._work: Work[Outcome] | None = None
        self._stop = runner.subscribe(self._heard)

    @property
    def is_busy(self) -> bool:
        """Whether something is being opened."""
        return self._work is not None

    def opens_by(self, work: Work[Any]) -> bool:
        """Whether some work is the opening that goes on."""
        return work is self._work

    def open(self, path: Path, current: Path | None) -> None:
        """Open what a path names. current: the folder of the project that is open, which is not opened again."""
        assert self._work is None, "one thing is being opened already"
        work = self._runner.start(f"Opening {path.name or path}", partial(_open, path, current))
        self._work = work
        self.began.emit(str(path))
        work.when_done(lambda _: self._calls.post(partial(self._done, work)))

    def cancel(self) -> None:
        """Stop opening; `failed` tells when it has stopped."""
        if self._work is not None:
            self._work.cancel()

    def _heard(self, work: Work[Outcome]) -> None:
        if work is self._work and work.report.text:
            self._calls.post(partial(self._tell, work))

    def _tell(self, work: Work[Outcome]) -> None:
        if work is self._work:
            report = work.report
            self.progressed.emit(report.text, report.done, report.total or 0)

    def _done(self, work: Work[Outcome]) -> None:
        self._work = None
        if work.state is WorkState.DONE:
            self.ended.emit(work.result())
        elif isinstance(work.error, AnnotatorError):
            self.failed.emit(str(work.error))
        else:
            self.failed.emit("")


def _open(path: Path, current: Path | None, progress: Progress) -> Outcome:
    """Open what a path names; on a worker thread."""
    path = path.expanduser().absolute()
    first = ""
    if path.is_file() and path.suffix.lower() in PICTURE_SUFFIXES:
        path, first = path.parent, path.name
    elif not path.exists():
        raise ProjectError(f"{path} does not exist. Check the path, or choose another folder.")
    known = find_project(path)
    if known is None and not path.is_dir():
        raise ProjectError(
            f"{path} is neither a folder, nor a picture, nor a project. Choose one of these."
        )
    if known is not None and current is not None and known.resolve() == current.resolve():
        return AlreadyOpen(first)
    if known is not None and (known == path or path.is_file()):
        return _opened_project(known)
    return replace(_opened_folder(path, progress), first=first)


def _opened_project(folder: Path) -> Opened:
    project = open_project(folder)
    tasks = project.tasks()
    if not tasks:
        project.close()
        raise ProjectError(
            f"The project in {folder} holds no task yet. Add one with `annotator create`."
        )
    return Opened(folder, project, tasks[0])


def _opened_folder(path: Path, progress: Progress) -> Opened:
    found = open_folder(path, progress)
    return Opened(
        path,
        found.project,
        found.task,
        media=path.resolve(),
        new=found.new,
        gone=found.gone,
        problems=found.problems,
    )
