"""`annotator resume`: goes on with an import or a restore that was interrupted."""

from typing import Final

import typer

from annotator.cli.documents import as_it_is_now, step_document
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.import_dataset import import_document, show_import
from annotator.cli.options import JsonOption, ProjectArgument, StepOption
from annotator.cli.printing import print_json, print_lines
from annotator.cli.projects import tell_interrupted
from annotator.cli.working import working
from annotator.project.errors import ProjectError
from annotator.project.folder import open_for_changing
from annotator.project.imports.resuming import can_resume, resume_step
from annotator.project.project import Project
from annotator.project.storage.history import Step

_LEFT: Final = "what was written so far is in the project. Give the same command again to go on"


def run(project: ProjectArgument, step: StepOption = None, as_json: JsonOption = False) -> None:
    """Go on with the newest import or restore that was interrupted, or the one named.

    An import ends with 3 where something of the dataset was left out.
    """
    with open_for_changing(project) as opened, working(_LEFT) as progress:
        chosen = _newest(opened).id if step is None else step
        tell_interrupted(opened, project, besides=chosen)
        report = resume_step(opened, chosen, progress)
        done = as_it_is_now(opened, _step(opened, chosen))
    if as_json:
        document = {} if report is None else {"import": import_document(report)}
        print_json({"resumed": step_document(done)} | document)
    elif report is None:
        print_lines(f"Completed: {done.title} (step {done.id})")
    else:
        show_import(report)
    if report is not None and not report.is_complete:
        raise typer.Exit(SKIPPED)


def _newest(project: Project) -> Step:
    found = next((one for one in project.interrupted_steps() if can_resume(project, one)), None)
    if found is None:
        raise ProjectError("No import or restore was interrupted; there is nothing to go on with.")
    return found


def _step(project: Project, step_id: int) -> Step:
    return project.history(before=step_id + 1, limit=1)[0]
