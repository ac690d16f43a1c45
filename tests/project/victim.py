"""Processes that edit a project until they are killed.

Run as a program it waits for orders on its standard input, `MODE FOLDER`, and forks a child for each, so that two
hundred of them cost one start of the interpreter. What a child does is told on the standard output:

pid N            the child lives
in K             piece of work K is written inside a transaction that is not committed
part             a transaction of an undo or redo is committed
done K           piece of work K is acknowledged: the call that made it has returned
over             the child is gone
"""

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import apsw

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.formats.builtin import FORMATS
from annotator.project.copies.backups import make_backup
from annotator.project.copies.restoring import restore_snapshot
from annotator.project.copies.snapshots import snapshot_named, take_snapshot
from annotator.project.imports.importing import plan_import, run_import
from annotator.project.imports.resuming import resume_step
from annotator.project.imports.sizes import open_for_import
from annotator.project.imports.source import ImportSource
from annotator.project.project import Project
from annotator.project.storage import keeper
from annotator.project.storage.changes import Change

SHAPES_IN_A_PIECE = 200
# Longer than the parent waits before it kills.
INSIDE = 0.08


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def shape(number: int) -> Rectangle:
    return Rectangle((number, number, number + 10.5, number + 20.25))


def edits(project: Project) -> None:
    """One annotation at a time; its number is its z-order."""
    frame, label = _place(project)
    for number in range(1_000_000):
        with project.edit(f"edit {number}") as edit:
            edit.put(Annotation(frame, label, shape(number), z_order=number))
        say(f"done {number}")


def inside(project: Project) -> None:
    """The same, with every commit held up just before it happens."""
    count = 0

    def before_commit() -> bool:
        nonlocal count
        say(f"in {count}")
        count += 1
        time.sleep(INSIDE)
        return False

    project._store.database.writer.set_commit_hook(before_commit)
    edits(project)


class TornFile(apsw.VFSFile):
    """A file of which a commit writes only the beginning in time."""

    def __init__(self, vfs: "TornDisk", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._vfs = vfs

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._vfs.written()


class TornDisk(apsw.VFS):
    """A disk that holds up a commit while it writes its pages to the log."""

    def __init__(self) -> None:
        super().__init__("torn", "")
        self._left = 0
        self._work = 0

    def xOpen(self, name: Any, flags: list[int]) -> TornFile:
        return TornFile(self, name, flags)

    def hold_up(self, work: int, after: int) -> None:
        """Hold up the commit of a piece of work after some writes."""
        self._work, self._left = work, after

    def written(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                say(f"in {self._work}")
                time.sleep(INSIDE)


def torn(project: Project) -> None:
    """The same, with every commit held up while it is being written; a commit has more than six writes."""
    count = 0
    chance = random.Random()

    def before_commit() -> bool:
        nonlocal count
        DISK.hold_up(count, chance.randrange(1, 7))
        count += 1
        return False

    project._store.database.writer.set_commit_hook(before_commit)
    edits(project)


def copying(project: Project) -> None:
    """Edits, while the log is copied into the database all the time."""
    keeper.CHECKPOINT_AT = 1 << 14
    keeper.SYNC_INTERVAL = 0.001
    edits(project)


def undoing(project: Project) -> None:
    """The newest import is undone and redone again and again."""
    step = next(one for one in project.history() if one.author == "import")

    def tell(change: Change) -> None:
        say("part")

    project.changed.connect(tell)
    for number in range(1_000_000):
        is_there = next(one for one in project.history() if one.id == step.id).state == "complete"
        (project.undo if is_there else project.redo)(step.id)
        say(f"done {number}")


def imports(project: Project) -> None:
    """One long step; each piece is a transaction of many annotations."""
    frame, label = _place(project)
    with project.long_step("import", author="import") as step:
        for number in range(1_000_000):
            with step.edit(fresh=True) as edit:
                edit.put(
                    *(
                        Annotation(frame, label, shape(i), z_order=number)
                        for i in range(SHAPES_IN_A_PIECE)
                    )
                )
            say(f"done {number}")


def backups(project: Project) -> None:
    """One backup after the other."""
    for number in range(1_000_000):
        say(f"begin {number}")
        made = make_backup(project.folder)
        say(f"done {number} {made.path}")


def snapshots(project: Project) -> None:
    """One snapshot after the other."""
    for number in range(1_000_000):
        say(f"begin {number}")
        made = take_snapshot(project.folder, f"snapshot {number} of {os.getpid()}")
        say(f"done {number} {made.path}")


def restores(project: Project) -> None:
    """The snapshots "a" and "b" are restored in turn."""
    project.changed.connect(lambda _: say("part"))
    for number in range(1_000_000):
        restore_snapshot(project, snapshot_named(project.folder, "ba"[number % 2]))
        say(f"restored {number}")


def datasets(project: Project) -> None:
    """The dataset beside the project is imported, or the import that was cut off is resumed."""
    project.changed.connect(lambda _: say("part"))
    interrupted = project.interrupted_steps()
    if interrupted:
        resume_step(project, interrupted[0].id)
    elif not _is_anything_drawn(project):  # else it was killed before it could say that it was done
        (path,) = project.folder.parent.glob("dataset.*")
        (task,) = project.tasks()
        one = FORMATS.detect(path)
        plan = plan_import(project, open_for_import(project, one, path, task), task)
        run_import(project, plan, source=ImportSource(path, one.id))
    say("done 0")
    time.sleep(60)


def _is_anything_drawn(project: Project) -> bool:
    (task,) = project.tasks()
    return any(project.label_counts().values()) or bool(project.tracks(task.id))


def _place(project: Project) -> tuple[int, int]:
    (task,) = project.tasks()
    return next(project.frames(task.id)).id, project.labels.labels[0].id


MODES = {
    "edits": edits,
    "inside": inside,
    "torn": torn,
    "copying": copying,
    "imports": imports,
    "undoing": undoing,
    "backups": backups,
    "snapshots": snapshots,
    "restores": restores,
    "datasets": datasets,
}
DISK = TornDisk()


def main() -> None:
    for order in sys.stdin:
        mode, folder = order.rstrip("\n").split(" ", 1)
        child = os.fork()
        if child == 0:
            with Project.open(Path(folder), vfs="torn" if mode == "torn" else "") as project:
                assert project.is_writable, project.read_only_reason
                MODES[mode](project)
            os._exit(0)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
