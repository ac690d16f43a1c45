"""What is in a project, in numbers."""

from dataclasses import replace

import numpy as np
import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.shapes import Ellipse, Polyline, Rectangle
from annotator.project.frames.frame_progress import FrameProgress
from annotator.project.statistics import Sizes, statistics_of
from annotator.project.tasks.job_ranges import put_split, split_at
from tests.project.many_frames import add_label, add_task_of


@pytest.fixture
def counted(project):
    task, frames = add_task_of(project, 5)
    car, road = add_label(project), add_label(project, "road")
    objects = [
        Annotation(frames[0].id, car.id, Rectangle((0, 0, 10, 10))),
        Annotation(frames[0].id, car.id, Rectangle((0, 0, 2, 2))),
        Annotation(frames[1].id, car.id, Rectangle((0, 0, 5, 4))),
        Annotation(frames[1].id, car.id, Ellipse((5, 5), (2, 1))),
        Annotation(frames[2].id, road.id, Polyline(np.array([[0.0, 0], [9, 9]]))),
        Annotation(frames[2].id, road.id, None),
        Annotation(frames[4].id, road.id, None),
    ]
    track = Track(car.id, (Keyframe(frames[3].id, Rectangle((0, 0, 1, 1))),))
    with project.edit("Draw") as edit:
        edit.put(*objects)
        edit.put_track(track, task.id)
    with project.edit("Mark") as edit:
        edit.set_done([frames[0].id, frames[1].id], True)
        edit.set_subset([frames[1].id, frames[2].id], "val")
        edit.put_frame(replace(frames[4], removed=True))
    (job,) = project.jobs(task.id)
    put_split(project, job, split_at(project.frame_table(task.id), job, 2))
    return statistics_of(project, [task])


def test_objects_by_label_kind_and_subset_without_removed_frames(counted):
    car, road = counted.labels
    assert (car.name, car.objects, dict(car.kinds)) == ("car", 4, {"rectangle": 3, "ellipse": 1})
    assert dict(car.subsets) == {"": 2, "val": 2}
    assert (car.tracks, car.keyframes) == (1, 1)
    assert (road.objects, dict(road.kinds)) == (2, {"polyline": 1, "tag": 1})
    assert (counted.objects, counted.tracks) == (6, 1)
    assert dict(counted.kinds) == {"rectangle": 3, "ellipse": 1, "polyline": 1, "tag": 1}


def test_sizes_are_areas_of_what_has_one(counted):
    car, road = counted.labels
    assert car.sizes == Sizes(4, pytest.approx((2 * np.pi + 20) / 2), 100)
    assert road.sizes is None
    assert counted.sizes == car.sizes


def test_frames_by_state_subset_and_job(counted):
    assert counted.frames == FrameProgress(4, 2, 4)
    assert list(counted.subsets) == ["", "val"]
    assert counted.subsets["val"].frames == FrameProgress(2, 1, 2)
    assert counted.subsets["val"].objects == 4
    assert [(one.number, one.job.first, one.last, one.progress) for one in counted.jobs] == [
        (1, 0, 1, FrameProgress(2, 2, 2)),
        (2, 2, 4, FrameProgress(2, 0, 2)),
    ]


def test_a_project_without_anything_is_counted_too(project):
    found = statistics_of(project, [])
    assert found.as_json() == {
        "frames": {"frames": 0, "done": 0, "not_done": 0, "labelled": 0, "not_labelled": 0},
        "objects": 0, "tracks": 0, "kinds": {}, "area": None,
        "labels": [], "subsets": [], "jobs": [],
    }  # fmt: skip
