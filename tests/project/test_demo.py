"""The project of the demo: what is in it, what is wrong with it on purpose, and that nobody's work is lost to it."""

from collections import Counter
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.errors import Cancelled
from annotator.core.shapes import Rectangle
from annotator.demo.contents import TRAY
from annotator.demo.mistakes import Mistake
from annotator.demo.place import DemoPlace
from annotator.demo.project import make_demo, remove_untouched
from annotator.demo.record import read_record
from annotator.demo.scenes import SCENES, all_scenes
from annotator.project.errors import ProjectError
from annotator.project.folder import open_project
from annotator.project.project import Project


def on(project: Project, mistake: Mistake) -> list[Annotation]:
    frame = project.frame_named(project.tasks()[0].id, mistake.frame)
    assert frame is not None
    return project.annotations(frame.id)


def test_it_begins_with_a_tray_and_shows_every_picture(demo: DemoPlace):
    with open_project(demo.project) as project:
        (task,) = project.tasks()
        frames = list(project.frames(task.id))
        assert [frame.name for frame in frames][:3] == [TRAY, "tray_2.png", "receipt_1.png"]
        assert len(frames) == SCENES
        assert all(project.frame_size(frame) == (960, 640) for frame in frames)
        # It was copied: pictures and project move together.
        assert project.media_path(frames[0]) == demo.pictures / TRAY


def test_labels_have_colours_and_attributes_that_are_used(demo: DemoPlace):
    with open_project(demo.project) as project:
        labels = project.labels
        assert len({label.colour for label in labels}) == len(labels) == 7
        text, receipt = labels.named("text"), labels.named("receipt")
        assert [(each.name, each.kind) for each in text.attributes] == [("text", "text")]
        paid = [
            one.attributes[receipt.attributes[0].id]
            for frame in project.frames(project.tasks()[0].id)
            for one in project.annotations(frame.id)
            if one.label == receipt.id
        ]
        assert paid == ["card", "cash"]


def test_four_mistakes_are_in_it_and_all_else_is_right(demo: DemoPlace):
    """What is annotated is compared with what was drawn."""
    with open_project(demo.project) as project:
        record = read_record(project)
        assert [each.kind for each in record.mistakes] == [
            "wrong label", "duplicate", "missing", "beside",
        ]  # fmt: skip
        assert not any(
            each.is_mended(on(project, each), project.labels) for each in record.mistakes
        )
        wrong = {(each.frame, each.box) for each in record.mistakes}
        checked = Counter[str]()
        for scene in all_scenes():
            frame = project.frame_named(project.tasks()[0].id, scene.name)
            annotations = project.annotations(frame.id)
            for seen in scene.objects if annotations else ():
                if seen.label != "text" and (scene.name, seen.shape.box) not in wrong:
                    right = Mistake("missing", scene.name, seen.label, seen.shape.box)
                    assert right.is_mended(annotations, project.labels), (scene.name, seen)
                    checked[seen.label] += 1
        assert checked == {"sweet": 21, "nut": 10, "receipt": 2, "sign": 2, "post": 3, "car": 15}


def test_every_mistake_can_be_mended(demo: DemoPlace):
    with open_project(demo.project) as project:
        for mistake in read_record(project).mistakes:
            label = project.labels.named(mistake.label)
            near = [
                one.id
                for one in on(project, mistake)
                if abs(one.shape.box[0] - mistake.box[0]) < 90 and abs(one.shape.box[1] - mistake.box[1]) < 60
            ]  # fmt: skip
            frame = project.frame_named(project.tasks()[0].id, mistake.frame)
            with project.edit("Mend it") as edit:
                edit.delete(*near)
                edit.put(Annotation(frame.id, label.id, Rectangle(mistake.box)))
            assert mistake.is_mended(on(project, mistake), project.labels), mistake


def test_it_is_not_made_over_another(demo: DemoPlace):
    with pytest.raises(ProjectError, match="There is a demo in"):
        make_demo(demo)


def test_it_is_taken_away_only_while_nobody_worked_on_it(demo: DemoPlace):
    with open_project(demo.project) as project:
        frame = next(project.frames(project.tasks()[0].id))
        with project.edit("Draw") as edit:
            edit.put(Annotation(frame.id, project.labels.named("nut").id, Rectangle((1, 1, 9, 9))))
    with pytest.raises(ProjectError, match="was worked on"):
        remove_untouched(demo)
    with open_project(demo.project) as project:
        assert len(project.annotations(frame.id)) == 35
        project.undo()
    with pytest.raises(ProjectError, match="was worked on"):  # what was undone can be redone
        remove_untouched(demo)


def test_what_is_not_of_its_making_stays(demo: DemoPlace):
    (demo.pictures / "mine.png").write_bytes(b"mine")
    (demo.folder / "notes.txt").write_text("mine")
    remove_untouched(demo)
    left = {path.name for path in demo.folder.rglob("*")}
    assert left == {"pictures", "mine.png", "notes.txt"}
    remove_untouched(demo)  # nothing is there any more


def test_another_project_in_its_place_is_never_taken_away(tmp_path: Path):
    Project.create(DemoPlace(tmp_path).project).close()
    with pytest.raises(ProjectError, match="was worked on"):
        remove_untouched(DemoPlace(tmp_path))


def test_stopped_it_leaves_nothing_behind(tmp_path: Path):
    stopping = Progress(lambda report: report.done >= 2 and stopping.cancel())
    with pytest.raises(Cancelled):
        make_demo(DemoPlace(tmp_path / "demo"), stopping)
    assert list((tmp_path).rglob("*.png")) == []


def test_a_record_that_is_damaged_is_none(demo: DemoPlace):
    with open_project(demo.project) as project:
        project.store_meta("demo", '{"step": "x"}')
        assert read_record(project) is None
