import itertools
from dataclasses import replace
from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.frames.frame_cards import (
    FrameCard,
    read_cards,
    read_cards_of,
    read_ids,
    read_positions,
)
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from tests.project.shapes import new_project_with

Made = tuple[Task, list[Frame]]


def made(project: Project, frames: int = 10) -> Made:
    """A task whose second frame is removed, the third is done and in a subset and has two annotations."""
    tasks, pictures, label = new_project_with(project, frames, tasks=2)
    own = [frame for frame in pictures if frame.task == tasks[0].id]
    box = Rectangle((0.0, 0.0, 5.0, 5.0))
    with project.edit("Mark") as edit:
        edit.put_frame(replace(own[1], removed=True))
        edit.put_frame(replace(own[2], done=True, subset="train"))
        edit.put(*(Annotation(own[2].id, label.id, box) for _ in range(2)))
    return tasks[0], own


def test_cards_tell_what_is_known_of_frames(project: Project) -> None:
    task, frames = made(project)

    cards = project.ask(partial(read_cards, task=task.id, first=0, limit=3))

    assert cards == [
        FrameCard(frames[0].id, 0, "000000.jpg", "", False, 0),
        FrameCard(frames[2].id, 2, "000002.jpg", "train", True, 2),
        FrameCard(frames[3].id, 3, "000003.jpg", "", False, 0),
    ]


def test_cards_by_id_leave_out_what_is_removed_or_gone(project: Project) -> None:
    _, frames = made(project)

    cards = project.ask(partial(read_cards_of, frame_ids=[frames[1].id, frames[2].id, 77]))

    assert [card.id for card in cards] == [frames[2].id]


def test_positions_are_those_of_frames_that_are_there(project: Project) -> None:
    task, _ = made(project)

    positions = project.ask(partial(read_positions, task=task.id))

    assert positions.tolist() == [0, 2, 3, 4, 5, 6, 7, 8, 9]
    assert project.ask(partial(read_positions, task=999)).tolist() == []


def test_ids_by_position(project: Project) -> None:
    task, frames = made(project)

    def ids(*positions: int) -> list[int]:
        return project.ask(
            partial(read_ids, task=task.id, positions=np.array(positions, dtype=np.int64))
        )

    assert ids(0, 1, 2, 3) == [frames[place].id for place in (0, 2, 3)]
    assert ids(9, 0) == [frames[place].id for place in (0, 9)]
    assert ids(500) == ids() == []


@given(st.sets(st.integers(0, 60)))
def test_stretches_hold_exactly_the_positions(chosen: set[int]) -> None:
    from annotator.project.frames.frame_cards import _runs

    runs = _runs(np.array(sorted(chosen), dtype=np.int64))

    assert [n for first, last in runs for n in range(first, last + 1)] == sorted(chosen)
    assert all(b[0] > a[1] + 1 for a, b in itertools.pairwise(runs))
