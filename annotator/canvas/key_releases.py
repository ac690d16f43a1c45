"""When a key that was held is let go."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent

# Milliseconds. No keyboard repeats a key that was down for less.
_SHORTEST_HOLD: Final = 100
# A key that only repeats is down again by then, also where the window was busy meanwhile.
_STAYS_UP: Final = 50


class KeyReleases(QObject):
    """Tells a key that goes up for good from one that repeats.

    On X11 a key that repeats goes up and down again each time. Qt marks these events as repeats where it sees the
    second one when it takes the first, which it often does not. So a key that was held counts as let go once it stays
    up.

    Emits `let_go(key)`.
    """

    let_go = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._since = 0
        self._up: int | None = None
        self._stays_up = QTimer(self)
        self._stays_up.setSingleShot(True)
        self._stays_up.setInterval(_STAYS_UP)
        self._stays_up.timeout.connect(self.settle)

    def coming(self, event: QKeyEvent) -> None:
        """Hear of a key that goes down, whoever it is for: another one that is up was let go."""
        if self._up != event.key():
            self.settle()

    def pressed(self, event: QKeyEvent) -> bool:
        """Hear of a key that went down; return whether it was down all along."""
        self.coming(event)
        is_repeat = event.isAutoRepeat() or self._up is not None
        self._up = None
        self._stays_up.stop()
        if not is_repeat:
            self._since = event.timestamp()
        return is_repeat

    def released(self, event: QKeyEvent) -> None:
        """Hear of a key that went up."""
        if event.isAutoRepeat():
            return
        self.settle()
        self._up = event.key()
        if event.timestamp() - self._since < _SHORTEST_HOLD:
            self.settle()
        else:
            self._stays_up.start()

    def settle(self) -> None:
        """Tell at once of a key that is up."""
        self._stays_up.stop()
        up, self._up = self._up, None
        if up is not None:
            self.let_go.emit(up)
