"""The card of the tour, at the lower left of the canvas: small, because it covers some of the picture."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from annotator.translation import tr
from annotator.ui.demo.tour_steps import STEPS, StepId, TourState
from annotator.ui.look.icons import icon, icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH: Final = 296
_MARGIN: Final = 12
_MARK: Final = 14
_DOT: Final = 8
_MOVING: Final = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class TourCard(QFrame):
    """Shows a mark for each step, and what to do for the current one. It takes no focus by itself.

    titles, hints: of each step. bar: what floats at the lower edge at times; the card goes above it. Signals:
    `skipped()` for the current step, `closed()`.
    """

    skipped = Signal()
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        titles: Mapping[StepId, str],
        hints: Mapping[StepId, str],
        parent: QWidget,
        bar: QWidget,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self.setObjectName("card")
        self._theme = theme
        self._titles, self._hints = titles, hints
        self._state = TourState()
        self._marks = {step: QLabel() for step in STEPS}
        self._title = text_label("", "strong")
        self._hint = text_label("", "dim", wraps=True)
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close the tour"))
        self._close.setToolTip(tr("Close the tour for good"))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setFixedSize(26, 26)
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.closed)
        self._skip = push_button("", "link")
        self._skip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._skip.clicked.connect(self._pressed)
        self._lay_out()
        for one in (parent, bar):
            one.installEventFilter(self)
        theme.changed.connect(self._show_state)
        self.hide()

    def show_state(self, state: TourState) -> None:
        """Show how far the tour is."""
        self._state = state
        self._show_state()
        self.show()
        self._place()
        self.raise_()

    def show_hints(self, hints: Mapping[StepId, str]) -> None:
        """Say what is to be done in other words: commands have other keys."""
        self._hints = hints
        self._show_state()

    @property
    def hint(self) -> str:
        """What it says is to be done."""
        return self._hint.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the canvas changes its size, and above the bar while that is there."""
        if event.type() in _MOVING:
            self._place()
        return super().eventFilter(watched, event)

    def _pressed(self) -> None:
        (self.closed if self._state.current is None else self.skipped).emit()

    def _lay_out(self) -> None:
        lines = column(self, gap=2)
        lines.setContentsMargins(14, 6, 6, 8)
        head = row(gap=4)
        for mark in self._marks.values():
            mark.setFixedSize(_MARK + 2, _MARK + 2)
            mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
            head.addWidget(mark)
        head.addSpacing(6)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        lines.addLayout(head)
        foot = row(gap=8)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._skip, 0, Qt.AlignmentFlag.AlignBottom)
        lines.addLayout(foot)
        self.setFixedWidth(_WIDTH)

    def _show_state(self) -> None:
        current = self._state.current
        self._close.setIcon(icon("close", self._theme.colours, _MARK))
        for step in STEPS:
            self._show_mark(step)
        if current is None:
            self._title.setText(tr("End of the tour"))
            self._hint.setText(tr("That is all there is to it. Everything can be undone."))
            self._skip.setText(tr("Close"))
        else:
            self._title.setText(self._titles[current])
            self._hint.setText(self._hints[current])
            self._skip.setText(tr("Skip"))
        self.setAccessibleName(tr("Tour: {step}", step=self._title.text()))
        self._place()

    def _show_mark(self, step: StepId) -> None:
        state, colours, title = self._state, self._theme.colours, self._titles[step]
        if step in state.done:
            name, colour, size = "check", colours.good, _MARK
            text = tr("{step}: done", step=title)
        elif step == state.current:
            name, colour, size = "dot", colours.accent, _DOT
            text = tr("{step}: now", step=title)
        else:
            name, colour, size = "dot", colours.faint, _DOT - 2
            text = tr("{step}: skipped", step=title) if step in state.skipped else title
        mark = self._marks[step]
        mark.setPixmap(icon_pixmap(name, colour, size, self.devicePixelRatioF()))
        mark.setAccessibleName(text)
        mark.setToolTip(text)

    def _place(self) -> None:
        room = self.parentWidget()
        lines = self.layout()
        if room is None or lines is None or not self.isVisible():
            return
        lines.activate()
        self.resize(_WIDTH, lines.heightForWidth(_WIDTH))
        floor = room.height()
        if self._bar.isVisible():
            corner = self._bar.mapTo(room.window(), QPoint()) - room.mapTo(room.window(), QPoint())
            if corner.x() < _MARGIN + _WIDTH:
                floor = corner.y()
        self.move(_MARGIN, max(_MARGIN, floor - self.height() - _MARGIN))
