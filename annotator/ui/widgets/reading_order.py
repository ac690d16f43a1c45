"""Tab goes through a window as it is read: line by line, whatever the order in which its parts were made."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QScrollArea, QWidget

_ONLY_OWN = Qt.FindChildOption.FindDirectChildrenOnly


def go_on(window: QMainWindow, *, forwards: bool) -> bool:
    """Give the focus to what comes next, or before; return whether there is anything."""
    order = list(in_reading_order(window))
    if not order:
        return False
    now = window.focusWidget()
    place = order.index(now) if now in order else -1 if forwards else 0
    then = order[(place + (1 if forwards else -1)) % len(order)]
    reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
    then.setFocus(reason)
    _scroll_to(then)
    return True


def in_reading_order(widget: QWidget) -> Iterator[QWidget]:
    """What Tab comes to in a widget."""
    if takes_tab(widget):
        yield widget
    children = (
        each
        for each in widget.findChildren(QWidget, options=_ONLY_OWN)
        if each.isVisible() and not each.isWindow() and not _is_behind_a_tab(each)
    )
    for line in _lines(children):
        for each in line:
            yield from in_reading_order(each)


def takes_tab(widget: QWidget) -> bool:
    """Whether Tab stops at a widget that is seen."""
    if not widget.isEnabled() or widget.focusProxy() is not None:
        return False
    if isinstance(widget, QAbstractButton) and not widget.isChecked():
        group = widget.group()
        if group is not None and group.exclusive() and group.checkedButton() is not None:
            return False  # the arrows go on from the one that is chosen
    return bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)


def _lines(widgets: Iterable[QWidget]) -> Iterator[list[QWidget]]:
    """Those that stand beside each other, from the left; one line after the other."""
    line: list[QWidget] = []
    bottom = 0
    for widget in sorted(widgets, key=lambda each: (each.y(), each.x())):
        if line and widget.geometry().center().y() > bottom:
            yield sorted(line, key=lambda each: (each.x(), each.y()))
            line = []
        if not line:
            bottom = widget.geometry().bottom()
        line.append(widget)
    if line:
        yield sorted(line, key=lambda each: (each.x(), each.y()))


def _is_behind_a_tab(widget: QWidget) -> bool:
    """Whether another panel is in front; Qt does not hide what is behind but moves it out of the window."""
    if not isinstance(widget, QDockWidget):
        return False
    return not widget.window().rect().intersects(widget.geometry())


def _scroll_to(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
