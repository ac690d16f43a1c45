"""`annotator undo`: takes back a step."""

from annotator.cli.documents import as_it_is_now, step_document
from annotator.cli.options import JsonOption, ProjectArgument, StepOption
from annotator.cli.printing import print_json, print_lines
from annotator.cli.projects import tell_interrupted
from annotator.project.folder import open_for_changing


def run(project: ProjectArgument, step: StepOption = None, as_json: JsonOption = False) -> None:
    """Take back the newest step, whoever made it, or the one named."""
    with open_for_changing(project) as opened:
        if step is None and (newest := opened.newest_step()) is not None:
            step = newest.id
        tell_interrupted(opened, project, besides=step)
        done = as_it_is_now(opened, opened.undo(step))
    if as_json:
        print_json({"undone": step_document(done)})
    else:
        print_lines(f"Undone: {done.title} (step {done.id})")
