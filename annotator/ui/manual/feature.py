"""The command that opens the manual, which is read beside the GUI thread when it is asked for."""

import threading
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from annotator.ui.late_loading import import_beside
from annotator.ui.shell.shell import Shell

if TYPE_CHECKING:
    from annotator.ui.manual.pages import Manual
    from annotator.ui.manual.window import ManualWindow


class ManualFeature:
    """Shows one window, in front where it is open already."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._is_loading = False
        self.window: ManualWindow | None = None
        shell.actions.bind("help.manual", self.show)

    def show(self) -> None:
        """Show the manual."""
        if self.window is not None:
            self.window.raise_()
            self.window.activateWindow()
        elif not self._is_loading:
            self._is_loading = True
            import_beside("annotator.ui.manual.window", self._shell.calls, self._read)

    def end(self) -> None:
        """Close it with the main window."""
        if self.window is not None:
            self.window.close()

    def _read(self, module: ModuleType) -> None:
        from annotator.ui.manual.pages import read_manual

        def read() -> None:
            manual = read_manual()
            self._shell.calls.post(partial(self._open, module, manual))

        threading.Thread(target=read, name="manual", daemon=True).start()

    def _open(self, module: ModuleType, manual: "Manual") -> None:
        self._is_loading = False
        shell = self._shell
        window: ManualWindow = module.ManualWindow(shell.window, manual, shell.theme, shell.calls)
        self.window = window
        window.finished.connect(self._closed)
        window.show()

    def _closed(self) -> None:
        self.window = None


def add_to(shell: Shell) -> object:
    """Add the manual."""
    return ManualFeature(shell)
