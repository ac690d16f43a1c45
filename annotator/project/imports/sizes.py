"""Opening a dataset for an import, with the sizes of the task's pictures where the dataset leaves them out."""

from pathlib import Path

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.formats.dataset import Dataset, FrameItem
from annotator.formats.registry import Format
from annotator.project.imports.frame_matching import FrameMatching, NamedKey, match_frames
from annotator.project.organisation import Task
from annotator.project.project import Project


def open_for_import(
    project: Project, format: Format, path: Path, task: Task, progress: Progress = NO_PROGRESS
) -> Dataset:
    """Open a dataset that is to go into a task.

    Formats that store parts of a picture need its size. Where the dataset has not the picture, the task has:
    the frames are matched as the import matches them, which takes one more look through the dataset. Raises
    FormatError and InputError.
    """
    dataset = format.read(path)
    if not format.relative:
        return dataset
    matching = _matched(project, dataset, task, progress)
    if matching is None:
        return dataset

    def size_of(subset: str, name: str) -> tuple[int, int] | None:
        frame = matching.named.get((subset, name))
        return None if frame is None else project.frame_size(frame)

    return format.read(path, {"picture_size": size_of})


def _matched(
    project: Project, dataset: Dataset, task: Task, progress: Progress
) -> FrameMatching | None:
    """Return the frames of the task for those of the dataset, None where it knows the sizes of all."""
    names: dict[NamedKey, int | None] = {}
    lacks_size = False
    for item in progress.track(dataset.items(), "Looking for sizes"):
        if isinstance(item, FrameItem) and item.name:
            names.setdefault((item.subset, item.name), item.number)
            lacks_size |= item.size is None
    if not lacks_size:
        return None
    return match_frames(task, list(project.frames(task.id)), names, (), dataset.header)
