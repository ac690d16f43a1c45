"""A process killed in the middle of a backup, a snapshot, a restore or an import: nothing is lost, all goes on."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.copies.backups import list_backups
from annotator.project.copies.difference import compare
from annotator.project.copies.snapshot_files import unpacked
from annotator.project.copies.snapshots import list_snapshots, take_snapshot
from annotator.project.imports.resuming import can_resume, resume_step
from annotator.project.project import FILE_NAME, Project
from tests.project.dumps import check_file, recorded
from tests.project.shapes import import_into, new_project_with
from tests.project.test_killed import Victims
from tests.project.test_restoring import content

SHAPES = 3_000
ROUNDS = 12
LABELS = ("car", "bus", "tree")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes (POSIX)"),
]


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    made = Victims()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "p") as project:
        _, frames, label = new_project_with(project, 300)
        import_into(project, SHAPES, frames, label)
    return tmp_path / "p"


def kill_after(victims: Victims, order: str, word: str, count: int, seconds: float) -> list[str]:
    """Let a child work until it has said a word some times, and a while longer; return what it said."""
    victims._order(order)
    pid = int(victims._read().removeprefix("pid "))
    heard: list[str] = []
    while sum(one.startswith(word) for one in heard) < count and "done 0" not in heard:
        heard.append(victims._read())
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    while (said := victims._read()) != "over":
        heard.append(said)
    return heard


@pytest.mark.parametrize("mode", ["backups", "snapshots"])
def test_copies_are_whole_or_not_there(folder: Path, victims: Victims, mode: str):
    rng = random.Random(3)
    before = content(folder / FILE_NAME)
    cut_off = 0
    for _ in range(ROUNDS):
        heard = kill_after(
            victims, f"{mode} {folder}", "begin", rng.randrange(1, 4), rng.random() / 20
        )
        done = [Path(word.split(" ", 2)[2]) for word in heard if word.startswith("done")]
        assert all(path.is_file() for path in done)
        cut_off += heard[-1].startswith("begin")
    assert cut_off > ROUNDS // 3
    check_file(folder / FILE_NAME)
    assert content(folder / FILE_NAME) == before
    if mode == "backups":
        found = list_backups(folder)
        for backup in found:
            check_file(backup.path)
            assert content(backup.path) == before
    else:
        found = list_snapshots(folder)
        for snapshot in found:
            with unpacked(folder, snapshot) as state:
                assert not compare(folder / FILE_NAME, state)
    assert len(found) > ROUNDS // 2
    with Project.open(folder) as project:
        assert project.is_writable
        assert project.interrupted_steps() == []


def test_a_restore_is_undone_or_gone_on_with(folder: Path, victims: Victims):
    rng = random.Random(5)
    states = {}
    with Project.open(folder) as project:
        take_snapshot(folder, "a")
        states["a"] = content(project.path)
        frames = list(project.frames(project.tasks()[0].id))
        with project.edit("Clear") as edit:
            edit.clear_frame(frames[1].id)
        with project.edit("Change") as edit:
            for frame in frames[2:]:
                for one in project.annotations(frame.id):
                    edit.put(Annotation(frame.id, one.label, Rectangle((0, 1, 2, 3)), id=one.id))
        take_snapshot(folder, "b")
        states["b"] = content(project.path)
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        kill_after(victims, f"restores {folder}", "part", rng.randrange(1, 8), rng.random() / 50)
        check_file(folder / FILE_NAME)
        with Project.open(folder) as project:
            assert project.is_writable
            interrupted = project.interrupted_steps()
            for step in interrupted:
                assert can_resume(project, step)
                if rng.random() < 0.5:
                    resume_step(project, step.id)
                    ends["resumed"] += 1
                else:
                    project.undo(step.id)
                    ends["undone"] += 1
            ends["whole"] += not interrupted
            assert project.interrupted_steps() == []
            assert content(project.path) in states.values()
            check_file(project.path)
    assert ends["resumed"] >= 2
    assert ends["undone"] >= 2


# Imports ---------------------------------------------------------------------------------------------------


def coco(path: Path, images: int, per_image: int) -> None:
    """A dataset whose annotations are all different, in groups too large for one transaction."""
    annotations = [
        {
            "id": 1 + image * per_image + n,
            "image_id": image + 1,
            "category_id": 1 + (image + n) % len(LABELS),
            "bbox": [image % 50, n, 5 + n, 7],
            "area": 7 * (5 + n),
            "iscrowd": 0,
            "segmentation": [],
        }
        for image in range(images)
        for n in range(per_image)
    ]
    document = {
        "images": [
            {"id": n + 1, "file_name": f"{n:06}.jpg", "width": 640, "height": 480}
            for n in range(images)
        ],
        "categories": [{"id": n + 1, "name": name} for n, name in enumerate(LABELS)],
        "annotations": annotations,
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def cvat(path: Path, tracks: int, frames: int) -> None:
    """Tracks of which each has more key frames than fit a transaction with its neighbours, some in groups."""
    lines = [
        "<annotations><version>1.1</version><meta><task><name>v</name>",
        f"<size>{frames}</size><mode>interpolation</mode><start_frame>0</start_frame>",
        f"<stop_frame>{frames - 1}</stop_frame><labels>",
        *(f"<label><name>{name}</name><attributes/></label>" for name in LABELS),
        "</labels><original_size><width>640</width><height>480</height></original_size>",
        "</task></meta>",
    ]
    for track in range(tracks):
        group = f' group_id="{1 + track // 3}"' if track % 2 else ""
        lines.append(f'<track id="{track}" label="{LABELS[track % 3]}"{group}>')
        lines += [
            f'<box frame="{frame}" outside="0" occluded="0" keyframe="1" xtl="{track}" ytl="{frame}"'
            f' xbr="{track + 9}.5" ybr="{frame + 8}.25" z_order="0"/>'
            for frame in range(0, frames, 1 + track % 2)
        ]
        lines.append("</track>")
    lines.append("</annotations>")
    path.write_text("\n".join(lines), encoding="utf-8")


def stored_values(project: Project) -> list[object]:
    """All that an import brings, without the ids it draws; groups by what is in them."""
    (task,) = project.tasks()
    names = {frame.id: frame.name for frame in project.frames(task.id)}
    labels = {label.id: label.name for label in project.labels}
    found = sorted(
        (names[frame], labels[one.label], one.shape.xyxy)
        for frame in names
        for one in project.annotations(frame)
    )
    groups: dict[int, list[object]] = {}
    for one in project.tracks(task.id):
        keys = [(names[key.frame], key.shape.xyxy) for key in one.keyframes]
        groups.setdefault(one.group, []).append((labels[one.label], keys))
    tracks = sorted(sorted(tracks) for group, tracks in groups.items() if group)
    alone = sorted(groups.get(0, []))
    return [found, tracks, alone, task.frame_start, task.frame_step, sorted(labels.values())]


@pytest.mark.parametrize("kind", ["coco", "cvat"])
def test_an_import_is_gone_on_with_as_if_nothing_had_happened(
    tmp_path: Path, victims: Victims, kind: str
):
    rng = random.Random(11)
    if kind == "coco":
        coco(tmp_path / "dataset.json", 300, 20)
    else:
        cvat(tmp_path / "dataset.xml", 40, 150)
    for number in range(5):
        folder = tmp_path / f"p{number}"
        with Project.create(folder) as project:
            new_project_with(project, 300)
            empty = recorded(project.path)
        if number == 0:
            heard = kill_after(victims, f"datasets {folder}", "done", 1, 0)
            with Project.open(folder) as project:
                whole = stored_values(project)
            parts = heard.count("part")
            assert parts > 8
            continue
        resumed = 0
        while True:
            wait = rng.randrange(1, parts // 2)
            heard = kill_after(victims, f"datasets {folder}", "part", wait, rng.random() / 200)
            check_file(folder / FILE_NAME)
            if "done 0" in heard:
                break
            resumed += 1
        assert resumed >= 1
        with Project.open(folder) as project:
            assert project.interrupted_steps() == []
            is_same = stored_values(project) == whole
            assert is_same  # what differs would be told on a hundred thousand lines
            step = project.history(limit=1)[0]
            assert project.memo_of(step.id) is None
            project.undo(step.id)
            assert recorded(project.path) == empty
