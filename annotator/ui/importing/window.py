"""The window of an import: what, what happens, go."""
# ruff: noqa: D102 - Qt explains the events

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from annotator.background.progress import Progress
from annotator.background.runner import Work
from annotator.formats.recognition import Recognised
from annotator.project.imports.choices import (
    NO_CHOICES,
    ImportChoices,
    labels_to_remember,
    remembered_labels,
)
from annotator.project.imports.frame_matching import FrameKey
from annotator.project.imports.importing import ImportReport
from annotator.project.organisation import Frame
from annotator.project.storage.changes import Change
from annotator.project.storage.history import Step
from annotator.project.storage.store import USER
from annotator.project.view_memory import ViewMemory
from annotator.safe_io import write_whole
from annotator.translation import tr
from annotator.ui.importing.done_page import ImportDonePage
from annotator.ui.importing.report_page import ImportReportPage
from annotator.ui.importing.source_page import ImportSourcePage
from annotator.ui.importing.work import (
    Looked,
    Source,
    bring_in,
    is_unfinished,
    keep_step,
    look,
    recognise_path,
    report_text,
    undo_step,
)
from annotator.ui.shell.shell import Shell
from annotator.ui.timers import single_shot
from annotator.ui.widgets.one_work import Failure
from annotator.ui.widgets.report_table import ReportRow, places_of
from annotator.ui.widgets.step_window import StepWindow, shown_button
from annotator.ui.widgets.task_box import gone_text

_WHAT, _HAPPENS, _GO = range(3)
_MEMORY: Final = "import/labels"
# Several choices made one after the other are looked at once.
_REST_MS: Final = 350
_FOUND_AT_ONCE: Final = 50


class _End(Enum):
    """What is to become of an import that is being stopped."""

    UNDO = "undo"
    KEEP = "keep"


