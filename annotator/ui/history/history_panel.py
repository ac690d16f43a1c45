"""The history: every step of the project, which can be undone here one by one, whoever made it."""

from pathlib import PurePosixPath
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedLayout,
    QStyleOptionViewItem,
    QWidget,
)

from annotator.project.media.filling import SET_UP
from annotator.project.storage.history import Step
from annotator.project.storage.store import USER
from annotator.translation import tr
from annotator.ui.history.history_model import (
    FRAME_ROLE,
    STEP_ROLE,
    HistoryModel,
    state_text,
    time_text,
)
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.shell.shell import Shell
from annotator.ui.shell.undo import UndoControl
from annotator.ui.shown.session import Session
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.row_delegate import RowDelegate
from annotator.ui.widgets.said_below import said_below

_PADDING: Final = 12
_GAP: Final = 8
# A name of a frame in less room would say nothing.
_LEAST_NAME: Final = 40
_Index = QModelIndex | QPersistentModelIndex


class HistoryPanel(QWidget):
    """The list of steps, and a button that takes the chosen one back or does it again."""

    def __init__(self, session: Session, undo: UndoControl, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._undo = undo
        self.rows = HistoryModel(session, self)
        self.list = QListView()
        self.list.setObjectName("rows")
        self.list.setAccessibleName(tr("Steps, the newest first"))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_StepDelegate(theme, self.list))
        self.button = push_button(tr("Undo this step"))
        self.button.clicked.connect(self._revert)
        self.list.activated.connect(self._revert)
        self.list.selectionModel().currentChanged.connect(self._show_button)
        empty = text_label(
            tr("Each change of the project is listed here and can be undone."), "dim", wraps=True
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(_PADDING, 12, _PADDING, 12)
        self._pile = QStackedLayout()
        whole = column(self, gap=0)
        whole.addLayout(self._pile, 1)
        # Once it has a parent: before, it shows its first widget as a window, which takes the keys from the main one.
        self._pile.addWidget(self.list)
        self._pile.addWidget(empty)
        foot = row(gap=8)
        foot.setContentsMargins(_PADDING, 8, _PADDING, 8)
        foot.addWidget(self.button)
        foot.addStretch(1)
        whole.addLayout(foot)
        session.opened.connect(self._fill)
        session.closed.connect(self._fill)
        session.changed.connect(self._fill)
        self._show_button()

    def showEvent(self, event: QShowEvent) -> None:
        """What was not seen was not read."""
        super().showEvent(event)
        self._fill()

    def _fill(self, _change: object = None) -> None:
        if self.isVisible() or not self._session.is_open:
            chosen = self._chosen
            self.rows.fill()
            place = None if chosen is None else self.rows.row_of(chosen.id)
            if place is not None:
                self.list.setCurrentIndex(self.rows.index(place))
            self._pile.setCurrentIndex(0 if self.rows.rowCount() else 1)
            self._show_button()

    @property
    def _chosen(self) -> Step | None:
        index = self.list.currentIndex()
        return self.rows.step_at(index.row()) if index.isValid() else None

    def _revert(self) -> None:
        step = self._chosen
        if step is None or not self.button.isEnabled():
            return
        if step.state == "undone":
            self._undo.redo_step(step)
        else:
            self._undo.undo_step(step)

    def _show_button(self) -> None:
        step = self._chosen
        undone = step is not None and step.state == "undone"
        self.button.setText(tr("Redo this step") if undone else tr("Undo this step"))
        self.button.setEnabled(
            step is not None
            and self._session.is_writable
            and not step.is_sealed
            and step.state in ("complete", "undone", "open")
        )


class _StepDelegate(RowDelegate):
    """A row: what was done, on which frame, by whom where it was not the user, and when; faint where it is undone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        step: Step | None = index.data(STEP_ROLE)
        if step is None:
            return
        colours = self._theme.colours
        rect: QRect = option.rect
        painter.save()
        self.paint_ground(painter, option)
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        done = step.state == "complete"
        painter.setFont(number_font(option.font))
        metrics = painter.fontMetrics()
        note = " · ".join(filter(None, (state_text(step), _author(step), time_text(step))))
        width = metrics.horizontalAdvance(note)
        painter.setPen(QColor(colours.faint))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, side, note)
        inner.setRight(inner.right() - width - 12)
        painter.setPen(QColor(colours.text if done else colours.faint))
        title = metrics.elidedText(
            said_below(step.title), Qt.TextElideMode.ElideRight, inner.width()
        )
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, side, title)
        inner.setLeft(inner.left() + metrics.horizontalAdvance(title) + _GAP)
        frame = PurePosixPath(index.data(FRAME_ROLE)).name
        if inner.width() >= _LEAST_NAME:
            painter.setPen(QColor(colours.dim if done else colours.faint))
            shown = metrics.elidedText(frame, Qt.TextElideMode.ElideMiddle, inner.width())
            painter.drawText(inner, side, shown)
        painter.restore()


def _author(step: Step) -> str:
    """Who made a step: nobody is named for the user; a model has the name that it has."""
    known = {USER: "", SET_UP: tr("set-up"), "script": tr("script")}
    return known.get(step.author, step.author)


def add_to(shell: Shell) -> object:
    """Add the dock of the history."""
    panel = HistoryPanel(shell.session, shell.undo, shell.theme)
    shell.docks.add("history", tr("History"), panel, tab_with="properties", shown=False)
    return panel
