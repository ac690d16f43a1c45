"""Opening a project: who may write it, and what is said about files that are not, or no longer, one."""

import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from annotator.core import ids
from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project import opening
from annotator.project.errors import (
    CannotOpenError,
    ClosedError,
    NewerVersionError,
    NothingToUndoError,
    ProjectError,
    ReadOnlyError,
    UndoRefusedError,
)
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage import writer_row
from annotator.project.storage.schema import SCHEMA_VERSION
from tests.project.change import change
from tests.project.dumps import check_file, dump
from tests.project.model import project_values
from tests.project.shapes import batches, import_into, new_project_with

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
BOX = Rectangle((1.0, 2.0, 3.0, 4.0))

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="asks Linux about users and processes"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with 30 annotations."""
    with Project.create(tmp_path / "p") as project:
        _, frames, label = new_project_with(project, 3)
        with project.edit("Draw") as edit:
            edit.put(*next(batches(30, frames, label)))
    return tmp_path / "p"


def visitor(folder: Path, action: str = "look", *user: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.project.visitor", str(folder), action, *map(str, user)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def visit(folder: Path, action: str = "look", *user: int) -> dict[str, Any]:
    with visitor(folder, action, *user) as process:
        answer = json.loads(process.stdout.readline())
    assert process.returncode == 0
    return answer


# A second process -----------------------------------------------------------------------------------------


def test_a_second_process_reads_along_and_says_why_it_cannot_write(folder: Path) -> None:
    with Project.open(folder) as project:
        assert project.is_writable
        with visitor(folder, "stay") as process:
            found = json.loads(process.stdout.readline())
            assert found["writable"] is False
            assert f"It is open in another process (process {os.getpid()} on " in found["reason"]
            assert found["reason"].endswith("Close it there to change it here.")
            assert (
                found["edit"]
                == f"The project in {folder} is open for reading only. {found['reason']}"
            )
            assert found["annotations"] == 30
            one = project.annotations(next(project.frames(project.tasks()[0].id)).id)[0]
            change(project, "Delete", lambda edit: edit.delete(one.id))
            process.stdin.write("\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"annotations": 29}
    # Nobody is left: the next one may write.
    assert visit(folder)["writable"] is True
    check_file(folder / FILE_NAME)


def test_the_same_process_opens_a_project_for_writing_once(folder: Path) -> None:
    with Project.open(folder) as first:
        with Project.open(folder) as second:
            assert (first.is_writable, second.is_writable) == (True, False)
            for attempt in (second.undo, second.redo, lambda: second.keep_step(1)):
                with pytest.raises(ReadOnlyError):
                    attempt()
            with pytest.raises(ReadOnlyError):
                change(second, "Change", lambda edit: edit.put_label(Label("x")))
            with pytest.raises(ReadOnlyError), second.long_step("Import", author="import"):
                pass
            with pytest.raises(ReadOnlyError):
                second.store_meta("view", "x")
        # The row of the first one is still there.
        assert visit(folder)["writable"] is False
    with Project.open(folder) as again:
        assert again.is_writable


def test_opened_for_reading_only_on_request(folder: Path) -> None:
    before = dump(folder / FILE_NAME)
    with Project.open(folder, read_only=True) as project:
        assert project.read_only_reason == (
            "It was opened for reading only. Open it again for changing."
        )
        assert sum(project.label_counts().values()) == 30
        assert project.is_synced
        assert project.sync()
        # It does not keep others from writing, and sees what they write.
        assert visit(folder)["edit"] == "done"
        assert project.history(limit=1)[0].title == "Visit"
    assert dump(folder / FILE_NAME)["shape"] == before["shape"]


@on_linux
def test_the_row_of_a_killed_process_is_taken_over(folder: Path) -> None:
    with visitor(folder, "stay") as process:
        assert json.loads(process.stdout.readline())["writable"] is True
        assert Project.open(folder, read_only=False).is_writable is False
        process.kill()
        # Killed and not yet waited for: such a process holds nothing open any more.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        with Project.open(folder) as project:
            assert project.is_writable
            assert writer_row.current_writer(project._store.read).process == os.getpid()


def test_a_process_of_the_same_number_that_began_at_another_time_is_another_one(
    folder: Path,
) -> None:
    me = writer_row.this_process()
    _set_writer(folder, me.host, me.process, "some other time")
    with Project.open(folder) as project:
        assert project.is_writable
    _set_writer(folder, me.host, me.process, me.started)
    with Project.open(folder) as project:
        assert not project.is_writable
    _set_writer(folder, me.host, _free_process_number(), me.started)
    with Project.open(folder) as project:
        assert project.is_writable
    # Of another machine nothing is known, so it is believed.
    _set_writer(folder, "elsewhere", 1, "")
    with Project.open(folder) as project:
        assert "process 1 on elsewhere" in project.read_only_reason


def test_a_machine_whose_name_changes_is_the_same_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS takes another name with another network."""
    project = Project.open(folder)
    assert project.is_writable
    monkeypatch.setattr(socket, "gethostname", lambda: "laptop.elsewhere.example")
    with Project.open(folder) as second:
        assert second.read_only_reason == (
            "It is open here already. Close it first, or change it where it is open."
        )
    project.close()
    with Project.open(folder) as again:
        assert again.is_writable


