"""Which model suggests in a project, and from which score on; kept with the project."""

from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from annotator.project.view_memory import ViewMemory
from annotator.ui.session import Session

# What a person has chosen in place of a model: nothing is suggested. Empty: nothing was chosen yet.
OFF: Final = "-"
_NAME: Final = "suggesting"
_THRESHOLD: Final = 0.5


class SuggestingMemory(QObject):
    """Signals: `model_changed()` when another model is chosen, or none; `threshold_changed()`."""

    model_changed = Signal()
    threshold_changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._model = ""
        self._thresholds: dict[str, float] = {}
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)

    @property
    def model(self) -> str:
        """The id of the model that suggests; empty where there is none."""
        return "" if self._model == OFF else self._model

    @property
    def is_off(self) -> bool:
        """Whether nothing is suggested, not even what was found before."""
        return self._model == OFF

    @property
    def threshold(self) -> float:
        """The least score of what is shown."""
        return self._thresholds.get(self._model, _THRESHOLD)

    def choose(self, model: str) -> None:
        """Let another model suggest, or none: OFF."""
        if model != self._model:
            if not model:  # what was shown stays so
                self._thresholds[model] = self.threshold
            self._model = model
            self._keep()
            self.model_changed.emit()

    def propose_threshold(self, threshold: float) -> None:
        """Take the threshold that the model itself names, unless a person has moved it."""
        if self._model not in self._thresholds and threshold != self.threshold:
            self._thresholds[self._model] = threshold
            self.threshold_changed.emit()

    def set_threshold(self, threshold: float) -> None:
        """Show what has at least a score."""
        if threshold != self.threshold:
            self._thresholds[self._model] = threshold
            self._keep()
            self.threshold_changed.emit()

    def _opened(self) -> None:
        kept: Any = ViewMemory(self._session.project).get(_NAME)
        kept = kept if isinstance(kept, dict) else {}
        model, thresholds = kept.get("model"), kept.get("thresholds")
        self._model = model if isinstance(model, str) else ""
        self._thresholds = {
            name: float(value)
            for name, value in (thresholds if isinstance(thresholds, dict) else {}).items()
            if type(value) in (int, float) and 0 <= value <= 1
        }
        self.model_changed.emit()
        self.threshold_changed.emit()

    def _closed(self) -> None:
        self._model, self._thresholds = "", {}
        self.model_changed.emit()

    def _keep(self) -> None:
        kept = {"model": self._model, "thresholds": self._thresholds}
        ViewMemory(self._session.project).set(_NAME, kept)
