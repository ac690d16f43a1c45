"""Selecting frames of the film strip, which are meant by their numbers."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator.project.frames.frame_cards import FrameCard, read_ids
from annotator.project.project import Project
from annotator.ui.film_strip.frames import FilmStripFrames
from annotator.ui.film_strip.selection import StripSelection
from annotator.ui.shown.session import Session


class FrameSelecting(QObject):
    """What clicks and keys do to the selection, as in any list. `changed()` when other frames are selected.

    Where nothing is selected, a stretch begins at the shown frame. Nothing is selected while it is not known which
    frame has which number.
    """

    changed = Signal()

    def __init__(self, session: Session, frames: FilmStripFrames, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._frames = frames
        self._selection = StripSelection()

    @property
    def count(self) -> int:
        """How many frames are selected."""
        return len(self._selection)

    def holds(self, card: FrameCard) -> bool:
        """Whether a frame is selected."""
        return card.position in self._selection

    def reader(self) -> Callable[[Project], list[int]]:
        """Return what reads the ids of the frames that are selected now, in order; of many not for the GUI thread."""
        task, positions = self._session.task.id, self._selection.positions
        return lambda project: project.ask(partial(read_ids, task=task, positions=positions))

    def clear(self) -> None:
        """Select nothing."""
        self._change(self._selection.clear)

    def select_all(self) -> None:
        """Select every frame of the task."""
        self._select_stretch(0, len(self._frames) - 1)

    def select_only(self, number: int) -> None:
        """Select one frame and no others; the next stretch begins there."""
        self._select_stretch(number, number)
        self._begin_at(number)

    def extend_to(self, number: int, *, adds: bool = False) -> None:
        """Select from where a stretch has begun to a frame. adds: whether what is selected stays so."""
        anchor = self._selection.anchor
        first = None if anchor is None else self._frames.number_at(anchor)
        if first is None:
            first = max(0, self._frames.shown_number)
            self._begin_at(first)
        self._select_stretch(first, number, adds=adds)

    def toggle(self, number: int) -> None:
        """Select a frame, too, or no more."""
        if not self._frames.is_known:
            return
        shown = self._frames.shown_number
        if not len(self._selection) and shown >= 0 and shown != number:
            # The one that is shown counts as chosen already, as in any list.
            self._select_stretch(shown, shown)
        self._begin_at(number)
        positions = self._frames.positions(range(number, number + 1))
        self._change(lambda: self._selection.toggle(int(positions[0])))

    def drop_removed(self) -> None:
        """Other frames are there now: those that are gone are not selected any more."""
        frames = self._frames
        if frames.is_known and self._selection.keep(frames.all_positions, len(frames)):
            self.changed.emit()

    def _begin_at(self, number: int) -> None:
        """Let the next stretch begin at a frame, whatever number it has by then."""
        positions = self._frames.positions(range(number, number + 1))
        is_there = self._frames.is_known and len(positions) > 0
        self._selection.anchor = int(positions[0]) if is_there else None

    def _select_stretch(self, first: int, last: int, *, adds: bool = False) -> None:
        if not len(self._frames) or not self._frames.is_known:
            return
        positions = self._frames.positions(range(min(first, last), max(first, last) + 1))
        selection = self._selection
        self._change(lambda: selection.add(positions) if adds else selection.set_to(positions))

    def _change(self, change: Callable[[], None]) -> None:
        before = self._selection.positions
        change()
        if not np.array_equal(before, self._selection.positions):
            self.changed.emit()
