"""Imports and restores that were cut off: gone on with where that is exact, refused in a sentence where not."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.shapes import Rectangle
from annotator.formats.builtin import FORMATS
from annotator.project.errors import ProjectError
from annotator.project.imports import resuming_import as import_resuming
from annotator.project.imports.choices import NO_CHOICES, ImportChoices
from annotator.project.imports.importing import ImportReport, plan_import, run_import
from annotator.project.imports.resuming import can_resume, resume_step
from annotator.project.imports.sizes import open_for_import
from annotator.project.imports.source import ImportSource, fingerprint
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.storage.history import Step
from annotator.project.storage.memos import ImportMemo
from tests.project.dumps import check_file, recorded
from tests.project.shapes import new_project_with

IMAGES, EACH = 60, 40
BOX = Rectangle((300, 300, 310, 310))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A COCO file with 2 400 different boxes, in groups by threes."""
    document = {
        "images": [
            {"id": n + 1, "file_name": f"{n:06}.jpg", "width": 640, "height": 480}
            for n in range(IMAGES)
        ],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
        "annotations": [
            {
                "id": 1 + n, "image_id": 1 + n // EACH, "category_id": 1 + n % 2,
                "bbox": [n // EACH, n % EACH, 5, 7], "area": 35, "iscrowd": 0, "segmentation": [],
                "attributes": {"occluded": bool(n % 5)},
            }
            for n in range(IMAGES * EACH)
        ],
    }  # fmt: skip
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def filled(project: Project) -> Project:
    new_project_with(project, IMAGES)
    return project


def run(
    project: Project,
    path: Path,
    *,
    choices: ImportChoices = NO_CHOICES,
    progress: Progress | None = None,
) -> ImportReport:
    (task,) = project.tasks()
    one = FORMATS.detect(path)
    plan = plan_import(project, open_for_import(project, one, path, task), task, choices=choices)
    return run_import(
        project,
        plan,
        progress=progress or Progress(),
        source=ImportSource(path, one.id),
        keep_on_error=True,
    )


def cut_off(project: Project, path: Path, parts: int, **options: Any) -> Step:
    """Import until some transactions are written, and stop as a person does who wants to keep what is there."""
    progress = Progress()
    seen = []

    def count(_change: object) -> None:
        seen.append(1)
        if len(seen) == parts:
            progress.cancel()

    project.changed.connect(count)
    with pytest.raises(Cancelled):
        run(project, path, progress=progress, **options)
    project.changed.disconnect(count)
    (step,) = project.interrupted_steps()
    return step


def values(project: Project) -> list[tuple[object, ...]]:
    (task,) = project.tasks()
    return sorted(
        (frame.name, project.labels[one.label].name, one.shape.xyxy, one.occluded)
        for frame in project.frames(task.id)
        for one in project.annotations(frame.id)
    )


@pytest.fixture
def whole(tmp_path: Path, dataset: Path) -> list[tuple[object, ...]]:
    """What the dataset brings where nothing goes wrong."""
    with Project.create(tmp_path / "whole") as project:
        new_project_with(project, IMAGES)
        run(project, dataset)
        return values(project)


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_it_goes_on_where_it_was(filled: Project, dataset: Path, whole: list[Any], parts: int):
    before = recorded(filled.path)
    step = cut_off(filled, dataset, parts)
    assert can_resume(filled, step)
    assert 0 <= len(values(filled)) < len(whole)
    report = resume_step(filled, step.id)
    assert report is not None
    assert (report.step, report.annotations.total()) == (step.id, IMAGES * EACH)
    assert values(filled) == whole
    check_file(filled.path)
    assert filled.interrupted_steps() == []
    assert filled.history(limit=1)[0].id == step.id
    filled.undo(step.id)
    assert recorded(filled.path) == before


def test_also_after_closing_and_more_than_once(filled: Project, dataset: Path, whole: list[Any]):
    step = cut_off(filled, dataset, 3)
    filled.close()
    for parts in (1, 2):
        with Project.open(filled.folder) as project:
            progress = Progress()
            seen: list[int] = []
            project.changed.connect(
                lambda _, seen=seen, stop=progress, parts=parts: (
                    seen.append(1),
                    len(seen) == parts and stop.cancel(),
                )
            )
            with pytest.raises(Cancelled):
                resume_step(project, step.id, progress)
            assert [one.id for one in project.interrupted_steps()] == [step.id]
    with Project.open(filled.folder) as project:
        resume_step(project, step.id)
        assert values(project) == whole


def test_what_was_deleted_and_changed_since_stays_so(
    filled: Project, dataset: Path, whole: list[Any]
):
    step = cut_off(filled, dataset, 3)
    first = next(filled.frames(filled.tasks()[0].id))
    deleted, changed, *_ = filled.annotations(first.id)
    moved = replace(changed, shape=BOX, group=7)
    with filled.edit("By hand") as edit:
        edit.delete(deleted.id)
        edit.put(moved)
    resume_step(filled, step.id)
    assert len(values(filled)) == len(whole) - 1
    assert filled.annotation(deleted.id) is None
    assert filled.annotation(changed.id) == moved


def test_choices_are_remembered(filled: Project, dataset: Path):
    (task,) = filled.tasks()
    frames = list(filled.frames(task.id))
    car = filled.labels.named("car")
    assert car is not None
    with filled.edit("Old work") as edit:
        edit.put(*(Annotation(frame.id, car.id, BOX) for frame in frames))
    choices = ImportChoices(
        labels={"bus": None},
        frames={("", frames[1].name): None, ("", frames[2].name): frames[0].id},
        replace=True,
    )
    step = cut_off(filled, dataset, 2, choices=choices)
    resume_step(filled, step.id)
    found = values(filled)
    assert {label for _, label, *_ in found} == {"car"}
    counts = {frame.name: filled.annotation_count(frame.id) for frame in frames}
    assert counts[frames[0].name] == EACH
    assert counts[frames[1].name] == 1  # nothing is taken there, so what was there stays
    assert counts[frames[3].name] == EACH // 2


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_what_was_drawn_meanwhile_is_not_replaced(filled: Project, dataset: Path, parts: int):
    """Room is made for the import of what was there when it began: of no new, and of no changed annotation."""
    (task,) = filled.tasks()
    frames = list(filled.frames(task.id))
    car = filled.labels.named("car")
    assert car is not None
    old = [Annotation(frame.id, car.id, BOX) for frame in frames]
    tracks = [Track(car.id, (Keyframe(frames[1].id, BOX),)) for _ in range(3)]
    with filled.edit("Old work") as edit:
        edit.put(*old)
        for track in tracks:
            edit.put_track(track, task.id)
    step = cut_off(filled, dataset, parts, choices=ImportChoices(replace=True))
    drawn = Annotation(frames[0].id, car.id, BOX, occluded=True)
    corrected = [one for one in old[50:51] if filled.annotation(one.id) is not None]
    left = [track for track in tracks if filled.track(track.id) is not None]
    with filled.edit("By hand") as edit:
        edit.put(drawn, *(replace(one, occluded=True) for one in corrected))
        for track in left[:1]:
            edit.put_keyframe(track.id, Keyframe(frames[2].id, BOX))
    report = resume_step(filled, step.id)
    assert report is not None
    kept = [one for frame in frames for one in filled.annotations(frame.id) if one.shape == BOX]
    assert {one.id for one in kept} == {drawn.id, *(one.id for one in corrected)}
    assert [track.id for track in filled.tracks(task.id)] == [track.id for track in left[:1]]
    gone = len(old) + len(tracks) - len(corrected) - len(left[:1])
    assert (report.replaced, report.annotations.total()) == (gone, IMAGES * EACH)
    if not corrected and not left:
        with filled.edit("By hand") as edit:
            edit.delete(drawn.id)
        filled.undo(step.id)
        assert len(filled.tracks(task.id)) == len(tracks)
    check_file(filled.path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda project, path: path.unlink(), "is gone"),
        (lambda project, path: path.write_text(path.read_text() + " "), "no longer as it was"),
        (lambda project, path: _remove_frame(project), "frames of the task have changed"),
    ],
    ids=["gone", "changed", "frame removed"],
)
def test_what_would_not_be_exact_is_refused(
    filled: Project, dataset: Path, spoil: Callable[[Project, Path], None], words: str
):
    step = cut_off(filled, dataset, 3)
    spoil(filled, dataset)
    before = recorded(filled.path)
    with pytest.raises(ProjectError, match=words):
        resume_step(filled, step.id)
    assert recorded(filled.path) == before
    assert [one.id for one in filled.interrupted_steps()] == [step.id]
    filled.keep_step(step.id)
    assert filled.interrupted_steps() == []