@on_linux
def test_a_process_killed_under_another_name_of_the_machine_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with visitor(folder, "stay") as process:
        assert json.loads(process.stdout.readline())["writable"] is True
        process.kill()
    monkeypatch.setattr(socket, "gethostname", lambda: "laptop.elsewhere.example")
    with Project.open(folder) as project:
        assert project.is_writable


def test_a_copy_of_an_open_project_can_be_changed(folder: Path, tmp_path: Path) -> None:
    """The row came along; it speaks of the file that was copied."""
    with Project.open(folder) as project:
        assert project.sync()
        shutil.copytree(folder, tmp_path / "copy")
        with Project.open(tmp_path / "copy") as copy:
            assert copy.is_writable
        with Project.open(folder) as second:
            assert second.read_only_reason.startswith("It is open here already.")


def test_a_copy_of_what_another_machine_has_open_can_be_changed_where_it_lies(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(writer_row, "machine_id", lambda: "0123456789abcdef")
        elsewhere.setattr(socket, "gethostname", lambda: "elsewhere")
        project = Project.open(folder)
        assert project.sync()
        # To the same place on this machine, as by a disk or an archive.
        shutil.copytree(folder, tmp_path / "copy")
    with Project.open(folder) as same:
        assert "It was not closed on another machine" in same.read_only_reason
        assert "on elsewhere" in same.read_only_reason
        monkeypatch.setattr(time, "time_ns", lambda: (2**40) * 1_000_000)  # in 2004, another day
        assert f"since {datetime.now():%Y-%m-%d }" in str(
            writer_row.current_writer(same._store.read)
        )
        monkeypatch.undo()
    away = tmp_path / "away"
    folder.rename(away)
    (tmp_path / "copy").rename(folder)
    with Project.open(folder) as copy:
        assert copy.is_writable
    project.close()


def test_a_project_that_is_moved_while_it_is_open_stays_open_there(
    folder: Path, tmp_path: Path
) -> None:
    with Project.open(folder):
        folder.rename(tmp_path / "moved")
        with Project.open(tmp_path / "moved") as second:
            assert not second.is_writable


def _set_writer(folder: Path, host: str, process: int, started: str) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute("DELETE FROM writer")
    connection.execute(
        "INSERT INTO writer VALUES (1, ?, ?, ?, ?)",
        (host, process, started, time.time_ns() // 1_000_000),
    )
    connection.close()


def _free_process_number() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@on_linux
def test_of_several_that_find_a_stale_row_one_takes_it(folder: Path) -> None:
    _set_writer(folder, writer_row.this_process().host, _free_process_number(), "long ago")
    visitors = [visitor(folder, "stay") for _ in range(4)]
    answers = [json.loads(one.stdout.readline()) for one in visitors]
    for one in visitors:
        one.communicate("\n")
    assert sorted(answer["writable"] for answer in answers) == [False, False, False, True]


# Folders that cannot be written ----------------------------------------------------------------------------


@pytest.fixture
def public(folder: Path) -> Iterator[Path]:
    """A copy of the project where another user can reach it, for permissions mean nothing to root."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copytree(folder, place / "p")
        yield place / "p"
        (place / "p").chmod(0o755)


def lock_away(folder: Path, *, folder_mode: int = 0o555, file_mode: int = 0o444) -> None:
    for path in folder.iterdir():
        path.chmod(file_mode)
    folder.chmod(folder_mode)


@on_linux
def test_a_folder_that_cannot_be_written_is_read(public: Path) -> None:
    lock_away(public)
    found = visit(public, "look", NOBODY)
    assert found["writable"] is False
    assert found["reason"] == (
        f"{public / FILE_NAME} cannot be written. Allow writing to its folder, or copy it elsewhere."
    )
    assert found["annotations"] == 30
    assert "open for reading only" in found["edit"]
    assert sorted(path.name for path in public.iterdir()) == [FILE_NAME]


@on_linux
def test_a_file_that_cannot_be_written_in_a_folder_that_can_is_read(public: Path) -> None:
    lock_away(public, folder_mode=0o777)
    found = visit(public, "look", NOBODY)
    assert (found["writable"], found["annotations"]) == (False, 30)
    assert "cannot be written" in found["reason"]


@on_linux
def test_what_a_killed_process_left_in_the_log_is_read_in_a_folder_that_cannot_be_written(
    public: Path,
) -> None:
    with visitor(public, "stay") as process:
        assert json.loads(process.stdout.readline())["edit"] == "done"
        process.send_signal(signal.SIGKILL)
    assert (public / f"{FILE_NAME}-wal").stat().st_size > 0
    lock_away(public)
    found = visit(public, "look", NOBODY)
    assert (found["writable"], found["annotations"]) == (False, 30)
    # Without the index of the log beside it, it still is read, or it is said why not; never half of it.
    public.chmod(0o755)
    (public / f"{FILE_NAME}-shm").unlink()
    public.chmod(0o555)
    found = visit(public, "look", NOBODY)
    assert found.get("annotations") == 30 or found["error"].startswith(str(public / FILE_NAME))


@on_linux
def test_a_file_that_cannot_be_read_is_a_sentence(public: Path) -> None:
    lock_away(public, file_mode=0)
    found = visit(public, "look", NOBODY)
    assert found["error"].startswith(f"{public / FILE_NAME} cannot be opened.")
    assert found["error"].endswith(".")


@on_linux
def test_a_project_cannot_be_made_in_a_folder_that_cannot_be_written(public: Path) -> None:
    (public / FILE_NAME).unlink()
    lock_away(public)
    found = visit(public, "create", NOBODY)
    assert found["kind"] == "ReadOnlyError"
    found = visit(public / "deeper", "create", NOBODY)
    assert found["kind"] == "ReadOnlyError"
    assert found["error"].endswith("Choose another place.")
    assert list(public.iterdir()) == []


def test_a_project_is_made_once_and_whole(tmp_path: Path) -> None:
    with Project.create(tmp_path / "a" / "b") as project:
        assert project.is_writable
        assert project.tasks() == []
        names = {path.name.removeprefix(FILE_NAME) for path in (tmp_path / "a" / "b").iterdir()}
        assert names <= {"", "-wal", "-shm"}
    with pytest.raises(ProjectError, match="already exists"):
        Project.create(tmp_path / "a" / "b")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReadOnlyError, match="cannot be made"):
        Project.create(tmp_path / "file" / "p")


# Files that are not a project -------------------------------------------------------------------------------


def refused(folder: Path, kind: type[ProjectError] = ProjectError) -> str:
    """Open a file that must be refused and left as it is; return what is said."""
    before = (folder / FILE_NAME).read_bytes()
    for read_only in (False, True):
        with pytest.raises(kind) as raised:
            Project.open(folder, read_only=read_only)
        assert str(folder / FILE_NAME) in str(raised.value)
        assert str(raised.value).endswith(".")
    assert (folder / FILE_NAME).read_bytes() == before
    return str(raised.value)


def test_a_missing_project_is_a_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ProjectError, match=r"no project in .*\. Open or create one\."):
            Project.open(folder)


def test_a_newer_version_is_refused_and_left_alone(folder: Path) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.pragma("user_version", SCHEMA_VERSION + 1)
    connection.close()
    assert "Update the program to open it." in refused(folder, NewerVersionError)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, mode: str) -> None:
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.pragma("journal_mode", mode)
    connection.execute("CREATE TABLE task (id INTEGER PRIMARY KEY, name TEXT)")
    connection.close()
    assert "is not a project of this program. Choose another file." in refused(tmp_path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 something else entirely" * 300, b"SQLite format 3\0" + bytes(3000)]
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert "damaged" in refused(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"")
    assert "is not a project" in refused(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON shape BEGIN DELETE FROM shape; END",
        "DROP TRIGGER count_added",
        "CREATE VIEW shown AS SELECT * FROM shape",
        "CREATE TABLE more (a)",
        "ALTER TABLE task ADD COLUMN more TEXT",
        "DROP INDEX shape_by_frame",
        "PRAGMA user_version = 0",
    ],
)
def test_changed_tables_are_refused(folder: Path, statement: str) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute(statement)
    connection.close()
    assert "changed by another program" in refused(folder)


def test_indexes_for_filters_are_no_change(folder: Path) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute("CREATE INDEX filter_7 ON shape (json_extract(attributes, '$.7'))")
    connection.close()
    with Project.open(folder) as project:
        assert project.is_writable


# Damage -----------------------------------------------------------------------------------------------------


def read_everything(folder: Path) -> str:
    """Open and read all there is; return what is said, "" where nothing is wrong."""
    try:
        with Project.open(folder) as project:
            project_values(project)
            project.label_counts()
            for task in project.tasks():
                for frame in project.all_frames(task.id):
                    project.columns(frame.id)
                    project.annotation_count(frame.id)
                    project.media_path(frame)
            for step in project.history(limit=100):
                if step.state == "complete":
                    project.undo(step.id)
                    project.redo(step.id)
            change(project, "Draw", lambda edit: edit.put_label(Label("new")))
    except (UndoRefusedError, NothingToUndoError):
        return ""
    except AnnotatorError as error:
        return str(error)
    return ""


def test_damage_anywhere_is_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Pages that were overwritten, and files that were cut off, at any place."""
    with Project.create(tmp_path / "p") as project:
        _, frames, label = new_project_with(project, 40)
        import_into(project, 800, frames, label)
        with project.edit("Draw") as edit:
            edit.put(*(Annotation(frame.id, label.id, BOX, {1: "a"}) for frame in frames))
    whole = (tmp_path / "p" / FILE_NAME).read_bytes()
    chance = random.Random(5)
    said = set()
    for number in range(60):
        content = bytearray(whole)
        if number % 3 == 0:
            del content[chance.randrange(200, len(whole)) :]
        elif number % 3 == 1:
            page = chance.randrange(1, len(whole) // 4096) * 4096
            content[page : page + 4096] = chance.randbytes(4096)
        else:
            for _ in range(30):
                content[chance.randrange(100, len(whole))] = chance.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / FILE_NAME).write_bytes(content)
        sentence = read_everything(folder)
        assert sentence == "" or sentence.endswith((".", "tells more."))
        said.add(sentence.replace(str(folder), ""))
    assert any("is damaged" in sentence for sentence in said)
    assert len(said) > 3


@pytest.mark.parametrize("changes", [b"", b"no deflated data", zlib.compress(b"no changeset")])
@pytest.mark.parametrize("many", [False, True])
def test_a_damaged_history_is_a_sentence_and_nothing_is_undone(
    project: Project, changes: bytes, many: bool
) -> None:
    _, frames, label = new_project_with(project, 40)
    if many:
        step = import_into(project, 1500, frames, label)
    else:
        change(project, "Draw", lambda edit: edit.put(Annotation(frames[0].id, label.id, BOX)))
        step = project.history(limit=1)[0].id
    connection = apsw.Connection(str(project.path))
    spoil = "UPDATE step_part SET form = 0, changes = ? WHERE rev = (SELECT min(rev) FROM step_part WHERE step_id = ?)"
    connection.execute(spoil, (changes, step))
    connection.close()
    before = dump(project.path)
    with pytest.raises(ProjectError, match="damaged"):
        project.undo(step)
    assert dump(project.path) == before


# A clock that was wrong -----------------------------------------------------------------------------------------


def test_steps_are_in_order_although_the_clock_was_set_back(folder: Path) -> None:
    """The last session ran with a clock that was a year ahead."""
    ahead = ids.new_id() + (365 * 24 * 3600 * 1000 << ids.TAIL_BITS)
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute("UPDATE step SET id = ? WHERE title = 'Draw'", (ahead,))
    connection.execute(
        "UPDATE step_part SET step_id = ? WHERE rev = (SELECT max(rev) FROM step_part)", (ahead,)
    )
    connection.close()
    code = (
        "import sys; from pathlib import Path\n"
        "from annotator.core.labels import Label\n"
        "from annotator.project.project import Project\n"
        "with Project.open(Path(sys.argv[1])) as project:\n"
        "    with project.edit('After') as edit: edit.put_label(Label('new'))\n"
        "    print(project.next_undo().title, project.undo().title, project.next_undo().title)\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["After", "After", "Draw"]


def test_an_id_from_far_beyond_is_passed_over() -> None:
    before = ids.new_id()
    ids.begin_after((1 << 63) - 1)
    assert before < ids.new_id() < 1 << 62


def test_a_closed_project_says_so(project: Project) -> None:
    project.close()
    project.close()
    with pytest.raises(ProjectError, match=r"is closed\. Open it again"):
        change(project, "Late", lambda edit: edit.put_label(Label("x")))


def test_who_is_reading_while_it_is_closed_is_told_so(project: Project) -> None:
    new_project_with(project, 3)

    def close(row: tuple[object, ...]) -> tuple[object, ...]:
        project.close()
        return row

    with pytest.raises(ClosedError):
        project.ask(lambda db: [close(row) for row in db.execute("SELECT id FROM frame")])


def test_opening_tells_apart_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(ProjectError, match="no project"):
        opening.open_database(tmp_path / FILE_NAME)
    assert issubclass(CannotOpenError, ProjectError)
    assert stat.S_ISDIR((tmp_path / FILE_NAME).stat().st_mode)
