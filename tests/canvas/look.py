"""Save pictures of the canvas in its states, to be looked at by a person: python -m tests.canvas.look FOLDER [PICTURE].

Each state is saved in the dark and the light theme; set QT_SCALE_FACTOR=2 for a screen with small pixels.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.canvas.theme import DARK, LIGHT
from annotator.canvas.view import CanvasView
from annotator.core.annotations import Annotation
from annotator.core.labels import Label, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from tests.canvas.memory_document import MemoryDocument

SIZE = (1120, 700)


def made_picture() -> np.ndarray:
    """A soft landscape, where no picture is given."""
    y, x = np.mgrid[0:900, 0:1400]
    red = 120 + 60 * np.sin(x / 170) + 40 * (y / 900)
    green = 110 + 50 * np.cos(y / 130) + 30 * np.sin((x + y) / 90)
    blue = 150 - 60 * (y / 900)
    planes = np.stack((blue, green, red, np.full_like(red, 255)), axis=-1)
    return np.clip(planes, 0, 255).astype(np.uint8)


def read_picture(path: str) -> np.ndarray:
    image = QImage(path).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return pixels[:, : image.width()].copy()


def document_for(width: int, height: int) -> MemoryDocument:
    w, h = width / 100, height / 100
    template = SkeletonTemplate(
        points := tuple(TemplatePoint(n) for n in ("head", "neck", "left", "right")),
        edges=tuple((points[1].id, points[i].id) for i in (0, 2, 3)),
    )
    labels = [
        Label("person", "#f2c14e"),
        Label("window", "#4ec5c1"),
        Label("door", "#e4572e"),
        Label("floor with a rather long name indeed", "#b388eb"),
        Label("pose", "#9ac93c", kind="skeleton", skeleton=template),
    ]
    person, window, door, floor, pose = (label.id for label in labels)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    blob = np.column_stack((70 * w + 9 * w * np.cos(angle), 60 * h + 14 * h * np.sin(angle)))
    blob *= 1 + 0.04 * np.sin(5 * angle)[:, None]
    yy, xx = np.mgrid[0 : int(16 * h), 0 : int(14 * w)]
    disk = (xx - 7 * w) ** 2 / (7 * w) ** 2 + (yy - 8 * h) ** 2 / (8 * h) ** 2 < 1
    hole = np.array([(8, 30), (14, 30), (14, 36), (8, 36)]) * (w, h)
    ring = np.array([(4, 24), (19, 22), (20, 42), (6, 44)]) * (w, h)
    elements = {
        p.id: SkeletonElement(Points(np.array([(x * w, y * h)])))
        for p, (x, y) in zip(points, ((90, 12), (90, 20), (86, 30), (94, 30)), strict=True)
    }
    shapes = [
        (person, Rectangle((25 * w, 12 * h, 38 * w, 55 * h))),
        (person, Rectangle((44 * w, 20 * h, 52 * w, 58 * h), 12.0)),
        (window, Polygon((PolygonPart(ring, (hole,)),))),
        (window, Polygon.from_ring(blob)),
        (door, Ellipse((62 * w, 22 * h), (7 * w, 9 * h), 30.0)),
        (door, Polyline(np.array([(40, 90), (50, 75), (60, 88), (66, 78)]) * (w, h))),
        (floor, Mask.from_bitmap(disk, (int(8 * w), int(62 * h)))),
        (floor, Points(np.array([(80, 80), (84, 84), (88, 79)]) * (w, h))),
        (
            door,
            Cuboid(
                np.array(
                    [(76, 20), (76, 34), (82, 20), (82, 34), (79, 16), (79, 30), (85, 16), (85, 30)]
                )
                * (w, h)
            ),
        ),
        (pose, Skeleton(elements)),
    ]
    shapes += [
        (person if i % 3 else window, Rectangle((x, y, x + 2.6 * w, y + 3 * h)))
        for i, (x, y) in enumerate(
            ((26 + 3.3 * c) * w, (66 + 5 * r) * h) for r in range(5) for c in range(4)
        )
    ]
    return MemoryDocument(labels, [Annotation(1, label, shape) for label, shape in shapes])


class Studio:
    """A canvas, and the folder its pictures go to."""

    def __init__(self, folder: Path, pixels: np.ndarray, name: str) -> None:
        self.folder, self.name = folder, name
        self.view = CanvasView(theme=DARK if name == "dark" else LIGHT)
        self.view.resize(*SIZE)
        self.view.show()
        pixels.flags.writeable = False
        self.document = document_for(pixels.shape[1], pixels.shape[0])
        self.document.listeners.append(self.view.update_shapes)
        self.view.show_picture(pixels)
        self.view.show_document(self.document)
        self.view.fit()
        QApplication.processEvents()

    def at(self, x: float, y: float) -> QPoint:
        """A place in the viewport, given in percent of the picture."""
        size = self.view.stage.size
        return self.view.navigator.placement.transform.map(
            QPoint(round(x * size.width() / 100), round(y * size.height() / 100))
        )

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.view.viewport(), self.at(x, y))
        QApplication.processEvents()

    def save(self, state: str, *, fine: bool = True) -> None:
        if fine:
            self.view.finish_painting()
        QApplication.processEvents()
        ratio = round(self.view.devicePixelRatioF())
        self.view.grab().save(str(self.folder / f"{self.name}-{ratio}x-{state}.png"))


def take_pictures(folder: Path, pixels: np.ndarray, name: str) -> None:
    studio = Studio(folder, pixels, name)
    view, left = studio.view, Qt.MouseButton.LeftButton
    people = [a.id for a in studio.document.annotations.values()]
    studio.save("1-resting")
    studio.move(65, 60)
    studio.save("2-hovered")
    QTest.mouseClick(view.viewport(), left, Qt.KeyboardModifier.NoModifier, studio.at(30, 30))
    studio.save("3-selected-rectangle")
    QTest.mouseClick(view.viewport(), left, Qt.KeyboardModifier.NoModifier, studio.at(48, 40))
    studio.save("4-selected-turned")
    QTest.mouseClick(view.viewport(), left, Qt.KeyboardModifier.NoModifier, studio.at(70, 60))
    studio.save("5-selected-polygon")
    view.select(people)
    studio.save("6-selected-all")
    view.select(())
    view.set_tool("rectangle")
    QTest.mouseClick(view.viewport(), left, Qt.KeyboardModifier.NoModifier, studio.at(54, 60))
    studio.move(62, 88)
    studio.save("7-drawing-rectangle")
    view.set_tool("polygon")
    view.set_drawing_colour("#e4572e")
    for place in ((20, 20), (30, 10), (45, 30), (40, 60)):
        QTest.mouseClick(view.viewport(), left, Qt.KeyboardModifier.NoModifier, studio.at(*place))
    studio.move(25, 50)
    studio.save("8-drawing-polygon")
    view.set_tool("select")
    view.restore_view_state(view.view_state())
    for _ in range(6):
        view.navigator.zoom_by(1.5)
    studio.save("9-zoomed")
    studio.view.fit()
    view.show_picture(
        None, "The file “IMG_0042.jpg” is damaged: it ends after 1 204 of 3 000 lines."
    )
    studio.save("a-broken")
    view.close()


if __name__ == "__main__":
    app = QApplication([])
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for theme in ("dark", "light"):
        picture = read_picture(sys.argv[2]) if len(sys.argv) > 2 else made_picture()
        take_pictures(target, picture, theme)
