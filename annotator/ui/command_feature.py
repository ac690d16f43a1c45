"""Commands as the person finds and changes them: the palette, keys of one's own, settings."""

from typing import TYPE_CHECKING

from annotator.ui.key_control import KeyControl
from annotator.ui.palette_field import PaletteField
from annotator.ui.shell import Shell

if TYPE_CHECKING:
    from annotator.ui.palette_control import PaletteControl


class CommandFeature:
    """Binds the commands about commands. What they show is made when it is asked for."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._palette: PaletteControl | None = None
        self.control = KeyControl(shell)
        shell.canvas.selection_changed.connect(self._selected)
        shell.actions.bind("help.commands", self._find)
        shell.top_bar.add_at_right(PaletteField(shell.theme, shell.actions))

    @property
    def palette(self) -> "PaletteControl":
        """What the palette shows and does."""
        if self._palette is None:
            from annotator.ui.palette_control import PaletteControl

            self._palette = PaletteControl(self._shell)
        return self._palette

    def end(self) -> None:
        """Write what is not written yet, and end the search of the palette."""
        self.control.end()
        if self._palette is not None:
            self._palette.end()

    def _find(self) -> None:
        self.palette.toggle()

    def _selected(self, selection: object) -> None:
        self._shell.actions.set_selected(bool(selection))


def add_to(shell: Shell) -> object:
    """Add the commands about commands."""
    return CommandFeature(shell)
