"""The models of the user, to choose the one that suggests, where the status bar shows which it is."""

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from annotator.project.suggesting.choice import OFF
from annotator.translation import tr
from annotator.ui.shell.shell import Shell
from annotator.ui.suggesting.memory import SuggestingMemory
from annotator.ui.suggesting.model_list import ModelFacts, ModelList
from annotator.ui.suggesting.model_state import ModelState
from annotator.ui.widgets.plain_tips import plain_tip


class ModelMenu(QObject):
    """Opens a menu when it is asked to, as soon as the models are read."""

    def __init__(
        self,
        shell: Shell,
        models: ModelList,
        memory: SuggestingMemory,
        state: ModelState,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shell = shell
        self._models = models
        self._memory = memory
        self._state = state
        self._is_wanted = False
        self.shown: QMenu | None = None
        """The menu, while it is open."""
        models.changed.connect(self._show)
        models.failed.connect(self._give_up)

    def ask(self) -> None:
        """Offer the models, and none."""
        self._is_wanted = True
        self._models.read()

    def close(self) -> None:
        """Close the menu if it is open, and open none that was asked for before."""
        self._is_wanted = False
        if self.shown is not None:
            self.shown.close()

    def _give_up(self, _sentence: str) -> None:
        self._is_wanted = False

    def _show(self) -> None:
        if not (self._is_wanted and self._shell.session.is_open):
            return
        self._is_wanted = False
        self.shown = menu = QMenu(self._shell.window)
        menu.aboutToHide.connect(self._gone)
        group = QActionGroup(menu)
        for one in self._models.models:
            menu.addAction(group.addAction(self._action(menu, one)))
        none = QAction(tr("None"), menu)
        none.setCheckable(True)
        none.setChecked(not self._memory.model)
        none.triggered.connect(lambda: self._memory.choose(OFF))
        menu.addAction(group.addAction(none))
        menu.addSeparator()
        actions = self._shell.actions
        menu.addActions(
            [actions["models.labels"], actions["models.score"], actions["models.window"]]
        )
        corner = self._state.mapToGlobal(QPoint(0, 0))
        menu.popup(QPoint(corner.x(), corner.y() - menu.sizeHint().height()))

    def _action(self, menu: QMenu, one: ModelFacts) -> QAction:
        action = QAction(one.name.replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked(one.id == self._memory.model)
        action.setEnabled(not one.problem)
        action.setToolTip(plain_tip(one.problem))
        action.triggered.connect(lambda _on=False: self._memory.choose(one.id))
        return action

    def _gone(self) -> None:
        if self.shown is not None:
            self.shown.deleteLater()
        self.shown = None
