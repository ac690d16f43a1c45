"""Opening folders, pictures and projects beside the GUI thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.demo.place import DemoPlace, demo_place
from annotator.media.folder import PICTURE_SUFFIXES
from annotator.project.closing import closed_on_error
from annotator.project.errors import ProjectError
from annotator.project.folder import (
    OpenedFolder,
    find_project,
    is_elsewhere,
    open_folder,
    open_pictures,
    open_project,
    shown_first,
)
from annotator.project.media.filling import Filling
from annotator.project.named_paths import Named, named_by
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.widgets.said_below import error_text, said_below

# Problems that are told in one sentence after the other.
_MOST_PROBLEMS: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user named: any mix of folders, archives, pictures, projects and annotation files.

    instead: whether pictures are to be opened even where they could go into the open project.
    """

    paths: tuple[Path, ...]
    instead: bool = False

    @property
    def text(self) -> str:
        """The paths in short."""
        if len(self.paths) == 1:
            return str(self.paths[0])
        return tr(
            "{path} and {count} more", path=str(self.paths[0]), count=in_digits(len(self.paths) - 1)
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was opened.

    path: what the user named, or the project's folder. first: the name of the frame to be shown first, empty for
    the first one. media: the folder of its pictures, None for a project that was opened as such. is_new, problems,
    filling: see `OpenedFolder`. datasets: annotation files that were named with it.
    """

    path: Path
    project: Project
    task: Task
    first: str = ""
    media: Path | None = None
    is_new: bool = False
    problems: Sequence[str] = ()
    filling: Filling | None = None
    datasets: Sequence[Path] = ()

    @property
    def name(self) -> str:
        """What is opened, for a list: the task where the folder's name was made by the program."""
        if self.path == self.project.folder and is_elsewhere(self.path):
            return self.task.name
        return self.path.name or str(self.path)


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """What was named is the project that is open, or belongs to it. first, datasets: as in `Opened`."""

    first: str = ""
    datasets: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class MediaDropped:
    """Pictures that can go into the open project, or be opened instead. datasets: as in `Opened`."""

    media: Sequence[Path]
    datasets: Sequence[Path] = ()


Outcome: TypeAlias = Opened | AlreadyOpen | MediaDropped


class Opener(QObject):
    """Opens one thing at a time.

    Signals on the GUI thread: `began(path)`; `progressed(text, done, total or 0)`; then either
    `ended(Outcome)` or `failed(text)`, whose text is empty where the user stopped it.
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

    def open(self, wanted: Wanted, current: Project | None) -> None:
        """Open what the user named. current: the project that is open, which is not opened again."""
        assert self._work is None, "one thing is being opened already"
        name = tr("Opening {path}", path=wanted.paths[0].name or str(wanted.paths[0]))
        work = self._runner.start(
            name, partial(_open, wanted, current), uses=None, tells_itself=True
        )
        self._work = work
        self.began.emit(wanted.text)
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
            self.progressed.emit(said_below(report.text), report.done, report.total or 0)

    def _done(self, work: Work[Outcome]) -> None:
        self._work = None
        if work.state is WorkState.DONE:
            self.ended.emit(work.result())
        elif isinstance(work.error, AnnotatorError):
            self.failed.emit(error_text(work.error))
        else:
            self.failed.emit("")


def _open(wanted: Wanted, current: Project | None, progress: Progress) -> Outcome:
    """Open what the user named; on a worker thread."""
    demo = demo_place()
    if wanted.paths == (demo.project,) and not demo.is_there:
        return _made_demo(demo, progress)
    named = named_by(wanted.paths, progress)
    for problem in named.problems if named.projects or named.media or named.datasets else ():
        messages.warning(problem)
    if named.projects:
        return _project_of(named, current)
    if named.media:
        return _media_of(named, wanted, current, progress)
    if not named.datasets:
        raise ProjectError(" ".join(named.problems[:_MOST_PROBLEMS]))
    if current is None:
        raise ProjectError(
            tr(
                "{name} holds annotations. Open the pictures that they belong to first, then drop it again.",
                name=named.datasets[0].name,
            )
        )
    return AlreadyOpen(datasets=named.datasets)


def _made_demo(place: DemoPlace, progress: Progress) -> Opened:
    from annotator.demo.project import make_demo

    project, task = make_demo(place, progress)
    return Opened(place.project, project, task, is_new=True)


def _project_of(named: Named, current: Project | None) -> Outcome:
    place = find_project(named.projects[0])
    assert place is not None
    left = len(named.projects) - 1 + len(named.media)
    if left:
        messages.info(
            tr_n(
                "{count} other thing that was dropped is left alone: {project} was opened.",
                "{count} other things that were dropped are left alone: {project} was opened.",
                left,
                project=str(place),
            )
        )
    if _is_current(place, current):
        return AlreadyOpen(datasets=named.datasets)
    project = open_project(place)
    with closed_on_error(project):
        task = shown_first(project)
        if task is None:
            raise ProjectError(
                tr(
                    "The project in {folder} holds no task yet. Add one with `annotator create`.",
                    folder=place,
                )
            )
    return Opened(place, project, task, datasets=named.datasets)


def _media_of(named: Named, wanted: Wanted, current: Project | None, progress: Progress) -> Outcome:
    """A folder is opened, a picture in its folder; all else can go into the open project."""
    first, path = "", named.media[0]
    is_single = len(named.media) == 1
    if is_single and path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
        path, first = path.parent, path.name
    if is_single and path.is_dir():
        if _is_current(find_project(path), current):
            return AlreadyOpen(first, named.datasets)
        found = open_folder(path, progress, fill=False)
        return replace(
            _opened(path, found), first=first, media=path.resolve(), datasets=named.datasets
        )
    if current is not None and current.is_writable and not wanted.instead:
        return MediaDropped(named.media, named.datasets)
    found = open_pictures(named.media, progress, fill=False)
    place = path if is_single else found.project.folder
    return replace(_opened(place, found), datasets=named.datasets)


def _opened(path: Path, found: OpenedFolder) -> Opened:
    return Opened(
        path,
        found.project,
        found.task,
        is_new=found.is_new,
        problems=found.problems,
        filling=found.filling,
    )


def _is_current(place: Path | None, current: Project | None) -> bool:
    return place is not None and current is not None and place.resolve() == current.folder.resolve()
