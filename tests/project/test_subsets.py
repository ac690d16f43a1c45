"""Frames put into subsets, by hand and by ratio."""

from collections import Counter
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.project.errors import ProjectError
from annotator.project.tasks.subsets import Share, counts_of, plan_split, put_split, put_subset
from tests.project.many_frames import add_task_of

EIGHTY_TWENTY = [Share("train", 80), Share("val", 20)]


def subsets(project, task):
    return Counter(frame.subset for frame in project.frames(task.id))


@given(
    ratios=st.lists(
        st.floats(0, allow_infinity=False) | st.floats(0, 100), min_size=1, max_size=6
    ).filter(any),
    frames=st.integers(0, 500),
)
@example(ratios=[1e308], frames=6)
@example(ratios=[1e308, 1e308, 5e-324], frames=6)
def test_every_frame_is_given_away_and_each_share_gets_what_is_due_to_less_than_one(ratios, frames):
    shares = [Share(str(place), ratio) for place, ratio in enumerate(ratios)]
    counts = counts_of(shares, frames)
    assert sum(counts) == frames
    for count, ratio in zip(counts, ratios, strict=True):
        due = frames * Fraction(ratio) / sum(map(Fraction, ratios))
        assert abs(count - due) < 1


def test_a_split_says_what_it_will_do_and_then_does_it_as_one_step(project):
    task, _ = add_task_of(project, 10)
    plan = plan_split(project, task, EIGHTY_TWENTY)
    assert plan.counts == {"train": 8, "val": 2}
    assert (plan.changed, plan.kept) == (10, 0)
    assert subsets(project, task) == {"": 10}
    put_split(project, task, plan)
    assert subsets(project, task) == {"train": 8, "val": 2}
    assert plan_split(project, task, EIGHTY_TWENTY).changed == 0
    project.undo()
    assert subsets(project, task) == {"": 10}


def test_a_split_depends_on_the_seed_and_the_names_alone(project):
    first, _ = add_task_of(project, 200)
    plan = plan_split(project, first, EIGHTY_TWENTY, seed=7)
    again = plan_split(project, first, EIGHTY_TWENTY, seed=7)
    other = plan_split(project, first, EIGHTY_TWENTY, seed=8)
    assert plan.frames == again.frames != other.frames
    # What the hash gives must never change: people write the seed down.
    names = [
        project.frame(one).name
        for one in plan_split(project, first, [Share("a", 1), Share("b", 99)]).frames["a"]
    ]
    assert names == ["pictures/74.png", "pictures/165.png"]


def test_frames_that_are_in_a_subset_may_stay_there(project):
    task, frames = add_task_of(project, 10)
    put_subset(project, task, [frame.id for frame in frames[:4]], "test")
    plan = plan_split(project, task, [Share("train", 1), Share("val", 1)], only_without=True)
    assert (plan.counts, plan.kept) == ({"train": 3, "val": 3}, 4)
    put_split(project, task, plan)
    assert subsets(project, task) == {"test": 4, "train": 3, "val": 3}


def test_a_large_split_is_one_step_too_and_stopping_takes_it_back(project):
    task, _ = add_task_of(project, 1_200)
    plan = plan_split(project, task, EIGHTY_TWENTY)
    progress = Progress(lambda report: progress.cancel() if report.done else None, interval=0)
    with pytest.raises(Cancelled):
        put_split(project, task, plan, progress)
    assert subsets(project, task) == {"": 1_200}
    put_split(project, task, plan)
    assert subsets(project, task) == {"train": 960, "val": 240}
    project.undo()
    assert subsets(project, task) == {"": 1_200}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([], "No subset is named"),
        ([Share(" ", 1)], "has no name"),
        ([Share("a", -1), Share("b", 2)], "numbers from 0 up"),
        ([Share("a", float("nan"))], "numbers from 0 up"),
        ([Share("a", float("inf"))], "numbers from 0 up"),
        ([Share("a", 1), Share("a", 2)], "named twice"),
        ([Share("a", 0), Share("b", 0)], "All shares are 0"),
    ],
)
def test_shares_that_cannot_be_split_by_are_refused(project, shares, said):
    task, _ = add_task_of(project, 3)
    with pytest.raises(ProjectError, match=said):
        plan_split(project, task, shares)


def test_taking_frames_out_of_their_subset(project):
    task, frames = add_task_of(project, 3)
    put_subset(project, task, [frame.id for frame in frames], "train")
    put_subset(project, task, [frames[0].id], "")
    assert subsets(project, task) == {"": 1, "train": 2}
    assert [step.title for step in project.history(limit=2)] == [
        "Take frames out of their subset",
        "Put frames into train",
    ]
