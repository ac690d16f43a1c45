"""Projects of older versions: read as they are, brought up to date where they are written.

The first had no suggestions, so its steps can no longer be undone; the second had one table more.
"""

import shutil
from pathlib import Path

import apsw
import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.copies.difference import compare
from annotator.project.copies.restoring import restore_backup, restore_state
from annotator.project.copies.states import STATE_ID, write_state
from annotator.project.errors import ProjectError, UndoRefusedError
from annotator.project.organisation import Frame, Task
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage.rejections import Rejection
from annotator.project.storage.schema import (
    APPLICATION_ID,
    CREATE_VERSION,
    RECORDED_TABLES,
    SCHEMA_VERSION,
    TABLES_OF_VERSION,
)
from annotator.project.suggesting.suggestions import Suggestions
from tests.project.dumps import check_file, dump

OLD_TABLES = tuple(table for table in RECORDED_TABLES if table != "rejection")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of a project as the first version left it."""
    return project_of_version(1, OLD_TABLES, tmp_path)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The folder of a project as the second version left it."""
    return project_of_version(2, RECORDED_TABLES, tmp_path)


def project_of_version(number: int, tables: tuple[str, ...], tmp_path: Path) -> Path:
    """Make a project with the tables of a version, and the rows of a project of today in them."""
    with Project.create(tmp_path / "new") as project:
        task = Task("t")
        frame = Frame(task.id, 0, "a.png")
        cat = Label("cat")
        with project.edit("Begin") as edit:
            edit.put_label(cat)
            edit.put_task(task)
            edit.put_frame(frame)
        with project.edit("Draw") as edit:
            edit.put(Annotation(frame.id, cat.id, Rectangle((1, 2, 3, 4))))
    folder = tmp_path / "old"
    folder.mkdir()
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute(CREATE_VERSION[number])
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", number)
    connection.execute("ATTACH ? AS new", (str(tmp_path / "new" / FILE_NAME),))
    with connection:
        for table in (*tables, "step", "step_part"):
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
        connection.execute("UPDATE step SET schema_version = ?", (number,))
    connection.close()
    return folder


def version(folder: Path) -> int:
    connection = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.pragma("user_version")
    finally:
        connection.close()


def test_it_is_read_without_being_changed(old):
    before = (old / FILE_NAME).read_bytes()
    with Project.open(old, read_only=True) as project:
        (frame,) = project.frames(project.tasks()[0].id)
        assert len(project.annotations(frame.id)) == 1
        suggestions = Suggestions(project)
        assert suggestions.visible(frame.id, 0.0) == []
        assert suggestions.rejections(frame.id) == []
        assert suggestions.models_on(frame.id) == []
    assert (old / FILE_NAME).read_bytes() == before


def test_it_is_brought_up_to_date_once_and_nothing_is_lost(old):
    rows = dump(old / FILE_NAME, OLD_TABLES)
    with Project.open(old) as project:
        assert version(old) == SCHEMA_VERSION
        assert [step.is_sealed for step in project.history()] == [True, True]
        with pytest.raises(UndoRefusedError):
            project.undo(project.history()[0].id)
    assert dump(old / FILE_NAME, OLD_TABLES) == rows
    check_file(old / FILE_NAME)
    with Project.open(old) as project:
        assert project.is_writable
        (frame,) = project.frames(project.tasks()[0].id)
        with project.edit("Clear") as edit:
            edit.clear_frame(frame.id)
        project.undo()
        assert len(project.annotations(frame.id)) == 1


def test_the_second_version_is_read_without_being_changed(second):
    before = (second / FILE_NAME).read_bytes()
    with Project.open(second, read_only=True) as project:
        (frame,) = project.frames(project.tasks()[0].id)
        assert len(project.annotations(frame.id)) == 1
    assert (second / FILE_NAME).read_bytes() == before


def test_steps_of_the_second_version_can_be_undone(second):
    rows = dump(second / FILE_NAME, RECORDED_TABLES)
    with Project.open(second) as project:
        assert version(second) == SCHEMA_VERSION
        (frame,) = project.frames(project.tasks()[0].id)
        assert not any(step.is_sealed for step in project.history())
        project.undo()
        assert project.annotations(frame.id) == []
        project.redo()
        assert len(project.annotations(frame.id)) == 1
    assert {
        name: len(rows) for name, rows in dump(second / FILE_NAME, RECORDED_TABLES).items()
    } == {name: len(rows) for name, rows in rows.items()}
    check_file(second / FILE_NAME)


