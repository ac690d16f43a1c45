"""What is said when a project was opened."""

from annotator import messages
from annotator.translation import tr
from annotator.ui.shown.opening import Opened


def greet(opened: Opened) -> None:
    """Tell what the user should know of a project before working on it."""
    for problem in opened.problems:
        messages.warning(problem)
    if not opened.project.is_writable:
        reason = opened.project.read_only_reason
        messages.warning(tr("This project can only be looked at. {reason}", reason=reason))
