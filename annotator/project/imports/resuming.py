"""Going on with a step that was interrupted: an import, or a restore."""

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.copies.restoring import resume_restore
from annotator.project.errors import ProjectError
from annotator.project.imports.importing import ImportReport
from annotator.project.imports.resuming_import import resume_import
from annotator.project.project import Project
from annotator.project.storage.history import Step
from annotator.project.storage.memos import ImportMemo, RestoreMemo


def can_resume(project: Project, step: Step) -> bool:
    """Whether an interrupted step can be gone on with; that it works then is only seen when it is tried."""
    return not step.is_sealed and project.memo_of(step.id) is not None


def resume_step(
    project: Project, step_id: int, progress: Progress = NO_PROGRESS
) -> ImportReport | None:
    """Go on with an interrupted step; return what an import did, None for a restore.

    Raises ProjectError where that is not possible, after which the step is still interrupted.
    """
    match project.memo_of(step_id):
        case ImportMemo() as memo:
            return resume_import(project, step_id, memo, progress)
        case RestoreMemo() as memo:
            resume_restore(project, step_id, memo, progress)
            return None
    raise ProjectError(
        f"Step {step_id} cannot be gone on with: only imports and restores can. Keep it, or undo it."
    )
