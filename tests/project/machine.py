"""A project and its model side by side, driven by the rules of hypothesis."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.labels import PALETTE, Label
from annotator.core.shapes import Rectangle
from annotator.project.organisation import STAGES, Frame, Job, Task
from annotator.project.project import Project
from annotator.project.storage.history import Step
from tests import strategies
from tests.project.dumps import check_file, dump
from tests.project.model import Model, ModelStep, RefusedByModelError, project_values

FRAMES = 3
# Few ids, so that edits meet the same rows again and again.
NUMBERS = st.integers(0, 4)
TASKS = st.integers(0, 1)
PLACES = st.integers(0, FRAMES - 1)
SMALL = strategies.annotations(frames=range(FRAMES), with_foreign=True)
SMALL_TRACKS = strategies.tracks(frames=range(FRAMES), max_keyframes=FRAMES, with_foreign=True)

# Shrinking a failure of many steps on real files takes minutes and rarely says more than the failure itself.
PHASES = (Phase.explicit, Phase.generate)

# What is done to an edit of the project and to a draft of the model alike.
Operation = Callable[[Any], None]


class ProjectMachine(RuleBasedStateMachine):
    """Two tasks with a few frames each, and edits of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="annotator-machine-"))
        self.project = Project.create(self.folder / "p")
        self.model = Model()
        self.titles = self.imported = 0
        self.tasks = [Task(f"task {n}", id=n + 1) for n in range(2)]
        self.frames = [
            Frame(task.id, place, f"{place}.jpg", id=task.id * 10 + place)
            for task in self.tasks
            for place in range(FRAMES)
        ]
        self.do("Set up", self._set_up, author="setup", task=None)

    def _set_up(self, edit: Any) -> None:
        for task in self.tasks:
            edit.put_task(task)
            edit.put_job(Job(task.id, id=task.id))
        for frame in self.frames:
            edit.put_frame(frame)
        for label in strategies.SCHEMA:
            edit.put_label(label)

    def teardown(self) -> None:
        check_file(self.path)
        self.project.close()
        shutil.rmtree(self.folder)

    # Both sides -------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        return self.project.path

    def do(
        self,
        title: str,
        operation: Operation,
        *,
        author: str = "user",
        task: int | None,
        pieces: list[tuple[bool, Operation]] | None = None,
    ) -> ModelStep | None:
        """Make one edit on both sides and compare; `task` is where the step must belong.

        pieces: on the project's side it is a long step of these edits, each with whether all in it is new.
        """
        self.titles += 1
        title = f"{title} {self.titles}"
        before = len(self.model.steps)
        try:
            step = self.model.edit(title, author, task, operation, always=pieces is not None)
        except RefusedByModelError:
            self._edit_is_refused(title, author, operation)
            return None
        if pieces is None:
            with self.project.edit(title, author=author) as edit:
                operation(edit)
        else:
            with self.project.long_step(title, author=author, task=task) as long_step:
                for fresh, piece in pieces:
                    with long_step.edit(fresh=fresh) as edit:
                        piece(edit)
        self.compare()
        newest = self.project.history(limit=1)
        if step is None:
            assert len(self.project.history(limit=1000)) == before
        else:
            assert (newest[0].title, newest[0].author, newest[0].task) == (title, author, task)
            assert newest[0].state == "complete"
        return step

    def _edit_is_refused(self, title: str, author: str, operation: Operation) -> None:
        before = dump(self.path)
        edit = self.project.edit(title, author=author)
        with pytest.raises(AnnotatorError, match=r"\.$"), edit as collected:
            operation(collected)
        assert dump(self.path) == before

    def compare(self) -> None:
        """Assert that the project shows what the model holds, and that its counters are right."""
        values = self.model.values()
        shown = project_values(self.project)
        for name, expected in values.items():
            assert shown[name] == expected, name
        totals: dict[int, int] = {}
        for frame in self.frames:
            here = [one for one in values["annotations"] if one.frame == frame.id]
            assert self.project.annotation_count(frame.id) == len(here)
            for one in here:
                totals[one.label] = totals.get(one.label, 0) + 1
        assert self.project.label_counts() == totals

    def compare_step(self, step: Step, expected: ModelStep) -> None:
        assert (step.title, step.author, step.task) == (
            expected.title,
            expected.author,
            expected.task,
        )

    # What exists ------------------------------------------------------------------------------------

    def frame(self, task: int, place: int) -> Frame:
        return self.frames[task * FRAMES + place]

    def some_label(self, number: int) -> int | None:
        """One of the labels that there are."""
        found = [label.id for label in self.model.values()["labels"]]
        return found[number % len(found)] if found else None

    def label_under(self, number: int, annotation: Any) -> Any:
        label = self.some_label(number)
        return annotation if label is None else replace(annotation, label=label)

    # Rules ------------------------------------------------------------------------------------------

    @rule(task=TASKS, place=PLACES, number=NUMBERS, annotation=SMALL, label=NUMBERS)
    def put_annotation(
        self, task: int, place: int, number: int, annotation: Annotation, label: int
    ) -> None:
        frame = self.frame(task, place)
        one = replace(annotation, id=100 * (task + 1) + number, frame=frame.id)
        one = self.label_under(label, one)
        self.do("Put", lambda edit: edit.put(one), task=frame.task)

    @rule(
        task=TASKS, place=PLACES, number=NUMBERS, occluded=st.booleans(), z_order=st.integers(0, 1)
    )
    def change_annotation(
        self, task: int, place: int, number: int, occluded: bool, z_order: int
    ) -> None:
        """Change columns of one row alone, as most edits by hand do."""
        found = self.project.annotations(self.frame(task, place).id)
        if found:
            one = replace(found[number % len(found)], occluded=occluded, z_order=z_order)
            self.do("Change", lambda edit: edit.put(one), task=task + 1)

    @rule(task=TASKS, place=PLACES, number=NUMBERS)
    def change_foreign(self, task: int, place: int, number: int) -> None:
        """Change what a format left with an annotation, which touches its geometry's row alone."""
        found = self.project.annotations(self.frame(task, place).id)
        if found:
            one = found[number % len(found)]
            one = replace(one, foreign={} if one.foreign else {"cvat_video": {"b": 2}})
            self.do("Foreign", lambda edit: edit.put(one), task=task + 1)

    @rule(task=TASKS, numbers=st.sets(NUMBERS, min_size=1, max_size=3))
    def delete_annotations(self, task: int, numbers: set[int]) -> None:
        ids = [100 * (task + 1) + number for number in sorted(numbers)]
        if self.project.annotation(ids[0]) is not None:
            self.do("Delete", lambda edit: [edit.delete(one) for one in ids], task=task + 1)

    @rule(task=TASKS, place=PLACES)
    def clear_frame(self, task: int, place: int) -> None:
        frame = self.frame(task, place)
        self.do("Clear", lambda edit: edit.clear_frame(frame.id), task=frame.task)

    @rule(task=TASKS, number=st.integers(0, 1), track=SMALL_TRACKS, label=NUMBERS)
    def put_track(self, task: int, number: int, track: Any, label: int) -> None:
        keyframes = tuple(
            replace(one, frame=self.frame(task, one.frame).id) for one in track.keyframes
        )
        one = replace(track, id=500 + 10 * task + number, keyframes=keyframes)
        one = self.label_under(label, one)
        self.do("Track", lambda edit: edit.put_track(one, task + 1), task=task + 1)

    @rule(task=TASKS, number=st.integers(0, 1))
    def delete_track(self, task: int, number: int) -> None:
        track = 500 + 10 * task + number
        if self.project.track(track) is not None:
            self.do("Delete track", lambda edit: edit.delete_track(track), task=task + 1)

    @rule(
        task=TASKS,
        number=st.integers(0, 1),
        place=PLACES,
        outside=st.booleans(),
        shape=st.none() | st.just(Rectangle((0.0, 0.0, 9.0, 9.0))),
    )
    def put_keyframe(
        self, task: int, number: int, place: int, outside: bool, shape: Rectangle | None
    ) -> None:
        """Set a key frame on a frame, whether there is one or not, like the first of the track or of another kind."""
        track = self.project.track(500 + 10 * task + number)
        if track is not None and track.keyframes:
            one = replace(track.keyframes[0], frame=self.frame(task, place).id, outside=outside)
            one = one if shape is None else replace(one, shape=shape)
            self.do("Key frame", lambda edit: edit.put_keyframe(track.id, one), task=task + 1)

    @rule(task=TASKS, number=st.integers(0, 1), place=PLACES)
    def delete_keyframe(self, task: int, number: int, place: int) -> None:
        track = 500 + 10 * task + number
        frame = self.frame(task, place).id
        self.do("Delete key frame", lambda edit: edit.delete_keyframe(track, frame), task=task + 1)

    @rule(
        number=NUMBERS,
        name=st.sampled_from(("car", "bus", "tree")),
        colour=st.sampled_from(PALETTE[:3]),
    )
    def put_label(self, number: int, name: str, colour: str) -> None:
        """Add a label, or rename and recolour one; the name may be taken."""
        known = self.project.labels.get(number + 1)
        label = (
            Label(name, colour, id=number + 1)
            if known is None
            else replace(known, name=name, colour=colour)
        )
        self.do("Label", lambda edit: edit.put_label(label), task=None)

    @rule(number=NUMBERS, parent=NUMBERS)
    def put_label_below(self, number: int, parent: int) -> None:
        label, above = self.some_label(number), self.some_label(parent)
        if label is not None:
            moved = replace(self.project.labels[label], parent=above)
            self.do("Move label", lambda edit: edit.put_label(moved), task=None)

    @rule(numbers=st.permutations(range(3)))
    def order_labels(self, numbers: list[int]) -> None:
        labels = [label.id for label in self.project.labels]
        chosen = [labels[number] for number in numbers if number < len(labels)]
        self.do("Order labels", lambda edit: edit.order_labels(chosen), task=None)

    @rule(number=NUMBERS, heir=st.none() | NUMBERS)
    def delete_label(self, number: int, heir: int | None) -> None:
        label = self.some_label(number)
        move_to = None if heir is None else self.some_label(heir)
        if label is None or label == move_to:
            return
        self.do("Delete label", lambda edit: edit.delete_label(label, move_to=move_to), task=None)

    @rule(
        task=TASKS,
        place=PLACES,
        done=st.booleans(),
        removed=st.booleans(),
        subset=st.sampled_from(("", "train")),
    )
    def mark_frame(self, task: int, place: int, done: bool, removed: bool, subset: str) -> None:
        frame = self.project.frame(self.frame(task, place).id)
        assert frame is not None
        marked = replace(frame, done=done, removed=removed, subset=subset)
        self.do("Mark", lambda edit: edit.put_frame(marked), task=task + 1)

    @rule(task=TASKS, places=st.dictionaries(PLACES, st.integers(0, FRAMES), min_size=1))
    def move_frames(self, task: int, places: dict[int, int]) -> None:
        """Give frames other places, which may be those of each other or of frames that stay."""
        moved = []
        for number, position in places.items():
            frame = self.project.frame(self.frame(task, number).id)
            assert frame is not None
            moved.append(replace(frame, position=position))
        self.do("Move frames", lambda edit: [edit.put_frame(one) for one in moved], task=task + 1)

    @rule(task=TASKS, stage=st.sampled_from(STAGES), assignee=st.sampled_from(("", "A")))
    def set_stage(self, task: int, stage: Any, assignee: str) -> None:
        job = Job(task + 1, stage=stage, assignee=assignee, id=task + 1)
        self.do("Stage", lambda edit: edit.put_job(job), task=task + 1)

    @rule(task=TASKS, name=strategies.names())
    def rename_task(self, task: int, name: str) -> None:
        self.do("Rename", lambda edit: edit.put_task(Task(name, id=task + 1)), task=None)

    @rule(
        task=TASKS,
        places=st.lists(PLACES, min_size=1, max_size=4),
        annotations=st.lists(SMALL, min_size=4, max_size=4),
        label=NUMBERS,
        brings_label=st.booleans(),
        afterthoughts=st.lists(
            st.sampled_from(("change", "extra", "relabel", "delete")), max_size=3
        ),
    )
    def import_annotations(
        self,
        task: int,
        places: list[int],
        annotations: list[Annotation],
        label: int,
        brings_label: bool,
        afterthoughts: list[str],
    ) -> None:
        """A step of several transactions: new annotations, one of which it changes or deletes again."""
        if not brings_label and self.some_label(label) is None:
            return
        self.imported += 10
        new = [
            replace(one, id=10_000 + self.imported + at, frame=self.frame(task, place).id)
            for at, (place, one) in enumerate(zip(places, annotations, strict=False))
        ]
        pieces: list[tuple[bool, Operation]] = []
        if brings_label:
            brought = Label(f"imported {self.imported}", PALETTE[0], id=self.imported)
            pieces.append((False, lambda edit: edit.put_label(brought)))
            new = [replace(one, label=brought.id) for one in new]
        else:
            new = [self.label_under(label, one) for one in new]
        pieces.append((True, lambda edit: edit.put(*new)))
        one = new[0]
        passed_labels = {one.label}
        for afterthought in afterthoughts:
            if afterthought == "change":
                one = replace(one, z_order=one.z_order + 1)
            elif afterthought == "extra":
                one = replace(one, foreign={} if one.foreign else {"coco_instances": {"a": 1}})
            elif afterthought == "relabel":
                one = self.label_under(label + 1, one)
            passed_labels.add(one.label)
            operation = partial(_delete, one.id) if afterthought == "delete" else partial(_put, one)
            pieces.append((False, operation))

        def all_of_it(draft: Any) -> None:
            for _, piece in pieces:
                piece(draft)

        step = self.do("Import", all_of_it, author="import", task=task + 1, pieces=pieces)
        if step is not None:
            # Going back through a label that the step itself left needs that label, whoever deleted it since.
            step.has_passing_rows = "delete" in afterthoughts or len(passed_labels) > 1


def _put(one: Annotation, edit: Any) -> None:
    edit.put(one)


def _delete(annotation_id: int, edit: Any) -> None:
    edit.delete(annotation_id)
