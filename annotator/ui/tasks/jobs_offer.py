"""Offers to call a job completed once all its frames are done. The program never does so by itself."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QTimer

from annotator import messages
from annotator.messages import Answer, Message
from annotator.project.frames.frame_progress import newly_done
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import Job
from annotator.translation import tr, tr_n
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.shell.message_bar import MessageBar
from annotator.ui.shown.session import Session
from annotator.ui.trying import tried


class TaskJobsOffer(QObject):
    """Watches the frames; says when the last one of a job is marked, with the act as an answer."""

    def __init__(
        self, session: Session, watch: FramesWatch, bar: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = bar
        self._offered: Message | None = None
        session.closed.connect(self._withdraw)
        watch.changed.connect(self._look)

    def _look(self, before: FrameTable | None, after: FrameTable | None) -> None:
        if before is None or after is None or before.task != after.task:
            return
        if not self._session.is_writable or np.array_equal(before.done, after.done):
            return
        # It may hold no more.
        self._withdraw()
        jobs = newly_done(before, after, self._session.project.jobs(after.task))
        if jobs:
            # After what is said of the way to the next frame, which would hide it.
            QTimer.singleShot(0, self, partial(self._offer, jobs))

    def _offer(self, jobs: Sequence[Job]) -> None:
        if not self._session.is_open:
            return
        known = [job.id for job in self._session.project.jobs(self._session.task.id)]
        if len(jobs) > 1:
            text = tr_n(
                "All frames of {count} job are done. Mark it as completed?",
                "All frames of {count} jobs are done. Mark them as completed?",
                len(jobs),
            )
        elif len(known) == 1:
            text = tr("All frames of the task are done. Mark its job as completed?")
        else:
            text = tr(
                "All frames of job {number} are done. Mark it as completed?",
                number=known.index(jobs[0].id) + 1,
            )
        ids = [job.id for job in jobs]
        answer = Answer(tr("Mark as completed"), partial(self._complete, ids))
        self._offered = Message("info", text, (answer,))
        messages.BOARD.say(self._offered)

    def _withdraw(self) -> None:
        if self._offered is not None:
            self._bar.take_back(self._offered)
            self._offered = None

    def _complete(self, job_ids: Sequence[int]) -> None:
        if not self._session.is_writable:
            return
        project, task = self._session.project, self._session.task
        # As they are now: they may have been changed since the question.
        jobs = [job for job in project.jobs(task.id) if job.id in job_ids]

        def change() -> None:
            with project.edit(tr("Mark a job as completed"), task=task.id) as edit:
                for job in jobs:
                    edit.put_job(replace(job, state="completed"))

        tried(change)
