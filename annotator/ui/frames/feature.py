"""The states of frames in the window: marks, the way from one to the next, lists of frames and jobs, subsets."""

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolButton

from annotator.project.frames.frame_progress import progress_of
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.frames.acts import FramesActs
from annotator.ui.frames.panel import FramesPanel
from annotator.ui.frames.sizes import FramesSizes
from annotator.ui.frames.walk import FramesWalk
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.look.theme import number_font
from annotator.ui.shell.shell import Shell
from annotator.ui.tasks.jobs_offer import TaskJobsOffer
from annotator.ui.tasks.jobs_panel import TaskJobsPanel
from annotator.ui.widgets.parts import action_button

_BUTTON: Final = 32


class FramesFeature(QObject):
    """Puts the parts together, and shows the mark and the progress beside the player."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        session, navigation = shell.session, shell.navigation
        self.watch = FramesWatch(session, self)
        self.sizes = FramesSizes(session, shell.calls, self)
        self.walk = FramesWalk(session, self.watch, navigation, shell.actions, self)
        self.acts = FramesActs(shell.window, session, self.watch, shell.runner)
        self.offer = TaskJobsOffer(session, self.watch, shell.bar, self)
        self.panel = FramesPanel(
            session, self.watch, self.sizes, navigation, self.acts, shell.theme
        )
        self.jobs = TaskJobsPanel(session, self.watch, navigation, shell.theme)
        shell.switch.add_reader(self.sizes.leave)
        # What is being typed belongs to the task that is left.
        shell.switch.leaving.connect(self.jobs.commit)
        shell.docks.add("frames", tr("Frames"), self.panel, tab_with="objects", shown=False)
        shell.docks.add("task_jobs", tr("Jobs"), self.jobs, tab_with="objects", shown=False)
        shell.actions.bind("frame.put_subset", self._put_subset)
        shell.actions.bind("frame.split_subsets", self.acts.ask_split)
        shell.actions.bind("frame.split_job", self.jobs.split_at_shown)
        self.mark = action_button(shell.actions["frame.toggle_done"], _BUTTON, "tool")
        self.progress = QToolButton()
        self.progress.setObjectName("progressText")
        self.progress.setFont(number_font(self.progress.font()))
        self.progress.clicked.connect(lambda: shell.docks.raise_dock("frames"))
        shell.top_bar.add_beside_player(self.mark)
        shell.status.add_state(self.progress)
        self.watch.changed.connect(self._show_progress)
        self._show_progress()

    def end(self) -> None:
        """End the thread that reads sizes."""
        self.sizes.end()

    def _show_progress(self, *_tables: object) -> None:
        table = self.watch.table
        self.progress.setVisible(table is not None)
        if table is None:
            return
        found = progress_of(table)
        done, frames = in_digits(found.done), in_digits(found.frames)
        self.progress.setText(tr("{done} of {frames} done", done=done, frames=frames))
        self.progress.setToolTip(
            tr_n(
                "{count} frame has annotations.", "{count} frames have annotations.", found.labelled
            )
            + " "
            + tr("Click to see the list of frames.")
        )

    def _put_subset(self) -> None:
        """For the frames chosen in the list where it has the focus, else for the shown one."""
        chosen = self.panel.chosen if self.panel.list.hasFocus() else []
        if chosen:
            self.acts.ask_subset(chosen)
        else:
            self.acts.ask_shown_subset()


def add_to(shell: Shell) -> object:
    """Add what the states of frames need."""
    return FramesFeature(shell)
