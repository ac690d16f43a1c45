"""The doctor: every illness is made for real, and found; a healthy project has none."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import apsw
import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project import damaged_rows, doctor
from annotator.project.doctor import examine_project
from annotator.project.errors import ProjectError
from annotator.project.findings import Finding
from annotator.project.folder import open_pictures
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.project import FILE_NAME, Project

ROOT = Path(__file__).resolve().parents[2]
BOX = Rectangle((1, 2, 3, 4))


@pytest.fixture
def folder(tmp_path: Path, make_picture) -> Path:
    """A project of three pictures with annotations and a track."""
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        make_picture(tmp_path / "media" / name, 40, 30)
    place = tmp_path / "project"
    with Project.create(place) as project:
        task = add_task(project, "media", find_media([tmp_path / "media"]))
        cat = Label("cat")
        frames = list(project.frames(task.id))
        with project.edit("Draw") as edit:
            edit.put_label(cat)
            for frame in frames:
                edit.put(Annotation(frame.id, cat.id, BOX), Annotation(frame.id, cat.id, None))
            edit.put_track(Track(cat.id, (Keyframe(frames[0].id, BOX),)), task.id)
    return place


def examined(folder: Path) -> dict[str, list[Finding]]:
    """What is not well, by check."""
    found: dict[str, list[Finding]] = {}
    for finding in examine_project(folder):
        if finding.severity != "ok":
            found.setdefault(finding.check, []).append(finding)
    return found


def only(found: dict[str, list[Finding]], check: str, *, judged: bool = True) -> Finding:
    """The one finding there is; beside that annotations could not be `judged` by rules, where they could not."""
    assert set(found) == ({check} if judged else {check, "rules"})
    if not judged:
        (untold,) = found["rules"]
        assert untold.severity == "note"
        assert untold.text.endswith("cannot be told before the rest is in order.")
    (finding,) = found[check]
    return finding


def spoil(folder: Path, *statements: str) -> None:
    """Change the database behind the program's back."""
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.pragma("foreign_keys", 0)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def spoil_types(folder: Path, *statements: str) -> None:
    """Change the database as a program would that knows nothing of strict tables: any value goes anywhere."""
    as_it_was = _schema(folder)
    _set_schema(
        folder, {name: sql.replace("STRICT", "").rstrip(", ") for name, sql in as_it_was.items()}
    )
    spoil(folder, *statements)
    _set_schema(folder, as_it_was)


def _schema(folder: Path) -> dict[str, str]:
    connection = apsw.Connection(str(folder / FILE_NAME))
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
    connection.close()
    return tables


def _set_schema(folder: Path, tables: dict[str, str]) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.pragma("writable_schema", 1)
    connection.executemany(
        "UPDATE sqlite_schema SET sql = ? WHERE name = ?",
        [(sql, name) for name, sql in tables.items()],
    )
    connection.close()


def test_a_healthy_project_has_nothing_but_good_findings(folder):
    findings = list(examine_project(folder))
    assert [one for one in findings if one.severity != "ok"] == []
    assert len({one.check for one in findings}) == len(findings) == 12


def test_nothing_is_changed_by_looking(folder):
    before = (folder / FILE_NAME).read_bytes()
    list(examine_project(folder))
    assert (folder / FILE_NAME).read_bytes() == before


def test_without_a_project_it_says_so(tmp_path):
    with pytest.raises(ProjectError, match="no project"):
        list(examine_project(tmp_path))


def test_a_file_that_is_no_database(folder):
    (folder / FILE_NAME).write_bytes(b"nonsense " * 1000)
    finding = only(examined(folder), "file")
    assert finding.severity == "error"
    assert FILE_NAME in finding.text
    assert "Copy the project" in finding.advice


def test_a_project_of_a_newer_version_is_not_called_damaged(folder):
    finding = only(examined_after(folder, "PRAGMA user_version = 999"), "file")
    assert "newer version" in finding.text
    assert finding.advice == ""


