"""The least score of what is suggested: a word, a slider and a number in the bar of suggestions."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSlider

from annotator.translation import decimal_text, tr
from annotator.ui.look.theme import number_font
from annotator.ui.suggesting.memory import LEAST_LIKENESS, SIMILAR, SuggestingMemory
from annotator.ui.suggesting.offers import Offers
from annotator.ui.widgets.parts import text_label

WIDTH: Final = 110
SHORT: Final = 56


class ScoreSlider(QObject):
    """Models and similar objects have a least score each; the slider moves one, and says which where both are there.

    It is that of the current suggestion; else the one that was moved on this frame; else that of similar objects, which
    somebody has asked for. Emits `moved()` when a person moves it.
    """

    moved = Signal()

    def __init__(
        self,
        offers: Offers,
        memory: SuggestingMemory,
        name_of: Callable[[str], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._offers = offers
        self._memory = memory
        self._name_of = name_of
        self._moved_here: bool | None = None
        self.word = text_label(tr("score"), "dim")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(5)
        self.slider.setFixedWidth(WIDTH)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(tr("Least score"))
        self.number = text_label("", "strong")
        self.number.setFont(number_font(self.number.font()))
        self.number.setMinimumWidth(self.number.fontMetrics().horizontalAdvance("0.00") + 4)
        self.slider.valueChanged.connect(self._moved)

    @property
    def is_of_similar(self) -> bool:
        """Whether it moves the score of similar objects, not that of models."""
        current = self._offers.current
        if current is not None:
            return current.model == SIMILAR
        if self._moved_here is not None:
            return self._moved_here
        return SIMILAR in self._offers.sources

    def show(self) -> None:
        """Show the score as it is now, and whose it is."""
        is_of_similar = self.is_of_similar
        least = self._memory.likeness if is_of_similar else self._memory.threshold
        self.slider.blockSignals(True)
        # What is less alike was not looked for: there is nothing to show below.
        self.slider.setRange(round(100 * LEAST_LIKENESS) if is_of_similar else 0, 100)
        self.slider.setValue(round(100 * least))
        self.slider.blockSignals(False)
        self.number.setText(decimal_text(least, 2))
        word, name = tr("score"), tr("Least score")
        sources = self._offers.all_sources
        if len({source == SIMILAR for source in sources}) > 1:
            own = (one for one in sources if (one == SIMILAR) == is_of_similar)
            whose = ", ".join(map(self._name_of, own))
            word = tr("score of {model}", model=whose)
            name = tr("Least score of {model}", model=whose)
        self.word.setText(word)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(name)

    def let_go(self) -> None:
        """Something else is there to be moved: another frame is shown, or other objects were looked for."""
        self._moved_here = None

    def _moved(self, value: int) -> None:
        self._moved_here = is_of_similar = self.is_of_similar
        self.moved.emit()
        if is_of_similar:
            self._memory.set_likeness(value / 100)
        else:
            self._memory.set_threshold(value / 100)
