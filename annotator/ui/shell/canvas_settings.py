"""What the settings and the theme say about the canvas."""

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from annotator.canvas.theme import CanvasTheme
from annotator.canvas.view import CanvasView
from annotator.settings import (
    CANVAS_LABELS,
    CROSSHAIR,
    FILL_OPACITY,
    KEEP_TOOL,
    Setting,
    Settings,
)
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import Tokens
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.document import ProjectDocument

_SELECT: Final = "select"


class CanvasSettings(QObject):
    """Keeps the canvas, and the commands that switch something on it, as the settings are."""

    def __init__(
        self,
        canvas: CanvasView,
        document: ProjectDocument,
        settings: Settings,
        theme: Theme,
        actions: ActionSet,
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._settings = settings
        self._theme = theme
        self._actions = actions
        for setting, command in ((CROSSHAIR, "view.crosshair"), (CANVAS_LABELS, "view.labels")):
            switch = self._switch(setting)
            actions.bind_switch(command, switch, on=settings.get(setting))
        document.added.connect(self._drawn)
        theme.changed.connect(self._show_theme)
        settings.subscribe(self._changed)
        self._show_theme()
        for each in (CROSSHAIR, CANVAS_LABELS, FILL_OPACITY):
            self._changed(each)

    def _switch(self, setting: Setting[bool]) -> Any:
        return lambda on: self._settings.set(setting, on)

    def _changed(self, setting: Setting[Any]) -> None:
        if setting is CROSSHAIR:
            shown = self._settings.get(CROSSHAIR)
            self._canvas.set_crosshair_visible(shown)
            self._actions["view.crosshair"].setChecked(shown)
        elif setting is CANVAS_LABELS:
            shown = self._settings.get(CANVAS_LABELS)
            self._canvas.set_label_tags_visible(shown)
            self._actions["view.labels"].setChecked(shown)
        elif setting is FILL_OPACITY:
            self._canvas.set_fill_opacity(self._settings.get(FILL_OPACITY))

    def _drawn(self) -> None:
        if not self._settings.get(KEEP_TOOL):
            # The tool is still ending its drawing.
            QTimer.singleShot(0, self, lambda: self._canvas.set_tool(_SELECT))

    def _show_theme(self) -> None:
        self._canvas.set_theme(canvas_theme(self._theme.colours))


def canvas_theme(colours: Tokens) -> CanvasTheme:
    """Return the colours of the canvas in a theme."""
    return CanvasTheme(
        ground=colours.canvas,
        card=colours.bg1,
        line=colours.line,
        text=colours.text,
        dim=colours.dim,
        accent=colours.accent,
    )
