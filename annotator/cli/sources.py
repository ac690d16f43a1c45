"""What `info` and `convert` read: a dataset in some format, or a project."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.background.progress import Progress
from annotator.cli.choosing import choose_format
from annotator.cli.reading import reading
from annotator.formats.dataset import Dataset, DatasetHeader, DatasetItem, DatasetView
from annotator.formats.summary import Summary, summarise
from annotator.project.folder import find_project

if TYPE_CHECKING:
    from annotator.project.view import ProjectView

# What `info` calls the format of a project.
PROJECT = "project"


@contextmanager
def opened_dataset(path: Path, format_id: str | None, option: str) -> Iterator[Dataset]:
    """Yield a dataset, or a project as one: that is what a path means unless a format is given.

    option: the one the format was given by. Raises BadParameter, FormatError, InputError or ProjectError.
    """
    if format_id is None and find_project(path) is not None:
        from annotator.project.view import ProjectView

        with reading(path) as project:
            yield ProjectDataset(ProjectView(project))
    else:
        yield choose_format(path, format_id, option).read(path)


class ProjectDataset:
    """A view of a project as a dataset that can be read."""

    def __init__(self, view: "ProjectView") -> None:
        self.view = view
        self._header = DatasetHeader(PROJECT, view.labels, view.name)

    @property
    def header(self) -> DatasetHeader:
        """The labels."""
        return self._header

    def items(self) -> Iterator[DatasetItem]:
        """Yield frames and tracks."""
        yield from self.view.frames()
        yield from self.view.tracks()


def loaded(dataset: Dataset, progress: Progress) -> tuple[Dataset, DatasetView]:
    """Return a dataset as one that can be read again without its files, and as a writer wants it."""
    if isinstance(dataset, ProjectDataset):
        return dataset, dataset.view
    from annotator.formats.memory import MemoryDataset

    memory = MemoryDataset.read(dataset, progress)
    return memory, memory


def summary_of(dataset: Dataset, progress: Progress) -> Summary:
    """Count what is in a dataset."""
    summary = summarise(dataset, progress)
    if isinstance(dataset, ProjectDataset):
        # Two tasks may have frames of the same name.
        summary.images = dataset.view.frame_count
    return summary
