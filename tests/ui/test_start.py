"""Starting the program: what is imported before the first paint, and what is said where no window can be shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "numpy", "apsw", "msgspec", "psygnal", "tomlkit", "typer", "rich", "cv2", "shapely", "av",
    "annotator.project", "annotator.canvas", "annotator.core.shapes",
)  # fmt: skip

AT_THE_FIRST_PAINT = """
import os, sys
import annotator.ui.start.start_page as start_page
paint = start_page.StartPage.paintEvent
def painted(self, event):
    paint(self, event)
    print(*sorted(sys.modules), flush=True)
    os._exit(0)
start_page.StartPage.paintEvent = painted
sys.argv = ["annotator"]
from annotator.__main__ import main
main()
"""


def run(code: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{name: value for name, value in variables.items() if value}}
    for name, value in variables.items():
        if value is None:
            environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_heavy_is_imported_before_the_first_paint():
    result = run(AT_THE_FIRST_PAINT)
    assert result.returncode == 0, result.stderr
    modules = set(result.stdout.split())
    assert "PySide6.QtWidgets" in modules
    loaded = {name for name in modules if any(name == h or name.startswith(h + ".") for h in HEAVY)}
    assert loaded == set()
    qt = {name for name in modules if name.startswith("PySide6.Qt")}
    assert qt == {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"}


PART_IS_BROKEN = """
import os, sys
from annotator.ui.window import workplace
from annotator.ui.bugs.bug_dialog import BugDialog
def parts(self):
    yield
    raise LookupError("a part is broken")
workplace.Workplace.parts = parts
show = BugDialog.showEvent
def shown(self, event):
    show(self, event)
    print(self.details.toPlainText(), flush=True)
    os._exit(0)
BugDialog.showEvent = shown
sys.argv = ["annotator"]
from annotator.__main__ import main
main()
"""


def test_a_bug_while_the_window_is_made_is_told_too():
    result = run(PART_IS_BROKEN, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0, result.stderr
    assert "LookupError: a part is broken" in result.stdout


MAIN = "import sys; sys.argv = ['annotator']; from annotator.__main__ import main; sys.exit(main())"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_one_sentence_is_said():
    result = run(MAIN, DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("There is no screen for the window")


def test_a_platform_that_does_not_exist_is_said():
    result = run(MAIN, QT_QPA_PLATFORM="nothing")
    assert result.returncode == 1
    assert "The window cannot be shown" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_missing_libraries_are_named_in_one_line(tmp_path: Path):
    """As on a machine where libEGL is missing: the import of QtWidgets fails."""
    package = tmp_path / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "QtCore.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file')"
    )
    code = (
        "from annotator import machine;"
        "machine.missing_packages = lambda libraries: ('libegl1', 'libxcb-cursor0');" + MAIN
    )
    result = run(code, PYTHONPATH=os.pathsep.join([str(tmp_path), os.getcwd()]))
    assert result.returncode == 1
    assert result.stderr == (
        "System libraries are missing for the window:"
        " sudo apt-get install --no-install-recommends libegl1 libxcb-cursor0\n"
    )


def test_commands_never_load_qt():
    code = (
        "import sys; sys.argv = ['annotator', '--version'];"
        "from annotator.__main__ import main\n"
        "try: code = main()\n"
        "except SystemExit as end: code = end.code\n"
        "sys.exit(code or 'PySide6' in sys.modules)"
    )
    result = run(code)
    assert result.returncode == 0, result.stderr
    assert "0." in result.stdout
