"""Two tasks, each with a person who undoes and redoes, label edits and a background writer in between.

Undo out of order either does exactly what the model does, or is refused with a sentence that names a step which
really is in the way, and leaves the file as it was, to the byte.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from annotator.core.annotations import Annotation
from annotator.project.errors import NothingToUndoError, UndoRefusedError
from annotator.project.organisation import Frame
from annotator.project.project import Project
from tests.project.dumps import dump
from tests.project.machine import (
    FRAMES,
    NUMBERS,
    PHASES,
    PLACES,
    SMALL,
    TASKS,
    Operation,
    ProjectMachine,
)
from tests.project.model import Key, ModelStep, RefusedByModelError

# How often each thing happened, so that the test can show that it tried them all.
SEEN: Counter[str] = Counter()


class Interleaving(ProjectMachine):
    """Undo and redo of both tasks, of label edits and of background steps, in any order."""

    def undo_in_task(self, task: int) -> None:
        """Ctrl+Z."""
        expected = self.model.newest_done(task + 1, "user")
        if expected is None:
            with pytest.raises(NothingToUndoError):
                self.project.undo(task=task + 1, author="user")
            return
        shown = self.project.next_undo(task=task + 1, author="user")
        assert shown is not None
        self.compare_step(shown, expected)
        self._revert("undo", expected, task=task + 1, author="user")

    def redo_in_task(self, task: int) -> None:
        """Ctrl+Shift+Z."""
        expected = self.model.newest_undone(task + 1, "user")
        if expected is None:
            with pytest.raises(NothingToUndoError):
                self.project.redo(task=task + 1, author="user")
            return
        shown = self.project.next_redo(task=task + 1, author="user")
        assert shown is not None
        self.compare_step(shown, expected)
        self._revert("redo", expected, task=task + 1, author="user")

    @rule(numbers=st.lists(st.integers(0, 12), min_size=1, max_size=12))
    def revert_from_history(self, numbers: list[int]) -> None:
        """Undo or redo any steps, as from the History panel; given up ones too."""
        for number in numbers:
            self._revert_one(number)

    @rule(choices=st.lists(st.tuples(st.booleans(), TASKS), min_size=2, max_size=8))
    def undo_and_redo(self, choices: list[tuple[bool, int]]) -> None:
        for is_undo, task in choices:
            (self.undo_in_task if is_undo else self.redo_in_task)(task)

    def _revert_one(self, number: int) -> None:
        steps = self.model.steps[1:]
        if not steps:
            return
        chosen = steps[-1 - number % len(steps)]
        found = next(one for one in self.project.history(limit=1000) if one.title == chosen.title)
        if chosen.state == "dropped":
            for revert in (self.project.undo, self.project.redo):
                with pytest.raises(UndoRefusedError, match="given up"):
                    revert(found.id)
            return
        self._revert("undo" if chosen.state == "complete" else "redo", chosen, step=found.id)

    def _revert(self, direction: str, expected: ModelStep, **which: object) -> None:
        before = dump(self.path)
        revert = getattr(self.project, direction)
        blocking = self.model.in_the_way(expected, direction)
        if expected.has_passing_rows and not self._goes(revert, which):
            assert dump(self.path) == before
            return
        try:
            getattr(self.model, direction)(expected)
        except RefusedByModelError:
            SEEN[f"{direction} refused"] += 1
            with pytest.raises(UndoRefusedError) as raised:
                revert(**which)
            assert dump(self.path) == before
            self._check_sentence(str(raised.value), raised.value.blocking, expected, blocking)
        else:
            SEEN[direction] += 1
            if not expected.has_passing_rows:
                self.compare_step(revert(**which), expected)
        self.compare()

    @staticmethod
    def _goes(revert: Callable[..., object], which: dict[str, object]) -> bool:
        """Whether a step can be reverted that the model knows too little of to say."""
        try:
            revert(**which)
        except UndoRefusedError:
            return False
        return True

    def _check_sentence(
        self, text: str, ids: tuple[int, ...], step: ModelStep, blocking: dict[str, str]
    ) -> None:
        assert text.startswith(f"“{step.title}” cannot be "), text
        assert text.endswith("."), text
        named = re.search(r"step “(.*?)”", text)
        if named is None:
            assert ids == ()
            SEEN["not named"] += 1
            self._check_nobody_can_be_named(text, step, blocking)
            return
        SEEN["named"] += 1
        assert named[1] in blocking, (text, blocking)
        assert blocking[named[1]] in text, (text, blocking)
        titles = {one.id: one.title for one in self.project.history(limit=1000)}
        assert [titles[one] for one in ids] == [named[1]]

    def _check_nobody_can_be_named(
        self, text: str, step: ModelStep, blocking: dict[str, str]
    ) -> None:
        """Where a step was given up that this one builds on, or where a law of the labels says it all."""
        if "" in blocking.values():
            return
        assert "label" in text, (text, blocking)
        later = [
            one for one in self.model.steps if one.number > step.number and one.state == "complete"
        ]
        assert not any(table == "label" for one in later for table, _ in one.keys), text

    @rule(task=TASKS, place=PLACES, number=NUMBERS, annotation=SMALL, label=NUMBERS)
    def put_in_background(
        self, task: int, place: int, number: int, annotation: Annotation, label: int
    ) -> None:
        """Another thread writes, as a model or an import does."""
        one = replace(annotation, id=100 * (task + 1) + number, frame=self.frame(task, place).id)
        one = self.label_under(label, one)
        undone = [step for step in self.model.steps if step.state == "undone"]
        self._on_another_thread(
            lambda: self.do("Model", lambda edit: edit.put(one), author="model", task=task + 1)
        )
        # What is done in the background leaves every redo alone.
        assert all(step.state == "undone" for step in undone)
        states = {one.title: one.state for one in self.project.history(limit=1000)}
        assert all(states[step.title] == "undone" for step in undone)

    @rule(number=NUMBERS, heir=NUMBERS)
    def merge_in_background(self, number: int, heir: int) -> None:
        label, move_to = self.some_label(number), self.some_label(heir)
        if label is None or label == move_to:
            return
        operation: Operation = lambda edit: edit.delete_label(label, move_to=move_to)  # noqa: E731
        self._on_another_thread(lambda: self.do("Merge", operation, author="script", task=None))

    @rule(task=TASKS, number=PLACES, position=st.integers(0, FRAMES))
    def move_in_background(self, task: int, number: int, position: int) -> None:
        """A script takes a place that a step undone or redone may need."""
        frame = self.project.frame(self.frame(task, number).id)
        assert frame is not None
        moved = replace(frame, position=position)
        self._on_another_thread(
            lambda: self.do(
                "Script", lambda edit: edit.put_frame(moved), author="script", task=task + 1
            )
        )

    @rule(task=TASKS)
    def meddle_before_redo(self, task: int) -> None:
        """A step is undone, a script changes one of its rows, and redo must see that."""
        expected = self.model.newest_done(task + 1, "user")
        if expected is None:
            return
        steps = self.project.history(limit=1000)
        found = next(one for one in steps if one.title == expected.title)
        self._revert("undo", expected, step=found.id)
        meddle = self._change_of_one(sorted(expected.keys & self.model.rows.keys()))
        if expected.state == "undone" and meddle is not None:
            self._on_another_thread(
                lambda: self.do("Meddle", meddle, author="script", task=task + 1)
            )
            self._revert("redo", expected, step=found.id)

    def _change_of_one(self, keys: list[Key]) -> Operation | None:
        for table, row_id in keys:
            frame = self.project.frame(row_id) if table == "frame" else None
            if frame is not None:
                return partial(_put_frame, replace(frame, done=not frame.done))
            one = self.project.annotation(row_id) if table == "shape" else None
            if one is not None:
                return partial(_put, replace(one, z_order=one.z_order + 1))
        return None

    def _on_another_thread(self, work: object) -> None:
        errors: list[BaseException] = []

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again below
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]

    @rule()
    def reopen(self) -> None:
        states = {one.title: one.state for one in self.project.history(limit=1000)}
        assert states == {step.title: step.state for step in self.model.steps}
        self.project.close()
        self.project = Project.open(self.path.parent)
        assert {one.title: one.state for one in self.project.history(limit=1000)} == states
        self.compare()


def _put(one: Annotation, edit: Any) -> None:
    edit.put(one)


def _put_frame(frame: Frame, edit: Any) -> None:
    edit.put_frame(frame)


@pytest.mark.slow
def test_any_order_of_edits_undo_and_redo() -> None:
    SEEN.clear()
    run_state_machine_as_test(
        Interleaving, settings=settings(max_examples=150, stateful_step_count=40, phases=PHASES)
    )
    # It met successes and refusals in both directions, and refusals that name a step.
    counts = {
        name: SEEN[name] for name in ("undo", "redo", "undo refused", "redo refused", "named")
    }
    assert min(counts.values()) > 5, counts