def _remove_frame(project: Project) -> None:
    (task,) = project.tasks()
    frame: Frame = next(project.frames(task.id))
    with project.edit("Remove") as edit:
        edit.put_frame(replace(frame, removed=True))


@pytest.mark.parametrize("kept", [slice(1, None), slice(100)], ids=["first one gone", "shorter"])
def test_a_change_that_the_fingerprint_does_not_see_is_noticed(
    filled: Project, dataset: Path, monkeypatch: pytest.MonkeyPatch, kept: slice
):
    """Some datasets have files elsewhere; what was stored last is compared with what is there now."""
    step = cut_off(filled, dataset, 4)
    memo = filled.memo_of(step.id)
    assert isinstance(memo, ImportMemo)
    document = json.loads(dataset.read_text(encoding="utf-8"))
    document["annotations"] = document["annotations"][kept]
    dataset.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(import_resuming, "fingerprint", lambda *_: memo.fingerprint)
    before = recorded(filled.path)
    with pytest.raises(ProjectError, match="no longer as it was"):
        resume_step(filled, step.id)
    assert recorded(filled.path) == before
    assert [one.id for one in filled.interrupted_steps()] == [step.id]


def leave_unfinished(project: Project) -> None:
    with project.long_step("Something", author="other", keep_on_error=True) as step:
        with step.edit() as edit:
            edit.put_frame(Frame(project.tasks()[0].id, IMAGES, "new.jpg"))
        raise RuntimeError


