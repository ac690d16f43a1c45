"""Choosing a label by typing beside any widget of the window."""

from collections.abc import Callable, Collection
from typing import TypeAlias

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import AnnotationKind
from annotator.ui.labels.control import LabelControl
from annotator.ui.labels.fitting import labels_for
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.focus_back import give_focus_back

Give: TypeAlias = Callable[[Label], object]


class LabelAsking:
    """Opens a popup of its own over the window that a widget is in, and gives the focus back afterwards."""

    def __init__(self, theme: Theme, control: LabelControl) -> None:
        self._theme = theme
        self._control = control
        self._popup: LabelPopup | None = None

    def ask(
        self,
        prompt: str,
        labels: LabelSchema,
        kinds: Collection[AnnotationKind],
        beside: QWidget,
        at: QPoint,
        give: Give,
    ) -> None:
        """Ask for a label that fits one of some kinds; `give` is called with it.

        at: where the popup begins, from the upper left corner of the widget, which has the focus afterwards.
        """
        popup = self._popup = self._fresh(beside)
        fitting, refused = labels_for(labels, kinds)
        keys = self._control.shown_keys(labels)

        def picked(label_id: int) -> None:
            give_focus_back(beside)
            label = labels.get(label_id)
            if label is not None:
                give(label)

        def named(name: str) -> None:
            give_focus_back(beside)
            label = self._control.create(name)
            if label is not None:
                give(label)

        popup.picked.connect(picked)
        popup.named.connect(named)
        popup.dismissed.connect(lambda: give_focus_back(beside))
        popup.ask(prompt, fitting, keys, beside.mapTo(popup.room, at), refused)

    def _fresh(self, beside: QWidget) -> LabelPopup:
        """A popup over the window the widget is in now: docks float."""
        if self._popup is not None:
            self._popup.close_quietly()
            self._popup.deleteLater()
        return LabelPopup(self._theme, beside.window())
