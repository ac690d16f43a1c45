"""From folders and files of pictures to a project, and back when the folder is opened again."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.labels import LabelSchema
from annotator.media.errors import MediaError
from annotator.media.folder import PICTURE_SUFFIXES, FolderListing, FoundPicture, find_pictures
from annotator.media.header import read_info
from annotator.media.identity import file_identity
from annotator.project.errors import ProjectError, ReadOnlyError
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task
from annotator.project.project import FILE_NAME, Project
from annotator.project.store import LongStep
from annotator.safe_io import printable, safe_file_name

# A hidden folder inside the folder of pictures.
INSIDE: Final = ".annotator"
SET_UP: Final = "setup"
# Frames written by one edit of a long step; bounds the memory of a very large folder.
_BATCH: Final = 5_000
# Problems that are named where no picture was found.
_MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class FoundMedia:
    """Pictures below one folder. problems: files that could not be listed, as sentences."""

    root: Path
    pictures: Sequence[FoundPicture]
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """A folder of pictures with its project.

    new: pictures that lie in the folder and not in the project. gone: frames whose file is not there.
    problems: files that could not be listed, as sentences.
    """

    project: Project
    task: Task
    is_new: bool
    new: Sequence[FoundPicture] = ()
    gone: Sequence[Frame] = ()
    problems: Sequence[str] = ()


def find_project(path: Path) -> Path | None:
    """Return the project folder that a path means, or None.

    The path may be the project's file, its folder, or a folder of pictures that was opened before. Raises
    ProjectError for a path that is not text.
    """
    _check_text(path)
    if path.name == FILE_NAME and path.is_file():
        return path.parent
    for folder in (path, path / INSIDE, _folder_elsewhere(path)):
        if (folder / FILE_NAME).is_file():
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
    if not project.is_writable:
        reason = project.read_only_reason
        project.close()
        raise ReadOnlyError(f"The project in {path} cannot be changed now. {reason}")
    return project


def open_folder(folder: Path, progress: Progress = NO_PROGRESS) -> OpenedFolder:
    """Open a folder of pictures: the project it has, or a new one with one task and one job.

    The project lies in a hidden folder inside, or in the user's data folder where that cannot be written.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise ProjectError(f"{folder} is not a folder. Choose a folder of pictures.")
    known = find_project(folder)
    if known is not None:
        return _reopened(Project.open(known), folder, progress)
    listing = find_pictures(folder, progress=progress)
    if not listing.pictures:
        raise ProjectError(
            f"There are no pictures in {folder}. Choose a folder with JPEG, PNG, WebP, BMP or TIFF files."
            + _reasons(_problems(listing))
        )
    project = create_for(folder)
    try:
        found = [FoundMedia(folder, listing.pictures)]
        task = add_task(project, folder.name or str(folder), found, progress=progress)
    except BaseException:
        discard(project)
        raise
    return OpenedFolder(project, task, is_new=True, problems=listing.problems)


def find_media(paths: Iterable[Path], progress: Progress = NO_PROGRESS) -> list[FoundMedia]:
    """Look for pictures in folders, which are searched through, and take single files as they are.

    A picture that is named more than once is taken once. Raises ProjectError for a path that does not exist, a file
    that is no picture, or where no picture is found.
    """
    found: list[FoundMedia] = []
    singles: dict[Path, list[FoundPicture]] = {}
    for path in paths:
        whole = path.resolve()
        _check_text(whole)
        if whole.is_dir():
            listing = find_pictures(whole, progress=progress)
            found.append(FoundMedia(whole, listing.pictures, _problems(listing)))
        else:
            singles.setdefault(whole.parent, []).append(_single(whole))
    found += [FoundMedia(root, pictures) for root, pictures in singles.items()]
    if not any(one.pictures for one in found):
        reasons = _reasons([problem for one in found for problem in one.problems])
        where = ", ".join(str(one.root) for one in found[:_MOST_REASONS]) or "what was named"
        raise ProjectError(
            f"No pictures were found in {where}. Name folders or files of pictures.{reasons}"
        )
    return _without_repeats(found)


