"""What every test stands on: a home of its own, no network, no chance, and real pictures to work on."""

import itertools
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest

from tests.demos import demo as demo
from tests.demos import made_demo as made_demo
from tests.pictures import Pixels, write_picture

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_QT = "ANNOTATOR_TESTS_WITHOUT_QT" in os.environ
# What a test says of itself whose GUI thread was slow here, and not in a process of its own.
MEASURED_AGAIN = "measured again"

os.environ["LC_ALL"] = "C.UTF-8"  # Qt warns under another locale and switches to it
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_FONT_DPI", "QT_QPA_PLATFORMTHEME"):
    os.environ.pop(name, None)

# The same examples in each run: a run that fails on another machine fails here too. `brief` is for the
# run without Qt, which asks whether these tests need Qt at all.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("brief", hypothesis.settings.get_profile("ci"), max_examples=5)
hypothesis.settings.load_profile("brief" if WITHOUT_QT else "ci")


class MakePicture(Protocol):
    """Writes a real JPEG or PNG file and returns its pixels: see `tests.pictures.write_picture`."""

    def __call__(
        self,
        path: Path,
        width: int,
        height: int,
        *,
        channels: int = 3,
        bits: int = 8,
        orientation: int | None = None,
        seed: int = 0,
        quality: int = 95,
    ) -> Pixels: ...


def pytest_report_header() -> str:
    return "Qt: not importable in this run" if WITHOUT_QT else "Qt: as installed"


def pytest_sessionstart() -> None:
    if WITHOUT_QT:
        for module in ("PySide6", "shiboken6"):
            with pytest.raises(ModuleNotFoundError):
                __import__(module)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests that were measured a second time: see `tests.gui_thread`."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for text in (
                    text for name, text in report.user_properties if name == MEASURED_AGAIN
                ):
                    terminalreporter.line(f"measured again, quick then: {report.nodeid}: {text}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that ask for an X server are the ones marked x11."""
    for item in items:
        if "x_display" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.x11)


@pytest.fixture(scope="session")
def make_picture() -> MakePicture:
    return write_picture


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with samples that lies beside the checkout; the test is skipped where it is absent."""
    folder = (ROOT.parent / "shared").resolve()  # a link to it is as good
    if not folder.is_dir():
        pytest.skip(f"needs the samples in {folder}")
    return folder


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Homes not yet used, each a new empty folder."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, which holds settings, data and caches of this one test."""
    home = next(_homes)
    home.mkdir(mode=0o700)  # Qt insists on the mode of XDG_RUNTIME_DIR
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_RUNTIME_DIR", ""),
    ):
        monkeypatch.setenv(name, str(home / folder))
    for name in ("XDG_CONFIG_DIRS", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(home / "nothing"))
    return home


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c() -> None:
    """Ctrl+C stops programs here as in a terminal, also where the tests run behind something that ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_chance() -> None:
    """The same random numbers in each run, for code that uses the module's own generator."""
    random.seed(20)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection but those within the machine: the program promises to work offline."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto", "sendmsg"):
            if hasattr(socket.socket, name):  # Windows has no sendmsg
                patch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, _refuse_lookup)
        yield


def _local_only(method):
    def checked(self, *arguments):
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            pytest.fail(f"The test reached for the network: {arguments[-1]}", pytrace=True)
        return method(self, *arguments)

    return checked


def _refuse_lookup(host, *_arguments, **_options):
    pytest.fail(f"The test looked up a host: {host}", pytrace=True)


@pytest.fixture(autouse=True)
def _no_unexpected_warning(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning or error that the program logs fails the test, unless the test asks for `caplog`."""
    if "caplog" in request.fixturenames:
        yield
        return
    seen = _Kept()
    logger = logging.getLogger("annotator")
    logger.addHandler(seen)
    yield
    logger.removeHandler(seen)
    if seen.texts:
        pytest.fail("The program logged: " + "; ".join(seen.texts), pytrace=False)


class _Kept(logging.Handler):
    """Keeps what is logged at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.levelname} {record.getMessage()}")


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application of all tests in a process: one whose GUI thread can be watched."""
    from tests.gui_thread import WatchedApplication

    return WatchedApplication


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """A real X server without a screen: the value for DISPLAY."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("needs Xvfb (apt-get install xvfb)")
    reader, writer = os.pipe()
    command = [
        program,
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
        # Else it begins anew when the last program goes, and refuses the next one that comes meanwhile.
        "-noreset",
    ]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()
