"""Frames for pictures: a new task, also while somebody works on its first frames, and more for a task that is there."""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Final, TypeAlias

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import Cancelled
from annotator.core.labels import LabelSchema
from annotator.media.folder import FoundPicture
from annotator.media.several import with_pages
from annotator.project.errors import ProjectError
from annotator.project.media.found_media import FoundMedia
from annotator.project.media.roots import MediaRoots
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, Task
from annotator.project.project import Project
from annotator.project.selection import EVERYTHING, Selection
from annotator.project.storage.edit import Edit
from annotator.project.storage.store import LongStep

SET_UP: Final = "setup"
# Frames written by one edit of a long step; bounds the memory of a very large folder.
_BATCH: Final = 5_000
# Those of the first edit, after which a task can be worked on.
_FIRST_BATCH: Final = 200
_ADDING: Final = "Adding pictures"


class Filling:
    """A new task, of which the first frames are there, and the others are still to be written.

    All of them are one step. Either `go_on` writes the others, on any thread, or `stop` is called before the project
    is closed; then the task has the frames that it has.
    """

    def __init__(self, task: Task, written: Generator[int, None, None], total: int) -> None:
        self.task = task
        self._written = written
        self._total = total
        self._count = next(written, 0)

    def go_on(self, progress: Progress = NO_PROGRESS) -> None:
        """Write the other frames. Where it is cancelled, those that are there stay, and the step is complete."""
        try:
            self._go_on(progress)
        except Cancelled:
            self.stop()
            raise

    def stop(self) -> None:
        """Write nothing more. Must not be called while `go_on` runs."""
        self._written.close()

    def finish(self, progress: Progress = NO_PROGRESS) -> None:
        """Write the other frames. Where it is cancelled, nothing stays."""
        try:
            self._go_on(progress)
        except Cancelled as error:
            self._written.throw(error)

    def _go_on(self, progress: Progress) -> None:
        progress.report(self._count, self._total, _ADDING)
        for count in self._written:
            self._count = count
            progress.report(count, max(count, self._total), _ADDING)


def begin_task(
    project: Project,
    name: str,
    found: Sequence[FoundMedia],
    *,
    labels: LabelSchema | None = None,
    selection: Selection = EVERYTHING,
    author: str = SET_UP,
    keep_on_error: bool = True,
) -> Filling:
    """Add a task with one job over some pictures, and labels where given, and write its first frames.

    keep_on_error: whether the step stays open where the rest fails, to be kept or undone; else it is taken back.
    Raises ProjectError where the selection leaves no picture.
    """
    # A frame number says which picture it was; in a random order there is no such number.
    is_counted = selection.order != "random"
    task = Task(
        name,
        frame_start=selection.first if is_counted else 0,
        frame_step=selection.step if is_counted else 1,
        selected=not selection.takes_all,
    )
    named, total = _named(project, found), sum(len(one.pictures) for one in found)
    if not selection.is_plain:
        everything = list(named)
        chosen = selection.of(everything, lambda one: one[1])
        if not chosen:
            raise ProjectError(
                f"The range leaves none of {len(everything):,} pictures, which are counted from 0."
                " Choose another range."
            )
        named, total = iter(chosen), len(chosen)
    title = f"Add {name} ({total:,} picture{'' if total == 1 else 's'})"

    def write() -> Generator[int, None, None]:
        with project.long_step(
            title, author=author, task=task.id, keep_on_error=keep_on_error
        ) as step:
            with step.edit() as edit:
                if labels is not None:
                    edit.put_labels(labels)
                edit.put_task(task)
                edit.put_job(Job(task.id))
            try:
                yield from _frames_written(step, task, named, 0)
            except GeneratorExit:
                return  # stopped: the step is complete as it is

    return Filling(task, write(), total)


def add_task(
    project: Project,
    name: str,
    found: Sequence[FoundMedia],
    *,
    labels: LabelSchema | None = None,
    selection: Selection = EVERYTHING,
    author: str = SET_UP,
    progress: Progress = NO_PROGRESS,
) -> Task:
    """Add a task with one job over some pictures, and labels where given, as one step."""
    filling = begin_task(
        project,
        name,
        found,
        labels=labels,
        selection=selection,
        author=author,
        keep_on_error=False,
    )
    filling.finish(progress)
    return filling.task


