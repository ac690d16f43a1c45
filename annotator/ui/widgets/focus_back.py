"""Giving the focus back to where it was before something opened."""

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def give_focus_back(widget: QWidget | None) -> None:
    """Give the focus to a widget, unless it is gone or out of sight by now: fields are made anew meanwhile."""
    if widget is not None and shiboken6.isValid(widget) and widget.isVisible():
        widget.setFocus(Qt.FocusReason.PopupFocusReason)