class ImportWindow(StepWindow):
    """Brings a dataset into a task, beside the main window.

    Where the project is closed meanwhile, what was written stays as an unfinished step, which is offered to be gone on
    with, kept or undone when the project is opened again.
    """

    def __init__(self, shell: Shell) -> None:
        steps = (tr("What"), tr("What happens"), tr("Go"))
        project = shell.session.project
        super().__init__(shell.window, tr("Import"), steps, shell.runner, shell.calls, uses=project)
        self.setObjectName("importWindow")
        self.setAcceptDrops(True)
        self._project = project
        self._choices = NO_CHOICES
        self._looked: Looked | None = None
        self._report: ImportReport | None = None
        self._is_writing = False
        self._says_gone = False
        self._step: int | None = None
        self._end: _End | None = None
        self._filtering: Work[Any] | None = None
        self._source: Source | None = None
        self._remembered = remembered_labels(ViewMemory(self._project).get(_MEMORY))
        self._shell = shell
        self._wanted: Path | None = None
        self._rest = single_shot(self, _REST_MS, self._look)
        shell.switch.left.connect(self.leave)
        shell.session.opened.connect(self._take_tasks)
        shell.session.changed.connect(self._changed)
        self.build()

    def parts(self) -> Iterator[None]:
        """Make the pages."""
        theme = self._shell.theme
        self.source = ImportSourcePage(theme, self._project.tasks(), self._shell.session.task)
        self.add_step(self.source)
        yield
        self.report = ImportReportPage(theme, self._find_frames)
        yield
        self.add_step(self.report)
        self.outcome = ImportDonePage()
        self.add_step(self.outcome)
        self._connect()

    def begin(self) -> None:
        """Look at the path that was named, if one was."""
        self.go_to(_WHAT)
        self._show_buttons()
        if self._wanted is not None:
            self.show_path(self._wanted)

    def _connect(self) -> None:
        source, report, outcome = self.source, self.report, self.outcome
        self.next.clicked.connect(self._next)
        self.back.clicked.connect(self._go_back)
        self.stop.clicked.connect(self.reject)
        self.idle_changed.connect(self._show_buttons)
        source.path_changed.connect(self._recognise)
        source.changed.connect(self._show_buttons)
        report.label_chosen.connect(self._label_chosen)
        report.frame_chosen.connect(self._frame_chosen)
        report.replace_chosen.connect(self._replace_chosen)
        report.filter_wanted.connect(self._filter)
        report.save_wanted.connect(self._save)
        outcome.go_on.clicked.connect(self._go_on)
        outcome.stop_undo.clicked.connect(partial(self._stop_writing, _End.UNDO))
        outcome.stop_keep.clicked.connect(partial(self._stop_writing, _End.KEEP))
        outcome.undo.clicked.connect(self._undo)
        outcome.save.clicked.connect(self.report.ask_where_to_save)

    def show_path(self, path: Path) -> None:
        """Begin with a path; nothing happens while an import is being written."""
        if not self.is_whole:
            self._wanted = path
        elif not self._is_writing:
            self.go_to(_WHAT)
            self.source.set_path(str(path))
            self._show_buttons()

    # The buttons ------------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        if self.is_gone:
            return
        source = self.source
        shown_button(
            self.back, tr("Back"), visible=self.step == _HAPPENS, enabled=not self._is_writing
        )
        if self.step == _WHAT:
            self._say_if_gone()
            ready = source.chosen_path is not None and source.chosen_format is not None
            ready = ready and source.chosen_task is not None
            shown_button(self.next, tr("Next"), enabled=ready and not self.is_busy)
            shown_button(self.stop, tr("Cancel"))
        elif self.step == _HAPPENS:
            settled = not self.is_busy and not self._rest.isActive() and self._looked is not None
            shown_button(self.next, tr("Import"), enabled=settled and self._brings_anything)
            shown_button(self.stop, tr("Cancel"))
        else:
            asks = self.outcome.go_on.isVisibleTo(self.outcome)
            done = not self.is_busy and not self._is_writing
            shown_button(self.next, tr("Close"), visible=done)
            shown_button(self.stop, tr("Cancel"), visible=self._is_writing, enabled=not asks)

    @property
    def _brings_anything(self) -> bool:
        report = None if self._looked is None else self._looked.plan.report
        return report is not None and bool(report.frames or report.tracks)

    def _next(self) -> None:
        if self.step == _WHAT:
            self._begin_to_look()
        elif self.step == _HAPPENS:
            self._write()
        else:
            self.leave()

    def _go_back(self) -> None:
        self._rest.stop()
        self.drop_work()
        self.say("")
        self.go_to(_WHAT)
        self._show_buttons()

    # The tasks --------------------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        if change.tasks:
            self._take_tasks()
            return
        # Not for each of the frames that a folder being opened brings.
        moved = bool(change.frames - change.marked) and change.author == USER
        if (change.labels or moved) and not self.is_gone and self.step == _HAPPENS:
            self._look_soon()

    def _take_tasks(self) -> None:
        """Offer the tasks that there are now; what was looked at for one that is gone counts no more."""
        if self.is_gone or not self.is_whole:
            return
        self.source.task.show_tasks(self._project.tasks())
        if self.step == _HAPPENS and not self._is_task_there:
            self._go_back()
        self._show_buttons()

    @property
    def _is_task_there(self) -> bool:
        """Whether the task that was looked at is still in the project."""
        return self._source is not None and self.source.task.holds(self._source.task)

    def _say_if_gone(self) -> None:
        gone = self.source.task.gone
        if gone is not None and not self.is_busy:
            self.say(gone_text(gone), "warn")
        elif gone is None and self._says_gone:
            self.say("")
        self._says_gone = gone is not None

    # What -------------------------------------------------------------------------------------------

    def _recognise(self) -> None:
        path = self.source.chosen_path
        self.drop_work()
        self.say("")
        if path is None:
            self.source.show_trouble("")
        else:
            work = partial(recognise_path, path)
            self.start(tr("Recognising the format"), work, self._recognised)

    def _recognised(self, answers: Sequence[Recognised] | Failure | None) -> None:
        if isinstance(answers, Failure):
            self.source.show_trouble(answers.text)
        elif answers is not None:
            self.source.show_answers(answers)

    # What happens -----------------------------------------------------------------------------------

    def _begin_to_look(self) -> None:
        path, format = self.source.chosen_path, self.source.chosen_format
        task = self.source.chosen_task
        if path is None or format is None or task is None or self.is_busy:
            return
        source = Source(path, format, task)
        self._report = None  # an import before is over
        if self._looked is None or self._looked.source != source:
            self._looked = None
            self._choices = ImportChoices(dict(self._remembered))
        self._source = source
        self._look()

    def _look(self) -> None:
        """Read the dataset, with the choices that were made."""
        assert self._source is not None
        work = partial(look, self._project, self._source, self._choices, self._looked)
        self.start(tr("Reading {name}", name=self._source.path.name), work, self._seen)

    def _seen(self, looked: Looked | Failure | None) -> None:
        if isinstance(looked, Failure):
            self.go_to(_WHAT)
            self.source.tell_trouble(looked.text)
        elif looked is not None and self._is_task_there:
            self._looked = looked
            self.report.show_looked(looked)
            self.go_to(_HAPPENS)
        elif looked is None and self._looked is not None:
            # What is shown is what will happen.
            self._choices = self._looked.plan.choices
            self.report.show_looked(self._looked)

    def _label_chosen(self, names: Sequence[str], what: int | str | None) -> None:
        labels = dict(self._choices.labels)
        for name in names:
            if isinstance(what, str):
                labels.pop(name, None)
                self._remembered.pop(name, None)
            else:
                labels[name] = what
        self._decide(replace(self._choices, labels=labels))

    def _frame_chosen(self, key: FrameKey, what: int | str | None) -> None:
        frames = dict(self._choices.frames)
        if isinstance(what, str):
            frames.pop(key, None)
        else:
            frames[key] = what
        self._decide(replace(self._choices, frames=frames))

    def _replace_chosen(self, is_replaced: bool) -> None:
        self._decide(replace(self._choices, replace=is_replaced))

    def _decide(self, choices: ImportChoices) -> None:
        if choices != self._choices:
            self._choices = choices
            self._look_soon()

    def _look_soon(self) -> None:
        """Look anew a moment later: something else would happen now."""
        self.drop_work()
        self._rest.start()
        self._show_buttons()

    def _find_frames(self, text: str) -> Sequence[Frame]:
        if self._looked is None:
            return ()
        names, task = self._looked.names, self._looked.source.task.id
        found = names.positions[names.find(text)[:_FOUND_AT_ONCE]].tolist()
        frames = (self._project.frames(task, after=place - 1, limit=1) for place in found)
        return [one for each in frames for one in each]

    def _filter(self, rows: Sequence[ReportRow], text: str) -> None:
        def search(progress: Progress) -> list[int]:
            progress.checkpoint()
            return places_of(rows, text)

        def then(found: list[int] | Failure | None) -> None:
            if isinstance(found, list):
                self.report.show_filtered(rows, text, found)

        if self.is_busy and self.work is not self._filtering:
            return  # what is being read gives other rows
        self._filtering = self.start(tr("Filtering"), search, then)

    # Go ---------------------------------------------------------------------------------------------

    def _write(self) -> None:
        looked = self._looked
        if looked is None or self.is_busy or self._rest.isActive():
            return
        memory = labels_to_remember(self._remembered, looked.plan.choices.labels)
        ViewMemory(self._project).set(_MEMORY, memory or None)
        self._is_writing, self._end, self._step = True, None, None
        self.outcome.show_running(looked.source.path.name)
        self.go_to(_GO)
        name = tr("Importing {name}", name=looked.source.path.name)
        self.start(name, partial(bring_in, self._project, looked, self._begun), self._written)

    def _begun(self, step: int) -> None:
        # On the thread that imports, before it can end.
        self._step = step

    def _written(self, report: ImportReport | Failure | None) -> None:
        self._is_writing = False
        if isinstance(report, ImportReport):
            self._report = report
            self.outcome.show_report(report)
            self.next.setFocus()
        elif isinstance(report, Failure):
            self.outcome.show_end(tr("Nothing was imported"), report.text, is_bad=True)
        else:
            self._decide_on_rest()

    def _ask_to_stop(self) -> None:
        if self.work is not None:
            self.work.pause()
            self.outcome.ask_to_stop()
            self._show_buttons()

    def _go_on(self) -> None:
        assert self._looked is not None
        self.outcome.show_running(self._looked.source.path.name)
        if self.work is not None:
            self.work.resume()
        self._show_buttons()

    def _stop_writing(self, end: _End) -> None:
        self._end = end
        if self._is_writing and self.work is not None:
            self.outcome.show_running(self._looked.source.path.name if self._looked else "")
            self.work.cancel()
        elif not self.is_busy:
            self._decide_on_rest()

    def _decide_on_rest(self) -> None:
        """Keep or undo what a stopped import has written; where others stopped it, that is asked."""
        step = self._step
        if step is None or not is_unfinished(self._project, step):
            self.outcome.show_end(tr("Nothing was imported"), tr("The import was stopped."))
        elif self._end is _End.KEEP:
            keep = partial(keep_step, self._project, step)
            self.start(tr("Keeping what is there"), keep, self._kept)
        elif self._end is _End.UNDO:
            take_back = partial(undo_step, self._project, step)
            self.start(tr("Taking it back"), take_back, self._undone)
        else:
            self.outcome.ask_what_stays()

    def _kept(self, step: Step | Failure | None) -> None:
        if isinstance(step, Failure):
            self.outcome.show_end(tr("The import was stopped"), step.text, is_bad=True)
        else:
            text = tr("What was imported before is kept. It is one step, which can be undone.")
            self.outcome.show_end(tr("The import was stopped"), text)
            self.next.setFocus()

    def _undo(self) -> None:
        if self._report is not None and self._report.step is not None and not self.is_busy:
            work = partial(undo_step, self._project, self._report.step)
            self.start(tr("Undoing the import"), work, self._undone)

    def _undone(self, step: Step | Failure | None) -> None:
        if isinstance(step, Failure):
            self.outcome.show_end(tr("The import could not be undone"), step.text, is_bad=True)
        elif step is not None:
            text = tr("Everything is as it was before.")
            self.outcome.show_end(tr("The import was undone"), text)
            self.next.setFocus()

    def _save(self, path: str) -> None:
        looked = self._looked
        if looked is None or self._is_writing:
            return
        report = self._report or looked.plan.report

        def save(_progress: Progress) -> str:
            with write_whole(Path(path)) as stream:
                stream.write(report_text(report, looked.source).encode("utf-8", "replace"))
            return path

        self.start(tr("Saving the report"), save, self._saved)

    def _saved(self, path: str | Failure | None) -> None:
        if isinstance(path, Failure):
            self.say(path.text, "bad")
        elif path is not None:
            self.say(tr("The report is in {path}.", path=path))

    # Events -----------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Esc and the button at the window's corner: an import that writes asks first, in place."""
        if self._is_writing:
            self._ask_to_stop()
        else:
            self.leave()

    def leave(self) -> None:
        self._rest.stop()
        super().leave()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self.is_whole and not self._is_writing:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths and not self._is_writing:
            event.acceptProposedAction()
            self.show_path(Path(paths[0]))


def show_import(shell: Shell, path: Path | None = None) -> ImportWindow:
    """Show the window of imports, the one that is open if there is one, with a path if one is given."""
    found: Any = shell.window.findChild(ImportWindow)
    window: ImportWindow = ImportWindow(shell) if found is None or found.is_gone else found
    window.come_to_front()
    if path is not None:
        window.show_path(path)
    return window