@pytest.mark.parametrize("table", ["geometry", "shape", "frame", "step_part", "label_count"])
def test_a_damaged_page_is_found(folder, table):
    path = folder / FILE_NAME
    connection = apsw.Connection(str(path))
    size = connection.pragma("page_size")
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
    ).fetchone()
    connection.close()
    with path.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)
    found = examined(folder)
    assert any(one.severity == "error" for one in found["database"])
    assert all("damaged" in one.text for one in found["database"])


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM shape WHERE label_id IS NOT NULL", "geometry refer to a shape"),
        ("DELETE FROM frame WHERE position = 0", "shape refer to a frame"),
        ("DELETE FROM track", "shape refer to a track"),
    ],
)
def test_rows_that_refer_to_nothing(folder, statement, words):
    found = examined_after(folder, statement)
    assert any(words in one.text for one in found["references"])


def examined_after(folder: Path, *statements: str) -> dict[str, list[Finding]]:
    spoil(folder, *statements)
    return examined(folder)


def test_labels_that_break_their_laws(folder):
    copy = "INSERT INTO label SELECT id + 1, rev, position + 1, definition FROM label"
    finding = only(examined_after(folder, copy), "labels", judged=False)
    assert "two labels named 'cat'" in finding.text


def test_a_label_that_is_no_json(folder):
    finding = only(
        examined_after(folder, "UPDATE label SET definition = '{'"), "labels", judged=False
    )
    assert finding.severity == "error"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE geometry SET data = x'00'",
        "UPDATE geometry SET extra = '['",
        "UPDATE shape SET kind = 99 WHERE kind <> 8",
        "UPDATE shape SET attributes = '{1}' WHERE kind <> 8",
    ],
)
def test_annotations_that_cannot_be_read_are_named(folder, statement):
    finding = only(examined_after(folder, statement), "annotations")
    assert finding.severity == "error"
    assert finding.text.startswith(
        "4 of 7 annotations cannot be read; in row "
    )  # three boxes, a key frame
    assert finding.text.endswith(".")
    assert finding.advice.endswith("restore a backup with `annotator restore`.")
    with Project.open(folder, read_only=True) as project:
        ids = {str(row) for row in _shape_ids(project)}
    assert set(finding.items) <= ids
    assert len(finding.items) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shape SET score = 1.5 WHERE kind = 8",
        "UPDATE shape SET z_order = 1 << 40 WHERE kind = 8",
        "UPDATE shape SET source = 77 WHERE kind = 8",
    ],
)
def test_a_value_that_the_program_cannot_read_is_found(folder, statement):
    finding = only(examined_after(folder, statement), "annotations")
    assert finding.text.startswith("3 of 7 annotations cannot be read; in row ")
    assert f"in row {finding.items[0]} of table shape " in finding.text


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("INSERT INTO suggestion VALUES (5, 1, 'm', 'a', 'k', 99, 1, 0, 0, 0, 0, x'', NULL)", "suggestion"),
        ("INSERT INTO suggestion VALUES (5, 1, 'm', 'a', 'k', 0, 1, 0, 0, 0, 0, x'', NULL)", "suggestion"),
        ("INSERT INTO rejection VALUES (5, 1, 1, NULL, 'a', 0, 0, NULL, 0)", "rejection"),
    ],
)  # fmt: skip
def test_what_models_suggest_is_read_too(folder, statement, what):
    finding = only(examined_after(folder, statement), "annotations")
    assert finding.text.startswith(f"1 of 1 {what}s cannot be read; in row 5 of table {what} ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shape SET score = x'0000003f' WHERE kind = 8",
        "UPDATE shape SET z_order = x'00' WHERE kind = 8",
        "UPDATE shape SET group_id = 'many' WHERE kind = 8",
        "UPDATE shape SET x1 = 'right' WHERE kind <> 8 AND track_id IS NULL",
    ],
)
def test_a_value_of_another_type_is_found_twice(folder, statement):
    with pytest.raises(apsw.ConstraintError, match="cannot store"):
        spoil(folder, statement)
    spoil_types(folder, statement)
    found = examined(folder)
    assert set(found) == {"database", "annotations"}
    assert len(found["database"][0].items) == 3
    assert found["annotations"][0].text.startswith("3 of 7 annotations cannot be read; in row ")


