"""The examples of the manual work as they stand there, one after the other."""

import json
import re
import shlex
from pathlib import Path

import pytest

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual"
# They need a model, or take long; they have tests of their own.
ELSEWHERE = ("annotate", "demo", "models")


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a page."""
    text = (MANUAL / page).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def examples(page: str) -> list[list[str]]:
    """The commands of a page, without the name of the program."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("annotator ")]


def test_the_page_of_the_command_line_is_one_session(cli, make_picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [f"sign_{number}.png" for number in range(3)]
    names += [f"street_{number:02}.png" for number in range(12)]
    for name in names:
        make_picture(tmp_path / "street" / name, 32, 24)
    for name in ("a.png", "b.png", "c.png"):
        make_picture(tmp_path / "table" / name, 32, 24)
    (labels,) = blocks("command-line.md", "json")
    Path("labels.json").write_text(labels, "utf-8")
    Path("boxes.json").write_text(json.dumps(boxes(names[:4])), "utf-8")
    run = [one for one in examples("command-line.md") if one[0] not in ELSEWHERE]
    assert len(run) > 25
    for arguments in run:
        answer = cli(*arguments)
        # Of the installation something may be amiss here, such as a screen.
        assert answer.code == 0 or arguments == ["doctor"], (arguments, answer.err)
    assert len(list(Path("out").rglob("*.png"))) == 4
    assert Path("coco/annotations").is_dir()
    assert Path("street2/project.annotator").is_file()


def boxes(names: list[str]) -> dict[str, object]:
    """A dataset in COCO's format with a box on each picture."""
    return {
        "images": [
            {"id": number, "file_name": name, "width": 32, "height": 24}
            for number, name in enumerate(names)
        ],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {"id": number, "image_id": number, "category_id": 1, "bbox": [2, 3, 10, 8]}
            for number in range(len(names))
        ],
    }


@pytest.mark.parametrize("page", sorted(path.name for path in MANUAL.glob("*.md")))
def test_the_options_of_all_examples_exist(cli, page: str):
    for name, *arguments in examples(page):
        if name.startswith("-"):
            continue
        told = cli(name, "--help")
        assert told.code == 0, name
        for option in (one for one in arguments if one.startswith("--")):
            assert option in told.out, (name, option)
