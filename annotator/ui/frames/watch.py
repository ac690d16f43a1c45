"""The frames of the shown task as columns, kept up to date while the project changes."""

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.core.errors import AnnotatorError
from annotator.project.frames.frame_table import FrameTable
from annotator.project.storage.changes import Change
from annotator.ui.shown.session import Session
from annotator.ui.timers import single_shot

# Changes of more frames than this read everything anew, in slots with the user's events in between.
_MOST_AT_ONCE: Final = 500
_SLOT_SECONDS: Final = 0.005
# An import tells of frames many times a second.
_QUIET_MS: Final = 200


class FramesWatch(QObject):
    """Holds the `FrameTable` of the session's task; None while nothing is open or it is being read.

    `changed(before, after)` is emitted when the table is another one; before is None where it was just opened.
    """

    changed = Signal(object, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.table: FrameTable | None = None
        self._reading: Iterator[FrameTable | None] | None = None
        # What changed while everything was being read; None where it is to be read once more.
        self._missed: set[int] | None = set()
        self._next_slot = single_shot(self, 0, self._read_on)
        self._soon = single_shot(self, _QUIET_MS, self._begin)
        session.opened.connect(self._begin)
        session.closed.connect(self._drop)
        session.changed.connect(self._hear)

    def _drop(self) -> None:
        self._next_slot.stop()
        self._soon.stop()
        self._reading = None
        before, self.table = self.table, None
        if before is not None:
            self.changed.emit(before, None)

    def _begin(self) -> None:
        self._soon.stop()
        self._missed = set()
        self._reading = self._session.project.frame_table_steps(self._session.task.id)
        self._next_slot.start()

    def _read_on(self) -> None:
        end = time.monotonic() + _SLOT_SECONDS
        try:
            for table in self._reading or ():
                if table is not None:
                    self._read(table)
                    return
                if time.monotonic() >= end:
                    self._next_slot.start()
                    return
        except AnnotatorError as error:
            self._reading = None
            messages.error(str(error))

    def _read(self, table: FrameTable) -> None:
        self._reading = None
        missed = self._missed
        if missed is None:
            self._soon.start()
        elif missed:
            table = self._session.project.updated_frame_table(table, missed)
        self._take(table)

    def _take(self, table: FrameTable) -> None:
        before, self.table = self.table, table
        self.changed.emit(before, table)

    def _hear(self, change: Change) -> None:
        frames = change.frames | change.shown_frames
        many = len(frames) > _MOST_AT_ONCE or bool(change.tracks)
        if not frames and not many:
            return
        if self._reading is not None:
            if many or self._missed is None:
                self._missed = None
            else:
                self._missed |= frames
        elif self.table is None or many:
            if not self._soon.isActive():
                self._soon.start()
        else:
            self._take(self._session.project.updated_frame_table(self.table, frames))
