"""What the keys do to suggestions when the tool has no use for them."""

from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator.canvas.stage import Stage

SuggestionAct: TypeAlias = Literal["accept", "reject", "accept_all"]

_WITH_CURRENT: Final[dict[str, SuggestionAct]] = {
    "Return": "accept",
    "Enter": "accept",
    "Del": "reject",
}
_WITH_ANY: Final[dict[str, SuggestionAct]] = {
    "Shift+Return": "accept_all",
    "Shift+Enter": "accept_all",
}


class SuggestionKeys(QObject):
    """Enter accepts the current suggestion, Delete rejects it, Esc lets it go; Shift+Enter accepts all that are shown.

    Emits `wanted(SuggestionAct)`; Esc it does itself.
    """

    wanted = Signal(str)

    def __init__(self, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage

    def wants(self, key: str) -> bool:
        """Whether a key means something now."""
        suggestions = self._stage.suggestions
        if suggestions.current is not None and (key in _WITH_CURRENT or key == "Esc"):
            return True
        return bool(suggestions.all) and key in _WITH_ANY

    def pressed(self, key: str) -> bool:
        """Do what a key means; return False where it means nothing."""
        if not self.wants(key):
            return False
        act = _WITH_CURRENT.get(key) or _WITH_ANY.get(key)
        if act is None:
            self._stage.make_suggestion_current(None)
        else:
            self.wanted.emit(act)
        return True
