"""What is drawn in place of a picture that is still being read."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from annotator.canvas.picture import Colour, Pixels, opaque_image, toned_image
from annotator.canvas.tone import PLAIN, Tone


class StandIn:
    """A small copy of a picture, drawn over exactly the place that the picture will have.

    pixels: (H, W, 4), uint8: blue, green, red and an alpha of 255. width, height: of the picture itself, in image
    pixels, which are those of the scene. A read-only array is shown as it is, another one is copied.
    """

    has_alpha = False

    def __init__(self, pixels: Pixels, width: int, height: int) -> None:
        shared = not pixels.flags.writeable and pixels.flags.c_contiguous
        # The image refers to this memory, so it must live as long.
        self._pixels = pixels if shared else pixels.copy(order="C")
        self.width, self.height = width, height
        self._image = self._plain = opaque_image(self._pixels)

    def set_tone(self, tone: Tone) -> None:
        """Draw in another tone from now on."""
        self._image = self._plain if tone == PLAIN else toned_image(self._plain, tone)

    def colour_at(self, x: float, y: float) -> Colour | None:
        """Return None: what is drawn here are not the colours of the picture."""
        return None

    def wants_level(self, zoom: float) -> bool:
        """Return False: it is smaller than what it stands for."""
        return False

    def add_level(self) -> None:
        """Make nothing."""

    def draw(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Draw it smoothly at the place of the picture in the scene."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(QRectF(0.0, 0.0, self.width, self.height), self._image)