def _single(path: Path) -> FoundPicture:
    """A file that the user named: a picture by its name, which may be broken, or by its first bytes."""
    try:
        identity = file_identity(path)
        if path.suffix.lower() not in PICTURE_SUFFIXES:
            read_info(path)
    except MediaError as error:
        raise ProjectError(f"{error} Check the path.") from None
    return FoundPicture(path.name, identity.size, identity.mtime_ns)


def _without_repeats(found: Sequence[FoundMedia]) -> list[FoundMedia]:
    seen: set[str] = set()
    result: list[FoundMedia] = []
    for one in found:
        pictures: list[FoundPicture] = []
        for picture in one.pictures:
            place = picture.target or os.path.join(one.root, picture.path)
            if place not in seen:
                seen.add(place)
                pictures.append(picture)
        problems = list(one.problems)
        if repeats := len(one.pictures) - len(pictures):
            problems.append(
                f"Pictures in {one.root} were named twice and are taken once ({repeats})."
            )
        result.append(FoundMedia(one.root, pictures, problems))
    return result


def _problems(listing: FolderListing) -> list[str]:
    """What a user should know of a folder besides its pictures, as sentences."""
    if not listing.videos:
        return listing.problems
    return [
        *listing.problems,
        f"Videos were passed over ({listing.videos}): only pictures are taken.",
    ]


def _reasons(problems: Sequence[str]) -> str:
    """The first problems, to stand behind a sentence."""
    more = len(problems) - _MOST_REASONS
    return "".join(f" {one}" for one in problems[:_MOST_REASONS]) + (
        f" And {more} more." if more > 0 else ""
    )


def add_task(
    project: Project,
    name: str,
    found: Sequence[FoundMedia],
    *,
    labels: LabelSchema | None = None,
    author: str = SET_UP,
    progress: Progress = NO_PROGRESS,
) -> Task:
    """Add a task with one job over some pictures, and labels where given, as one step."""
    task = Task(name)
    pictures = sum(len(one.pictures) for one in found)
    title = f"Add {name} ({pictures} pictures)"
    with project.long_step(title, author=author, task=task.id) as step:
        with step.edit() as edit:
            if labels is not None:
                edit.put_labels(labels)
            edit.put_task(task)
            edit.put_job(Job(task.id))
        position = 0
        prefixes = _prefixes(found)
        for one, prefix in zip(found, prefixes, strict=True):
            roots = _Roots(project, one.root)
            _add_frames(step, task, roots, one.pictures, prefix, position, progress)
            position += len(one.pictures)
    return task


def add_pictures(
    project: Project,
    task: Task,
    root: Path,
    pictures: Sequence[FoundPicture],
    progress: Progress = NO_PROGRESS,
) -> None:
    """Add pictures at the end of a task, as one step."""
    title = f"Add {len(pictures)} pictures to {task.name}"
    with project.long_step(title, author=SET_UP, task=task.id) as step:
        position = project.last_position(task.id) + 1
        _add_frames(step, task, _Roots(project, root), pictures, "", position, progress)


def _check_text(path: Path) -> None:
    """Refuse a path that a project could not keep: on Linux, names need not be UTF-8."""
    if any("\ud800" <= character <= "\udfff" for character in str(path)):
        raise ProjectError(
            f"The path {printable(str(path))} is not valid text. Rename the folder or file."
        )


def _reopened(project: Project, folder: Path, progress: Progress) -> OpenedFolder:
    tasks = project.tasks()
    if not tasks:
        project.close()
        raise ProjectError(f"The project of {folder} holds no task. Open it as a project instead.")
    try:
        listing = find_pictures(folder, progress=progress)
    except MediaError as error:
        return OpenedFolder(project, tasks[0], is_new=False, problems=[str(error)])
    roots = [one.id for one in project.media_roots() if project.root_path(one.id) == folder]
    known = set().union(*(project.known_paths(root) for root in roots))
    if any(picture.target for picture in listing.pictures):
        # What links lead to is kept below the folder where it really lies.
        known |= {frame.name for frame in project.all_frames(tasks[0].id)}
    there = {picture.path for picture in listing.pictures}
    gone = [
        frame
        for frame in (project.frames(tasks[0].id) if known - there else ())
        if frame.name not in there and frame.media is not None
    ]
    new = [picture for picture in listing.pictures if picture.path not in known]
    return OpenedFolder(project, tasks[0], False, new, gone, listing.problems)


