"""The window: the start page first, and what works on a project once that is loaded.

Until the first paint little more than this module, the start page and the theme is imported.
"""
# ruff: noqa: D102 - Qt explains the events

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenuBar,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from annotator import messages
from annotator.commands import GROUPS
from annotator.messages import Message
from annotator.settings import THEME, Setting, Settings
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.late_loading import import_beside, make_piecewise
from annotator.ui.look.icons import program_icon
from annotator.ui.look.theme import Theme
from annotator.ui.opening.open_commands import OpenCommands, dropped_paths
from annotator.ui.shell.window_memory import WindowMemory
from annotator.ui.start.recent_projects import RecentProjects
from annotator.ui.start.start_page import StartPage
from annotator.ui.widgets.apart import Apart
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.parts import column
from annotator.ui.widgets.quiet_writer import QuietWriter

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent

    from annotator.ui.shell.action_set import ActionSet
    from annotator.ui.shell.message_bar import MessageBar
    from annotator.ui.window.workplace import Workplace

_SIZE: Final = (1280, 800)
_LEAST_SIZE: Final = (760, 480)
_THEMES: Final = ("system", "dark", "light")
# Work that was cancelled stops at its next report; a disk that does not answer is not waited for any longer.
_CLOSING_MS: Final = 10_000


