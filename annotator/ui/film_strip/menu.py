"""What can be done with the frames that are selected in the film strip, as a menu."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from annotator.translation import tr
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.window.shell import Shell


def show_menu(shell: Shell, strip: FilmStrip, place: QPoint) -> None:
    """Show the menu at a place in global coordinates."""
    acts, is_writable = shell.feature(FramesFeature).acts, shell.session.is_writable
    frames = strip.selected_ids()
    menu = QMenu(strip)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    of_frames: Sequence[tuple[str, Callable[[], object]]] = (
        (tr("Mark as done"), partial(acts.mark, frames, True)),
        (tr("Mark as not done"), partial(acts.mark, frames, False)),
        (tr("Put into a subset…"), partial(acts.ask_subset, frames)),
    )
    for title, act in of_frames:
        _add(menu, title, act, is_possible=bool(frames) and is_writable)
    menu.addSeparator()
    _add(menu, tr("Select all"), strip.select_all, is_possible=len(strip.frames) > 0)
    _add(menu, tr("Select nothing"), strip.clear_selection, is_possible=bool(frames))
    menu.popup(place)


def _add(menu: QMenu, title: str, act: Callable[[], object], *, is_possible: bool) -> None:
    made = menu.addAction(title)
    made.setEnabled(is_possible)
    made.triggered.connect(lambda _checked=False: act())
