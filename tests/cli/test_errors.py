"""What goes wrong: a sentence on stderr, an exit code, and nothing changed."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from annotator import __version__, messages
from annotator.cli import COMMANDS
from annotator.project.folder import INSIDE
from annotator.project.project import FILE_NAME, Project
from tests.cli.conftest import ROOT, Answer, write_coco

HOLDER = """
import sys
from pathlib import Path
from annotator.project.project import Project
with Project.open(Path(sys.argv[1])) as project:
    print(project.is_writable, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(project: Path):
    """The project while another process has it open for changing."""
    command = [sys.executable, "-c", HOLDER, str(project)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "True\n"
        yield project
        process.stdin.close()
        process.wait(30)


def failed(answer: Answer, code: int = 1) -> str:
    """The sentence of a command that failed, checked for its form."""
    assert answer.code == code
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


# Usage -----------------------------------------------------------------------------------------------------


def test_the_version_and_the_help_page(cli):
    assert cli("--version").out == f"annotator {__version__}\n"
    page = cli("--help")
    assert page.code == 0
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", page.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_page_and_json(cli, name):
    page = cli(name, "--help")
    assert page.code == 0
    assert "--json" in page.out
    # No type beside a switch, as if it wanted a value, and no limit that nobody comes near.
    assert "bool" not in page.out
    assert "<=9" not in page.out
    # What it does stands in full in the list of commands, too.
    (summary,) = re.findall(r"\n\n  (\S.*?)\n\n", page.out, re.DOTALL)[:1]
    assert " ".join(summary.split()) in " ".join(cli("--help").out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("paint",),
        ("ls",),
        ("ls", "a", "b"),
        ("ls", "--nothing", "a"),
        ("create", "p"),
        ("import", "p"),
        ("export", "p", "out"),
        ("convert", "a", "b"),
        ("convert", "a", "b", "--to", "nothing"),
        ("export", "p", "out", "--format", "nothing"),
        ("undo", "p", "--step", "first"),
        ("undo", "p", "--step", "-1"),
        ("undo", "p", "--step", 10**20),
        ("redo", "p", "--step", 10**20),
        ("keep", "p", "--step", 2**63),
        ("history", "p", "--limit", 10**20),
        ("history", "p", "--limit", "0"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_where_help_is(cli, arguments):
    assert "--help" in failed(cli(*arguments), 2)
    with_json = cli(*arguments, "--json")
    assert with_json.code == 2
    assert "--help" in with_json.document["error"]


def test_an_unknown_format_names_the_known_ones(cli, coco, tmp_path, project):
    for arguments in (
        ("convert", coco, tmp_path / "out", "--to", "nothing"),
        ("convert", coco, tmp_path / "out", "--to", "cvat_video", "--from", "nothing"),
        ("info", coco, "--format", "nothing"),
        ("import", project, coco, "--format", "nothing"),
        ("export", project, tmp_path / "out", "--format", "nothing"),
    ):
        assert "coco_instances" in failed(cli(*arguments), 2)


def test_without_arguments_the_help_page_comes(cli):
    answer = cli()
    assert answer.code == 2
    assert "convert" in answer.out + answer.err


# Failures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("ls", "{nowhere}"),
        ("history", "{nowhere}"),
        ("undo", "{nowhere}"),
        ("redo", "{nowhere}"),
        ("keep", "{nowhere}"),
        ("doctor", "{nowhere}"),
        ("import", "{nowhere}", "{coco}"),
        ("export", "{nowhere}", "{out}", "--format", "cvat_video"),
        ("import", "{project}", "{nowhere}"),
        ("info", "{nowhere}"),
        ("info", "{nowhere}", "--format", "cvat_video"),
        ("convert", "{nowhere}", "{out}", "--to", "cvat_video"),
        ("create", "{out}", "{nowhere}"),
        ("create", "{out}", "{coco}", "--labels", "{nowhere}"),
    ],
)
def test_what_does_not_exist_is_named(cli, tmp_path, project, coco, arguments):
    places = {"nowhere": tmp_path / "nö where", "coco": coco, "project": project}
    filled = [one.format(**places, out=tmp_path / "out") for one in arguments]
    assert "nö where" in failed(cli(*filled))
    assert not (tmp_path / "out").exists()
    assert "nö where" in cli(*filled, "--json").document["error"]


def test_a_file_in_no_known_format_gives_every_reason(cli, tmp_path, project):
    other = tmp_path / "other.json"
    other.write_text('{"shapes": []}')
    for arguments in (("info", other), ("import", project, other)):
        sentence = failed(cli(*arguments))
        for format_id in ("coco_instances", "yolo_ultralytics_detect", "cvat_video"):
            assert f"not {format_id}: " in sentence


def test_a_project_is_no_dataset_to_import(cli, project):
    for path in (project, project / FILE_NAME):
        assert "is a project, not a dataset; export it" in failed(cli("import", project, path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for_and_called_one(cli, tmp_path, project):
    for name in ("pipe", "pipe.yaml", "pipe.json", "pipe.xml"):
        os.mkfifo(tmp_path / name)
        for arguments in (("info", tmp_path / name), ("import", project, tmp_path / name)):
            assert "is a device or a pipe, not a regular file" in failed(cli(*arguments))


def test_every_sentence_about_usage_ends_before_the_next(cli):
    for arguments in (
        ("undo", "p", "--step", "x"),
        ("history", "p", "--limit", "0"),
        ("formats", "x"),
    ):
        assert re.search(r"[^.]\. See annotator \w+ --help\.$", failed(cli(*arguments), 2))
    mistyped = failed(cli("lss", "p"), 2)
    assert mistyped.endswith("Did you mean 'ls'? See annotator --help.")
    act = failed(cli("models", "mend"), 2)
    assert "'ACT': 'mend' is not one of 'ls'" in act


@pytest.mark.parametrize(
    "arguments",
    [
        *((name, "") for name in COMMANDS if name not in {"formats", "create", "demo", "models"}),
        ("create", "", "{tmp}"),
        ("create", "{tmp}/p", ""),
        ("create", "{tmp}/p", "{tmp}", ""),
        ("create", "{tmp}/p", "{tmp}", "--labels", ""),
        ("import", "{project}", ""),
        ("export", "{project}", "", "--format", "coco_instances"),
        ("convert", "{project}", "", "--to", "coco_instances"),
        ("backup", "{project}", ""),
        ("restore", "{project}", "--to", ""),
        ("models", "install", ""),
        ("demo", "--headless", "--out", ""),
    ],
)
def test_an_empty_path_is_not_the_folder_one_is_in(
    cli, tmp_path, project, pictures, monkeypatch, arguments
):
    monkeypatch.chdir(pictures)
    given = [each.format(tmp=tmp_path, project=project) for each in arguments]
    required = {"import": [project], "export": ["out", "--format", "coco_instances"]}
    required |= {"convert": ["out", "--to", "coco_instances"], "annotate": ["--model", "x"]}
    if given[1:] == [""]:
        given += map(str, required.get(given[0], []))
    before = sorted(tmp_path.rglob("*"))
    assert "the path is empty" in failed(cli(*given), 2)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="places that Linux has")
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("/proc/x", "/proc takes no files; choose another place."),
        ("/sys/x", "this user may not write in /sys; choose another place."),
        ("/dev/null/x", "/dev/null is not a folder; choose another place."),
        ("/dev/null", "is not an empty folder; choose another one."),
        ("{tmp}/file/x", "file is not a folder; choose another place."),
        ("{tmp}/" + "n" * 300, "the name is too long; choose a shorter one."),
    ],
)
def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    cli, tmp_path, project, coco, place, reason
):
    (tmp_path / "file").touch()
    before = sorted(tmp_path.iterdir())
    out = place.format(tmp=tmp_path)
    for arguments in (
        ("export", project, out, "--format", "yolo_ultralytics_detect", "--save-images"),
        ("convert", coco, out, "--to", "cvat_video"),
    ):
        sentence = failed(cli(*arguments))
        assert sentence.startswith(out[:100])
        assert sentence.endswith(reason)
        assert sentence.count(". ") == 0
    assert sorted(tmp_path.iterdir()) == before


