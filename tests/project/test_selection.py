"""Ranges, steps and orders of pictures."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InvalidValueError
from annotator.project.creating import create_task
from annotator.project.errors import ProjectError
from annotator.project.folder import open_folder
from annotator.project.selection import ORDERS, Selection

NAMES = [f"{number}.png" for number in range(1, 13)]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), range(12)),
        (Selection(first=2, last=5), [2, 3, 4, 5]),
        (Selection(step=5), [0, 5, 10]),
        (Selection(first=1, last=9, step=4), [1, 5, 9]),
        (Selection(last=0), [0]),
        (Selection(first=50), []),
        (Selection(last=50, step=11), [0, 11]),
    ],
)
def test_ranges(selection: Selection, expected):
    chosen = selection.of(NAMES, str)
    assert chosen == [NAMES[place] for place in expected]
    assert selection.count_of(len(NAMES)) == len(chosen)


def test_orders():
    assert Selection(order="lexicographic", last=3).of(NAMES, str) == [
        "1.png", "10.png", "11.png", "12.png",
    ]  # fmt: skip
    # What every version of Python and every computer gives for this seed.
    assert Selection(order="random", seed=7, last=4).of(NAMES, str) == [
        "9.png", "7.png", "11.png", "4.png", "12.png",
    ]  # fmt: skip
    assert Selection(order="random", seed=8).of(NAMES, str) != Selection(order="random", seed=7).of(
        NAMES, str
    )


@given(
    total=st.integers(0, 40),
    first=st.integers(0, 45),
    more=st.none() | st.integers(0, 45),
    step=st.integers(1, 50),
    order=st.sampled_from(ORDERS),
    seed=st.integers(),
)
def test_what_is_counted_is_what_is_chosen(total, first, more, step, order, seed):
    selection = Selection(first, None if more is None else first + more, step, order, seed)
    names = [str(number) for number in range(total)]
    chosen = selection.of(names, str)
    assert len(chosen) == selection.count_of(total) == len(set(chosen))
    assert set(chosen) <= set(names)


@pytest.mark.parametrize(
    "wrong", [{"first": -1}, {"first": 4, "last": 3}, {"step": 0}, {"order": "size"}]
)
def test_selections_that_make_no_sense(wrong):
    with pytest.raises(InvalidValueError):
        Selection(**wrong)


@pytest.fixture
def folder(tmp_path: Path, make_picture) -> Path:
    for name in NAMES:
        make_picture(tmp_path / "pictures" / name, 20, 10)
    return tmp_path / "pictures"


def test_a_task_of_some_pictures_counts_as_the_whole_does(folder: Path):
    created = create_task(folder, [folder], selection=Selection(first=2, last=8, step=3))
    with created.project as project:
        frames = list(project.frames(created.task.id))
        assert [frame.name for frame in frames] == ["3.png", "6.png", "9.png"]
        assert [created.task.number_of(frame.position) for frame in frames] == [2, 5, 8]
        assert project.tasks()[0].selected
        assert project.history(limit=1)[0].title == "Add pictures (3 pictures)"
    # What was left out on purpose is not offered.
    opened = open_folder(folder)
    opened.project.close()
    assert opened.new == ()


def test_a_task_in_random_order_counts_from_0(folder: Path):
    created = create_task(folder, [folder], selection=Selection(first=3, order="random", seed=1))
    with created.project as project:
        assert (created.task.frame_start, created.task.frame_step) == (0, 1)
        assert project.frame_count(created.task.id) == 9


def test_a_range_behind_the_last_picture_makes_no_project(folder: Path):
    with pytest.raises(ProjectError, match="none of 12 pictures"):
        create_task(folder, [folder], selection=Selection(first=12))
    assert not (folder / ".annotator").exists()
