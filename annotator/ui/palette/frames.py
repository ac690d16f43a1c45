"""Frames by some letters of their name, looked for beside the GUI thread."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeAlias, overload

from PySide6.QtCore import QObject

from annotator import messages
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.project.frames.frame_names import FrameNames, Integers, frame_names
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.translation import in_digits, tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.palette.list import PaletteRow
from annotator.ui.shown.session import Session

Then: TypeAlias = Callable[["FoundFrames"], None]
GoTo: TypeAlias = Callable[[int], object]


class FoundFrames(Sequence[PaletteRow]):
    """A row for each found frame, made when it is shown. go_to: called with the position in the task.

    first: a row before them, such as that of the frame whose number was typed.
    """

    def __init__(self, session: Session, names: FrameNames, rows: Integers, go_to: GoTo) -> None:
        self.first: PaletteRow | None = None
        self._session = session
        self._names = names
        self._rows = rows
        self._go_to = go_to
        # The list asks for each several times, to paint it and to know whether it can be chosen.
        self._made: dict[int, PaletteRow] = {}

    def __len__(self) -> int:
        return len(self._rows) + (self.first is not None)

    @overload
    def __getitem__(self, place: int) -> PaletteRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[PaletteRow]: ...
    def __getitem__(self, place: int | slice) -> PaletteRow | Sequence[PaletteRow]:
        """Return the row of one frame; of several as they come."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if self.first is not None:
            if place == 0:
                return self.first
            place -= 1
        if place not in self._made:
            self._made[place] = self._row(int(self._rows[place]))
        return self._made[place]

    def _row(self, number: int) -> PaletteRow:
        position = int(self._names.positions[number])
        session = self._session
        if not session.is_open:
            return PaletteRow("", is_possible=False)
        frames = session.project.frames(session.task.id, after=position - 1, limit=1)
        frame = next(frames, None)
        if frame is None or frame.position != position:
            return PaletteRow(tr("This frame is gone."), is_possible=False)
        return PaletteRow(
            frame.name, note=in_digits(number + 1), act=partial(self._go_to, position), is_path=True
        )


class FrameSearch(QObject):
    """Answers the newest question only; the names are read once for each project and after frames came or went."""

    def __init__(self, session: Session, calls: GuiCalls, go_to: GoTo, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._calls = calls
        self._go_to = go_to
        self._worker: ThreadPoolExecutor | None = None
        self._names: Future[FrameNames] | None = None
        self._stop = threading.Event()
        self._question = 0
        session.closed.connect(self._forget)
        session.changed.connect(self._changed)

    def find(self, query: str, then: Then) -> None:
        """Call `then` with what matches, unless another question comes first."""
        self._question += 1
        if not self._session.is_open:
            return
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="palette")
        if self._names is None:
            self._stop = threading.Event()
            project, task = self._session.project, self._session.task.id
            self._names = self._worker.submit(_read, project, task, self._stop)
        search = self._worker.submit(
            _found, self._names, query, lambda: self._question, self._question
        )
        search.add_done_callback(partial(self._done, self._question, then))

    def end(self) -> None:
        """End the thread."""
        self._forget()
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)

    def _done(
        self, question: int, then: Then, search: "Future[tuple[FrameNames, Integers] | None]"
    ) -> None:
        """Called on the thread of the search."""
        if not search.cancelled():
            self._calls.post(partial(self._answer, question, then, search))

    def _answer(
        self, question: int, then: Then, search: "Future[tuple[FrameNames, Integers] | None]"
    ) -> None:
        if question != self._question or not self._session.is_open:
            return
        try:
            found = search.result()
        except AnnotatorError as error:
            self._names = None
            messages.error(str(error))
            return
        if found is not None:
            then(FoundFrames(self._session, *found, self._go_to))

    def _changed(self, change: Change) -> None:
        if change.frames:
            self._forget()

    def _forget(self) -> None:
        """Hold nothing of the project any more; what is being read stops after a few names."""
        self._question += 1
        reading, self._names = self._names, None
        self._stop.set()
        if reading is not None and not reading.cancel():
            wait((reading,))


def _read(project: Project, task: int, stop: threading.Event) -> FrameNames:
    return frame_names(_until(stop, project.frame_names(task)))


def _until(stop: threading.Event, names: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for each in names:
        if stop.is_set():
            raise Cancelled
        yield each


def _found(
    names: "Future[FrameNames]", query: str, newest: Callable[[], int], question: int
) -> tuple[FrameNames, Integers] | None:
    """What matches; None where another question was asked meanwhile, or nothing is to be read any more."""
    if newest() != question or names.cancelled():
        return None
    try:
        known = names.result()
    except Cancelled:
        return None
    return known, known.find(query)