# Each leaves the rest of the project to be looked at, and is told by its table, its row and its reason.
@pytest.mark.parametrize(
    ("table", "what", "change", "reason"),
    [
        ("task", "1 of 1 tasks", "definition = '{'", "its definition cannot be read"),
        ("task", "1 of 1 tasks", "definition = '{\"frame_step\":0}'", "frame_step of a task is at least 1"),
        ("job", "1 of 1 jobs", "stage = 'lost'", "the stage of a job cannot be 'lost'"),
        ("job", "1 of 1 jobs", "state = ''", "the state of a job cannot be ''"),
        ("media_root", "1 of 1 folders of media", "path = 'a' || char(0)", "holds a zero character"),
        ("frame", "3 of 3 frames", "extra = '[1]'", "its values of a format cannot be read"),
        ("frame", "3 of 3 frames", "position = -1 - position", "the position of a frame is at least 0"),
        ("frame", "3 of 3 frames", "done = 2", "a mark is neither 0 nor 1"),
    ],
)  # fmt: skip
def test_a_damaged_row_is_named_with_its_table_and_the_reason(folder, table, what, change, reason):
    found = examined_after(folder, f"UPDATE {table} SET {change}")
    finding = only(found, "tasks", judged=table != "task")
    assert finding.severity == "error"
    assert finding.text.startswith(
        f"{what} cannot be read; in row {finding.items[0]} of table {table} "
    )
    assert reason in finding.text
    assert finding.text.endswith(".")
    assert finding.advice == (
        "Copy the project folder before anything else, then restore a backup with `annotator restore`."
    )


@pytest.mark.parametrize(
    ("table", "what", "change", "also"),
    [
        ("task", "1 of 1 tasks", "name = x'74'", {"rules"}),
        ("job", "1 of 1 jobs", "first = 'begin'", set()),
        ("job", "1 of 1 jobs", "last = 1.5", set()),
        ("media_root", "1 of 1 folders of media", "path = x'2e'", set()),
        ("media", "3 of 3 media files", "path = x'00'", set()),
        ("media_identity", "3 of 3 identities of media", "size = 'large'", {"media"}),
        ("media_identity", "3 of 3 identities of media", "hash = 'text'", set()),
        ("frame", "3 of 3 frames", "source_index = 'first'", set()),
        ("frame", "3 of 3 frames", "subset = x'74'", set()),
    ],
)
def test_a_row_with_a_value_of_another_type_is_named(folder, table, what, change, also):
    spoil_types(folder, f"UPDATE {table} SET {change}")
    found = examined(folder)
    assert set(found) == {"database", "tasks", *also}
    (finding,) = found["tasks"]
    assert finding.text.startswith(
        f"{what} cannot be read; in row {finding.items[0]} of table {table} "
    )


def test_a_name_that_is_no_text_at_all_is_told(folder):
    found = examined_after(folder, "UPDATE frame SET name = cast(x'ff' AS text)")
    assert f"{FILE_NAME} is damaged: " in found["tasks"][0].text


def test_media_of_a_folder_that_is_gone_are_told_as_a_broken_reference(folder):
    found = examined_after(folder, "DELETE FROM media_root")
    assert only(found, "references").text == (
        "3 rows of media refer to a media_root that does not exist."
    )


def test_a_track_and_a_key_frame_that_cannot_be_read_are_found(folder):
    statements = (
        "UPDATE track SET source = 'nobody'",
        "UPDATE shape SET kind = 8 WHERE track_id IS NOT NULL",
    )
    found = examined_after(folder, *statements)["annotations"]
    assert [one.text.partition(";")[0] for one in found] == [
        "1 of 7 annotations cannot be read",
        "1 of 1 tracks cannot be read",
    ]


def _shape_ids(project: Project) -> list[int]:
    connection = apsw.Connection(str(project.folder / FILE_NAME))
    ids = [row for (row,) in connection.execute("SELECT id FROM shape")]
    connection.close()
    return ids


def test_more_annotations_than_are_read_at_once(folder, monkeypatch):
    monkeypatch.setattr(doctor, "_PAGE", 2)
    monkeypatch.setattr(damaged_rows, "_PAGE", 2)
    assert examined(folder) == {}
    assert only(examined_after(folder, "UPDATE geometry SET data = x'00'"), "annotations").items


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frame_count SET total = total + 1",
        "UPDATE frame_count SET occluded = occluded + 1",
        "DELETE FROM frame_count",
        "INSERT INTO frame_count SELECT frame_id, label_id + 1, 2, 0 FROM frame_count",
        "UPDATE label_count SET total = 0",
        "DELETE FROM label_count",
    ],
)
def test_counters_that_are_wrong(folder, statement):
    found = examined_after(folder, statement)
    assert list(found) == ["counters"]
    assert all(one.severity == "error" for one in found["counters"])