def test_a_step_that_has_no_memo_cannot_be_gone_on_with(filled: Project):
    with pytest.raises(RuntimeError):
        leave_unfinished(filled)
    (left,) = filled.interrupted_steps()
    assert not can_resume(filled, left)
    with pytest.raises(ProjectError, match="only imports and restores"):
        resume_step(filled, left.id)


def test_memos_do_not_pile_up(filled: Project, dataset: Path):
    for act in ("resume", "keep", "undo"):
        step = cut_off(filled, dataset, 2)
        {
            "resume": lambda one: resume_step(filled, one),
            "keep": filled.keep_step,
            "undo": filled.undo,
        }[act](step.id)
    step = cut_off(filled, dataset, 2)
    keys = filled.ask(
        lambda db: [key for (key,) in db.execute("SELECT key FROM meta WHERE key LIKE 'resume:%'")]
    )
    assert keys == [f"resume:{step.id}"]


def test_fingerprints_of_folders(tmp_path: Path):
    folder = tmp_path / "set"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels" / "a.txt").write_text("1", encoding="utf-8")
    first = fingerprint(folder)
    assert fingerprint(folder) == first
    (folder / ".annotator").mkdir()
    (folder / ".annotator" / "project.annotator").write_text("x", encoding="utf-8")
    assert fingerprint(folder) == first
    (folder / "labels" / "b.txt").write_text("1", encoding="utf-8")
    second = fingerprint(folder)
    assert second != first
    os.utime(folder / "labels" / "a.txt", (1, 1))
    assert fingerprint(folder) not in (first, second)
