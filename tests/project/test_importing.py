"""Bringing datasets into projects: onto the right frames, as one step, with a word about all that stays behind."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.labels import Attribute, Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import Points, Polygon, Rectangle, Skeleton, SkeletonElement
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import DatasetHeader, DatasetItem, FrameItem, Problem, TrackItem
from annotator.formats.exporting import export_dataset
from annotator.formats.memory import MemoryDataset
from annotator.project.errors import ProjectError
from annotator.project.imports.importing import ImportReport, plan_import, run_import
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project
from annotator.project.storage.parts import PART_SIZE
from annotator.project.view import ProjectView
from tests.fact_bags import facts, facts_of_view
from tests.formats.random_datasets import datasets

BOX = Rectangle((1, 2, 13, 14))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p") as project:
        yield project


def with_task(project: Project, *names: str, task: str = "pictures") -> Task:
    """Add a task of frames that have no picture files."""
    one = Task(task)
    with project.edit("Add") as edit:
        edit.put_task(one)
        edit.put_job(Job(one.id))
        for place, name in enumerate(names):
            edit.put_frame(Frame(one.id, place, name))
    return one


def dataset(labels: Iterable[Label] = (), *items: DatasetItem, **header) -> MemoryDataset:
    return MemoryDataset(DatasetHeader("made_up", LabelSchema(tuple(labels)), **header), items)


def bring_in(project: Project, one, task: Task | None = None) -> ImportReport:
    task = task or project.tasks()[0]
    return run_import(project, plan_import(project, one, task))


def on(project: Project, name: str, task: Task | None = None) -> list[Annotation]:
    """The annotations of the frame with a name."""
    frame = project.frame_named((task or project.tasks()[0]).id, name)
    return project.annotations(frame.id)


def contents(project: Project) -> list[object]:
    """Everything that an import can change."""
    return [
        list(project.labels),
        project.tasks(),
        [list(project.all_frames(task.id)) for task in project.tasks()],
        [
            project.annotations(frame.id)
            for task in project.tasks()
            for frame in project.frames(task.id)
        ],
        [project.tracks(task.id) for task in project.tasks()],
    ]


# The three formats -----------------------------------------------------------------------------------------


def coco(folder: Path, names: Iterable[str]) -> Path:
    """A COCO file with a box and a polygon on each picture, moved by 10 from one to the next."""
    images, annotations = [], []
    for number, name in enumerate(names, 1):
        x = 10.0 * number
        images.append({"id": number, "file_name": name, "width": 200, "height": 100})
        annotations += [
            {"id": 2 * number, "image_id": number, "category_id": 7, "bbox": [x, 1.5, 4, 5],
             "area": 20, "iscrowd": 0},
            {"id": 2 * number + 1, "image_id": number, "category_id": 3, "area": 8, "iscrowd": 0,
             "bbox": [x, 0, 4, 4], "segmentation": [[x, 0, x + 4, 0, x, 4]]},
        ]  # fmt: skip
    path = folder / "coco.json"
    categories = [{"id": 3, "name": "cat"}, {"id": 7, "name": "dog"}]
    path.write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories})
    )
    return path


def test_coco_onto_pictures_of_the_same_names(project, tmp_path):
    with_task(project, "a.jpg", "b.jpg", "c.jpg")
    report = bring_in(project, FORMATS["coco_instances"].read(coco(tmp_path, ["b.jpg", "a.jpg"])))
    assert (report.frames, dict(report.annotations), report.skipped) == (
        2,
        {"rectangle": 2, "polygon": 2},
        0,
    )
    assert report.is_complete
    assert report.new_labels == ["cat", "dog"]
    names = {label.id: label.name for label in project.labels}
    for name, x in (("b.jpg", 10.0), ("a.jpg", 20.0)):
        assert [(names[one.label], one.shape) for one in on(project, name)] == [
            ("dog", Rectangle((x, 1.5, x + 4, 6.5))),
            ("cat", Polygon.from_ring([(x, 0), (x + 4, 0), (x, 4)])),
        ]
    assert on(project, "c.jpg") == []


def test_an_import_is_one_step_that_is_undone_and_done_again_whole(project, tmp_path):
    task = with_task(project, "a.jpg", "b.jpg")
    before = contents(project)
    report = bring_in(project, FORMATS["coco_instances"].read(coco(tmp_path, ["a.jpg", "b.jpg"])))
    after = contents(project)
    assert project.history()[0].id == report.step
    assert project.history()[0].task == task.id
    assert len(project.history()) == 2
    project.undo(report.step)
    assert contents(project) == before
    project.redo()
    assert contents(project) == after


def test_yolo_onto_real_pictures_in_folders(project, tmp_path, make_picture):
    for name in ("images/train/a.jpg", "images/val/a.jpg"):
        make_picture(tmp_path / "set" / name, 256, 128)
    for subset, row in (("train", "0 0.5 0.5 0.125 0.25"), ("val", "1 0.25 0.5 0.125 0.25")):
        (tmp_path / "set" / "labels" / subset).mkdir(parents=True)
        (tmp_path / "set" / "labels" / subset / "a.txt").write_text(row + "\n")
    (tmp_path / "set" / "data.yaml").write_text(
        "path: .\ntrain: images/train\nval: images/val\nnames: [cat, dog]\n"
    )
    task = add_task(project, "set", find_media([tmp_path / "set"]))
    report = bring_in(project, FORMATS["yolo_ultralytics_detect"].read(tmp_path / "set"))
    assert (report.frames, report.is_complete) == (2, True)
    names = {label.id: label.name for label in project.labels}
    found = {
        frame.name: (frame.subset, names[one.label], one.shape)
        for frame in project.frames(task.id)
        for one in project.annotations(frame.id)
    }
    assert found == {
        "images/train/a.jpg": ("train", "cat", Rectangle((112, 48, 144, 80))),
        "images/val/a.jpg": ("val", "dog", Rectangle((48, 48, 80, 80))),
    }


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task>
    <name>clip</name><size>3</size><mode>interpolation</mode>
    <start_frame>10</start_frame><stop_frame>16</stop_frame><frame_filter>step=3</frame_filter>
    <labels><label><name>car</name><color>#112233</color><attributes>
      <attribute><name>speed</name><mutable>True</mutable><input_type>number</input_type>
        <default_value>0</default_value><values>0;200;1</values></attribute>
      <attribute><name>make</name><mutable>False</mutable><input_type>text</input_type>
        <default_value></default_value><values></values></attribute>
    </attributes></label></labels>
    <original_size><width>200</width><height>100</height></original_size>
  </task></meta>
  <track id="0" label="car" source="manual">
    <box frame="10" keyframe="1" outside="0" occluded="0" xtl="1.00" ytl="2.00" xbr="11.00"
      ybr="12.00" z_order="0"><attribute name="speed">5</attribute><attribute name="make">x</attribute></box>
    <box frame="13" keyframe="0" outside="0" occluded="0" xtl="6.00" ytl="2.00" xbr="16.00"
      ybr="12.00" z_order="0"><attribute name="speed">5</attribute><attribute name="make">x</attribute></box>
    <box frame="16" keyframe="1" outside="1" occluded="0" xtl="11.00" ytl="2.00" xbr="21.00"
      ybr="12.00" z_order="0"><attribute name="speed">9</attribute><attribute name="make">x</attribute></box>
  </track>
</annotations>
"""


