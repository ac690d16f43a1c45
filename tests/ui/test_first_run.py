"""What somebody does who has only the README: a new home, the start page, a folder, the first box.

The program runs as a process of its own, driven by mouse and keyboard on a real X server.
"""

import time
from pathlib import Path

import pytest

from annotator.core.shapes import Rectangle
from annotator.safe_io import write_whole
from annotator.settings import LANGUAGE, THEME, Settings, settings_path
from annotator.ui.start.recent_projects import RecentProjects, recent_projects_path
from tests.conftest import MakePicture
from tests.ui.test_workflow import PATIENCE, Program, names, program, stored, wait

SCREEN = (1280, 800)
WIDTH, HEIGHT = 640, 400


@pytest.fixture
def pictures(tmp_path: Path, make_picture: MakePicture) -> Path:
    folder = tmp_path / "street"
    for number in (1, 2):
        make_picture(folder / f"{number}.jpg", WIDTH, HEIGHT, seed=number)
    return folder


def dialog(user: Program, title: str) -> str:
    """The window of a dialog, empty where it is not there."""
    found = user.xdotool("search", "--onlyvisible", "--name", title, check=False).split()
    return found[0] if found else ""


def ask_for_folder(user: Program, title: str) -> None:
    """Open the dialog for a folder by its key, which does nothing until everything is loaded."""

    def asked() -> bool:
        if not dialog(user, title):
            user.key("ctrl+o")
        return bool(dialog(user, title))

    wait(asked, "the dialog for a folder")
    user.xdotool("windowfocus", "--sync", dialog(user, title))


def focus_again(user: Program) -> None:
    """Without a window manager nobody gives the focus back when a dialog closes."""
    user.xdotool("windowfocus", "--sync", user.window)


def draw_first(user: Program, folder: Path, scale: float = 1.0) -> None:
    """Draw the first box, once the picture is there: while it is read, a drag draws nothing."""

    def drawn() -> bool:
        user.drag((300, 300), (300 + 100 * scale, 300 + 80 * scale))
        end = time.monotonic() + 3.0
        while not stored(folder) and time.monotonic() < end:
            time.sleep(0.02)
        return bool(stored(folder))

    wait(drawn, "the box")


def test_from_the_first_run_to_the_first_box(x_display: str, pictures: Path):
    with program(x_display) as user:
        left, top, width, height = user.place
        assert left + width <= SCREEN[0]
        assert top + height <= SCREEN[1]
        ask_for_folder(user, "^Folder of pictures$")
        user.type(str(pictures))
        user.key("Return")
        wait(lambda: user.title.startswith("1.jpg"), "the first picture")
        focus_again(user)
        user.xdotool("windowsize", "--sync", user.window, "1200", "760", check=False)
        user.key("numbersign")
        user.type("person")
        user.key("Return")
        wait(lambda: names(pictures) == ["person"], "the label")
        user.key("b")
        draw_first(user, pictures)
        # The next one has the same label, without a question.
        user.drag((460, 300), (520, 380))
        wait(lambda: len(stored(pictures)) == 2, "the second box")
        user.key("ctrl+q")
        assert user.process.wait(PATIENCE) == 0
    (entry,) = RecentProjects(recent_projects_path())
    assert (entry.path, entry.frames, entry.annotations) == (str(pictures), 2, 2)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_another_language_theme_and_scale(x_display: str, pictures: Path, scale: float):
    """The keys are the same in every language, and a box is where it was drawn on every screen."""
    settings = Settings.load(settings_path())
    settings.set(LANGUAGE, "de")
    settings.set(THEME, "light")
    settings.save(write_whole)
    with program(x_display, pictures, QT_SCALE_FACTOR=str(scale)) as user:
        user.key("numbersign")
        user.type("Haus")
        user.key("Return")
        wait(lambda: len(names(pictures)) == 1, "the label")
        user.key("b")
        draw_first(user, pictures, scale)
        ask_for_folder(user, "^Ordner mit Bildern$")
        user.key("Escape")
        wait(lambda: not dialog(user, "^Ordner mit Bildern$"), "the end of the dialog")
        focus_again(user)
        user.key("f")
        wait(lambda: user.title.startswith("2.jpg"), "the next frame")
        user.key("ctrl+q")
        assert user.process.wait(PATIENCE) == 0
    assert names(pictures) == ["Haus"]
    (box,) = stored(pictures)
    assert isinstance(box.shape, Rectangle)
    x0, y0, x1, y1 = box.shape.xyxy
    assert (x1 - x0) / (y1 - y0) == pytest.approx(100 / 80, rel=0.02)
