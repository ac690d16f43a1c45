"""What is selected, shown as live items: the only shapes that move before an annotation changes."""

from dataclasses import replace
from typing import Final, TypeVar

from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from annotator.canvas.drawables import drawable_of_outline
from annotator.canvas.handles import turns_above
from annotator.canvas.handles_item import HandlesItem
from annotator.canvas.hit import Part
from annotator.canvas.live import LiveShape, Look, MovingBoxes
from annotator.canvas.shapes_layer import VALUE_KINDS, ShapesLayer
from annotator.canvas.styles import State
from annotator.canvas.theme import CanvasTheme
from annotator.core.annotations import Annotation
from annotator.core.shapes import Shape

# More than this stay in the resting layer, drawn as selected; while they are dragged their boxes are shown.
MOST_LIVE: Final = 64
_HOVER_Z, _SELECTED_Z, _HANDLES_Z = 1.0, 2.0, 3.0

Item = TypeVar("Item", bound=QGraphicsItem)


class LiveLayer:
    """The items of the selected shapes, of the shape under the pointer, and of the handles.

    The handles are those of a single selected shape, and are there while `has_handles`.
    """

    def __init__(self, scene: QGraphicsScene, layer: ShapesLayer, theme: CanvasTheme) -> None:
        self._scene = scene
        self._layer = layer
        self._has_handles = True
        self._pixel = 1.0
        self._ratio = 1.0
        self._selection: tuple[int, ...] = ()
        self._values: dict[int, Annotation] = {}
        self._items: dict[int, LiveShape] = {}
        self._hovered_id: int | None = None
        self._hovered = self._added(LiveShape(), _HOVER_Z)
        self._boxes = self._added(MovingBoxes(), _SELECTED_Z)
        self._handles = self._added(HandlesItem(theme), _HANDLES_Z)

    @property
    def ids(self) -> tuple[int, ...]:
        """What is shown as an item, and so not in the resting layer."""
        return tuple(self._items)

    @property
    def hovered(self) -> int | None:
        """What is shown as lying under the pointer."""
        return self._hovered_id

    def set_theme(self, theme: CanvasTheme) -> None:
        """Draw with other colours."""
        self._handles.theme = theme
        self.refresh()

    def set_handles(self, *, shown: bool) -> None:
        """Show the handles of a single selected shape, or never any."""
        if shown != self._has_handles:
            self._has_handles = shown
            self.refresh()

    def set_scale(self, pixel: float, ratio: float) -> None:
        """Take note of the size of a screen pixel in image pixels, and of device pixels for a screen pixel."""
        self._pixel = pixel
        self._handles.set_pixel(pixel)
        for item in (self._hovered, *self._items.values()):
            item.set_pixel(pixel)
        # Several selected shapes show only those plates that do not cover each other.
        if ratio != self._ratio or len(self._items) > 1:
            self._ratio = ratio
            self._show_all()

    def select(self, selection: tuple[int, ...]) -> None:
        """Show other annotations as selected."""
        self._selection = selection
        self.refresh()

    def refresh(self) -> None:
        """Show what is selected and hovered as the frame and the document have it now."""
        self._boxes.setVisible(False)
        live = self._selection if len(self._selection) <= MOST_LIVE else ()
        frame = self._layer.frame
        found = {i: self._layer.value_of(i) for i in live if frame.is_shown(i)}
        self._values = {i: a for i, a in found.items() if a is not None and a.shape is not None}
        for annotation_id in self._items.keys() - self._values.keys():
            self._scene.removeItem(self._items.pop(annotation_id))
        for annotation_id in self._values:
            item = self._items.get(annotation_id)
            if item is None:
                item = self._items[annotation_id] = self._added(LiveShape(), _SELECTED_Z)
                item.set_pixel(self._pixel)
            item.setPos(0.0, 0.0)
        self._show_all()
        self._show_handles()
        hovered, self._hovered_id = self._hovered_id, None
        self.hover(hovered)

    def shape_of(self, annotation_id: int) -> Shape | None:
        """Return the present shape of an annotation."""
        annotation = self._values.get(annotation_id) or self._layer.value_of(annotation_id)
        return None if annotation is None else annotation.shape

    def hover(self, annotation_id: int | None) -> None:
        """Show what lies under the pointer, if it is not selected."""
        if annotation_id == self._hovered_id:
            return
        self._hovered_id = annotation_id
        outline = None
        if annotation_id is not None and annotation_id not in self._items:
            outline = self._layer.frame.outline(annotation_id)
        if outline is None:
            self._hovered.setVisible(False)
            return
        drawable = None
        if outline.kind in VALUE_KINDS:
            annotation = self._layer.value_of(outline.id)
            drawable = None if annotation is None else self._layer.drawable_of(annotation)
        if drawable is None:
            drawable = drawable_of_outline(outline.kind, outline.rings)
        style = self._layer.styles.of(outline.label, State.HOVERED)
        look = Look(style, self._layer.tag(outline.label, self._ratio))
        self._hovered.show_shape(drawable, outline.box, look)

    def hold(self, part: Part | None) -> None:
        """Show the handle under the pointer larger."""
        self._handles.show_held(part)

    def move(self, dx: float, dy: float) -> None:
        """Show everything selected moved but for what is hidden or locked."""
        frame = self._layer.frame
        for annotation_id, item in self._items.items():
            if frame.is_free(annotation_id):
                item.setPos(dx, dy)
        if self._items:
            self._handles.setPos(dx, dy)
        elif self._selection:
            if not self._boxes.isVisible():
                boxes = frame.boxes_of(frame.free_among(self._selection))
                self._boxes.show_boxes(boxes, self._layer.styles.accent)
            self._boxes.setPos(dx, dy)

    def reshape(self, annotation_id: int, shape: Shape) -> None:
        """Show one selected annotation with another shape."""
        annotation, item = self._values.get(annotation_id), self._items.get(annotation_id)
        if annotation is not None and item is not None:
            self._show(item, annotation, shape, has_tag=True)
            self._show_handles(shape)

    def _show_all(self) -> None:
        annotations = list(self._values.values())
        shapes = [a.shape for a in annotations if a.shape is not None]
        tagged = self._layer.tagged([a.label for a in annotations], shapes, 1.0 / self._pixel)
        for annotation, shape, has_tag in zip(annotations, shapes, tagged, strict=True):
            self._show(self._items[annotation.id], annotation, shape, has_tag=has_tag)

    def _show(
        self, item: LiveShape, annotation: Annotation, shape: Shape, *, has_tag: bool
    ) -> None:
        styles, alone = self._layer.styles, len(self._values) == 1
        look = Look(
            styles.of(annotation.label, State.SELECTED),
            self._layer.tag(annotation.label, self._ratio) if has_tag or alone else None,
            tag_below=self._shows_handles and turns_above(shape),
            halo=None if self._shows_handles else styles.halo,
        )
        item.show_shape(self._layer.drawable_of(replace(annotation, shape=shape)), shape.box, look)

    def _show_handles(self, shape: Shape | None = None) -> None:
        self._handles.setPos(0.0, 0.0)
        if not self._shows_handles:
            self._handles.show_handles(None, self._layer.styles.accent)
            return
        (annotation,) = self._values.values()
        colour = self._layer.styles.colour(annotation.label)
        self._handles.show_handles(annotation.shape if shape is None else shape, colour)

    @property
    def _shows_handles(self) -> bool:
        alone = self._has_handles and len(self._selection) == len(self._values) == 1
        return alone and self._layer.frame.is_free(self._selection[0])

    def _added(self, item: Item, z: float) -> Item:
        item.setZValue(z)
        item.setVisible(False)
        self._scene.addItem(item)
        return item
