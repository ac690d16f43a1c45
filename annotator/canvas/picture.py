"""The picture of the frame as Qt draws it."""

import math
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from annotator.canvas.tone import PLAIN, Tone

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]

# Halving 32 million pixels takes 30 to 40 ms, the most that may be done in one go. Larger pictures are drawn
# from the full size until they come as tiles.
_MOST_TO_HALVE: Final = 32_000_000
# Up to so many pixels a copy in another tone is kept; of larger ones only what is in sight is made, each time anew.
_MOST_TO_TONE: Final = 4_000_000
_FITTED: Final = -1
# Seconds. A fitted copy that is being made is waited for so long: drawing the large picture takes longer.
_MOST_WAITED: Final = 0.005


@dataclass(frozen=True, slots=True)
class Smaller:
    """Smaller copies of a picture without transparency that were made beside the GUI thread, read-only.

    halves: each of half the width and height (rounded up) of the one before, the first of half the picture's.
    fitted: of the size `fitted_size` for the zoom at which the picture is probably shown first, or what will give it;
    drawing it is copying, where drawing a large picture smaller takes Qt several milliseconds.
    """

    halves: tuple[Pixels, ...] = ()
    fitted: "Pixels | Future[Pixels | None] | None" = None

    @property
    def nbytes(self) -> int:
        """Their bytes in memory."""
        fitted = self.fitted
        if isinstance(fitted, Future):
            fitted = _result_of(fitted)
        return (0 if fitted is None else fitted.nbytes) + sum(half.nbytes for half in self.halves)


def _result_of(fitted: "Future[Pixels | None]") -> Pixels | None:
    """Return what has been made by now; None where it is not there, or went wrong."""
    return fitted.result() if fitted.done() and fitted.exception() is None else None


def fitted_size(width: int, height: int, zoom: float) -> tuple[int, int]:
    """Return the width and height in device pixels that a picture covers at a zoom below 1."""
    return max(1, round(width * zoom)), max(1, round(height * zoom))


