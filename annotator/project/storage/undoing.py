"""Taking a step back or doing it again, at once or transaction by transaction."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import apsw

from annotator.core.errors import InvalidValueError
from annotator.project.errors import ProjectError, UndoRefusedError
from annotator.project.storage import history, reading
from annotator.project.storage.additions import take_back
from annotator.project.storage.changes import Change, change_from_changeset
from annotator.project.storage.changesets import Conflict, apply_changes
from annotator.project.storage.history import Step, StepState, StoredPart
from annotator.project.storage.obstacles import find_obstacle, refusal
from annotator.project.storage.reverting import RevertPlan, plan_revert
from annotator.project.storage.row_changes import Direction, going, row_changes
from annotator.project.storage.track_kinds import are_mixed, keyframes_coming
from annotator.project.storage.transactions import Transactions

log = logging.getLogger(__name__)

# The state while it is done part by part, the state afterwards, and the way back.
_MEANWHILE: Final[dict[Direction, StepState]] = {"undo": "undoing", "redo": "redoing"}
_AFTER: Final[dict[Direction, StepState]] = {"undo": "undone", "redo": "complete"}
_BACK: Final[dict[Direction, Direction]] = {"undo": "redo", "redo": "undo"}
_HALFWAY: Final = ("undoing", "redoing")


class Undoing:
    """Undoes and redoes steps: each wholly or not at all.

    tell: called with each change after its commit. wait_for_room: called between transactions.
    """

    def __init__(
        self,
        transactions: Transactions,
        tell: Callable[[Change], None],
        wait_for_room: Callable[[], None],
    ) -> None:
        self._transactions = transactions
        self._tell = tell
        self._wait_for_room = wait_for_room
        self._busy = threading.Lock()

    @property
    def _read(self) -> apsw.Connection:
        return self._transactions.database.reader

    def revert(
        self,
        one: Step,
        direction: Direction,
        *,
        outcome: StepState | None = None,
        wait: bool = False,
    ) -> None:
        """Undo or redo a step, which is in the state `outcome` afterwards where that is given.

        wait: wait while another long step is being reverted. Raises UndoRefusedError where something is in
        the way, and ProjectError where the disk refuses; nothing is changed then. Where the disk refuses the
        way back as well, the step stays half done and guarded, until it is undone or redone again.
        """
        if one.is_sealed:
            raise UndoRefusedError(
                f"“{one.title}” was made by an older version of the program, before the project was"
                " converted, and can no longer be undone or redone."
            )
        after = outcome or _AFTER[direction]
        count = reading.part_count(self._read, one.id, reverted=direction == "redo")
        if count <= 1 and one.state not in _HALFWAY:
            self._revert_at_once(one, direction, after)
            return
        if not self._busy.acquire(blocking=wait):
            raise UndoRefusedError(
                "Another long step is just being undone or redone. Wait until that is done."
            )
        try:
            self._revert_long(one, direction, after)
        finally:
            self._busy.release()

    # In one transaction -----------------------------------------------------------------------------

    def _revert_at_once(self, one: Step, direction: Direction, after: StepState) -> None:
        parts = list(self._parts(one, direction))
        labels = any(_touches_labels(part.changes) for part in parts)
        keyframes = [_keyframes(part, direction) for part in parts]
        told: list[bytes] = []
        try:
            with self._transactions.begin() as db:
                _check_unchanged(db, one)
                for part, coming in zip(parts, keyframes, strict=True):
                    told.append(_apply(db, part, direction, coming, labels=labels))
                    self._transactions.check_guard(db, row_changes(told[-1], "redo"))
                history.set_state(db, one.id, after)
        except Conflict:
            plan = plan_revert(self._read, one, direction)
            raise refusal(plan, find_obstacle(self._read, plan)) from None
        for changes in told:
            self._announce(one, changes, direction)

    # In many ----------------------------------------------------------------------------------------

    def _revert_long(self, one: Step, direction: Direction, after: StepState) -> None:
        before = self._transactions.guard
        if before is not None and before.step.id != one.id:
            raise UndoRefusedError(
                f"“{before.step.title}” is undone or redone in part. Undo or redo it first."
            )
        plan = plan_revert(self._read, one, direction)
        self._set_guard(plan)
        try:
            obstacle = find_obstacle(self._read, plan)
            if obstacle is not None:
                raise refusal(plan, obstacle)
            self._begin(plan)
        except BaseException:
            self._set_guard(before)
            raise
        try:
            self._revert_by_parts(plan, after)
        finally:
            if history.state_of(self._read, one.id) not in _HALFWAY:
                self._set_guard(None)

    def _set_guard(self, plan: RevertPlan | None) -> None:
        with self._transactions.lock:
            self._transactions.guard = plan

    def _begin(self, plan: RevertPlan) -> None:
        with self._transactions.begin() as db:
            _check_unchanged(db, plan.step)
            history.set_state(db, plan.step.id, _MEANWHILE[plan.direction])

    def _revert_by_parts(self, plan: RevertPlan, after: StepState) -> None:
        one = plan.step
        done: list[int] = []
        try:
            for part in self._parts(plan.step, plan.direction):
                self._revert_part(plan, part, plan.direction)
                done.append(part.rev)
            with self._transactions.begin() as db:
                history.set_state(db, one.id, after)
        except BaseException as error:
            self._go_back(plan, done)
            if isinstance(error, Conflict):
                raise refusal(plan, None) from None
            raise
        finally:
            # Whoever lists steps has seen the state meanwhile.
            self._tell(Change(one.id, one.title, one.author, plan.direction))

    def _revert_part(self, plan: RevertPlan, part: StoredPart, direction: Direction) -> None:
        keyframes = _keyframes(part, direction)
        self._wait_for_room()
        with self._transactions.begin() as db:
            changes = _apply(db, part, direction, keyframes, labels=plan.touches_labels)
        self._announce(plan.step, changes, direction)

    def _go_back(self, plan: RevertPlan, done: list[int]) -> None:
        """Take back what was done of an undo or redo that failed."""
        one = plan.step
        try:
            for rev in reversed(done):
                part = history.part(self._read, rev)
                assert part is not None  # a step that is half done is not given up
                self._revert_part(plan, part, _BACK[plan.direction])
            with self._transactions.begin() as db:
                history.set_state(db, one.id, one.state)
        except (ProjectError, Conflict) as error:
            # Finished when the user undoes or redoes it again, or opens the project again.
            log.warning("the %s of step %d stays half done: %s", plan.direction, one.id, error)

    # Both -------------------------------------------------------------------------------------------

    def _parts(self, one: Step, direction: Direction) -> Iterator[StoredPart]:
        return history.parts(
            self._read, one.id, reverted=direction == "redo", backwards=direction == "undo"
        )

    def _announce(self, one: Step, changes: bytes, direction: Direction) -> None:
        self._tell(
            change_from_changeset(
                changes,
                self._read,
                step=one.id,
                title=one.title,
                author=one.author,
                kind=direction,
            )
        )


def _apply(
    db: apsw.Connection,
    part: StoredPart,
    direction: Direction,
    keyframes: Sequence[int],
    *,
    labels: bool,
) -> bytes:
    """Undo or redo one transaction of a step; return the changeset of what was done.

    keyframes: the ids of those that come or become of another kind. labels: whether those are touched, and
    their laws to be checked.
    """
    if part.added is not None:
        changes = take_back(db, part.rev, part.added)
        history.keep_changes(db, part.rev, apsw.Changeset.invert(changes))
    else:
        changes = going(part.changes, direction)
        apply_changes(db, changes)
    history.mark_part(db, part.rev, reverted=direction == "undo")
    if labels:
        try:
            reading.labels(db)
        except InvalidValueError:
            raise Conflict from None
    if keyframes and are_mixed(db, keyframes):
        raise Conflict
    return changes


def _keyframes(part: StoredPart, direction: Direction) -> list[int]:
    return [row_id for row_id, _, _ in keyframes_coming(row_changes(part.changes, direction))]


def _touches_labels(changes: bytes) -> bool:
    return any(change.table == "label" for change in row_changes(changes, "redo"))


def _check_unchanged(db: apsw.Connection, one: Step) -> None:
    """Raise where another thread has undone or redone the step since it was looked up."""
    if history.state_of(db, one.id) != one.state:
        raise UndoRefusedError(
            f"“{one.title}” was just undone or redone elsewhere, so nothing was changed. Look at the history."
        )