def test_a_new_folder_is_made_with_those_above_it(cli, tmp_path, project):
    out = tmp_path / "new" / "above" / "out"
    assert cli("export", project, out, "--format", "coco_instances").code == 0
    assert cli("info", out).code == 0


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read anything")
def test_what_may_not_be_read_or_written_is_a_failure_with_a_sentence(cli, tmp_path, project, coco):
    locked = tmp_path / "locked"
    locked.mkdir()
    write_coco(locked / "coco.json")
    locked.chmod(0)
    alone = write_coco(tmp_path / "alone.json")
    alone.chmod(0)
    try:
        for arguments in (
            ("export", project, locked / "out", "--format", "coco_instances"),
            ("export", project, locked, "--format", "coco_instances"),
            ("convert", coco, locked / "out", "--to", "cvat_video"),
            ("convert", locked / "coco.json", tmp_path / "out", "--to", "cvat_video"),
            ("convert", locked, tmp_path / "out", "--to", "cvat_video"),
            ("import", project, locked / "coco.json"),
            ("import", project, locked),
            ("import", project, locked, "--format", "cvat_video"),
            ("import", project, locked, "--format", "coco_instances"),
            ("import", project, locked, "--format", "yolo_ultralytics_detect"),
            ("info", locked / "coco.json"),
            ("info", locked),
            ("info", locked / "coco.json", "--format", "coco_instances"),
            ("create", tmp_path / "new", locked),
            ("create", tmp_path / "new", locked / "coco.json"),
            ("create", locked / "new", tmp_path / "pictures"),
            ("create", tmp_path / "new", tmp_path / "pictures", "--labels", locked / "labels.txt"),
            ("ls", locked),
            ("ls", locked / "project"),
            ("undo", locked / "project"),
            ("history", locked),
            ("doctor", locked / "project"),
            ("import", project, alone),
            ("info", alone),
            ("info", alone, "--format", "yolo_ultralytics_detect"),
        ):
            answer = cli(*arguments)
            assert (answer.code, arguments) == (1, arguments)
            assert str(locked) in answer.err or str(alone) in answer.err
            assert len(answer.err.splitlines()) == 1
    finally:
        locked.chmod(0o700)


