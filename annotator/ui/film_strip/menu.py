"""What can be done with the frames that are selected in the film strip, as a menu."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from annotator.project.tasks.frame_marking import BATCH
from annotator.translation import tr
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.frames.menu import Give, Take, add_acts, add_entry
from annotator.ui.shell.shell import Shell


def show_menu(shell: Shell, strip: FilmStrip, place: QPoint) -> None:
    """Show the menu at a place in global coordinates."""
    selecting = strip.selecting
    count = selecting.count
    is_possible = count > 0 and shell.session.is_writable
    menu = QMenu(strip)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_acts(
        menu, shell.feature(FramesFeature).acts, _giving(shell, strip), is_possible=is_possible
    )
    menu.addSeparator()
    add_entry(menu, tr("Select all"), selecting.select_all, is_possible=len(strip.frames) > 0)
    add_entry(menu, tr("Select nothing"), selecting.clear, is_possible=count > 0)
    menu.popup(place)


def _giving(shell: Shell, strip: FilmStrip) -> Give:
    """Return what gives the selected frames: many are read beside the GUI thread when an act needs them."""
    selecting = strip.selecting
    project, count, read = shell.session.project, selecting.count, selecting.reader()

    def give(take: Take) -> None:
        if not shell.session.holds(project):
            return
        if count <= BATCH:
            take(read(project))
        else:
            shell.document.ask(read, take)

    return give
