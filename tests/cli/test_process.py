"""The command line in processes of its own: what it loads, how it is stopped, and where its output goes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.project.project import Project
from tests.cli.conftest import started, write_coco

HEAVY = (
    "PySide6",
    "shiboken6",
    "cv2",
    "shapely",
    "lxml",
    "av",
    "tifffile",
    "pycocotools",
    "simplejpeg",
)
LOADED = """
import sys
from annotator.cli import main
code = main(sys.argv[1:])
print("\\nloaded:", *sorted(set(name.partition(".")[0] for name in sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def loaded_by(*arguments: object) -> set[str]:
    """The packages that a command imports."""
    command = [sys.executable, "-c", LOADED, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return set(done.stderr.rpartition("loaded:")[2].split())


def test_light_commands_load_nothing_heavy(project, coco):
    assert not {*HEAVY, "numpy", "apsw", "rich"} & loaded_by("--version")
    for arguments in (
        ("ls", project),
        ("history", project),
        ("formats",),
        ("ls", project, "--json"),
    ):
        assert not set(HEAVY) & loaded_by(*arguments)
    assert not set(HEAVY) & loaded_by("--help")
    assert not {"PySide6", "shapely", "av", "tifffile"} & loaded_by("import", project, coco)


def test_commands_need_neither_qt_nor_a_screen(in_one_child, child, tmp_path, pictures, coco):
    project, out = tmp_path / "project", tmp_path / "out"
    answers = in_one_child(
        ("create", project, pictures, "--json"),
        ("import", project, coco, "--json"),
        ("export", project, out, "--format", "yolo_ultralytics_detect", "--save-images", "--json"),
        ("info", out, "--json"),
        ("convert", coco, tmp_path / "cvat", "--to", "cvat_video", "--json"),
        ("undo", project, "--json"),
        ("redo", project, "--json"),
        ("history", project, "--json"),
        ("doctor", project, "--json"),
        ("formats", "--json"),
    )
    listed = child("ls", project, "--json")
    for answer in (*answers, listed):
        assert answer.code == 0, answer.err
        assert answer.err == ""  # no bar where nobody looks
        assert isinstance(answer.document, dict)


def test_the_installation_is_examined_without_qt(child):
    answer = child("doctor", "--json")
    checks = {one["check"] for one in answer.document["findings"]}
    assert {"program", "python", "packages", "system libraries", "folders", "screen"} <= checks
    assert answer.code == (1 if answer.document["broken"] else 0)


def test_output_that_the_terminal_cannot_show_is_escaped(child, tmp_path, pictures):
    (tmp_path / "labels.txt").write_text("猫\n", encoding="utf-8")
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    arguments = ("create", tmp_path / "p", pictures, "--labels", tmp_path / "labels.txt")
    assert child(*arguments, environment=environment).code == 0
    listed = child("ls", tmp_path / "p", environment=environment)
    assert (listed.code, listed.err) == (0, "")
    assert "\\u732b" in listed.out


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_a_path_that_is_not_text_is_refused(child, tmp_path, make_picture):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    make_picture(folder / "a.png", 20, 10)
    for arguments in (
        ("create", tmp_path / "p", folder),
        ("create", folder, folder),
        ("ls", folder),
    ):
        answer = child(*arguments)
        assert answer.code == 1
        assert answer.err.startswith("Error: The path")
        assert "caf\\udce9" in answer.err
    assert not (tmp_path / "p").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_where_names_are_read_as_ascii_that_is_told_and_how_it_is_changed(
    child, tmp_path, make_picture
):
    make_picture(tmp_path / "猫" / "a.png", 20, 10)
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    arguments = ("create", tmp_path / "p", tmp_path / "猫")
    answer = child(*arguments, environment=environment)
    assert answer.code == 1
    assert "is not valid text in ascii" in answer.err
    assert "Set PYTHONUTF8=1" in answer.err
    assert child(*arguments, environment=environment | {"PYTHONUTF8": "1"}).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_goes_away_ends_the_command_without_a_trace(project):
    process = started("ls", project)
    process.stdout.close()
    assert process.wait(30) != 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that Linux has")
@pytest.mark.parametrize("arguments", [("formats",), ("ls", "{}", "--json")])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_for_which_there_is_no_room_is_told_in_a_sentence(project, arguments, unbuffered):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "annotator", *(each.format(project) for each in arguments)],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The answer cannot be written: No space left on device. What was changed stays changed.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix closes them")
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_streams_that_the_shell_has_closed_are_done_without(project, closed):
    for arguments, code in ((f'ls "{project}"', 0), ("ls nowhere", 1)):
        done = subprocess.run(
            f'"{sys.executable}" -m annotator {arguments} {closed}',
            shell=True,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", ["0", "12"])
def test_a_table_on_a_narrow_terminal_keeps_its_numbers(project, columns):
    pty = pytest.importorskip("pty", reason="pseudo terminals are a thing of Unix")
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "annotator", "history", str(project)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        env={**os.environ, "TERM": "xterm", "COLUMNS": columns},
    ) as process:
        os.close(follower)
        shown = read_all(leader)
    assert process.returncode == 0
    with Project.open(project, read_only=True) as opened:
        steps = opened.history()
    assert steps
    assert all(str(step.rows).encode() in shown for step in steps)
    assert b"compl" in shown  # columns break words, and none is left out


def test_verbose_tells_on_stderr_and_leaves_the_answer_alone(child, project):
    quiet, loud = child("ls", project, "--json"), child("-v", "-v", "ls", project, "--json")
    assert quiet.code == loud.code == 0
    assert quiet.document == loud.document


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_ctrl_c_takes_back_what_an_import_has_written(project, tmp_path):
    coco = write_coco(tmp_path / "large.json", each=20_000)
    with Project.open(project, read_only=True) as opened:
        before = opened.history()
    process = started("import", project, coco, "--json")
    wait_until_half_written(process, project)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "Error: Stopped on request; nothing was changed.\n"
    assert "Stopped" in out
    with Project.open(project) as opened:
        assert opened.is_writable
        assert opened.interrupted_steps() == []
        assert opened.label_counts() == {}
        assert not list(opened.labels)
        assert [one for one in opened.history() if one.state == "complete"] == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_ctrl_c_leaves_what_a_resumed_import_has_written(project, tmp_path):
    coco = write_coco(tmp_path / "large.json", each=20_000)
    process = started("import", project, coco)
    wait_until_half_written(process, project)
    process.kill()
    process.communicate(timeout=60)
    with Project.open(project, read_only=True) as opened:
        before = sum(opened.label_counts().values())
    process = started("resume", project, "--json")
    wait_until_half_written(process, project, before + 2_000)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    said = "Stopped on request; what was written so far is in the project. Give the same command again to go on."
    assert (process.returncode, err, json.loads(out)) == (130, f"Error: {said}\n", {"error": said})
    with Project.open(project) as opened:
        assert len(opened.interrupted_steps()) == 1
        assert sum(opened.label_counts().values()) > before


def wait_until_half_written(
    process: subprocess.Popen[str], project: Path, count: int = 2_000
) -> None:
    with Project.open(project, read_only=True) as opened:
        end = time.monotonic() + 60
        while sum(opened.label_counts().values()) < count:
            assert process.poll() is None, "the import ended too early"
            assert time.monotonic() < end, "the import does not begin"
            time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_ctrl_c_leaves_no_half_written_dataset(project, tmp_path):
    coco = write_coco(tmp_path / "large.json", each=20_000)
    out = tmp_path / "out"
    process = started("convert", coco, out, "--to", "cvat_video")
    end = time.monotonic() + 60
    while not half_written(tmp_path):
        assert process.poll() is None, "the conversion ended too early"
        assert time.monotonic() < end, "the conversion does not begin"
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "Error: Stopped on request; nothing was changed.\n")
    assert not out.exists()
    assert not half_written(tmp_path)


def half_written(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.name.endswith(".part")]


def read_all(leader: int) -> bytes:
    """Read a pseudo terminal until its other side is closed, and close it."""
    shown = b""
    with open(leader, "rb", buffering=0) as stream:
        while True:
            try:
                piece = stream.read(4096)
            except OSError:  # Linux says so when the other side is closed
                return shown
            if not piece:
                return shown
            shown += piece


def test_a_bar_is_shown_on_a_terminal_only(tmp_path, project, coco):
    pty = pytest.importorskip("pty", reason="pseudo terminals are a thing of Unix")
    leader, follower = pty.openpty()
    command = [
        sys.executable,
        "-c",
        "import sys; from annotator.cli import main; sys.exit(main(sys.argv[1:]))",
    ]
    with subprocess.Popen(
        [*command, "import", str(project), str(coco), "--json"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm"},
        text=True,
    ) as process:
        os.close(follower)
        shown = read_all(leader)
        out = process.stdout.read()
    assert process.returncode == 0
    assert b"Importing" in shown or b"Reading" in shown
    assert out.startswith("{")
