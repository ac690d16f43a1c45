"""The first size of a window: the one it wants, or what the screen has room for."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

# What the system may draw around a window.
FRAME: Final = (8, 40)


def first_size(window: QWidget, wanted: tuple[int, int]) -> QSize:
    """Return the size, bounded to the screen that the window is on."""
    room = window.screen().availableSize() - QSize(*FRAME)
    return QSize(*wanted).boundedTo(room)
