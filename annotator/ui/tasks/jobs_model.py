"""The jobs of the shown task as the rows of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from annotator.project.frames.frame_progress import FrameProgress, progress_of_jobs, rows_of_jobs
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import Job
from annotator.translation import in_digits, tr
from annotator.ui.tasks.jobs_names import job_text
from annotator.ui.widgets.plain_tips import plain_tip

JOB_ROLE: Final = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it is shown. number: from 1. first, last: the numbers of its frames, from 1.

    is_known: whether its frames are; they are read when the task is opened.
    """

    number: int
    job: Job
    first: int
    last: int
    progress: FrameProgress
    is_known: bool = True

    @property
    def title(self) -> str:
        """Its number and its frames."""
        if not self.is_known:
            return f"{self.number} · …"
        if not self.progress.frames:
            return tr("{number} · no frames", number=self.number)
        return tr(
            "{number} · frames {first}–{last}",
            number=self.number,
            first=in_digits(self.first),
            last=in_digits(self.last),
        )

    @property
    def progress_text(self) -> str:
        """How many of its frames are done."""
        if not self.is_known:
            return "…"
        return f"{in_digits(self.progress.done)} / {in_digits(self.progress.frames)}"

    @property
    def details(self) -> str:
        """What is said of it."""
        return job_text(self.job)


class TaskJobsModel(QAbstractListModel):
    """One row for each job, by its first frame."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        self._firsts: list[int] = []
        self._progress: list[FrameProgress] = []

    def show(self, jobs: Sequence[Job], table: FrameTable | None) -> None:
        """Show other jobs, or how far they are now."""
        same = [job.id for job in jobs] == [job.id for job in self._jobs]
        if not same:
            self.beginResetModel()
        self._jobs = list(jobs)
        self._progress = [] if table is None else progress_of_jobs(table, jobs)
        self._firsts = [] if table is None else (rows_of_jobs(table, jobs)[0] + 1).tolist()
        if not same:
            self.endResetModel()
        elif self._jobs:
            self.dataChanged.emit(self.index(0), self.index(len(self._jobs) - 1))

    @property
    def jobs(self) -> Sequence[Job]:
        """The jobs in their order."""
        return self._jobs

    def job_row(self, place: int) -> JobRow | None:
        """Return what a row shows, or None."""
        if not 0 <= place < len(self._jobs):
            return None
        known = place < len(self._progress)
        progress = self._progress[place] if known else FrameProgress(0, 0, 0)
        first = self._firsts[place] if known else 1
        last = first + progress.frames - 1
        return JobRow(place + 1, self._jobs[place], first, last, progress, is_known=known)

    def place_of(self, job_id: int) -> int | None:
        """Return the row of a job, or None."""
        return next((i for i, job in enumerate(self._jobs) if job.id == job_id), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many jobs there are."""
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        row = self.job_row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == JOB_ROLE:
            return row
        done = tr("{done} done", done=row.progress_text)
        text = f"{row.title}, {row.details}, {done}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        return text if role == Qt.ItemDataRole.DisplayRole else None
