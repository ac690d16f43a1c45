"""Suggestions in the window, put together: the model at work, the canvas, the bar, the commands."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from annotator import messages
from annotator.project.suggesting.choice import STILL
from annotator.project.suggesting.suggestions import Suggestions
from annotator.settings import SUGGEST_TEXT, Setting, Settings
from annotator.translation import tr
from annotator.ui.shell.shell import Shell
from annotator.ui.suggesting.bar import SuggestionBar, how_to_take
from annotator.ui.suggesting.failures import Failures
from annotator.ui.suggesting.labels_question import LabelsQuestion
from annotator.ui.suggesting.looking import FrameLooking, ModelAtWork
from annotator.ui.suggesting.memory import LEAST_LIKENESS, SIMILAR, SuggestingMemory
from annotator.ui.suggesting.model_list import ModelList
from annotator.ui.suggesting.model_menu import ModelMenu
from annotator.ui.suggesting.model_state import ModelState
from annotator.ui.suggesting.offers import Offers
from annotator.ui.suggesting.similar import SimilarSearch
from annotator.ui.timers import single_shot

if TYPE_CHECKING:
    from annotator.ui.suggesting.labels_dialog import LabelsDialog
    from annotator.ui.suggesting.models_window import ModelsWindow

# A model that nobody has asked for waits until the project is open and the first picture looked at.
_PATIENCE_MS: Final = 800
# Who goes through frames is asked nothing on the way.
_RESTS_MS: Final = 500


class Suggesting(QObject):
    """Owns all of it, and begins and ends it with each project."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        session, canvas = shell.session, shell.canvas
        self.memory = SuggestingMemory(session, partial(_default_model, shell.settings), self)
        self.models = ModelList(shell.calls, shell.runner, self)
        self.looking = FrameLooking(session, shell.presenter, shell.calls, shell.settings, self)
        self.offers = Offers(
            session, shell.document, canvas, shell.presenter, self.memory, shell.runner, self
        )
        area = canvas.parentWidget()
        assert area is not None
        self.bar = SuggestionBar(
            shell.theme, self.offers, self.memory, canvas, self._name_of, shell.bar, area
        )
        self.state = ModelState(shell.theme)
        shell.status.add_state(self.state)
        self.question = LabelsQuestion(session, shell.bar, self)
        self.failures = Failures(shell.bar)
        self.similar = SimilarSearch(shell, self)
        self.suggestions: Suggestions | None = None
        self._possible: dict[str, bool] = {}
        self._soon = single_shot(self, _PATIENCE_MS, self._use_model)
        self._asking = single_shot(self, _RESTS_MS, self._ask_about_labels)
        self.window: ModelsWindow | None = None
        self.labels_dialog: LabelsDialog | None = None
        self.menu = ModelMenu(shell, self.models, self.memory, self.state, self)
        self._connect()
        self._bind()

    def end(self) -> None:
        """Wait for what still reads or writes the folder of models."""
        self.models.end()

    def _connect(self) -> None:
        shell = self._shell
        shell.session.opened.connect(self._opened)
        shell.switch.leaving.connect(self._leaving)
        shell.switch.add_reader(self._leave)
        self.memory.model_changed.connect(self._model_chosen)
        self.looking.changed.connect(self._model_changed)
        self.looking.timed.connect(self.state.show_model)
        self.looking.failed.connect(self._looking_failed)
        self.models.changed.connect(self.memory.find_default)
        shell.settings.subscribe(self._setting_changed)
        self.models.failed.connect(self._models_failed)
        self.offers.changed.connect(self._enable)
        shell.canvas.suggestion_wanted.connect(self._key_pressed)
        shell.presenter.shown.connect(self._frame_shown)
        shell.document.loaded.connect(self._enable)
        shell.document.updated.connect(self._enable)
        self.state.clicked.connect(self.menu.ask)
        self.question.dialog_wanted.connect(self.show_labels)
        self.question.answered.connect(self.offers.refresh)

    def _bind(self) -> None:
        actions, offers = self._shell.actions, self.offers
        actions.add_canvas_keys(self._shell.canvas, "Models")
        commands: tuple[tuple[str, Callable[[], object]], ...] = (
            ("models.choose", self.menu.ask),
            ("models.find_similar", self.find_similar),
            ("models.labels", self.show_labels),
            ("models.score", self.bar.ask),
            ("models.window", self.show_window),
            ("suggestion.next", partial(self._walk, 1)),
            ("suggestion.previous", partial(self._walk, -1)),
            ("suggestion.accept", offers.accept),
            ("suggestion.reject", offers.reject),
            ("suggestion.accept_all", offers.accept_all),
        )
        for command, run in commands:
            actions.bind(command, run)
        actions.bind_switch("models.suggest", self.switch, on=True)
        actions.keys_changed.connect(self._show_keys)
        self.bar.off_wanted.connect(lambda: self.switch(on=False))
        self._show_keys()

    def _show_keys(self) -> None:
        self.bar.show_keys(self._shell.actions)
        self._possible.clear()  # why something is not possible names keys, too
        self._enable()

    # With each project ------------------------------------------------------------------------------

    def _opened(self) -> None:
        project = self._shell.session.project
        self.suggestions = suggestions = Suggestions(project)
        suggestions.filled.connect(self._filled)
        self.looking.begin(suggestions)
        self.offers.begin(suggestions)
        self.state.show()
        if self.memory.is_unasked:
            self._soon.start()
        else:
            self._use_model()

    def _leaving(self) -> None:
        self.question.take_back()
        self.failures.take_back()
        self.menu.close()
        if self.labels_dialog is not None:
            self.labels_dialog.close()

    def _leave(self) -> Callable[[], None]:
        if self.suggestions is not None:
            self.suggestions.filled.disconnect(self._filled)
        self.suggestions = None
        self._soon.stop()
        self.offers.leave()
        self.state.hide()
        return self.looking.leave()

    def _filled(self, frames: frozenset[int]) -> None:
        """Called on whatever thread has stored what a model sees."""
        self._shell.calls.now_or_posted(partial(self._take, frames))

    def _take(self, frames: frozenset[int]) -> None:
        if self.suggestions is None:
            return
        self.offers.filled(frames)
        if self._shell.session.shows_any(frames):
            self._asking.start()

    # The model --------------------------------------------------------------------------------------

    def use(self, model_id: str) -> None:
        """Let a model suggest; OFF: none."""
        self.memory.choose(model_id)

    def switch(self, on: bool) -> None:
        """Suggest something in this project, or nothing from now on."""
        self.memory.switch(on=on)
        if not on:
            keys = self._shell.actions.keys("models.suggest")
            messages.info(
                tr(
                    "Nothing is suggested in this project from now on. {key} changes that.",
                    key=keys[0],
                )
                if keys
                else tr("Nothing is suggested in this project from now on.")
            )

    def find_similar(self) -> None:
        """Look for what is selected, here and on the next frames."""
        if self.suggestions is not None:
            if self.memory.is_off:
                self.memory.choose(STILL)  # so that what is found is seen
            self.memory.set_likeness(LEAST_LIKENESS)
            self.bar.let_go()
            self.similar.start(self.suggestions)

    def _model_chosen(self) -> None:
        self._shell.actions["models.suggest"].setChecked(not self.memory.is_off)
        if self.suggestions is not None and not self._soon.isActive():
            self._use_model()

    def _use_model(self) -> None:
        self._soon.stop()
        self.question.take_back()
        self.failures.take_back()
        self.state.show_off(is_off=self.memory.is_off)
        self.looking.use(self.memory.model)
        self._enable()

    def _setting_changed(self, setting: Setting[Any]) -> None:
        if setting is SUGGEST_TEXT:
            self.memory.find_default()

    def _looking_failed(self, text: str, frame: int | None) -> None:
        if not self.memory.is_unasked:  # else the status bar says it, nobody has asked for more
            self.failures.tell(text, frame)

    def _model_changed(self, model: ModelAtWork | None) -> None:
        self.state.show_model(model)
        self.bar.refresh()
        if model is not None and model.threshold is not None:
            self.memory.propose_threshold(model.threshold)
        self._asking.start()
        self._enable()

    # What is suggested ------------------------------------------------------------------------------

    def _frame_shown(self) -> None:
        self.bar.let_go()
        shown = self._shell.session.frame
        self.failures.frame_shown(None if shown is None else shown.id)
        self._asking.start()
        self._enable()

    def _name_of(self, model: str) -> str:
        if model == SIMILAR:
            return tr("similar objects")
        at_work = self.looking.model
        return at_work.name if at_work is not None and at_work.id == model else model

    def _key_pressed(self, act: str) -> None:
        acts = {
            "accept": self.offers.accept,
            "reject": self.offers.reject,
            "accept_all": self.offers.accept_all,
        }
        acts[act]()

    def _walk(self, by: int) -> None:
        if self.offers.shown:
            self.offers.walk(by)
        else:
            self._shell.canvas.select_beside(by)

    def _enable(self, *_told: object) -> None:
        """Let Tab be what it is everywhere else while there is nothing to walk, and so on."""
        offers = self.offers
        shown = bool(offers.shown)
        can_walk = shown or bool(len(self._shell.canvas.stage.frame))
        decides = len(offers.shown) == 1 or offers.current is not None
        now = {
            "suggestion.next": can_walk,
            "suggestion.previous": can_walk,
            "suggestion.accept": decides,
            "suggestion.reject": decides,
            "suggestion.accept_all": shown,
            "models.labels": bool(self._labels),
            "models.score": not self.memory.is_off,
        }
        for command, possible in now.items():
            if self._possible.get(command) != possible:
                self._shell.actions.set_possible(command, possible, self._why_not(command))
        self._possible = now

    def _why_not(self, command: str) -> str:
        if command in ("suggestion.accept", "suggestion.reject"):
            return how_to_take(self._shell.actions)
        if command == "models.labels":
            return tr("Choose a model first.")
        return tr("Nothing is suggested here.")

    # Labels and the window of models ----------------------------------------------------------------

    @property
    def _labels(self) -> tuple[str, ...]:
        return () if self.looking.model is None else self.looking.model.labels

    def _ask_about_labels(self) -> None:
        model = self.looking.model
        waits = self._shell.presenter.is_waiting
        if model is not None and self.suggestions is not None and not waits:
            self.question.ask(self.suggestions, model, self.memory.threshold)

    def show_labels(self) -> None:
        """Show where the labels of the model go."""
        from annotator.ui.suggesting.labels_dialog import LabelsDialog

        model, suggestions = self.looking.model, self.suggestions
        if model is None or suggestions is None or not model.labels:
            return
        self.question.settle()
        if self.labels_dialog is None:
            self.labels_dialog = dialog = LabelsDialog(
                self._shell.window, self._shell.theme, self._shell.session, suggestions, model
            )
            dialog.remembered.connect(self.offers.refresh)
            dialog.finished.connect(self._labels_closed)
        self.labels_dialog.show()
        self.labels_dialog.raise_()
        self.labels_dialog.activateWindow()

    def _labels_closed(self) -> None:
        self.labels_dialog = None

    def show_window(self) -> None:
        """Show the models of this computer."""
        from annotator.ui.suggesting.models_window import ModelsWindow

        if self.window is None:
            self.window = ModelsWindow(self._shell, self.models, self.memory)
            self.window.try_wanted.connect(self.use)
            self.window.removed.connect(self._removed)
            self.window.finished.connect(self._window_closed)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _window_closed(self) -> None:
        self.window = None

    def _models_failed(self, text: str) -> None:
        if self.window is None:  # else it tells it itself
            messages.error(text)

    def _removed(self, model_id: str) -> None:
        """A model is gone: it suggests no more, what it has suggested stays."""
        if model_id == self.memory.model:
            self.memory.choose(STILL)


def _default_model(settings: Settings) -> str:
    """Return the id of the model that suggests where nobody has chosen one; empty where none is wanted or there."""
    from annotator.models.places import is_installed
    from annotator.models.wheel_weights import DEFAULT_MODEL

    is_wanted = settings.get(SUGGEST_TEXT) and is_installed(DEFAULT_MODEL)
    return DEFAULT_MODEL if is_wanted else ""


def add_to(shell: Shell) -> object:
    """Add suggestions and their commands."""
    return Suggesting(shell)
