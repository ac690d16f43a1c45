"""The hands and eyes of a test: mouse, keys, and what the window shows."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from annotator.core.annotations import Annotation
from annotator.core.shapes import Polygon, Rectangle
from annotator.project.project import Project
from annotator.settings import Settings
from annotator.ui.look.theme import Theme
from annotator.ui.start.recent_projects import RecentProjects, recent_projects_path
from annotator.ui.window.main_window import MainWindow
from annotator.ui.window.workplace import Workplace

Point = tuple[float, float]
TIMEOUT = 15_000


class Driver:
    """Drives a main window. Points are image pixels."""

    def __init__(
        self, qtbot: QtBot, application: QApplication, settings: Settings, *, show: bool = True
    ) -> None:
        self.qtbot = qtbot
        self.settings = settings
        self.theme = Theme(application, settings)
        self.window = MainWindow(self.theme, settings, RecentProjects(recent_projects_path()))
        application.setQuitOnLastWindowClosed(False)
        self._is_closed = False
        self.window.resize(1200, 760)
        if show:
            self.window.show()
            self.wait(lambda: self.window.workplace is not None)

    @property
    def work(self) -> Workplace:
        workplace = self.window.workplace
        assert workplace is not None
        return workplace

    @property
    def project(self) -> Project:
        return self.work.session.project

    @property
    def message(self) -> str:
        """What the bar at the top of the canvas says."""
        return self.window.message_bar.text

    def wait(self, until: Callable[[], bool], timeout: int = TIMEOUT) -> None:
        self.qtbot.waitUntil(until, timeout=timeout)

    # Opening and closing ----------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open something and wait until its first picture is shown."""
        self.window.open_path(str(path))
        self.wait(lambda: self.work.session.is_open and not self.work.opener.is_busy)
        self.wait_for_frame()

    def wait_for_frame(self) -> None:
        self.wait(lambda: not self.work.presenter.is_waiting and not self.work.document.is_loading)

    def close(self) -> None:
        """Close the window and wait until everything is stored."""
        if not self._is_closed:
            self._is_closed = True
            with self.qtbot.waitSignal(self.window.ended, timeout=TIMEOUT):
                self.window.close()
            assert not self.window.is_stuck
            self.window.deleteLater()
            # The application would keep it, and with it all that follows its colours.
            self.theme.deleteLater()

    # Hands ------------------------------------------------------------------------------------------

    def key(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        to: QWidget | None = None,
    ) -> None:
        """Press a key where the focus is."""
        self.qtbot.keyClick(to or self.window.focusWidget() or self.window, key, modifiers)

    def ctrl(self, key: Qt.Key, *, shift: bool = False) -> None:
        held = Qt.KeyboardModifier.ControlModifier
        if shift:
            held |= Qt.KeyboardModifier.ShiftModifier
        self.key(key, held)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.focusWidget(), text)

    def place(self, point: Point) -> QPoint:
        """Where a point of the picture is in the viewport of the canvas."""
        transform = self.work.canvas.viewportTransform()
        return transform.map(QPointF(*point)).toPoint()

    def click(self, point: Point, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        place = self.place(point)
        viewport = self.work.canvas.viewport()
        self.qtbot.mouseMove(viewport, place)
        self.qtbot.mouseClick(viewport, button, pos=place)

    def drag(self, start: Point, end: Point) -> None:
        viewport = self.work.canvas.viewport()
        self.qtbot.mouseMove(viewport, self.place(start))
        self.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=self.place(start))
        self.qtbot.mouseMove(viewport, self.place(end))
        self.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=self.place(end))

    def draw_box(self, start: Point, end: Point) -> None:
        """Take the rectangle tool and draw."""
        self.key(Qt.Key.Key_B, to=self.work.canvas)
        self.drag(start, end)

    def draw_polygon(self, points: Sequence[Point]) -> None:
        """Take the polygon tool and draw."""
        self.key(Qt.Key.Key_P, to=self.work.canvas)
        for point in points:
            self.click(point)
        self.key(Qt.Key.Key_Return, to=self.work.canvas)

    def create_label(self, name: str) -> int:
        """Add a label through the field of the labels panel; return its id."""
        field = self.work.labels_panel.field
        field.setText(name)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)
        label = self.project.labels.named(name)
        assert label is not None
        return label.id

    # Eyes -------------------------------------------------------------------------------------------

    @property
    def frame_name(self) -> str:
        frame = self.work.session.frame
        return "" if frame is None else frame.name

    def stored(self, frame: str | None = None) -> list[Annotation]:
        """What the project holds on a frame, the shown one by default."""
        found = (
            self.work.session.frame
            if frame is None
            else self.project.frame_named(self.work.session.task.id, frame)
        )
        assert found is not None
        return sorted(self.project.annotations(found.id), key=lambda one: one.id)

    def boxes(self, frame: str | None = None) -> list[tuple[float, ...]]:
        """The rectangles of a frame as x0, y0, x1, y1."""
        return [one.shape.xyxy for one in self.stored(frame) if isinstance(one.shape, Rectangle)]

    def outlines(self, frame: str | None = None) -> list[list[list[float]]]:
        """The outer rings of the polygons of a frame."""
        return [
            one.shape.parts[0].outer.tolist()
            for one in self.stored(frame)
            if isinstance(one.shape, Polygon)
        ]

    def drawn_ids(self) -> set[int]:
        """What the canvas shows."""
        return set(self.work.canvas.stage.frame.ids())
