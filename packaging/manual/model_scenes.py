"""What the pictures of the manual show of models: suggestions, the window of models, the tour through the demo.

The model for text has to be there, as `./run` has brought it.
"""

from pathlib import Path

from PySide6.QtCore import Qt
from samples import TABLE, nuts_of, write_table
from stage import Stage

from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.ui.demo.feature import Tour
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.suggesting.models_window import ModelsWindow

_RECEIPT, _TRAY = 1, 3


def suggestions(stage: Stage, folder: Path) -> None:
    """Lines of text on a receipt, nuts that look like a nut, and choosing the model."""
    write_table(folder / TABLE)
    stage.open(folder / TABLE)
    for name in ("sweet", "receipt", "text", "nut"):
        stage.label(name)
    suggesting = stage.shell.feature(Suggesting)
    suggesting.use(DEFAULT_MODEL)
    stage.go_to(_RECEIPT)
    stage.wait(lambda: suggesting.offers.shown)
    stage.rest(800)
    for _ in range(3):
        stage.do("suggestion.next")
    stage.shoot("suggestions-text", parts=(stage.work.area, stage.work.option_bar))
    stage.do("models.choose")
    stage.wait(lambda: suggesting.menu.shown)
    stage.rest()
    menu = suggesting.menu.shown
    assert menu is not None
    stage.shoot("suggestions-model", over=(menu,), parts=(menu, suggesting.state), margin=12)
    menu.close()
    _find_nuts(stage, suggesting)


def _find_nuts(stage: Stage, suggesting: Suggesting) -> None:
    stage.go_to(_TRAY)
    stage.do("label.4")
    stage.do("tool.polygon")
    for x, y in nuts_of(1)[0].parts[0].outer.tolist():
        stage.click((x, y))
    stage.key(stage.work.canvas, Qt.Key.Key_Return)
    stage.do("models.find_similar")
    stage.wait(lambda: suggesting.offers.shown)
    stage.rest(1500)
    stage.shell.bar.clear()
    suggesting.bar.slider.setValue(80)
    stage.do("tool.select")
    stage.do("suggestion.next")
    stage.rest()
    stage.shoot("suggestions-similar", parts=(stage.work.area, stage.work.option_bar))


def models(stage: Stage, folder: Path) -> None:
    """The window of models."""
    write_table(folder / TABLE)
    stage.open(folder / TABLE)
    suggesting = stage.shell.feature(Suggesting)
    suggesting.use(DEFAULT_MODEL)
    stage.do("models.window")
    window = stage.found(ModelsWindow)
    stage.wait(lambda: suggesting.models.is_read)
    stage.rest()
    stage.shoot("models", window)
    window.close()
    stage.rest()


def demo(stage: Stage, _folder: Path) -> None:
    """The demo, just opened, with its tour."""
    stage.do("file.open_demo")
    stage.wait(lambda: stage.work.session.is_open)
    stage.wait(lambda: stage.shell.feature(Tour).is_on)
    stage.wait_for_frame()
    stage.rest(1500)
    stage.shoot("demo", reduced=True)
