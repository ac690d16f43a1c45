"""The list of what runs in the background: how far each is, with buttons that pause and stop it."""

from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QProgressBar, QToolButton, QVBoxLayout, QWidget

from annotator.background.progress import ProgressReport
from annotator.background.runner import Work, WorkState
from annotator.translation import tr
from annotator.ui.look.icons import icon
from annotator.ui.look.popup_frame import PopupFrame
from annotator.ui.look.theme import Theme
from annotator.ui.shell.shell import Shell
from annotator.ui.shell.work_texts import left_text, state_text
from annotator.ui.shown.work_watch import EndedWork, WorkWatch
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import column, row, section_head, text_label
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.said_below import said_below

_WIDTH: Final = 420
_BUTTON: Final = 24
_ICON: Final = 13
_NOTHING: Final = ProgressReport("", 0, None, None)


class WorkList(PopupFrame):
    """A popup above the status bar. It stays open while work comes and goes."""

    def __init__(self, theme: Theme, watch: WorkWatch, parent: QWidget) -> None:
        super().__init__(parent, lasts=True)
        self.setAccessibleName(tr("Background work"))
        self._theme = theme
        self._watch = watch
        self._rows: dict[int, _WorkRow] = {}
        self._corner = QPoint()
        self._empty = text_label(
            tr(
                "Nothing runs in the background. Imports, exports and other long work are listed here."
            ),
            "dim",
            wraps=True,
        )
        self._lines: QVBoxLayout = column(self, gap=10)
        self._lines.setContentsMargins(14, 12, 10, 12)
        self._lines.addWidget(section_head(tr("Background work")))
        self._lines.addWidget(self._empty)
        self.setFixedWidth(_WIDTH)
        watch.changed.connect(self._follow)

    def open_above(self, place: QPoint) -> None:
        """Open with the lower right corner at a place on the screen."""
        self._corner = place - QPoint(0, 4)
        self._show()
        self.show()
        self._stay()
        # What has ended has no buttons any more.
        stops = (line.stop for line in self._rows.values() if line.stop.isVisible())
        next(stops, self).setFocus()

    def event(self, event: QEvent) -> bool:
        """Esc is for the list, whatever else it does in the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _follow(self) -> None:
        """Show what has changed; while nobody looks no rows are made."""
        if self.isVisible():
            self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go the rows, and with them the work that ends while nobody looks."""
        super().hideEvent(event)
        for line in self._rows.values():
            line.deleteLater()
        self._rows.clear()

    def _show(self) -> None:
        told: tuple[Work[Any] | EndedWork, ...] = (*self._watch.works, *self._watch.ended)
        works = {work.number: work for work in told}
        for gone in self._rows.keys() - works.keys():
            self._rows.pop(gone).deleteLater()
        for key, work in works.items():
            if key not in self._rows:
                self._rows[key] = line = _WorkRow(self._theme, work)
                self._lines.addWidget(line)
                line.setVisible(True)  # at once, so that its room is known
            self._rows[key].show_state(work)
        self._empty.setVisible(not works)
        if self.isVisible():
            self._stay()

    def _stay(self) -> None:
        """Grow and shrink from the lower right corner."""
        self.adjustSize()
        self.move(self._corner - QPoint(self.width(), self.height()))


class _WorkRow(QWidget):
    """Name, bar, what is left; pause and stop while it goes on, how it ended afterwards."""

    def __init__(self, theme: Theme, work: Work[Any] | EndedWork) -> None:
        super().__init__()
        self._theme = theme
        self._work: Work[Any] | EndedWork = work
        self._shown = ""
        self._name = ElidedLabel(Qt.TextElideMode.ElideMiddle, "")
        self._name.set_full_text(work.name)
        self._name.setToolTip(plain_tip(work.name))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._note = ElidedLabel(Qt.TextElideMode.ElideRight, "dim")
        self.pause = self._button("pause", tr("Pause"), self._toggle)
        self.stop = self._button("close", tr("Stop"), self._cancel)
        left = column(gap=4)
        left.addWidget(self._name)
        left.addWidget(self._bar)
        left.addWidget(self._note)
        line = row(self, gap=4)
        line.addLayout(left, 1)
        line.addWidget(self.pause)
        line.addWidget(self.stop)
        theme.changed.connect(self._recolour)

    def show_state(self, work: Work[Any] | EndedWork) -> None:
        """Show how far the work is, or how it has ended."""
        self._work = work
        state = work.state
        report = _NOTHING if isinstance(work, EndedWork) else work.report
        goes_on = not state.is_final
        paused = state is WorkState.PAUSED
        self.pause.setVisible(goes_on)
        self.stop.setVisible(goes_on)
        self._bar.setVisible(goes_on)
        # A bar that runs to and fro would say that something happens.
        self._bar.setRange(0, report.total or (1 if paused or state is WorkState.WAITING else 0))
        self._bar.setValue(report.done if report.total else 0)
        far = left_text(report.done, report.total, report.seconds_left) if goes_on else ""
        parts = (
            state_text(state),
            said_below(report.text) if goes_on else "",
            "" if paused else far,
        )
        self._note.set_full_text(" · ".join(filter(None, parts)))
        look = "play" if paused else "pause"
        if look != self._shown:
            self._shown = look
            name = tr("Go on") if paused else tr("Pause")
            self.pause.setToolTip(name)
            self.pause.setAccessibleName(f"{name}: {work.name}")
            self._recolour()

    def _toggle(self) -> None:
        work = self._work
        if isinstance(work, EndedWork):
            return  # since the row was painted
        if work.state is WorkState.PAUSED:
            work.resume()
        else:
            work.pause()

    def _cancel(self) -> None:
        if isinstance(self._work, Work):
            self._work.cancel()

    def _button(self, picture: str, name: str, run: Any) -> QToolButton:
        button = QToolButton()
        button.setToolTip(name)
        button.setAccessibleName(f"{name}: {self._work.name}")
        button.setFixedSize(_BUTTON, _BUTTON)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setIcon(icon(picture, self._theme.colours, _ICON))
        button.clicked.connect(partial(_run, run))
        return button

    def _recolour(self) -> None:
        self.pause.setIcon(icon(self._shown or "pause", self._theme.colours, _ICON))
        self.stop.setIcon(icon("close", self._theme.colours, _ICON))


def _run(run: Any, _checked: bool = False) -> None:
    run()


def add_to(shell: Shell) -> object:
    """Add the list behind the status bar's item and the command."""
    state = shell.status.work_state
    works = WorkList(shell.theme, shell.status.watch, shell.window)

    def open_list() -> None:
        corner = state.rect().topRight() if state.isVisible() else QPoint(0, 0)
        anchor = state if state.isVisible() else shell.status
        place = corner if state.isVisible() else shell.status.rect().topRight() - QPoint(12, 0)
        works.open_above(anchor.mapToGlobal(place))

    state.clicked.connect(open_list)
    shell.actions.bind("tools.works", open_list)
    return works
