"""A few words in one frame, of which one is chosen."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame

from annotator.ui.look.tokens import FIELD
from annotator.ui.widgets.parts import push_button, row

# What a button takes besides its word.
_AROUND: Final = 28


class Segments(QFrame):
    """Buttons side by side, one of them down; `buttons.idClicked` tells which one a person chooses."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setFixedHeight(FIELD + 2)
        self.buttons = QButtonGroup(self)
        line = row(self, gap=0)
        line.setContentsMargins(1, 1, 1, 1)
        for place, name in enumerate(names):
            button = push_button("", "segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(place == 0)
            self.buttons.addButton(button, place)
            self.set_text(place, name)
            line.addWidget(button)

    def choose(self, place: int) -> None:
        """Let one of the buttons be down."""
        self.buttons.button(place).setChecked(True)

    def set_text(self, place: int, text: str) -> None:
        """Give a button another word, with room for it while it is down: it is bolder then."""
        button = self.buttons.button(place)
        button.setText(text)
        bold = QFont(button.font())
        bold.setWeight(QFont.Weight.DemiBold)
        button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(text) + _AROUND)
