"""The command that opens the window of imports, which is loaded beside the GUI thread when it is asked for."""

from types import ModuleType

from annotator.ui.late_loading import import_beside
from annotator.ui.shell.shell import Shell


def add_to(shell: Shell) -> object:
    """Bind the command."""

    def show() -> None:
        import_beside("annotator.ui.importing.window", shell.calls, then)

    def then(module: ModuleType) -> None:
        if shell.session.is_open:
            module.show_import(shell)

    shell.actions.bind("file.import", show)
    return show
