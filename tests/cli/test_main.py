"""What one argument that is no command means: a path for the window, or a mistake."""

import subprocess
import sys

import pytest

from tests.cli.conftest import ROOT

PROGRAM = """
import sys
from annotator.__main__ import main
code = main()
assert "PySide6" not in sys.modules
sys.exit(code)
"""


def said(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("word", "meant"), [("exprot", "export"), ("Undo", "undo"), ("hitsory", "history")]
)
def test_a_mistyped_command_is_wrong_usage_and_the_right_one_is_named(word, meant):
    code, text = said(word)
    assert code == 2
    assert text.startswith("Error: ")
    assert f"Did you mean `annotator {meant}`?" in text


def test_a_word_like_no_command_is_wrong_usage():
    code, text = said("zzzzzz")
    assert (code, "Did you mean" in text) == (2, False)
    assert "neither a command nor a path" in text


def test_of_several_paths_it_says_that_one_is_opened(tmp_path):
    (tmp_path / "a").mkdir()
    code, text = said(str(tmp_path / "a"), str(tmp_path / "b"))
    assert code == 2
    assert text == "Error: The window opens one path. Name one folder, picture or project.\n"


@pytest.mark.parametrize("path", ["./exprot", "no/where", "nothing.png", "/nö where", "\x1b[31m"])
def test_a_path_that_does_not_exist_is_a_sentence(path):
    code, text = said(path)
    assert code == 1
    assert len(text.splitlines()) == 1
    assert "does not exist" in text
    assert "\x1b" not in text