def test_tracks_of_cvat_keep_their_absolute_frame_numbers_on_the_way_back(project, tmp_path):
    (tmp_path / "clip.xml").write_text(CVAT)
    task = with_task(project, "first.png", "second.png", "third.png")
    report = bring_in(project, FORMATS["cvat_video"].read(tmp_path / "clip.xml"))
    assert (report.tracks, report.keyframes, report.skipped) == (1, 2, 0)
    names = {frame.id: frame.name for frame in project.frames(task.id)}
    (track,) = project.tracks(task.id)
    assert [(names[one.frame], one.outside, one.shape) for one in track.keyframes] == [
        ("first.png", False, Rectangle((1, 2, 11, 12))),
        ("third.png", True, Rectangle((11, 2, 21, 12))),
    ]
    label = project.labels[track.label]
    speed, make = label.attribute_named("speed"), label.attribute_named("make")
    assert [one.attributes for one in track.keyframes] == [{speed.id: 5.0}, {speed.id: 9.0}]
    assert track.attributes == {make.id: "x"}
    export_dataset(ProjectView(project), FORMATS["cvat_video"], tmp_path / "out")
    root = ElementTree.parse(tmp_path / "out" / "annotations.xml").getroot()
    assert [(box.get("frame"), box.get("keyframe")) for box in root.iterfind("track/box")] == [
        ("10", "1"),
        ("13", "0"),
        ("16", "1"),
    ]


