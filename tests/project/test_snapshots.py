"""Snapshots: small, named, comparable, and refused where they are damaged or made up."""

import json
import random
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.shapes import Rectangle
from annotator.project.copies.backups import make_backup
from annotator.project.copies.difference import compare
from annotator.project.copies.restoring import restore_snapshot
from annotator.project.copies.snapshot_files import LONGEST_NAME, unpacked
from annotator.project.copies.snapshots import (
    delete_snapshot,
    list_snapshots,
    rename_snapshot,
    snapshot_named,
    take_snapshot,
)
from annotator.project.copies.states import STATE_ID
from annotator.project.errors import NewerVersionError, ProjectError
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage.schema import SCHEMA_VERSION
from tests.project.dumps import dump
from tests.project.shapes import new_project_with

BOX = Rectangle((1, 2, 30, 40))


@pytest.fixture
def filled(project: Project) -> Project:
    (task,), frames, label = new_project_with(project, 5)
    with project.edit("Draw") as edit:
        edit.put(*(Annotation(frame.id, label.id, BOX) for frame in frames[:3]))
        edit.put_track(
            Track(label.id, (Keyframe(frames[0].id, BOX), Keyframe(frames[3].id, BOX))), task.id
        )
    return project


def test_it_says_what_is_in_it(filled: Project):
    made = take_snapshot(filled.folder, "first look")
    assert list_snapshots(filled.folder) == [made]
    assert (made.name, made.damage) == ("first look", "")
    assert made.counts == {
        "annotations": 3, "tracks": 1, "keyframes": 2, "labels": 1, "tasks": 1, "frames": 5,
    }  # fmt: skip
    assert abs(made.made_at_ms - time.time() * 1000) < 600_000
    assert made.size == made.path.stat().st_size


def test_it_holds_no_history_and_is_small(filled: Project):
    for number in range(500):
        with filled.edit("Move") as edit:
            one = filled.annotations(next(filled.frames(filled.tasks()[0].id)).id)[0]
            edit.put(replace(one, z_order=number))
    made = take_snapshot(filled.folder)
    with unpacked(filled.folder, made) as state:
        connection = apsw.Connection(str(state))
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        connection.close()
        assert {"shape", "geometry", "label"} <= names
        assert "step_part" not in names
        assert state.stat().st_size < make_backup(filled.folder).size / 4
    assert made.size < 8_000
    assert list((filled.folder / "cache").iterdir()) == []


def test_names(filled: Project):
    first, second = take_snapshot(filled.folder), take_snapshot(filled.folder)
    assert first.name[:2] == "20"
    assert first.name != second.name
    assert {one.name for one in list_snapshots(filled.folder)} == {first.name, second.name}
    renamed = rename_snapshot(filled.folder, first, " before the merge 合并 ")
    assert renamed.name == "before the merge 合并"
    assert snapshot_named(filled.folder, renamed.name) == renamed
    assert snapshot_named(filled.folder, first.id) == renamed
    with pytest.raises(ProjectError, match="already"):
        rename_snapshot(filled.folder, second, renamed.name)
    with pytest.raises(ProjectError, match="already"):
        take_snapshot(filled.folder, renamed.name)
    for bad in (" ", "a\nb", "x" * (LONGEST_NAME + 1), "\ud800"):
        with pytest.raises(ProjectError, match="name of a snapshot"):
            take_snapshot(filled.folder, bad)
    delete_snapshot(renamed)
    delete_snapshot(renamed)
    assert list_snapshots(filled.folder) == [second]
    assert sorted(path.name for path in (filled.folder / "snapshots").iterdir()) == [
        second.path.name
    ]
    with pytest.raises(ProjectError, match="no snapshot"):
        snapshot_named(filled.folder, renamed.name)
    with pytest.raises(ProjectError, match="is gone"), unpacked(filled.folder, renamed):
        pass


def test_a_comparison_counts_what_was_done_since(filled: Project):
    made = take_snapshot(filled.folder)
    (task,) = filled.tasks()
    frames = list(filled.frames(task.id))
    (track,) = filled.tracks(task.id)
    first, second = (filled.annotations(frame.id)[0] for frame in frames[:2])
    with filled.edit("Edit") as edit:
        edit.put(replace(first, shape=Rectangle((0, 0, 1, 1))))
        edit.delete(second.id)
        edit.put(*(Annotation(frames[4].id, first.label, BOX) for _ in range(4)))
        edit.put_keyframe(track.id, Keyframe(frames[1].id, BOX))
        edit.put_frame(replace(frames[2], done=True))
    with unpacked(filled.folder, made) as state:
        found = compare(filled.path, state)
    assert {kind: counts for kind, counts in found.counts.items() if any(counts)} == {
        "annotations": (4, 1, 1),
        "tracks": (0, 1, 0),
        "frames": (0, 1, 0),
    }


def test_one_can_be_taken_of_a_project_that_another_process_holds(filled: Project):
    """The project is open for writing here; the function opens its file anew."""
    with filled.long_step("Import", author="import") as step, step.edit() as edit:
        edit.put(*filled.annotations(next(filled.frames(filled.tasks()[0].id)).id))
        assert take_snapshot(filled.folder).counts["annotations"] == 3


def test_a_folder_with_a_name_that_means_something_in_addresses(tmp_path: Path):
    with Project.create(tmp_path / "50% of #3? café 合") as project:
        new_project_with(project, 3)
        made = take_snapshot(project.folder)
        assert made.counts["frames"] == 3
        with unpacked(project.folder, made) as state:
            assert not compare(project.path, state)


