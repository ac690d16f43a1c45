"""The small name plates of shapes: their pictures, and which of them are shown.

Whether a plate is shown depends only on its near neighbours and the zoom, never on the part of the scene
that happens to be visible: so panning does not make plates come and go, and a part of the window that is
painted anew fits what stands beside it.
"""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from annotator.core.columns import IntArray
from annotator.core.geometry import BoolArray, FloatArray

# Device-independent pixels.
TAG_HEIGHT: Final = 18
MAX_TAG_WIDTH: Final = 160
TAG_GAP: Final = 3
_PADDING: Final = 6.0
_RADIUS: Final = 3.0
_FONT_SIZE: Final = 12
# A plate is shown where the shape is at least as wide as this share of it.
_LEAST_SHARE: Final = 0.7
_CELL: Final = 16
_CELLS_ACROSS: Final = MAX_TAG_WIDTH // _CELL + 1
# In a window there are some ten thousand; more than these are counted only where shapes lie far apart.
_MOST_CELLS: Final = 1 << 20
# How far a shape can change which other plates are shown: a plate on either side, and the cells they share.
REACH_X: Final = 2 * (MAX_TAG_WIDTH + _CELL)
REACH_Y: Final = 4 * TAG_HEIGHT


class TagPictures:
    """The plates with the names of labels, made once for each."""

    def __init__(self, font: QFont, text_colour: str) -> None:
        self._font = QFont(font)
        self._font.setPixelSize(_FONT_SIZE)
        self._font.setWeight(QFont.Weight.DemiBold)
        self._metrics = QFontMetricsF(self._font)
        self._text_colour = QColor(text_colour)
        self._pixmaps: dict[tuple[str, int, float], QPixmap] = {}
        self._widths: dict[str, int] = {}

    def width(self, name: str) -> int:
        """Return the width of the plate with a name."""
        width = self._widths.get(name)
        if width is None:
            text = min(self._metrics.horizontalAdvance(name), MAX_TAG_WIDTH - 2 * _PADDING)
            width = self._widths[name] = math.ceil(text + 2 * _PADDING)
        return width

    def pixmap(self, name: str, colour: QColor, ratio: float) -> QPixmap:
        """Return the plate for a screen with `ratio` device pixels for each device-independent one."""
        key = (name, colour.rgba(), ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = self._painted(name, colour, ratio)
        return pixmap

    def _painted(self, name: str, colour: QColor, ratio: float) -> QPixmap:
        width = self.width(name)
        pixmap = QPixmap(math.ceil(width * ratio), math.ceil(TAG_HEIGHT * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(0, 0, width, TAG_HEIGHT), _RADIUS, _RADIUS)
        painter.setPen(readable_on(colour, self._text_colour))
        painter.setFont(self._font)
        text = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 2 * _PADDING + 1)
        middle = (TAG_HEIGHT + self._metrics.capHeight()) / 2
        painter.drawText(QPointF(_PADDING, middle), text)
        painter.end()
        return pixmap


def readable_on(ground: QColor, wanted: QColor) -> QColor:
    """Return the wanted colour of a text, or white where that is easier to read on a ground."""
    white = QColor(255, 255, 255)
    return wanted if _contrast(wanted, ground) >= _contrast(white, ground) else white


def _contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shown_tags(boxes: FloatArray, widths: IntArray, scale: float) -> BoolArray:
    """Return which of N shapes show their plate.

    boxes: float64 (N, 4) in image pixels. widths: of the plates. The larger shape has the better right; a plate
    is shown where no other with a better right touches the cells it lies in, shown or not.
    """
    shown: BoolArray = np.zeros(len(boxes), dtype=bool)
    sizes = (boxes[:, 2:] - boxes[:, :2]) * scale
    fits = np.flatnonzero((sizes[:, 0] >= _LEAST_SHARE * widths) & (sizes[:, 1] >= TAG_HEIGHT / 2))
    if not len(fits):
        return shown
    # From the worst right to the best, so that of several that write to a cell the best remains.
    areas = sizes[fits, 0] * sizes[fits, 1]
    fits = fits[np.lexsort((-fits, areas))]
    cells = _cells(boxes[fits], widths[fits], scale)
    ranks = np.arange(len(fits))
    best = np.zeros(int(cells.max()) + 1, dtype=np.int64)
    best[cells.ravel()] = np.repeat(ranks, cells.shape[1])
    shown[fits] = (best[cells] == ranks[:, None]).all(axis=1)
    return shown


def _cells(boxes: FloatArray, widths: IntArray, scale: float) -> IntArray:
    """Return the numbers of the cells each plate lies in, (N, K); some stand there more than once."""
    left = np.rint(boxes[:, 0] * scale)
    top = np.rint(boxes[:, 1] * scale) - TAG_HEIGHT - TAG_GAP
    # Counted from the picture's origin, so that panning does not change who shares a cell.
    first, last = left // _CELL, (left + widths) // _CELL
    upper, lower = top // TAG_HEIGHT, (top + TAG_HEIGHT - 1) // TAG_HEIGHT
    across = np.minimum(first[:, None] + np.arange(_CELLS_ACROSS), last[:, None]) - first.min()
    down = np.stack((upper, lower), axis=1) - upper.min()
    cells = down[:, :, None] * (across.max() + 1) + across[:, None, :]
    numbers: IntArray = cells.reshape(len(boxes), -1).astype(np.int64)
    if int(numbers.max()) < _MOST_CELLS:
        return numbers
    # Only those that plates lie in: all cells between two far corners would not fit into memory.
    _, lain_in = np.unique(numbers, return_inverse=True)
    return lain_in.reshape(numbers.shape)