def add_pictures(
    project: Project,
    task: Task,
    root: Path,
    pictures: Sequence[FoundPicture],
    progress: Progress = NO_PROGRESS,
) -> None:
    """Add pictures at the end of a task, as one step."""
    title = f"Add {len(pictures):,} picture{'' if len(pictures) == 1 else 's'} to {task.name}"
    with project.long_step(title, author=SET_UP, task=task.id) as step:
        position = project.last_position(task.id) + 1
        found = [FoundMedia(root, pictures)]
        for count in _frames_written(step, task, _named(project, found), position):
            progress.report(count, max(count, len(pictures)), _ADDING)


# Frames and where their pictures are --------------------------------------------------------------------

_Named: TypeAlias = tuple[FoundPicture, str, "_Places"]
"""A picture, the name of its frame, and what knows where it lies."""


def _named(project: Project, found: Sequence[FoundMedia]) -> Iterator[_Named]:
    """Yield every picture, TIFF files by their pages, with a name that no other has."""
    roots = MediaRoots(project)
    prefixes = _prefixes(found)
    files = _FileNames(found, prefixes)
    for one, prefix in zip(found, prefixes, strict=True):
        places = _Places(roots, one.root)
        for picture in with_pages(one.root, one.pictures):
            name = prefix + picture.frame_name
            yield picture, files.other_than(name) if picture.name else name, places


class _FileNames:
    """The names of files, which pages must not have too; looked at only where there are pages."""

    def __init__(self, found: Sequence[FoundMedia], prefixes: Sequence[str]) -> None:
        self._found = found
        self._prefixes = prefixes
        self._taken: set[str] | None = None

    def other_than(self, name: str) -> str:
        """Return a name for a page that no file and no other page has."""
        if self._taken is None:
            self._taken = {
                prefix + picture.path
                for one, prefix in zip(self._found, self._prefixes, strict=True)
                for picture in one.pictures
                if not picture.name
            }
        stem, suffix = os.path.splitext(name)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{stem}_{number}{suffix}"
        self._taken.add(name)
        return name


def _prefixes(found: Sequence[FoundMedia]) -> list[str]:
    """What goes before the names of each root's pictures, so that no two frames have the same name."""
    if len(found) == 1:
        return [""]
    names = [picture.frame_name for one in found for picture in one.pictures]
    if len(set(names)) == len(names):
        return [""] * len(found)
    folders = [one.title or one.root.name for one in found]
    if len(set(folders)) == len(folders):
        return [f"{name}/" for name in folders]
    return [f"{number}/{name}/" for number, name in enumerate(folders, 1)]


def _frames_written(
    step: LongStep, task: Task, named: Iterable[_Named], position: int
) -> Generator[int, None, None]:
    """Write frames from a position on; yields how many there are after each edit."""
    pictures = iter(named)
    written = 0
    for size in chain((_FIRST_BATCH,), repeat(_BATCH)):
        batch = list(islice(pictures, size))
        if not batch:
            return
        with step.edit() as edit:
            for place, (picture, name, places) in enumerate(batch, position + written):
                media = places.media_of(picture, edit)
                edit.put_frame(Frame(task.id, place, name, media.id, picture.index))
        written += len(batch)
        yield written


class _Places:
    """Where the pictures of one folder lie: below it, or where links lead to.

    A link inside the folder that the user opened is the user's own word that what lies there belongs to it; a
    path in the project never leads out of its root.
    """

    def __init__(self, roots: MediaRoots, folder: Path) -> None:
        self._roots = roots
        self._folder = folder
        self._shared: dict[str, Media] = {}

    def media_of(self, picture: FoundPicture, edit: Edit) -> Media:
        """Return the media row of a picture; a new one is put into the edit. Pages and members share theirs."""
        known = self._shared.get(picture.path) if picture.name else None
        if known is not None:
            return known
        if picture.target:
            # Unlike what stands before the last separator, this is the top of a drive where a file lies there.
            folder, name = os.path.split(picture.target)
            media = Media(self._roots.of(Path(folder), edit).id, name)
        else:
            media = Media(self._roots.of(self._folder, edit).id, picture.path)
        edit.put_media(media, MediaIdentity(media.id, picture.size, picture.mtime_ns))
        if picture.name:
            self._shared[picture.path] = media
        return media
