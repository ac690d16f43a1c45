"""Which model suggests in the open project, and from which score on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator.project.suggesting.choice import (
    OFF,
    STILL,
    SuggestingChoice,
    keep_choice,
    read_choice,
)
from annotator.ui.shown.session import Session

_THRESHOLD: Final = 0.5
# What Find similar is called beside the models, and how alike something has to be to be found.
SIMILAR: Final = "similar"
LEAST_LIKENESS: Final = 0.5
# What is suggested unasked is what the model is sure of.
_SURE: Final = 0.8


class SuggestingMemory(QObject):
    """The choice of a person; where there is none, `default` gives the id of the model that suggests unasked.

    Signals: `model_changed()` when another model suggests, or none; `threshold_changed()`.
    """

    model_changed = Signal()
    threshold_changed = Signal()

    def __init__(self, session: Session, default: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._find_default = default
        self._choice = SuggestingChoice()
        self._default = ""
        # What models name themselves, and nobody has moved.
        self._proposed: dict[str, float] = {}
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)

    @property
    def model(self) -> str:
        """The id of the model that suggests; empty where there is none."""
        chosen = self._choice.model
        return "" if chosen in (OFF, STILL) else chosen or self._default

    @property
    def is_off(self) -> bool:
        """Whether nothing is suggested, not even what was found before."""
        return self._choice.model == OFF

    @property
    def is_unasked(self) -> bool:
        """Whether the model suggests without that anybody has chosen it."""
        return not self._choice.model and bool(self._default)

    @property
    def threshold(self) -> float:
        """The least score of what is shown of what models see."""
        key = self._key
        return self._choice.thresholds.get(key, self._proposed.get(key, _THRESHOLD))

    @property
    def likeness(self) -> float:
        """The least score of what is shown of similar objects: all that were found, unless a person has moved it."""
        return max(LEAST_LIKENESS, self._choice.thresholds.get(SIMILAR, LEAST_LIKENESS))

    def least_of(self, model: str) -> float:
        """Return the least score of what is shown of a model, or of similar objects."""
        return self.likeness if model == SIMILAR else self.threshold

    def choose(self, model: str) -> None:
        """Let another model suggest; or OFF, STILL."""
        choice, threshold = self._choice, self.threshold
        if model == choice.model:
            return
        if self.is_unasked and model == self._default:
            self._proposed.pop(model, None)  # it is asked now
        if model == OFF:
            choice = replace(choice, before=choice.model)
        elif model == STILL:  # what was shown stays so
            choice = replace(choice, thresholds={**choice.thresholds, STILL: threshold})
        self._keep(replace(choice, model=model))
        self.model_changed.emit()
        self.threshold_changed.emit()

    def switch(self, *, on: bool) -> None:
        """Suggest nothing, or what was suggested before that was switched off."""
        if on == self.is_off:
            self.choose(self._choice.before if on else OFF)

    def find_default(self) -> None:
        """Look anew which model suggests unasked."""
        before, self._default = self.model, self._find_default() if self._session.is_open else ""
        if self.model != before:
            self.model_changed.emit()

    def propose_threshold(self, threshold: float) -> None:
        """Take the threshold that the model itself names, unless a person has moved it."""
        before = self.threshold
        self._proposed[self._key] = max(threshold, _SURE) if self.is_unasked else threshold
        if self.threshold != before:
            self.threshold_changed.emit()

    def set_threshold(self, threshold: float) -> None:
        """Show what models see with at least a score."""
        if threshold != self.threshold:
            self._set_least(self._key, threshold)

    def set_likeness(self, least: float) -> None:
        """Show similar objects that have at least a score."""
        if least != self.likeness:
            self._set_least(SIMILAR, least)

    def _set_least(self, key: str, score: float) -> None:
        thresholds = {**self._choice.thresholds, key: score}
        self._keep(replace(self._choice, thresholds=thresholds))
        self.threshold_changed.emit()

    @property
    def _key(self) -> str:
        return self.model or self._choice.model

    def _opened(self) -> None:
        self._choice = read_choice(self._session.project)
        self._default, self._proposed = self._find_default(), {}
        self.model_changed.emit()
        self.threshold_changed.emit()

    def _closed(self) -> None:
        self._choice = SuggestingChoice()
        self._default, self._proposed = "", {}
        self.model_changed.emit()

    def _keep(self, choice: SuggestingChoice) -> None:
        self._choice = choice
        keep_choice(self._session.project, choice)