@pytest.mark.parametrize("sample", ["docs_example", "fork_skeleton_tracks", "dagshub_sample"])
def test_a_sample_of_cvat_comes_out_of_a_project_as_it_went_in(project, shared, tmp_path, sample):
    source = FORMATS["cvat_video"].read(shared / "fixtures" / "formats" / "cvat_video" / sample)
    memory = MemoryDataset.read(source)
    with_task(project, *(f"picture {number:05d}" for number in range(memory.frame_count)))
    report = bring_in(project, source)
    # What stands between key frames and differs is left out, as CVAT does.
    assert {problem.rule for problem in report.problems if problem.skipped} <= {"not-interpolated"}
    export_dataset(ProjectView(project), FORMATS["cvat_video"], tmp_path / "out")
    again = MemoryDataset.read(FORMATS["cvat_video"].read(tmp_path / "out"))
    keep = {"track", "key frame", "attribute", "occluded", "label", "label attribute", "source"}
    assert _of(facts_of_view(memory, 2), keep) == _of(facts_of_view(again, 2), keep)


def _of(bag, aspects):
    return {fact: count for fact, count in bag.items() if fact[0] in aspects}


# Frames ----------------------------------------------------------------------------------------------------


def test_frames_that_are_not_there_or_left_open_stay_behind_and_are_told(project):
    task = with_task(project, "x/a.jpg", "y/a.jpg", "b.jpg")
    cat = Label("cat")
    one = dataset(
        [cat],
        FrameItem("a.jpg", annotations=(Annotation(0, cat.id, BOX), Annotation(0, cat.id, None))),
        FrameItem("b.jpg", annotations=(Annotation(1, cat.id, BOX),)),
        FrameItem("empty.jpg"),
        FrameItem("gone.jpg", annotations=(Annotation(3, cat.id, BOX),)),
    )
    plan = plan_import(project, one, task)
    report = run_import(project, plan)
    for told in (plan.report, report):
        assert (told.frames, dict(told.annotations), told.skipped) == (1, {"rectangle": 1}, 3)
        assert [missing.name for missing in told.unmatched] == ["a.jpg", "empty.jpg", "gone.jpg"]
        assert not told.is_complete
    assert plan.report.step is None
    assert [len(on(project, name)) for name in ("x/a.jpg", "y/a.jpg", "b.jpg")] == [0, 0, 1]


def test_a_frame_without_annotations_that_is_not_there_loses_nothing(project):
    with_task(project, "a.jpg")
    assert bring_in(project, dataset((), FrameItem("a.jpg"), FrameItem("b.jpg"))).is_complete


def test_where_no_frame_fits_nothing_is_written(project):
    task = with_task(project, "a.jpg")
    cat = Label("cat")
    before = contents(project)
    one = dataset([cat], FrameItem("b.jpg", annotations=(Annotation(0, cat.id, BOX),)))
    with pytest.raises(ProjectError, match=r'None of the frames.*"pictures".*"b\.jpg"'):
        plan_import(project, one, task)
    assert contents(project) == before


def test_a_very_long_name_does_not_fill_the_sentence(project):
    task = with_task(project, "a.jpg")
    cat = Label("cat")
    name = "b" * 5_000
    one = dataset([cat], FrameItem(name, annotations=(Annotation(0, cat.id, BOX),)))
    with pytest.raises(ProjectError, match="None of the frames") as error:
        plan_import(project, one, task)
    assert len(str(error.value)) < 500


def test_only_the_task_that_was_named_is_imported_into(project):
    first = with_task(project, "a.jpg", task="one")
    second = with_task(project, "a.jpg", task="two")
    cat = Label("cat")
    one = dataset([cat], FrameItem("a.jpg", annotations=(Annotation(0, cat.id, BOX),)))
    report = bring_in(project, one, second)
    assert report.task == "two"
    assert (len(on(project, "a.jpg", first)), len(on(project, "a.jpg", second))) == (0, 1)
    assert project.history()[0].task == second.id


def test_a_frame_that_comes_several_times_gathers_everything(project):
    with_task(project, "a.jpg")
    cat = Label("cat")

    class Streamed:
        header = DatasetHeader("made_up", LabelSchema((cat,)))

        def items(self) -> Iterator[DatasetItem]:
            for number in range(3):
                yield FrameItem(
                    "a.jpg",
                    subset="train",
                    annotations=(Annotation(0, cat.id, BOX, z_order=number),),
                    foreign={str(number): number},
                )

    assert bring_in(project, Streamed()).frames == 1
    assert [one.z_order for one in on(project, "a.jpg")] == [0, 1, 2]
    frame = project.frame_named(project.tasks()[0].id, "a.jpg")
    assert (frame.subset, frame.foreign) == ("train", {"0": 0, "1": 1, "2": 2})


