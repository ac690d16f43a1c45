"""Timers for what is done once, some time after the last reason for it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance


def single_shot(
    parent: QObject, wait_ms: int, call: Callable[[], object] | SignalInstance
) -> QTimer:
    """Return a timer that calls something once, some time after each start; a new start begins the time anew."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(wait_ms)
    timer.timeout.connect(call)
    return timer
