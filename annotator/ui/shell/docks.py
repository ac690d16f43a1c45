"""The panels around the canvas: they move, float and hide, and each workspace remembers where they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from annotator.translation import tr
from annotator.ui.look.icons import icon
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import PANEL, PANEL_LEAST
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shell.window_memory import WindowMemory
from annotator.ui.shell.workspaces import Workspace, workspace_named
from annotator.ui.timers import single_shot
from annotator.ui.widgets.parts import row, section_head

Area: TypeAlias = Literal["left", "right", "bottom"]

_AREAS: Final[dict[Area, Qt.DockWidgetArea]] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
# Raised when the ids of docks change their meaning: an arrangement of another version is not taken over.
_LAYOUT_VERSION: Final = 1
_TITLE: Final = 28
_TITLE_BUTTON: Final = 22
_TITLE_ICON: Final = 13
# A panel with a height of its own leaves at least the rest of this to the others of its side.
_MOST_SHARE: Final = 0.56


@dataclass(frozen=True, slots=True)
class _Place:
    area: Area
    tab_with: str | None
    shown: bool
    height: int | None


class Docks(QObject):
    """All docks of the window by their ids.

    They are seen only while a project is open. `workspace_changed(id)` when another arrangement is shown.
    memory: where arrangements are kept.
    """

    workspace_changed = Signal(str)

    def __init__(
        self, window: QMainWindow, actions: ActionSet, theme: Theme, memory: WindowMemory
    ) -> None:
        super().__init__(window)
        self._memory = memory
        self._window = window
        self._actions = actions
        self._theme = theme
        self._places: dict[str, _Place] = {}
        self._docks: dict[str, QDockWidget] = {}
        self._titles: list[_DockTitle] = []
        self._workspace = workspace_named(str(memory.get("workspace") or ""))
        self._is_open = False
        self._hidden_state: QByteArray | None = None
        # Bars that are shown together with the panels take room only in a moment.
        self._soon = single_shot(self, 0, self._size)
        self._tabs_soon = single_shot(self, 0, self._show_tabs)
        window.setDocumentMode(True)
        window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        for side in _AREAS.values():
            window.setTabPosition(side, QTabWidget.TabPosition.North)
        # The panels at the sides have the whole height, what lies below the canvas only its width.
        window.setCorner(Qt.Corner.BottomRightCorner, _AREAS["right"])
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREAS["left"])
        actions.bind_switch("view.panels", self._show_all, on=True)
        actions.bind("view.reset_layout", self.reset)

    @property
    def workspace(self) -> Workspace:
        """The workspace whose arrangement is shown."""
        return self._workspace

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all docks."""
        return tuple(self._docks)

    def __getitem__(self, dock_id: str) -> QDockWidget:
        return self._docks[dock_id]

    def add(
        self,
        dock_id: str,
        title: str,
        widget: QWidget,
        *,
        area: Area = "right",
        tab_with: str | None = None,
        shown: bool = True,
        titled: bool = True,
        height: int | None = None,
    ) -> QDockWidget:
        """Add a panel; its command `view.dock_<id>` shows and hides it.

        tab_with: the id of a dock that was added before, behind which it stands at first. shown: whether it is seen
        at first. titled: whether it has a line with its name while it stands alone. height: its first height.
        """
        dock = _Dock(title, self._window, self._theme)
        dock.setObjectName(dock_id)
        dock.setAccessibleName(title)
        body = _Body(widget)
        dock.setWidget(body)
        if area != "bottom":
            body.setMinimumWidth(PANEL_LEAST)
        self._titles.append(_DockTitle(dock, self._theme, titled=titled))
        self._docks[dock_id] = dock
        self._places[dock_id] = _Place(area, tab_with, shown, height)
        self._window.addDockWidget(_AREAS[area], dock)
        dock.hide()
        command = f"view.dock_{dock_id}"
        self._actions.bind_switch(command, lambda on: self._switch(dock, on), on=shown)
        dock.visibilityChanged.connect(lambda _: self._show_state(dock_id))
        dock.visibilityChanged.connect(lambda _: self._tabs_soon.start())
        return dock

    def raise_dock(self, dock_id: str) -> None:
        """Show a panel in front of those it stands with."""
        dock = self._docks[dock_id]
        dock.show()
        dock.raise_()

    # Arrangements -----------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the panels as the workspace remembers them, unless they are shown already."""
        if not self._is_open:
            self._is_open = True
            self._restore()

    def close(self) -> None:
        """Remember the arrangement and hide all panels."""
        if not self._is_open:
            return
        self._remember()
        self._is_open = False
        for dock in self._docks.values():
            dock.hide()

    def use(self, workspace_id: str) -> None:
        """Show another workspace's arrangement, and remember this one."""
        if workspace_id == self._workspace.id:
            return
        if self._is_open:
            self._remember()
        self._workspace = workspace_named(workspace_id)
        self._memory.keep("workspace", self._workspace.id)
        if self._is_open:
            self._restore()
        self.workspace_changed.emit(self._workspace.id)

    def reset(self) -> None:
        """Arrange the workspace as it was at first."""
        self._hidden_state = None
        self._actions["view.panels"].setChecked(True)
        self._arrange()

    def _restore(self) -> None:
        self._hidden_state = None
        self._actions["view.panels"].setChecked(True)
        kept = self._memory.get(self._key)
        # Docks that the arrangement does not know (of a later version) stay where these put them.
        self._arrange()
        # Of another version, or damaged: refused, and the first arrangement stays.
        if isinstance(kept, QByteArray) and self._window.restoreState(kept, _LAYOUT_VERSION):
            self._soon.stop()

    def _remember(self) -> None:
        state = self._hidden_state or self._window.saveState(_LAYOUT_VERSION)
        self._memory.keep(self._key, state)

    @property
    def _key(self) -> str:
        return f"layout/{self._workspace.id}"

    def _arrange(self) -> None:
        """Put every dock where it is at first."""
        for dock_id, dock in self._docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(_AREAS[self._places[dock_id].area], dock)
        for dock_id, dock in self._docks.items():
            front = self._places[dock_id].tab_with
            if front in self._docks:
                self._window.tabifyDockWidget(self._docks[front], dock)
        chosen = self._workspace.shown
        for dock_id, dock in self._docks.items():
            dock.setVisible(self._places[dock_id].shown if chosen is None else dock_id in chosen)
        for dock_id, dock in self._docks.items():
            if self._places[dock_id].tab_with is None and not dock.isHidden():
                dock.raise_()
        self._size()
        self._soon.start()

    def _size(self) -> None:
        """Give every dock the size it has at first."""
        sides = [d for i, d in self._docks.items() if self._places[i].area != "bottom"]
        self._window.resizeDocks(sides, [PANEL] * len(sides), Qt.Orientation.Horizontal)
        for area in _AREAS:
            self._size_stack(area)

    def _size_stack(self, area: Area) -> None:
        """Give the docks of a side that stand below each other their heights; what has none gets the rest."""
        stack = [
            (self._docks[dock_id], place.height)
            for dock_id, place in self._places.items()
            if place.area == area and place.tab_with is None
        ]
        if area == "bottom":
            heights = [height or 0 for _, height in stack]
        else:
            room = self._room
            wanted = [min(height or 0, round(_MOST_SHARE * room)) for _, height in stack]
            rest = max(0, room - sum(wanted)) // max(1, wanted.count(0))
            heights = [height or rest for height in wanted]
        self._window.resizeDocks([dock for dock, _ in stack], heights, Qt.Orientation.Vertical)

    @property
    def _room(self) -> int:
        """The height between the bars."""
        window = self._window
        bars: tuple[QWidget | None, ...] = (window.menuWidget(), window.statusBar())
        shown = [bar.height() for bar in bars if bar is not None and bar.isVisible()]
        return window.height() - sum(shown)

    # Showing and hiding -----------------------------------------------------------------------------

    def _show_all(self, on: bool) -> None:
        if not on:
            self._hidden_state = self._window.saveState(_LAYOUT_VERSION)
            for dock in self._docks.values():
                dock.hide()
        elif self._hidden_state is not None:
            state, self._hidden_state = self._hidden_state, None
            self._window.restoreState(state, _LAYOUT_VERSION)

    def _switch(self, dock: QDockWidget, on: bool) -> None:
        if on:
            self._hidden_state = None
            self._actions["view.panels"].setChecked(True)
            dock.show()
            dock.raise_()
        else:
            dock.hide()

    def _show_tabs(self) -> None:
        """Let Tab come to the bars of tabs that are seen: Qt keeps others for later use."""
        inside = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=inside):
            is_used = bar.count() > 1
            bar.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_used else Qt.FocusPolicy.NoFocus)
        for title in self._titles:
            title.show_parts()

    def _show_state(self, dock_id: str) -> None:
        # A dock behind another one is there all the same.
        self._actions[f"view.dock_{dock_id}"].setChecked(not self._docks[dock_id].isHidden())


