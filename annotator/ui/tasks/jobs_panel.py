"""The jobs of the task: which frames each has, how far it is, and what a person says of it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStackedLayout,
    QStyleOptionViewItem,
    QWidget,
)

from annotator import messages
from annotator.project.organisation import JOB_STATES, STAGES, Job
from annotator.project.storage.changes import Change
from annotator.project.tasks.job_ranges import following, job_at, put_joined, put_split, split_at
from annotator.translation import tr
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session
from annotator.ui.tasks.jobs_model import JOB_ROLE, JobRow, TaskJobsModel
from annotator.ui.tasks.jobs_names import stage_name, state_name
from annotator.ui.trying import tried
from annotator.ui.widgets.boxes import let_go_items
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.row_delegate import RowDelegate

_PADDING: Final = 12
_HEIGHT: Final = 52
_BAR: Final = 3
# Of 255: how much of the groove behind the bar is seen.
_GROOVE: Final = 80
_Index = QModelIndex | QPersistentModelIndex


class TaskJobsPanel(QWidget):
    """The list of jobs, and below it what is said of the chosen one. What is not seen is not kept up to date."""

    def __init__(
        self, session: Session, watch: FramesWatch, navigation: FrameNavigation, theme: Theme
    ) -> None:
        super().__init__()
        self._session = session
        self._watch = watch
        self._navigation = navigation
        self.rows = TaskJobsModel(self)
        self.list = QListView()
        self.list.setObjectName("rows")
        self.list.setAccessibleName(tr("Jobs of the task"))
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_JobDelegate(theme, self._is_shown, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stage, self.state = QComboBox(), QComboBox()
        for stage in STAGES:
            self.stage.addItem(stage_name(stage), stage)
        for state in JOB_STATES:
            self.state.addItem(state_name(state), state)
        self.assignee = QLineEdit()
        self.assignee.setPlaceholderText(tr("Nobody"))
        self.split, self.join = push_button(tr("Split")), push_button(tr("Join with the next"))
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.activated.connect(self._go)
        self.stage.activated.connect(self._say)
        self.state.activated.connect(self._say)
        self.assignee.editingFinished.connect(self._say)
        self.join.clicked.connect(self._join)
        watch.changed.connect(self._fill)
        session.opened.connect(self._fill)
        session.changed.connect(self._project_changed)
        session.frame_changed.connect(self._follow)
        self._show_chosen()

    def showEvent(self, event: QShowEvent) -> None:
        """What was not seen was not followed."""
        super().showEvent(event)
        self._fill()
        self._follow()

    def _lay_out(self) -> None:
        empty = text_label(
            tr("The jobs of the task are listed here. A task begins with one that has all frames."),
            "dim",
            wraps=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(_PADDING, 12, _PADDING, 12)
        menu = QMenu(self.split)
        self.split_here = menu.addAction(tr("At the shown frame"))
        self.split_evenly = menu.addAction(tr("Into jobs of equal length…"))
        self.split_here.triggered.connect(self.split_at_shown)
        self.split_evenly.triggered.connect(self._ask_split)
        self.split.setMenu(menu)
        form = QFormLayout()
        form.setContentsMargins(_PADDING, 10, _PADDING, 10)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in (
            (tr("Stage"), self.stage), (tr("State"), self.state), (tr("Assignee"), self.assignee),
        ):  # fmt: skip
            field.setAccessibleName(title)
            if isinstance(field, QComboBox):
                field.view().setAccessibleName(title)
            form.addRow(text_label(title, "dim"), field)
        buttons = row(gap=8)
        buttons.addWidget(self.split, 1)
        buttons.addWidget(self.join, 1)
        form.addRow(buttons)
        self._foot = QWidget()
        self._foot.setLayout(form)
        let_go_items(form)
        self._pile = QStackedLayout()
        whole = column(self, gap=0)
        whole.addLayout(self._pile, 1)
        whole.addWidget(self._foot)
        self._pile.addWidget(self.list)
        self._pile.addWidget(empty)

    # What is shown ------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Job | None:
        """The job that is chosen in the list."""
        found = self.rows.job_row(self.list.currentIndex().row())
        return None if found is None else found.job

    def _project_changed(self, change: Change) -> None:
        if change.jobs:
            self._fill()

    def _fill(self, _before: object = None, _after: object = None) -> None:
        if not self.isVisible() and self._session.is_open:
            return
        chosen = self.chosen
        is_open = self._session.is_open
        jobs = self._session.project.jobs(self._session.task.id) if is_open else []
        self.rows.show(jobs, self._watch.table)
        place = None if chosen is None else self.rows.place_of(chosen.id)
        if self.rows.rowCount() and self.list.currentIndex().row() != (place or 0):
            self.list.setCurrentIndex(self.rows.index(place or 0))
        self._pile.setCurrentIndex(0 if self.rows.rowCount() else 1)
        self._show_chosen()

    def _follow(self) -> None:
        """Choose the job that the shown frame is in."""
        frame = self._session.frame if self._session.is_open else None
        if frame is None or not self.isVisible():
            return
        job = job_at(self.rows.jobs, frame.position)
        place = None if job is None else self.rows.place_of(job.id)
        if place is not None:
            self.list.setCurrentIndex(self.rows.index(place))
        self.list.viewport().update()

    def _is_shown(self, job: Job) -> bool:
        frame = self._session.frame if self._session.is_open else None
        return frame is not None and job_at((job,), frame.position) is not None

    def _choose(self, _now: QModelIndex, before: QModelIndex) -> None:
        """Show another job; what is being typed belongs to the one before."""
        left = self.rows.job_row(before.row())
        if left is not None and self.assignee.isModified() and self._session.is_writable:
            self.assignee.setModified(False)
            self._do(partial(self._put, replace(left.job, assignee=self.assignee.text().strip())))
        self._show_chosen()

    def _show_chosen(self) -> None:
        job = self.chosen
        self._foot.setVisible(job is not None)
        if job is None:
            return
        self.stage.setCurrentIndex(STAGES.index(job.stage))
        self.state.setCurrentIndex(JOB_STATES.index(job.state))
        if not self.assignee.isModified() or not self.assignee.hasFocus():
            self.assignee.setText(job.assignee)
        writable = self._session.is_writable
        for field in (self.stage, self.state, self.assignee, self.split):
            field.setEnabled(writable)
        self.join.setEnabled(writable and following(self.rows.jobs, job) is not None)

    def _go(self, index: QModelIndex) -> None:
        """Go to the first frame of a job that is not done, else to its first one."""
        found, table = self.rows.job_row(index.row()), self._watch.table
        if found is None or table is None or not found.progress.frames:
            return
        rows = table.rows_of(found.job)
        still_open = (~table.done[rows]).argmax()
        self._navigation.go_to_id(int(table.ids[rows][still_open]))

    # What is changed ----------------------------------------------------------------------------------

    def commit(self) -> None:
        """Store an assignee that was typed and not finished."""
        if self.assignee.isModified():
            self._say()

    def _say(self, _chosen: object = None) -> None:
        """Store what the fields say of the chosen job."""
        job = self.chosen
        if job is None or not self._session.is_writable:
            return
        said = replace(
            job,
            stage=self.stage.currentData(),
            state=self.state.currentData(),
            assignee=self.assignee.text().strip(),
        )
        self.assignee.setModified(False)
        if said != job:
            self._do(partial(self._put, said))

    def _put(self, job: Job) -> None:
        with self._session.project.edit(tr("Change a job"), task=job.task) as edit:
            edit.put_job(job)

    def split_at_shown(self) -> None:
        """Split the job of the shown frame, so that the second half begins with that frame."""
        frame, table = self._session.frame, self._watch.table
        if frame is None or table is None:
            return
        project = self._session.project
        job = job_at(project.jobs(frame.task), frame.position)
        if job is None:
            messages.info(tr("The shown frame is in no job."))
            return
        self._do(lambda: put_split(project, job, split_at(table, job, frame.position)))

    def _ask_split(self) -> None:
        from annotator.ui.tasks.jobs_split_dialog import SplitJobDialog

        job, table = self.chosen, self._watch.table
        if job is None or table is None:
            return
        rows = table.rows_of(job)
        if rows.stop - rows.start < 2:
            messages.info(tr("A job of one frame cannot be split."))
            return
        dialog = SplitJobDialog(self, rows.stop - rows.start)
        dialog.chosen.connect(partial(self._split_evenly, job))
        self._session.closed.connect(dialog.reject)
        dialog.open()

    def _split_evenly(self, job: Job, frames: int) -> None:
        from annotator.project.tasks.job_ranges import split_evenly

        table = self._watch.table
        if table is not None and self._session.is_writable:
            project = self._session.project
            self._do(lambda: put_split(project, job, split_evenly(table, job, frames)))

    def _join(self) -> None:
        job = self.chosen
        second = None if job is None else following(self.rows.jobs, job)
        if job is not None and second is not None:
            has_focus = self.join.hasFocus()
            self._do(lambda: put_joined(self._session.project, job, second))
            if has_focus and not self.join.isEnabled():
                # Qt would give its keys to whatever comes next in the window.
                self.list.setFocus()

    def _do(self, act: Callable[[], Any]) -> None:
        tried(act)
        self._show_chosen()


class _JobDelegate(RowDelegate):
    """A job: its number and frames, how many are done with a bar, and what is said of it."""

    height = _HEIGHT

    def __init__(
        self, theme: Theme, is_shown: Callable[[Job], bool], parent: QAbstractItemView
    ) -> None:
        super().__init__(theme, parent)
        self._is_shown = is_shown

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        found: JobRow | None = index.data(JOB_ROLE)
        if found is None:
            return
        colours = self._theme.colours
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, option)
        inner = rect.adjusted(_PADDING, 6, -_PADDING, -6)
        upper = QRect(inner.left(), inner.top(), inner.width(), 18)
        lower = QRect(inner.left(), inner.top() + 18, inner.width(), 16)
        font = number_font(option.font)
        strong = QFont(font)
        if self._is_shown(found.job):
            strong.setWeight(QFont.Weight.DemiBold)
        width = _text(painter, font, colours.dim, found.progress_text, upper, right=True)
        upper.setRight(upper.right() - width - 12)
        _text(painter, strong, colours.text, found.title, upper)
        _text(painter, font, colours.dim, found.details, lower)
        ground = QRectF(inner.left(), rect.bottom() - 8, inner.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QColor(colours.faint)
        groove.setAlpha(_GROOVE)  # seen on the ground of a selected row, too
        painter.setBrush(groove)
        painter.drawRoundedRect(ground, _BAR / 2, _BAR / 2)
        share = found.progress.done / max(1, found.progress.frames)
        if share:
            ground.setWidth(max(_BAR, ground.width() * share))
            painter.setBrush(QColor(colours.good if share == 1 else colours.accent))
            painter.drawRoundedRect(ground, _BAR / 2, _BAR / 2)
        painter.restore()


def _text(
    painter: QPainter, font: QFont, colour: str, text: str, rect: QRect, *, right: bool = False
) -> int:
    """Draw a line of text, shortened to its place; return the width it takes."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return int(metrics.horizontalAdvance(shown))
