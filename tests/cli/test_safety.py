"""Snapshots, backups, restores and resumed imports on the command line."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.cli.conftest import started, write_coco


def annotations(cli, project: Path) -> int:
    (task,) = cli("ls", project, "--json").document["tasks"]
    return task["annotations"]


@pytest.fixture
def filled(cli, project: Path, coco: Path) -> Path:
    assert cli("import", project, coco).code == 0
    return project


def test_a_snapshot_is_taken_listed_compared_restored_and_deleted(cli, project, coco):
    assert cli("snapshot", project, "empty").code == 0
    cli("import", project, coco)
    made = cli("snapshot", project, "--json").document["snapshot"]
    assert made["counts"]["annotations"] == 6
    listed = cli("snapshot", project, "--list", "--json").document["snapshots"]
    assert [one["name"] for one in listed] == [made["name"], "empty"]
    assert "empty" in cli("snapshot", project, "--list").out
    changes = cli("snapshot", project, "--compare", "empty", "--json").document["changes"]
    assert changes["annotations"] == {"added": 6, "changed": 0, "deleted": 0}
    assert changes["labels"]["added"] == 2
    same = cli("snapshot", project, "--compare", made["name"])
    assert "nothing" in same.out
    done = cli("snapshot", project, "--restore", "empty", "--json")
    assert done.code == 0
    assert done.document["changes"]["annotations"]["added"] == 6
    assert Path(done.document["before"]).is_file()
    assert annotations(cli, project) == 0
    assert cli("undo", project).code == 0
    assert annotations(cli, project) == 6
    assert cli("snapshot", project, "--delete", "empty").code == 0
    assert len(cli("snapshot", project, "--list", "--json").document["snapshots"]) == 1
    again = cli("snapshot", project, "--restore", made["name"])
    assert "Nothing to do" in again.out


def test_a_backup_is_made_while_somebody_has_the_project_open(cli, filled, tmp_path):
    from annotator.project.project import Project

    with Project.open(filled):
        assert cli("backup", filled).code == 0
        assert cli("snapshot", filled, "x").code == 0
        refused = cli("restore", filled)
        assert refused.code == 1
        assert "cannot be changed now" in refused.err
    out = tmp_path / "out.annotator"
    assert cli("backup", filled, out, "--json").document["bytes"] == out.stat().st_size
    assert cli("backup", filled, out).code == 1
    (one,) = cli("backup", filled, "--list", "--json").document["backups"]
    assert one["why"] == "asked"
    assert one["name"] in cli("backup", filled, "--list").out


def test_a_restore_is_a_step(cli, project, coco):
    cli("backup", project)
    cli("import", project, coco)
    done = cli("restore", project, "--json")
    assert done.code == 0
    assert annotations(cli, project) == 0
    steps = cli("history", project, "--json").document["steps"]
    assert steps[0]["id"] == done.document["step"]
    assert steps[0]["title"].startswith("Restore ")
    assert cli("undo", project).code == 0
    assert annotations(cli, project) == 6


@pytest.mark.parametrize("is_gone", [False, True], ids=["damaged", "gone"])
def test_what_cannot_be_opened_is_replaced(cli, filled, is_gone: bool):
    cli("backup", filled)
    file = filled / "project.annotator"
    if is_gone:
        file.unlink()
    else:
        file.write_bytes(b"nothing that could be read" * 1000)
    done = cli("restore", filled, "--json")
    assert done.code == 0
    assert done.document["replaced"] is True
    assert len(done.document["kept"]) == (not is_gone)
    assert annotations(cli, filled) == 6
    assert cli("doctor", filled).code == 0


def test_a_project_is_made_of_a_backup_elsewhere(cli, filled, tmp_path, pictures):
    cli("backup", filled, tmp_path / "b.annotator")
    assert cli("restore", tmp_path / "b.annotator", "--to", tmp_path / "new").code == 0
    assert annotations(cli, tmp_path / "new") == 6
    cli("backup", filled)
    assert cli("restore", filled, "--to", tmp_path / "deep" / "er" / "new").code == 0
    # The pictures are found from there, too.
    assert cli("doctor", tmp_path / "deep" / "er" / "new").code == 0
    assert cli("restore", filled, "--to", tmp_path / "new").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("snapshot", "PROJECT", "a", "--list"), 2, "one after the other"),
        (("snapshot", "PROJECT", "--restore", "a", "--delete", "a"), 2, "one after the other"),
        (("snapshot", "PROJECT", "--restore", "nope"), 1, "no snapshot"),
        (("snapshot", "NOTHING"), 1, "no project"),
        (("backup", "PROJECT", "x", "--list"), 2, "one after the other"),
        (("backup", "NOTHING"), 1, "neither a project nor a backup"),
        (("backup", "PROJECT", "NOTHING/a.annotator"), 1, "does not exist"),
        (("restore", "PROJECT"), 1, "There are no backups"),
        (("restore", "NOTHING", "--to", "NOTHING/x"), 1, "neither a project nor a backup"),
        (("resume", "PROJECT"), 1, "nothing to go on with"),
        (("resume", "PROJECT", "--step", "5"), 1, "cannot be gone on with"),
    ],
)
def test_what_cannot_be_done_is_said(cli, project, tmp_path, arguments, code, words):
    names = {"PROJECT": str(project), "NOTHING": str(tmp_path / "nothing")}
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing").rmdir()
    given = [
        names.get(one, one.replace("NOTHING", names["NOTHING"])) if isinstance(one, str) else one
        for one in arguments
    ]
    answer = cli(*given)
    assert answer.code == code
    assert words in answer.err
    with_json = cli(*given, "--json")
    assert with_json.code == code
    assert words in with_json.document["error"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process (POSIX)")
def test_a_killed_import_is_resumed(cli, project: Path, tmp_path: Path):
    """Killed as soon as something of it is stored; told by each changing command; resumed to the end."""
    coco = write_coco(tmp_path / "large.json", each=4_000)
    process = started("import", project, coco)
    while not cli("history", project, "--json").document["steps"][0]["title"].startswith("Import"):
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    stored = annotations(cli, project)
    assert stored < 12_003
    told = cli(
        "undo", project, "--step", cli("history", project, "--json").document["steps"][1]["id"]
    )
    assert "annotator resume" in told.err
    advice = cli("doctor", project)
    assert "annotator resume" in advice.out
    done = cli("resume", project, "--json")
    assert done.code == 0
    assert done.document["import"]["annotations"] == {"rectangle": 12_000, "polygon": 3}
    assert done.document["resumed"]["state"] == "complete"
    assert annotations(cli, project) == 12_003
    assert cli("undo", project).code == 0
    assert annotations(cli, project) == 0


def test_the_doctor_notes_what_breaks_rules_and_the_project_is_in_order_all_the_same(
    cli, project, tmp_path
):
    file = write_coco(tmp_path / "coco.json")
    document = json.loads(file.read_text())
    for annotation in document["annotations"]:
        if "bbox" in annotation:
            annotation["bbox"] = [190, 20, 30, 40]
    file.write_text(json.dumps(document))
    assert cli("import", project, file).code == 0
    before = cli("ls", project, "--json").document
    answer = cli("doctor", project)
    assert answer.code == 0
    assert "note    rules: Beyond the edge of the picture: 3 annotations." in answer.out
    assert (
        "            pictures, a.jpg, cat: The rectangle reaches beyond the picture." in answer.out
    )
    assert "        Nothing needs to be done where that is meant" in answer.out
    told = cli("doctor", project, "--json")
    assert (told.code, told.document["broken"]) == (0, False)
    (note,) = [one for one in told.document["findings"] if one["severity"] == "note"]
    assert (note["check"], len(note["items"])) == ("rules", 3)
    assert cli("ls", project, "--json").document == before
