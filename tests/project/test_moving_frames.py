"""Frames that take each other's places: in one edit, in its undo and in its redo."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation
from annotator.project.errors import ProjectError, UndoRefusedError
from annotator.project.organisation import Frame, Media, MediaRoot, Task
from annotator.project.project import Project
from annotator.project.storage.edit import Edit
from annotator.project.storage.parts import PART_SIZE
from tests.project.change import change
from tests.project.dumps import check_file, recorded
from tests.project.shapes import new_project_with

FRAMES = 7
TASKS = 2


@contextmanager
def new_project() -> Iterator[tuple[Project, list[Frame]]]:
    """A project of two tasks with a few frames each, for one example of a property."""
    with TemporaryDirectory() as folder, Project.create(Path(folder)) as project:
        _, frames, _ = new_project_with(project, FRAMES, tasks=TASKS)
        yield project, frames


def order(project: Project, task: Task | int) -> list[str]:
    task_id = task if isinstance(task, int) else task.id
    return [frame.name for frame in project.all_frames(task_id)]


def undo_and_redo(project: Project, moved: list[Frame]) -> None:
    """Undo and redo the newest step, whose outcome is `moved`, twice."""
    after = recorded(project.path)
    for _ in range(2):
        project.undo()
        undone = recorded(project.path)
        project.redo()
        assert recorded(project.path) == after
        assert {frame.id: project.frame(frame.id) for frame in moved} == {f.id: f for f in moved}
    project.undo()
    assert recorded(project.path) == undone
    check_file(project.path)


@given(st.permutations(range(FRAMES)))
def test_any_order_of_frames_in_one_edit(places: list[int]) -> None:
    with new_project() as (project, frames):
        before = recorded(project.path)
        mine = frames[:FRAMES]
        moved = [replace(frame, position=place) for frame, place in zip(mine, places, strict=True)]
        change(project, "Order", lambda edit: edit.put_frame(*moved))
        names = {frame.position: frame.name for frame in moved}
        assert order(project, frames[0].task) == [names[place] for place in range(FRAMES)]
        if places != sorted(places):
            undo_and_redo(project, moved)
            assert recorded(project.path) == before


@given(st.permutations(range(FRAMES * TASKS)), st.data())
def test_frames_exchanged_between_tasks_some_changed_besides_some_new(
    slots: list[int], data: st.DataObject
) -> None:
    """Any frames move to any places of two tasks; new ones take places that were left."""
    with new_project() as (project, frames):
        before = recorded(project.path)
        tasks = [frames[0].task, frames[FRAMES].task]
        kept = data.draw(st.integers(1, len(frames)))
        moved = [
            replace(
                frame,
                task=tasks[slot // FRAMES],
                # Those that are not kept in the row go behind it.
                position=slot % FRAMES if at < kept else FRAMES + slot,
                done=data.draw(st.booleans()),
            )
            for at, (frame, slot) in enumerate(zip(frames, slots, strict=True))
        ]
        new = [Frame(tasks[s // FRAMES], s % FRAMES, f"new {s}") for s in slots[kept:]]
        change(project, "Mix", lambda edit: edit.put_frame(*new, *moved))
        shown = {frame.id: frame for task in tasks for frame in project.all_frames(task)}
        assert shown == {frame.id: frame for frame in (*moved, *new)}
        after = recorded(project.path)
        if after != before:
            undo_and_redo(project, [*moved, *new])
            assert recorded(project.path) == before


def test_more_frames_than_a_transaction_holds_are_turned_round_at_once(project: Project) -> None:
    count = 3 * PART_SIZE
    (task,), frames, _ = new_project_with(project, count)
    before = recorded(project.path)
    seen: list[int] = []
    project.changed.connect(lambda found: seen.append(len(found.frames)))
    turned = [replace(frame, position=count - 1 - frame.position) for frame in frames]
    change(project, "Turn round", lambda edit: edit.put_frame(*turned))
    assert seen == [count]  # nobody sees half of it
    assert order(project, task) == [frame.name for frame in reversed(frames)]
    project.undo()
    assert recorded(project.path) == before
    project.redo()
    assert order(project, task) == [frame.name for frame in reversed(frames)]
    check_file(project.path)


def test_a_picture_before_thousands_of_others_is_taken_back_in_a_moment(project: Project) -> None:
    """Applied as it is, a changeset of frames that all move on by one takes SQLite half a minute."""
    count = 10_000
    (task,), frames, _ = new_project_with(project, count)
    new = Frame(task.id, 0, "first.jpg")
    moved = [replace(frame, position=frame.position + 1) for frame in frames]
    change(project, "Insert", lambda edit: edit.put_frame(new, *moved))
    assert order(project, task)[:2] == ["first.jpg", "000000.jpg"]
    began = time.process_time()
    project.undo()
    project.redo()
    assert time.process_time() - began < 10
    assert len(order(project, task)) == count + 1


def test_a_picture_before_others_comes_back_with_what_was_drawn_on_it(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 3)
    new = Frame(task.id, 0, "first.jpg")
    drawn = Annotation(new.id, label.id, None)
    moved = [replace(frame, position=frame.position + 1) for frame in frames]

    def insert(edit: Edit) -> None:
        edit.put_frame(new, *moved)
        edit.put(drawn)

    change(project, "Insert", insert)
    undo_and_redo(project, moved)
    project.redo()
    assert project.annotations(new.id) == [drawn]


def test_frames_that_moved_to_a_new_task_move_back_before_it_goes(project: Project) -> None:
    (task,), frames, _ = new_project_with(project, 3)
    other, folder = Task("other"), MediaRoot("..")
    media = Media(folder.id, "first.jpg")
    new = Frame(other.id, 0, "first.jpg", media.id)
    moved = [replace(frame, task=other.id, position=frame.position + 1) for frame in frames]

    def move(edit: Edit) -> None:
        edit.put_task(other)
        edit.put_root(folder)
        edit.put_media(media)
        edit.put_frame(new, *moved)

    change(project, "Move", move)
    undo_and_redo(project, moved)
    assert order(project, task) == [frame.name for frame in frames]


def test_a_picture_put_before_others_does_not_go_while_something_is_drawn_on_it(
    project: Project,
) -> None:
    (task,), frames, label = new_project_with(project, 3)
    new = Frame(task.id, 0, "first.jpg")
    moved = [replace(frame, position=frame.position + 1) for frame in frames]
    change(project, "Insert", lambda edit: edit.put_frame(new, *moved))
    step = project.history(limit=1)[0]
    change(project, "Draw", lambda edit: edit.put(Annotation(new.id, label.id, None)))
    before = recorded(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Draw”"):
        project.undo(step.id)
    assert recorded(project.path) == before


def test_a_place_that_a_frame_keeps_cannot_be_taken(project: Project) -> None:
    _, frames, _ = new_project_with(project, 3)
    before = recorded(project.path)
    taken = [replace(frames[0], position=1), replace(frames[1], position=2)]
    with pytest.raises(ProjectError, match="taken its place"):
        change(project, "Move", lambda edit: edit.put_frame(*taken))
    assert recorded(project.path) == before


def test_an_exchange_is_not_undone_over_a_later_one(project: Project) -> None:
    (task,), frames, _ = new_project_with(project, 3)
    swapped = [replace(frames[0], position=1), replace(frames[1], position=0)]
    change(project, "Swap", lambda edit: edit.put_frame(*swapped))
    step = project.history(limit=1)[0]
    change(project, "Mark", lambda edit: edit.put_frame(replace(swapped[1], done=True)))
    before = recorded(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Mark” changed the same things"):
        project.undo(step.id)
    assert recorded(project.path) == before
    project.undo()
    project.undo()
    assert order(project, task) == [frame.name for frame in frames]


def test_a_place_taken_since_keeps_an_exchange_from_coming_back(project: Project) -> None:
    (task,), frames, _ = new_project_with(project, 3)
    swapped = [replace(frames[0], position=5), replace(frames[1], position=0)]
    change(project, "Swap", lambda edit: edit.put_frame(*swapped))
    step = project.history(limit=1)[0]
    change(project, "Add", lambda edit: edit.put_frame(Frame(task.id, 1, "new.jpg")))
    before = recorded(project.path)
    with pytest.raises(UndoRefusedError, match="“Add”"):
        project.undo(step.id)
    assert recorded(project.path) == before


def test_the_database_itself_keeps_two_frames_from_one_place(project: Project) -> None:
    _, frames, _ = new_project_with(project, 2)
    connection = apsw.Connection(str(project.path))
    with pytest.raises(apsw.ConstraintError, match=r"frame\.position"):
        connection.execute("UPDATE frame SET position = 1 WHERE id = ?", (frames[0].id,))
    connection.close()
