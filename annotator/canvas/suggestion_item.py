"""The current suggestion, shown as an item of its own, with handles where it can be reshaped."""

from PySide6.QtWidgets import QGraphicsScene

from annotator.canvas.handles import turns_above
from annotator.canvas.handles_item import HandlesItem
from annotator.canvas.hit import Part
from annotator.canvas.live import LiveShape, Look
from annotator.canvas.suggestion_layer import ShownSuggestion, SuggestionLayer
from annotator.canvas.theme import CanvasTheme
from annotator.core.shapes import Shape

_ITEM_Z, _HANDLES_Z = 4.0, 5.0


class CurrentSuggestion:
    """The item of the current suggestion and that of its handles."""

    def __init__(self, scene: QGraphicsScene, layer: SuggestionLayer, theme: CanvasTheme) -> None:
        self._layer = layer
        self._has_handles = True
        self._item = LiveShape()
        self._handles = HandlesItem(theme)
        for item, z in ((self._item, _ITEM_Z), (self._handles, _HANDLES_Z)):
            item.setZValue(z)
            item.setVisible(False)
            scene.addItem(item)

    def set_theme(self, theme: CanvasTheme) -> None:
        """Draw with other colours."""
        self._handles.theme = theme
        self.refresh()

    def set_pixel(self, pixel: float) -> None:
        """Take note of the size of a screen pixel in image pixels."""
        self._item.set_pixel(pixel)
        self._handles.set_pixel(pixel)

    def set_handles(self, *, shown: bool) -> None:
        """Show handles, or none while a tool draws."""
        if shown != self._has_handles:
            self._has_handles = shown
            self.refresh()

    def hold(self, part: Part | None) -> None:
        """Show the handle under the pointer larger."""
        self._handles.show_held(part)

    def refresh(self) -> None:
        """Show the current suggestion as it is."""
        current = self._layer.current
        self._show(current, None if current is None else current.shape)

    def show_as(self, shape: Shape) -> None:
        """Show it with another shape, as it is dragged."""
        self._show(self._layer.current, shape)

    def _show(self, current: ShownSuggestion | None, shape: Shape | None) -> None:
        if current is None or shape is None:
            self._item.setVisible(False)
            self._handles.show_handles(None, self._layer.colour)
            return
        layer = self._layer
        below = self._has_handles and turns_above(shape)
        look = Look(layer.current_style, layer.plate(current.text), tag_below=below)
        known = shape is current.shape
        drawable = layer.drawable_of(current) if known else layer.drawable_of_shape(shape)
        self._item.show_shape(drawable, shape.box, look)
        self._handles.show_handles(shape if self._has_handles else None, layer.colour)
