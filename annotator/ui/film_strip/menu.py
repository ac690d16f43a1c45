"""What can be done with the frames that are selected in the film strip, as a menu."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from annotator.translation import tr
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.frames.menu import add_acts, add_entry
from annotator.ui.shell.shell import Shell


def show_menu(shell: Shell, strip: FilmStrip, place: QPoint) -> None:
    """Show the menu at a place in global coordinates."""
    frames = strip.selected_ids()
    is_possible = bool(frames) and shell.session.is_writable
    menu = QMenu(strip)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_acts(menu, shell.feature(FramesFeature).acts, frames, is_possible=is_possible)
    menu.addSeparator()
    add_entry(menu, tr("Select all"), strip.select_all, is_possible=len(strip.frames) > 0)
    add_entry(menu, tr("Select nothing"), strip.clear_selection, is_possible=bool(frames))
    menu.popup(place)