def create_for(folder: Path) -> Project:
    """Make the project of a folder of pictures: inside it, or elsewhere where that cannot be written."""
    try:
        return Project.create(folder / INSIDE)
    except ReadOnlyError:
        return Project.create(_folder_elsewhere(folder))


def discard(project: Project) -> None:
    """Close a project that was just made and has come to nothing, and take its files away."""
    project.close()
    for ending in ("", "-wal", "-shm"):
        (project.folder / (FILE_NAME + ending)).unlink(missing_ok=True)
    # Whatever else lies in the folder was there before.
    if not any(project.folder.iterdir()):
        project.folder.rmdir()


def _folder_elsewhere(folder: Path) -> Path:
    """The place of the project of a folder that cannot be written: named after it, told apart by its path."""
    from platformdirs import user_data_path

    whole = folder.absolute()
    mark = hashlib.blake2b(os.fsencode(whole), digest_size=6).hexdigest()
    name = safe_file_name(whole.name, fallback="pictures")
    return user_data_path("annotator", appauthor=False) / "projects" / f"{name}-{mark}"


class _Roots:
    """The media roots that the pictures of one folder need: its own, and those that links lead to.

    A link inside the folder that the user opened is the user's own word that what lies there belongs to it; a
    path in the project never leads out of its root.
    """

    def __init__(self, project: Project, folder: Path) -> None:
        self._project = project
        self._folder = folder
        self._known = {project.root_path(root.id): root for root in project.media_roots()}
        self.new: list[MediaRoot] = []

    def place_of(self, picture: FoundPicture) -> Media:
        """Return where a picture lies, as a new media row."""
        if picture.target:
            folder, _, name = picture.target.rpartition(os.sep)
            return Media(self._root(Path(folder)).id, name)
        return Media(self._root(self._folder).id, picture.path)

    def _root(self, folder: Path) -> MediaRoot:
        root = self._known.get(folder)
        if root is None:
            root = self._known[folder] = MediaRoot(self._written(folder))
            self.new.append(root)
        return root

    def _written(self, folder: Path) -> str:
        """Relative where project and pictures lie together, so that they can be moved together; else absolute."""
        home = self._project.folder.resolve()
        if home.is_relative_to(folder) or folder.is_relative_to(home.parent):
            return Path(os.path.relpath(folder, home)).as_posix()
        return str(folder)


def _prefixes(found: Sequence[FoundMedia]) -> list[str]:
    """What goes before the names of each root's pictures, so that no two frames have the same name."""
    if len(found) == 1:
        return [""]
    names = [picture.path for one in found for picture in one.pictures]
    if len(set(names)) == len(names):
        return [""] * len(found)
    folders = [one.root.name for one in found]
    if len(set(folders)) == len(folders):
        return [f"{name}/" for name in folders]
    return [f"{number}/{name}/" for number, name in enumerate(folders, 1)]


def _add_frames(
    step: LongStep,
    task: Task,
    roots: _Roots,
    pictures: Sequence[FoundPicture],
    prefix: str,
    position: int,
    progress: Progress,
) -> None:
    written = 0
    for start in range(0, len(pictures), _BATCH):
        progress.report(start, len(pictures), "Adding pictures")
        with step.edit() as edit:
            for place, picture in enumerate(pictures[start : start + _BATCH], position + start):
                media = roots.place_of(picture)
                identity = MediaIdentity(media.id, picture.size, picture.mtime_ns)
                edit.put_media(media, identity)
                edit.put_frame(Frame(task.id, place, prefix + picture.path, media.id))
            for root in roots.new[written:]:
                edit.put_root(root)
        written = len(roots.new)
