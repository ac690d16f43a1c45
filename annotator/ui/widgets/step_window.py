"""A window that leads through a few steps and works beside the main window, with progress in place."""
# ruff: noqa: D102 - Qt explains the events

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QPushButton,
    QStackedWidget,
    QTableView,
    QWidget,
)

from annotator.background.progress import Progress, ProgressReport
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.late_loading import make_piecewise
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.one_work import Failure, OneWork, Stopped
from annotator.ui.widgets.parts import column, progress_bar, push_button, row, text_label
from annotator.ui.widgets.said_below import said_below

T = TypeVar("T")

_SIZE: Final = (960, 680)
_LEAST_SIZE: Final = (640, 460)
_MARGIN: Final = 20
_HEAD: Final = 44
_ANYWHERE: Final = Qt.FindChildOption.FindChildrenRecursively


class StepWindow(QDialog):
    """Pages one after the other, a foot with what goes on and the buttons, and one piece of work at a time.

    It is made by `build`, in the pieces that `parts` gives, and shown when it is whole. uses: what its work uses, see
    `Work`. `idle_changed()` when work begins or ends.
    """

    idle_changed = Signal()

    def __init__(
        self,
        parent: QWidget,
        title: str,
        steps: Sequence[str],
        runner: BackgroundRunner,
        calls: GuiCalls,
        *,
        uses: object | None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(False)
        self.setMinimumSize(*_LEAST_SIZE)
        self.resize(first_size(self, _SIZE))
        self._one = OneWork(runner, calls, self, uses=uses)
        self._one.progressed.connect(self._show_progress)
        self._is_gone = False
        self.is_whole = False
        self.pages = QStackedWidget()
        self._marks = [
            text_label(f"{place}  {name}", "step") for place, name in enumerate(steps, 1)
        ]
        self.state = ElidedText()
        self.state.setAccessibleName(tr("What goes on"))
        self.bar = progress_bar(keeps_room=True)
        self.back = push_button(tr("Back"))
        self.stop = push_button(tr("Cancel"))
        self.next = push_button(tr("Next"), "primary")
        for button in (self.back, self.stop):
            button.setAutoDefault(False)
        self.next.setDefault(True)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("bar")
        head.setFixedHeight(_HEAD)
        marks = row(head, gap=24)
        marks.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        for mark in self._marks:
            marks.addWidget(mark)
        marks.addStretch(1)
        told = column(gap=4)
        told.addWidget(self.state)
        told.addWidget(self.bar)
        foot = row(gap=8)
        foot.setContentsMargins(_MARGIN, 8, _MARGIN, 12)
        foot.addLayout(told, 1)
        foot.addSpacing(12)
        for button in (self.back, self.stop, self.next):
            foot.addWidget(button)
        lines = column(self, gap=0)
        lines.addWidget(head)
        lines.addWidget(self.pages, 1)
        lines.addLayout(foot)

    # Making -----------------------------------------------------------------------------------------

    def parts(self) -> Iterator[None]:
        """Make the pages, a piece with each step; the window is whole afterwards."""
        raise NotImplementedError

    def begin(self) -> None:
        """Do what comes first, once the window is whole."""
        raise NotImplementedError

    def build(self) -> None:
        """Make the window piece by piece, so that the main window answers in between, and show it."""
        make_piecewise(self, self.parts(), self._built)

    def _built(self) -> None:
        if not self._is_gone:
            self.is_whole = True
            self.begin()
            self.show()

    # Steps ------------------------------------------------------------------------------------------

    def add_step(self, page: QWidget) -> None:
        """Add the page of the next step."""
        holder = QWidget()
        lines = column(holder, gap=0)
        lines.setContentsMargins(_MARGIN, 16, _MARGIN, 8)
        lines.addWidget(page)
        self.pages.addWidget(holder)

    @property
    def step(self) -> int:
        """The place of the step that is shown, from 0."""
        return self.pages.currentIndex()

    def go_to(self, step: int) -> None:
        """Show a step."""
        self.pages.setCurrentIndex(step)
        for place, mark in enumerate(self._marks):
            mark.setObjectName("stepNow" if place == step else "step")
            mark.style().polish(mark)
        # Else a button of the foot keeps it, and Enter would press that.
        page = self.pages.currentWidget()
        assert page is not None, "a window has at least one step"
        first = page.findChild(QTableView, options=_ANYWHERE)
        if first is not None and not page.isAncestorOf(self.focusWidget()):
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    # Work -------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether work goes on."""
        return self._one.is_busy

    def start(
        self,
        name: str,
        function: Callable[[Progress], T],
        then: Callable[[T | Failure | None], None],
    ) -> Work[T]:
        """Do something beside the GUI thread, in place of what goes on; see `OneWork.start`.

        then: given None where it was stopped.
        """
        work = self._one.start(name, function, partial(self._ended, then))
        self.say(f"{name} …")
        self.bar.setRange(0, 0)
        self.bar.show()
        self.idle_changed.emit()
        return work

    def drop_work(self) -> None:
        """Stop what goes on, and hear no more of it."""
        if self._one.is_busy:
            self._one.drop()
            self.bar.hide()

    @property
    def work(self) -> Work[Any] | None:
        """What goes on."""
        return self._one.work

    def _ended(
        self, then: Callable[[T | Failure | None], None], found: T | Failure | Stopped
    ) -> None:
        self.bar.hide()
        self.say("")
        then(None if isinstance(found, Stopped) else found)
        self.idle_changed.emit()

    def _show_progress(self, report: ProgressReport) -> None:
        self.bar.setRange(0, report.total or 0)
        self.bar.setValue(report.done)
        if report.text and self.work is not None and self.work.state is not WorkState.PAUSED:
            self.say(progress_text(report))

    def say(self, text: str, look: str = "dim") -> None:
        """Tell something beside the buttons."""
        self.state.setObjectName(look)
        self.state.style().polish(self.state)
        self.state.say(text)

    def come_to_front(self) -> None:
        """Show the window in front of others, unless it is just being made."""
        if self.isVisible():
            self.raise_()
            self.activateWindow()

    # Closing ----------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Close at once, whatever goes on; what that leaves is decided by the work."""
        self._one.close()
        self.bar.hide()
        self._is_gone = True
        self.done(QDialog.DialogCode.Rejected)
        self.deleteLater()  # one that was never shown would stay

    @property
    def is_gone(self) -> bool:
        """Whether the window was closed; what Qt still holds of it is not to be touched."""
        return self._is_gone

    def closeEvent(self, event: QEvent) -> None:
        """Close as Esc does, which a window may refuse."""
        if self._is_gone:
            event.accept()
        else:
            event.ignore()
            self.reject()

    def reject(self) -> None:
        self.leave()


def shown_button(
    button: QPushButton, text: str, *, visible: bool = True, enabled: bool = True
) -> None:
    """Let a button of the foot say and be what the step needs."""
    button.setText(text)
    button.setVisible(visible)
    button.setEnabled(enabled)


def progress_text(report: ProgressReport) -> str:
    """Return how far work is, and how long it still takes."""
    parts = [said_below(report.text)]
    if report.total:
        parts.append(f"{in_digits(report.done)} / {in_digits(report.total)}")
    elif report.done:
        parts.append(in_digits(report.done))
    if report.seconds_left is not None and report.seconds_left >= 1:
        seconds = round(report.seconds_left)
        if seconds < 120:
            parts.append(tr_n("{count} second left", "{count} seconds left", seconds))
        else:
            parts.append(tr_n("{count} minute left", "{count} minutes left", round(seconds / 60)))
    return " · ".join(parts)
