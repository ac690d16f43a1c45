"""The command line as a person or a script uses it: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from annotator.cli import main

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from annotator.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Answer]


@pytest.fixture
def cli(capsys) -> Cli:
    """Run a command in this process."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


def started(*arguments: object, program: str = PROGRAM, **options: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own, in which Qt cannot be imported."""
    paths = [str(ROOT), str(ROOT / "tests" / "without_qt")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(reversed(paths)),
        **options.pop("environment", {}),
    }
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


@pytest.fixture
def child() -> Cli:
    """Run a command in a process of its own."""

    def run(*arguments: object, **options: Any) -> Answer:
        process = started(*arguments, **options)
        out, err = process.communicate(timeout=60)
        return Answer(process.returncode, out, err)

    return run


SEVERAL = """
import contextlib, io, json, sys
from annotator.cli import main
answers = []
for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    answers.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(answers))
"""


@pytest.fixture
def in_one_child() -> Callable[..., list[Answer]]:
    """Run several commands in one process of their own: a crash there fails the test and not the runner."""

    def run(*commands: tuple[object, ...]) -> list[Answer]:
        given = json.dumps([[str(argument) for argument in command] for command in commands])
        process = started(given, program=SEVERAL)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return [Answer(*answer) for answer in json.loads(out)]

    return run


@pytest.fixture
def pictures(tmp_path: Path, make_picture) -> Path:
    """A folder of three pictures of 200 x 100 pixels."""
    folder = tmp_path / "pictures"
    for number, name in enumerate(("a.jpg", "b.jpg", "sub/c.png")):
        make_picture(folder / name, 200, 100, seed=number)
    return folder


def write_coco(
    path: Path, names: tuple[str, ...] = ("a.jpg", "b.jpg", "c.png"), each: int = 1
) -> Path:
    """Write a COCO file with boxes of a cat, and a polygon of a dog, on each picture."""
    annotations: list[dict[str, Any]] = []
    for number in range(len(names)):
        for place in range(each):
            box = [10.0 + place % 100, 20, 30, 40]
            annotations.append({"image_id": number, "category_id": 1, "bbox": box})
        ring = [100, 10, 150, 10, 150, 60.5]
        annotations.append({"image_id": number, "category_id": 2, "segmentation": [ring]})
    for number, one in enumerate(annotations, 1):
        one |= {"id": number, "iscrowd": 0}
    images = [
        {"id": number, "file_name": name, "width": 200, "height": 100}
        for number, name in enumerate(names)
    ]
    categories = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
    path.write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories})
    )
    return path


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return write_coco(tmp_path / "coco.json")


@pytest.fixture
def project(cli: Cli, tmp_path: Path, pictures: Path) -> Path:
    """A project with one task of the three pictures."""
    folder = tmp_path / "project"
    assert cli("create", folder, pictures).code == 0
    return folder
