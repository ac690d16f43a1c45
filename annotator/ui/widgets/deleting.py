"""Which keys delete what is chosen in a list."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from annotator.keys.names import usual_on

_KEYS: Final = {"Del": Qt.Key.Key_Delete, "Backspace": Qt.Key.Key_Backspace}
_DELETING: Final = frozenset(_KEYS[name] for name in usual_on(("Del",)))


def deletes(event: QKeyEvent) -> bool:
    """Whether a key deletes: Delete, and on macOS the one that is called so there."""
    return event.key() in _DELETING
