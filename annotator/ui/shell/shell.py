"""What the features of the window work with."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from PySide6.QtWidgets import QMainWindow

from annotator.background.runner import BackgroundRunner
from annotator.canvas.view import CanvasView
from annotator.settings import Settings
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.labels.control import LabelControl
from annotator.ui.look.theme import Theme
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shell.docks import Docks
from annotator.ui.shell.message_bar import MessageBar
from annotator.ui.shell.status_bar import StatusBar
from annotator.ui.shell.top_bar import TopBar
from annotator.ui.shell.undo import UndoControl
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.project_switch import ProjectSwitch
from annotator.ui.shown.session import Session

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Shell:
    """The parts of the window that stand before any feature is added.

    A feature is a function that takes a shell, makes what it needs (a dock, a dialog behind a command), binds its
    commands, and returns what must live as long as the window. `annotator.ui.window.features` lists them.
    """

    window: QMainWindow
    settings: Settings
    theme: Theme
    actions: ActionSet
    bar: MessageBar
    calls: GuiCalls
    runner: BackgroundRunner
    session: Session
    switch: ProjectSwitch
    document: ProjectDocument
    choice: LabelChoice
    labels: LabelControl
    canvas: CanvasView
    presenter: FramePresenter
    navigation: FrameNavigation
    undo: UndoControl
    top_bar: TopBar
    status: StatusBar
    docks: Docks
    features: list[object]
    """Those that stand already, for features that work with others; see `feature`."""

    def feature(self, kind: type[F]) -> F:
        """Return the feature of a kind, which was added before."""
        return next(one for one in self.features if isinstance(one, kind))


@runtime_checkable
class Ending(Protocol):
    """A feature that has something to finish when the window ends, such as a file to write."""

    def end(self) -> None:
        """Finish it; nothing is open any more."""