def test_a_backup_of_the_second_version_is_compared_and_restored(second, tmp_path):
    backup = tmp_path / "backup.annotator"
    shutil.copy(second / FILE_NAME, backup)
    with Project.open(second) as project:
        assert not compare(second / FILE_NAME, backup)
        (frame,) = project.frames(project.tasks()[0].id)
        with project.edit("Clear") as edit:
            edit.clear_frame(frame.id)
        restore_backup(project, backup)
        assert len(project.annotations(frame.id)) == 1


def test_what_is_read_meanwhile_goes_on(old):
    with Project.open(old, read_only=True) as reader, Project.open(old) as writer:
        assert writer.is_writable
        (frame,) = writer.frames(writer.tasks()[0].id)
        assert len(reader.annotations(frame.id)) == 1
        assert Suggestions(reader).visible(frame.id, 0.0) == []


def test_a_snapshot_of_then_is_compared_with_a_project_of_now(old, tmp_path):
    state = tmp_path / "state"
    connection = apsw.Connection(str(state))
    made = apsw.Connection(":memory:")
    made.execute(TABLES_OF_VERSION[1])
    statements = dict(made.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
    connection.execute("; ".join(statements[table] for table in OLD_TABLES))
    connection.pragma("application_id", STATE_ID)
    connection.pragma("user_version", 1)
    connection.execute("ATTACH ? AS old", (str(old / FILE_NAME),))
    with connection:
        for table in OLD_TABLES:
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM old.{table}")
    connection.close()
    assert not compare(old / FILE_NAME, state)
    with Project.open(old) as project:
        (frame,) = project.frames(project.tasks()[0].id)
        with project.edit("Clear") as edit:
            edit.clear_frame(frame.id)
    assert compare(old / FILE_NAME, state).counts["annotations"] == (0, 0, 1)


def test_a_snapshot_can_be_taken_of_it(old, tmp_path):
    write_state(old / FILE_NAME, tmp_path / "state")
    assert not compare(old / FILE_NAME, tmp_path / "state")


def test_an_old_backup_is_compared_with_a_project_of_now(old, tmp_path):
    backup = tmp_path / "backup.annotator"
    shutil.copy(old / FILE_NAME, backup)
    Project.open(old).close()
    assert version(old) == SCHEMA_VERSION
    assert not compare(old / FILE_NAME, backup)


def test_old_tables_that_somebody_changed_are_refused(old):
    connection = apsw.Connection(str(old / FILE_NAME))
    connection.execute("CREATE TABLE suggestion (a)")
    connection.close()
    for read_only in (True, False):
        with pytest.raises(ProjectError, match="not those of a project"):
            Project.open(old, read_only=read_only)
    assert version(old) == 1


def test_a_restore_brings_rejections_back_and_leaves_those_that_an_older_state_cannot_know(
    old, tmp_path
):
    backup = tmp_path / "backup.annotator"
    shutil.copy(old / FILE_NAME, backup)
    with Project.open(old) as project:
        (frame,) = project.frames(project.tasks()[0].id)
        with project.edit("Reject") as edit:
            edit.reject(Rejection(frame.id, None, "cat", (1, 2, 3, 4)))
        write_state(project.path, tmp_path / "state")
        project.undo()
        with project.edit("Reject another") as edit:
            edit.reject(Rejection(frame.id, None, "dog", None))
        suggestions = Suggestions(project)
        assert [one.name for one in suggestions.rejections(frame.id)] == ["dog"]
        restored = restore_state(project, tmp_path / "state", "Restore", tmp_path / "state")
        assert [one.name for one in suggestions.rejections(frame.id)] == ["cat"]
        assert not any(any(counts) for counts in restored.difference.counts.values())
        project.undo()
        assert [one.name for one in suggestions.rejections(frame.id)] == ["dog"]
        with project.edit("Clear") as edit:
            edit.clear_frame(frame.id)
        restore_backup(project, backup)
        assert len(project.annotations(frame.id)) == 1
        assert [one.name for one in suggestions.rejections(frame.id)] == ["dog"]
    check_file(old / FILE_NAME)
