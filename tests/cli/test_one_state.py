"""What a command reads is one state of the project, though somebody changes it meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.project import Project


@pytest.mark.parametrize(
    ("amid", "arguments", "count"),
    [
        ("stats.statistics_of", ("stats",), lambda found: (found["objects"], len(found["labels"]))),
        ("ls._task_document", ("ls",), lambda found: (found["tasks"][0]["annotations"], len(found["labels"]))),
        (
            "export.write_view",
            ("export", "{out}", "--format", "coco_instances"),
            lambda found: (sum(found["annotations"].values()), len(found["labels"])),
        ),
        (
            "convert.write_view",
            ("convert", "{out}", "--to", "coco_instances"),
            lambda found: (sum(found["annotations"].values()), len(found["labels"])),
        ),
    ],
)  # fmt: skip
def test_what_is_drawn_meanwhile_is_not_half_in_it(
    cli, tmp_path: Path, project: Path, monkeypatch, amid: str, arguments, count
):
    module, _, name = f"annotator.cli.{amid}".rpartition(".")
    original: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    with Project.open(project) as window:
        draw(window, "first")

        def drawn_into(*given: Any, **options: Any) -> Any:
            draw(window, "second")
            return original(*given, **options)

        monkeypatch.setattr(f"{module}.{name}", drawn_into)
        command, *rest = (each.format(out=tmp_path / "out") for each in arguments)
        answer = cli(command, project, *rest, "--json")
        assert (answer.code, answer.err) == (0, "")
        assert count(answer.document) == (1, 1)
        assert len(window.labels) == 2
    if "{out}" in arguments:
        assert sum(cli("info", tmp_path / "out", "--json").document["annotations"].values()) == 1


def draw(project: Project, name: str) -> None:
    """Add a label, and a box of it."""
    label = Label(name, "#f2c14e")
    (task,) = project.tasks()
    frame = next(project.frames(task.id))
    with project.edit("Draw") as edit:
        edit.put_label(label)
        edit.put(Annotation(frame.id, label.id, Rectangle((1, 2, 30, 40))))
