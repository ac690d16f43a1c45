"""The columns of lists, counts by label, and the search for frames that pass a filter."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.errors import Cancelled
from annotator.core.query import parse_filter
from annotator.core.query_matching import matches
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from tests import strategies

FRAMES = 8
FILTERS = (
    "label:car", "label:thing,car", "label:nothing", "kind:tag", "kind:rectangle,mask", "occluded:yes",
    "occluded:no label:car", "source:model", "source:imported,manual", "score>=0.5", "width>200",
    "area<900", "height<=50 width<=50", "colour=red", "speed>100 parked=yes", 'colour="dark blue"',
    "plate~a", "small", "thing", "label:car large occluded:no", "nowhere",
)  # fmt: skip
# Each example makes a project on the disk.
FEWER = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def _filled(project: Project, found: list[Annotation], removed: int) -> Task:
    """A new task with annotations on its frames by their number; one frame is removed."""
    task = Task("task")
    frames = [Frame(task.id, i, f"{i}.png", removed=i == removed) for i in range(FRAMES)]
    with project.edit("Fill") as edit:
        for label in strategies.SCHEMA:
            edit.put_label(label)
        edit.put_task(task)
        edit.put_frame(*frames)
    with project.edit("Annotate") as edit:
        edit.put(*(_on(one, frames[one.frame]) for one in found))
    return task


def _on(one: Annotation, frame: Frame) -> Annotation:
    return replace(one, frame=frame.id)


@FEWER
@given(strategies.annotation_lists(max_size=10, frames=range(FRAMES)), st.integers(0, FRAMES - 1))
def test_search_finds_what_looking_at_each_frame_finds(
    tmp_path_factory: pytest.TempPathFactory, found: list[Annotation], removed: int
) -> None:
    with Project.create(tmp_path_factory.mktemp("search")) as project:
        task = _filled(project, found, removed)
        frames = list(project.frames(task.id))
        labels = project.labels
        for text in FILTERS:
            wanted = parse_filter(text)
            passing = [
                frame
                for frame in frames
                if any(matches(wanted, one, labels) for one in project.annotations(frame.id))
            ]
            for start in project.all_frames(task.id):
                after = [one for one in passing if one.position > start.position]
                before = [one for one in passing if one.position < start.position]
                ahead = project.next_matching_frame(start, 1, wanted)
                behind = project.next_matching_frame(start, -1, wanted)
                assert ahead == next(iter(after), None), text
                assert behind == next(reversed(before), None), text


@FEWER
@given(strategies.annotation_lists(max_size=8, frames=(0,)))
def test_stored_columns_are_those_of_the_values(
    tmp_path_factory: pytest.TempPathFactory, found: list[Annotation]
) -> None:
    with Project.create(tmp_path_factory.mktemp("columns")) as project:
        task = _filled(project, found, removed=-1)
        frame = next(project.frames(task.id))
        stored = project.annotation_columns(frame.id)
        expected = AnnotationColumns.from_annotations(project.annotations(frame.id))
        for name in (
            "ids", "labels", "groups", "kinds", "sources", "occluded", "z_orders", "scores", "boxes",
        ):  # fmt: skip
            np.testing.assert_array_equal(getattr(stored, name), getattr(expected, name), name)
        for row in range(len(found)):
            assert stored.attributes_of(row) == expected.attributes_of(row)
        counts: dict[int, int] = {}
        for one in found:
            counts[one.label] = counts.get(one.label, 0) + 1
        assert project.task_label_counts(task.id) == counts


def test_the_search_can_be_stopped(project: Project) -> None:
    task = _filled(project, [], removed=-1)
    progress = Progress()
    progress.cancel()
    frame = next(project.frames(task.id))
    with pytest.raises(Cancelled):
        project.next_matching_frame(frame, 1, parse_filter("label:car"), progress)
