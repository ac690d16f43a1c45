"""Going to the next frame with something that passes the filter, looked for beside the GUI thread."""

from functools import partial

from PySide6.QtCore import QObject

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.core.query import Filter
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session


class FrameSearch(QObject):
    """One search at a time: a new one, another frame or another project ends the one before."""

    def __init__(
        self,
        session: Session,
        navigation: FrameNavigation,
        runner: BackgroundRunner,
        calls: GuiCalls,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._navigation = navigation
        self._runner = runner
        self._calls = calls
        self._work: Work[Frame | None] | None = None
        session.frame_changed.connect(self.stop)
        session.closed.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Whether a frame is being looked for."""
        return self._work is not None

    def go(self, direction: int, wanted: Filter) -> None:
        """Go to the nearest frame after (1) or before (-1) the shown one that has what passes a filter."""
        start = self._session.frame
        self.stop()
        if start is None or not self._navigation.may_leave():
            return
        project = self._session.project
        look = partial(_look, project, start, direction, wanted)
        work = self._runner.start(tr("Looking for a frame that matches"), look, uses=project)
        self._work = work
        work.when_done(lambda done: self._calls.post(partial(self._found, done, direction)))

    def stop(self) -> None:
        """Look no further."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()

    def _found(self, work: Work[Frame | None], direction: int) -> None:
        if work is not self._work:
            return  # it was stopped
        self._work = None
        if work.state is WorkState.CANCELLED:
            return
        try:
            frame = work.result()
        except AnnotatorError as error:
            messages.error(str(error))
            return
        if frame is not None:
            self._navigation.go_to_id(frame.id)
        elif direction > 0:
            messages.info(tr("No later frame has an object that passes the filter."))
        else:
            messages.info(tr("No earlier frame has an object that passes the filter."))


def _look(
    project: Project, start: Frame, direction: int, wanted: Filter, progress: Progress
) -> Frame | None:
    return project.next_matching_frame(start, direction, wanted, progress)