def test_what_a_person_says_of_a_frame_stays(project):
    task = with_task(project, "a.jpg")
    frame = project.frame_named(task.id, "a.jpg")
    with project.edit("Mark") as edit:
        edit.put_frame(replace(frame, done=True, subset="mine", foreign={"kept": 1}))
    bring_in(project, dataset((), FrameItem("a.jpg", subset="theirs", foreign={"new": 2})))
    frame = project.frame_named(task.id, "a.jpg")
    assert (frame.done, frame.subset, frame.foreign) == (True, "mine", {"kept": 1, "new": 2})


# Values ----------------------------------------------------------------------------------------------------


def test_values_that_do_not_fit_are_told_before_and_after(project):
    task = with_task(project, "a.jpg")
    known = Label("cat", attributes=(Attribute("fur", "select", ("short", "long")),))
    with project.edit("Labels") as edit:
        edit.put_label(known)
    fur = Attribute("fur", "text")
    cat = Label("cat", attributes=(fur,))
    values = ("long", "curly", "curly", "none")
    found = tuple(Annotation(0, cat.id, BOX, {fur.id: value}) for value in values)
    plan = plan_import(project, dataset([cat], FrameItem("a.jpg", annotations=found)), task)
    report = run_import(project, plan)
    for told in (plan.report, report):
        (problem,) = told.problems
        assert problem.skipped
        assert "'curly'" in problem.text
        assert "(values of this attribute: 3)" in problem.text
        assert not told.is_complete
    assert [one.attributes for one in on(project, "a.jpg")] == [
        {known.attributes[0].id: "long"}, {}, {}, {},
    ]  # fmt: skip
    assert project.labels.named("cat") == known


def test_groups_get_numbers_that_nobody_has(project):
    task = with_task(project, "a.jpg", "b.jpg")
    cat = Label("cat")
    frame = project.frame_named(task.id, "a.jpg")
    with project.edit("Draw") as edit:
        edit.put_label(cat)
        edit.put(Annotation(frame.id, cat.id, BOX, group=5))
    other = Label("cat")
    one = dataset(
        [other],
        FrameItem(
            "a.jpg", annotations=tuple(Annotation(0, other.id, BOX, group=g) for g in (5, 0, 1))
        ),
        FrameItem("b.jpg", annotations=(Annotation(1, other.id, BOX, group=5),)),
    )
    bring_in(project, one)
    assert [one.group for one in on(project, "a.jpg")] == [5, 6, 0, 7]
    assert [one.group for one in on(project, "b.jpg")] == [6]


def test_attributes_that_the_project_lets_change_stand_in_the_key_frames(project):
    task = with_task(project, "a.jpg", "b.jpg")
    known = Label("car", attributes=(Attribute("colour", mutable=True), Attribute("make")))
    with project.edit("Labels") as edit:
        edit.put_label(known)
    colour, make = Attribute("colour"), Attribute("make")
    car = Label("car", attributes=(colour, make))
    keyframes = (Keyframe(0, BOX), Keyframe(1, BOX.moved_by(1, 1)))
    track = Track(car.id, keyframes, {colour.id: "red", make.id: "x"})
    bring_in(
        project,
        dataset(
            [car], FrameItem("a.jpg", number=0), FrameItem("b.jpg", number=1), TrackItem(track)
        ),
    )
    (stored,) = project.tracks(task.id)
    assert stored.attributes == {known.attributes[1].id: "x"}
    assert [one.attributes for one in stored.keyframes] == [{known.attributes[0].id: "red"}] * 2


