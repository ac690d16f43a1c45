"""Hiding, locking and marking what is selected, as commands of the window."""

from annotator.ui.objects.acts import toggle_hidden, toggle_locked, toggle_occluded
from annotator.ui.shell.shell import Shell


def add_to(shell: Shell) -> object:
    """Bind the commands, and let the canvas see what is hidden and locked."""
    document, canvas, bind = shell.document, shell.canvas, shell.actions.bind
    visibility = document.visibility
    visibility.changed.connect(lambda: canvas.show_visibility(visibility))
    canvas.show_visibility(visibility)
    bind("object.occluded", lambda: toggle_occluded(document, canvas.selection))
    bind("object.lock", lambda: toggle_locked(document, canvas.selection))
    bind("object.hide", lambda: toggle_hidden(document, canvas.selection))
    bind("object.lock_all", visibility.toggle_all_locked)
    bind("object.hide_all", visibility.toggle_all_hidden)
    return visibility
