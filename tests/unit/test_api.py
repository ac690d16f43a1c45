"""The Python API: what scripts and plug-ins build on."""

import gc
import json
import multiprocessing
import subprocess
import sys
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import annotator.api as api
from annotator.project.project import Project as StoredProject

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pictures(tmp_path: Path, make_picture) -> Path:
    folder = tmp_path / "pictures"
    for number, name in enumerate(("a.png", "b.png", "c.png")):
        make_picture(folder / name, 40 + number, 30, seed=number)
    return folder


@pytest.fixture
def project(tmp_path: Path, pictures: Path):
    with api.create_project(tmp_path / "p", pictures, labels=("cat", "dog")) as project:
        yield project


def box(project: api.Project, name: str, label: str = "cat", x: float = 1.0) -> api.Annotation:
    frame = project.frame(name)
    shape = api.Rectangle((x, 2, x + 10, 12))
    return api.Annotation(frame.id, project.labels.named(label).id, shape)


def test_everything_that_is_promised_is_there():
    assert api.API_VERSION == (1, 2)
    assert len(set(api.__all__)) == len(api.__all__)
    for name in api.__all__:
        assert getattr(api, name).__doc__


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, annotator.api;"
        "heavy = {'PySide6', 'cv2', 'lxml', 'shapely', 'typer', 'rich', 'openvino', 'onnxruntime'};"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


# Frames ----------------------------------------------------------------------------------------------------


def test_frames_come_in_order_with_what_is_known_of_them(project, pictures):
    frames = list(project.frames())
    assert [frame.name for frame in frames] == ["a.png", "b.png", "c.png"]
    assert [frame.position for frame in frames] == [0, 1, 2]
    assert [frame.size for frame in frames] == [(40, 30), (41, 30), (42, 30)]
    assert {frame.task for frame in frames} == {"pictures"}
    assert [frame.path for frame in frames] == [
        pictures / name for name in ("a.png", "b.png", "c.png")
    ]
    assert [(frame.subset, frame.is_done) for frame in frames] == [("", False)] * 3
    assert "b.png" in repr(frames[1])


def test_more_frames_than_are_read_at_once(tmp_path, make_picture, monkeypatch):
    for number in range(7):
        make_picture(tmp_path / "many" / f"{number}.png", 8, 8)
    monkeypatch.setattr(api, "_PAGE", 3)
    with api.create_project(tmp_path / "p", tmp_path / "many") as project:
        assert [frame.name for frame in project.frames()] == [f"{n}.png" for n in range(7)]


def test_pixels_are_rgb_and_upright(tmp_path, make_picture):
    stored = make_picture(tmp_path / "m" / "turned.png", 40, 30, orientation=6)
    plain = make_picture(tmp_path / "m" / "plain.png", 40, 30)
    gray = make_picture(tmp_path / "m" / "gray.png", 40, 30, channels=1)
    clear = make_picture(tmp_path / "m" / "clear.png", 40, 30, channels=4)
    with api.create_project(tmp_path / "p", tmp_path / "m") as project:
        pixels = project.frame("plain.png").pixels
        assert (pixels.dtype, pixels.flags.c_contiguous) == (np.uint8, True)
        np.testing.assert_array_equal(pixels, plain)
        frame = project.frame("turned.png")
        assert frame.size == (30, 40)
        np.testing.assert_array_equal(frame.pixels, np.rot90(stored, -1))
        np.testing.assert_array_equal(project.frame("gray.png").pixels, np.stack([gray] * 3, -1))
        np.testing.assert_array_equal(project.frame("clear.png").pixels, clear[..., :3])


def test_pixels_are_decoded_when_they_are_asked_for_and_once(project, pictures):
    frame = project.frame("a.png")
    assert frame.pixels is frame.pixels
    assert frame.problem is None
    other = next(iter(project.frames()))
    (pictures / "a.png").unlink()
    assert other.name == "a.png"
    assert other.size is None
    with pytest.raises(api.AnnotatorError, match=r"a\.png"):
        _ = other.pixels
    assert "a.png" in other.problem
    (pictures / "b.png").write_bytes(b"no picture")
    with pytest.raises(api.MediaError, match=r"b\.png"):
        _ = project.frame("b.png").pixels


