"""The command that opens the window of imports, which is loaded when it is asked for."""

from annotator.ui.shell import Shell


def add_to(shell: Shell) -> object:
    """Bind the command."""

    def show() -> None:
        from annotator.ui.import_window import show_import

        show_import(shell)

    shell.actions.bind("file.import", show)
    return show
