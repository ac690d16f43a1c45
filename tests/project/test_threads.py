"""Several threads at once, each with annotations of its own that it changes, undoes and redoes."""

import random
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.labels import PALETTE, Label
from annotator.core.shapes import Rectangle
from annotator.project.errors import NothingToUndoError
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from tests.project.change import change
from tests.project.dumps import check_file
from tests.project.shapes import import_into, new_project_with

THREADS = 4
EDITS = 120

State = dict[int, Annotation]


class Worker:
    """One author who edits a frame, and knows what must be there after each of his acts."""

    def __init__(self, project: Project, number: int, frame: Frame, labels: list[Label]) -> None:
        self.project = project
        self.author = f"author {number}"
        self.frame = frame
        self.labels = labels
        self.chance = random.Random(number)
        self.states: list[State] = [{}]
        self.at = 0
        self.acts: Counter[str] = Counter()

    def run(self) -> None:
        for _ in range(EDITS):
            act = self.chance.choice((self.edit, self.edit, self.undo, self.redo))
            act()
            self.acts[act.__name__] += 1
            shown = {one.id: one for one in self.project.annotations(self.frame.id)}
            assert shown == self.states[self.at]
            assert self.project.annotation_count(self.frame.id) == len(shown)

    def edit(self) -> None:
        state = dict(self.states[self.at])
        with self.project.edit("Edit", author=self.author) as edit:
            for _ in range(self.chance.randrange(1, 4)):
                if state and self.chance.random() < 0.3:
                    gone = self.chance.choice(list(state))
                    del state[gone]
                    edit.delete(gone)
                    continue
                known = self.chance.choice([*state.values(), None])
                x = self.chance.random() * 100
                shape = Rectangle((x, x, x + 10, x + 10))
                label = self.chance.choice(self.labels).id
                one = (
                    Annotation(self.frame.id, label, shape)
                    if known is None
                    else replace(known, shape=shape, label=label)
                )
                state[one.id] = one
                edit.put(one)
        if state != self.states[self.at]:
            # Only what a person does in a window gives up what was undone before; this author's redo stays,
            # and is refused or harmless. So it is forgotten here as well.
            self.states = [*self.states[: self.at + 1], state]
            self.at += 1

    def undo(self) -> None:
        if self.at:
            self.project.undo(task=self.frame.task, author=self.author)
            self.at -= 1

    def redo(self) -> None:
        if self.at + 1 < len(self.states):
            self.project.redo(task=self.frame.task, author=self.author)
            self.at += 1


def test_every_thread_finds_what_it_left(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        _, frames, label = new_project_with(project, 20, tasks=THREADS)
        labels = [label, Label("bus"), Label("tree")]
        change(project, "Add", lambda edit: [edit.put_label(one) for one in labels[1:]])
        told: list[Change] = []
        project.changed.connect(told.append)
        workers = [
            Worker(project, number, frames[number * 20], labels) for number in range(THREADS)
        ]
        errors: list[BaseException] = []
        stop = threading.Event()

        def guarded(work):
            def run() -> None:
                try:
                    work()
                except BaseException as error:  # noqa: BLE001 - shown below
                    errors.append(error)

            return threading.Thread(target=run)

        def recolour() -> None:
            chance = random.Random(0)
            while not stop.is_set():
                one = replace(project.labels[labels[1].id], colour=chance.choice(PALETTE))
                order = chance.sample([label.id for label in labels], 3)
                with project.edit("Recolour", author="recolour") as edit:
                    edit.put_label(one)
                with project.edit("Order", author="recolour") as edit:
                    edit.order_labels(order)
                try:
                    project.undo(author="recolour")
                except NothingToUndoError:
                    continue

        def imports() -> None:
            while not stop.is_set():
                step = import_into(project, 1200, frames[1:20], label)
                project.undo(step)

        threads = [guarded(worker.run) for worker in workers]
        others = [guarded(recolour), guarded(imports)]
        for thread in (*threads, *others):
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        for thread in others:
            thread.join()
        assert not errors, errors
        for worker in workers:
            assert min(worker.acts.values()) > 5
            shown = {one.id: one for one in project.annotations(worker.frame.id)}
            assert shown == worker.states[worker.at]
            while worker.at:
                worker.undo()
            assert project.annotations(worker.frame.id) == []
            while worker.at + 1 < len(worker.states):
                worker.redo()
            assert {one.id: one for one in project.annotations(worker.frame.id)} == worker.states[
                -1
            ]
        assert len({id(one) for one in told}) == len(told)
        assert {one.author for one in told} >= {worker.author for worker in workers}
        check_file(project.path)


def test_a_listener_may_edit_and_an_error_of_an_edit_leaves_the_lock_free(project: Project) -> None:
    _, frames, label = new_project_with(project, 2)
    answered: list[str] = []

    def answer(told: Change) -> None:
        if told.author == "user":
            tag = Annotation(frames[1].id, label.id, None)
            change(project, "Answer", lambda edit: edit.put(tag), author="script")
            answered.append(told.title)

    project.changed.connect(answer)
    change(project, "Ask", lambda edit: edit.put(Annotation(frames[0].id, label.id, None)))
    for _ in range(3):
        try:
            change(project, "Broken", lambda edit: edit.put(Annotation(404, label.id, None)))
        except AnnotatorError:
            answered.append("refused")
    change(project, "Ask again", lambda edit: edit.put(Annotation(frames[0].id, label.id, None)))
    assert answered == ["Ask", "refused", "refused", "refused", "Ask again"]
    assert project.annotation_count(frames[1].id) == 2
