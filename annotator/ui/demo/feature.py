"""The tour through the demo: four steps that tick themselves when they are done, wherever the person is."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from annotator.core.annotations import Annotation
from annotator.core.ids import new_id
from annotator.core.shapes import Rectangle
from annotator.demo.mistakes import Mistake
from annotator.demo.record import read_record
from annotator.project.storage.changes import Change
from annotator.project.storage.store import USER
from annotator.project.view_memory import ViewMemory
from annotator.translation import tr
from annotator.ui.demo.tour_card import TourCard
from annotator.ui.demo.tour_steps import StepId, TourState, state_from_json
from annotator.ui.exporting.feature import ExportFeature
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shell.shell import Shell
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.timers import single_shot

_MEMORY: Final = "tour"


class Tour(QObject):
    """Shows the card while a demo is open whose tour was not closed, and ticks what is done.

    It only listens: everything can be done in any order, or not at all.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._session = shell.session
        self.card: TourCard | None = None
        self.state = TourState()
        self._unmended: list[Mistake] = []
        # What is annotated with a larger id was drawn since the demo was opened.
        self._newest = 0
        self._labels: dict[int, int] = {}
        self._soon = single_shot(self, 0, self._begin)
        self._session.opened.connect(self._opened)
        self._session.closed.connect(self._closed)
        self._session.frame_changed.connect(self._note_labels)
        self._session.changed.connect(self._changed)
        shell.feature(ExportFeature).exported.connect(lambda _: self._tick("export"))
        shell.actions.keys_changed.connect(self._name_keys)

    @property
    def is_on(self) -> bool:
        """Whether the card is shown."""
        return self.card is not None

    # A demo comes and goes --------------------------------------------------------------------------

    def _opened(self) -> None:
        """Begin a moment later: the window has enough to do while a project is opened."""
        if self._session.is_writable:
            self._soon.start()

    def _begin(self) -> None:
        project = self._session.project
        record = read_record(project)
        state = state_from_json(ViewMemory(project).get(_MEMORY))
        if record is None or state.is_closed:
            return
        self.state = state
        self._newest = new_id()
        self._unmended = [each for each in record.mistakes if not self._is_mended(each)]
        actions = self._shell.actions
        self.card = TourCard(
            self._shell.theme,
            step_titles(),
            step_hints(actions),
            self._shell.canvas,
            self._shell.feature(Suggesting).bar,
        )
        self.card.skipped.connect(self._skip)
        self.card.closed.connect(self._close)
        self.card.show_state(state)
        self._note_labels()

    def _closed(self) -> None:
        self._soon.stop()
        self._labels.clear()
        if self.card is not None:
            card, self.card = self.card, None
            card.hide()
            card.deleteLater()

    def _name_keys(self) -> None:
        if self.card is not None:
            self.card.show_hints(step_hints(self._shell.actions))

    def _skip(self) -> None:
        self._go_on(self.state.without_current())

    def _close(self) -> None:
        self._go_on(self.state.closed())
        self._closed()
        self._shell.canvas.setFocus()

    def _tick(self, *steps: StepId) -> None:
        if self.is_on and not self.state.done.issuperset(steps):
            self._go_on(self.state.with_done(*steps))

    def _go_on(self, state: TourState) -> None:
        self.state = state
        ViewMemory(self._session.project).set(_MEMORY, state.as_json())
        if self.card is not None:
            self.card.show_state(state)

    # What is done -----------------------------------------------------------------------------------

    def _note_labels(self) -> None:
        """Remember the labels on the shown frame, to see which are changed."""
        frame = self._session.frame
        if self.is_on and frame is not None:
            found = self._session.project.annotations(frame.id)
            self._labels = {one.id: one.label for one in found}

    def _changed(self, change: Change) -> None:
        if not self.is_on or change.author != USER or change.kind == "undo":
            return
        self._tick(*self._steps_of(change))
        self._note_labels()

    def _steps_of(self, change: Change) -> Iterator[StepId]:
        changed = list(self._annotations(change))
        if any(one.id > self._newest and isinstance(one.shape, Rectangle) for one in changed):
            yield "box"
        if any(self._labels.get(one.id, one.label) != one.label for one in changed):
            yield "label"
        unmended = [each for each in self._unmended if not self._is_mended(each)]
        if len(unmended) < len(self._unmended):
            yield "mistake"
        self._unmended = unmended

    def _annotations(self, change: Change) -> Iterator[Annotation]:
        """Yield what was changed of what the shown frame holds now; what is done elsewhere is no step."""
        frame = self._session.frame
        if frame is None or frame.id not in change.shown_frames:
            return
        for one in self._session.project.annotations(frame.id):
            if one.id in change.annotations:
                yield one

    def _is_mended(self, mistake: Mistake) -> bool:
        project = self._session.project
        frame = project.frame_named(self._session.task.id, mistake.frame)
        return frame is not None and mistake.is_mended(
            project.annotations(frame.id), project.labels
        )


def step_titles() -> dict[StepId, str]:
    """Return what the steps are called."""
    return {
        "box": tr("Draw a box"),
        "label": tr("Give another label"),
        "mistake": tr("Find a mistake"),
        "export": tr("Export a dataset"),
    }


def step_hints(actions: ActionSet) -> dict[StepId, str]:
    """Return how each step is done, with the keys as they are now."""
    return {
        "box": tr(
            "Press {key} and drag around something; 1 to 7 choose the label.",
            key=_key(actions, "tool.rectangle"),
        ),
        "label": tr(
            "Press {key}, click something, and press 1 to 7, or {find} for a name.",
            key=_key(actions, "tool.select"),
            find=_key(actions, "label.choose"),
        ),
        "mistake": tr(
            "On the first tray a nut is called a sweet, one sweet has two boxes, one has none. Mend one."
        ),
        "export": tr(
            "Press {key} and choose a format. What it cannot hold is told before.",
            key=_key(actions, "file.export"),
        ),
    }


def _key(actions: ActionSet, command: str) -> str:
    """Return the key of a command as it is shown, its title where it has none."""
    action = actions[command]
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return keys or f"“{action.text()}”"


def add_to(shell: Shell) -> Tour:
    """Show the tour when a demo is opened."""
    return Tour(shell)
