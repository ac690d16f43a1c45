"""Pictures and tasks of the open project, as a feature of the window."""

from annotator.ui.media_offers import MediaOffers
from annotator.ui.shell import Shell
from annotator.ui.task_control import TaskControl


def add_to(shell: Shell) -> MediaOffers:
    """Add the commands about tasks and pictures, and what is offered about them."""
    return MediaOffers(shell, TaskControl(shell))
