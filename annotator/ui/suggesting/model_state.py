"""Which model suggests, on what, and how long it takes: in the status bar."""

from typing import Final

from PySide6.QtWidgets import QLabel

from annotator.translation import tr
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.suggesting.looking import ModelAtWork
from annotator.ui.widgets.clickable import Clickable
from annotator.ui.widgets.parts import row, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_ICON: Final = 14
_NAMES: Final = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}


class ModelState(Clickable):
    """One line about the model. `clicked()` when somebody wants another one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("workState")
        self._theme = theme
        self._has_problem = self._is_off = False
        self._icon = QLabel()
        self._text = text_label("", "statusText")
        self._text.setFont(number_font(self._text.font()))
        line = row(self, gap=5)
        line.setContentsMargins(6, 0, 6, 0)
        line.addWidget(self._icon)
        line.addWidget(self._text)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.show_model(None)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text()

    def show_off(self, *, is_off: bool) -> None:
        """Say, where no model suggests, that this was switched off."""
        self._is_off = is_off

    def show_model(self, model: ModelAtWork | None) -> None:
        """Show what is known of the model that suggests, or that there is none."""
        before, self._has_problem = self._has_problem, model is not None and bool(model.problem)
        text = _said_of(model) if model is not None else self._nothing
        if text == self._text.text() and before == self._has_problem:
            return
        self._text.setText(text)
        tip = tr("Choose the model that suggests")
        if model is not None and model.problem:
            tip = model.problem
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(tr("Model: {state}", state=self.text))
        if before != self._has_problem:
            self._recolour()

    @property
    def _nothing(self) -> str:
        return tr("Suggestions off") if self._is_off else tr("No model")

    def _recolour(self) -> None:
        colours = self._theme.colours
        picture = "warning" if self._has_problem else "processor"
        colour = colours.bad if self._has_problem else colours.dim
        self._icon.setPixmap(icon_pixmap(picture, colour, _ICON, self.devicePixelRatioF()))


def _said_of(model: ModelAtWork) -> str:
    if model.problem:
        return tr("{model} · cannot be used", model=model.name)
    if not model.is_ready:
        return tr("{model} · loading…", model=model.name)
    runtime = _NAMES.get(model.runtime, model.runtime)
    words = [model.name, f"{runtime} {model.device}".strip()]
    if model.seconds is not None:
        words.append(f"{max(1, round(1000 * model.seconds))} ms")
    return " · ".join(words)