def test_values_that_a_dataset_lets_change_stand_in_the_key_frames_that_were_there(project):
    task = with_task(project, "a.jpg", "b.jpg")
    frames = [FrameItem("a.jpg", number=0), FrameItem("b.jpg", number=1)]
    keyframes = (Keyframe(0, BOX), Keyframe(1, BOX.moved_by(1, 1)))
    fixed, make = Attribute("colour"), Attribute("make")
    car = Label("car", attributes=(fixed, make))
    tracks = [
        TrackItem(Track(car.id, keyframes, {fixed.id: f"red {number}", make.id: "x"}))
        for number in range(PART_SIZE)
    ]
    bring_in(project, dataset([car], *frames, *tracks))
    before = contents(project)
    changing = Attribute("colour", mutable=True)
    bring_in(project, dataset([Label("car", attributes=(changing,))], *frames))
    (label,) = project.labels
    colour, other = label.attributes
    assert (colour.mutable, other.mutable) == (True, False)
    stored = project.tracks(task.id)
    assert len(stored) == PART_SIZE
    assert {one.attributes[other.id] for one in stored} == {"x"}
    values = [[one.attributes[colour.id] for one in track.keyframes] for track in stored]
    assert sorted(values) == sorted([f"red {number}"] * 2 for number in range(PART_SIZE))
    assert all(track.attributes.keys() == {other.id} for track in stored)
    project.undo()
    assert contents(project) == before


def test_skeletons_of_tracks_take_the_points_of_the_project(project):
    task = with_task(project, "a.jpg")
    points = (TemplatePoint("head"), TemplatePoint("foot"))
    known = Label("person", kind="skeleton", skeleton=SkeletonTemplate(points))
    with project.edit("Labels") as edit:
        edit.put_label(known)
    foot, head = TemplatePoint("foot"), TemplatePoint("head")
    person = Label("person", kind="skeleton", skeleton=SkeletonTemplate((foot, head)))
    shape = Skeleton(
        {foot.id: SkeletonElement(Points([[1, 1]])), head.id: SkeletonElement(Points([[2, 2]]))}
    )
    track = Track(person.id, (Keyframe(0, shape),))
    bring_in(project, dataset([person], FrameItem("a.jpg", number=0), TrackItem(track)))
    (stored,) = project.tracks(task.id)
    elements = stored.keyframes[0].shape.elements
    assert elements[points[0].id].shape == Points([[2, 2]])
    assert elements[points[1].id].shape == Points([[1, 1]])


# All or nothing --------------------------------------------------------------------------------------------


