"""The frame on the canvas: its picture, its shapes, and what of them is selected."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeVar

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSizeF, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from annotator.canvas.document import FrameDocument
from annotator.canvas.draft_item import BandItem, DraftItem
from annotator.canvas.frame_shapes import NO_SHAPES, FrameShapes
from annotator.canvas.live_layer import LiveLayer
from annotator.canvas.picture import Picture, Pixels, Smaller
from annotator.canvas.resting import RestingItem
from annotator.canvas.shapes_layer import LINE_REACH, ShapesLayer
from annotator.canvas.stand_in import StandIn
from annotator.canvas.styles import DEFAULT_OPACITY, LabelStyles
from annotator.canvas.suggestion_item import CurrentSuggestion
from annotator.canvas.suggestion_layer import ShownSuggestion, SuggestionLayer
from annotator.canvas.tags import REACH_X, REACH_Y, TagPictures
from annotator.canvas.theme import CanvasTheme
from annotator.canvas.tone import PLAIN, Tone
from annotator.canvas.visibility import EVERYTHING_VISIBLE, Visibility
from annotator.core.annotations import Annotation
from annotator.core.geometry import FloatArray, box_of_points
from annotator.core.labels import LabelSchema

# More changes than this at once are read anew together with everything else.
_MOST_UPDATED: Final = 512
# More boxes than this are painted anew as one.
_MOST_REPAIRED: Final = 32
# The size of a frame whose picture is so broken that it does not even tell its size.
_UNKNOWN_SIZE: Final = QSizeF(1280.0, 720.0)
_ON_TOP: Final = 10.0

Item = TypeVar("Item", bound=QGraphicsItem)


class Stage(QObject):
    """Everything on the canvas, in image pixels.

    Signals: `selection_changed` with the ids that are selected now; `suggestion_changed` when another suggestion is the
    current one, or none; `stale` when something that rests must be painted anew. A suggestion is never current while
    something is selected.
    """

    selection_changed = Signal(object)
    suggestion_changed = Signal()
    stale = Signal()

    def __init__(self, theme: CanvasTheme, font: QFont, parent: QObject) -> None:
        super().__init__(parent)
        self.scene = QGraphicsScene(self)
        self.scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.document: FrameDocument | None = None
        self._theme = theme
        self._font = font
        self._opacity = DEFAULT_OPACITY
        self._tone = PLAIN
        self._ratio = 1.0
        self._drawing_colour: str | None = None
        self._visibility: Visibility = EVERYTHING_VISIBLE
        self._selection: tuple[int, ...] = ()
        self._awaited: int | None = None
        self._is_left = False
        self._layer = ShapesLayer(self._styles(), TagPictures(font, theme.tag_text))
        self.suggestions = SuggestionLayer(theme, font)
        self.resting = self._added(RestingItem(self._layer, self.suggestions, theme), 0.0)
        self.live = LiveLayer(self.scene, self._layer, theme)
        self.draft = self._added(DraftItem(theme), _ON_TOP)
        self.band = self._added(BandItem(theme), _ON_TOP)
        self.current_suggestion = CurrentSuggestion(self.scene, self.suggestions, theme)
        self.resting.setVisible(True)

    @property
    def frame(self) -> FrameShapes:
        """The shapes of the frame."""
        return self._layer.frame

    @property
    def size(self) -> QSizeF:
        """The size of the frame in image pixels."""
        return self.resting.size

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids of what is selected, in the order in which it was selected."""
        return self._selection

    def show_picture(
        self,
        pixels: Pixels | None,
        problem: str | None,
        size: tuple[int, int] | None,
        *,
        has_alpha: bool,
        smaller: Smaller | None,
    ) -> None:
        """Show the pixels of the frame, or say why there are none; `size` where it is known all the same."""
        picture = None if pixels is None else Picture(pixels, has_alpha=has_alpha, smaller=smaller)
        if size is not None:
            self.resting.size = QSizeF(*size)
        elif self.resting.size.isEmpty():
            self.resting.size = _UNKNOWN_SIZE
        self._show(picture, problem)

    def show_stand_in(self, pixels: Pixels, size: tuple[int, int], problem: str | None) -> None:
        """Show a small copy of the picture at the place of the whole, which has another size."""
        self._show(StandIn(pixels, *size), problem)

    def leave(self) -> None:
        """Go on showing the frame, but let nothing on it be selected until another one is shown."""
        self.select(())
        self._is_left = True

    def show_document(self, document: FrameDocument | None) -> None:
        """Show the shapes of another frame; what is on both stays selected."""
        self.document, self._awaited, self._is_left = document, None, False
        self.resting.snapshot.drop()
        self.show_suggestions(())
        self.show_shapes()

    def show_shapes(self) -> None:
        """Read all shapes of the frame and all labels anew."""
        document = self.document
        self._layer.styles = self._styles()
        if document is None:
            self._layer.show(FrameShapes(NO_SHAPES, lambda _: None), lambda _: None)
        else:
            columns = document.columns()
            frame = FrameShapes(columns, document.annotation, self._visibility)
            self._layer.show(frame, document.annotation)
        self._shapes_changed()
        self._repaint_all()

    def show_visibility(self, visibility: Visibility) -> None:
        """Ask anew what is hidden and locked; what is selected stays so, but has no handles."""
        self._visibility = visibility
        self._layer.see(visibility)
        self.live.refresh()
        self._choose_live()
        self._repaint_all()

    def update_shapes(self, changed: Sequence[Annotation], deleted: Collection[int]) -> None:
        """Show annotations that are new, changed, or gone."""
        if len(changed) + len(deleted) > _MOST_UPDATED:
            self.show_shapes()
            return
        boxes = self.frame.update(changed, deleted)
        self._layer.refresh()
        self._shapes_changed()
        self._repaint(boxes)

    def show_suggestions(self, suggestions: Sequence[ShownSuggestion]) -> None:
        """Show these suggestions and no others; the current one stays so if it is among them."""
        before = self.suggestions.current
        changed = self.suggestions.show(suggestions)
        if len(changed):
            self._repaint(changed)
        if before is not None:
            self.current_suggestion.refresh()
            if self.suggestions.current is None:
                self.suggestion_changed.emit()

    def make_suggestion_current(self, key: str | None) -> None:
        """Make a suggestion the current one, or none; nothing else is selected then."""
        current = self.suggestions.current
        if key == (None if current is None else current.key):
            return
        self._repaint(self.suggestions.make_current(key))
        self.current_suggestion.refresh()
        if self.suggestions.current is not None:
            self.select(())
        self.suggestion_changed.emit()

    def select(self, annotation_ids: Collection[int]) -> None:
        """Select annotations and nothing else; ids that are not on the frame are left out."""
        chosen = () if self._is_left else self._there(dict.fromkeys(annotation_ids))
        if chosen == self._selection:
            return
        # What leaves or enters the resting layer is painted there, or is no longer.
        touched = {*self._selection, *chosen}
        self._selection = chosen
        self.live.select(chosen)
        self._choose_live()
        self._repaint(self.frame.boxes_of(touched))
        if chosen:
            self.make_suggestion_current(None)
        self.selection_changed.emit(chosen)

    def select_when_shown(self, annotation_id: int) -> None:
        """Select an annotation now, or as soon as it is on the frame."""
        if annotation_id in self.frame:
            self.select((annotation_id,))
        else:
            self._awaited = annotation_id

    def area_of(self, annotation_ids: Collection[int]) -> QRectF | None:
        """Return the box around annotations, or None where none of them is on the frame."""
        boxes = self.frame.boxes_of(annotation_ids)
        if not len(boxes):
            return None
        x0, y0, x1, y1 = box_of_points(boxes.reshape(-1, 2))
        return QRectF(x0, y0, x1 - x0, y1 - y0)

    def set_scale(self, scale: float, ratio: float) -> None:
        """Take note of screen pixels for each image pixel, and device pixels for each screen pixel."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._layer.styles = self._styles()
            self.suggestions.set_ratio(ratio)
        self.live.set_scale(1.0 / scale, ratio)
        self.draft.set_scale(1.0 / scale, ratio)
        self.current_suggestion.set_pixel(1.0 / scale)

    def set_theme(self, theme: CanvasTheme, font: QFont) -> None:
        """Draw with other colours and another font."""
        self._theme, self._font = theme, font
        self._layer.tags = TagPictures(font, theme.tag_text)
        self.resting.theme = self.draft.theme = self.band.theme = theme
        self.suggestions.set_theme(theme, font)
        self._restyle()
        self.live.set_theme(theme)
        self.current_suggestion.set_theme(theme)
        self.set_drawing_colour(self._drawing_colour)

    def set_drawing_colour(self, colour: str | None) -> None:
        """Draw with the colour of the next label, or with the accent."""
        self._drawing_colour = colour
        self.draft.set_colour(QColor(colour or self._theme.accent))

    def set_tone(self, tone: Tone) -> None:
        """Show the picture, and those that follow, in another tone."""
        self._tone = tone
        if self.resting.picture is not None:
            self.resting.picture.set_tone(tone)
        self._repaint_all()

    def set_opacity(self, opacity: float) -> None:
        """Fill shapes with an opacity from 0 to 1."""
        self._opacity = min(1.0, max(0.0, opacity))
        self._restyle()

    def set_tags_visible(self, visible: bool) -> None:
        """Show the names of labels on the shapes, or not."""
        self._layer.tags_visible = visible
        self._restyle()

    def _show(self, picture: Picture | StandIn | None, problem: str | None) -> None:
        if picture is not None:
            picture.set_tone(self._tone)
            self.resting.size = QSizeF(picture.width, picture.height)
        self.resting.picture, self.resting.problem = picture, problem
        self._repaint_all()

    def _styles(self) -> LabelStyles:
        labels = LabelSchema() if self.document is None else self.document.labels
        return LabelStyles(labels, self._opacity, self._theme.accent, self._ratio)

    def _restyle(self) -> None:
        self._layer.styles = self._styles()
        self.live.refresh()
        self._repaint_all()

    def _shapes_changed(self) -> None:
        """Leave out of the selection what is gone, and show the rest of it as it is now."""
        frame, before = self.frame, self._selection
        if self._awaited is not None and self._awaited in frame:
            self._selection, self._awaited = (self._awaited,), None
        else:
            self._selection = self._there(before)
        self.live.select(self._selection)
        self._choose_live()
        if self._selection != before:
            if self._selection:
                self.make_suggestion_current(None)
            self.selection_changed.emit(self._selection)

    def _there(self, annotation_ids: Iterable[int]) -> tuple[int, ...]:
        """Leave out what is not on the frame."""
        frame, document = self.frame, self.document
        tags = () if document is None else document.tag_ids()
        return tuple(i for i in annotation_ids if i in frame or i in tags)

    def _choose_live(self) -> None:
        live = self.live.ids
        self._layer.set_live(live, () if live else self._selection)

    def _repaint(self, boxes: FloatArray) -> None:
        """Paint anew what rests in and around boxes (N, 4), plates that may come or go included."""
        if len(boxes) > _MOST_REPAIRED:
            boxes = np.array([box_of_points(boxes.reshape(-1, 2))])
        for x0, y0, x1, y1 in boxes.tolist():
            area = QRectF(x0, y0, x1 - x0, y1 - y0)
            self.resting.snapshot.invalidate(area, (REACH_X, REACH_Y + LINE_REACH))
        self.stale.emit()

    def _repaint_all(self) -> None:
        self.resting.snapshot.invalidate_all()
        self.stale.emit()

    def _added(self, item: Item, z: float) -> Item:
        item.setZValue(z)
        item.setVisible(False)
        self.scene.addItem(item)
        return item
