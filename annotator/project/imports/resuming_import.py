"""Going on with an import that was interrupted."""

import os
from functools import partial
from pathlib import Path

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.formats.dataset import Dataset
from annotator.project.errors import ProjectError
from annotator.project.imports.choices import ImportChoices
from annotator.project.imports.groups import Groups
from annotator.project.imports.importing import ImportReport, plan_import, write_import
from annotator.project.imports.sizes import open_for_import
from annotator.project.imports.source import fingerprint, frames_fingerprint
from annotator.project.imports.stored_import import CHANGED, stored_parts
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.storage.memos import ImportMemo


def resume_import(
    project: Project, step_id: int, memo: ImportMemo, progress: Progress = NO_PROGRESS
) -> ImportReport:
    """Go on with an import that was interrupted, and return what it did as a whole.

    The dataset is streamed again, and what is stored of it is passed over; what was deleted of that since stays
    deleted. Raises ProjectError where the dataset or the frames of the task are not as they were. The step
    stays interrupted then, and also where this is cancelled or fails.
    """
    task = _unchanged_task(project, memo)
    dataset = _opened_again(project, memo, task, progress)
    choices = ImportChoices(memo.labels, dict(memo.frames), memo.replace)
    plan = plan_import(project, dataset, task, progress, choices=choices)
    with project.resumed_step(step_id) as step:
        stored = project.ask(partial(stored_parts, step=step_id))
        groups = Groups(memo.first_group, go_on_at=project.highest_group() + 1)
        return write_import(project, plan, step, stored, groups, progress)


def _unchanged_task(project: Project, memo: ImportMemo) -> Task:
    task = next((one for one in project.tasks() if one.id == memo.task), None)
    if task is None or frames_fingerprint(project.frames(task.id)) != memo.frames_fingerprint:
        raise ProjectError(
            "The frames of the task have changed since the import began, so it cannot go on. Undo it, or keep"
            " it as it is, and import the dataset anew."
        )
    return task


def _opened_again(project: Project, memo: ImportMemo, task: Task, progress: Progress) -> Dataset:
    from annotator.formats.builtin import FORMATS

    path = Path(memo.path)
    if not os.path.exists(path):
        raise ProjectError(
            f"{path} is gone, so the import cannot go on. Put it back, or undo the import or keep it."
        )
    if fingerprint(path, progress) != memo.fingerprint:
        raise ProjectError(CHANGED)
    return open_for_import(project, FORMATS[memo.format], path, task, progress)