class StopsAfter(Progress):
    """Is cancelled at the report with a number."""

    def __init__(self, reports: int) -> None:
        super().__init__()
        self._left = reports

    def checkpoint(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.cancel()
        super().checkpoint()


def many_frames(frames: int, each: int) -> tuple[list[str], MemoryDataset]:
    cat = Label("cat", attributes=(Attribute("age", "number"),))
    names = [f"{number}.jpg" for number in range(frames)]
    return names, dataset(
        [cat],
        *(
            FrameItem(name, annotations=tuple(Annotation(place, cat.id, BOX) for _ in range(each)))
            for place, name in enumerate(names)
        ),
        foreign={"made_up": {"key": 1}},
    )


@pytest.mark.parametrize("reports", [1, 2, 30, 60])
def test_cancelling_takes_back_what_was_written(project, reports):
    names, one = many_frames(60, PART_SIZE // 20)
    task = with_task(project, *names)
    before = contents(project)
    plan = plan_import(project, one, task)
    with pytest.raises(Cancelled):
        run_import(project, plan, progress=StopsAfter(reports))
    assert contents(project) == before
    assert project.label_counts() == {}
    assert project.interrupted_steps() == []
    report = run_import(project, plan)  # the plan is still good
    assert report.annotations.total() == 60 * (PART_SIZE // 20)


def test_an_error_in_the_second_pass_takes_back_what_was_written(project):
    names, one = many_frames(60, PART_SIZE // 20)
    task = with_task(project, *names)
    before = contents(project)

    class Breaks:
        header = one.header
        passes = 0

        def items(self) -> Iterator[DatasetItem]:
            self.passes += 1
            for number, item in enumerate(one.items()):
                if self.passes == 2 and number == 50:
                    raise ProjectError("The file is gone.")
                yield item

    with pytest.raises(ProjectError, match="gone"):
        bring_in(project, Breaks(), task)
    assert contents(project) == before


def test_the_report_tells_what_was_written_where_the_dataset_changed_meanwhile(project):
    names, one = many_frames(3, 2)
    with_task(project, *names)

    class Shrinks:
        header = one.header
        passes = 0

        def items(self) -> Iterator[DatasetItem]:
            self.passes += 1
            items = list(one.items())
            yield from items if self.passes == 1 else items[:1]
            if self.passes == 2:
                yield Problem("file", "Cut off.", "syntax")

    report = bring_in(project, Shrinks())
    assert (report.frames, report.annotations.total()) == (1, 2)
    assert [problem.text for problem in report.problems] == ["Cut off."]


# Everything ------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_imported_shows_the_same_facts(tmp_path_factory, data):
    one = data.draw(datasets())
    frames = list(one.frames())
    names = [frame.name or f"frame_{frame.number:06d}" for frame in frames]
    assume(len(set(names)) == len(names) > 0)
    with Project.create(tmp_path_factory.mktemp("p")) as project:
        with_task(project, *names)
        before = contents(project)
        report = bring_in(project, one)
        assert report.is_complete
        assert report.problems == []
        view = ProjectView(project)
        assert facts_of_view(view) == facts(one.labels, one.items())
        project.undo()
        assert contents(project) == before


@pytest.mark.parametrize("format_id", [one.id for one in FORMATS])
def test_what_an_import_brought_in_an_export_gives_back(project, tmp_path, make_picture, format_id):
    one = FORMATS[format_id]
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        make_picture(tmp_path / "pictures" / name, 200, 100)
    add_task(project, "pictures", find_media([tmp_path / "pictures"]))
    cat, dog = Label("cat"), Label("dog", "#00ff00")
    boxes = [Rectangle((x, 10, x + 30, 40)) for x in (10, 50, 90)]
    found = [(cat, boxes[0]), (dog, boxes[1]), (cat, boxes[2])]
    items = [
        FrameItem(name, (200, 100), place, annotations=tuple(
            Annotation(place, label.id, box.moved_by(place, 0)) for label, box in found
        ))
        for place, name in enumerate(("a.jpg", "b.jpg", "c.jpg"))
    ]  # fmt: skip
    source = MemoryDataset(
        DatasetHeader("", LabelSchema((cat, dog)), "d", media_roots=(tmp_path / "pictures",)), items
    )
    options = {"save_images": True} if "save_images" in one.options else {}
    export_dataset(source, one, tmp_path / "first", options)
    first = MemoryDataset.read(one.read(tmp_path / "first"))
    bring_in(project, one.read(tmp_path / "first"))
    export_dataset(ProjectView(project), one, tmp_path / "second", options)
    second = MemoryDataset.read(one.read(tmp_path / "second"))
    assert facts_of_view(first) == facts_of_view(second)


# --- doubts about the frames


def test_other_sizes_and_several_subsets_are_told(project, tmp_path, make_picture):
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        make_picture(tmp_path / "media" / name, 40, 30)
    task = add_task(project, "pictures", find_media([tmp_path / "media"]))
    (tmp_path / "media" / "d.jpg").unlink()
    one = dataset(
        [],
        FrameItem("a.jpg", (30, 40), subset="train"),
        FrameItem("b.jpg", (80, 60), subset="train"),
        FrameItem("c.jpg", (40, 30), subset="train"),
        FrameItem("d.jpg", (1, 1)),
    )
    plan = plan_import(project, one, task)
    assert [(problem.rule, problem.skipped) for problem in plan.report.problems] == [
        ("swapped-size", False),
        ("other-size", False),
    ]
    assert "a.jpg has 40 x 30 pixels, not 30 x 40" in plan.report.problems[0].text
    report = run_import(project, plan)
    assert report.problems == plan.report.problems
    assert report.is_complete


def test_a_picture_of_several_subsets_is_told(project, tmp_path, make_picture):
    task = with_task(project, "a.jpg", "b.jpg")
    make_picture(tmp_path / "media" / "a.jpg", 40, 30)
    items = [FrameItem("a.jpg", subset=one) for one in ("train", "val")] + [FrameItem("b.jpg")]
    report = bring_in(project, dataset([], *items, media_roots=(tmp_path / "media",)), task)
    (problem,) = report.problems
    assert (problem.rule, problem.skipped) == ("several-subsets", False)
    assert "a.jpg is in train, val" in problem.text
    assert project.frame_named(task.id, "a.jpg").subset == "train"


def test_left_out_counts_what_cannot_be_read(project):
    task = with_task(project, "a.jpg")
    cat = Label("cat", id=1)
    problems = [
        Problem("x", "It is left out.", "type"),
        Problem("x", "Changed.", "y", skipped=False),
    ]
    found = (Annotation(0, 1, BOX),)
    items = [FrameItem("a.jpg", annotations=found), FrameItem("zz.jpg", annotations=found * 2)]
    report = bring_in(project, dataset([cat], *problems, *items), task)
    assert (report.skipped, report.left_out, report.is_complete) == (2, 3, False)
