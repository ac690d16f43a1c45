"""The window of an export: what, what is lost, go."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices

from annotator import messages
from annotator.background.runner import Work
from annotator.formats.builtin import FORMATS
from annotator.formats.losses import LossReport
from annotator.formats.view_choices import Wish
from annotator.messages import Answer
from annotator.project.storage.changes import Change
from annotator.project.view_memory import ViewMemory
from annotator.safe_io import safe_file_name
from annotator.translation import tr
from annotator.ui.exporting.choice_page import ExportChoicePage
from annotator.ui.exporting.done_page import ExportDonePage
from annotator.ui.exporting.loss_page import ExportLossPage
from annotator.ui.exporting.memory import Remembered, plan_to_remember
from annotator.ui.exporting.work import (
    ExportPlan,
    Losses,
    Present,
    count_frames,
    find_aspects,
    find_losses,
    survey,
    write,
)
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.one_work import Failure
from annotator.ui.widgets.step_window import StepWindow, shown_button
from annotator.ui.widgets.task_box import gone_text

_WHAT, _LOST, _GO = range(3)
_MEMORY: Final = "export"


class ExportWindow(StepWindow):
    """Writes a dataset beside the main window, whole or not at all.

    Closed while it writes, by hand or with the project, nothing is left behind. `exported(folder)` when a dataset was
    written.
    """

    exported = Signal(object)

    def __init__(self, shell: Shell) -> None:
        steps = (tr("What"), tr("What is lost"), tr("Go"))
        project = shell.session.project
        super().__init__(shell.window, tr("Export"), steps, shell.runner, shell.calls, uses=project)
        self.setObjectName("exportWindow")
        self._shell = shell
        self._project = project
        self._kept = kept = Remembered.of(ViewMemory(self._project).get(_MEMORY))
        self._shapes: dict[str, Wish] = dict(kept.choices.shapes)
        self._beside = _writable_folder(kept.folder, shell.switch.media)
        self._offered = ""
        self._losses: Losses | None = None
        self._frames: int | None = None
        self._target = Path()
        self._has_aspects = False
        self._looking: Work[Any] | None = None
        self._is_writing = False
        self._says_gone = False
        shell.switch.left.connect(self.leave)
        shell.session.opened.connect(self._take_tasks)
        shell.session.changed.connect(self._changed)
        self.build()

    def parts(self) -> Iterator[None]:
        """Make the pages."""
        theme, task = self._shell.theme, self._shell.session.task
        formats = [one for one in FORMATS if one.writer]
        self.choice = ExportChoicePage(theme, formats, self._project.tasks(), task, self._kept)
        yield
        self.add_step(self.choice)
        yield
        self.losses = ExportLossPage(theme)
        self.outcome = ExportDonePage()
        self.add_step(self.losses)
        self.add_step(self.outcome)
        self._connect()

    def begin(self) -> None:
        """Offer a folder, and look what is there."""
        self.go_to(_WHAT)
        self._offer_folder()
        self._survey()

    def _connect(self) -> None:
        self.next.clicked.connect(self._next)
        self.back.clicked.connect(self._go_back)
        self.stop.clicked.connect(self._stop)
        self.idle_changed.connect(self._show_buttons)
        self.choice.changed.connect(self._choice_changed)
        self.choice.frames.changed.connect(self._count)
        self.choice.frames.tasks_changed.connect(self._tasks_changed)
        self.choice.folder_chosen.connect(self._folder_chosen)
        self.losses.wish_chosen.connect(self._wish_chosen)
        self.losses.frame_wanted.connect(self._show_frame)
        self.outcome.open_folder.clicked.connect(self._open_folder)

    # The buttons ------------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        if self.is_gone:
            return
        shown_button(self.back, tr("Back"), visible=self.step == _LOST)
        free = self._is_free
        if self.step == _WHAT:
            self._say_if_gone()
            ready = self.choice.target is not None and self.choice.plan is not None
            ready = ready and bool(self._frames)
            shown_button(self.next, tr("Next"), enabled=free and ready)
            shown_button(self.stop, tr("Cancel"))
        elif self.step == _LOST:
            shown_button(self.next, tr("Export"), enabled=free and self._losses is not None)
            shown_button(self.stop, tr("Cancel"))
        else:
            shown_button(self.next, tr("Close"), visible=not self._is_writing, enabled=free)
            shown_button(self.stop, tr("Cancel"), visible=self._is_writing)

    @property
    def _is_free(self) -> bool:
        """Whether nothing goes on that has to end first."""
        return not self.is_busy or self.work is self._looking

    def _next(self) -> None:
        if self.step == _WHAT:
            self._check()
        elif self.step == _LOST:
            self._write()
        else:
            self.leave()

    def _go_back(self) -> None:
        self.drop_work()
        self.say("")
        self.go_to(_WHAT)
        if self._project.labels != self.choice.known:
            self._survey()
        elif not self._has_aspects:
            self._look_through()
        self._show_buttons()

    def _stop(self) -> None:
        """Cancel: what is being written is dropped, everything else closes the window."""
        if self._is_writing and self.work is not None:
            self.work.cancel()
        else:
            self.leave()

    # The tasks --------------------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        if change.tasks:
            self._take_tasks()
        elif change.labels and self.is_whole and not self.is_gone and self.step == _WHAT:
            self._survey()  # they are listed

    def _take_tasks(self) -> None:
        """Offer the tasks that there are now; what was looked at for one that is gone counts no more."""
        if self.is_gone or not self.is_whole:
            return
        frames = self.choice.frames
        before = [one.id for one in frames.tasks]
        frames.task.show_tasks(self._project.tasks())
        if before != [one.id for one in frames.tasks] and not self._is_writing and self.step != _GO:
            self._losses = None
            self.drop_work()
            self.say("")
            self.go_to(_WHAT)
            self._tasks_changed()
        self._show_buttons()

    def _say_if_gone(self) -> None:
        gone = self.choice.frames.task.gone
        if gone is not None and not self.is_busy:
            self.say(gone_text(gone), "warn")
        elif gone is None and self._says_gone:
            self.say("")
        self._says_gone = gone is not None

    # What -------------------------------------------------------------------------------------------

    def _survey(self) -> None:
        self._frames, self._has_aspects = None, False
        if not self.choice.frames.tasks:
            self.choice.frames.text.clear()
            return  # why is said
        work = partial(survey, self._project, self.choice.frames.tasks)
        self.start(tr("Looking through the task"), work, self._surveyed)

    def _surveyed(self, present: Present | Failure | None) -> None:
        if isinstance(present, Present):
            self.choice.show_present(present)
            self._count()
        else:
            self._say_why_not(present)

    def _say_why_not(self, failure: Failure | None) -> None:
        """Say why nothing can be exported: nobody knows what there is."""
        if failure is None:
            self.say(tr("Stopped before everything was counted. Open this window again."), "warn")
        else:
            self.say(failure.text, "bad")

    def _count(self) -> None:
        self._frames = None
        if not self.choice.frames.tasks:
            return
        work = partial(
            count_frames, self._project, self.choice.frames.tasks, self.choice.frames.selection
        )
        self.start(tr("Counting frames"), work, self._counted)

    def _counted(self, found: tuple[int, int] | Failure | None) -> None:
        if not isinstance(found, tuple):
            self._say_why_not(found)
            return
        self._frames = found[0]
        self.choice.frames.show_count(*found)
        if not self._has_aspects:
            self._look_through()
        elif not found[0]:
            self.say(tr("No frame is chosen: change what stands under Frames."), "warn")

    def _look_through(self) -> None:
        """Look for what formats would have to hold; nobody waits for it."""
        work = partial(find_aspects, self._project, self.choice.frames.tasks)
        self._looking = self.start(tr("Looking through the task"), work, self._looked_through)
        self._show_buttons()

    def _looked_through(self, aspects: Counter[str] | Failure | None) -> None:
        if isinstance(aspects, Counter):
            self._has_aspects = True
            self.choice.show_aspects(aspects)
            if not self._frames:
                self.say(tr("No frame is chosen: change what stands under Frames."), "warn")
        elif aspects is not None:
            self.say(aspects.text, "bad")

    def _tasks_changed(self) -> None:
        self._offer_folder()
        self._survey()

    def _choice_changed(self) -> None:
        self._offer_folder()
        self._show_buttons()

    def _offer_folder(self) -> None:
        """Offer a free folder for the format, as long as the person has not named another one."""
        format = self.choice.formats.chosen
        tasks = self.choice.frames.tasks
        if format is None or not tasks or self.choice.folder.text() != self._offered:
            return
        name = safe_file_name(f"{tasks[0].name}-{format.id}", fallback="dataset")
        self._offered = str(_free(self._beside / name))
        self.choice.folder.setText(self._offered)

    def _folder_chosen(self, folder: str) -> None:
        chosen = Path(folder)
        if _has_anything(chosen):
            names = [one.name for one in self.choice.frames.tasks]
            name = safe_file_name("".join(names[:1]), fallback="dataset")
            chosen = _free(chosen / name)
        self.choice.folder.setText(str(chosen))

    # What is lost -----------------------------------------------------------------------------------

    @property
    def _plan(self) -> ExportPlan:
        plan = self.choice.plan
        assert plan is not None
        wanted = replace(plan, choices=replace(plan.choices, shapes=dict(self._shapes)))
        return wanted.with_wishes_of_format()

    def _check(self) -> None:
        if self.choice.plan is None or self.choice.target is None or not self._is_free:
            return
        self._losses = None
        work = partial(find_losses, self._project, self._plan)
        self.start(tr("Looking for what is lost"), work, self._checked)

    def _checked(self, losses: Losses | Failure | None) -> None:
        if isinstance(losses, Failure):
            self.go_to(_WHAT)
            self.say(losses.text, "bad")
        elif losses is not None:
            self._losses = losses
            self.losses.show_losses(losses)
            self.go_to(_LOST)

    def _wish_chosen(self, kind: str, wish: Wish | None) -> None:
        if wish is None:
            self._shapes.pop(kind, None)
        else:
            self._shapes[kind] = wish
        self._check()

    def _show_frame(self, frame_id: int) -> None:
        shell, frame = self._shell, self._project.frame(frame_id)
        if frame is None or frame.task == shell.session.task.id:
            shell.navigation.go_to_id(frame_id)
            return
        task = next((one for one in self._project.tasks() if one.id == frame.task), None)
        if task is not None and shell.navigation.may_leave():
            shell.switch.show_task(task, frame.name)

    # Go ---------------------------------------------------------------------------------------------

    def _write(self) -> None:
        target, losses = self.choice.target, self._losses
        if target is None or losses is None or self.is_busy:
            return
        self._target, self._is_writing = target, True
        kept = plan_to_remember(losses.plan, target.parent)
        kept["shapes"] = dict(self._shapes)
        ViewMemory(self._project).set(_MEMORY, kept)
        self.outcome.show_running(target)
        self.go_to(_GO)
        work = partial(write, self._project, losses.plan, target)
        self.start(tr("Exporting to {name}", name=target.name), work, self._written)

    def _written(self, report: LossReport | Failure | None) -> None:
        self._is_writing = False
        if report is None:
            self._go_back_to_losses(tr("Stopped. Nothing was written."))
        elif isinstance(report, Failure):
            self._go_back_to_losses(report.text, "bad")
        else:
            assert self._losses is not None
            self.outcome.show_done(self._target, self._losses.frames)
            self.outcome.open_folder.setFocus()
            shown = partial(_open, self._target)
            text = tr("Exported to {folder}.", folder=self._target)
            messages.info(text, Answer(tr("Open folder"), shown))
            self.exported.emit(self._target)

    def _go_back_to_losses(self, text: str, look: str = "dim") -> None:
        """Say why nothing was written, where it can be tried again, unless a task of it was removed meanwhile."""
        assert self._losses is not None
        now = [one.id for one in self.choice.frames.tasks]
        if now == [one.id for one in self._losses.plan.tasks]:
            self.go_to(_LOST)
            self.say(text, look)
        else:
            self._losses = None
            self.go_to(_WHAT)
            self._tasks_changed()

    def _open_folder(self) -> None:
        _open(self._target)


def show_export(shell: Shell) -> ExportWindow:
    """Show the window of exports, the one that is open if there is one."""
    found: Any = shell.window.findChild(ExportWindow)
    window: ExportWindow = ExportWindow(shell) if found is None or found.is_gone else found
    window.come_to_front()
    return window


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _writable_folder(kept: str, media: Path | None) -> Path:
    """Where datasets go unless the person says otherwise: where the last one is, beside the pictures, the home."""
    for folder in (kept, "" if media is None else str(media.parent)):
        if os.path.isdir(folder) and os.access(folder, os.W_OK):
            return Path(folder)
    return Path.home()


def _has_anything(folder: Path) -> bool:
    """Whether a folder is not empty, or cannot be looked into, which is told when it is written."""
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def _free(path: Path) -> Path:
    """Return a path that nothing is at yet, with a number where need be."""
    number = 1
    found = path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
