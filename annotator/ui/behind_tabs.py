"""What stands behind the tab of another panel."""

from PySide6.QtWidgets import QDockWidget, QWidget


def is_behind_a_tab(widget: QWidget) -> bool:
    """Whether a widget is in a panel behind another one, which Qt does not hide but moves out of the window."""
    part: QWidget | None = widget
    while part is not None and not part.isWindow():
        if isinstance(part, QDockWidget):
            return not part.window().rect().intersects(part.geometry())
        part = part.parentWidget()
    return False