def test_a_picture_that_ends_too_early_is_shown_with_its_problem(tmp_path, make_picture):
    file = tmp_path / "m" / "cut.jpg"
    make_picture(file, 64, 64)
    file.write_bytes(file.read_bytes()[:-200])
    with api.create_project(tmp_path / "p", tmp_path / "m") as project:
        frame = project.frame("cut.jpg")
        assert frame.pixels.shape == (64, 64, 3)
        assert frame.problem.startswith("The picture is damaged")


def test_a_closed_project_says_so(tmp_path, pictures):
    project = api.create_project(tmp_path / "p", pictures, labels=("cat",))
    frame = project.frame("a.png")
    one = box(project, "a.png")
    project.close()
    project.close()

    def change():
        with project.edit("Too late") as edit:
            edit.put(one)

    uses = [
        lambda: list(project.frames()), lambda: project.frame("a.png"), lambda: project.tracks(),
        lambda: project.tasks, lambda: project.history(), project.undo, project.redo, change,
        lambda: frame.annotations, lambda: frame.path,
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(api.ProjectError, match="The project is closed"):
            use()


def test_a_frame_is_found_by_name_or_not_at_all(project):
    assert project.frame("b.png").position == 1
    assert project.frame("q.png") is None
    with pytest.raises(api.ProjectError, match="'pictures'"):
        project.frame("b.png", task="none")


# Annotations -----------------------------------------------------------------------------------------------


def test_an_edit_is_one_step_that_can_be_undone(project):
    one, two = box(project, "a.png"), box(project, "b.png", "dog")
    with project.edit("Draw two") as edit:
        edit.put(one, two)
    assert project.frame("a.png").annotations == [one]
    step = project.history()[0]
    assert (step.title, step.author) == ("Draw two", "script")
    with project.edit("Move") as edit:
        edit.put(replace(one, shape=one.shape.moved_by(1, 1)))
        edit.delete(two)
    assert project.frame("a.png").annotations[0].shape == one.shape.moved_by(1, 1)
    assert project.frame("b.png").annotations == []
    assert project.undo().title == "Move"
    assert project.frame("a.png").annotations == [one]
    assert project.frame("b.png").annotations == [two]
    assert project.redo().title == "Move"
    assert project.undo(project.history()[0].id).title == "Move"
    assert project.undo().title == "Draw two"
    assert [frame.annotations for frame in project.frames()] == [[], [], []]


def test_numbers_of_numpy_are_kept_and_read_again(project):
    one = replace(
        box(project, "a.png"), score=np.float32(0.5), z_order=np.int32(3), group=np.int64(4),
        occluded=np.bool_(1), id=np.int64(77),
    )  # fmt: skip
    with project.edit("Numpy") as edit:
        edit.put(replace(one, frame=np.int64(one.frame), label=np.int64(one.label)))
    assert project.frame("a.png").annotations == [one]


def test_an_edit_that_fails_changes_nothing(project):
    before = project.history()

    def fail(edit: api.Edit) -> None:
        edit.put(box(project, "a.png"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), project.edit("Draw") as edit:
        fail(edit)
    assert project.frame("a.png").annotations == []
    assert project.history() == before


@pytest.mark.parametrize("step", [5, -1, 10**20])
def test_a_step_that_does_not_exist_is_refused(project, step):
    for act in (project.undo, project.redo):
        with pytest.raises(api.UndoRefusedError, match=f"no step {step}"):
            act(step)


def test_a_limit_may_be_larger_than_any_history(project):
    assert len(project.history(10**20)) == len(project.history())


def test_annotations_are_deleted_by_id_too(project):
    one = box(project, "a.png")
    with project.edit("Draw") as edit:
        edit.put(one)
    with project.edit("Delete") as edit:
        edit.delete(one.id, 12345)
    assert project.frame("a.png").annotations == []


def test_labels_are_added_changed_and_merged(project):
    cat, dog = project.labels.named("cat"), project.labels.named("dog")
    assert cat.colour != dog.colour
    horse = api.Label("horse", attributes=(api.Attribute("age", "number"),))
    with project.edit("Labels") as edit:
        edit.put_label(horse)
        edit.put_label(replace(cat, name="kitten"))
        edit.put(box(project, "a.png", "dog"))
    assert [label.name for label in project.labels] == ["kitten", "dog", "horse"]
    with project.edit("Merge") as edit:
        edit.delete_label(dog, move_to=horse)
    assert project.frame("a.png").annotations[0].label == horse.id
    with project.edit("Delete") as edit:
        edit.delete_label(horse.id)
    assert project.frame("a.png").annotations == []


# Tracks ----------------------------------------------------------------------------------------------------


def test_what_tracks_show_is_among_the_annotations(project):
    frames = list(project.frames())
    parked, colour = api.Attribute("parked", "checkbox", mutable=True), api.Attribute("colour")
    car = api.Label("car", attributes=(parked, colour))
    track = api.Track(
        car.id,
        (
            api.Keyframe(frames[0].id, api.Rectangle((0, 0, 10, 10)), attributes={parked.id: True}),
            api.Keyframe(frames[2].id, api.Rectangle((4, 0, 14, 10)), outside=True),
        ),
        {colour.id: "red"},
        group=3,
    )
    drawn = box(project, "b.png")
    with project.edit("Track") as edit:
        edit.put_label(car)
        edit.put_track(track)
        edit.put(drawn)
    first, second, third = (frame.annotations for frame in frames)
    (shown,) = first
    assert (shown.id, shown.frame, shown.label, shown.group) == (track.id, frames[0].id, car.id, 3)
    assert shown.attributes == {parked.id: True, colour.id: "red"}
    assert shown.source == "manual"
    assert second[0] == drawn
    assert second[1].shape == api.Rectangle((2, 0, 12, 10))
    assert second[1].source == "interpolated"
    assert third == []
    assert project.tracks() == [track]
    with pytest.raises(api.ProjectError, match="through the track"), project.edit("No") as edit:
        edit.put(replace(second[1], occluded=True))
    longer = replace(track, keyframes=(track.keyframes[0],))
    with project.edit("Longer") as edit:
        edit.put_track(longer)
    assert frames[2].annotations[0].shape == api.Rectangle((0, 0, 10, 10))
    with project.edit("Away") as edit:
        edit.delete_track(track)
    assert [frame.annotations for frame in frames] == [[], [drawn], []]


def test_a_track_goes_on_where_the_frame_of_a_key_frame_was_removed(tmp_path, project):
    frames = list(project.frames())
    label = project.labels.named("cat").id
    ends = (
        api.Keyframe(frames[0].id, api.Rectangle((0, 0, 10, 10))),
        api.Keyframe(frames[2].id, api.Rectangle((4, 0, 14, 10))),
    )
    with project.edit("Track") as edit:
        edit.put_track(api.Track(label, ends))
    project.close()
    with StoredProject.open(tmp_path / "p") as stored, stored.edit("Remove") as edit:
        edit.put_frame(replace(stored.frame(frames[0].id), removed=True))
    with api.open_project(tmp_path / "p") as again:
        shown = [frame.annotations[0].shape for frame in again.frames()]
    assert shown == [api.Rectangle((2, 0, 12, 10)), ends[1].shape]


def test_key_frames_must_be_on_frames_of_one_task(project, tmp_path, make_picture):
    make_picture(tmp_path / "other" / "d.png", 8, 8)
    api_frames = list(project.frames())
    project.close()
    with api.create_project(tmp_path / "p", tmp_path / "other") as both:
        cat = both.labels.named("cat").id
        foreign = both.frame("d.png", task="other")
        shape = api.Rectangle((1, 2, 3, 4))
        for frames in ((api_frames[0].id, foreign.id), (12345,), ()):
            track = api.Track(cat, tuple(api.Keyframe(frame, shape) for frame in frames))
            with pytest.raises(api.ProjectError, match="one task"), both.edit("No") as edit:
                edit.put_track(track)


# Projects --------------------------------------------------------------------------------------------------


def test_a_folder_that_was_opened_is_found(pictures):
    api.create_project(pictures, pictures).close()
    with api.open_project(str(pictures)) as project:
        assert project.folder == pictures / ".annotator"
        assert project.is_writable
    with api.open_project(pictures, read_only=True) as project:
        assert not project.is_writable
        assert len(list(project.frames())) == 3
        with pytest.raises(api.ReadOnlyError), project.edit("No"):
            pass


def test_where_there_is_no_project_it_says_so(tmp_path):
    with pytest.raises(api.ProjectError, match="no project"):
        api.open_project(tmp_path)


def test_several_tasks_and_media(tmp_path, pictures):
    with api.create_project(tmp_path / "p", [pictures / "a.png", pictures / "b.png"], task="one"):
        pass
    with api.create_project(tmp_path / "p", pictures, task="two", labels=("cat",)) as project:
        assert project.tasks == ["one", "two"]
        assert [frame.task for frame in project.frames()] == ["one"] * 2 + ["two"] * 3
        assert len(list(project.frames("two"))) == 3
        with pytest.raises(api.ProjectError, match="'one', 'two'"):
            project.import_dataset(tmp_path)
        with pytest.raises(api.ProjectError, match="'three'"):
            list(project.frames("three"))
    with api.create_project(tmp_path / "p", pictures, labels=("dog", "cat")) as project:
        assert [label.name for label in project.labels] == ["cat", "dog"]


def test_a_dataset_comes_in_and_goes_out(project, tmp_path):
    path = tmp_path / "coco.json"
    image = {"id": 1, "file_name": "b.png", "width": 41, "height": 30}
    drawn = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0}
    path.write_text(
        json.dumps(
            {
                "images": [image, {**image, "id": 2, "file_name": "q.png"}],
                "annotations": [drawn, {**drawn, "id": 2, "image_id": 2}],
                "categories": [{"id": 1, "name": "cat"}],
            }
        )
    )
    report = project.import_dataset(path)
    assert (report.frames, report.skipped, report.new_labels) == (1, 1, [])
    assert [one.name for one in report.unmatched] == ["q.png"]
    assert project.frame("b.png").annotations[0].shape == api.Rectangle((1, 2, 4, 6))
    losses = project.export_dataset(tmp_path / "out", "coco_instances", save_images=True)
    assert not losses
    with api.create_project(tmp_path / "q", tmp_path / "out") as again:
        again.import_dataset(tmp_path / "out", format="coco_instances")
        assert [len(frame.annotations) for frame in again.frames()] == [0, 1, 0]
    with pytest.raises(api.FormatError, match="nothing"):
        project.export_dataset(tmp_path / "new", "nothing")
    with pytest.raises(api.InputError, match="does not exist"):
        project.import_dataset(tmp_path / "nowhere")
    with pytest.raises(api.FormatError, match="no option"):
        project.export_dataset(tmp_path / "new", "coco_instances", options={"colour": 1})


class _Drawing(api.Progress):
    """Somebody draws while it is reported: new labels, boxes of them, and one label goes."""

    def __init__(self, project: api.Project) -> None:
        super().__init__()
        self._project, self._drawn = project, []

    def checkpoint(self) -> None:
        super().checkpoint()
        if len(self._drawn) == 9:
            return
        label = api.Label(f"later {len(self._drawn)}", "#112233")
        shape = api.Rectangle((1, 2, 3, 4))
        self._drawn.append(label)
        with self._project.edit("Draw") as edit:
            edit.put_label(label)
            edit.put(
                *(api.Annotation(frame.id, label.id, shape) for frame in self._project.frames())
            )
        if len(self._drawn) == 3:
            with self._project.edit("Delete") as edit:
                edit.delete_label(self._project.labels.named("dog"))


@pytest.mark.parametrize("format_id", ["coco_instances", "yolo_ultralytics_detect", "cvat_video"])
def test_what_is_drawn_during_an_export_is_not_in_it(project, tmp_path, format_id):
    with project.edit("Draw") as edit:
        edit.put(box(project, "a.png"), box(project, "b.png", "dog"))
    project.export_dataset(tmp_path / "out", format_id, progress=_Drawing(project))
    assert len(project.labels) > 2
    assert "dog" not in {label.name for label in project.labels}
    with api.create_project(tmp_path / "again", project.frame("a.png").path.parent) as again:
        again.import_dataset(tmp_path / "out")
        assert [label.name for label in again.labels] == ["cat", "dog"]
        assert sum(len(frame.annotations) for frame in again.frames()) == 2


def test_strict_refuses_any_loss(project, tmp_path):
    ring = api.Polygon.from_ring([(1, 1), (9, 1), (9, 9)])
    with project.edit("Draw") as edit:
        edit.put(replace(box(project, "a.png"), shape=ring))
    with pytest.raises(api.FormatError, match="polygon"):
        project.export_dataset(tmp_path / "out", "yolo_ultralytics_detect", strict=True)
    assert not (tmp_path / "out").exists()
    losses = project.export_dataset(tmp_path / "out", "yolo_ultralytics_detect")
    assert losses.lost["polygon"] == 1


def test_a_failed_create_leaves_no_project(tmp_path, pictures):
    with pytest.raises(api.ProjectError):
        api.create_project(tmp_path / "new", tmp_path / "nowhere")
    with pytest.raises(api.InvalidValueError):
        api.create_project(tmp_path / "new", pictures, labels=("cat", "cat"))
    stopped = api.Progress()
    stopped.cancel()
    with pytest.raises(api.Cancelled):
        api.create_project(tmp_path / "new", pictures, progress=stopped)
    assert not (tmp_path / "new").exists()


def test_a_window_sees_what_a_script_did(tmp_path, pictures):
    with api.create_project(tmp_path / "p", pictures, labels=("cat",)) as project:
        one = box(project, "a.png")
        with project.edit("Draw") as edit:
            edit.put(one)
    with StoredProject.open(tmp_path / "p") as stored:
        assert stored.annotation(one.id) == one
        assert stored.next_undo(author="user") is None  # Ctrl+Z leaves it alone


def test_what_another_process_changes_is_seen_by_one_that_reads(project):
    with api.open_project(project.folder, read_only=True) as reader:
        frame = reader.frame("a.png")
        assert (len(reader.labels), frame.annotations, reader.tracks()) == (2, [], [])
        new = api.Label("bird", "#112233")
        shape = api.Rectangle((1, 2, 3, 4))
        track = api.Track(new.id, keyframes=(api.Keyframe(frame.id, shape),))
        with project.edit("Draw") as edit:
            edit.put_label(new)
            edit.put(api.Annotation(frame.id, new.id, shape))
        with project.edit("Follow") as edit:
            edit.put_track(track)
        assert [reader.labels[each.label].name for each in frame.annotations] == ["bird", "bird"]
        assert reader.tracks() == [track]


def test_a_project_that_nobody_has_any_more_is_closed(project):
    project.close()
    first = api.open_project(project.folder)
    frame = first.frame("a.png")
    assert frame.pixels.any()
    with api.open_project(project.folder) as second:
        assert not second.is_writable
        with pytest.raises(api.ReadOnlyError, match="It is open here already"):
            second.undo()
    del first, frame
    gc.collect()
    with api.open_project(project.folder) as third:
        assert third.is_writable


def test_one_name_is_one_label(tmp_path, pictures):
    with api.create_project(tmp_path / "p", pictures, labels="cat") as project:
        assert [label.name for label in project.labels] == ["cat"]


# Loaders of training data ------------------------------------------------------------------------------------


def test_frames_that_are_kept_do_not_keep_their_pictures(project):
    frames = list(project.frames())
    first = weakref.ref(frames[0].pixels)
    assert first() is frames[0].pixels
    assert frames[0].problem is None
    assert first() is not None
    assert frames[1].pixels.shape == (30, 41, 3)
    assert first() is None
    np.testing.assert_array_equal(frames[0].pixels, project.frame("a.png").pixels)


def test_what_is_done_to_pixels_is_not_in_the_next_epoch(project):
    frames = list(project.frames())
    for _ in range(2):
        for frame in frames:
            assert frame.pixels.any()
            frame.pixels[:] = 0


def test_frames_are_read_by_several_threads(project):
    one = box(project, "b.png")
    with project.edit("Draw") as edit:
        edit.put(one)
    frames = list(project.frames())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(_looked_at, [frames[i % 3] for i in range(60)]))
    assert found == [_looked_at(frames[i % 3]) for i in range(60)]
    assert found[1] == ("b.png", (30, 41, 3), [one])


@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_frames_are_read_by_processes_however_these_begin(project, way):
    one = box(project, "b.png")
    with project.edit("Draw") as edit:
        edit.put(one)
    frames = list(project.frames())
    here = [_looked_at(frame) for frame in frames]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(way)) as pool:
        assert list(pool.map(_looked_at, frames)) == here
        with pytest.raises(api.ReadOnlyError):
            pool.submit(_draw, project, one).result()
    assert project.is_writable


def _looked_at(frame: api.Frame) -> tuple[str, tuple[int, ...], list[api.Annotation]]:
    return frame.name, frame.pixels.shape, frame.annotations


def _draw(project: api.Project, one: api.Annotation) -> None:
    with project.edit("Draw elsewhere") as edit:
        edit.put(one)
