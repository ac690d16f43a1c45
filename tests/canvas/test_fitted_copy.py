"""A copy of the size of the window that is still being made when the picture is about to be painted."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from annotator.canvas import picture
from annotator.canvas.picture import Picture, Pixels, Smaller, fitted_size

WIDTH, HEIGHT, ZOOM = 1600, 1200, 0.4


def plain(width: int, height: int, grey: int) -> Pixels:
    pixels = np.full((height, width, 4), grey, np.uint8)
    pixels[..., 3] = 255
    pixels.flags.writeable = False
    return pixels


@pytest.fixture
def white() -> Pixels:
    return plain(*fitted_size(WIDTH, HEIGHT, ZOOM), 255)


@pytest.fixture
def fitted() -> "Future[Pixels | None]":
    return Future()


@pytest.fixture
def painted(qapp, fitted: "Future[Pixels | None]") -> Callable[[], int]:
    """Paints the picture, which is black; returns the grey that is seen: 255 where the copy was used."""
    black = Picture(plain(WIDTH, HEIGHT, 0), smaller=Smaller(fitted=fitted))

    def paint() -> int:
        image = QImage(*fitted_size(WIDTH, HEIGHT, ZOOM), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.scale(ZOOM, ZOOM)
        black.draw(painter, QRectF(0, 0, WIDTH, HEIGHT), ZOOM)
        painter.end()
        return image.pixelColor(100, 100).red()

    return paint


def test_one_that_is_nearly_there_is_waited_for(fitted, painted, white, monkeypatch):
    # Longer than in the program: a busy machine begins with the other thread later than that.
    monkeypatch.setattr(picture, "_MOST_WAITED", 5.0)
    maker = threading.Timer(0.001, fitted.set_result, (white,))
    maker.start()
    assert painted() == 255
    maker.join()


def test_one_that_does_not_come_holds_nothing_up_and_is_used_later(fitted, painted, white):
    assert painted() == 0
    fitted.set_result(white)
    assert painted() == 255


@pytest.mark.parametrize("outcome", ["nothing", "an error"])
def test_without_one_the_picture_itself_is_drawn(fitted, painted, outcome):
    if outcome == "nothing":
        fitted.set_result(None)
    else:
        fitted.set_exception(MemoryError())
    assert painted() == 0
    assert painted() == 0


def test_its_memory_counts_once_it_is_there(fitted, white):
    smaller = Smaller(fitted=fitted)
    assert smaller.nbytes == 0
    fitted.set_result(white)
    assert smaller.nbytes == white.nbytes
