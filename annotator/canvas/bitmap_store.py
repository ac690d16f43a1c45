"""The coloured bitmaps of masks, kept up to a number of bytes."""

from collections import OrderedDict

from PySide6.QtGui import QColor

from annotator.canvas.drawables import Bitmap
from annotator.core.shapes import Mask


class BitmapStore:
    """The bitmaps that were asked for last; one is made again only when its mask or its colour has changed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[int, Bitmap] = OrderedDict()
        self._bytes = 0

    def get(self, annotation_id: int, mask: Mask, colour: QColor) -> Bitmap:
        """Return the bitmap of an annotation's mask."""
        kept = self._kept.get(annotation_id)
        if kept is not None and kept.shows(mask, colour):
            self._kept.move_to_end(annotation_id)
            return kept
        self._forget(annotation_id)
        made = self._kept[annotation_id] = Bitmap(mask, colour)
        self._bytes += made.size_in_bytes
        while self._bytes > self._limit and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))
        return made

    def _forget(self, annotation_id: int) -> None:
        gone = self._kept.pop(annotation_id, None)
        self._bytes -= 0 if gone is None else gone.size_in_bytes
