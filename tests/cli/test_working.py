"""Ctrl+C during long work: first a polite stop, then a hard one."""

import signal
import subprocess
import sys
import threading

import pytest

from annotator.cli.working import working
from annotator.core.errors import Cancelled
from tests.cli.conftest import ROOT


def test_the_first_ctrl_c_stops_at_the_next_report_and_the_second_at_once():
    before = signal.getsignal(signal.SIGINT)
    with working() as progress:
        progress.report(1, 10)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            progress.report(2, 10)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stays_ignored_where_the_shell_says_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with working() as progress:
            signal.raise_signal(signal.SIGINT)
            progress.report(1, 10)
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_may_work_too():
    done: list[int] = []

    def work() -> None:
        with working() as progress:
            done.extend(progress.track([1, 2, 3], "Working"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert done == [1, 2, 3]


def test_ctrl_c_is_told_also_where_a_command_does_not_look_for_it(cli, monkeypatch, tmp_path):
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("annotator.cli.undo.open_for_changing", interrupted)
    answer = cli("undo", tmp_path, "--json")
    assert answer.code == 130
    assert answer.err == "Error: Stopped on request.\n"
    assert answer.document == {"error": "Stopped on request."}


WHILE_LOADING = """
import sys
class Finder:
    def find_spec(name, path, target=None):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder)
from annotator.__main__ import main
sys.argv = ["annotator", "formats"]
sys.exit(main())
"""


def test_ctrl_c_while_the_program_is_loaded_leaves_no_trace():
    done = subprocess.run(
        [sys.executable, "-c", WHILE_LOADING], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