def test_rows_about_frames_that_are_gone_are_only_noted(folder):
    with Project.open(folder) as project:
        project.undo()
        project.undo()
    finding = only(examined(folder), "stale rows")
    assert finding.severity == "note"
    assert finding.text.startswith("3 rows of media_identity")


def test_media_that_are_missing_changed_or_broken(folder, tmp_path, make_picture):
    media = tmp_path / "media"
    (media / "a.jpg").unlink()
    (media / "b.jpg").write_bytes(b"no picture")
    make_picture(media / "c.jpg", 80, 60, seed=7)
    found = examined(folder)
    assert list(found) == ["media"]
    assert [(one.severity, list(one.items)) for one in found["media"]] == [
        ("error", ["a.jpg"]),
        ("warning", ["c.jpg"]),
        ("error", ["b.jpg"]),
    ]
    assert all(one.advice for one in found["media"])


def test_media_moved_as_a_whole_are_missing(folder, tmp_path):
    shutil.move(tmp_path / "media", tmp_path / "elsewhere")
    assert only(examined(folder), "media").text == "3 of 3 media files are missing."


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own")
def test_media_in_a_folder_that_leads_to_itself_are_missing(folder, tmp_path):
    shutil.move(tmp_path / "media", tmp_path / "elsewhere")
    (tmp_path / "media").symlink_to("media")
    assert only(examined(folder), "media").text == "3 of 3 media files are missing."


def test_media_outside_the_folder_of_the_project_are_not_touched(folder, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"TOPSECRET")
    found = examined_after(folder, "UPDATE media SET path = '../secret.jpg' WHERE path = 'a.jpg'")
    finding = only(found, "media")
    assert (finding.severity, list(finding.items)) == ("error", ["../secret.jpg"])


INTERRUPTED = """
import os, sys
from pathlib import Path
from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.project import Project
project = Project.open(Path(sys.argv[1]))
(task,) = project.tasks()
frame = next(project.frames(task.id))
with project.long_step("Import much", author="user", task=task.id) as step:
    with step.edit() as edit:
        edit.put(Annotation(frame.id, project.labels.named("cat").id, Rectangle((1, 2, 3, 4))))
    os._exit(9)
"""


def test_what_a_killed_process_leaves_behind_is_told(folder):
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == 9
    found = examined(folder)
    assert set(found) == {"steps", "writer"}
    (step,), (writer,) = found["steps"], found["writer"]
    assert step.severity == "warning"
    assert "“Import much” was interrupted" in step.text
    with Project.open(folder) as project:
        (one,) = project.interrupted_steps()
        assert str(one.id) in step.advice
        project.undo(one.id)
    assert writer.severity == "note"
    assert "was not closed properly" in writer.text
    assert examined(folder) == {}


def test_a_project_that_is_open_elsewhere_is_no_illness(folder):
    with Project.open(folder) as project:
        (task,) = project.tasks()
        with project.long_step("Import much", author="user", task=task.id) as step:
            with step.edit() as edit:
                edit.put_label(Label("dog"))
            found = examined(folder)
    assert {one.severity for ones in found.values() for one in ones} == {"note"}
    assert "just being made" in found["steps"][0].text
    assert str(os.getpid()) in found["writer"][0].text


@pytest.mark.parametrize(("free", "severity"), [(500 << 20, "warning"), (50 << 20, "error")])
def test_little_space_on_the_disk(folder, monkeypatch, free, severity):
    usage = shutil.disk_usage(folder)._replace(free=free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: usage)
    assert only(examined(folder), "disk space").severity == severity


def test_archives_are_looked_into(tmp_path, make_picture):
    make_picture(tmp_path / "a.png", 20, 10)
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("notes.txt", "x")
        file.write(tmp_path / "a.png", "a.png")
    opened = open_pictures([archive])
    opened.project.close()
    assert examined(opened.project.folder) == {}
    archive.write_bytes(archive.read_bytes()[:-30])
    assert any("a.zip" in str(one) for one in examined(opened.project.folder)["media"])
