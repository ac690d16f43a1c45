"""From a folder of pictures, or any pictures, to a project, and back when they are opened again."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.errors import MediaError
from annotator.media.folder import FoundPicture, find_pictures
from annotator.project.closing import closed_on_error
from annotator.project.errors import NetworkDriveError, ProjectError, ReadOnlyError
from annotator.project.media.filling import Filling, begin_task
from annotator.project.media.found_media import (
    FoundMedia,
    check_text,
    find_media,
    in_short,
    problems_of,
)
from annotator.project.media.media_table import frames_of_paths
from annotator.project.organisation import Frame, Task
from annotator.project.project import FILE_NAME, Project
from annotator.safe_io import real_path, safe_file_name

# A hidden folder inside the folder of pictures.
INSIDE: Final = ".annotator"


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """What is other in a folder than in its project.

    new: pictures that lie in the folder and not in the project. gone: frames whose file is not there.
    problems: files that could not be listed, as sentences.
    """

    new: Sequence[FoundPicture] = ()
    gone: Sequence[Frame] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """Pictures with their project.

    changes: what is other in a folder that was opened before. problems: files that could not be listed, as sentences.
    filling: writes the other frames of a new task, where that was left to the caller.
    """

    project: Project
    task: Task
    is_new: bool
    changes: FolderChanges = FolderChanges()
    problems: Sequence[str] = ()
    filling: Filling | None = None

    @property
    def new(self) -> Sequence[FoundPicture]:
        """The pictures that lie in the folder and not in the project."""
        return self.changes.new

    @property
    def gone(self) -> Sequence[Frame]:
        """The frames whose file is not there."""
        return self.changes.gone


def find_project(path: Path) -> Path | None:
    """Return the project folder that a path means, or None.

    The path may be the project's file, its folder, or a folder of pictures that was opened before. Raises
    ProjectError for a path that is not text.
    """
    check_text(path)
    if path.name == FILE_NAME and os.path.isfile(path):
        return path.parent
    for folder in (path, path / INSIDE, _folder_elsewhere(path)):
        if os.path.isfile(folder / FILE_NAME):
            return folder
    return None


def open_project(path: Path, *, read_only: bool = False) -> Project:
    """Open the project that a path means. Raises ProjectError where there is none."""
    folder = find_project(path)
    if folder is None:
        raise ProjectError(f"There is no project in {path}. Create one, or open its folder.")
    return Project.open(folder, read_only=read_only)


def open_for_changing(path: Path) -> Project:
    """Open the project that a path means. Raises ProjectError, ReadOnlyError where it cannot be changed now."""
    project = open_project(path)
    with closed_on_error(project):
        if not project.is_writable:
            reason = project.read_only_reason
            raise ReadOnlyError(f"The project in {path} cannot be changed now. {reason}")
    return project


def open_folder(
    folder: Path, progress: Progress = NO_PROGRESS, *, fill: bool = True
) -> OpenedFolder:
    """Open a folder of pictures: the project it has, or a new one with one task and one job.

    The project lies in a hidden folder inside, or in the user's data folder where that cannot be written or is on a
    network drive. fill: write every frame, and look for what has changed, before returning; else only the first
    frames are written, `filling` writes the others, and `changes_of` is left to the caller.
    """
    folder = real_path(folder)
    if not os.path.isdir(folder):
        raise ProjectError(f"{folder} is not a folder. Choose a folder of pictures.")
    known = find_project(folder)
    if known is not None:
        project = Project.open(known)
        with closed_on_error(project):
            task = _first_task(project, folder)
            changes = changes_of(project, folder, progress) if fill else FolderChanges()
        return OpenedFolder(project, task, False, changes, changes.problems)
    listing = find_pictures(folder, progress=progress)
    if not listing.pictures:
        raise ProjectError(
            f"There are no pictures in {folder}. Choose a folder with JPEG, PNG, WebP, BMP or TIFF files."
            + in_short(problems_of(listing))
        )
    name = folder.name or str(folder)
    problems = problems_of(listing)
    found = [FoundMedia(folder, listing.pictures, problems)]
    return _begun(create_for(folder), name, found, progress, fill=fill)


def open_pictures(
    paths: Sequence[Path], progress: Progress = NO_PROGRESS, *, fill: bool = True
) -> OpenedFolder:
    """Open pictures, folders and archives together: in the project that they had before, or in a new one.

    Its place is in the user's data folder, under a name that follows from the paths. fill: as for `open_folder`.
    """
    place = place_for(paths)
    if os.path.isfile(place / FILE_NAME):
        project = Project.open(place)
        with closed_on_error(project):
            task = _first_task(project, place)
        return OpenedFolder(project, task, is_new=False)
    found = find_media(paths, progress)
    return _begun(Project.create(place), name_for(paths), found, progress, fill=fill)


def place_for(paths: Sequence[Path]) -> Path:
    """Return where the project of some pictures is, or will be; a folder alone has its own inside it."""
    whole = sorted({real_path(path) for path in paths})
    for path in whole:
        check_text(path)
    if len(whole) > 1:
        return _folder_elsewhere(whole[0].parent, *whole)
    return whole[0] if os.path.isdir(whole[0]) else _folder_elsewhere(whole[0])


def name_for(paths: Sequence[Path]) -> str:
    """Return what a task over some paths is called: after the only one, else after the first one's folder."""
    first = real_path(paths[0])
    if len(paths) == 1:
        return (first.stem if os.path.isfile(first) else first.name) or str(first)
    return first.parent.name or str(first.parent)


