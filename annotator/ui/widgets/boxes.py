"""Rows and columns of widgets that can be put into each other when they are filled.

PySide makes an object of each item of a layout that is put into another one, and takes it for alive as long as the
layout is. But an item goes with its widget, and what comes to lie at its address then, an event or a widget, is taken
for that item: the program is handed a QWidgetItem where it expects something else.
"""

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout


class Row(QHBoxLayout):
    """Widgets side by side."""

    def addLayout(self, layout: QLayout, /, stretch: int | None = 0) -> None:
        """Put a layout at the end."""
        super().addLayout(layout, stretch or 0)
        let_go_items(layout)


class Column(QVBoxLayout):
    """Widgets below each other."""

    def addLayout(self, layout: QLayout, /, stretch: int | None = 0) -> None:
        """Put a layout at the end."""
        super().addLayout(layout, stretch or 0)
        let_go_items(layout)


def let_go_items(layout: QLayout) -> None:
    """Forget what PySide has made of the items of a layout that was put into something; the items stay."""
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if isinstance(item, QLayout):
            let_go_items(item)
        elif item is not None:
            shiboken6.invalidate(item)
