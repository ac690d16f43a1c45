"""Random edits of everything: undo of all and redo of all visit every state exactly, also after reopening."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from annotator.project.project import Project
from tests.project.dumps import Dump, check_file, recorded
from tests.project.machine import PHASES, Operation, ProjectMachine
from tests.project.model import ModelStep


class RandomEdits(ProjectMachine):
    """One person's edits in a row."""

    def __init__(self) -> None:
        self.states: list[Dump] = []
        super().__init__()

    def do(self, title: str, operation: Operation, **options: Any) -> ModelStep | None:
        if not self.states:
            self.states = [recorded(self.path)]
        step = super().do(title, operation, **options)
        if step is not None:
            self.states.append(recorded(self.path))
        return step

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.path.parent)
        assert self.project.is_writable
        assert recorded(self.path) == self.states[-1]
        self.compare()

    @rule()
    def undo_all_and_redo_all(self) -> None:
        steps = list(self.model.steps)
        for step, state in reversed(list(zip(steps, self.states, strict=False))):
            before = self.project.next_undo()
            assert before is not None
            self.compare_step(before, step)
            assert self.project.undo() == before
            self.model.undo(step)
            assert recorded(self.path) == state
            self.compare()
        assert self.project.next_undo() is None
        for step, state in zip(steps, self.states[1:], strict=True):
            before = self.project.next_redo()
            assert before is not None
            self.compare_step(before, step)
            assert self.project.redo() == before
            self.model.redo(step)
            assert recorded(self.path) == state
            self.compare()
        assert self.project.next_redo() is None
        check_file(self.path)

    def teardown(self) -> None:
        self.undo_all_and_redo_all()
        self.reopen()
        self.undo_all_and_redo_all()
        super().teardown()


@pytest.mark.slow
def test_undo_all_and_redo_all_visit_every_state() -> None:
    run_state_machine_as_test(
        RandomEdits, settings=settings(max_examples=30, stateful_step_count=25, phases=PHASES)
    )
