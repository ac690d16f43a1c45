"""What the keys do to the selection when the tool has no use for them."""

from typing import Final

from annotator.canvas.tool_canvas import ToolCanvas

# Image pixels across and down.
_STEPS: Final = {
    "Left": (-1.0, 0.0),
    "Right": (1.0, 0.0),
    "Up": (0.0, -1.0),
    "Down": (0.0, 1.0),
    "Shift+Left": (-10.0, 0.0),
    "Shift+Right": (10.0, 0.0),
    "Shift+Up": (0.0, -10.0),
    "Shift+Down": (0.0, 10.0),
}


class SelectionKeys:
    """Arrows move the selection, Delete deletes it, Esc lets it go.

    An arrow that is held moves what is shown; letting go makes one step of all of it.
    """

    def __init__(self, canvas: ToolCanvas) -> None:
        self._canvas = canvas
        self._by = (0.0, 0.0)
        self._held = False

    @property
    def is_moving(self) -> bool:
        """Whether an arrow is held."""
        return self._held

    def wants(self, key: str) -> bool:
        """Whether a key means something now."""
        return bool(self._canvas.selection) and (key in _STEPS or key in ("Del", "Esc"))

    def pressed(self, key: str) -> bool:
        """Do what a key means; return False where it means nothing."""
        if not self.wants(key):
            return False
        if key in _STEPS:
            dx, dy = _STEPS[key]
            if not self._held:
                self._canvas.say_what_stays()
            self._held = True
            self._by = (self._by[0] + dx, self._by[1] + dy)
            self._canvas.show_moved(*self._by)
        elif key == "Esc":
            if not self.cancel():
                self._canvas.select(())
        else:
            self.commit()
            self._canvas.delete_selected()
        return True

    def commit(self) -> None:
        """Make a step of what the arrows moved."""
        if self._held:
            by, self._by, self._held = self._by, (0.0, 0.0), False
            self._canvas.move_selected(*by)

    def cancel(self) -> bool:
        """Put back what the arrows moved; return whether there was something."""
        held, self._by, self._held = self._held, (0.0, 0.0), False
        if held:
            self._canvas.show_unchanged()
        return held
