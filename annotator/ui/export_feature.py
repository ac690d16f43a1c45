"""The command that opens the window of exports, which is loaded beside the GUI thread when it is asked for."""

from types import ModuleType

from annotator.ui.late_loading import import_beside
from annotator.ui.shell import Shell


def add_to(shell: Shell) -> object:
    """Bind the command."""

    def show() -> None:
        import_beside("annotator.ui.export_window", shell.calls, then)

    def then(module: ModuleType) -> None:
        if shell.session.is_open:
            module.show_export(shell)

    shell.actions.bind("file.export", show)
    return show
