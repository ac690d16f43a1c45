"""Which frames of a project are meant: what an export is limited to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.project.frames.frame_table import Bools, FrameTable
from annotator.project.organisation import Job


@dataclass(frozen=True, slots=True)
class FrameSelection:
    """Conditions that a frame must all meet; without any, every frame is meant.

    only_done: marked as done. only_completed: in a job that is completed. only_labelled: with annotations, those of
    tracks among them. subsets: in one of these; the empty name is that of frames without a subset. frames: among
    these ids, such as what a filter found.
    """

    only_done: bool = False
    only_completed: bool = False
    only_labelled: bool = False
    subsets: frozenset[str] | None = None
    frames: frozenset[int] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether there is no condition."""
        return self == EVERYTHING

    def chosen(self, table: FrameTable, jobs: Sequence[Job]) -> Bools:
        """Return which rows of a table are meant. jobs: those of its task."""
        rows = np.ones(len(table), dtype=bool)
        if self.only_done:
            rows &= table.done
        if self.only_completed:
            completed = np.zeros(len(table), dtype=bool)
            for job in jobs:
                if job.state == "completed":
                    completed[table.rows_of(job)] = True
            rows &= completed
        if self.only_labelled:
            rows &= table.labelled
        if self.subsets is not None:
            rows &= table.in_subsets(self.subsets)
        if self.frames is not None:
            rows &= np.isin(table.ids, np.fromiter(self.frames, dtype=np.int64))
        return rows

    def __str__(self) -> str:
        """The conditions as words, to stand after "frames": "done, in subset train"."""
        words = []
        if self.only_done:
            words.append("marked as done")
        if self.only_completed:
            words.append("in completed jobs")
        if self.only_labelled:
            words.append("with annotations")
        if self.subsets is not None:
            named = ", ".join(sorted(name or "(none)" for name in self.subsets))
            words.append(f"in subset {named}")
        if self.frames is not None:
            words.append("that were picked")
        return ", ".join(words) or "all"


EVERYTHING = FrameSelection()


@dataclass(frozen=True, slots=True)
class Choice:
    """How many frames a selection takes, of how many. selection: its conditions in words."""

    frames: int
    of: int
    selection: str

    @property
    def left_out(self) -> int:
        """How many frames are left out by choice."""
        return self.of - self.frames