def _begun(
    project: Project,
    name: str,
    found: Sequence[FoundMedia],
    progress: Progress,
    *,
    fill: bool,
) -> OpenedFolder:
    """Put the first task into a project that was just made."""
    filling: Filling | None = None
    try:
        filling = begin_task(project, name, found, keep_on_error=not fill)
        if fill:
            filling.finish(progress)
    except BaseException:
        discard(project)
        raise
    problems = [problem for one in found for problem in one.problems]
    rest = None if fill else filling
    return OpenedFolder(project, filling.task, is_new=True, problems=problems, filling=rest)


def changes_of(project: Project, folder: Path, progress: Progress = NO_PROGRESS) -> FolderChanges:
    """Compare a folder that was opened before with its project; takes as long as listing the folder."""
    tasks = project.tasks()
    try:
        listing = find_pictures(folder, progress=progress)
    except MediaError as error:
        return FolderChanges(problems=[str(error)])
    listed = {one.path for one in listing.pictures}
    known: set[str] = set()
    gone: list[Frame] = []
    for root, below in _roots_in(project, folder):
        paths = project.known_paths(root)
        known.update(below + path for path in paths)
        missing = [path for path in paths if below + path not in listed]
        gone += _gone(project, tasks, root, folder / below, missing)
    if any(task.selected for task in tasks):
        # The others were left out on purpose.
        return FolderChanges((), gone, listing.problems)
    if tasks and any(picture.target for picture in listing.pictures):
        # What links lead to is kept below the folder where it really lies.
        known |= {frame.name for frame in project.all_frames(tasks[0].id)}
    new = [picture for picture in listing.pictures if picture.path not in known]
    return FolderChanges(new, gone, listing.problems)


def _roots_in(project: Project, folder: Path) -> Iterator[tuple[int, str]]:
    """Yield the media roots that are a folder or lie in it, with what stands before their paths then: `inner/`.

    Pictures that were moved to a folder inside the one that was opened have a root there.
    """
    for root in project.media_roots():
        path = project.root_path(root.id)
        if path.is_relative_to(folder):
            below = path.relative_to(folder).as_posix()
            yield root.id, "" if below == "." else f"{below}/"


def _gone(
    project: Project, tasks: Sequence[Task], root: int, folder: Path, paths: Iterable[str]
) -> list[Frame]:
    """Return the frames of media that were not found below a root and are not elsewhere in it, as hidden files are."""
    missing = sorted(path for path in paths if not os.path.exists(os.path.join(folder, path)))
    if not missing:
        return []
    shown = {task.id for task in tasks}
    found = project.ask(partial(frames_of_paths, root=root, paths=missing))
    return [frame for frame in found if frame.task in shown]


def _first_task(project: Project, place: Path) -> Task:
    """Return the task that a project shows first. Raises ProjectError where it has none that can be shown."""
    task = shown_first(project)
    if task is None:
        raise ProjectError(
            f"The project of {place} holds no task yet. Add one with `annotator create`."
        )
    return task


def shown_first(project: Project) -> Task | None:
    """Return the task that a project shows first, or None. Raises ProjectError where its first frame cannot be read."""
    tasks = project.tasks()
    if not tasks:
        return None
    next(project.frames(tasks[0].id, limit=1), None)
    return tasks[0]


def create_for(folder: Path) -> Project:
    """Make the project of a folder of pictures: inside it, or elsewhere where it cannot lie there."""
    try:
        return Project.create(folder / INSIDE)
    except (ReadOnlyError, NetworkDriveError):
        return Project.create(_folder_elsewhere(folder))


def discard(project: Project) -> None:
    """Close a project that was just made and has come to nothing, and take its files away."""
    project.close()
    for ending in ("", "-wal", "-shm"):
        (project.folder / (FILE_NAME + ending)).unlink(missing_ok=True)
    # Whatever else lies in the folder was there before.
    if not any(project.folder.iterdir()):
        project.folder.rmdir()


def _folder_elsewhere(folder: Path, *among: Path) -> Path:
    """The place of a project outside its pictures: named after their folder, told apart by its path.

    among: the only paths in the folder that are meant.
    """
    whole = folder.absolute()
    text = b"\0".join(os.fsencode(path) for path in (whole, *among))
    mark = hashlib.blake2b(text, digest_size=6).hexdigest()
    name = safe_file_name(whole.name, fallback="pictures")
    return _projects() / f"{name}-{mark}"


def is_elsewhere(place: Path) -> bool:
    """Return whether a project lies in the user's data folder, under a name that the program made."""
    return place.parent == _projects()


def _projects() -> Path:
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / "projects"