class _Dock(QDockWidget):
    """A panel that has an edge while it floats: on a desktop of its own colour nobody would see where it ends.

    The style sheet keeps the room of the edge free; Qt paints none around a title of one's own.
    """

    def __init__(self, title: str, window: QMainWindow, theme: Theme) -> None:
        super().__init__(title, window)
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what title and body leave free."""
        if self.isFloating():
            painter = QPainter(self)
            painter.fillRect(event.rect(), QColor(self._theme.colours.line))
            painter.end()
        else:
            super().paintEvent(event)


class _Body(QWidget):
    """The ground of a panel."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row(self, gap=0).addWidget(widget)


class _DockTitle(QWidget):
    """The line above a panel that stands alone or floats; behind tabs their name is enough."""

    def __init__(self, dock: QDockWidget, theme: Theme, *, titled: bool) -> None:
        super().__init__()
        self._dock = dock
        self._theme = theme
        self._titled = titled
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = section_head(dock.windowTitle())
        self._float = self._button(
            tr("Float or dock"), lambda: dock.setFloating(not dock.isFloating())
        )
        self._close = self._button(tr("Hide the panel"), dock.hide)
        line = row(self, gap=2)
        line.setContentsMargins(12, 0, 4, 0)
        line.addWidget(self._name, 1)
        line.addWidget(self._float)
        line.addWidget(self._close)
        dock.setTitleBarWidget(self)
        dock.windowTitleChanged.connect(self._name.setText)
        for signal in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged):
            signal.connect(self.show_parts)
        theme.changed.connect(self._recolour)
        self._recolour()

    def sizeHint(self) -> QSize:
        """No height behind tabs."""
        return QSize(60, _TITLE if self._is_wanted else 0)

    def minimumSizeHint(self) -> QSize:
        """No height behind tabs."""
        return self.sizeHint()

    @property
    def _is_wanted(self) -> bool:
        dock = self._dock
        if dock.isFloating():
            return True
        window = dock.parentWidget()
        assert isinstance(window, QMainWindow)
        return self._titled and not any(
            other.isVisible() or not other.isHidden() for other in window.tabifiedDockWidgets(dock)
        )

    def show_parts(self) -> None:
        """Show name and buttons where they are wanted; elsewhere Tab must not come to them either."""
        wanted = self._is_wanted
        for part in (self._name, self._float, self._close):
            part.setVisible(wanted)
        self.updateGeometry()

    def _button(self, name: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFixedSize(_TITLE_BUTTON, _TITLE_BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: run())
        return button

    def _recolour(self) -> None:
        colours = self._theme.colours
        for button, name in ((self._float, "float"), (self._close, "close")):
            button.setIcon(icon(name, colours, _TITLE_ICON))
            button.setIconSize(QSize(_TITLE_ICON, _TITLE_ICON))
