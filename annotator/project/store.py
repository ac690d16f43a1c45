"""The one door: every change of a project is a transaction here, recorded, and told once.

Any thread may edit. Each transaction runs on one connection under a fair lock that is held for one
transaction at a time, so that an edit made by hand waits at most for one transaction of an import.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
from psygnal import Signal

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_id
from annotator.project import history, reading, reverting, writer_row
from annotator.project.changes import Change, ChangeKind, change_from_changeset
from annotator.project.database import Database, translated
from annotator.project.edit import Edit, Part
from annotator.project.errors import (
    NothingToUndoError,
    ProjectError,
    ReadOnlyError,
    UndoRefusedError,
)
from annotator.project.fair_lock import FairLock
from annotator.project.history import Step, StepState
from annotator.project.keeper import Keeper, sync_file
from annotator.project.reverting import Claims, Conflict, Direction
from annotator.project.schema import RECORDED_TABLES, SCHEMA_VERSION

log = logging.getLogger(__name__)

# The author of what a person does by hand in a window; only such steps are undone by Ctrl+Z.
USER: Final = "user"


class Store:
    """The database of a project, written through steps.

    Signals, emitted on the thread that did it, after the commit: `changed(Change)` once for each
    transaction; `synced(bool, str)` when everything is on the disk, or could not be brought there.
    """

    changed = Signal(Change)
    synced = Signal(bool, str)

    def __init__(self, database: Database, *, sync: Callable[[Path], None] = sync_file) -> None:
        self.database = database
        self._lock = FairLock()
        self._claims: Claims | None = None
        self._own_open: set[int] = set()
        self.keeper = Keeper(database, self.synced.emit, sync) if database.writable else None

    @property
    def read(self) -> apsw.Connection:
        """The calling thread's connection for reading."""
        return self.database.reader

    def close(self) -> None:
        """Finish what is being written and close."""
        if self.keeper is not None:
            self.keeper.close()
        with self._lock:
            self.database.close()

    def release(self) -> None:
        """Let other processes write the project."""
        with self._lock, translated(self.database.path):
            writer_row.release(self.database.writer)

    # Steps ------------------------------------------------------------------------------------------

    @contextmanager
    def edit(
        self,
        title: str,
        *,
        author: str = USER,
        task: int | None = None,
        frame: int | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Edit]:
        """Collect an edit and make it one step.

        task and frame tell where the step belongs; the task of an edit of annotations is found by itself.
        Nothing happens if the block raises, or if nothing really changes. An edit of more than 500
        annotations is written in several transactions; if one fails, the others are taken back.
        """
        self._check_writable()
        edit = Edit()
        yield edit
        frame = frame if frame is not None else self._frame_of(edit)
        if task is None and frame is not None and not edit.touches_labels:
            task = reading.task_of_frame(self.read, frame)
        parts = list(edit.parts(self.read))
        if len(parts) == 1:
            one = self._new_step(title, author, task, frame, "complete")
            self._write(one, parts[0], edit, first=True)
        elif parts:
            with self.long_step(title, author=author, task=task, frame=frame) as step:
                for part in progress.track(parts, title):
                    step._write(part, edit)

    @contextmanager
    def long_step(
        self,
        title: str,
        *,
        author: str,
        task: int | None = None,
        frame: int | None = None,
        keep_on_error: bool = False,
    ) -> Iterator["LongStep"]:
        """Make one step of many edits, such as an import.

        If the block raises, what was written is taken back, unless `keep_on_error`, which leaves the step
        open for the user to keep or undo.
        """
        self._check_writable()
        step = LongStep(self, self._new_step(title, author, task, frame, "open"))
        self._own_open.add(step.id)
        try:
            yield step
            step._complete()
        except BaseException:
            if not keep_on_error:
                step._take_back()
            raise
        finally:
            self._own_open.discard(step.id)

    def _new_step(
        self, title: str, author: str, task: int | None, frame: int | None, state: StepState
    ) -> Step:
        made_at = time.time_ns() // 1_000_000
        return Step(
            new_id(), made_at, title, author, task, frame, state, None, SCHEMA_VERSION, rows=0
        )

    def _frame_of(self, edit: Edit) -> int | None:
        if edit.first_frame is not None:
            return edit.first_frame
        if edit.first_deleted is not None:
            return reading.frame_of_shape(self.read, edit.first_deleted)
        return None

    # Transactions -----------------------------------------------------------------------------------

    def _write(self, one: Step, part: Part, edit: Edit, *, first: bool) -> bool:
        """Write one transaction of a step; return whether anything changed."""
        rev = new_id()
        with self._transaction() as (db, session):
            for write, values in part.work:
                write(db, values, rev)
            changes = session.changeset()
            if not changes:
                return False
            if edit.touches_labels:
                reading.labels(db)  # raises where the labels break their laws
            if self._claims is not None:
                self._claims.check(db, changes)
            told = _told(one, part, changes, db)
            if first:
                if one.author == USER:
                    history.drop_undone(db, one.task, one.author)
                history.add_step(db, one)
            history.add_part(db, one.id, rev, part.size, changes)
        self.changed.emit(told)
        return True

    @contextmanager
    def _transaction(self) -> Iterator[tuple[apsw.Connection, Any]]:
        """Hold the lock, begin, and commit or roll back; the session records the recorded tables."""
        self._check_writable()
        with self._lock, translated(self.database.path):
            db = self.database.writer
            db.execute("BEGIN IMMEDIATE")
            try:
                session = apsw.Session(db, "main")
                try:
                    for table in RECORDED_TABLES:
                        session.attach(table)
                    yield db, session
                finally:
                    session.close()
                db.execute("COMMIT")
            except BaseException as error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                if isinstance(error, apsw.ConstraintError):
                    raise ProjectError(
                        "The change was not stored: it refers to something that is gone by now."
                        " Look at the frame again and repeat it."
                    ) from error
                raise

    def unrecorded(self, statement: str, values: list[tuple[Any, ...]]) -> None:
        """Write rows of tables outside the history, such as what is known of media files."""
        self._check_writable()
        with self._lock, translated(self.database.path):
            db = self.database.writer
            with db:
                db.executemany(statement, values)

    def _check_writable(self) -> None:
        if not self.database.writable:
            raise ReadOnlyError(
                "The project is open for reading only, so nothing can be changed in this window."
            )

    # Undo and redo ----------------------------------------------------------------------------------

    def undo(
        self, step_id: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Take back a step: the given one, or the newest of a task and an author.

        Raises UndoRefusedError, and changes nothing, where a later change is in the way.
        """
        self._check_writable()
        one = (
            history.newest_complete(self.read, task, author)
            if step_id is None
            else history.step(self.read, step_id)
        )
        if one is None:
            raise NothingToUndoError("There is nothing to undo.")
        if one.state not in ("complete", "open") or one.id in self._own_open:
            raise UndoRefusedError(f"“{one.title}” cannot be undone: it is {one.state}.")
        self._revert(one, "undo")
        return one

    def redo(
        self, step_id: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Do an undone step again: the given one, or the one of a task and an author undone last."""
        self._check_writable()
        one = (
            history.newest_undone(self.read, task, author)
            if step_id is None
            else history.step(self.read, step_id)
        )
        if one is None:
            raise NothingToUndoError("There is nothing to redo.")
        if one.state != "undone":
            raise UndoRefusedError(f"“{one.title}” cannot be redone: it is {one.state}.")
        self._revert(one, "redo")
        return one

    def keep(self, step_id: int) -> Step:
        """Make an interrupted step complete as far as it came."""
        one = history.step(self.read, step_id)
        if one is None or one.state != "open" or one.id in self._own_open:
            raise ProjectError("That step is not an interrupted one.")
        with self._transaction() as (db, _):
            history.set_state(db, one.id, "complete")
        return one

    def interrupted(self) -> list[Step]:
        """Return the steps that a crash left open, newest first."""
        return [
            one for one in history.steps_in_state(self.read, "open") if one.id not in self._own_open
        ]

    def finish_reverting(self) -> None:
        """Finish what a crash interrupted while it was undone or redone."""
        for one in history.steps_in_state(self.read, "undoing", "redoing"):
            log.info("finishing the %s of step %d", one.state, one.id)
            self._revert_by_parts(one, "undo" if one.state == "undoing" else "redo")

    def _revert(self, one: Step, direction: Direction) -> None:
        if one.is_sealed:
            raise UndoRefusedError(
                f"“{one.title}” was made by an older version of the program, before the project was"
                " converted, and can no longer be undone or redone."
            )
        backwards = direction == "undo"
        numbers = reading.part_count(self.read, one.id, reverted=not backwards)
        try:
            if numbers <= 1:
                self._revert_at_once(one, direction)
            else:
                self._revert_long(one, direction)
        except Conflict as conflict:
            raise reverting.refusal(self.read, one, direction, conflict) from None

    def _revert_at_once(self, one: Step, direction: Direction) -> None:
        backwards = direction == "undo"
        told: list[Change] = []
        with self._transaction() as (db, _):
            self._check_unchanged(db, one)
            for part in history.parts(db, one.id, reverted=not backwards, backwards=backwards):
                if self._claims is not None:
                    self._claims.check(db, _going(part.changes, direction))
                told.append(self._apply(db, one, part, direction))
            history.set_state(db, one.id, "undone" if backwards else "complete")
        for change in told:
            self.changed.emit(change)

    @staticmethod
    def _check_unchanged(db: apsw.Connection, one: Step) -> None:
        """Raise where another thread has undone or redone the step since it was looked up."""
        now = history.step(db, one.id)
        if now is None or now.state != one.state:
            raise UndoRefusedError(f"“{one.title}” was just undone or redone elsewhere.")

    def _revert_long(self, one: Step, direction: Direction) -> None:
        claims = reverting.plan_claims(self.read, one, direction)
        with self._lock:
            if self._claims is not None:
                raise UndoRefusedError(
                    f"“{self._claims.step.title}” is just being undone or redone."
                    " Wait until that is done."
                )
            self._claims = claims
        try:
            reverting.check_nothing_in_the_way(self.read, one, direction)
            self._revert_by_parts(one, direction)
        finally:
            with self._lock:
                self._claims = None

    def _revert_by_parts(self, one: Step, direction: Direction) -> None:
        backwards = direction == "undo"
        with self._transaction() as (db, _):
            self._check_unchanged(db, one)
            history.set_state(db, one.id, "undoing" if backwards else "redoing")
        for part in history.parts(self.read, one.id, reverted=not backwards, backwards=backwards):
            self._wait_for_room()
            with self._transaction() as (db, _):
                told = self._apply(db, one, part, direction)
            self.changed.emit(told)
        with self._transaction() as (db, _):
            history.set_state(db, one.id, "undone" if backwards else "complete")

    def _apply(
        self, db: apsw.Connection, one: Step, part: history.StoredPart, direction: Direction
    ) -> Change:
        changes = _going(part.changes, direction)
        kind: ChangeKind = direction
        # What goes away is looked up before, what comes after.
        before = change_from_changeset(
            changes, db, step=one.id, title=one.title, author=one.author, kind=kind
        )
        reverting.apply_part(db, part, direction)
        history.mark_part(db, part.rev, reverted=direction == "undo")
        if before.labels:
            try:
                reading.labels(db)
            except InvalidValueError as error:
                raise UndoRefusedError(
                    f"“{one.title}” cannot be {'undone' if direction == 'undo' else 'redone'}:"
                    f" {error}"
                ) from None
        after = change_from_changeset(
            changes, db, step=one.id, title=one.title, author=one.author, kind=kind
        )
        return after.joined(before)

    def _wait_for_room(self) -> None:
        if self.keeper is not None:
            self.keeper.wait_for_room()


class LongStep:
    """A step that is being made of several edits, one or more transactions each."""

    def __init__(self, store: Store, step: Step) -> None:
        self._store = store
        self._step = step
        self._begun = False

    @property
    def id(self) -> int:
        """The id of the step."""
        return self._step.id

    @contextmanager
    def edit(self, *, fresh: bool = False) -> Iterator[Edit]:
        """Collect and write one more edit of the step. fresh: its annotations are all new."""
        edit = Edit(fresh=fresh)
        yield edit
        for part in edit.parts(self._store.read):
            self._write(part, edit)

    def _write(self, part: Part, edit: Edit) -> None:
        self._store._wait_for_room()
        written = self._store._write(self._step, part, edit, first=not self._begun)
        self._begun = self._begun or written

    def _complete(self) -> None:
        if self._begun:
            with self._store._transaction() as (db, _):
                history.set_state(db, self.id, "complete")

    def _take_back(self) -> None:
        if not self._begun:
            return
        self._store._own_open.discard(self.id)
        try:
            self._store.undo(self.id)
        except ProjectError as error:
            # The disk is full, or somebody built on it already: the user keeps or undoes it later.
            log.warning("step %d could not be taken back: %s", self.id, error)


def _told(one: Step, part: Part, changes: bytes, db: apsw.Connection) -> Change:
    added = part.only_adds
    if added:
        return Change(
            one.id,
            one.title,
            one.author,
            "edit",
            annotations=frozenset(annotation.id for annotation in added),
            shown_frames=frozenset(annotation.frame for annotation in added),
        )
    return change_from_changeset(
        changes, db, step=one.id, title=one.title, author=one.author, kind="edit"
    )


def _going(changes: bytes, direction: Direction) -> bytes:
    return changes if direction == "redo" else apsw.Changeset.invert(changes)
