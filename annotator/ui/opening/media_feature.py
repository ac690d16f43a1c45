"""Pictures and tasks of the open project, as a feature of the window."""

from annotator.ui.opening.media_offers import MediaOffers
from annotator.ui.tasks.control import TaskControl
from annotator.ui.window.shell import Shell


def add_to(shell: Shell) -> MediaOffers:
    """Add the commands about tasks and pictures, and what is offered about them."""
    return MediaOffers(shell, TaskControl(shell))
