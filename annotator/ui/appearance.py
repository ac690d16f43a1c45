"""How the picture and the shapes are shown: remembered for each task, written to no file."""

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from annotator.canvas.tone import PLAIN, Tone
from annotator.canvas.view import CanvasView
from annotator.project.view_memory import ViewMemory
from annotator.settings import FILL_OPACITY, Setting, Settings
from annotator.translation import decimal_text, tr
from annotator.ui.look.theme import Theme
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.session import Session
from annotator.ui.timers import single_shot
from annotator.ui.widgets.parts import column, push_button, row, section_head
from annotator.ui.widgets.slider_row import SliderRow

_PADDING: Final = 12
# A slider that is moved tells of each place; the project remembers where it came to rest.
_REST_MS: Final = 400


class AppearancePanel(QWidget):
    """Sliders for the tone of the picture and the fill of shapes, switches for names and the crosshair."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        canvas: CanvasView,
        settings: Settings,
        actions: ActionSet,
    ) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self._settings = settings
        self.brightness = SliderRow(theme, tr("Brightness"), -100, 100, 0, _signed)
        self.contrast = SliderRow(theme, tr("Contrast"), -100, 100, 0, _signed)
        # The logarithm, so that lighter and darker have the same room.
        self.gamma = SliderRow(
            theme, tr("Gamma"), -100, 100, 0, lambda at: decimal_text(_gamma(at), 2)
        )
        self.fill = SliderRow(theme, tr("Fill"), 0, 100, 14, lambda at: f"{at} %")
        self.reset = push_button(tr("Reset the picture"))
        self.reset.clicked.connect(self._reset)
        self._rest = single_shot(self, _REST_MS, self._remember)
        for slider in self._sliders:
            slider.changed.connect(self._tone_moved)
        self.fill.changed.connect(lambda at: settings.set(FILL_OPACITY, at / 100))
        self.fill.set_value(round(100 * settings.get(FILL_OPACITY)))
        self._lay_out(actions)
        self._stop_listening = settings.subscribe(self._setting_changed)
        actions.bind("view.plain_tone", self._reset)
        session.opened.connect(self._recall)

    @property
    def tone(self) -> Tone:
        """What the sliders say."""
        return Tone(
            self.brightness.value / 100, self.contrast.value / 100, _gamma(self.gamma.value)
        )

    @property
    def _sliders(self) -> tuple[SliderRow, ...]:
        return self.brightness, self.contrast, self.gamma

    def _lay_out(self, actions: ActionSet) -> None:
        whole = column(self, gap=6)
        whole.setContentsMargins(_PADDING, 10, _PADDING, 12)
        whole.addWidget(section_head(tr("Picture")))
        for slider in self._sliders:
            whole.addWidget(slider)
        line = row(gap=8)
        line.addWidget(self.reset)
        line.addStretch(1)
        whole.addLayout(line)
        whole.addSpacing(8)
        whole.addWidget(section_head(tr("Shapes")))
        whole.addWidget(self.fill)
        for command in ("view.labels", "view.crosshair"):
            whole.addWidget(_switch(actions, command))
        whole.addStretch(1)

    def settle(self) -> None:
        """Let the project remember now what it would remember in a moment."""
        if self._rest.isActive():
            self._rest.stop()
            self._remember()

    def _tone_moved(self) -> None:
        self._canvas.set_tone(self.tone)
        self._rest.start()

    def _reset(self) -> None:
        for slider in self._sliders:
            slider.reset()

    def _setting_changed(self, setting: Setting[Any]) -> None:
        if setting is FILL_OPACITY:
            self.fill.set_value(round(100 * self._settings.get(FILL_OPACITY)))

    # The project remembers ----------------------------------------------------------------------------

    @property
    def _key(self) -> str:
        return f"tone/{self._session.task.id}"

    def _recall(self) -> None:
        kept = ViewMemory(self._session.project).get(self._key)
        places = kept if _is_places(kept) else [0, 0, 0]
        for slider, place in zip(self._sliders, places, strict=True):
            slider.set_value(place)
        self._canvas.set_tone(self.tone)

    def _remember(self) -> None:
        if self._session.is_open:
            places = [slider.value for slider in self._sliders]
            value = None if self.tone == PLAIN else places
            ViewMemory(self._session.project).set(self._key, value)


def _is_places(kept: Any) -> bool:
    return (
        isinstance(kept, list)
        and len(kept) == 3
        and all(type(each) is int and -100 <= each <= 100 for each in kept)
    )


def _gamma(place: int) -> float:
    return float(4.0 ** (place / 100))


def _signed(place: int) -> str:
    return f"{place:+d}" if place else "0"


def _switch(actions: ActionSet, command: str) -> QCheckBox:
    """A box that is ticked while a command is on."""
    action = actions[command]
    box = QCheckBox(action.text())
    box.setChecked(action.isChecked())
    box.clicked.connect(action.trigger)
    action.toggled.connect(box.setChecked)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def add_to(shell: Shell) -> object:
    """Add the dock of the appearance."""
    panel = AppearancePanel(shell.theme, shell.session, shell.canvas, shell.settings, shell.actions)
    shell.switch.leaving.connect(panel.settle)
    shell.docks.add("appearance", tr("Appearance"), panel, tab_with="properties", shown=False)
    return panel
