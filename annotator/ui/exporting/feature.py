"""The command that opens the window of exports, which is loaded beside the GUI thread when it is asked for."""

from types import ModuleType

from PySide6.QtCore import QObject, Signal

from annotator.ui.late_loading import import_beside
from annotator.ui.shell.shell import Shell


class ExportFeature(QObject):
    """Binds the command. Signal: `exported(folder)` when a dataset was written."""

    exported = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._window: object = None
        shell.actions.bind("file.export", self._show)

    def _show(self) -> None:
        import_beside("annotator.ui.exporting.window", self._shell.calls, self._then)

    def _then(self, module: ModuleType) -> None:
        if not self._shell.session.is_open:
            return
        window = module.show_export(self._shell)
        if window is not self._window:
            self._window = window
            window.exported.connect(self.exported)


def add_to(shell: Shell) -> ExportFeature:
    """Bind the command."""
    return ExportFeature(shell)
