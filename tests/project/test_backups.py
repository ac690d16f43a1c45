"""Backups: whole, checked, five of them, and in nobody's way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from annotator.background.progress import Progress
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.project.copies import copying, snapshots
from annotator.project.copies.backups import (
    DAY_MS,
    KEPT,
    back_up_if_due,
    back_up_to,
    backup_named,
    list_backups,
    make_backup,
)
from annotator.project.copies.replacing import (
    home_of,
    is_intact,
    project_from_backup,
    replace_project,
)
from annotator.project.copies.restoring import restore_snapshot
from annotator.project.copies.snapshots import list_snapshots, take_snapshot
from annotator.project.errors import DiskFullError, ProjectError
from annotator.project.project import FILE_NAME, Project
from tests.project.dumps import check_file, dump, recorded
from tests.project.file_systems import QuotaDisk
from tests.project.shapes import import_into, new_project_with

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def filled(project: Project) -> Project:
    _, frames, label = new_project_with(project, 20)
    import_into(project, 2_000, frames, label)
    return project


def mark(project: Project) -> None:
    """Make some change."""
    (task, *_) = project.tasks()
    frame = next(project.frames(task.id))
    with project.edit("Mark") as edit:
        edit.clear_frame(frame.id)
        edit.put_frame(type(frame)(task.id, project.last_position(task.id) + 1, "another.jpg"))


def damage(path: Path) -> None:
    """Write over pages in the middle of a file."""
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 8192 * 4096)
        stream.write(os.urandom(4096 * 4))


def test_a_backup_is_the_project_itself(filled: Project):
    made = make_backup(filled.folder)
    assert dump(made.path) == dump(filled.path)
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]  # one file alone
    assert list_backups(filled.folder) == [made]
    assert abs(made.made_at_ms - NOW) < 600_000
    check_file(made.path)
    mark(filled)
    assert dump(made.path) != dump(filled.path)


def test_it_is_of_one_moment_while_others_write(filled: Project, monkeypatch: pytest.MonkeyPatch):
    """An edit between any two pieces of it is not in the copy, and does not make it begin anew."""
    monkeypatch.setattr(copying, "_PAGES", 5)
    before = dump(filled.path)
    edits = []

    class Editing(Progress):
        def report(self, done: int, total: int | None = None, text: str = "") -> None:
            if len(edits) < 30:
                start = time.perf_counter()
                mark(filled)
                edits.append(time.perf_counter() - start)

    made = make_backup(filled.folder, progress=Editing())
    assert len(edits) == 30
    assert dump(made.path) == before
    check_file(made.path)


def test_a_daily_one_is_made_where_the_newest_is_older_than_a_day(filled: Project):
    first = back_up_if_due(filled.folder)
    assert first is not None
    assert first.reason == "daily"
    mark(filled)
    assert back_up_if_due(filled.folder) is None
    assert back_up_if_due(filled.folder, now_ms=NOW + DAY_MS - 60_000) is None
    assert back_up_if_due(filled.folder, now_ms=NOW + DAY_MS + 600_000) is not None


def test_a_project_that_did_not_change_needs_no_other_one(filled: Project):
    assert back_up_if_due(filled.folder) is not None
    assert back_up_if_due(filled.folder, now_ms=NOW + 3 * DAY_MS) is None
    filled.undo()
    assert back_up_if_due(filled.folder, now_ms=NOW + 3 * DAY_MS) is not None


def test_what_opening_the_pictures_makes_again_needs_none(project: Project):
    new_project_with(project, 20)
    assert back_up_if_due(project.folder) is None
    mark(project)
    assert back_up_if_due(project.folder) is not None


def test_one_from_the_future_does_not_count(filled: Project):
    made = make_backup(filled.folder)
    made.path.rename(made.path.with_name("20991231T235959000Z-daily.annotator"))
    mark(filled)
    assert back_up_if_due(filled.folder) is not None


def test_the_last_five_of_the_programs_own_are_kept(filled: Project):
    asked = make_backup(filled.folder)
    for reason in ("daily", "before-restore"):
        made = [make_backup(filled.folder, reason) for _ in range(KEPT + 2)]
        kept = [one for one in list_backups(filled.folder) if one.reason == reason]
        assert kept == made[:1:-1]
    assert asked in list_backups(filled.folder)
    other = filled.folder / "backups" / "mine.annotator"
    other.write_bytes(b"kept")
    make_backup(filled.folder, "daily")
    assert other.read_bytes() == b"kept"


def test_what_was_left_half_written_goes_after_an_hour(filled: Project):
    place = make_backup(filled.folder).path.parent
    old, young = place / ".a.annotator.0a1b.part", place / ".b.annotator.0a1b.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7_200,) * 2)
    make_backup(filled.folder)
    assert not old.exists()
    assert young.exists()


def test_a_damaged_project_pushes_out_no_good_backup(filled: Project):
    for _ in range(KEPT):
        make_backup(filled.folder, "daily")
    good = list_backups(filled.folder)
    folder = filled.folder
    filled.close()
    damage(folder / FILE_NAME)
    with pytest.raises(ProjectError, match=r"damaged: .*No copy was made"):
        make_backup(folder, "daily")
    assert list_backups(folder) == good
    assert sorted(path.name for path in (folder / "backups").iterdir()) == sorted(
        one.path.name for one in good
    )


def test_it_can_be_cancelled(filled: Project):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        make_backup(filled.folder, progress=progress)
    assert list((filled.folder / "backups").iterdir()) == []


def test_a_file_of_ones_own_choice(filled: Project, tmp_path: Path):
    out = tmp_path / "out.annotator"
    assert back_up_to(filled.folder, out) == out
    assert dump(out) == dump(filled.path)
    with pytest.raises(ProjectError, match="already exists"):
        back_up_to(filled.folder, out)
    inside = back_up_to(filled.folder, tmp_path)
    assert inside.parent == tmp_path
    with pytest.raises(ProjectError, match="does not exist"):
        back_up_to(filled.folder, tmp_path / "nowhere" / "a.annotator")


def test_names(filled: Project, tmp_path: Path):
    with pytest.raises(ProjectError, match="There are no backups"):
        backup_named(filled.folder, "")
    first = make_backup(filled.folder)
    second = make_backup(filled.folder)
    assert backup_named(filled.folder, "") == second.path
    assert backup_named(filled.folder, first.name) == first.path
    assert backup_named(filled.folder, first.path.name) == first.path
    assert backup_named(tmp_path / "elsewhere", str(first.path)) == first.path
    with pytest.raises(ProjectError, match=f"The newest is {second.name}"):
        backup_named(filled.folder, "no such one")


# Full disks ------------------------------------------------------------------------------------------------


def test_a_disk_that_fills_up_while_it_is_copied(filled: Project, tmp_path: Path):
    disk = QuotaDisk(f"full-{tmp_path.name}")
    disk.is_full = True
    before = dump(filled.path)
    with pytest.raises(
        DiskFullError, match=r"^The disk that holds .* is full, so .* Nothing was changed"
    ):
        make_backup(filled.folder, vfs=disk.name)
    assert list((filled.folder / "backups").iterdir()) == []
    assert dump(filled.path) == before
    mark(filled)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 96 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=96m", "none", str(place)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    """Write a file until there is no room left."""
    with path.open("wb", buffering=0) as stream:
        for size in (1 << 16, 1 << 12):
            with suppress(OSError):
                while True:
                    stream.write(bytes(size))


def test_on_a_real_disk_that_is_nearly_full(small_disk: Path):
    """Neither a backup, nor a snapshot, nor a restore begins that would leave no room for work."""
    with Project.create(small_disk / "p") as project:
        _, frames, label = new_project_with(project, 20)
        import_into(project, 1_000, frames, label)
        snapshot = take_snapshot(project.folder, "before")
        mark(project)
        (small_disk / "ballast").write_bytes(bytes(40 << 20))
        before = recorded(project.path)
        for act in (
            lambda: make_backup(project.folder),
            lambda: take_snapshot(project.folder, "after"),
            lambda: restore_snapshot(project, snapshot),
        ):
            with pytest.raises(DiskFullError, match=r"MB free, and \d+ MB are needed"):
                act()
        assert recorded(project.path) == before
        assert [one.name for one in list_snapshots(project.folder)] == ["before"]
        mark(project)  # work goes on
        (small_disk / "ballast").unlink()
        restore_snapshot(project, snapshot)
        check_file(project.path)


def test_on_a_real_disk_that_is_full_to_the_last_byte(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
):
    """Also where others take the room that was there when it began."""
    with Project.create(small_disk / "p") as project:
        _, frames, label = new_project_with(project, 20)
        import_into(project, 1_000, frames, label)
        before = recorded(project.path)
        # The room is taken after the look at it.
        monkeypatch.setattr(copying, "check_room", lambda *_: None)
        monkeypatch.setattr(snapshots, "check_room", lambda *_: None)
        fill(small_disk / "ballast")
        for act in (
            lambda: make_backup(project.folder),
            lambda: take_snapshot(project.folder, "after"),
        ):
            with pytest.raises(AnnotatorError, match="full"):
                act()
        assert list_backups(project.folder) == []
        assert list_snapshots(project.folder) == []
        (small_disk / "ballast").unlink()
        assert recorded(project.path) == before
        check_file(project.path)
        make_backup(project.folder)


def test_a_folder_that_takes_no_files(filled: Project):
    (filled.folder / "backups").write_text("a file stands here", encoding="utf-8")
    with pytest.raises(ProjectError, match="backups cannot be written"):
        make_backup(filled.folder)


# In the place of a damaged project -------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["damaged", "no database", "gone", "empty"])
def test_a_backup_takes_the_place_of_a_file_that_cannot_be_opened(filled: Project, harm: str):
    folder, file = filled.folder, filled.path
    made = make_backup(folder)
    whole = dump(file)
    filled.close()
    assert is_intact(folder)
    if harm == "damaged":
        damage(file)
    elif harm == "no database":
        file.write_bytes(b"nothing that could be read" * 1000)
    elif harm == "empty":
        file.write_bytes(b"")
    else:
        file.unlink()
    assert not is_intact(folder)
    # A log that is left over belongs to the old file, and would be poison to the new one.
    log = file.with_name(f"{FILE_NAME}-wal")
    log.write_bytes(b"left over")
    found = b"" if harm == "gone" else file.read_bytes()
    assert home_of(folder) == folder
    done = replace_project(folder, made.path)
    assert not log.exists()
    assert dump(file) == whole
    kept = {path.name.partition("-damaged")[2]: path.read_bytes() for path in done.kept}
    assert kept.pop(".annotator-wal") == b"left over"
    assert kept == ({} if harm == "gone" else {".annotator": found})
    with Project.open(folder) as project:
        assert project.is_writable
        assert project.history(limit=1)[0].title == "Import"
    check_file(file)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET definition = '{broken'",
        "UPDATE label SET definition = '{}'",
        "UPDATE frame SET name = CAST(x'ff' AS TEXT) WHERE position = 1",
    ],
)
def test_a_project_whose_rows_mean_nothing_is_not_intact(filled: Project, statement: str):
    """SQLite finds nothing wrong with its file, and yet it cannot be shown."""
    folder, file = filled.folder, filled.path
    made = make_backup(folder)
    whole = dump(file)
    filled.close()
    connection = apsw.Connection(str(file))
    connection.execute(statement)
    connection.close()
    assert not is_intact(folder)
    replace_project(folder, made.path)
    assert is_intact(folder)
    assert dump(file) == whole


def test_a_damaged_backup_replaces_nothing(filled: Project):
    folder = filled.folder
    made = make_backup(folder)
    damage(made.path)
    filled.close()
    before = dump(folder / FILE_NAME)
    with pytest.raises(ProjectError, match="damaged"):
        replace_project(folder, made.path)
    assert dump(folder / FILE_NAME) == before
    assert not list(folder.glob("*restored*"))


def test_a_project_that_is_open_is_not_replaced(filled: Project):
    made = make_backup(filled.folder)
    with pytest.raises(ProjectError, match="open in another process"):
        replace_project(filled.folder, made.path)


def test_a_new_project_is_made_of_a_backup(filled: Project, tmp_path: Path):
    made = make_backup(filled.folder)
    project_from_backup(made.path, tmp_path / "new")
    with Project.open(tmp_path / "new") as project:
        assert recorded(project.path) == recorded(filled.path)
    with pytest.raises(ProjectError, match="already exists"):
        project_from_backup(made.path, tmp_path / "new")


_REPLACE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from annotator.project.copies import replacing
left, real = int(sys.argv[3]), os.replace
def dying(*names):
    global left
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    real(*names)
os.replace = dying
replacing.replace_project(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process (POSIX)")
@pytest.mark.parametrize("moves", [0, 1, 2])
def test_killed_while_it_is_replaced(filled: Project, moves: int):
    """Before the copy has its name, before the log is out of the way, before the copy takes the place."""
    folder, file = filled.folder, filled.path
    made = make_backup(folder)
    whole = dump(file)
    filled.close()
    harmed = b"nothing that could be read" * 1000
    file.write_bytes(harmed)
    log = file.with_name(f"{FILE_NAME}-wal")
    log.write_bytes(b"left over")
    command = [sys.executable, "-c", _REPLACE_AND_DIE, str(folder), str(made.path), str(moves)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert file.read_bytes() == harmed
    assert not is_intact(folder)
    replace_project(folder, made.path)
    assert dump(file) == whole
    kept = {path.read_bytes() for path in (folder / "backups").glob("*-damaged*")}
    assert kept == {harmed, b"left over"}
    check_file(file)