class Picture:
    """Pixels (H, W, 4), uint8: blue, green, red and alpha, row by row without gaps.

    has_alpha: what is behind shows through; without it every alpha is 255. Colours are not multiplied by alpha.
    A read-only array is shown as it is; one that somebody may write to is copied, because Qt would show each
    later change at some unpredictable moment.
    smaller: copies that somebody has made already; not for pictures with alpha.
    """

    def __init__(
        self, pixels: Pixels, *, has_alpha: bool = False, smaller: Smaller | None = None
    ) -> None:
        if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
            raise ValueError(f"A picture is uint8 (H, W, 4), not {pixels.dtype} {pixels.shape}.")
        shared = not pixels.flags.writeable and pixels.flags.c_contiguous
        # The image refers to this memory, so it must live as long.
        self._pixels = pixels if shared else pixels.copy(order="C")
        self.height, self.width = int(pixels.shape[0]), int(pixels.shape[1])
        self.has_alpha = has_alpha
        pixel_format = QImage.Format.Format_ARGB32 if has_alpha else QImage.Format.Format_RGB32
        image = QImage(self._pixels.data, self.width, self.height, 4 * self.width, pixel_format)
        # Straight alpha Qt would convert each time it is drawn; what is opaque is drawn out of the pixels themselves.
        self._levels = [
            image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) if has_alpha else image
        ]
        self._smaller = smaller = Smaller() if smaller is None else smaller
        self._levels += [opaque_image(half) for half in smaller.halves]
        self._fitted: QImage | None = None
        self._awaited: Future[Pixels | None] | None = None
        if isinstance(smaller.fitted, Future):
            self._awaited = smaller.fitted
        elif smaller.fitted is not None:
            self._fitted = opaque_image(smaller.fitted)
        self._tone = PLAIN
        self._toned: dict[int, QImage] = {}

    def set_tone(self, tone: Tone) -> None:
        """Draw in another tone from now on."""
        if tone != self._tone:
            self._tone = tone
            self._toned.clear()

    def colour_at(self, x: float, y: float) -> Colour | None:
        """Return red, green and blue of the pixel at a point, None outside the picture."""
        column, row = math.floor(x), math.floor(y)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return None
        blue, green, red, _ = self._pixels[row, column].tolist()
        return red, green, blue

    def wants_level(self, zoom: float) -> bool:
        """Whether a smaller copy would make it smoother at a zoom (device pixels for each image pixel)."""
        smallest = self._levels[-1]
        return (
            zoom * 2.0 ** len(self._levels) <= 1.0
            and min(smallest.width(), smallest.height()) > 1
            and smallest.width() * smallest.height() <= _MOST_TO_HALVE
        )

    def add_level(self) -> None:
        """Make the next smaller copy, of half the width and height; it is finer than a fitted copy without it."""
        self._fitted = self._awaited = None
        self._toned.pop(_FITTED, None)
        last = self._levels[-1]
        half = QSize((last.width() + 1) // 2, (last.height() + 1) // 2)
        scaled = last.scaled(
            half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._levels.append(scaled)

    def draw(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Draw the picture at its place in the scene: pixels as squares above 100 %, smooth below.

        exposed: the part of the scene that is asked for; more may be drawn.
        """
        whole = QRectF(0.0, 0.0, self.width, self.height)
        if zoom >= 1.0:
            # Cut to whole pixels: at a high zoom Qt's own arithmetic for the whole picture is not exact enough.
            part = QRectF(exposed.toAlignedRect().adjusted(-1, -1, 1, 1)).intersected(whole)
            if not part.isEmpty():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
                self._draw_part(painter, 0, part)
            return
        fitted = self.fitted_to(zoom)
        if fitted is not None:
            ratio = painter.device().devicePixelRatioF()
            _draw_unscaled(painter, self._in_tone(_FITTED, fitted), ratio)
            return
        level = min(len(self._levels) - 1, math.floor(-math.log2(zoom)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        image = self._levels[level]
        if self._tone.is_plain or image.width() * image.height() <= _MOST_TO_TONE:
            painter.drawImage(whole, self._in_tone(level, image))
            return
        # Whole pixels of the copy and some around them, so that what is drawn in parts has no seams.
        across, down = image.width() / self.width, image.height() / self.height
        seen = exposed.intersected(whole)
        wide = QRectF(
            seen.x() * across, seen.y() * down, seen.width() * across, seen.height() * down
        )
        part = QRectF(wide.toAlignedRect().adjusted(-4, -4, 4, 4)).intersected(image.rect())
        if not part.isEmpty():
            self._draw_part(painter, level, part)

    def _draw_part(self, painter: QPainter, level: int, part: QRectF) -> None:
        """Draw a part of a level, given in its whole pixels, where it belongs."""
        image = self._levels[level]
        across, down = self.width / image.width(), self.height / image.height()
        place = QRectF(
            part.x() * across, part.y() * down, part.width() * across, part.height() * down
        )
        if self._tone.is_plain:
            painter.drawImage(place, image, part)
        elif image.width() * image.height() <= _MOST_TO_TONE:
            painter.drawImage(place, self._in_tone(level, image), part)
        else:
            painter.drawImage(place, toned_image(image.copy(part.toRect()), self._tone))

    def _in_tone(self, level: int, image: QImage) -> QImage:
        """Return a whole level in the tone that is shown."""
        if self._tone.is_plain:
            return image
        if level not in self._toned:
            self._toned[level] = toned_image(image, self._tone)
        return self._toned[level]

    def fitted_to(self, zoom: float) -> QImage | None:
        """Return the copy that needs no scaling at a zoom, if there is one; one that is being made is waited for."""
        if self._awaited is not None and wait((self._awaited,), _MOST_WAITED).done:
            pixels, self._awaited = _result_of(self._awaited), None
            self._fitted = None if pixels is None else opaque_image(pixels)
        image = self._fitted
        size = fitted_size(self.width, self.height, zoom)
        return None if image is None or (image.width(), image.height()) != size else image


def opaque_image(pixels: Pixels) -> QImage:
    """Return an opaque image of pixels that must live as long."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def toned_image(image: QImage, tone: Tone) -> QImage:
    """Return a copy of an image in another tone."""
    has_alpha = image.hasAlphaChannel()
    # Colours that are multiplied by alpha would be changed by their alpha, too.
    straight = image.convertToFormat(QImage.Format.Format_ARGB32) if has_alpha else image
    width, height = straight.width(), straight.height()
    memory = np.frombuffer(straight.constBits(), np.uint8)
    rows = memory.reshape(height, straight.bytesPerLine())[:, : 4 * width]
    pixels = tone.applied(rows.reshape(height, width, 4))
    made = QImage(pixels.data, width, height, 4 * width, straight.format())
    # Either has memory of its own, as the pixels end here.
    if has_alpha:
        return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return made.copy()


def _draw_unscaled(painter: QPainter, image: QImage, ratio: float) -> None:
    """Draw device pixel for device pixel with the upper left corner at the scene's origin."""
    transform = painter.worldTransform()
    origin = transform.map(QPointF(0.0, 0.0))
    painter.resetTransform()
    image.setDevicePixelRatio(ratio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    # Between two device pixels Qt would draw it smoothly after all.
    painter.drawImage(QPointF(round(origin.x() * ratio), round(origin.y() * ratio)) / ratio, image)
    painter.setWorldTransform(transform)
