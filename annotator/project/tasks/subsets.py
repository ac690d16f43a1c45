"""Subsets of frames, such as train and val: by hand, and by ratio.

A split by ratio orders frames by a hash of the seed and their names. It is therefore the same on every machine and
in every version, and does not depend on the order of the frames.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.spelling import spelled_as
from annotator.core.values import checked_text
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.tasks.frame_marking import Mark, mark_frames


@dataclass(frozen=True, slots=True)
class Share:
    """A subset and its share in relation to the others: 8 and 2 are the same as 80 and 20."""

    subset: str
    ratio: float


@dataclass(frozen=True, slots=True, eq=False)
class SubsetPlan:
    """Which frames go into which subset. counts: how many frames each gets, in the order of the shares.

    frames: ids by subset. changed: how many frames are elsewhere now. kept: how many are left where they are.
    """

    counts: Mapping[str, int]
    frames: Mapping[str, Sequence[int]]
    changed: int
    kept: int


def checked_shares(shares: Sequence[Share]) -> list[Share]:
    """Return shares that can be split by. Raises ProjectError where they cannot."""
    if not shares:
        raise ProjectError("No subset is named. Name at least one, such as train.")
    names = [share.subset for share in shares]
    for share in shares:
        if not share.subset.strip():
            raise ProjectError("A subset has no name. Give each of them a name.")
        checked_text(share.subset, "The name of a subset")
        if not 0 <= share.ratio < float("inf"):
            raise ProjectError(
                f"The share of {share.subset!r} is {share.ratio}. Shares are numbers from 0 up."
            )
        if names.count(share.subset) > 1:
            raise ProjectError(f"The subset {share.subset!r} is named twice. Name it once.")
    if not sum(share.ratio for share in shares) > 0:
        raise ProjectError("All shares are 0. Give at least one subset a share.")
    return list(shares)


def counts_of(shares: Sequence[Share], frames: int) -> list[int]:
    """Return how many of some frames each share gets: all are given away, the largest rests first."""
    # Exact, however large or small the shares are.
    ratios = [Fraction(share.ratio) for share in shares]
    exact = [frames * ratio / sum(ratios) for ratio in ratios]
    counts = [int(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: (counts[place] - exact[place], place))
    for place in by_rest[: frames - sum(counts)]:
        counts[place] += 1
    return counts


def plan_split(
    project: Project,
    task: Task,
    shares: Sequence[Share],
    *,
    seed: int = 0,
    only_without: bool = False,
    progress: Progress = NO_PROGRESS,
) -> SubsetPlan:
    """Say which frames of a task a split by ratio puts where; nothing is changed.

    only_without: frames that are in a subset stay there. Raises ProjectError for shares that cannot be split by.
    """
    shares = checked_shares(shares)
    table = project.frame_table(task.id)
    taken = table.subsets == 0 if only_without else np.ones(len(table), dtype=bool)
    order = _shuffled(project, table, taken, seed, progress)
    counts = counts_of(shares, len(order))
    ends = np.cumsum([0, *counts]).tolist()
    frames: dict[str, Sequence[int]] = {}
    changed = 0
    for place, share in enumerate(shares):
        rows = np.sort(order[ends[place] : ends[place + 1]])
        frames[share.subset] = table.ids[rows].tolist()
        changed += int((~table.in_subsets([share.subset])[rows]).sum())
    named = {share.subset: count for share, count in zip(shares, counts, strict=True)}
    return SubsetPlan(named, frames, changed, len(table) - len(order))


def put_split(
    project: Project, task: Task, plan: SubsetPlan, progress: Progress = NO_PROGRESS
) -> None:
    """Put frames into subsets as planned, as one step. Cancelling takes back what was done so far."""
    put_subsets(project, task, plan.frames, "Split into subsets", progress)


def put_subset(
    project: Project,
    task: Task,
    frames: Sequence[int],
    subset: str,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Put frames into one subset by hand, or into none, as one step."""
    title = f"Put frames into {subset}" if subset else "Take frames out of their subset"
    put_subsets(project, task, {subset: frames}, title, progress)


def put_subsets(
    project: Project,
    task: Task,
    frames: Mapping[str, Sequence[int]],
    title: str,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Put frames, by subset, where they belong, as one step."""
    marks = [(ids, _putting(subset)) for subset, ids in frames.items()]
    mark_frames(project, task, marks, title, progress)


def _putting(subset: str) -> Mark:
    return lambda edit, frames: edit.set_subset(frames, subset)


def _shuffled(
    project: Project,
    table: FrameTable,
    taken: NDArray[np.bool_],
    seed: int,
    progress: Progress,
) -> NDArray[np.intp]:
    """The taken rows of a table in an order that a seed and the names decide."""
    row_of = {int(table.positions[row]): int(row) for row in np.flatnonzero(taken)}
    start = str(seed).encode() + b"\0"
    keyed = []
    for position, name in progress.track(project.frame_names(table.task), "Reading names"):
        row = row_of.get(position)
        if row is not None:
            content = start + name.encode(errors="surrogatepass")
            keyed.append((hashlib.blake2b(content, digest_size=16).digest(), row))
    return np.array([row for _, row in sorted(keyed)], dtype=np.intp)


def subset_names(project: Project, tasks: Sequence[int]) -> list[str]:
    """Return the names of the subsets that frames of some tasks are in, without the empty one."""
    found: set[str] = set()
    for task in tasks:
        table = project.frame_table(task)
        used = np.unique(table.subsets).tolist()
        found.update(table.subset_names[place] for place in used)
    return sorted(found - {""})


def chosen_subsets(
    project: Project, tasks: Sequence[int], wanted: Collection[str]
) -> frozenset[str]:
    """Return the wanted subsets as the project spells them.

    Raises ProjectError where no frame of the tasks is in one of them.
    """
    known = subset_names(project, tasks)
    chosen = frozenset(spelled_as(name, known) for name in wanted)
    missing = sorted(chosen - {"", *known})
    if missing:
        there = ", ".join(map(repr, known)) or "none"
        raise ProjectError(f"No frame is in subset {missing[0]!r}. The subsets are: {there}.")
    return chosen
