"""What tasks, jobs, media and frames may hold: what can be made can be stored, and comes back as it was."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotator.core.errors import InvalidValueError
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task
from annotator.project.project import Project

TASK = Task("task", 10, 2)
JOB = Job(TASK.id, 0, 5)
ROOT = MediaRoot("pictures")
MEDIA = Media(ROOT.id, "a.jpg")
FRAME = Frame(TASK.id, 3, "a.jpg", MEDIA.id)
IDENTITY = MediaIdentity(MEDIA.id, 100, 200, b"hash")

INTEGERS = [
    *((TASK, name) for name in ("id", "frame_start", "frame_step")),
    *((JOB, name) for name in ("id", "task", "first", "last")),
    (ROOT, "id"),
    *((MEDIA, name) for name in ("id", "root")),
    *((FRAME, name) for name in ("id", "task", "position", "media", "source_index")),
    *((IDENTITY, name) for name in ("media", "size", "modified")),
]
TEXTS = [
    (TASK, "name"), (JOB, "assignee"), (ROOT, "path"), (MEDIA, "path"), (FRAME, "name"),
    (FRAME, "subset"),
]  # fmt: skip


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(("value", "name"), INTEGERS)
@pytest.mark.parametrize("kind", [np.int32, np.uint8, bool])
def test_whole_numbers_become_ints(value: Any, name: str, kind: type) -> None:
    changed = replace(value, **{name: kind(1)})
    assert getattr(changed, name) == 1
    assert type(getattr(changed, name)) is int


@pytest.mark.parametrize(
    ("value", "name"),
    [(TASK, "selected"), (TASK, "removed"), (FRAME, "done"), (FRAME, "removed")],
)
def test_marks_become_bools(value: Any, name: str) -> None:
    assert getattr(replace(value, **{name: np.bool_(True)}), name) is True
    assert getattr(replace(value, **{name: 0}), name) is False


@pytest.mark.parametrize(("value", "name"), INTEGERS)
@pytest.mark.parametrize("wrong", [1.5, "7", b"7", object(), 2**63, -(2**63) - 1])
def test_what_is_no_whole_number_of_64_bits_is_refused(value: Any, name: str, wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match=rf"^The {name} of .*\.$"):
        replace(value, **{name: wrong})


@pytest.mark.parametrize(("value", "name"), TEXTS)
@pytest.mark.parametrize("wrong", [7, None, b"x", "half \ud800"])
def test_what_is_no_text_is_refused(value: Any, name: str, wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match=rf"^The {name} of .*\.$"):
        replace(value, **{name: wrong})


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (TASK, {"frame_step": 0}), (TASK, {"frame_step": -1}), (FRAME, {"position": -1}),
        (JOB, {"stage": "drawing"}), (JOB, {"state": "lost"}), (ROOT, {"path": "a\0b"}),
        (IDENTITY, {"hash": "text"}),
    ],
)  # fmt: skip
def test_values_that_mean_nothing_are_refused(value: Any, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        replace(value, **change)


@pytest.mark.parametrize("value", [TASK, FRAME])
@pytest.mark.parametrize(
    "wrong",
    [
        float("nan"), [float("inf")], {"a": np.float32(1)}, {1: "a"}, "\ud800", {"\ud800": 1}, 2**64,
        -(2**63) - 1, b"x", {1, 2}, object(), deep(100_000),
    ],
)  # fmt: skip
def test_what_is_no_json_is_no_foreign_value(value: Any, wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        replace(value, foreign={"coco": wrong})


@pytest.mark.parametrize("value", [TASK, FRAME])
def test_foreign_values_are_their_own(value: Any) -> None:
    foreign = {"coco": 7}
    changed = replace(value, foreign=foreign)
    foreign.clear()
    assert changed.foreign == {"coco": 7}


def test_everything_comes_back_as_it_was(project: Project) -> None:
    foreign = {"coco": {"id": 2**64 - 1, "a": [None, True, -1.5, "é", {}], "deep": deep(50)}}
    task = replace(TASK, name="Füße \0", foreign=foreign)
    frame = replace(FRAME, foreign=foreign, done=np.bool_(True), subset="träin")
    with project.edit("Set up") as edit:
        edit.put_task(task)
        edit.put_job(JOB)
        edit.put_root(ROOT)
        edit.put_media(MEDIA, IDENTITY)
        edit.put_frame(frame)
    assert project.tasks() == [task]
    assert project.jobs(task.id) == [JOB]
    assert project.media_roots() == [ROOT]
    assert project.media(MEDIA.id) == MEDIA
    assert project.identity(MEDIA.id) == IDENTITY
    assert project.frame(frame.id) == frame
    assert frame.done is True
