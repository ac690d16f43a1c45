"""The two commands and the files they stand on: run, packaging/, pyproject.toml, constraints.txt, README."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import annotator
import set_up
from annotator import machine
from checks import counts_of, failures_of
from run import COMMANDS, shows_window
from set_up import INPUTS, Environment
from system_packages import SetUpError, refusal, tool_packages, venv_package
from tests.elf import needed_libraries

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PYTHONS = ("3.11", "3.12", "3.13")
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell runs ./run")
linux = pytest.mark.skipif(sys.platform != "linux", reason="these libraries are Linux's")


def constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [each.split("==") for each in lines if not each.startswith("#")]
    assert len({canonicalize_name(name) for name, _ in pins}) == len(pins)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def test_every_dependency_is_pinned_to_a_version_that_pyproject_allows():
    pins = constraints()
    for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        requirement = Requirement(text)
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, text


def test_what_is_installed_is_what_the_constraints_say():
    pins = constraints()
    installed = {
        canonicalize_name(each.name): Version(each.version)
        for each in importlib.metadata.distributions()
    }
    differing = {name: (pins[name], found) for name, found in installed.items() if name in pins}
    assert {name: pair for name, pair in differing.items() if pair[0] != pair[1]} == {}
    assert len(differing) > len(PROJECT["dependencies"])


def test_the_release_of_pyside_that_loses_none_is_not_allowed():
    specifiers = {each.name: each.specifier for each in map(Requirement, PROJECT["dependencies"])}
    assert not specifiers["PySide6-Essentials"].contains("6.12.0")
    assert specifiers["PySide6-Essentials"].contains("6.12.1")


def test_every_place_names_the_same_pythons():
    allowed = SpecifierSet(PROJECT["requires-python"])
    minors = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in allowed]
    assert tuple(minors) == PYTHONS
    classifiers = [each.rpartition(" :: ")[2] for each in PROJECT["classifiers"]]
    assert [each for each in classifiers if each.startswith("3.")] == minors
    assert "Python 3.11, 3.12 or 3.13" in README
    limits = "(3, 11) <= sys.version_info[:2] <= (3, 13)"
    assert limits in (ROOT / "run").read_text(encoding="utf-8")
    assert limits in (ROOT / "packaging" / "run.py").read_text(encoding="utf-8")


@posix
@pytest.mark.parametrize("name", ["run", ".ci/run"])
def test_the_commands_can_be_executed_and_are_valid_shell(name):
    script = ROOT / name
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", script], check=True)


@posix
def test_the_command_of_continuous_integration_is_run_test(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    write_program(tmp_path / "run", 'echo "called with $*"; exit 7')
    done = subprocess.run(
        ["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, "called with test\n")


@posix
def test_an_old_python_is_refused_in_plain_words(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    write_program(programs / "python3", 'if [ "$1" = -c ]; then exit 1; fi; echo Python 3.9.2')
    for name in ("dirname", "id"):
        (programs / name).symlink_to(shutil.which(name))
    done = start_run(["test"], {"PATH": str(programs)})
    assert done.returncode == 1
    assert done.stdout == ""
    first, second, *_ = done.stderr.splitlines()
    assert first == "Annotator needs Python 3.11, 3.12 or 3.13; this machine has Python 3.9.2."
    assert "apt-get install python3 python3-venv" in second


def test_where_there_is_no_shell_an_old_python_gets_as_far_as_the_sentence():
    text = (ROOT / "packaging" / "run.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))
    old = text.replace("sys.version_info[:2]", "(3, 9)", 1)
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Annotator needs Python 3.11, 3.12 or 3.13; this is ")


@posix
def test_a_python_named_by_the_user_is_not_replaced_by_another():
    done = start_run([], {"PATH": os.environ["PATH"], "ANNOTATOR_PYTHON": "/bin/false"})
    assert done.returncode == 1
    assert done.stderr.startswith("ANNOTATOR_PYTHON is /bin/false, which is not a Python 3.11")


def start_run(arguments, environment):
    command = [shutil.which("sh"), ROOT / "run", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def write_program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_set_up_uses_the_standard_library_only():
    own = {"annotator"} | {each.stem for each in (ROOT / "packaging").glob("*.py")}
    files = [*(ROOT / "packaging").glob("*.py"), ROOT / "annotator" / "__init__.py"]
    called = ["machine.py", "core/errors.py", "models/errors.py", "models/wheel_weights.py"]
    called += ["cli/__init__.py"]
    files += [ROOT / "annotator" / each for each in called]
    files += [ROOT / "annotator" / each / "__init__.py" for each in ("core", "models")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in sys.stdlib_module_names | own, f"{path}: {name}"


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["~/pictures"], True),
        (["./create"], True),
        (["create", "project", "media"], False),
        (["--json", "formats"], False),
        (["--version"], False),
        (["import", "--help"], False),
        (["demo"], True),
        (["demo", "--out", "here"], True),
        (["demo", "--headless", "--json"], False),
    ],
)
def test_it_knows_what_shows_a_window(arguments, window):
    assert shows_window(arguments) is window


@pytest.fixture
def checkout(tmp_path):
    """A folder with what the set-up looks at, and a real virtual environment in it."""
    root = tmp_path / "checkout"
    for name in INPUTS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    venv.create(root / ".venv", symlinks=os.name == "posix")
    packages = next((root / ".venv").rglob("site-packages"))
    (packages / "pip").mkdir()
    return root


def test_a_finished_installation_is_current_until_a_file_changes(checkout):
    environment = Environment(checkout)
    assert environment.is_usable()
    assert environment.version() == sys.version_info[:2]
    assert not environment.is_current("")
    environment.mark_current("")
    assert environment.is_current("")
    assert not environment.is_current("dev")
    for name in INPUTS:
        environment.mark_current("dev")
        assert environment.is_current("dev")
        assert environment.is_current("")
        with (checkout / name).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        assert not environment.is_current("")


def test_an_installation_that_was_broken_off_is_not_current(checkout):
    environment = Environment(checkout)
    environment.mark_current("dev")
    environment.mark_changing()
    assert not environment.is_current("dev")


def test_an_environment_that_was_moved_or_damaged_is_not_usable(checkout):
    Environment(checkout).mark_current("dev")
    moved = checkout.rename(checkout.with_name("moved"))
    assert not Environment(moved).is_usable()
    Environment(moved).mark_current("dev")
    assert Environment(moved).is_usable()
    settings = moved / ".venv" / "pyvenv.cfg"
    settings.write_text("home = /usr/bin\nversion = 3.10.2\n", encoding="utf-8")
    assert not Environment(moved).is_usable()
    settings.unlink()
    assert Environment(moved).version() is None
    assert not Environment(moved).is_usable()
    assert not Environment(moved / "nowhere").is_usable()


def test_the_set_up_says_nothing_where_the_answer_of_a_command_goes(checkout, capfd, monkeypatch):
    """A script may read `./run ls P --json`, also the first time."""
    shutil.rmtree(checkout / ".venv")
    wanted = "import sys; print('what pip says'); sys.exit(7)"
    monkeypatch.setattr(set_up, "_pip_command", lambda *_: [sys.executable, "-c", wanted])
    with pytest.raises(SetUpError, match="pip ended with exit code 7"):
        set_up.set_up(checkout, "", ())
    out, err = capfd.readouterr()
    assert out == ""
    assert [line for line in err.splitlines() if line] == [
        f"Making {checkout / '.venv'}",
        "Installing the packages (about 1 GB on disk; once)",
        "what pip says",
    ]


def test_missing_packages_are_named_as_one_line():
    lines = str(refusal(["python3.11-venv", "libegl1"])).splitlines()
    commands = [each.strip() for each in lines if "apt-get" in each]
    assert commands == [
        "sudo apt-get install --no-install-recommends python3.11-venv libegl1",
    ]


def test_missing_programs_and_venv_support_are_noticed(monkeypatch):
    assert tool_packages(("sh", "InventedTool")) == ("inventedtool",)
    assert venv_package() is None
    monkeypatch.setattr(sys, "path", [])  # as on Debian without python3-venv
    monkeypatch.delitem(sys.modules, "ensurepip", raising=False)
    assert venv_package() == f"python3.{sys.version_info.minor}-venv"


# Part of every Debian system: libc6, libstdc++6, libgcc-s1, zlib1g, libzstd1.
BASE = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|z|zstd))\.so\.\d+")


@linux
@pytest.mark.parametrize(
    ("table", "files"),
    [
        (machine.PIXELS, ["cv2/*.so"]),
        (
            (*machine.PIXELS, *machine.WINDOW),
            [
                "PySide6/QtWidgets.*.so",
                "PySide6/QtSvg.*.so",
                "PySide6/Qt/plugins/platforms/libqoffscreen.so",
            ],
        ),
        (
            (*machine.PIXELS, *machine.WINDOW, *machine.X11),
            ["PySide6/Qt/plugins/platforms/libqxcb.so"],
        ),
        (
            (*machine.PIXELS, *machine.WINDOW, *machine.WAYLAND),
            [
                "PySide6/Qt/plugins/platforms/libqwayland*.so",
                "PySide6/Qt/plugins/wayland-shell-integration/*.so",
            ],
        ),
    ],
    ids=["cv2", "Qt", "X11", "Wayland"],
)
def test_the_table_holds_every_library_that_the_wheels_leave_to_the_system(table, files):
    packages = Path(sysconfig.get_path("platlib"))
    carried = {each.name: each for each in packages.rglob("*.so*")}
    todo = [path for pattern in files for path in packages.glob(pattern)]
    assert len(todo) >= len(files)
    seen, left = set(), set()
    while todo:
        names = needed_libraries(todo.pop())
        left |= {name for name in names if name not in carried}
        todo += [carried[name] for name in names if name in carried and name not in seen]
        seen |= set(names)
    left = {name for name in left if not BASE.fullmatch(name)}
    assert left
    assert left <= {each.file_name for each in table}


LOSES_NONE = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QPointF, QTimer
from PySide6.QtGui import QImage, QPainter, QTransform

app = QCoreApplication([])
item, timer, point = QObject(), QTimer(), QPointF()
image = QImage(4, 4, QImage.Format.Format_RGB32)
painter, transform = QPainter(image), QTransform()
calls = [
    lambda: item.setObjectName("a"), lambda: item.blockSignals(False), lambda: timer.setInterval(5),
    lambda: timer.stop(), lambda: point.setX(1.0), lambda: image.fill(0), lambda: painter.save(),
    lambda: painter.restore(), lambda: painter.drawPoint(1, 1), lambda: transform.reset(),
    app.processEvents,
]
for call in calls:
    before = sys.getrefcount(None)
    for _ in range(300):
        call()
    lost = before - sys.getrefcount(None)
    if lost > 100:
        painter.end()
        sys.exit(f"300 calls lost {lost} references to None")
painter.end()
"""


