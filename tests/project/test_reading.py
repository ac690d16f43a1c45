"""Reading beside writing: nothing stale is kept, and nothing that is read holds up the log."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from annotator.core.labels import Label
from annotator.project.errors import ProjectError
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.remembered import Remembered
from annotator.project.storage.database import Database
from tests.project.change import change
from tests.project.shapes import import_into, new_project_with


def test_what_is_read_is_kept_until_it_changes() -> None:
    read: list[int] = []
    remembered = Remembered[int, int](lambda key: read.append(key) or key * len(read))
    assert [remembered[1], remembered[2], remembered[1], remembered[2]] == [1, 4, 1, 4]
    remembered.forget()
    assert (remembered[1], read) == (3, [1, 2, 1])


def test_a_value_that_changes_while_it_is_read_is_not_kept() -> None:
    begun, go_on = threading.Event(), threading.Event()
    stored = ["old"]

    def read(_: None) -> str:
        value = stored[0]
        begun.set()
        go_on.wait(10)
        return value

    remembered = Remembered[None, str](read)
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.append(remembered[None]))
    thread.start()
    begun.wait(10)
    stored[0] = "new"
    remembered.forget()
    go_on.set()
    thread.join()
    assert got == ["old"]  # what was true when it was asked for
    assert remembered[None] == "new"


def test_labels_and_tracks_follow_changes_of_other_threads(project: Project) -> None:
    new_project_with(project, 2)
    assert [label.name for label in project.labels] == ["car"]
    thread = threading.Thread(
        target=change, args=(project, "Add", lambda edit: edit.put_label(Label("bus")))
    )
    thread.start()
    thread.join()
    assert [label.name for label in project.labels] == ["car", "bus"]
    project.undo()
    assert [label.name for label in project.labels] == ["car"]


def test_frames_come_in_order_a_page_at_a_time(project: Project) -> None:
    (task,), frames, _ = new_project_with(project, 1203)
    removed = [frame for frame in frames if frame.position % 100 == 7]
    change(
        project,
        "Remove",
        lambda edit: edit.put_frame(
            *(Frame(task.id, f.position, f.name, removed=True, id=f.id) for f in removed)
        ),
    )
    there = [frame for frame in frames if frame.position % 100 != 7]
    assert list(project.frames(task.id)) == there
    assert [frame.id for frame in project.all_frames(task.id)] == [frame.id for frame in frames]
    assert list(project.frames(task.id, after=600)) == [f for f in there if f.position > 600]
    for limit in (0, 1, 500, 700, 5000):
        assert list(project.frames(task.id, after=3, limit=limit)) == there[4 : 4 + limit]


def test_a_listing_that_is_not_read_to_its_end_does_not_hold_up_the_log(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 1200)
    listing = project.frames(task.id)
    assert next(listing) == frames[0]
    change(project, "Rename", lambda edit: edit.put_label(Label("van", id=label.id)))
    total, copied = project._store.database.checkpointer.wal_checkpoint()
    assert total == copied > 0
    assert len(list(listing)) == 1199


def test_connections_of_threads_that_have_ended_are_closed(tmp_path: Path) -> None:
    Project.create(tmp_path / "p").close()
    database = Database(tmp_path / "p" / "project.annotator", writable=False)
    for _ in range(5):
        thread = threading.Thread(target=lambda: database.reader.pragma("user_version"))
        thread.start()
        thread.join()
    assert len(database._readers) == 0
    database.reader.pragma("user_version")
    assert len(database._readers) == 1
    database.close()


@pytest.mark.parametrize(
    ("change", "what", "read"),
    [
        ("task SET definition = '{'", "task", lambda p, f: p.tasks()),
        ("job SET stage = 'lost'", "job", lambda p, f: p.jobs(f.task)),
        ("frame SET done = 7", "frame", lambda p, f: list(p.frames(f.task))),
        ("shape SET source = 9", "annotation", lambda p, f: p.annotations(f.id)),
        ("shape SET kind = 99", "annotation", lambda p, f: p.columns(f.id)),
        ("geometry SET data = x'01'", "annotation", lambda p, f: p.annotations(f.id)),
        ("label SET definition = '[]'", "label", lambda p, f: p.labels),
        ("label SET definition = replace(definition, 'car', '')", "label", lambda p, f: p.labels),
    ],
)
def test_what_is_damaged_is_told_with_the_file_and_what_to_do(
    tmp_path: Path, change: str, what: str, read: Callable[[Project, Frame], Any]
) -> None:
    with Project.create(tmp_path / "p") as project:
        _, frames, label = new_project_with(project, 1)
        import_into(project, 10, frames, label)
    connection = apsw.Connection(str(project.path))
    connection.execute(f"UPDATE {change}")
    connection.close()
    with Project.open(tmp_path / "p") as project, pytest.raises(ProjectError) as raised:
        read(project, frames[0])
    text = str(raised.value)
    assert text.startswith(f"{project.path} is damaged. A stored {what} cannot be read: ")
    assert text.endswith(". Restore it from a copy. `annotator doctor` tells more.")
