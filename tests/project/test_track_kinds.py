"""The key frames of a track have shapes of one kind, whatever is edited, undone and redone in whatever order."""

from dataclasses import replace

import pytest

from annotator.core.annotations import Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.shapes import Ellipse, Rectangle, Shape
from annotator.project.errors import UndoRefusedError
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.storage.parts import PART_SIZE
from tests.project.change import change
from tests.project.dumps import check_file, recorded
from tests.project.shapes import new_project_with

BOX = Rectangle((0.0, 0.0, 5.0, 5.0))
ROUND = Ellipse((5.0, 5.0), (2.0, 2.0))


def new_track(project: Project, count: int, *, frames: int = 0) -> tuple[Track, list[Frame]]:
    """A track of boxes on the first frames of a task."""
    (task,), made, label = new_project_with(project, max(frames, count))
    track = Track(label.id, _keyframes(made[:count], BOX))
    change(project, "Add", lambda edit: edit.put_track(track, task.id))
    return track, made


def _keyframes(frames: list[Frame], shape: Shape) -> tuple[Keyframe, ...]:
    return tuple(Keyframe(frame.id, shape) for frame in frames)


def test_a_key_frame_of_another_kind_is_refused(project: Project) -> None:
    track, frames = new_track(project, 2, frames=3)
    before = recorded(project.path)
    for frame in frames:
        round_one = Keyframe(frame.id, ROUND)
        with pytest.raises(InvalidValueError, match="of one kind"):
            change(project, "Set", lambda edit, one=round_one: edit.put_keyframe(track.id, one))
        assert recorded(project.path) == before
    assert project.track(track.id) == track


def test_all_key_frames_may_become_another_kind_together(project: Project) -> None:
    track, frames = new_track(project, 3)

    def change_all(edit) -> None:
        for frame in frames:
            edit.put_keyframe(track.id, Keyframe(frame.id, ROUND))

    change(project, "Change", change_all)
    changed = replace(track, keyframes=_keyframes(frames, ROUND))
    assert project.track(track.id) == changed
    project.undo()
    assert project.track(track.id) == track
    project.redo()
    assert project.track(track.id) == changed
    check_file(project.path)


def test_a_track_of_many_key_frames_is_whole_at_every_moment_while_its_kind_changes(
    project: Project,
) -> None:
    track, frames = new_track(project, 2 * PART_SIZE + 1)
    seen: list[str | None] = []

    def look(_change: Change) -> None:
        found = project.track(track.id)
        assert found is not None
        seen.append(found.kind)

    project.changed.connect(look)
    changed = replace(track, keyframes=_keyframes(frames, ROUND))
    change(project, "Change", lambda edit: edit.put_track(changed, frames[0].task))
    assert project.track(track.id) == changed
    project.undo()
    assert project.track(track.id) == track
    project.redo()
    assert project.track(track.id) == changed
    assert len(seen) >= 9
    check_file(project.path)


@pytest.mark.parametrize("many", [False, True])
def test_a_key_frame_does_not_come_back_to_a_track_that_is_of_another_kind_by_now(
    project: Project, many: bool
) -> None:
    count = 2 * PART_SIZE if many else 1
    track, frames = new_track(project, count + 1)
    short = replace(track, keyframes=track.keyframes[:1])
    change(project, "Shorten", lambda edit: edit.put_track(short, frames[0].task))
    step = project.history(limit=1)[0]
    changed = replace(track, keyframes=_keyframes(frames[:1], ROUND))
    change(project, "Change", lambda edit: edit.put_track(changed, frames[0].task))
    before = recorded(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Change”"):
        project.undo(step.id)
    assert recorded(project.path) == before
    assert project.track(track.id) == changed
    project.undo()
    project.undo()
    assert project.track(track.id) == track
    check_file(project.path)


def test_a_key_frame_is_not_redone_on_a_track_that_is_of_another_kind_by_now(
    project: Project,
) -> None:
    track, frames = new_track(project, 1, frames=2)
    change(project, "Set", lambda edit: edit.put_keyframe(track.id, Keyframe(frames[1].id, BOX)))
    step = project.undo()
    changed = replace(track, keyframes=_keyframes(frames[:1], ROUND))
    change(
        project,
        "Change",
        lambda edit: edit.put_track(changed, frames[0].task),
        author="script",
    )
    before = recorded(project.path)
    with pytest.raises(UndoRefusedError, match="the later step “Change”"):
        project.redo(step.id)
    assert recorded(project.path) == before
