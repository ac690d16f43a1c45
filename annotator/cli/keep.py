"""`annotator keep`: keeps a step that was interrupted as far as it came."""

from annotator.cli.documents import as_it_is_now, step_document
from annotator.cli.options import JsonOption, ProjectArgument, StepOption
from annotator.cli.printing import print_json, print_lines
from annotator.cli.projects import tell_interrupted
from annotator.project.errors import ProjectError
from annotator.project.folder import open_for_changing


def run(project: ProjectArgument, step: StepOption = None, as_json: JsonOption = False) -> None:
    """Keep the newest step that was interrupted, or the one named, as far as it came."""
    with open_for_changing(project) as opened:
        if step is None:
            interrupted = opened.interrupted_steps()
            if not interrupted:
                raise ProjectError("No step was interrupted; there is nothing to keep.")
            step = interrupted[0].id
        tell_interrupted(opened, project, besides=step)
        kept = as_it_is_now(opened, opened.keep_step(step))
    if as_json:
        print_json({"kept": step_document(kept)})
    else:
        print_lines(f"Kept: {kept.title} (step {kept.id})")
