"""A widget whose changing contents do not lay out the window around it anew."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Apart(QWidget):
    """Takes all the room there is and gives it to its child; other children of it lie over that.

    Without a layout Qt has nothing to tell the window when a child wants another size; with one, each new name in a bar
    makes all panels compute theirs.
    """

    def __init__(self, child: QWidget) -> None:
        super().__init__()
        self._child = child
        child.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """The least that the child needs."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The least that the child needs."""
        return self._child.minimumSizeHint().expandedTo(self._child.minimumSize())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hand the room on."""
        super().resizeEvent(event)
        self._child.resize(event.size())
