"""The main job through the real program: draw, undo, redo, be killed, go on, export.

The program runs as a process of its own, driven by mouse and keyboard on a real X server.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from annotator.core.annotations import Annotation
from annotator.core.shapes import Polygon, Rectangle
from annotator.media.folder import find_pictures
from annotator.media.several import with_pages
from annotator.project.project import Project
from tests.conftest import ROOT, MakePicture

PATIENCE = 30.0


def wait(until: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.02)


class Program:
    """The program on a display, and the hands of its user.

    path: what it opens; without one it shows its start page. variables: more for its environment.
    """

    def __init__(self, display: str, path: Path | None = None, **variables: str) -> None:
        self.environment = {
            **os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", **variables,
        }  # fmt: skip
        opened = [] if path is None else [str(path)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "annotator", *opened], env=self.environment
        )
        self.window = ""
        # The title has a dash once something is open.
        wait(partial(self._find_window, "Annotator" if path is None else "—"), "the window")
        if path is not None:
            self.xdotool("windowsize", "--sync", self.window, "1200", "760", check=False)
        self.xdotool("windowfocus", self.window)

    def _find_window(self, title: str) -> bool:
        assert self.process.poll() is None, "the program ended"
        found = self.xdotool("search", "--onlyvisible", "--name", title, check=False).split()
        self.window = found[0] if found else ""
        return bool(found)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where the window is on the screen: left, top, width and height."""
        told = self.xdotool("getwindowgeometry", "--shell", self.window)
        values = dict(line.split("=") for line in told.split())
        x, y, width, height = (int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return x, y, width, height

    @property
    def title(self) -> str:
        return self.xdotool("getwindowname", self.window).strip()

    def key(self, *keys: str) -> None:
        self.xdotool("key", *keys)

    def type(self, text: str) -> None:
        self.xdotool("type", "--delay", "15", text)

    def move(self, x: float, y: float) -> None:
        self.xdotool("mousemove", str(round(x)), str(round(y)))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.move(*start)
        self.xdotool("mousedown", "1")
        self.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.move(*end)
        self.xdotool("mouseup", "1")

    def click(self, place: tuple[float, float]) -> None:
        self.move(*place)
        self.xdotool("click", "1")

    def kill(self) -> None:
        self.process.kill()
        assert self.process.wait(PATIENCE) == -signal.SIGKILL

    def xdotool(self, *words: str, check: bool = True) -> str:
        result = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            check=check,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return result.stdout


@contextmanager
def program(display: str, path: Path | None = None, **variables: str) -> Iterator[Program]:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool (apt-get install xdotool)")
    running = Program(display, path, **variables)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def stored(folder: Path) -> list[Annotation]:
    """What the project holds on its first frame, read beside the program that has it open."""
    with Project.open(folder / ".annotator", read_only=True) as project:
        frame = next(project.frames(project.tasks()[0].id))
        return sorted(project.annotations(frame.id), key=lambda one: one.id)


def names(folder: Path) -> list[str]:
    with Project.open(folder / ".annotator", read_only=True) as project:
        return [label.name for label in project.labels]


def test_draw_undo_redo_kill_go_on_and_export(
    x_display: str, tmp_path: Path, make_picture: MakePicture
):
    folder = tmp_path / "street"
    for number in (1, 2):
        make_picture(folder / f"{number}.jpg", 640, 400, seed=number)
    others = add_real_pictures(folder)

    with program(x_display, folder) as user:
        # A label by typing, then a box and a polygon with it.
        user.key("numbersign")
        user.type("person")
        user.key("Return")
        wait(lambda: names(folder) == ["person"], "the new label")
        user.key("b")
        user.drag((300, 300), (420, 420))
        wait(lambda: len(stored(folder)) == 1, "the box")
        user.key("p")
        for place in ((500, 250), (650, 260), (640, 420), (520, 400)):
            user.click(place)
        user.key("Return")
        wait(lambda: len(stored(folder)) == 2, "the polygon")
        drawn = stored(folder)
        assert [one.kind for one in drawn] == ["rectangle", "polygon"]

        user.key("ctrl+z")
        wait(lambda: stored(folder) == drawn[:1], "the undo of the polygon")
        user.key("ctrl+z")
        wait(lambda: stored(folder) == [], "the undo of the box")
        user.key("ctrl+shift+z")
        user.key("ctrl+y")
        wait(lambda: stored(folder) == drawn, "both redone")
        user.kill()

    assert stored(folder) == drawn

    with program(x_display, folder) as user:
        # Everything is there, and the next edit goes on from it.
        assert stored(folder) == drawn
        user.key("f")
        wait(lambda: user.title.startswith("2.jpg"), "the next frame")
        user.key("d")
        wait(lambda: user.title.startswith("1.jpg"), "the frame before")
        user.key("ctrl+z")
        wait(lambda: stored(folder) == drawn[:1], "an undo after the restart")
        user.key("ctrl+y")
        wait(lambda: stored(folder) == drawn, "a redo after the restart")

        for name in ("2.jpg", *others):
            user.key("f")
            wait(lambda name=name: user.title.startswith(name), f"the frame {name}")
        user.key("Home")
        wait(lambda: user.title.startswith("1.jpg"), "the first frame")

        user.key("ctrl+e")
        target = tmp_path / "street-coco_instances"
        export_with_keys(user, target)
        # Without a window manager nobody gives the focus back when the dialog closes.
        user.xdotool("windowfocus", "--sync", user.window)
        user.key("ctrl+q")
        assert user.process.wait(PATIENCE) == 0

    compare(target, drawn)


def add_real_pictures(folder: Path) -> list[str]:
    """Put real pictures into the folder where there are some: turned, CMYK, 16 bit, broken and oddly named ones.

    Returns the names of their frames in order.
    """
    samples = ROOT.parent / "shared" / "images"
    pictures = [path for path in samples.glob("*") if path.suffix in (".jpg", ".png", ".tif")]
    (folder / "real").mkdir()
    for path in pictures:
        shutil.copyfile(path, folder / "real" / path.name)
    found = with_pages(folder, find_pictures(folder).pictures)
    return [one.frame_name for one in found if one.path.startswith("real/")]


def export_with_keys(user: Program, target: Path) -> None:
    """Press Export in the dialog as soon as it knows what would be lost: until then Enter does nothing."""

    def pressed() -> bool:
        dialog = user.xdotool("search", "--onlyvisible", "--name", "^Export$", check=False).split()
        if dialog:
            user.xdotool("windowfocus", dialog[0], check=False)
            user.key("Return")
        return target.is_dir()

    wait(pressed, "the export")


def compare(target: Path, drawn: list[Annotation]) -> None:
    """Compare every coordinate with what pycocotools reads."""
    from pycocotools.coco import COCO

    (document,) = target.rglob("*.json")
    coco = COCO(str(document))
    assert json.loads(document.read_text())["categories"][0]["name"] == "person"
    written = sorted(coco.loadAnns(coco.getAnnIds()), key=lambda each: each["id"])
    assert len(written) == len(drawn) == 2
    for one, each in zip(drawn, written, strict=True):
        assert coco.loadImgs(each["image_id"])[0]["file_name"] == "1.jpg"
        assert one.shape is not None
        x0, y0, x1, y1 = one.shape.box
        assert each["bbox"] == pytest.approx([x0, y0, x1 - x0, y1 - y0], abs=1e-9)
        if isinstance(one.shape, Polygon):
            ring = np.reshape(each["segmentation"][0], (-1, 2))
            assert np.array_equal(ring, one.shape.parts[0].outer)
        else:
            assert isinstance(one.shape, Rectangle)
