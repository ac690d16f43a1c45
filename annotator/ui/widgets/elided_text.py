"""A line of plain text of any length, in a place whose width does not depend on it."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.plain_tips import plain_tip

# Measuring a very long text takes long, and nothing of its end is seen.
_MOST_MEASURED: Final = 1_000
_MOST_IN_TIP: Final = 2_000


class ElidedText(ElidedLabel):
    """Ends in dots where there is no room; the tool tip and screen readers have the whole of it."""

    def __init__(self, text: str = "", look: str = "") -> None:
        super().__init__(Qt.TextElideMode.ElideRight, look)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.whole = ""
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text."""
        self.whole = text.replace("\n", " ")
        self.setAccessibleDescription(self.whole[:_MOST_MEASURED])
        self.setToolTip(plain_tip(self.whole[:_MOST_IN_TIP]))
        self.set_full_text(self.whole[:_MOST_MEASURED])