def test_there_is_nothing_to_undo_or_to_redo(cli, project):
    assert "nothing to redo" in failed(cli("redo", project))
    assert cli("undo", project).code == 0
    assert "nothing to undo" in failed(cli("undo", project))
    assert cli("undo", project, "--step", 12345).code == 1


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_a_step_that_does_not_exist_is_named(cli, project, command):
    for step in (5, 2**63 - 1):
        assert failed(cli(command, project, "--step", step)).startswith(
            f"The project has no step {step}."
        )


def test_a_folder_that_is_not_empty_is_not_written_into(cli, tmp_path, project, coco):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    for arguments in (
        ("export", project, out, "--format", "coco_instances"),
        ("convert", coco, out, "--to", "coco_instances"),
    ):
        assert "not an empty folder" in failed(cli(*arguments))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_failed_create_leaves_nothing_behind(cli, tmp_path, pictures):
    empty, labels = tmp_path / "empty", tmp_path / "labels.txt"
    empty.mkdir()
    labels.write_text("cat\ncat\n")
    assert cli("create", tmp_path / "new", empty).code == 1
    assert cli("create", tmp_path / "new", pictures, "--labels", labels).code == 1
    assert not (tmp_path / "new").exists()
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert cli("create", taken, pictures).code == 1
    assert taken.read_text() == "a file"


def test_two_tasks_cannot_have_one_name(cli, project, pictures):
    assert "'pictures'" in failed(cli("create", project, pictures, "--task", "pictures"))
    assert cli("create", project, pictures).code == 0
    names = [task["name"] for task in cli("ls", project, "--json").document["tasks"]]
    assert names == ["pictures", "pictures (2)"]


def test_records_that_cannot_be_read_end_with_3_and_the_rest_is_taken(cli, tmp_path, project):
    path = write_coco(tmp_path / "coco.json")
    broken = json.loads(path.read_text())
    broken["annotations"][0]["category_id"] = 99
    broken["annotations"][2]["bbox"] = [1, 2, -3, 4]
    path.write_text(json.dumps(broken))
    told = cli("info", path, "--json")
    assert told.code == 3
    assert len(told.document["problems"]) == told.document["skipped"] == 2
    assert cli("info", path).code == 3
    imported = cli("import", project, path, "--json")
    assert imported.code == 3
    assert imported.document["problems"] == told.document["problems"]
    assert sum(imported.document["annotations"].values()) == 4
    converted = cli("convert", path, tmp_path / "out", "--to", "cvat_video", "--json")
    assert converted.code == 3
    assert converted.document["problems"] == told.document["problems"]
    assert converted.document["skipped"] == imported.document["skipped"] == 2


