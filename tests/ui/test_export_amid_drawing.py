"""Drawing goes on while the window of an export works: what it checks and writes is one state of the project."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Polygon
from annotator.formats.builtin import FORMATS
from annotator.project.creating import create_task
from annotator.project.project import Project
from annotator.ui.exporting.work import ExportPlan, find_losses, write

TRIANGLE = Polygon.from_ring([(1, 1), (9, 1), (9, 9)])


class Drawing(Progress):
    """Draws with a label that is new, each time it is reported."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = project
        self.times = 0

    def checkpoint(self) -> None:
        super().checkpoint()
        if self.times < 5:
            self.times += 1
            draw(self._project, f"label {self.times}")


def draw(project: Project, name: str) -> None:
    label = Label(name, "#112233")
    (task,) = project.tasks()
    with project.edit("Draw") as edit:
        edit.put_label(label)
        edit.put(*(Annotation(one.id, label.id, TRIANGLE) for one in project.frames(task.id)))


@pytest.fixture
def project(tmp_path: Path, make_picture) -> Iterator[Project]:
    """Two pictures with a triangle on each."""
    for name in ("a.png", "b.png"):
        make_picture(tmp_path / "m" / name, 20, 10)
    with create_task(tmp_path / "p", [tmp_path / "m"]).project as project:
        draw(project, "first")
        yield project


def test_what_is_drawn_meanwhile_is_not_checked(project: Project) -> None:
    plan = ExportPlan(tuple(project.tasks()), FORMATS["yolo_ultralytics_detect"])
    amid = Drawing(project)
    found = find_losses(project, plan, amid)
    assert amid.times > 0
    assert [row.count for row in found.rows if row.kind == "polygon"] == [2]


def test_what_is_drawn_meanwhile_is_not_written(project: Project, tmp_path: Path) -> None:
    plan = ExportPlan(tuple(project.tasks()), FORMATS["coco_instances"])
    amid = Drawing(project)
    write(project, plan, tmp_path / "out", amid)
    assert amid.times > 0
    (file,) = (tmp_path / "out").rglob("*.json")
    written = json.loads(file.read_text("utf-8"))
    assert [one["name"] for one in written["categories"]] == ["first"]
    assert len(written["annotations"]) == 2
