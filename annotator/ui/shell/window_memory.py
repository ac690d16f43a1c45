"""What the window remembers of itself from one time to the next: its place, and where its panels are."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

_FILE: Final = "window.ini"


class WindowMemory:
    """A file beside the settings, read and written by Qt; what is damaged in it reads as nothing.

    settings: the file of the settings; with None nothing is remembered.
    """

    def __init__(self, settings: Path | None) -> None:
        # Named by its whole path: Qt would find out where the user's files are once for a process, and share them
        # with whatever else calls itself annotator.
        self._path = None if settings is None else settings.with_name(_FILE)

    def get(self, key: str) -> object:
        """Return what was kept under a key, None where there is nothing."""
        kept = self._kept()
        return None if kept is None else kept.value(key)

    def keep(self, key: str, value: object) -> None:
        """Keep a value, a QByteArray or a text."""
        kept = self._kept()
        if kept is not None:
            kept.setValue(key, value)

    def _kept(self) -> QSettings | None:
        if self._path is None:
            return None
        return QSettings(str(self._path), QSettings.Format.IniFormat)