def test_one_problem_counts_all_the_records_it_is_about(cli, tmp_path, project):
    box = '<box frame="{}" keyframe="1" outside="0" occluded="0" xtl="1" ytl="1" xbr="{}" ybr="9"/>'
    named = "".join(box.format(frame, 9) for frame in (0, 5, 6))
    nameless = "".join(box.format(frame, 9) for frame in range(3))
    between = "".join(
        box.replace('keyframe="1"', 'keyframe="0"').format(frame, 99) for frame in range(1, 5)
    )
    path = tmp_path / "annotations.xml"
    path.write_text(
        f'<annotations><track label="cat">{named}{between}</track><track>{nameless}</track></annotations>'
    )
    # Three key frames have no label, and the four shapes between two others are not where they should be.
    told = cli("info", path, "--json")
    assert (told.code, told.document["skipped"], len(told.document["problems"])) == (3, 7, 2)
    assert "Left out: 7 records." in cli("info", path).out
    converted = cli("convert", path, tmp_path / "out", "--to", "coco_instances", "--json")
    assert (converted.code, converted.document["skipped"]) == (3, 7)
    # The task has the frames 0, 1 and 2 alone: two more key frames stay behind.
    imported = cli("import", project, path, "--json")
    assert (imported.code, imported.document["skipped"]) == (3, 9)
    assert imported.document["keyframes"] == 1
    assert cli("undo", project).code == 0
    said = cli("import", project, path)
    assert said.code == 3
    assert "Left out: 9 records, 2 of them because their frame is not in the task." in said.out


KILLED = """
import os, sys
from pathlib import Path
from annotator.core.labels import Label
from annotator.project.project import Project
project = Project.open(Path(sys.argv[1]))
with project.long_step("Import much", author="user") as step:
    with step.edit() as edit:
        edit.put_label(Label("cat"))
    os._exit(9)
"""


def test_what_was_interrupted_is_told_and_can_be_taken_back(cli, project, coco):
    assert (
        subprocess.run([sys.executable, "-c", KILLED, project], cwd=ROOT, check=False).returncode
        == 9
    )
    (step,) = [
        one["id"]
        for one in cli("history", project, "--json").document["steps"]
        if one["state"] == "open"
    ]
    answer = cli("import", project, coco, "--json")
    assert answer.code == 0
    assert answer.err.startswith("Warning: “Import much” was interrupted")
    assert f"`annotator undo {shlex.quote(str(project))} --step {step}`" in answer.err
    assert f"`annotator keep {shlex.quote(str(project))} --step {step}`" in answer.err
    (told,) = [
        one["advice"]
        for one in cli("doctor", project, "--json").document["findings"]
        if one["severity"] == "warning"
    ]
    assert f"`annotator undo {shlex.quote(str(project))} --step {step}`" in told
    assert cli("undo", project).code == 0
    assert cli("undo", project, "--step", step).code == 0
    assert cli("redo", project).err == ""


def interrupt(project):
    done = subprocess.run([sys.executable, "-c", KILLED, project], cwd=ROOT, check=False)
    assert done.returncode == 9


