"""The real window without a screen, driven by its own commands, the mouse and keys, and photographed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shrinking import write_png

from annotator.settings import THEME, Settings
from annotator.ui.look.theme import Theme
from annotator.ui.shell.shell import Shell
from annotator.ui.start.recent_projects import RecentProjects, recent_projects_path
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.window.main_window import MainWindow
from annotator.ui.window.workplace import Workplace

W = TypeVar("W", bound=QWidget)
Point = tuple[float, float]

SIZE = (1440, 900)
_LONGEST_MS = 20_000
_STEP_MS = 10
# Thumbnails, counts and panels follow a moment after what they show.
_REST_MS = 450


class Stage:
    """One window of a theme. Points are pixels of the shown picture; pictures go into `folder`."""

    def __init__(self, application: QApplication, folder: Path, theme: str) -> None:
        self.folder = folder
        self.settings = Settings()
        self.settings.set(THEME, theme)
        self.theme = Theme(application, self.settings)
        self.window = MainWindow(self.theme, self.settings, RecentProjects(recent_projects_path()))
        self.window.resize(*SIZE)
        self.window.show()
        self.wait(lambda: self.window.workplace is not None)
        self.rest()

    @property
    def work(self) -> Workplace:
        """What works on the project."""
        assert self.window.workplace is not None
        return self.window.workplace

    @property
    def shell(self) -> Shell:
        """What its features work with."""
        return self.work.shell

    # Waiting ----------------------------------------------------------------------------------------

    def rest(self, milliseconds: int = _REST_MS) -> None:
        """Let the window work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, until: Callable[[], object]) -> None:
        """Let the window work until something is so; raise TimeoutError where it never is."""
        for _ in range(_LONGEST_MS // _STEP_MS):
            if until():
                return
            self.rest(_STEP_MS)
        raise TimeoutError("The window did not do what it was asked to do.")

    def found(self, kind: type[W]) -> W:
        """Wait for a visible window or part of a kind, and return it."""

        def seen() -> list[W]:
            return [
                one for one in QApplication.allWidgets() if type(one) is kind and one.isVisible()
            ]

        self.wait(seen)
        self.rest()
        return seen()[-1]

    # Hands ------------------------------------------------------------------------------------------

    def open(self, *paths: Path) -> None:
        """Open something, and wait for its first picture."""
        self.window.opening.open_paths(*map(str, paths))
        self.wait(lambda: self.work.session.is_open and not self.work.opener.is_busy)
        self.wait_for_frame()

    def wait_for_frame(self) -> None:
        """Wait until the picture and what is on it are shown."""
        self.wait(lambda: not self.work.presenter.is_waiting and not self.work.document.is_loading)
        self.rest()

    def wait_for_model(self) -> None:
        """Wait until the model that suggests has looked at the frame, where there is one."""
        suggesting = self.shell.feature(Suggesting)

        def is_loaded() -> bool:
            model = suggesting.looking.model
            return model is not None and (model.is_ready or bool(model.problem))

        if suggesting.memory.model:
            self.wait(is_loaded)
            self.rest()

    def do(self, command: str) -> None:
        """Do what a command does."""
        action = self.shell.actions[command]
        assert action.isEnabled(), command
        action.trigger()
        self.rest(150)

    def go_to(self, number: int) -> None:
        """Go to a frame by its number, from 1."""
        self.shell.navigation.go_to_number(number - 1)
        self.wait_for_frame()

    def type_into(self, field: QLineEdit, text: str, *, enter: bool = False) -> None:
        """Type a text in place of the one that is there."""
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, text)
        if enter:
            QTest.keyClick(field, Qt.Key.Key_Return)
        self.rest()

    def key(self, widget: QWidget, key: Qt.Key) -> None:
        """Press a key."""
        QTest.keyClick(widget, key)
        self.rest(150)

    def label(self, name: str) -> None:
        """Draw with a label from now on; it is made where there is none."""
        self.type_into(self.work.labels_panel.field, name, enter=True)

    def move(self, point: Point) -> None:
        """Move the pointer over the picture."""
        QTest.mouseMove(self.work.canvas.viewport(), self.place(point))
        self.rest(50)

    def click(self, point: Point) -> None:
        """Click on the picture."""
        self.move(point)
        QTest.mouseClick(
            self.work.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.place(point)
        )
        self.rest(50)

    def drag(self, start: Point, end: Point, *, release: bool = True) -> None:
        """Draw from one point to another one."""
        viewport, left = self.work.canvas.viewport(), Qt.MouseButton.LeftButton
        self.move(start)
        QTest.mousePress(viewport, left, pos=self.place(start))
        self.move(end)
        if release:
            QTest.mouseRelease(viewport, left, pos=self.place(end))
        self.rest(80)

    def place(self, point: Point) -> QPoint:
        """Where a point of the picture is in the viewport of the canvas."""
        return self.work.canvas.viewportTransform().map(QPointF(*point)).toPoint()

    def select(self, *numbers: int) -> None:
        """Select objects of the frame by their places, from 0."""
        project, frame = self.work.session.project, self.work.session.frame
        assert frame is not None
        ids = sorted(one.id for one in project.annotations(frame.id))
        self.work.canvas.select([ids[number] for number in numbers])
        self.rest()

    def close_project(self) -> None:
        """Go back to the start page."""
        self.do("file.close")
        self.wait(lambda: not self.work.session.is_open)
        self.rest()

    def end(self) -> None:
        """Close the window, and wait until all is stored."""
        ended: list[bool] = []
        self.window.ended.connect(lambda: ended.append(True))
        self.window.close()
        self.wait(lambda: ended)
        self.window.deleteLater()

    # Eyes -------------------------------------------------------------------------------------------

    def shoot(
        self,
        name: str,
        widget: QWidget | None = None,
        *,
        over: Sequence[QWidget] = (),
        parts: Sequence[QWidget] = (),
        margin: int = 0,
        reduced: bool = False,
    ) -> None:
        """Write a picture of a window, the main one by default.

        over: windows that lie above it, such as popups. parts: only what these of its widgets cover, with a
        margin around them. reduced: one pixel for each of the window's, where twice as many would say no more.
        """
        if self.work.session.is_open:
            self.wait_for_model()
            self.wait(lambda: self.work.session.project.is_synced)
            self.rest(150)
        shown = widget or self.window
        image = shown.grab().toImage()
        painter = QPainter(image)
        for each in over:
            painter.drawPixmap(each.pos() - shown.mapToGlobal(QPoint()), each.grab())
        painter.end()
        if parts:
            image = _cut(image, [_within(part, shown) for part in parts], margin)
        if reduced:
            size = image.size() / image.devicePixelRatio()
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            image.setDevicePixelRatio(1)
        write_png(image, self.folder / f"{name}.png")


def _within(part: QWidget, window: QWidget) -> QRect:
    place = part.mapToGlobal(QPoint()) - window.mapToGlobal(QPoint())
    return QRect(place, part.size())


def _cut(image: QImage, places: Sequence[QRect], margin: int) -> QImage:
    whole = QRect()
    for place in places:
        whole = whole.united(place)
    whole = whole.adjusted(-margin, -margin, margin, margin)
    ratio = image.devicePixelRatio()
    corner = QPoint(round(whole.x() * ratio), round(whole.y() * ratio))
    cut = QRect(corner, whole.size() * ratio).intersected(image.rect())
    return image.copy(cut)