def test_qt_does_not_lose_references_to_none():
    """PYSIDE-3474. In a process of its own, because the loss ends in an abort."""
    done = subprocess.run(
        [sys.executable, "-c", LOSES_NONE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


SHOWS_WINDOW = """
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

app = QApplication([])
label = QLabel("text")
label.show()
print(app.platformName(), QTest.qWaitForWindowExposed(label, 10_000))
"""


@linux
def test_a_window_opens_on_a_real_x_server(x_display):
    done = subprocess.run(
        [sys.executable, "-c", SHOWS_WINDOW],
        env={**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["xcb", "True"], done.stderr


def test_the_wheel_holds_the_program_its_resources_and_its_licence(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    information = f"annotator-{annotator.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entries = archive.read(f"{information}/entry_points.txt").decode()
    assert "annotator = annotator.__main__:main" in entries
    assert f"{information}/licenses/LICENSE" in names
    for path in (ROOT / "annotator").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    for path in (ROOT / "resources").rglob("*.*"):
        assert f"annotator/_resources/{path.relative_to(ROOT / 'resources').as_posix()}" in names
    for path in (ROOT / "docs" / "manual").rglob("*.*"):
        assert f"annotator/_resources/{path.relative_to(ROOT / 'docs').as_posix()}" in names
    assert {name.partition("/")[0] for name in names} == {"annotator", information}


def test_the_licence_is_the_whole_apache_2():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_readme_begins_with_the_two_commands():
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in block[1].splitlines()] == ["./run", "./run test"]
    assert block.start() < 800


def test_the_readme_lists_each_command_of_the_program_once():
    listed = re.findall(r"^\| `annotator (\w+)\b", README, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_each_command_of_the_readme_exists():
    done = subprocess.run(
        [sys.executable, "-m", "annotator", "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", done.stdout), name


@pytest.mark.parametrize(
    "page",
    [each.relative_to(ROOT).as_posix() for each in PAGES],
)
def test_links_between_the_pages_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://")):
            assert ((ROOT / page).parent / target).exists(), target


def test_decisions_are_numbered_without_gaps():
    names = sorted(each.name for each in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        title = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {name[:4]} ")


PROMISES = """
import logging
import socket

def test_passes(): pass

def test_is_skipped():
    import pytest
    pytest.skip("for the count")

def test_warns(): logging.getLogger("annotator.somewhere").warning("lost a frame")

def test_is_allowed_to_warn(caplog): logging.getLogger("annotator.somewhere").warning("lost")

def test_calls(): socket.socket().connect(("192.0.2.1", 80))

def test_looks_up(): socket.gethostbyname("example.org")
"""


def test_the_suite_refuses_network_and_warnings_and_counts_what_it_did(tmp_path):
    (tmp_path / "test_promises.py").write_text(PROMISES, encoding="utf-8")
    report = tmp_path / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        ROOT / "pyproject.toml",
        "-p",
        "tests.conftest",
    ]
    command += ["-p", "no:pytest-qt", f"--junit-xml={report}", tmp_path / "test_promises.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    assert "The program logged: WARNING lost a frame" in done.stdout
    assert "The test reached for the network: ('192.0.2.1', 80)" in done.stdout
    assert "The test looked up a host: example.org" in done.stdout
    assert counts_of(report) == "2 passed, 3 failed, 1 skipped"
    assert counts_of(tmp_path / "none.xml") == ""
    failures = failures_of(report)
    assert len(failures) == 3
    assert "The program logged: WARNING lost a frame" in "".join(failures)
    assert all(each.startswith("FAILED ") and "\n    " in each for each in failures)
    assert failures_of(tmp_path / "none.xml") == ()
