"""Steps of many transactions: imports, their undo and redo, and what others do meanwhile."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.errors import NothingToUndoError, ProjectError, UndoRefusedError
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.storage import history
from annotator.project.storage.changes import Change
from annotator.project.storage.edit import Edit
from annotator.project.storage.history import Step
from annotator.project.storage.parts import PART_SIZE
from annotator.project.storage.reverting import plan_revert
from annotator.project.storage.row_changes import RowChange
from annotator.project.storage.schema import COLUMNS, RECORDED_TABLES
from tests.project.change import change
from tests.project.dumps import check_file, dump, recorded
from tests.project.shapes import batches, import_into, new_project_with

ROOT = Path(__file__).resolve().parents[2]
BOX = Rectangle((1.0, 2.0, 3.0, 4.0))

# How much the memory of a process may grow while it imports 200 000 annotations of 20 points, takes them back
# and does it again: two page caches of 64 MiB, and room to work in. The annotations alone, held as values, are
# 250 MB, their changesets 190 MB.
MOST_GROWTH = 180 << 20

IMPORTED = 2  # the number of that source


@pytest.mark.slow
def test_an_import_of_200_000_annotations_in_bounded_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.project.large_import", str(tmp_path / "p"), "200000"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["counts"] == [200_000, 0, 200_000]
    for phase, growth in report["growth"].items():
        assert growth < MOST_GROWTH, f"{phase}: {growth >> 20} MiB"
    check_file(tmp_path / "p" / "project.annotator", whole=False)


# Undo is refused as a whole ---------------------------------------------------------------------------------


@pytest.fixture
def imported(project: Project) -> tuple[int, list[Frame], Label]:
    """A step that brings a label, frames, and 1 700 annotations on them."""
    (task,), _, _ = new_project_with(project, 5)
    label = Label("imported")
    frames = [Frame(task.id, 5 + place, f"{place}.png") for place in range(30)]
    with project.long_step("Import", author="import", task=task.id) as step:
        with step.edit() as edit:
            edit.put_label(label)
            edit.put_frame(*frames)
        for batch in batches(1700, frames, label):
            with step.edit(fresh=True) as edit:
                edit.put(*batch)
        with step.edit() as edit:
            edit.put_frame(*[replace(frame, subset="train") for frame in frames])
    return step.id, frames, label


def test_undo_and_redo_of_an_import_visit_both_states(
    project: Project, imported: tuple[int, list[Frame], Label]
) -> None:
    step, frames, label = imported
    after = recorded(project.path)
    told: list[Change] = []
    project.changed.connect(told.append)
    for _ in range(2):
        assert project.undo(step).title == "Import"
        assert project.label_counts() == {}
        assert project.labels.get(label.id) is None
        assert project.frame(frames[0].id) is None
        assert project.redo(step).title == "Import"
        assert recorded(project.path) == after
    # Each transaction, and then that the step is in another state.
    assert [one.kind for one in told] == (["undo"] * 7 + ["redo"] * 7) * 2
    for kind in ("undo", "redo"):
        seen = [one for one in told if one.kind == kind][:6]
        assert len(frozenset().union(*(one.annotations for one in seen))) == 1700
        assert frozenset().union(*(one.shown_frames for one in seen)) == {f.id for f in frames}
    check_file(project.path)


def test_undo_is_refused_when_anything_of_it_was_changed_later(
    project: Project, imported: tuple[int, list[Frame], Label]
) -> None:
    step, frames, label = imported
    one = project.annotations(frames[3].id)[0]
    task = frames[0].task
    own = project.labels.named("car")
    assert own is not None
    track = Track(own.id, (Keyframe(frames[1].id, BOX),))
    labelled = Track(label.id, (Keyframe(project_frame(project, task).id, BOX),))
    later: dict[str, Callable[[Edit], object]] = {
        "Move": lambda edit: edit.put(replace(one, shape=BOX)),
        "Hide": lambda edit: edit.put(replace(one, occluded=True)),
        "Note": lambda edit: edit.put(replace(one, foreign={"coco": {"a": 1}})),
        "Delete": lambda edit: edit.delete(one.id),
        "Draw on its frame": lambda edit: edit.put(Annotation(frames[0].id, own.id, BOX)),
        "Tag with its label": lambda edit: edit.put(
            Annotation(project_frame(project, task).id, label.id, None)
        ),
        "Track over its frame": lambda edit: edit.put_track(track, task),
        "Track with its label": lambda edit: edit.put_track(labelled, task),
        "Rename": lambda edit: edit.put_label(replace(label, name="other")),
        "Below": lambda edit: edit.put_label(Label("below", parent=label.id)),
        "Done": lambda edit: edit.put_frame(replace(frames[2], subset="train", done=True)),
    }
    clean = recorded(project.path)
    for title, operation in later.items():
        change(project, title, operation)
        before = dump(project.path)
        with pytest.raises(UndoRefusedError) as raised:
            project.undo(step)
        assert f"the later step “{title}”" in str(raised.value)
        assert raised.value.blocking == (project.history(limit=1)[0].id,)
        assert dump(project.path) == before
        project.undo()
        assert recorded(project.path) == clean
    # An equal annotation elsewhere, or a change that was taken back, is in nobody's way.
    project.undo(step)
    check_file(project.path)


def project_frame(project: Project, task: int) -> Frame:
    """A frame that was there before the import."""
    return next(project.frames(task))


def test_redo_is_refused_when_its_places_are_taken_or_its_labels_gone(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 1200)
    track = Track(label.id, tuple(Keyframe(frame.id, BOX) for frame in frames))
    bus = Label("bus")
    with project.edit("Draw") as edit:
        edit.put_label(bus)
        edit.put_track(track, task.id)
    with project.edit("Shorten") as edit:
        edit.put_track(replace(track, keyframes=track.keyframes[:10]), task.id)
    shorten = project.history(limit=1)[0].id
    # Undo of a deletion of key frames, where another key frame has taken the place of one.
    change(project, "Set", lambda edit: edit.put_keyframe(track.id, Keyframe(frames[900].id, BOX)))
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Set”"):
        project.undo(shorten)
    assert dump(project.path) == before
    project.undo()
    project.undo(shorten)
    assert project.track(track.id) == track
    # Redo of an import whose label was deleted since.
    imported = import_into(project, 1100, frames, bus)
    project.undo(imported)
    change(project, "Delete bus", lambda edit: edit.delete_label(bus.id))
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Delete bus”"):
        project.redo(imported)
    assert dump(project.path) == before
    project.undo()
    project.redo(imported)
    assert project.label_counts() == {bus.id: 1100}
    # Redo of the deletion of a label that somebody has used since.
    change(project, "Delete it all", lambda edit: edit.delete_label(bus.id))
    deletion = project.undo().id
    tag = Annotation(frames[0].id, bus.id, None)
    change(project, "Use it", lambda edit: edit.put(tag), author="model")
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Use it”"):
        project.redo(deletion)
    assert dump(project.path) == before
    check_file(project.path)


def test_undo_is_refused_where_a_label_would_clash(project: Project) -> None:
    _, frames, label = new_project_with(project, 50)
    import_into(project, 1100, frames, label)
    change(project, "Delete car", lambda edit: edit.delete_label(label.id))
    deletion = project.history(limit=1)[0].id
    change(project, "New car", lambda edit: edit.put_label(Label("car")))
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match=r"two labels named 'car'\. Undo .*“New car” first"):
        project.undo(deletion)
    assert dump(project.path) == before
    project.undo()
    project.undo(deletion)
    assert project.label_counts() == {label.id: 1100}


def test_undo_is_refused_where_somebody_came_between_two_transactions(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 5)
    one = Annotation(frames[0].id, label.id, BOX)
    with project.long_step("Import", author="import", task=task.id) as step:
        with step.edit(fresh=True) as edit:
            edit.put(one)
        change(project, "Between", lambda edit: edit.put(replace(one, z_order=1)))
        with step.edit() as edit:
            edit.put(replace(one, z_order=2))
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match="“Between”"):
        project.undo(step.id)
    assert dump(project.path) == before
    # It is whoever came last that has to go first, and that is the import itself.
    with pytest.raises(UndoRefusedError, match="“Import”"):
        project.undo(author="user")
    assert dump(project.path) == before


@pytest.mark.parametrize("count", [2, 2 * PART_SIZE])
def test_who_took_away_what_a_step_changed_is_named_and_not_who_made_it(
    project: Project, count: int
) -> None:
    _, frames, label = new_project_with(project, 1)
    other = Label("bus")
    made = [Annotation(frames[0].id, label.id, BOX) for _ in range(count)]
    change(project, "Add", lambda edit: edit.put(*made))
    change(project, "Label", lambda edit: edit.put_label(other))
    change(project, "Merge", lambda edit: edit.delete_label(label.id, move_to=other.id))
    step = project.history(limit=1)[0]
    change(project, "Delete", lambda edit: edit.delete(made[0].id, made[-1].id))
    with pytest.raises(UndoRefusedError, match="the later step “Delete” changed"):
        project.undo(step.id)
    project.undo()
    project.undo(step.id)
    check_file(project.path)


def test_a_step_cannot_be_undone_while_it_is_being_made(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 5)
    with project.long_step("Import", author="import", task=task.id) as step:
        with step.edit(fresh=True) as edit:
            edit.put(Annotation(frames[0].id, label.id, BOX))
        with pytest.raises(UndoRefusedError, match="still being made"):
            project.undo(step.id)
        with pytest.raises(UndoRefusedError, match="still being made"):
            project.redo(step.id)
        with pytest.raises(ProjectError, match="not an interrupted one"):
            project.keep_step(step.id)
        assert project.interrupted_steps() == []
        # What is undone meanwhile is the step before it.
        assert project.next_undo().title == "Set up"
    assert project.next_undo().id == step.id


# Failure, cancel, keep ------------------------------------------------------------------------------------


def test_an_import_that_fails_is_taken_back_or_left_to_the_user(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 20)
    before = recorded(project.path)

    def fail(*, keep: bool) -> None:
        with project.long_step("Import", author="import", task=task.id, keep_on_error=keep) as step:
            for number, batch in enumerate(batches(10 * PART_SIZE, frames, label)):
                if number == 3:
                    raise ZeroDivisionError
                with step.edit(fresh=True) as edit:
                    edit.put(*batch)

    with pytest.raises(ZeroDivisionError):
        fail(keep=False)
    assert recorded(project.path) == before
    assert project.history(limit=1)[0].state == "dropped"
    with pytest.raises(NothingToUndoError):
        project.redo()
    for keep in (True, False):
        with pytest.raises(ZeroDivisionError):
            fail(keep=True)
        (open_step,) = project.interrupted_steps()
        assert project.label_counts() == {label.id: 3 * PART_SIZE}
        if keep:
            assert project.keep_step(open_step.id).id == open_step.id
            assert project.history(limit=1)[0].state == "complete"
        project.undo(open_step.id)
        assert recorded(project.path) == before
        assert project.interrupted_steps() == []
    with pytest.raises(ProjectError, match="not an interrupted one"):
        project.keep_step(open_step.id)
    check_file(project.path)


def test_an_import_that_fails_after_somebody_built_on_it_is_left_to_the_user(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    (task,), frames, label = new_project_with(project, 20)

    def fail(error: type[Exception]) -> None:
        with project.long_step("Import", author="import", task=task.id) as step:
            with step.edit(fresh=True) as edit:
                edit.put(*next(batches(PART_SIZE, frames, label)))
            one = project.annotations(frames[0].id)[0]
            change(project, "Correct", lambda edit: edit.put(replace(one, occluded=True)))
            raise error

    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError)
    assert "could not be taken back" in caplog.text
    (open_step,) = project.interrupted_steps()
    with pytest.raises(UndoRefusedError, match="“Correct”"):
        project.undo(open_step.id)
    project.undo(author="user")
    project.undo(open_step.id)
    assert project.label_counts() == {}
    # What the user is told leaves no doubt about what is there.
    with pytest.raises(ProjectError) as raised:
        fail(Cancelled)
    assert str(raised.value) == (
        "Stopped on request. What was written before could not be taken back: “Import” cannot be undone:"
        " the later step “Correct” changed the same things. Undo that one first."
        " “Import” is in the history as an interrupted step."
    )
    assert len(project.interrupted_steps()) == 1


# Others at work meanwhile ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_edits_of_others_during_undo_and_redo_never_tear_it(tmp_path: Path) -> None:
    """Each edit either gets in before, or is refused with a sentence, or has nothing to do with it."""
    seen: Counter[str] = Counter()
    for seed in range(6):
        with Project.create(tmp_path / str(seed)) as project:
            _undo_and_redo_beside_others(project, random.Random(seed), seen)
            check_file(project.path)
    assert min(seen[name] for name in ("undone", "complete", "refused edits")) > 0, seen


def _undo_and_redo_beside_others(
    project: Project, chance: random.Random, seen: Counter[str]
) -> None:
    (task,), frames, label = new_project_with(project, 400)
    other = Label("bus")
    change(project, "Add", lambda edit: edit.put_label(other))
    step = import_into(project, 4000, frames[:300], label, task=task.id)
    imported = [project.annotations(frame.id)[0] for frame in frames[:300:7]]
    stop = threading.Event()
    refusals: list[str] = []
    made = [0]

    def disturb() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                change(project, f"Edit {number}", random_edit)
                made[0] += 1
            except ProjectError as error:
                refusals.append(str(error))
                continue
            # Taken back at once, so that the next undo or redo has a chance.
            while project.history(limit=1)[0].title == f"Edit {number}":
                try:
                    project.undo(author="user")
                    break
                except ProjectError as error:
                    refusals.append(str(error))

    def random_edit(edit: Edit) -> None:
        kind = chance.choice(("far", "far", "touch", "delete", "label", "same frame"))
        if kind == "far":
            edit.put(Annotation(chance.choice(frames[300:]).id, other.id, BOX))
        elif kind == "touch":
            edit.put(replace(chance.choice(imported), z_order=chance.randrange(9)))
        elif kind == "delete":
            edit.delete(chance.choice(imported).id)
        elif kind == "label":
            edit.put_label(replace(label, colour=f"#00000{chance.randrange(9)}"))
        else:
            edit.put(Annotation(chance.choice(frames[:300]).id, label.id, BOX))

    thread = threading.Thread(target=disturb)
    thread.start()
    outcomes = []
    try:
        for _ in range(6):
            state = next(one.state for one in project.history(limit=10_000) if one.id == step)
            revert = project.undo if state == "complete" else project.redo
            try:
                revert(step)
                outcomes.append("undone" if state == "complete" else "complete")
            except UndoRefusedError as error:
                refusals.append(str(error))
                outcomes.append(state)
            now = next(one.state for one in project.history(limit=10_000) if one.id == step)
            assert now == outcomes[-1]
    finally:
        stop.set()
        thread.join()
    assert made[0] > 0
    for sentence in refusals:
        assert (
            "just being undone or redone. Wait until that is done." in sentence
            or "refers to something that is gone by now" in sentence
            or sentence.startswith("“Import” cannot be ")
        ), sentence
    imported_now = sum(1 for row in recorded(project.path)["shape"] if row[9] == IMPORTED)
    assert imported_now == (0 if outcomes[-1] == "undone" else 4000)
    seen.update(outcomes)
    seen["refused edits"] += len(refusals)


def test_during_an_undo_only_what_is_in_its_way_is_refused(project: Project) -> None:
    """Edits made between the transactions of an undo, at a moment that is certain to lie inside."""
    (task,), frames, _ = new_project_with(project, 300)
    other = Label("bus")
    change(project, "Add", lambda edit: edit.put_label(other))
    imported_label = Label("imported")
    with project.long_step("Import", author="import", task=task.id) as step:
        with step.edit() as edit:
            edit.put_label(imported_label)
        for batch in batches(3 * PART_SIZE, frames[:200], imported_label):
            with step.edit(fresh=True) as edit:
                edit.put(*batch)
    first = project.annotations(frames[0].id)[0]  # of the first transaction, so undone last
    far = Annotation(frames[250].id, other.id, BOX)
    on_its_frame = Annotation(frames[0].id, other.id, BOX)
    results: dict[str, str] = {}

    def between(told: Change) -> None:
        if told.kind != "undo" or results:
            return
        for name, operation in (
            ("far", lambda edit: edit.put(far)),
            ("own frame", lambda edit: edit.put(on_its_frame)),
            ("touch", lambda edit: edit.put(replace(first, z_order=1))),
            ("delete", lambda edit: edit.delete(first.id)),
            ("its label", lambda edit: edit.put(Annotation(frames[250].id, imported_label.id, BOX))),
            ("labels", lambda edit: edit.put_label(Label("more"))),
        ):  # fmt: skip
            try:
                change(project, name, operation)
                results[name] = "done"
            except UndoRefusedError as error:
                results[name] = str(error)
        for name, revert in (("undo again", project.undo), ("redo", project.redo)):
            try:
                revert(step.id)
            except UndoRefusedError as error:
                results[name] = str(error)

    project.changed.connect(between)
    project.undo(step.id)
    wait = "“Import” is just being undone or redone. Wait until that is done."
    other_wait = "Another long step is just being undone or redone. Wait until that is done."
    assert results == {
        "far": "done",
        "own frame": "done",
        "touch": wait,
        "delete": wait,
        "its label": wait,
        "labels": wait,
        "undo again": other_wait,
        "redo": other_wait,
    }
    assert project.label_counts() == {other.id: 2}
    assert imported_label.id not in project.labels
    check_file(project.path)


def test_guarding_what_an_undo_touches_leaves_the_plan_as_it_is(project: Project) -> None:
    """Others are kept from it while whoever undoes goes through the plan."""
    _, frames, label = new_project_with(project, 5)
    step = history.step(project.ask(lambda db: db), import_into(project, 1200, frames, label))
    assert step is not None
    plan = project.ask(lambda db: plan_revert(db, step, "undo"))
    before = repr(plan)
    for table in RECORDED_TABLES:
        row = (0,) * len(COLUMNS[table])
        changes = [RowChange(table, 0, row, None), RowChange(table, 0, None, row)]
        project.ask(lambda db, changes=changes: plan.check(db, changes))
    assert repr(plan) == before


def test_two_threads_that_undo_the_same_step_undo_it_once(project: Project) -> None:
    _, frames, label = new_project_with(project, 50)
    for size in (1, 3 * PART_SIZE):
        with project.edit("Draw") as edit:
            for batch in batches(size, frames, label):
                edit.put(*batch)
        step = project.history(limit=1)[0].id
        outcomes: list[str] = []

        def undo(step: int = step, outcomes: list[str] = outcomes) -> None:
            try:
                project.undo(step)
                outcomes.append("undone")
            except UndoRefusedError as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=undo) for _ in range(4)]
        lock = project._store.transactions.lock
        with lock:  # all have looked the step up before the first of them begins
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + 5
            while len(lock._waiting) + len(outcomes) < 4 and time.monotonic() < deadline:
                time.sleep(0.001)
        for thread in threads:
            thread.join()
        assert outcomes.count("undone") == 1, outcomes
        assert project.label_counts() == {}
        check_file(project.path)


def test_an_annotation_that_was_given_a_geometry_later_does_not_go_without_it(
    project: Project,
) -> None:
    """Tags have no geometry; what a format left with one is kept in its place."""
    (task,), frames, label = new_project_with(project, 10)
    tags = [Annotation(frames[n % 10].id, label.id, None) for n in range(2 * PART_SIZE)]
    long_step = project.long_step("Import", author="import", task=task.id)
    with long_step as step, step.edit(fresh=True) as edit:
        edit.put(*tags)
    noted = replace(tags[3], foreign={"coco": {"a": 1}})
    for round_trips in range(2):  # first as ids, then as changesets
        change(project, "Note", lambda edit: edit.put(noted))
        before = dump(project.path)
        with pytest.raises(UndoRefusedError, match="the later step “Note”"):
            project.undo(step.id)
        assert dump(project.path) == before
        project.undo()
        project.undo(step.id)
        if round_trips == 0:
            project.redo(step.id)
    # And the other way round: a geometry does not come back to an annotation that is gone.
    project.redo(step.id)
    change(project, "Note", lambda edit: edit.put(noted))
    change(project, "Forget", lambda edit: edit.put(tags[3]))
    forget = project.history(limit=1)[0].id
    change(project, "Delete", lambda edit: edit.delete(tags[3].id))
    before = dump(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Delete”"):
        project.undo(forget)
    assert dump(project.path) == before
    check_file(project.path)


# Nobody takes a step that is just being completed for one that a crash has left -------------------------------


def test_a_step_that_ends_while_it_is_asked_for_is_not_an_interrupted_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    read = history.steps_in_state
    asked, may_end = threading.Event(), threading.Event()

    def read_and_let_it_end(*given: Any) -> list[Step]:
        found = read(*given)
        may_end.set()
        thread.join(0.3)
        return found

    def make() -> None:
        with project.long_step("Add", author="import") as step:
            with step.edit() as edit:
                edit.put_label(Label("added"))
            asked.set()
            may_end.wait()

    thread = threading.Thread(target=make)
    thread.start()
    asked.wait()
    monkeypatch.setattr(history, "steps_in_state", read_and_let_it_end)
    assert project.interrupted_steps() == []
    thread.join()
    monkeypatch.undo()
    assert project.interrupted_steps() == []
