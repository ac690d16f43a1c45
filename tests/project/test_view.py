"""A project as a dataset view: what writers are given."""

from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import FramePicture
from annotator.formats.exporting import export_dataset
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.view import ProjectView


@pytest.fixture
def project(tmp_path: Path, make_picture):
    for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png"):
        make_picture(tmp_path / name, 40, 30)
    with Project.create(tmp_path / "p") as project:
        for folder in ("a", "b"):
            add_task(project, folder, find_media([tmp_path / folder]))
        with project.edit("Label") as edit:
            edit.put_label(Label("car"))
        yield project


def frames_of(project: Project, task: Task):
    return list(project.frames(task.id))


def test_frames_come_in_order_with_sizes_numbers_and_annotations(project):
    first, _ = project.tasks()
    label = project.labels.named("car").id
    frames = frames_of(project, first)
    box = Annotation(frames[1].id, label, Rectangle((1, 2, 3, 4)))
    with project.edit("Draw") as edit:
        edit.put(box)
    items = list(ProjectView(project, [first]).frames())
    assert [(item.name, item.number, item.size) for item in items] == [
        ("1.png", 0, (40, 30)),
        ("2.png", 1, (40, 30)),
        ("3.png", 2, (40, 30)),
    ]
    assert [a.shape for item in items for a in item.annotations] == [box.shape]
    assert items[1].annotations[0].frame == 1


def test_several_tasks_follow_on_and_each_frame_finds_its_own_file(project, tmp_path):
    view = ProjectView(project)
    items = list(view.frames())
    assert view.frame_count == len(items) == 4
    assert [item.number for item in items] == [0, 1, 2, 3]
    paths = [view.picture(item) for item in items]
    assert paths == [
        FramePicture(tmp_path / name) for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png")
    ]


def test_tracks_have_frame_numbers_and_show_themselves_between_key_frames(project):
    first, _ = project.tasks()
    label = project.labels.named("car").id
    one, _two, three = frames_of(project, first)
    keyframes = (
        Keyframe(one.id, Rectangle((0, 0, 10, 10))),
        Keyframe(three.id, Rectangle((4, 0, 14, 10)), outside=True),
    )
    with project.edit("Track", task=first.id) as edit:
        edit.put_track(Track(label, keyframes), first.id)
    view = ProjectView(project, [first])
    (item,) = view.tracks()
    assert [keyframe.frame for keyframe in item.track.keyframes] == [0, 2]
    shown = [[s.keyframe.shape for s in frame.tracked] for frame in view.frames("interpolated")]
    assert shown == [[Rectangle((0, 0, 10, 10))], [Rectangle((2, 0, 12, 10))], []]
    assert all(not frame.tracked for frame in view.frames())


def test_numbers_of_files_are_kept_where_a_task_has_them(project):
    from dataclasses import replace

    first, _ = project.tasks()
    with project.edit("Number", task=first.id) as edit:
        edit.put_task(replace(first, frame_start=10, frame_step=3))
    view = ProjectView(project, [project.tasks()[0]])
    items = list(view.frames())
    assert [item.number for item in items] == [10, 13, 16]
    assert view.picture(items[2]).path.name == "3.png"


def test_removed_frames_are_not_in_the_dataset(project):
    from dataclasses import replace

    first, _ = project.tasks()
    frame = frames_of(project, first)[1]
    with project.edit("Remove", frame=frame.id) as edit:
        edit.put_frame(replace(frame, removed=True))
    view = ProjectView(project, [first])
    assert [item.name for item in view.frames()] == ["1.png", "3.png"]
    assert view.frame_count == 2
    assert view.picture(list(view.frames())[1]).path.name == "3.png"


def test_a_frame_is_found_by_its_number_in_the_view(project):
    view = ProjectView(project)
    assert [view.frame_numbered(number).name for number in range(4)] == [
        "1.png", "2.png", "3.png", "1.png",
    ]  # fmt: skip
    assert view.frame_numbered(4) is None
    first, _ = project.tasks()
    gone = frames_of(project, first)[1]
    with project.edit("Remove") as edit:
        edit.put_frame(replace(gone, removed=True))
    assert view.frame_numbered(1) is None
    assert view.frame_numbered(2).name == "3.png"


def test_pages_and_members_are_exported_as_files_of_their_own(tmp_path, make_picture):
    import zipfile

    import numpy as np
    import tifffile

    pages = np.arange(2 * 30 * 40, dtype=np.uint16).reshape(2, 30, 40)
    (tmp_path / "in").mkdir()
    tifffile.imwrite(tmp_path / "in" / "scan.tif", pages, photometric="minisblack")
    make_picture(tmp_path / "made.png", 40, 30)
    with zipfile.ZipFile(tmp_path / "in" / "pack.zip", "w") as archive:
        archive.write(tmp_path / "made.png", "inner/made.png")
    with Project.create(tmp_path / "p") as project:
        add_task(project, "in", find_media([tmp_path / "in", tmp_path / "in" / "pack.zip"]))
        view = ProjectView(project)
        names = [frame.name for frame in view.frames()]
        format_ = FORMATS["coco_instances"]
        assert not [
            row for row in format_.losses(view, {"save_images": True}) if row.aspect == "picture"
        ]
        export_dataset(view, format_, tmp_path / "out", {"save_images": True})
    images = tmp_path / "out" / "images" / "default"
    written = {path.relative_to(images).as_posix() for path in images.rglob("*") if path.is_file()}
    assert written == set(names)
    assert (images / "inner/made.png").read_bytes() == (tmp_path / "made.png").read_bytes()
    for number, page in enumerate(pages, start=1):
        assert np.array_equal(tifffile.imread(images / f"scan_p{number}.tif"), page)
