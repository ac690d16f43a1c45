"""A canvas over a document in memory, and a hand to use it with."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.canvas.view import CanvasView
from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Shape
from tests.canvas.memory_document import MemoryDocument

WIDTH, HEIGHT = 400, 300
CAR, WINDOW, PERSON = LABELS = (
    Label("car", "#f2c14e"),
    Label("window", "#4ec5c1"),
    Label("person", "#e4572e"),
)
NO_KEY = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def grey_pixels(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A picture that differs from place to place, and is grey so that label colours stand out."""
    x, y = np.arange(width), np.arange(height)
    grey = (x[None, :] // 4 + y[:, None] // 4) % 60 + 90
    pixels = np.repeat(grey[..., None], 4, axis=2).astype(np.uint8)
    pixels[..., 3] = 255
    pixels.flags.writeable = False
    return pixels


def square(x: float, y: float, size: float) -> list[tuple[float, float]]:
    """The corners of a square, as a ring."""
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


class Bench:
    """A canvas that shows a document at one screen pixel for each image pixel; places are image pixels."""

    def __init__(self, *, listens: bool = True) -> None:
        self.document = MemoryDocument(LABELS)
        self.view = CanvasView()
        if listens:
            self.document.listeners.append(self.view.update_shapes)
        self.view.resize(WIDTH + 100, HEIGHT + 100)
        self.view.show()
        self.view.show_picture(grey_pixels())
        self.view.show_document(self.document)
        self.view.actual()
        self.held = Qt.MouseButton.NoButton

    def put(self, *shapes: Shape, label: Label = CAR) -> list[int]:
        """Put annotations on the frame, as another part of the program would."""
        return [self.document.put(Annotation(1, label.id, shape)) for shape in shapes]

    def at(self, x: float, y: float) -> QPointF:
        """The place in the viewport where an image point is seen."""
        return self.view.navigator.placement.transform.map(QPointF(x, y))

    def press(
        self,
        x: float,
        y: float,
        keys: Qt.KeyboardModifier = NO_KEY,
        button: Qt.MouseButton = LEFT,
        *,
        twice: bool = False,
    ) -> None:
        """Press a button, perhaps for the second time in a row."""
        self.held |= button
        kind = QEvent.Type.MouseButtonDblClick if twice else QEvent.Type.MouseButtonPress
        self._send(kind, x, y, button, keys)

    def move(self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self._send(QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton, keys)

    def release(
        self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT
    ) -> None:
        self.held &= ~button
        self._send(QEvent.Type.MouseButtonRelease, x, y, button, keys)

    def click(
        self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT
    ) -> None:
        self.press(x, y, keys, button)
        self.release(x, y, keys, button)

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        self.click_again(x, y)

    def click_again(self, x: float, y: float) -> None:
        """The second click of a double click."""
        self.press(x, y, twice=True)
        self.release(x, y)

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        keys: Qt.KeyboardModifier = NO_KEY,
    ) -> None:
        self.press(*start, keys)
        self.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, keys)
        self.move(*end, keys)
        self.release(*end, keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.view, key, keys)

    def image(self) -> QImage:
        """What the window shows when everything is painted."""
        self.view.finish_painting()
        QApplication.processEvents()
        return self.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    def colour(self, image: QImage, x: float, y: float) -> tuple[int, int, int]:
        """Red, green and blue of a picture of the window where an image point is seen."""
        colour = image.pixelColor(self.at(x, y).toPoint())
        return colour.red(), colour.green(), colour.blue()

    def _send(
        self,
        kind: QEvent.Type,
        x: float,
        y: float,
        button: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        viewport, place = self.view.viewport(), self.at(x, y)
        globally = QPointF(viewport.mapToGlobal(place))
        event = QMouseEvent(kind, place, globally, button, self.held, keys)
        QApplication.sendEvent(viewport, event)
