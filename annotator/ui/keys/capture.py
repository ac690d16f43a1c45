"""A field that takes a key with its modifiers as what is meant, instead of doing what the key does."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from annotator.keys.names import InvalidKeyError, key_from_text
from annotator.ui.shell.action_set import native_key

_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_HELD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class KeyCapture(QLineEdit):
    """Every key but Tab is taken; Tab goes on, so that the keyboard does not end here.

    Signals: `pressed(key)` in Qt's portable text; `refused()` for a key that cannot be used.
    """

    pressed = Signal(str)
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        # A read-only field is passed by otherwise, and its menu would offer to copy.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def show_key(self, key: str) -> None:
        """Show a key as this system writes it; none for an empty text."""
        self.setText(native_key(key) if key else "")

    def event(self, event: QEvent) -> bool:
        """Take keys before the window does what they are for."""
        if isinstance(event, QKeyEvent):
            if (
                event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
                and not event.modifiers() & _HELD
            ):
                return super().event(event)
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() in _MODIFIERS or event.isAutoRepeat():
            return
        key = key_of(event)
        if key is None:
            self.refused.emit()
        else:
            self.pressed.emit(key)


def key_of(event: QKeyEvent) -> str | None:
    """Return a pressed key in Qt's portable text, or None for one that cannot be used.

    Shift is left out where it only makes the sign: `#` is one key for the person, whatever it takes to type it.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Tab if event.key() == Qt.Key.Key_Backtab else Qt.Key(event.key())
    if 0x21 <= key <= 0x7E and not chr(key).isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    text = QKeySequence(int(key) | modifiers.value).toString(
        QKeySequence.SequenceFormat.PortableText
    )
    try:
        return key_from_text(text)
    except InvalidKeyError:
        return None
