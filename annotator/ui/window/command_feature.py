"""Commands as the person finds and changes them: the palette, keys of one's own, settings."""

from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from annotator.ui.keys.control import KeyControl
from annotator.ui.late_loading import import_beside, make_piecewise
from annotator.ui.palette.field import PaletteField
from annotator.ui.shell.shell import Shell

if TYPE_CHECKING:
    from annotator.ui.palette.control import PaletteControl
    from annotator.ui.settings_page.window import Page, SettingsWindow


class CommandFeature:
    """Binds the commands about commands. What they show is made when it is asked for."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._palette: PaletteControl | None = None
        self.settings_window: SettingsWindow | None = None
        self._wanted_page: Page | None = None
        self.control = KeyControl(shell)
        shell.canvas.selection_changed.connect(self._selected)
        shell.actions.bind("help.commands", self._find)
        shell.actions.bind("frame.find", self._find_frame)
        shell.actions.bind("file.settings", partial(self._show_settings, "settings"))
        shell.actions.bind("help.change_keys", partial(self._show_settings, "keys"))
        shell.top_bar.add_at_right(PaletteField(shell.theme, shell.actions))

    @property
    def palette(self) -> "PaletteControl":
        """What the palette shows and does."""
        if self._palette is None:
            from annotator.ui.palette.control import PaletteControl

            self._palette = PaletteControl(self._shell)
        return self._palette

    def end(self) -> None:
        """Write what is not written yet, and end the search of the palette."""
        self.control.end()
        if self.settings_window is not None:
            self.settings_window.close()
        if self._palette is not None:
            self._palette.end()

    def _find(self) -> None:
        self.palette.toggle()

    def _find_frame(self) -> None:
        self.palette.palette.ask("/")

    def _show_settings(self, page: "Page") -> None:
        if self.settings_window is not None:
            self.settings_window.show_page(page)
            return
        is_made = self._wanted_page is not None
        self._wanted_page = page
        if not is_made:
            name = "annotator.ui.settings_page.window"
            import_beside(name, self._shell.calls, self._make_settings)

    def _make_settings(self, module: ModuleType) -> None:
        shell = self._shell
        window: SettingsWindow = module.SettingsWindow(
            shell.settings, self.control.keys, shell.theme, shell.window
        )
        make_piecewise(shell.window, window.parts(), partial(self._settings_made, window))

    def _settings_made(self, window: "SettingsWindow") -> None:
        self.settings_window = window
        assert self._wanted_page is not None
        window.show_page(self._wanted_page)

    def _selected(self, selection: object) -> None:
        self._shell.actions.set_selected(bool(selection))


def add_to(shell: Shell) -> object:
    """Add the commands about commands."""
    return CommandFeature(shell)
