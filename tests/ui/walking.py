"""Going through the controls of a window as somebody without a mouse or without sight does."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QRadioButton,
    QScrollBar,
    QSlider,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

from annotator.canvas.view import CanvasView

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QTabBar,
    QTextEdit,
)
# Parts that Qt makes inside its own controls, which speak for them.
INNER = ("qt_menubar_ext_button", "qt_spinbox_lineedit", "qt_toolbar_ext_button")
# Lists below a field, in which the arrows choose while the field is typed into.
BY_ARROWS = ("Found commands", "Labels that are found")
# The field of the palette, which is closed as soon as the field has not the focus.
ALWAYS = ("paletteField",)
MOST_STEPS = 200
# How far around a control its ring may be.
AROUND = 14


def controls(surface: QWidget) -> Iterator[QWidget]:
    """What can be clicked or typed into and is seen, in the surface and not in a window of its own."""
    for widget in surface.findChildren(QWidget):
        if (
            isinstance(widget, CONTROLS)
            and not isinstance(widget, QHeaderView)
            and widget.isVisible()
            and widget.window() is surface.window()
            and widget.objectName() not in INNER
            and not isinstance(widget.parent(), QComboBox | QAbstractSpinBox | QLineEdit | QTabBar)
            and is_seen(widget)
        ):
            yield widget


def called(widget: QWidget) -> str:
    """What a screen reader calls a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def described(widget: QWidget) -> str:
    """A widget in the words of a test that fails."""
    name = called(widget) or widget.toolTip()
    return f"{type(widget).__name__} {widget.objectName()} “{name}” in {_parents(widget)}"


def _parents(widget: QWidget) -> str:
    names = []
    parent = widget.parentWidget()
    while parent is not None and len(names) < 3:
        names.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " < ".join(names)


def nameless(surface: QWidget) -> list[str]:
    """Controls that a screen reader could only call a button or a list."""
    return [described(each) for each in controls(surface) if not called(each).strip()]


def without_tip(surface: QWidget) -> list[str]:
    """Buttons that show only a picture and do not say what they do."""
    return [
        described(each)
        for each in controls(surface)
        if isinstance(each, QAbstractButton) and is_picture(each) and not each.toolTip()
    ]


def unseen(surface: QWidget) -> list[str]:
    """What takes the focus and cannot be seen there."""
    return [described(each) for each in steps(surface) if not is_seen(each)]


def is_seen(widget: QWidget) -> bool:
    """Whether any part of a widget is seen."""
    part = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    return not part.visibleRegion().isEmpty()


def is_picture(button: QAbstractButton) -> bool:
    """Whether no word stands on a button."""
    if isinstance(button, QCheckBox | QRadioButton):
        return False  # what it switches stands beside it
    if isinstance(button, QToolButton) and not button.icon().isNull():
        return button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    return not any(each.isalnum() for each in button.text())


# Tab ---------------------------------------------------------------------------------------------------


def steps(surface: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> Iterator[QWidget]:
    """Press a key until the focus is where it was before; yield what had it, in order."""
    seen: list[QWidget] = []
    for _ in range(MOST_STEPS):
        now = surface.window().focusWidget()
        assert now is not None, f"nothing has the focus after {seen[-1:]}"
        if now in seen:
            return
        seen.append(now)
        yield now
        if isinstance(now, CanvasView):
            # There Tab goes from one suggestion or object to the next, and F6 leaves.
            shift = Qt.KeyboardModifier.ShiftModifier
            held = shift if key == Qt.Key.Key_Backtab else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(now, Qt.Key.Key_F6, held)
        else:
            QTest.keyClick(now, key)
    raise AssertionError("Tab never comes back")


def reachable(widget: QWidget) -> bool:
    """Whether Tab should come to a control."""
    if not widget.isEnabled() or isinstance(widget, QMenuBar | QScrollBar):
        return False
    if called(widget) in BY_ARROWS and widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
        return False
    if isinstance(widget, QAbstractButton):
        group = widget.group()
        if widget.autoExclusive() or (group is not None and group.exclusive()):
            # The arrows go on from the one that is chosen.
            return widget.isChecked() or (group is not None and group.checkedButton() is None)
    return True


def unreached(surface: QWidget) -> list[str]:
    """Controls that the keyboard does not come to, forwards or backwards."""
    forwards, backwards = list(steps(surface)), list(steps(surface, Qt.Key.Key_Backtab))
    return [
        described(each)
        for each in controls(surface)
        if reachable(each) and not (_has(forwards, each) and _has(backwards, each))
    ]


def _has(walked: list[QWidget], widget: QWidget) -> bool:
    """Whether the focus came to a widget, or to the part of it that takes the keys."""
    proxy = widget.focusProxy() or widget
    return any(each is widget or each is proxy or widget.isAncestorOf(each) for each in walked)


# The ring ----------------------------------------------------------------------------------------------


def ringless(surface: QWidget) -> list[str]:
    """Controls that look the same with and without the focus, each where Tab comes to it."""
    QApplication.setCursorFlashTime(0)
    found = []
    for widget in steps(surface):
        if widget.objectName() in ALWAYS:
            continue
        widget.clearFocus()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        with_focus = shown(widget)
        widget.clearFocus()
        if shown(widget) == with_focus:
            found.append(described(widget))
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    return found


def shown(widget: QWidget) -> QImage:
    """A widget with what is around it; of a field only its edge, as it also shows where is typed."""
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    room = place.adjusted(-AROUND, -AROUND, AROUND, AROUND) & window.rect()
    picture = window.grab(room).toImage().convertToFormat(QImage.Format.Format_RGB32)
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox):
        painter = QPainter(picture)
        painter.fillRect(
            place.translated(-room.topLeft()).adjusted(3, 3, -3, -3), Qt.GlobalColor.black
        )
        painter.end()
    return picture
