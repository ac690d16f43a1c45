"""Everything around the canvas, put together: what works on a project once one is open."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMainWindow, QWidget

from annotator import messages
from annotator.background.runner import BackgroundRunner
from annotator.canvas.view import CanvasView
from annotator.commands import LABEL_DIGITS
from annotator.settings import Settings
from annotator.translation import in_digits, tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.labels.control import LabelControl
from annotator.ui.labels.panel import LabelsPanel
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.look.focus_frame import FocusFrame
from annotator.ui.look.theme import Theme
from annotator.ui.objects.menu import OBJECT_COMMANDS, show_menu
from annotator.ui.objects.panel import ObjectsPanel
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shell.canvas_settings import CanvasSettings, canvas_theme
from annotator.ui.shell.docks import Docks
from annotator.ui.shell.message_bar import MessageBar
from annotator.ui.shell.option_bar import OptionBar
from annotator.ui.shell.shell import Ending, Shell
from annotator.ui.shell.status_bar import StatusBar
from annotator.ui.shell.tool_strip import ToolStrip
from annotator.ui.shell.top_bar import TopBar
from annotator.ui.shell.undo import UndoControl
from annotator.ui.shell.window_memory import WindowMemory
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.opening import Opened, Opener
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.project_switch import ProjectSwitch
from annotator.ui.shown.session import Session
from annotator.ui.shown.work_watch import WorkWatch
from annotator.ui.start.greeting import greet
from annotator.ui.widgets.apart import Apart
from annotator.ui.widgets.parts import row
from annotator.ui.window.features import FEATURES

# The menu of the canvas where nothing lies.
_FRAME_COMMANDS: Final = ("edit.select_all", "view.fit", "view.actual_size")


class Workplace(QObject):
    """Owns the session, the canvas, the bars and the panels, and binds their commands.

    `parts` makes it piece by piece, so that the window answers in between; nothing may be used before its end.
    """

    def __init__(
        self,
        window: QMainWindow,
        settings: Settings,
        theme: Theme,
        actions: ActionSet,
        bar: MessageBar,
        calls: GuiCalls,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._actions = actions
        self._bar = bar
        self._calls = calls
        self.runner = BackgroundRunner()
        self.session = Session(calls, self)
        self.opener = Opener(self.runner, calls, self)

    def parts(self) -> Iterator[None]:
        """Make everything, a piece with each step."""
        calls, theme, actions, session = self._calls, self._theme, self._actions, self.session
        self.watch = WorkWatch(self.runner, calls, self)
        self.choice = LabelChoice(session, self)
        self.document = ProjectDocument(
            session, self.choice, self.runner, calls, actions.keys, self
        )
        yield
        self.canvas = CanvasView(theme=canvas_theme(theme.colours))
        self.canvas.setAccessibleName(tr("Picture"))
        actions.add_canvas_keys(self.canvas, "Edit", "Frame", "View")
        self.area = self._work_area()
        yield
        self.presenter = FramePresenter(session, self.document, self.canvas, self._settings, calls)
        self.navigation = FrameNavigation(session, self.canvas, self)
        self.switch = ProjectSwitch(
            session, self.presenter, self.navigation, self.opener, self.runner, calls
        )
        self.popup = LabelPopup(theme, self.canvas_area)
        self.labels = LabelControl(
            session, self.choice, self.document, self.canvas, self.popup, actions.keys
        )
        actions.keys_changed.connect(self.labels.keys_changed)
        self.undo = UndoControl(session, self.canvas, self.navigation, self.runner, calls, actions)
        yield
        self.top_bar = TopBar(theme, actions, session, self.navigation, self.canvas)
        self.option_bar = OptionBar(
            theme, actions, self._settings, session, self.choice, self.labels, self.canvas
        )
        yield
        self.objects_panel = ObjectsPanel(
            theme, self._settings, actions, self.document, self.canvas, self.labels
        )
        self.labels_panel = LabelsPanel(
            theme, session, self.choice, self.labels, self.document, self.canvas
        )
        memory = WindowMemory(self._settings.path)
        self.docks = Docks(self._window, actions, theme, memory)
        self._add_panels()
        yield
        self.status = StatusBar(theme, session, self.canvas, self.watch)
        self.objects_panel.count_changed.connect(self._say_object_count)
        CanvasSettings(self.canvas, self.document, self._settings, theme, actions)
        self._bind()
        self._connect()
        yield
        self.shell = shell = self._shell()
        for add_to in FEATURES:
            shell.features.append(add_to(shell))
            yield

    def close(self) -> None:
        """End the threads; nothing is open any more."""
        for feature in self.shell.features:
            if isinstance(feature, Ending):
                feature.end()
        self.document.close()
        self.runner.close()

    # Putting together -------------------------------------------------------------------------------

    def _work_area(self) -> QWidget:
        """The tools and the canvas."""
        self.canvas_area = Apart(self.canvas)
        FocusFrame(self._theme, self.canvas)
        area = QWidget()
        line = row(area, gap=0)
        line.addWidget(ToolStrip(self._actions, self.canvas))
        line.addWidget(self.canvas_area, 1)
        return area

    def _add_panels(self) -> None:
        """What stands at the right: the objects of the frame, the labels of the project."""
        self.docks.add("objects", tr("Objects"), self.objects_panel)
        self.docks.add("labels", tr("Labels"), self.labels_panel, tab_with="objects")
        self.objects_panel.count_changed.connect(self._count_tabs)
        self.labels_panel.count_changed.connect(self._count_tabs)

    def _say_object_count(self) -> None:
        self.status.show_object_count(self.objects_panel.count)

    def _count_tabs(self) -> None:
        for dock, title, count in (
            ("objects", tr("Objects"), self.objects_panel.count),
            ("labels", tr("Labels"), self.labels_panel.count),
        ):
            text = f"{title} {in_digits(count)}" if count else title
            if text != self.docks[dock].windowTitle():  # setting it lays out the tabs anew
                self.docks[dock].setWindowTitle(text)

    def _shell(self) -> Shell:
        return Shell(
            self._window,
            self._settings,
            self._theme,
            self._actions,
            self._bar,
            self._calls,
            self.runner,
            self.session,
            self.switch,
            self.document,
            self.choice,
            self.labels,
            self.canvas,
            self.presenter,
            self.navigation,
            self.undo,
            self.top_bar,
            self.status,
            self.docks,
            [],
        )

    def _bind(self) -> None:
        bind, canvas, navigation = self._actions.bind, self.canvas, self.navigation
        commands: tuple[tuple[str, Callable[[], object]], ...] = (
            ("edit.delete", canvas.delete_selection),
            ("edit.select_all", self._select_all),
            ("edit.cancel", self._cancel),
            ("view.fit", canvas.fit),
            ("view.actual_size", canvas.actual),
            ("view.zoom_selection", lambda: canvas.zoom_to(canvas.selection)),
            ("view.zoom_in", canvas.zoom_in),
            ("view.zoom_out", canvas.zoom_out),
            ("view.focus_canvas", canvas.enter_or_leave),
            ("view.leave_canvas", partial(canvas.enter_or_leave, backwards=True)),
            ("frame.next", navigation.next),
            ("frame.previous", navigation.previous),
            ("frame.right", navigation.next),
            ("frame.left", navigation.previous),
            ("frame.first", navigation.first),
            ("frame.last", navigation.last),
            ("label.choose", self.labels.ask),
            *((f"label.{digit}", partial(self.labels.use_digit, digit)) for digit in LABEL_DIGITS),
        )
        for command, run in commands:
            bind(command, run)

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.closed.connect(lambda: self._actions.set_there("nothing"))
        self.switch.opened.connect(self._greet)
        self.switch.left.connect(self.choice.forget)
        self.switch.left.connect(self.document.visibility.forget)
        self.switch.left.connect(self.objects_panel.search.clear)
        self.switch.leaving.connect(self.labels.settle)
        self.switch.leaving.connect(self.presenter.views.remember)
        self.canvas.menu_requested.connect(self._show_menu)
        self.canvas.refused.connect(messages.error)

    # What happens -----------------------------------------------------------------------------------

    def _opened(self) -> None:
        self._actions.set_there("writable" if self.session.is_writable else "project")
        self.canvas.set_tool("select")
        self.canvas.setFocus()

    def _greet(self, opened: Opened) -> None:
        greet(opened)

    def _select_all(self) -> None:
        self.canvas.select_all()

    def _cancel(self) -> None:
        """Esc where the canvas has no use for it: nothing is drawn and nothing is selected."""
        if self._bar.text:
            self._bar.close_current()
        else:
            self.canvas.set_tool("select")

    def _show_menu(self, place: QPoint) -> None:
        commands = OBJECT_COMMANDS if self.canvas.selection else _FRAME_COMMANDS
        show_menu(self._actions, commands, self.canvas, place)
