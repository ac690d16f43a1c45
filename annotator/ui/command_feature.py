"""Commands as the person finds and changes them: keys of one's own, and which commands make sense now."""

from annotator.ui.key_control import KeyControl
from annotator.ui.shell import Shell


def add_to(shell: Shell) -> object:
    """Give the actions the person's keys, and let them know what is selected."""
    shell.canvas.selection_changed.connect(
        lambda selection: shell.actions.set_selected(bool(selection))
    )
    return KeyControl(shell)