class MainWindow(QMainWindow):
    """Signals: `ready()` when everything is loaded; `ended()` when it is closed and nothing is left to wait for."""

    ready = Signal()
    ended = Signal()

    def __init__(self, theme: Theme, settings: Settings, recent: RecentProjects) -> None:
        super().__init__()
        self._theme = theme
        self._settings = settings
        self._calls = GuiCalls(self)
        self._writer = QuietWriter(self)
        self._memory = WindowMemory(settings.path)
        # Made after the first paint, in this order.
        self.message_bar: MessageBar
        self.action_set: ActionSet
        self.workplace: Workplace | None = None
        self._full_screen: QAction | None = None
        self.is_stuck = False
        self._is_loading = False
        self._is_ending = False
        self._is_over = False
        self.start_page = StartPage(theme, recent)
        self.start_page.painted.connect(self._load)
        self._menu_bar = QMenuBar()
        self._menus = {group: self._menu_bar.addMenu(tr(group)) for group in GROUPS}
        self._head = QWidget()
        column(self._head, gap=0).addWidget(self._menu_bar)
        self.setMenuWidget(self._head)
        self._pile = QStackedWidget()
        self._pile.addWidget(self.start_page)
        self.setCentralWidget(self._pile)
        self.opening = OpenCommands(
            self, self.start_page, recent, settings, self._writer, self._calls
        )
        self._stop_listening: Callable[[], None] = _nothing
        for problem in settings.problems:
            messages.warning(problem)
        settings.subscribe(self._setting_changed)
        self.setAcceptDrops(True)
        self.setWindowTitle("Annotator")
        self.setMinimumSize(*_LEAST_SIZE)
        self._restore_geometry()

    def open_path(self, path: str) -> None:
        """Open a folder, a picture or a project, as soon as that is possible."""
        self.opening.open_path(path)

    # After the first paint --------------------------------------------------------------------------

    def _load(self) -> None:
        from annotator.ui.shell.action_set import ActionSet
        from annotator.ui.shell.message_bar import MessageBar

        if self._is_ending:
            return
        QApplication.setWindowIcon(program_icon())
        self.message_bar = MessageBar(self._theme, self._pile)
        # What was said until now was kept, and is heard here.
        self._stop_listening = messages.subscribe(self._hear)
        self.action_set = actions = ActionSet(self, self._theme)
        actions.bind("file.open_folder", self.opening.choose_folder)
        actions.bind("file.open_files", self.opening.choose_files)
        actions.bind("file.open_project", self.opening.choose_project)
        actions.bind("file.open_demo", self.opening.open_demo)
        actions.bind("file.close", self._close_project)
        actions.bind("file.quit", self.close)
        actions.bind("help.about", _tell_about)
        actions.bind("help.keys", self._show_keys)
        actions.bind_switch("view.full_screen", self._set_full_screen, on=self.isFullScreen())
        self._full_screen = actions["view.full_screen"]
        self._bind_themes(actions)
        actions.keys_changed.connect(self._show_keys_of_targets)
        self._show_keys_of_targets()
        actions.fill_menus(self._menus)
        self.opening.mark_missing()
        self._is_loading = True
        import_beside("annotator.ui.window.workplace", self._calls, self._make_workplace)

    def _make_workplace(self, module: ModuleType) -> None:
        if self._is_ending:
            self._finish()
            return
        workplace: Workplace = module.Workplace(
            self, self._settings, self._theme, self.action_set, self.message_bar, self._calls
        )
        make_piecewise(self, workplace.parts(), partial(self._take_in, workplace))

    def _take_in(self, workplace: "Workplace") -> None:
        """Give the parts of the workplace their places; they are seen once something is open."""
        from PySide6.QtWidgets import QStatusBar

        self._is_loading = False
        if self._is_ending:
            self.workplace = workplace
            self._finish()
            return
        lines = self._head.layout()
        assert lines is not None
        lines.addWidget(workplace.top_bar)
        lines.addWidget(workplace.option_bar)
        self._pile.addWidget(workplace.area)
        status = QStatusBar()
        status.setSizeGripEnabled(False)
        status.setContentsMargins(0, 0, 0, 0)
        # What is saved changes often, and lays out no panel.
        status.addWidget(Apart(workplace.status), 1)
        self.setStatusBar(status)
        self.workplace = workplace
        workplace.session.opened.connect(partial(self._show_work, True))
        workplace.switch.left.connect(partial(self._show_work, False))
        # What was said about a project goes with it; what was said at the start stays.
        workplace.switch.left.connect(self.message_bar.clear)
        workplace.session.frame_changed.connect(self._name_window)
        self._show_work(False)
        self.opening.begin(workplace.opener, workplace.switch)
        self.ready.emit()

    def _show_work(self, is_open: bool) -> None:
        workplace = self.workplace
        assert workplace is not None
        shown = workplace.area if is_open else self.start_page
        if not is_open:
            self._give_up_focus()
        for page in (workplace.area, self.start_page):
            # The page that is not seen asks for no room: it would push the panels out of a small window.
            policy = QSizePolicy.Policy.Preferred if page is shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)
        self._pile.setCurrentWidget(shown)
        self.message_bar.stay_over(workplace.canvas_area if is_open else self.start_page)
        for part in (workplace.top_bar, workplace.option_bar, self.statusBar()):
            part.setVisible(is_open)
        if is_open:
            workplace.docks.open()
        else:
            workplace.docks.close()
            self.start_page.take_focus()
        self._name_window()

    def _give_up_focus(self) -> None:
        """Else Qt looks for what could have the focus next, through all that is about to go."""
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()

    def _name_window(self) -> None:
        workplace = self.workplace
        if workplace is None or not workplace.session.is_open:
            self.setWindowTitle("Annotator")
            return
        frame = workplace.session.frame
        name = workplace.session.task.name
        self.setWindowTitle(name if frame is None else f"{frame.name} — {name}")

    # Commands of the window -------------------------------------------------------------------------

    def _close_project(self) -> None:
        workplace = self.workplace
        if workplace is None:
            return
        if workplace.labels.settle():  # a drawing that only waits for its label is whole
            self._calls.post(self._close_project)  # when what was stored is painted
        elif workplace.navigation.may_leave():
            workplace.switch.close()

    def _show_keys(self) -> None:
        from annotator.ui.keys.keys_dialog import KeysDialog

        KeysDialog(self, self.action_set, self._theme).show()

    def _show_keys_of_targets(self) -> None:
        shown = {name: self.action_set.keys(name) for name in self.start_page.commands}
        self.start_page.show_keys({name: keys[0] if keys else "" for name, keys in shown.items()})

    def _set_full_screen(self, on: bool) -> None:
        """Fill the screen, or go back to what the window was before: maximised, perhaps."""
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(self.windowState() | full if on else self.windowState() & ~full)

    def _bind_themes(self, actions: "ActionSet") -> None:
        from PySide6.QtGui import QActionGroup

        group = QActionGroup(self)
        chosen = self._settings.get(THEME)
        for name in _THEMES:
            command = f"view.theme_{name}"
            group.addAction(actions[command])
            choose = partial(self._choose_theme, name)
            actions.bind_switch(command, choose, on=name == chosen)

    def _choose_theme(self, name: str, _on: bool) -> None:
        self._settings.set(THEME, name)

    def _setting_changed(self, setting: Setting[Any]) -> None:
        if setting is THEME:
            self.action_set[f"view.theme_{self._settings.get(THEME)}"].setChecked(True)
        self._writer.request(self._save_settings)

    def _save_settings(self) -> None:
        """Called on the thread of the writer."""
        from annotator.safe_io import write_whole

        self._settings.save(write_whole)

    def _hear(self, message: Message) -> None:
        """Called on any thread."""
        self._calls.now_or_posted(partial(self.message_bar.say, message))

    # Events -----------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forwards: bool) -> bool:
        from annotator.ui.widgets.reading_order import go_on

        return go_on(self, forwards=forwards)

    def changeEvent(self, event: QEvent) -> None:
        # The system has keys of its own for full screen.
        if event.type() == QEvent.Type.WindowStateChange and self._full_screen is not None:
            self._full_screen.setChecked(self.isFullScreen())
        super().changeEvent(event)

    def dragEnterEvent(self, event: "QDragEnterEvent") -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: "QDropEvent") -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.opening.open_paths(*paths)

    def closeEvent(self, event: "QCloseEvent") -> None:
        """Disappear at once, and end when everything is stored and on the disk."""
        event.setAccepted(self._is_over)
        if not self._is_ending:
            self._is_ending = True
            self._end()

    def _end(self) -> None:
        self._give_up_focus()
        self._memory.keep("geometry", self.saveGeometry())
        if self.workplace is not None:
            self.workplace.docks.close()
        self.hide()
        QTimer.singleShot(_CLOSING_MS, self, self._give_up)
        if self.workplace is None:
            if not self._is_loading:
                self._finish()
            return  # what is being loaded comes to an end first
        self.workplace.switch.all_closed.connect(self._finish)
        self.workplace.switch.close()

    def _finish(self) -> None:
        if self._is_over:
            return
        self._stop_listening()
        if self.workplace is not None:
            self.workplace.close()
        self._writer.close()
        self._over()

    def _give_up(self) -> None:
        """Something does not end: what was acknowledged is stored, so nothing is lost by going."""
        if not self._is_over:
            self.is_stuck = True
            self._over()

    def _over(self) -> None:
        self._calls.stop()
        self._is_over = True
        self.close()
        self.ended.emit()

    def _restore_geometry(self) -> None:
        kept = self._memory.get("geometry")
        if not isinstance(kept, QByteArray) or not self.restoreGeometry(kept):
            self.resize(first_size(self, _SIZE))


def _nothing() -> None:
    pass


def _tell_about() -> None:
    from annotator import __version__

    messages.info(
        tr("Annotator {version}, free under the Apache licence 2.0.", version=__version__)
    )
