"""The README says what is true: its commands exist, and its script runs."""

import re
from pathlib import Path

import pytest

import annotator.api
from annotator.cli import COMMANDS, main
from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.formats.builtin import FORMATS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text between a heading and the next one."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_script_feeds_a_training_loop(tmp_path, make_picture, monkeypatch):
    (script,) = re.findall(r"```python\n(.*?)```", section("Python"), re.DOTALL)
    assert len(script.strip().splitlines()) <= 10
    stored = {
        name: make_picture(tmp_path / "pictures" / name, 64, 48, seed=seed)
        for seed, name in enumerate(("a.png", "b.png"))
    }
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture")
    with annotator.api.create_project(
        tmp_path / "pictures", tmp_path / "pictures", labels=("cat", "dog")
    ) as project:
        frame, dog = project.frame("b.png"), project.labels.named("dog")
        with project.edit("Draw") as edit:
            edit.put(Annotation(frame.id, dog.id, Rectangle((1, 2, 30, 40))))
            edit.put(Annotation(frame.id, dog.id, None))
    steps = []
    monkeypatch.chdir(tmp_path)
    code = compile(script, "README.md", "exec")
    exec(code, {"train_step": lambda *batch: steps.append(batch)})
    assert [(boxes, classes) for _, boxes, classes in steps] == [
        ([], []),
        ([(1.0, 2.0, 30.0, 40.0)], [1]),
    ]
    for (pixels, _, _), name in zip(steps, ("a.png", "b.png"), strict=True):
        assert (pixels == stored[name]).all()


def test_every_command_is_in_the_table_and_nothing_else():
    rows = re.findall(r"^\| `annotator ([a-z]+)\b", section("Command line"), re.MULTILINE)
    assert rows == list(COMMANDS)


@pytest.mark.parametrize(
    "line", re.findall(r"^\| `annotator ([a-z]+ .*?|[a-z]+)` \|", README, re.MULTILINE)
)
def test_the_options_in_the_table_exist(capsys, line):
    assert main([line.split()[0], "--help"]) == 0
    page = capsys.readouterr().out
    for option in re.findall(r"--[a-z-]+", line):
        assert option in page


def test_the_formats_are_named():
    for one in FORMATS:
        assert f"`{one.id}`" in section("Command line")
