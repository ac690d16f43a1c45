"""The stages and states of jobs as words in the person's language."""

from annotator.project.organisation import Job, JobState, Stage
from annotator.translation import tr


def stage_name(stage: Stage) -> str:
    """Return the name of a stage."""
    match stage:
        case "annotation":
            return tr("annotation")
        case "validation":
            return tr("validation")
        case "acceptance":
            return tr("acceptance")


def state_name(state: JobState) -> str:
    """Return the name of a state."""
    match state:
        case "new":
            return tr("new")
        case "in progress":
            return tr("in progress")
        case "rejected":
            return tr("rejected")
        case "completed":
            return tr("completed")


def job_text(job: Job) -> str:
    """Return what is said of a job, in a few words."""
    words = [stage_name(job.stage), state_name(job.state), job.assignee]
    return " · ".join(filter(None, words))
