"""The command that opens the window of exports, which is loaded when it is asked for."""

from annotator.ui.shell import Shell


def add_to(shell: Shell) -> object:
    """Bind the command."""

    def show() -> None:
        from annotator.ui.export_window import show_export

        show_export(shell)

    shell.actions.bind("file.export", show)
    return show
