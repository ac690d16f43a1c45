"""The log and the report: bounded, found after a crash, and without personal data."""

import getpass
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from annotator import logs
from annotator.report import report_text, without_personal_data


@pytest.fixture
def folder(tmp_path: Path):
    logs.start_logging(tmp_path / "log")
    yield tmp_path / "log"
    logs.stop_logging()


def test_errors_are_logged_with_their_traceback(folder):
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("of_a_test").exception("It went wrong")
    text = "\n".join(logs.last_lines(folder, 50))
    assert "It went wrong" in text
    assert "ValueError: odd" in text


def test_the_log_stays_small(folder):
    log = logging.getLogger("of_a_test")
    for _ in range(1200):
        log.info("x" * 8000)
    files = list(folder.glob("annotator.log*"))
    assert len(files) == 4
    assert sum(path.stat().st_size for path in files) < 5 << 20


def test_a_folder_that_cannot_be_written_keeps_nobody_from_working(tmp_path):
    (tmp_path / "log").write_text("in the way")
    assert logs.start_logging(tmp_path / "log") == ""
    assert logs.last_lines(tmp_path / "log", 5) == []


CRASH = """
import faulthandler, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from annotator import logs
print(logs.start_logging(Path({folder!r})))
{end}
"""


def run(folder: Path, end: str) -> subprocess.CompletedProcess:
    root = str(Path(logs.__file__).parent.parent)
    code = CRASH.format(root=root, folder=str(folder), end=end)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_crash_is_found_by_the_next_start_and_told_once(tmp_path):
    crashed = run(tmp_path, "faulthandler._sigsegv()")
    assert crashed.returncode != 0
    found = run(tmp_path, "logs.stop_logging()")
    assert "Segmentation fault" in found.stdout
    assert "Current thread" in found.stdout
    assert run(tmp_path, "logs.stop_logging()").stdout.strip() == ""
    assert not list(tmp_path.glob("*crash.txt"))


def test_a_kill_is_no_crash(tmp_path):
    killed = run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == -9
    assert run(tmp_path, "logs.stop_logging()").stdout.strip() == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('File "/home/eva/annotator/ui/x.py", line 3', 'File "annotator/ui/x.py", line 3'),
        ("cannot read /data/patients/meier/scan.png now", "cannot read <path>.png now"),
        ('"/data/St. Anna/a b.tif" is damaged', '"<path>.tif" is damaged'),
        (r"in C:\Users\Eva\Desktop\x.jpg: no", r"in <path>.jpg: no"),
        ("at /usr/lib/python3.11/threading.py:12", "at lib/python3.11/threading.py:12"),
        ('"/home/eva/it\'s my cat.png" is damaged', '"<path>.png" is damaged'),
        ("/home/eva/My Pictures/scan 1.png cannot be read.", "<path>.png cannot be read."),
        ("/home/eva/Müller (Kopie).png does not exist", "<path>.png does not exist"),
        ("opened (/home/eva/a b.png) in 3 ms", "opened (<path>.png) in 3 ms"),
        ("~/Pictures/cat.png, ~eva/dog.png", "<path>.png, <path>.png"),
        ("file:///home/eva/cat.png", "file:<path>.png"),
        (r"\\server\eva share\cat one.png is gone", "<path>.png is gone"),
        ("in “/home/eva/My Pictures”: no", "in “<path>”: no"),
        ("1/2 of it, a / b, 3 px/s", "1/2 of it, a / b, 3 px/s"),
    ],
)
def test_paths_tell_of_the_program_only(text, told):
    assert without_personal_data(text) == told


def test_names_of_person_and_machine_are_left_out(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "evameier")
    monkeypatch.setattr(socket, "gethostname", lambda: "labor7")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/evam"))
    told = without_personal_data("evameier on labor7, evam, evameiers")
    assert told == "<user> on <host>, <user>, evameiers"


def test_the_report_has_versions_error_and_log(folder):
    logging.getLogger("of_a_test").warning("Reading %s", "/data/secret/eva.png")
    try:
        open(os.devnull + "/x").close()
    except OSError as error:
        text = report_text(error, "", folder)
    for part in ("Annotator 0", "Python 3.", "numpy 2", "NotADirectoryError", "Reading <path>.png"):
        assert part in text
    assert "secret" not in text


def test_what_another_window_holds_open_keeps_nobody_from_logging(tmp_path, monkeypatch):
    """On Windows a file that is open cannot be removed; here its removal is refused."""
    held = tmp_path / "1-crash.txt"
    held.write_text("it crashed")
    (tmp_path / "2-crash.txt").write_text("that crashed, too")
    unlink = Path.unlink

    def refuse(path, missing_ok=False):
        if path == held:
            raise PermissionError(13, "It is in use", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(logs, "_is_running", lambda process: False)
    assert logs.start_logging(tmp_path) == "that crashed, too"
    try:
        logging.getLogger("of_a_test").warning("still logged")
        assert any("still logged" in line for line in logs.last_lines(tmp_path, 5))
    finally:
        logs.stop_logging()
