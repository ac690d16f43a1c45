"""The frames of the film strip: by their number, read in pages when they come into sight."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.core.errors import AnnotatorError
from annotator.project.frames.frame_cards import (
    FrameCard,
    Positions,
    read_cards,
    read_cards_of,
    read_positions,
)
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.readings import until_read
from annotator.ui.shown.session import Session

log = logging.getLogger(__name__)

_PAGE: Final = 64
_PAGES: Final = 48
# Of more changed frames than this, what is known is read anew.
_MOST_SINGLE: Final = 500


class FilmStripFrames(QObject):
    """The frames of the session's task that are not removed.

    Signals: `reset()` when their number or order may be another; `updated(numbers)` when some show something else.
    Where frames are removed, their positions are read beside the GUI thread; until they are there no frame is known.
    """

    reset = Signal()
    updated = Signal(object)

    def __init__(self, session: Session, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._calls = calls
        self._reading: Future[Positions] | None = None
        self._is_known = False
        self._count = 0
        # None: the number of a frame is its position.
        self._positions: Positions | None = None
        self._pages: OrderedDict[int, list[FrameCard]] = OrderedDict()
        self._numbers: dict[int, int] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def is_known(self) -> bool:
        """Whether it is known which frame has which number."""
        return self._is_known

    def open(self) -> None:
        """Show the task of the session."""
        self._count = self._session.frame_count
        self.reset.emit()
        self._read_anew()

    def leave(self) -> Callable[[], None]:
        """Read nothing of the project any more; return what waits until nothing is read, for another thread."""
        reading, self._reading = self._reading, None
        self._count, self._positions, self._is_known = 0, None, False
        self._forget()
        self.reset.emit()
        return until_read([reading])

    # What there is ----------------------------------------------------------------------------------

    def card(self, number: int) -> FrameCard | None:
        """Return a frame by its number; None where there is none, or where it is not known yet."""
        if not 0 <= number < self._count or not self._is_known:
            return None
        page = self._page(number // _PAGE)
        place = number % _PAGE
        # A page may be short for the moment between a removal and the word of it.
        return page[place] if place < len(page) else None

    def number_of(self, frame_id: int) -> int | None:
        """Return the number of a frame that is among those read lately, or None."""
        return self._numbers.get(frame_id)

    def number_at(self, position: int) -> int | None:
        """Return the number of the frame at a position; None where there is none, or it is not known yet."""
        if not self._is_known:
            return None
        if self._positions is None:
            return position if 0 <= position < self._count else None
        number = int(np.searchsorted(self._positions, position))
        found = number < len(self._positions) and int(self._positions[number]) == position
        return number if found else None

    @property
    def shown_number(self) -> int:
        """The number of the frame that the session shows, -1 where it shows none or it is not known yet."""
        frame = self._session.frame
        number = None if frame is None else self.number_at(frame.position)
        return -1 if number is None else number

    def positions(self, numbers: range) -> Positions:
        """Return the positions of a stretch of frames."""
        if self._positions is None:
            return np.arange(numbers.start, numbers.stop, dtype=np.int64)
        return self._positions[numbers.start : numbers.stop]

    @property
    def all_positions(self) -> Positions | None:
        """The positions of all frames; None where the number of a frame is its position."""
        return self._positions

    # Changes ----------------------------------------------------------------------------------------

    def take_over(self, change: Change) -> None:
        """Show what a change of the project has done to the frames."""
        if moved := change.frames - change.marked:
            positions = self._positions_after(moved)
            if positions is None:
                self._read_anew()
                return
            if not np.array_equal(positions, self.positions(range(self._count))):
                self._set(positions)
                return
        self._update(change.frames | change.shown_frames)

    def _positions_after(self, frame_ids: Collection[int]) -> Positions | None:
        """Return the positions now that some frames have changed; None where they must all be read."""
        if len(frame_ids) > _MOST_SINGLE or not self._is_known or self._reading is not None:
            return None
        found = [self._session.project.frame(frame_id) for frame_id in frame_ids]
        own = [one for one in found if one is not None and one.task == self._session.task.id]
        there = [one.position for one in own if not one.removed]
        gone = [one.position for one in own if one.removed]
        # Without a copy where nothing came or went, as when a file was located.
        before = self.positions(range(self._count))
        is_as_before = all(self.number_at(position) is not None for position in there)
        after = before if is_as_before else np.union1d(before, there)
        after = np.setdiff1d(after, gone, assume_unique=True) if gone else after
        return after if len(after) == self._session.frame_count else None

    def _update(self, frame_ids: Collection[int]) -> None:
        if len(frame_ids) > _MOST_SINGLE:
            numbers = list(self._numbers.values())
            self._forget()
            self.updated.emit(numbers)
            return
        known = [one for one in frame_ids if one in self._numbers]
        if not known:
            return
        changed: list[int] = []
        for card in self._session.project.ask(partial(read_cards_of, frame_ids=known)):
            number = self._numbers[card.id]
            self._pages[number // _PAGE][number % _PAGE] = card
            changed.append(number)
        self.updated.emit(changed)

    def _read_anew(self) -> None:
        """Find out which frames there are; what is known stays until that is done."""
        session = self._session
        task, count = session.task.id, session.frame_count
        self._reading = None
        if session.project.last_position(task) + 1 == count:
            self._take(count, None)
            return
        reader = ThreadPoolExecutor(1, thread_name_prefix="film-strip-frames")
        self._reading = reading = reader.submit(_positions_of, session.project, task)
        reader.shutdown(wait=False)  # its thread ends with this
        reading.add_done_callback(lambda done: self._calls.post(partial(self._read, done)))

    def _read(self, reading: "Future[Positions]") -> None:
        if reading is not self._reading:
            return  # late: another project is shown, or the frames have changed again
        self._reading = None
        try:
            self._set(reading.result())
        except AnnotatorError as error:  # the file of the project has vanished, or is damaged
            messages.error(str(error))

    def _set(self, positions: Positions) -> None:
        count = len(positions)
        has_gaps = count and int(positions[-1]) + 1 != count
        self._take(count, positions if has_gaps else None)

    def _take(self, count: int, positions: Positions | None) -> None:
        self._forget()
        self._count, self._positions, self._is_known = count, positions, True
        self.reset.emit()

    def _forget(self) -> None:
        self._pages.clear()
        self._numbers.clear()

    def _page(self, place: int) -> list[FrameCard]:
        page = self._pages.get(place)
        if page is not None:
            self._pages.move_to_end(place)
            return page
        number = place * _PAGE
        first = number if self._positions is None else int(self._positions[number])
        try:
            task = self._session.task.id
            page = self._session.project.ask(
                partial(read_cards, task=task, first=first, limit=_PAGE)
            )
        except AnnotatorError as error:  # said by whatever shows the frame itself
            log.info("frames of the film strip: %s", error)
            page = []
        self._pages[place] = page
        self._numbers.update({card.id: number + i for i, card in enumerate(page)})
        if len(self._pages) > _PAGES:
            _, oldest = self._pages.popitem(last=False)
            for card in oldest:
                self._numbers.pop(card.id, None)
        return page


def _positions_of(project: Project, task: int) -> Positions:
    return project.ask(partial(read_positions, task=task))
