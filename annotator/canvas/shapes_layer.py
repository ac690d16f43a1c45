"""Everything that rests on the picture: one layer, however many shapes there are."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from annotator.canvas.bitmap_store import BitmapStore
from annotator.canvas.drawables import Bitmap, Bones, Drawable, drawable_of_outline
from annotator.canvas.drawn_columns import DrawnColumns, Run
from annotator.canvas.frame_shapes import NO_SHAPES, FrameShapes, ValueOf
from annotator.canvas.placement import Placement
from annotator.canvas.qt_arrays import draw_rectangles
from annotator.canvas.snapshot import Step
from annotator.canvas.styles import LabelStyles, ShapeStyle, State
from annotator.canvas.tags import REACH_X, REACH_Y, TAG_GAP, TAG_HEIGHT, TagPictures, shown_tags
from annotator.canvas.visibility import Visibility
from annotator.core.annotations import Annotation
from annotator.core.columns import IntArray, ShapeColumns, outline
from annotator.core.geometry import BoolArray, Box, FloatArray
from annotator.core.shapes import Mask, Shape, Skeleton

_SHAPES_A_STEP: Final = 64
_SMOOTH_SHAPES_A_STEP: Final = 4
_RECTANGLES_A_STEP: Final = 2048
_BITMAP_BYTES: Final = 256_000_000
_NOTHING_DRAWN: Final = DrawnColumns(NO_SHAPES)
# Kinds whose outline in the columns does not say all that is drawn of them.
VALUE_KINDS: Final = frozenset({"mask", "skeleton"})
# Lines and points reach beyond their box by this many screen pixels.
LINE_REACH: Final = 6.0


class ShapesLayer:
    """The shapes of a frame but for those that are live; drawn as steps, so that painting can be interrupted.

    `live` shapes are left out: they are items of their own. `selected` ones are drawn as such, above the others.
    """

    def __init__(self, styles: LabelStyles, tags: TagPictures) -> None:
        self.styles = styles
        self.tags = tags
        self.tags_visible = True
        self._live: frozenset[int] = frozenset()
        self._selected: frozenset[int] = frozenset()
        self._bitmaps = BitmapStore(_BITMAP_BYTES)
        self.show(FrameShapes(NO_SHAPES, lambda _: None), lambda _: None)

    def show(self, frame: FrameShapes, value_of: ValueOf) -> None:
        """Show another frame, or the same one read anew."""
        self.frame = frame
        self.value_of = value_of
        self._base = _drawn(frame.base)
        self.refresh()

    def refresh(self) -> None:
        """Take over what `FrameShapes.update` changed; merge it where it has become much."""
        if self.frame.wants_merge:
            old_rows = self.frame.merge()
            self._base = self._base.carried_to(self.frame.base, old_rows)
        self._changed = _drawn(self.frame.changed)
        self._choose()

    def see(self, visibility: Visibility) -> None:
        """Draw what is not hidden."""
        self.frame.see(visibility)
        self._choose()

    def set_live(self, ids: Collection[int], selected: Collection[int]) -> None:
        """Leave out the live shapes, and draw others as selected."""
        self._live, self._selected = frozenset(ids), frozenset(selected)
        self._choose()

    def drawable_of(self, annotation: Annotation) -> Drawable:
        """Return what is drawn of an annotation that has a shape; the bitmap of a mask is made once."""
        shape, label = annotation.shape, annotation.label
        assert shape is not None
        if isinstance(shape, Mask) and all(shape.size):
            return self._bitmaps.get(annotation.id, shape, self.styles.colour(label))
        if isinstance(shape, Skeleton):
            return Bones(shape, self.styles.label(label))
        return drawable_of_outline(shape.kind, outline(shape))

    def tag(self, label_id: int, ratio: float) -> QPixmap | None:
        """Return the name plate of a label; None where plates are off or the label has no name."""
        name = self.styles.name(label_id)
        if not (self.tags_visible and name):
            return None
        return self.tags.pixmap(name, self.styles.colour(label_id), ratio)

    def tagged(self, labels: Sequence[int], shapes: Sequence[Shape], scale: float) -> list[bool]:
        """Return which of some shapes show their name plate if no others are there."""
        if not self.tags_visible or not shapes:
            return [False] * len(shapes)
        widths = np.array([self.tags.width(self.styles.name(label)) for label in labels])
        shown: list[bool] = shown_tags(np.array([s.box for s in shapes]), widths, scale).tolist()
        return shown

    def count_in(self, area: QRectF) -> int:
        """Return how many shapes an area shows."""
        return sum(len(part.visible(_box(area), shown)) for part, shown in self._shown)

    def steps(self, area: QRectF, placement: Placement, *, fine: bool) -> Iterator[Step]:
        """Yield the steps that paint an area of the scene, in drawing order, ending with the name plates."""
        scale = placement.scale
        reach = LINE_REACH / scale
        box = _box(area.adjusted(-reach, -reach, reach, reach))
        yield from self._shape_steps(self._shown, box, scale, State.RESTING if fine else State.FAST)
        if self._selected:
            state = State.SELECTED if fine else State.SELECTED_FAST
            yield from self._shape_steps(self._shown_selected, box, scale, state)
        if self.tags_visible:
            yield partial(_paint_tags, self.tags_in(area, placement))

    def tags_in(self, area: QRectF, placement: Placement) -> list[tuple[int, int, QPixmap]]:
        """Return the name plates that reach into an area of the scene, with their places in the viewport."""
        scale = placement.scale
        x, y = REACH_X / scale, REACH_Y / scale
        boxes, labels = self._corners_in(_box(area.adjusted(-x, -y, x, y)))
        if not len(boxes):
            return []
        known, inverse = np.unique(labels, return_inverse=True)
        plates = [self.tag(label, placement.ratio) for label in known.tolist()]
        widths = np.array([0 if p is None else p.width() / placement.ratio for p in plates])[
            inverse
        ]
        named = np.flatnonzero(widths)
        named = named[shown_tags(boxes[named], widths[named].astype(np.int64), scale)]
        places = np.rint(boxes[named, :2] * scale).astype(np.int64)
        places += (placement.dx, placement.dy - TAG_HEIGHT - TAG_GAP)
        found = zip(places.tolist(), (plates[i] for i in inverse[named].tolist()), strict=True)
        return [(left, top, plate) for (left, top), plate in found if plate is not None]

    def _choose(self) -> None:
        """Note which rows are drawn, and which of them as selected."""
        frame = self.frame
        base, changed = frame.shown & ~frame.gone, frame.changed_shown.copy()
        for columns, shown in ((frame.base, base), (frame.changed, changed)):
            shown[_rows_of(columns, self._live)] = False
        parts = [part for part in ((self._base, base), (self._changed, changed)) if len(part[1])]
        selected = []
        for part, shown in parts:
            chosen: BoolArray = np.zeros(len(shown), dtype=bool)
            chosen[_rows_of(part.columns, self._selected)] = True
            chosen &= shown
            shown &= ~chosen
            selected.append((part, chosen))
        self._shown, self._shown_selected = tuple(parts), tuple(selected)

    def _shape_steps(
        self,
        parts: tuple[tuple[DrawnColumns, BoolArray], ...],
        area: Box,
        scale: float,
        state: State,
    ) -> Iterator[Step]:
        runs: list[tuple[DrawnColumns, Run]] = []
        for part, shown in parts:
            runs += [(part, run) for run in part.runs(part.visible(area, shown), scale)]
        # Stable: of equal z-order, what was changed comes after what was not.
        runs.sort(key=lambda run: run[1].z_order)
        for part, run in runs:
            style = self.styles.of(run.label, state)
            yield from self._run_steps(part, run, style)

    def _run_steps(self, part: DrawnColumns, run: Run, style: ShapeStyle) -> Iterator[Step]:
        for first in range(0, len(run.boxes), _RECTANGLES_A_STEP):
            yield partial(_paint_boxes, run.boxes[first : first + _RECTANGLES_A_STEP], style)
        step = _SMOOTH_SHAPES_A_STEP if style.smooth else _SHAPES_A_STEP
        for first in range(0, len(run.plain), step):
            yield partial(_paint_plain, part, run.plain[first : first + step], style)
        for row in run.other:
            yield partial(self._paint_other, part, row, style)

    def _paint_other(
        self, part: DrawnColumns, row: int, style: ShapeStyle, painter: QPainter
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, style.smooth)
        self._drawable(part, row).draw(painter, style)

    def _drawable(self, part: DrawnColumns, row: int) -> Drawable:
        columns = part.columns
        kept = part.others.get(row)
        if kept is not None:
            return kept
        if columns.kind(row) in VALUE_KINDS:
            annotation = self.value_of(int(columns.ids[row]))
            if annotation is not None and annotation.kind == columns.kind(row):
                made = self.drawable_of(annotation)
                # Bitmaps are large, and kept by themselves up to a limit.
                if not isinstance(made, Bitmap):
                    part.others[row] = made
                return made
        made = part.others[row] = drawable_of_outline(columns.kind(row), columns.rings(row))
        return made

    def _corners_in(self, area: Box) -> tuple[FloatArray, IntArray]:
        """Return boxes and labels of what has its top left corner in an area."""
        boxes, labels = [NO_SHAPES.boxes], [NO_SHAPES.labels]
        for part, shown in (*self._shown, *self._shown_selected):
            columns = part.columns
            x, y = columns.boxes[:, 0], columns.boxes[:, 1]
            rows = np.flatnonzero(
                (x >= area[0]) & (x <= area[2]) & (y >= area[1]) & (y <= area[3]) & shown
            )
            boxes.append(columns.boxes[rows])
            labels.append(columns.labels[rows])
        return np.concatenate(boxes), np.concatenate(labels)


def _paint_boxes(rectangles: FloatArray, style: ShapeStyle, painter: QPainter) -> None:
    # Upright lines of whole pixels gain nothing from antialiasing.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(style.outline)
    painter.setBrush(style.fill)
    draw_rectangles(painter, rectangles)


def _paint_plain(part: DrawnColumns, rows: list[int], style: ShapeStyle, painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, style.smooth)
    painter.setPen(style.outline)
    painter.setBrush(style.fill)
    draw = painter.drawPolygon
    polygons = part.polygons
    for row in rows:
        draw(polygons[row] or part.polygon(row))


def _paint_tags(tags: list[tuple[int, int, QPixmap]], painter: QPainter) -> None:
    transform = painter.worldTransform()
    painter.resetTransform()
    for x, y, pixmap in tags:
        painter.drawPixmap(x, y, pixmap)
    painter.setWorldTransform(transform)


def _drawn(columns: ShapeColumns) -> DrawnColumns:
    """Return columns made ready for drawing; most frames have nothing new, and many nothing at all."""
    return DrawnColumns(columns) if len(columns) else _NOTHING_DRAWN


def _rows_of(columns: ShapeColumns, ids: Iterable[int]) -> list[int]:
    row_of = columns.row_of
    return [row_of[annotation_id] for annotation_id in ids if annotation_id in row_of]


def _box(area: QRectF) -> Box:
    return area.left(), area.top(), area.right(), area.bottom()
