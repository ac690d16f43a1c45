"""What the doctor notes of annotations and tracks that break rules, in projects made by the program itself."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Attribute, Label, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import Points, Polygon, Polyline, Rectangle, Skeleton, SkeletonElement
from annotator.core.validation import RULES
from annotator.project import damaged_rows
from annotator.project.doctor import examine_project
from annotator.project.findings import Finding
from annotator.project.folder import open_pictures
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.project import Project
from annotator.project.storage.edit import Edit
from annotator.project.tasks.editing import remove_frame, remove_task

BOX = Rectangle((1, 2, 9, 12))
FLAT = Rectangle((1, 2, 9, 2))
COLOUR = Attribute("colour", "select", ("red", "green"), id=11)
SPEED = Attribute("speed", "number", minimum=0.0, maximum=9.0, mutable=True, id=12)
CAR = Label("car", kind="rectangle", attributes=(COLOUR, SPEED), id=1)
PERSON = Label(
    "person", kind="skeleton", skeleton=SkeletonTemplate((TemplatePoint("head", id=21),)), id=2
)
THING = Label("thing", id=3)

Draw = Callable[[Edit, list[int], int], None]


def _points(x: float, y: float) -> SkeletonElement:
    return SkeletonElement(Points([[x, y]]))


@pytest.fixture
def drawn(tmp_path: Path, make_picture) -> Callable[[Draw], Path]:
    """Make a project of three pictures of 40 x 30 with what is drawn on them."""
    for name in ("a.png", "b.png", "c.png"):
        make_picture(tmp_path / "media" / name, 40, 30)

    def make(draw: Draw) -> Path:
        with Project.create(tmp_path / "project") as project:
            task = add_task(project, "street", find_media([tmp_path / "media"]))
            frames = [frame.id for frame in project.frames(task.id)]
            with project.edit("Draw") as edit:
                for label in (CAR, PERSON, THING):
                    edit.put_label(label)
                draw(edit, frames, task.id)
        return tmp_path / "project"

    return make


def notes(folder: Path) -> list[Finding]:
    """What is found of rules; nothing else may be found."""
    found = [one for one in examine_project(folder) if one.severity != "ok"]
    assert {(one.severity, one.check) for one in found} <= {("note", "rules")}
    assert all(one.advice.endswith(".") for one in found)
    return found


def test_what_keeps_the_rules_is_not_noted(drawn):
    def draw(edit: Edit, frames: list[int], task: int) -> None:
        edge = Rectangle((-0.004, 0, 40.004, 30))
        edit.put(
            Annotation(frames[0], CAR.id, BOX, {11: "green", 12: 9.0}),
            Annotation(frames[0], CAR.id, edge),
            Annotation(frames[1], THING.id, None),
            Annotation(frames[1], PERSON.id, Skeleton({21: _points(40, 30)})),
        )
        gone = Keyframe(frames[1], Rectangle((90, 90, 99, 99)), outside=True)
        edit.put_track(Track(CAR.id, (Keyframe(frames[0], BOX), gone), {11: "red"}), task)

    assert notes(drawn(draw)) == []


# Each with the words of its finding, and those of its item.
BROKEN = [
    (CAR, Polygon.from_ring([(1, 1), (9, 1), (9, 9)]), {},
     "Not of a kind that the label allows", "The label is for rectangle, not for polygon."),
    (CAR, None, {}, "Not of a kind that the label allows", "The label is for rectangle, not for tag."),
    (THING, BOX, {11: "red"},
     "With a value of an attribute that the label does not have",
     "'red' is the value of no attribute of the label."),
    (CAR, BOX, {11: "blue"},
     "With a value that the attribute does not allow", "'blue' is no value of 'colour'."),
    (CAR, BOX, {12: 9.5},
     "With a number outside the range of the attribute", "9.5 is outside the range of 'speed'."),
    (PERSON, Skeleton({21: _points(1, 1), 99: _points(2, 2)}), {},
     "With a point that the skeleton of the label does not have",
     "It has a point that the skeleton of the label does not have."),
    (PERSON, Skeleton({21: SkeletonElement(Polyline([[1, 1], [2, 2]]))}), {},
     "With a point of a kind that the skeleton of the label does not allow",
     "Point 'head' is for points, not for polyline."),
    (CAR, FLAT, {}, "Without an area", "The rectangle has no area."),
    (CAR, Rectangle((1, 2, 40.02, 12)), {},
     "Beyond the edge of the picture", "The rectangle reaches beyond the picture."),
]  # fmt: skip


@pytest.mark.parametrize(("label", "shape", "attributes", "words", "reason"), BROKEN)
def test_an_annotation_that_breaks_a_rule_is_noted_with_its_place(
    drawn, label, shape, attributes, words, reason
):
    def draw(edit: Edit, frames: list[int], _task: int) -> None:
        edit.put(
            Annotation(frames[0], CAR.id, BOX), Annotation(frames[1], label.id, shape, attributes)
        )

    (note,) = notes(drawn(draw))
    assert note.text == f"{words}: 1 annotation."
    assert note.items == [f"street, b.png, {label.name}: {reason}"]


def test_every_rule_is_broken_here():
    assert len({words for _label, _shape, _attributes, words, _reason in BROKEN}) == len(RULES)


def test_a_track_is_named_with_the_first_frame_on_which_it_breaks_the_rule(drawn):
    def draw(edit: Edit, frames: list[int], task: int) -> None:
        # The later key frame is written first.
        late = Keyframe(frames[2], FLAT, attributes={12: 10.0})
        track = Track(CAR.id, (late,), {11: "red"}, id=5)
        edit.put_track(track, task)
        early = Keyframe(frames[1], FLAT, attributes={12: 1.0})
        sound = Keyframe(frames[0], BOX, attributes={12: 1.0})
        edit.put_track(Track(CAR.id, (sound, early, late), {11: "red"}, id=5), task)

    ranged, flat = notes(drawn(draw))
    assert ranged.text == "With a number outside the range of the attribute: 1 track."
    assert ranged.items == ["street, c.png, track of car: 10 is outside the range of 'speed'."]
    assert flat.text == "Without an area: 1 track."
    assert flat.items == ["street, b.png, track of car: The rectangle has no area."]


def test_what_a_whole_track_has_is_named_with_its_first_frame(drawn):
    def draw(edit: Edit, frames: list[int], task: int) -> None:
        keyframes = tuple(Keyframe(frame, BOX) for frame in frames[1:])
        edit.put_track(Track(CAR.id, keyframes, {11: "blue"}), task)
        edit.put_track(Track(CAR.id, (), {11: "violet"}), task)

    (note,) = notes(drawn(draw))
    assert note.text == "With a value that the attribute does not allow: 2 tracks."
    assert sorted(note.items) == [
        "no frame, track of car: 'violet' is no value of 'colour'.",
        "street, b.png, track of car: 'blue' is no value of 'colour'.",
    ]


def test_what_is_wrong_twice_counts_once_and_what_is_wrong_in_two_ways_is_noted_twice(drawn):
    def draw(edit: Edit, frames: list[int], _task: int) -> None:
        edit.put(
            Annotation(frames[0], THING.id, BOX, {77: "x", 78: "y"}),
            Annotation(frames[0], THING.id, Rectangle((-9, 3, -1, 3))),
        )

    found = notes(drawn(draw))
    assert [note.text for note in found] == [
        "With a value of an attribute that the label does not have: 1 annotation.",
        "Without an area: 1 annotation.",
        "Beyond the edge of the picture: 1 annotation.",
    ]
    assert found[0].items == [
        "street, a.png, thing: 'x' is the value of no attribute of the label."
    ]


def test_of_many_the_first_are_named_and_all_are_counted(drawn, monkeypatch):
    # Across the pages in which rows are read.
    monkeypatch.setattr(damaged_rows, "_PAGE", 7)

    def draw(edit: Edit, frames: list[int], task: int) -> None:
        edit.put(*(Annotation(frame, CAR.id, FLAT) for frame in frames for _ in range(9)))
        for _ in range(12):
            edit.put_track(Track(CAR.id, tuple(Keyframe(frame, FLAT) for frame in frames)), task)

    (note,) = notes(drawn(draw))
    assert note.text == "Without an area: 27 annotations and 12 tracks. The first 10:"
    assert len(note.items) == 10
    assert note.items[0] == "street, a.png, car: The rectangle has no area."


def test_what_was_removed_is_not_noted(drawn):
    def draw(edit: Edit, frames: list[int], _task: int) -> None:
        edit.put(Annotation(frames[0], CAR.id, FLAT), Annotation(frames[1], CAR.id, FLAT))

    folder = drawn(draw)
    with Project.open(folder) as project:
        (task,) = project.tasks()
        remove_frame(project, next(project.frames(task.id)))
    (note,) = notes(folder)
    assert note.items == ["street, b.png, car: The rectangle has no area."]
    with Project.open(folder) as project:
        add_task(project, "other", find_media([folder.parent / "media"]))
        remove_task(project, task)
    assert notes(folder) == []


def test_a_picture_whose_size_cannot_be_read_has_no_edge(drawn, tmp_path):
    def draw(edit: Edit, frames: list[int], _task: int) -> None:
        edit.put(*(Annotation(frame, CAR.id, Rectangle((9, 9, 99, 19))) for frame in frames[:2]))

    folder = drawn(draw)
    (tmp_path / "media" / "a.png").write_bytes(b"no picture")
    found = {one.check: one for one in examine_project(folder) if one.severity != "ok"}
    assert list(found["media"].items) == ["a.png"]
    assert found["rules"].text == "Beyond the edge of the picture: 1 annotation."
    assert found["rules"].items == ["street, b.png, car: The rectangle reaches beyond the picture."]


def test_a_picture_is_measured_as_it_is_shown(tmp_path, make_picture, drawn):
    """A picture that the camera turned lies 40 x 30 in the file, and is shown as 30 x 40."""
    low, wide = Rectangle((1, 1, 29, 39)), Rectangle((1, 1, 39, 29))

    def draw(edit: Edit, frames: list[int], _task: int) -> None:
        for frame in frames[1:]:
            edit.put(Annotation(frame, CAR.id, low), Annotation(frame, THING.id, wide))

    folder = drawn(draw)
    (tmp_path / "media" / "c.png").unlink()
    make_picture(tmp_path / "media" / "c.png", 40, 30, orientation=6)
    found = {one.check: one for one in examine_project(folder) if one.severity != "ok"}
    assert set(found) == {"media", "rules"}
    assert found["rules"].items == [
        "street, b.png, car: The rectangle reaches beyond the picture.",
        "street, c.png, thing: The rectangle reaches beyond the picture.",
    ]


def test_pictures_in_an_archive_have_no_known_edge(tmp_path, make_picture):
    make_picture(tmp_path / "a.png", 20, 10)
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(tmp_path / "a.png", "a.png")
    with open_pictures([archive]).project as project:
        (task,) = project.tasks()
        frame = next(project.frames(task.id))
        with project.edit("Draw") as edit:
            edit.put_label(THING)
            edit.put(Annotation(frame.id, THING.id, Rectangle((1, 1, 99, 9))))
            edit.put(Annotation(frame.id, THING.id, Rectangle((1, 1, 99, 1))))
    (note,) = notes(project.folder)
    assert note.text == "Without an area: 1 annotation."
