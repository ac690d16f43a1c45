"""The thread that brings commits to the disk and keeps the log short, while nobody waits for it."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from annotator.core.labels import Label
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage import keeper
from annotator.project.storage.keeper import sync_file
from tests.project.change import change
from tests.project.file_systems import SlowDisk, SlowFile
from tests.project.shapes import import_into, new_project_with

MIB = 1 << 20


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def add_label(project: Project, name: str) -> None:
    change(project, "Add", lambda edit: edit.put_label(Label(name)))


def test_every_commit_is_brought_to_the_disk_soon_and_told(tmp_path: Path) -> None:
    Project.create(tmp_path / "p").close()
    synced: list[Path] = []

    def sync(path: Path) -> None:
        synced.append(path)
        sync_file(path)

    told: list[tuple[bool, str]] = []
    with Project.open(tmp_path / "p", sync=sync) as project:
        project.synced.connect(lambda *arguments: told.append(arguments))
        wait_until(lambda: project.is_synced)
        told.clear()
        add_label(project, "a")
        assert told == [] or told == [(True, "")]
        wait_until(lambda: project.is_synced, 2 * keeper.SYNC_INTERVAL + 5)
        wait_until(lambda: told == [(True, "")])
        assert set(synced) == {tmp_path / "p" / (FILE_NAME + "-wal")}
        # Many commits share a sync.
        before = len(synced)
        for number in range(100):
            add_label(project, str(number))
        assert project.sync()
        assert project.is_synced
        assert len(synced) - before < 50
        add_label(project, "last")
        count = len(synced)
    assert len(synced) > count  # closing did it once more


def test_a_disk_that_refuses_is_told_and_asked_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Project.create(tmp_path / "p").close()
    broken = threading.Event()

    def sync(path: Path) -> None:
        if broken.is_set():
            raise OSError("the cable was pulled")
        sync_file(path)

    told: list[tuple[bool, str]] = []
    with Project.open(tmp_path / "p", sync=sync) as project:
        assert project.sync()
        project.synced.connect(lambda *arguments: told.append(arguments))
        broken.set()
        add_label(project, "a")
        wait_until(lambda: (False, "the cable was pulled") in told)
        assert not project.is_synced
        # It goes on being asked without another edit, and edits go on meanwhile.
        add_label(project, "b")
        broken.clear()
        wait_until(lambda: told[-1] == (True, ""))
        assert project.is_synced
    assert "syncing the project failed" in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes and moves no file that is open")
@pytest.mark.parametrize("deleted", [False, True])
def test_a_project_that_is_moved_or_deleted_meanwhile_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, deleted: bool
) -> None:
    Project.create(tmp_path / "p").close()
    told: list[tuple[bool, str]] = []
    with Project.open(tmp_path / "p") as project:
        assert project.sync()
        project.synced.connect(lambda *arguments: told.append(arguments))
        if deleted:
            shutil.rmtree(tmp_path / "p")
        else:
            (tmp_path / "p").rename(tmp_path / "q")
        add_label(project, "a")
        wait_until(lambda: bool(told))
        is_synced, text = told[-1]
        assert not is_synced
        assert "not there any more" in text
        assert not project.is_synced
        if not deleted:
            (tmp_path / "q").rename(tmp_path / "p")
            wait_until(lambda: told[-1] == (True, ""))
            assert project.is_synced
    assert caplog.text.count("syncing the project failed") == 1


class WatchedFile(SlowFile):
    def xSync(self, flags: int) -> None:
        self._vfs.threads.append(threading.current_thread().name)
        super().xSync(flags)


class WatchedDisk(SlowDisk):
    """Notes which thread waits for the disk."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0.05)
        self.threads: list[str] = []

    def xOpen(self, name: Any, flags: list[int]) -> WatchedFile:
        return WatchedFile(self, name, flags)


def test_no_commit_waits_for_the_disk(tmp_path: Path) -> None:
    Project.create(tmp_path / "p").close()
    disk = WatchedDisk("watched")
    with Project.open(tmp_path / "p", vfs=disk.name, sync=disk.sync) as project:
        add_label(project, "first")  # begins the log, whose header is synced once
        disk.threads.clear()
        start = time.perf_counter()
        for number in range(100):
            add_label(project, str(number))
        for _ in range(100):
            project.undo()
        seconds = time.perf_counter() - start
        assert set(disk.threads) <= {"project keeper"}
    assert seconds < 200 * disk.delay / 2


def test_the_log_stays_short_and_bulk_writers_wait_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "CHECKPOINT_AT", MIB)
    monkeypatch.setattr(keeper, "PAUSE_AT", 4 * MIB)
    _, frames, label = new_project_with(project, 500)
    sizes: list[int] = []
    project.changed.connect(lambda _: sizes.append(project._store.keeper.log_size))
    step = import_into(project, 20_000, frames, label)
    project.undo(step)
    # One transaction more than where they wait, at most.
    assert 2 * MIB < max(sizes) < 8 * MIB
    assert min(sizes[20:]) < 3 * MIB
    log = project.path.with_name(FILE_NAME + "-wal")
    assert log.stat().st_size < 9 * MIB


def test_a_reader_that_holds_up_the_log_does_not_hold_up_an_import(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that keeps a transaction open: the log grows, and shrinks when it has gone."""
    monkeypatch.setattr(keeper, "CHECKPOINT_AT", MIB)
    monkeypatch.setattr(keeper, "PAUSE_AT", 2 * MIB)
    _, frames, label = new_project_with(project, 500)
    reader = apsw.Connection(str(project.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM shape").fetchall()
    import_into(project, 10_000, frames, label)
    assert project.label_counts() == {label.id: 10_000}
    held_up = project._store.keeper.log_size
    assert held_up > 4 * MIB
    assert reader.execute("SELECT count(*) FROM shape").fetchall() == [(0,)]
    reader.close()
    wait_until(lambda: _log_begins_anew(project, held_up))


def _log_begins_anew(project: Project, size: int) -> bool:
    add_label(project, str(time.monotonic_ns()))
    return project._store.keeper.log_size < size


def test_a_log_that_is_gone_needs_no_sync(tmp_path: Path) -> None:
    sync_file(tmp_path / "nothing")


def test_the_keeper_itself_may_close_the_project(tmp_path: Path) -> None:
    """Whoever listens may, and so may the collector, which runs on any thread."""
    project = Project.create(tmp_path / "p")
    closed = threading.Event()

    def close(is_synced: bool, _text: str) -> None:
        assert is_synced
        project.close()
        closed.set()

    project.synced.connect(close)
    with project.edit("Add a label") as edit:
        edit.put_label(Label("car", "#f2c14e"))
    assert closed.wait(30)
    with Project.open(tmp_path / "p") as again:
        assert again.is_writable
        assert [label.name for label in again.labels] == ["car"]
