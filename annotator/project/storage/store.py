"""The one door: every change of a project is a transaction here, recorded, and told once.

Any thread may edit. Each transaction runs on one connection under a fair lock that is held for one
transaction at a time, so that an edit made by hand waits at most for one transaction of an import.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
from psygnal import Signal

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.ids import new_id
from annotator.core.values import checked_text
from annotator.project.closing import closed_on_error
from annotator.project.errors import ClosedError, NothingToUndoError, ProjectError, UndoRefusedError
from annotator.project.storage import forks, history, reading
from annotator.project.storage.additions import Added
from annotator.project.storage.changes import Change, change_from_changeset
from annotator.project.storage.database import Database, translated
from annotator.project.storage.edit import Edit
from annotator.project.storage.history import Step, StepState
from annotator.project.storage.keeper import Keeper, sync_file
from annotator.project.storage.memos import Memo, forget_memo, put_memo
from annotator.project.storage.parts import PART_SIZE, SHARED_PART_SIZE, Part
from annotator.project.storage.row_changes import RowChange, row_changes
from annotator.project.storage.schema import SCHEMA_VERSION
from annotator.project.storage.transactions import Transactions
from annotator.project.storage.undoing import Undoing
from annotator.project.storage.writing import add_annotations, annotation_rows
from annotator.safe_io import shortened

log = logging.getLogger(__name__)

# The author of what a person does by hand in a window; only such steps are undone by Ctrl+Z.
USER: Final = "user"

_LONGEST_TITLE: Final = 200

# Why a step in a state can be neither undone nor redone.
_UNDO_NOTHING: Final[dict[StepState, str]] = {
    "undone": "it is undone already",
    "dropped": "it was taken back and given up",
    "open": "it is still being made",
}
_REDO_NOTHING: Final[dict[StepState, str]] = {
    "complete": "it is not undone",
    "dropped": "it was given up when something new was done",
    "open": "it is still being made",
}


class Store:
    """The database of a project, written through steps.

    Signals, emitted on the thread that did it, after the commit: `changed(Change)` once for each
    transaction; `synced(bool, str)` when everything is on the disk, or could not be brought there.
    """

    changed = Signal(Change)
    synced = Signal(bool, str)

    def __init__(self, database: Database, *, sync: Callable[[Path], None] = sync_file) -> None:
        self.database = database
        self.transactions = Transactions(database)
        with closed_on_error(self.transactions):
            self.keeper = (
                Keeper(database, self.synced.emit, self._begin_log, sync)
                if database.writable
                else None
            )
        self._undoing = Undoing(self.transactions, self.changed.emit, self.wait_for_room)
        # The steps that are being made here, which are open as well as those that a crash has left. With the lock, so
        # that none ends between the question of its state and that of who makes it.
        self._own_open: set[int] = set()
        self._own_lock = threading.Lock()
        forks.watch(self)

    def connections(self) -> list[apsw.Connection]:
        """Return the connections that are open."""
        return self.database.connections()

    def leave_to_parent(self) -> None:
        """Go on in a forked process, for reading only: the keeper and whoever makes a step stayed behind."""
        self.keeper = None
        self._own_lock = threading.Lock()
        self.transactions.leave_to_parent()

    @property
    def read(self) -> apsw.Connection:
        """The calling thread's connection for reading."""
        return self.database.reader

    def close(self) -> None:
        """Finish what is being written and close."""
        # First of all: the keeper's last sync is to bring everything to the disk, and it lets go of the connection.
        self.transactions.end()
        if self.keeper is not None:
            self.keeper.close()
        self.transactions.close()

    def _begin_log(self) -> None:
        """Make a commit that says nothing."""
        self.unrecorded(
            "INSERT INTO meta VALUES ('logs', ?)"
            " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            [("1",)],
        )

    def wait_for_room(self) -> None:
        """Wait while the log is too long. Called between the transactions of a long step."""
        if self.keeper is not None:
            self.keeper.wait_for_room()

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

        task and frame tell where the step belongs; those of an edit of annotations, tracks or frames are found
        by themselves, an edit of labels belongs to the whole project.
        Nothing happens if the block raises, or if nothing really changes; `Edit.step` tells afterwards. An edit of
        more than 500 annotations is written in several transactions; if one fails, the others are taken back.
        """
        self.transactions.check_writable()
        title = _one_line(title)
        edit = Edit()
        yield edit
        with translated(self.database.path):
            place = edit.place(self.read)
            parts = list(edit.parts(self.read))
        frame = place[1] if frame is None else frame
        task = place[0] if task is None and not edit.touches_labels else task
        if len(parts) == 1:
            one = _new_step(title, author, task, frame, "complete")
            if self.write_part(one, parts[0], is_first=True):
                edit.step = one.id
        elif parts:
            with self.long_step(title, author=author, task=task, frame=frame) as step:
                for part in progress.track(parts, title):
                    step.write(part)
            edit.step = step.id if step.is_begun else None

    @contextmanager
    def long_step(
        self,
        title: str,
        *,
        author: str,
        task: int | None = None,
        frame: int | None = None,
        keep_on_error: bool = False,
        memo: Memo | None = None,
    ) -> Iterator["LongStep"]:
        """Make one step of many edits, such as an import.

        If the block raises, what was written is taken back, unless `keep_on_error`, which leaves the step
        open for the user to keep or undo. memo: what is needed to go on with it after a crash.
        """
        self.transactions.check_writable()
        step = LongStep(self, _new_step(_one_line(title), author, task, frame, "open"), memo)
        self._own_open.add(step.id)
        try:
            yield step
            step.complete()
        except BaseException as error:
            if not keep_on_error:
                self._take_back(step, error)
            raise
        finally:
            self._let_go(step.id)

    @contextmanager
    def resumed_step(self, step_id: int) -> Iterator["LongStep"]:
        """Go on with an interrupted step. If the block raises, it stays interrupted, with what was added."""
        self.transactions.check_writable()
        with self._own_lock:
            one = history.step(self.read, step_id)
            if one is None or one.state != "open" or one.is_sealed or one.id in self._own_open:
                raise ProjectError(
                    f"Step {step_id} is not an interrupted one, so there is nothing to go on with."
                    " `annotator doctor` lists those that are."
                )
            self._own_open.add(one.id)
        try:
            step = LongStep(self, one, is_begun=True)
            yield step
            step.complete()
        finally:
            self._let_go(one.id)

    def _let_go(self, step_id: int) -> None:
        with self._own_lock:
            self._own_open.discard(step_id)

    def _take_back(self, step: "LongStep", error: BaseException) -> None:
        """Take back what a step has written that failed with an error.

        Where that is not possible, what the user is told says so as well: raises ProjectError in place of an
        AnnotatorError.
        """
        try:
            with translated(self.database.path):
                one = history.step(self.read, step.id)
                if one is not None:
                    self._undoing.revert(one, "undo", outcome="dropped", wait=True)
        except ProjectError as other:
            # The disk is full, or somebody built on it already: the user keeps or undoes it later.
            if isinstance(error, AnnotatorError) and not isinstance(other, ClosedError):
                raise ProjectError(
                    f"{error} What was written before could not be taken back: {other}"
                    f" “{step.title}” is in the history as an interrupted step."
                ) from error
            log.warning("step %d could not be taken back: %s", step.id, other)

    def write_part(
        self, one: Step, part: Part, *, is_first: bool, memo: Memo | None = None
    ) -> bool:
        """Write one transaction of a step; return whether anything changed. memo: goes with the first."""
        rev = new_id()
        if part.only_adds:
            self._write_additions(one, rev, part.only_adds, is_first=is_first, memo=memo)
            return True
        work = part.prepared(rev)
        with self.transactions.recorded() as (db, session):
            for write, values in work:
                write(db, values, rev)
            changes = session.changeset()
            if not changes:
                return False
            if part.touches_labels:
                reading.labels(db)  # raises where the labels break their laws
            self.transactions.check_guard(db, row_changes(changes, "redo"))
            _note_part(db, one, rev, part.size, changes, is_first=is_first, memo=memo)
        with translated(self.database.path):
            told = change_from_changeset(
                changes, self.read, step=one.id, title=one.title, author=one.author, kind="edit"
            )
        self.changed.emit(told)
        return True

    def _write_additions(
        self,
        one: Step,
        rev: int,
        annotations: Sequence[Annotation],
        *,
        is_first: bool,
        memo: Memo | None,
    ) -> None:
        """Write a transaction that only adds annotations, of which the history keeps the ids."""
        rows = annotation_rows(annotations, rev)
        added = Added([annotation.id for annotation in annotations], len(rows.geometries))
        with self.transactions.begin() as db:
            add_annotations(db, rows, rev)
            new = (RowChange("shape", row[0], None, row) for row in rows.shapes)
            self.transactions.check_guard(db, new)
            _note_part(db, one, rev, len(added.ids), added, is_first=is_first, memo=memo)
        frames = frozenset(annotation.frame for annotation in annotations)
        self.changed.emit(
            Change(
                one.id, one.title, one.author, "edit",
                annotations=frozenset(added.ids), shown_frames=frames,
            )
        )  # fmt: skip

    def complete(self, step: Step) -> None:
        """Note that every transaction of a step is written."""
        with self.transactions.begin() as db:
            history.set_state(db, step.id, "complete")
            forget_memo(db, step.id)
            _drop_undone(db, step)
        self._tell_state(step)

    def unrecorded(self, statement: str, values: list[tuple[Any, ...]]) -> None:
        """Write rows of tables outside the history, such as what is known of media files."""
        with self.transactions.begin() as db:
            db.executemany(statement, values)

    def write_beside(self, work: Callable[[apsw.Connection], None]) -> None:
        """Write rows of tables outside the history in one transaction, which is to be as short as any."""
        with self.transactions.begin() as db:
            work(db)

    # Undo and redo ----------------------------------------------------------------------------------

    def undo(
        self, step_id: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Take back a step: the given one, or the newest of a task and an author.

        Raises UndoRefusedError, and changes nothing, where a later change is in the way.
        """
        self.transactions.check_writable()
        one = (
            history.newest_done(self.read, task, author)
            if step_id is None
            else history.step(self.read, step_id)
        )
        if one is None:
            raise NothingToUndoError("There is nothing to undo.")
        if one.id in self._own_open or (one.state in _UNDO_NOTHING and one.state != "open"):
            raise UndoRefusedError(f"“{one.title}” cannot be undone: {_UNDO_NOTHING[one.state]}.")
        self._undoing.revert(one, "undo")
        return one

    def redo(
        self, step_id: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Do an undone step again: the given one, or the one of a task and an author undone last."""
        self.transactions.check_writable()
        one = (
            history.newest_undone(self.read, task, author)
            if step_id is None
            else history.step(self.read, step_id)
        )
        if one is None:
            raise NothingToUndoError("There is nothing to redo.")
        if one.state in _REDO_NOTHING:
            raise UndoRefusedError(f"“{one.title}” cannot be redone: {_REDO_NOTHING[one.state]}.")
        self._undoing.revert(one, "redo")
        return one

    def keep(self, step_id: int) -> Step:
        """Make an interrupted step complete as far as it came."""
        with self.transactions.begin() as db:
            one = history.step(db, step_id)
            if one is None or one.state != "open" or one.id in self._own_open:
                raise ProjectError(
                    f"Step {step_id} is not an interrupted one, so there is nothing to keep."
                    " `annotator doctor` lists those that are."
                )
            history.set_state(db, one.id, "complete")
            forget_memo(db, one.id)
            _drop_undone(db, one)
        self._tell_state(one)
        return one

    def _tell_state(self, step: Step) -> None:
        """Tell that a step is in another state: whoever lists steps has seen the one before."""
        self.changed.emit(Change(step.id, step.title, step.author, "edit"))

    def interrupted(self) -> list[Step]:
        """Return the steps that a crash left open, newest first."""
        with self._own_lock:
            found = history.steps_in_state(self.read, "open")
            return [one for one in found if one.id not in self._own_open]

    def finish_reverting(self) -> None:
        """Finish what a crash interrupted while it was undone or redone."""
        for one in history.steps_in_state(self.read, "undoing", "redoing"):
            log.info("finishing the %s of step %d", one.state, one.id)
            try:
                self._undoing.revert(one, "undo" if one.state == "undoing" else "redo")
            except ProjectError as error:
                # The disk is full, say. The user can undo or redo it again.
                log.warning("step %d stays half %s: %s", one.id, one.state, error)


class LongStep:
    """A step that is being made of several edits, one or more transactions each."""

    def __init__(
        self, store: Store, step: Step, memo: Memo | None = None, *, is_begun: bool = False
    ) -> None:
        self._store = store
        self._step = step
        self._memo = memo
        self._is_begun = is_begun

    @property
    def id(self) -> int:
        """The id of the step."""
        return self._step.id

    @property
    def title(self) -> str:
        """What it is called in the history."""
        return self._step.title

    @property
    def is_begun(self) -> bool:
        """Whether anything of it is written, so that it is in the history."""
        return self._is_begun

    @contextmanager
    def edit(self, *, fresh: bool = False) -> Iterator[Edit]:
        """Collect and write one more edit of the step. fresh: its annotations are all new."""
        edit = Edit(fresh=fresh)
        yield edit
        with translated(self._store.database.path):
            parts = list(edit.parts(self._store.read))
        for part in parts:
            self.write(part)

    def write(self, part: Part) -> None:
        """Write one more transaction of the step, or several small ones while somebody else edits."""
        is_shared = self._store.transactions.lock.is_shared
        for piece in part.pieces(SHARED_PART_SIZE if is_shared else PART_SIZE):
            self._store.wait_for_room()
            written = self._store.write_part(
                self._step, piece, is_first=not self._is_begun, memo=self._memo
            )
            self._is_begun = self._is_begun or written

    def complete(self) -> None:
        """Note that nothing more follows; a step in which nothing changed is none."""
        if self._is_begun:
            self._store.complete(self._step)


def _one_line(title: str) -> str:
    """Return a title as it stands in lists and sentences: names in it may be of several lines, and of any length.

    Raises InvalidValueError where it cannot be stored.
    """
    return shortened(" ".join(checked_text(title, "The title of a step").split()), _LONGEST_TITLE)


def _new_step(
    title: str, author: str, task: int | None, frame: int | None, state: StepState
) -> Step:
    made_at = time.time_ns() // 1_000_000
    return Step(new_id(), made_at, title, author, task, frame, state, None, SCHEMA_VERSION, rows=0)


def _drop_undone(db: apsw.Connection, one: Step) -> None:
    # What is done in the background leaves the user's redo alone.
    if one.author == USER:
        history.drop_undone(db, one.task, one.author)


def _note_part(
    db: apsw.Connection,
    one: Step,
    rev: int,
    rows: int,
    content: bytes | Added,
    *,
    is_first: bool,
    memo: Memo | None,
) -> None:
    if is_first:
        history.add_step(db, one)
        if memo is not None:
            put_memo(db, one.id, memo)
        if one.state == "complete":
            _drop_undone(db, one)
    history.add_part(db, one.id, rev, rows, content)