def test_undo_takes_back_what_was_interrupted_last_without_a_word_about_it(cli, project):
    interrupt(project)
    answer = cli("undo", project, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.document["undone"]["title"] == "Import much"
    assert cli("undo", project).out.startswith("Undone: Add pictures")


def test_what_was_interrupted_can_be_kept(cli, project):
    assert "nothing to keep" in failed(cli("keep", project))
    interrupt(project)
    (step,) = [s["id"] for s in cli("history", project, "--json").document["steps"][:1]]
    assert cli("keep", project, "--json").document["kept"]["state"] == "complete"
    assert "not an interrupted one" in failed(cli("keep", project, "--step", step))
    assert cli("ls", project).out.count("cat") == 1


# Others at work --------------------------------------------------------------------------------------------


def test_a_project_that_another_process_holds_is_read_and_not_changed(
    cli, tmp_path, held, coco, pictures
):
    for arguments in (
        ("create", held, pictures),
        ("import", held, coco),
        ("undo", held),
        ("redo", held),
    ):
        sentence = failed(cli(*arguments))
        assert "another process" in sentence
        assert "process " in sentence
    assert cli("ls", held).code == 0
    assert cli("info", held).code == 0
    assert cli("history", held, "--json").document["steps"][0]["state"] == "complete"
    assert cli("export", held, tmp_path / "out", "--format", "coco_instances").code == 0
    findings = cli("doctor", held, "--json")
    assert findings.code == 0
    (writer,) = [one for one in findings.document["findings"] if one["check"] == "writer"]
    assert "open for changing" in writer["text"]


def test_reading_keeps_nobody_from_changing(cli, project, coco):
    with Project.open(project, read_only=True):
        assert cli("ls", project).code == 0
        assert cli("import", project, coco).code == 0


@pytest.mark.skipif(os.geteuid() == 0 or sys.platform == "win32", reason="root may write anywhere")
def test_a_project_in_a_folder_that_cannot_be_written_is_read(cli, project, coco):
    project.chmod(0o500)
    try:
        assert cli("ls", project).code == 0
        assert "cannot be written" in failed(cli("import", project, coco))
    finally:
        project.chmod(0o700)


@pytest.mark.parametrize("moment", [9 * 10**18, -(9 * 10**18)])
def test_a_step_of_no_moment_is_listed(cli, project, moment):
    connection = apsw.Connection(str(project / FILE_NAME))
    connection.execute("UPDATE step SET made_at = ?", (moment,))
    connection.close()
    assert "Add pictures" in cli("history", project).out
    assert len(cli("history", project, "--json").document["steps"]) == 1
    assert cli("doctor", project).code == 0


def test_a_damaged_project_is_refused_with_a_sentence(cli, project, coco):
    (project / FILE_NAME).write_bytes(b"not a database" * 100)
    for arguments in (("ls", project), ("import", project, coco), ("undo", project)):
        assert FILE_NAME in failed(cli(*arguments))


def test_a_project_of_a_newer_version_is_refused(cli, project):
    import apsw

    connection = apsw.Connection(str(project / FILE_NAME))
    connection.pragma("user_version", 999)
    connection.close()
    assert "newer version" in failed(cli("ls", project))
    assert "newer version" in failed(cli("undo", project))


# What names can do -----------------------------------------------------------------------------------------

NASTY = "[red]x \x1b]0;title\x07 \u202egpj.exe[bold]"


def test_names_are_shown_as_they_are_and_do_nothing_to_the_terminal(cli, tmp_path, make_picture):
    folder = tmp_path / NASTY
    make_picture(folder / "[bold]a.png", 20, 10)
    names = ("[bold]a.png", "[link=x]b.png", f"{NASTY}.png")
    path = write_coco(tmp_path / "coco.json", names)
    loaded = json.loads(path.read_text())
    loaded["categories"][0]["name"] = "[blink]cat[/blink]"
    path.write_text(json.dumps(loaded))
    project = tmp_path / "project"
    answers = [
        cli("create", project, folder),
        cli("import", project, path),
        cli("ls", project),
        cli("history", project),
        cli("info", path),
        cli("info", folder),
        cli("doctor", project),
        cli("import", project, path, "--task", NASTY),
    ]
    assert [answer.code for answer in answers] == [0, 3, 0, 0, 0, 1, 0, 3]
    for answer in answers:
        for text in (answer.out, answer.err):
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "[red]x \\x1b]0;title\\x07 \\u202egpj.exe[bold]" in answers[2].out
    assert "[blink]cat[/blink]" in answers[2].out
    assert "[link=x]b.png" in answers[1].out


def test_json_is_ascii_whatever_the_names_are(cli, tmp_path, make_picture):
    make_picture(tmp_path / NASTY / "Bild 猫.png", 20, 10)
    assert cli("create", tmp_path / "p", tmp_path / NASTY).code == 0
    listed = cli("ls", tmp_path / "p", "--json")
    assert listed.out.isascii()
    assert "\x1b" not in listed.out
    assert listed.document["tasks"][0]["name"] == NASTY


def test_messages_of_the_program_go_to_stderr_while_a_command_runs(cli, tmp_path, make_picture):
    make_picture(tmp_path / "pictures" / "a.png", 20, 10)
    os.symlink(tmp_path / "gone.png", tmp_path / "pictures" / "link.png")
    answer = cli("create", tmp_path / "p", tmp_path / "pictures", "--json")
    assert answer.code == 3
    (problem,) = answer.document["problems"]
    assert "link.png" in problem
    assert answer.err == f"Warning: {problem}\n"
    kept: list[messages.Message] = []
    messages.subscribe(kept.append)()
    assert kept == []  # nothing is left for the next listener


def test_a_project_in_its_hidden_folder_is_found_from_outside(cli, pictures):
    cli("create", pictures, pictures)
    assert (pictures / INSIDE / FILE_NAME).is_file()
    assert cli("undo", pictures).code == 0
