"""A project that is closed while another thread writes it."""

import threading
from pathlib import Path

import apsw
import pytest

from annotator.core.errors import Cancelled
from annotator.core.labels import Label
from annotator.project.errors import ProjectError
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage import history, keeper
from annotator.project.storage.history import StoredPart
from tests.project.change import change
from tests.project.dumps import check_file
from tests.project.shapes import batches, new_project_with

# Some tenths of a second inside SQLite.
SLOW = (
    "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000000)"
    " INSERT INTO meta SELECT 'slow', count(*) FROM number"
)
WAIT = 30.0


def test_the_transaction_under_way_is_finished(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p")
    begun = threading.Event()

    def slowly(db: apsw.Connection) -> None:
        begun.set()
        db.execute(SLOW)

    writing = threading.Thread(target=project.write_beside, args=(slowly,))
    writing.start()
    assert begun.wait(WAIT)
    project.close()
    writing.join(WAIT)
    with Project.open(tmp_path / "p") as again:
        assert again.is_writable
        assert again.meta("slow") == "2000000"


def test_what_another_thread_is_reading_is_closed_behind_it(tmp_path: Path) -> None:
    """A file that is open stays locked on some systems; threads of a pool do not end for long."""
    project = Project.create(tmp_path / "p")
    begun = threading.Event()

    def slowly(db: apsw.Connection) -> None:
        begun.set()
        db.execute(
            f"SELECT * FROM ({SLOW.partition(' INSERT')[0]} SELECT count(*) FROM number)"
        ).fetchall()

    def read() -> None:
        project.ask(slowly)
        assert over.wait(WAIT)

    over = threading.Event()
    reading = threading.Thread(target=read)
    reading.start()
    assert begun.wait(WAIT)
    project.close()
    names = [one.filename for one in apsw.connections()]
    over.set()
    reading.join(WAIT)
    assert str(tmp_path / "p" / FILE_NAME) not in names


def test_what_is_written_until_the_end_is_read_until_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "p")
    assert len(project.labels) == 0
    close = project._store.close
    seen: list[str] = []

    def write_and_close() -> None:
        change(project, "Add", lambda edit: edit.put_label(Label("late")))
        seen.extend(label.name for label in project.labels)
        close()

    monkeypatch.setattr(project._store, "close", write_and_close)
    project.close()
    assert seen == ["late"]


class Importing(threading.Thread):
    """A long import on a thread of its own. said: the error it ended with. begun: its first part is written."""

    def __init__(self, project: Project) -> None:
        super().__init__(daemon=True)
        self.project = project
        self.said = ""
        self.begun = threading.Event()

    def run(self) -> None:
        _, frames, label = new_project_with(self.project, 100)
        try:
            with self.project.long_step("Import", author="import") as step:
                for batch in batches(100_000, frames, label):
                    with step.edit(fresh=True) as edit:
                        edit.put(*batch)
                    self.begun.set()
        except ProjectError as error:
            self.said = str(error)


def test_long_work_ends_with_a_sentence_however_long_the_log_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each commit asks bulk writers to wait for the keeper, which is about to end."""
    monkeypatch.setattr(keeper, "CHECKPOINT_AT", 1)
    monkeypatch.setattr(keeper, "PAUSE_AT", 1)
    for number in range(10):
        project = Project.create(tmp_path / str(number))
        importing = Importing(project)
        importing.start()
        assert importing.begun.wait(WAIT)
        project.close()
        importing.join(WAIT)
        assert not importing.is_alive()
        assert importing.said == "The project is closed. Open it again to go on."
        with Project.open(tmp_path / str(number)) as again:
            assert again.is_writable
            assert [step.title for step in again.interrupted_steps()] == ["Import"]
        check_file(tmp_path / str(number) / FILE_NAME)
    assert {record.message.partition(":")[2] for record in caplog.records} <= {
        " The project is closed. Open it again to go on."
    }
    caplog.clear()


@pytest.mark.parametrize("looked", [1, 7, 13, 15])
def test_what_is_being_taken_back_is_finished_or_kept_later(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    looked: int,
) -> None:
    """Its six transactions are looked at to plan it, to find what is in the way, and to take each back."""
    project = Project.create(tmp_path / "p")
    _, frames, label = new_project_with(project, 100)
    parts: list[int] = []
    part = history.part

    def closing(db: apsw.Connection, rev: int) -> StoredPart | None:
        parts.append(rev)
        if len(parts) == looked:
            project.close()
        return part(db, rev)

    def cancelled_import() -> None:
        with project.long_step("Import", author="import") as step:
            for batch in batches(3000, frames, label):
                with step.edit(fresh=True) as edit:
                    edit.put(*batch)
            monkeypatch.setattr(history, "part", closing)
            raise Cancelled

    with pytest.raises(Cancelled):
        cancelled_import()
    assert len(parts) == looked
    assert "could not be taken back: The project is closed." in caplog.text
    monkeypatch.undo()
    with Project.open(tmp_path / "p") as again:
        state = "open" if looked <= 12 else "undone"
        assert [one.state for one in again.history(limit=1)] == [state]
        assert again.label_counts() == ({label.id: 3000} if state == "open" else {})
    check_file(tmp_path / "p" / FILE_NAME)


def test_the_end_is_no_failure(tmp_path: Path) -> None:
    """The keeper begins the log anew with a commit of its own; where the end came first, none is needed."""
    told: list[tuple[bool, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeper, "CHECKPOINT_AT", 1)
        for number in range(10):
            project = Project.create(tmp_path / str(number))
            project.synced.connect(lambda *arguments: told.append(arguments))
            new_project_with(project, 20)
            project.close()
    assert {is_synced for is_synced, _ in told} == {True}