def test_it_can_be_cancelled(filled: Project):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        take_snapshot(filled.folder, progress=progress)
    assert list((filled.folder / "snapshots").iterdir()) == []


def test_a_folder_without_a_project(tmp_path: Path):
    with pytest.raises(ProjectError, match="There is no project"):
        take_snapshot(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert list_snapshots(tmp_path) == []


# Damaged and hostile files ---------------------------------------------------------------------------------


def repacked(
    path: Path, *, info: object = None, state: bytes | None = None, method: int = 8
) -> None:
    """Write a snapshot with other members."""
    with zipfile.ZipFile(path) as archive:
        old_info, old_state = archive.read("snapshot.json"), archive.read("state.sqlite")
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("snapshot.json", old_info if info is None else json.dumps(info))
        archive.writestr("state.sqlite", old_state if state is None else state)


def state_with(tmp_path: Path, statement: str, path: Path) -> bytes:
    """The stored state of a snapshot, changed by another program."""
    with zipfile.ZipFile(path) as archive:
        archive.extract("state.sqlite", tmp_path)
    connection = apsw.Connection(str(tmp_path / "state.sqlite"))
    connection.execute(statement)
    connection.close()
    return (tmp_path / "state.sqlite").read_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 no archive", b"x" * 5_000],
    ids=["empty", "cut off", "something else"],
)
def test_what_is_no_archive_is_listed_as_damaged(filled: Project, content: bytes):
    made = take_snapshot(filled.folder)
    made.path.write_bytes(content)
    (found,) = list_snapshots(filled.folder)
    assert found.damage.startswith(f"{made.path.name} is damaged: ")
    with pytest.raises(ProjectError, match="is damaged"):
        restore_snapshot(filled, found)


@pytest.mark.parametrize(
    "info",
    [
        [],
        {"name": "x"},
        {"name": "x", "made_at_ms": 10**40, "counts": {}},
        {"name": "x", "made_at_ms": 1 << 43, "counts": {}},
        {"name": 3, "made_at_ms": 1, "counts": {}},
        {"name": "a\nb", "made_at_ms": 1, "counts": {}},
    ],
)
def test_what_says_nonsense_of_itself_is_damaged(filled: Project, info: object):
    made = take_snapshot(filled.folder)
    repacked(made.path, info=info)
    (found,) = list_snapshots(filled.folder)
    assert found.damage


def test_a_way_of_packing_that_is_not_ours_is_damaged(filled: Project):
    made = take_snapshot(filled.folder)
    repacked(made.path, method=zipfile.ZIP_LZMA)
    assert "packed in a way" in list_snapshots(filled.folder)[0].damage


def test_bits_that_turned_are_seen_before_anything_is_changed(filled: Project):
    made = take_snapshot(filled.folder)
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    made.path.write_bytes(data)
    with filled.edit("Clear") as edit:
        edit.clear_frame(next(filled.frames(filled.tasks()[0].id)).id)
    before = dump(filled.path)
    with pytest.raises(ProjectError, match="damaged"):
        restore_snapshot(filled, list_snapshots(filled.folder)[0])
    assert dump(filled.path) == before


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE more (a)", "other tables"),
        ("CREATE TRIGGER t AFTER INSERT ON shape BEGIN DELETE FROM label; END", "other tables"),
        ("UPDATE label SET definition = '{}'", "labels"),
        ("DROP TABLE shape; CREATE VIEW shape AS SELECT * FROM label", "other tables"),
        (f"PRAGMA user_version = {SCHEMA_VERSION + 1}", "newer version"),
        ("PRAGMA application_id = 1", "not a project"),
    ],
)
def test_a_state_that_somebody_made_up_is_refused(
    filled: Project, tmp_path: Path, statement: str, words: str
):
    made = take_snapshot(filled.folder)
    repacked(made.path, state=state_with(tmp_path, statement, made.path))
    before = dump(filled.path)
    with pytest.raises(ProjectError, match=words):
        restore_snapshot(filled, list_snapshots(filled.folder)[0])
    assert dump(filled.path) == before


def test_a_newer_one_is_told_as_such(filled: Project, tmp_path: Path):
    made = take_snapshot(filled.folder)
    statement = f"PRAGMA user_version = {SCHEMA_VERSION + 1}"
    repacked(made.path, state=state_with(tmp_path, statement, made.path))
    with pytest.raises(NewerVersionError):
        restore_snapshot(filled, made)


def test_a_state_is_told_from_a_project(filled: Project):
    made = take_snapshot(filled.folder)
    with unpacked(filled.folder, made) as state:
        connection = apsw.Connection(str(state))
        assert connection.pragma("application_id") == STATE_ID
        connection.close()
        state.rename(state.with_name(FILE_NAME))
        with pytest.raises(ProjectError, match="not a project"):
            Project.open(state.parent)


@given(seed=st.integers(0, 2**32), count=st.integers(1, 8))
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_became_of_its_bytes_it_is_usable_or_told(
    packed: tuple[Path, bytes], seed: int, count: int
):
    path, whole = packed
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(count):
        # The directory at the end has more that can be wrong than what is packed.
        at = chance.choice((chance.randrange(len(data)), len(data) - 1 - chance.randrange(250)))
        data[at] = chance.randrange(256)
    path.write_bytes(data)
    (found,) = list_snapshots(path.parent.parent)
    if not found.damage:
        with suppress(ProjectError), unpacked(path.parent.parent, found) as state:
            assert state.stat().st_size > 0


@pytest.fixture
def packed(filled: Project) -> tuple[Path, bytes]:
    """A snapshot, and its bytes."""
    path = take_snapshot(filled.folder, "packed").path
    return path, path.read_bytes()
