"""The real window on real files, with its GUI thread watched."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.models import places
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.project.creating import create_task
from annotator.settings import Settings, settings_path
from annotator.ui.look.theme import base_font
from tests.conftest import MEASURED_AGAIN, ROOT, MakePicture
from tests.gui_thread import GuiWatch, garbage_kept, is_slow_again, watched
from tests.ui.driver import Driver

PICTURES = 4
WIDTH, HEIGHT = 400, 300
SHIPPED = places.shipped_folder


@pytest.fixture(autouse=True)
def _switch_interval() -> Iterator[None]:
    """As `annotator.app` sets it."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(scope="session", autouse=True)
def _fonts(qapp: QApplication) -> None:
    """The system looks for the fonts of a script once, 50 ms in whatever test is the first to show it."""
    QFontMetrics(base_font()).horizontalAdvance("שלום العربية 中文 日本語 한국어 ไทย हिन्दी 🐈")


@pytest.fixture(autouse=True)
def _garbage(qapp: QApplication) -> Iterator[None]:
    with garbage_kept(qapp):
        yield


@pytest.fixture(autouse=True)
def _without_shipped_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model suggests unasked, as in a checkout that was set up without a network; see `shipped_models`."""
    monkeypatch.setattr(places, "shipped_folder", lambda: tmp_path / "no models")


@pytest.fixture
def shipped_models(_without_shipped_models: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model for text is there, which set-up has brought."""
    monkeypatch.setattr(places, "shipped_folder", SHIPPED)
    if not places.is_installed(DEFAULT_MODEL):
        pytest.skip("needs the weights for text, which set-up fetches where it has a network")


@pytest.fixture
def gui_watch(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[GuiWatch]:
    """Fails the test if the GUI thread was busy for more than 50 ms at once, or waited for something."""
    with watched(qapp) as watch:
        yield watch
    if watch.waits or (watch.slow and is_slow_again(request.node, ROOT)):
        pytest.fail("On the GUI thread: " + "; ".join(watch.faults), pytrace=False)
    if watch.slow:
        request.node.user_properties.append((MEASURED_AGAIN, watch.slow[-1]))


@pytest.fixture
def pictures(tmp_path: Path, make_picture: MakePicture) -> Path:
    """A folder with a few pictures, a1.png and so on."""
    folder = tmp_path / "pictures"
    for number in range(1, PICTURES + 1):
        make_picture(folder / f"a{number}.png", WIDTH, HEIGHT, seed=number)
    return folder


@pytest.fixture
def two_tasks(pictures: Path, tmp_path: Path, make_picture: MakePicture) -> Path:
    """A project with a task of four pictures, `pictures`, and one of two, `night`."""
    for number in range(2):
        make_picture(tmp_path / "night" / f"n{number}.png", 300, 200, seed=number)
    create_task(tmp_path / "project", [pictures]).project.close()
    create_task(tmp_path / "project", [tmp_path / "night"]).project.close()
    return tmp_path / "project"


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, gui_watch: GuiWatch) -> Iterator[Driver]:
    """The window with its start page, fully loaded; closed at the end."""
    driver = Driver(qtbot, qapp, Settings.load(settings_path()))
    yield driver
    driver.close()


@pytest.fixture
def opened(driver: Driver, pictures: Path) -> Driver:
    """The window with the folder of pictures open and its first picture shown."""
    driver.open(pictures)
    return driver
