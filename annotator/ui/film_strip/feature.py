"""The film strip below the canvas, and the menu of its frames."""

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt

from annotator.translation import tr
from annotator.ui.film_strip.layout import LEAST, strip_height
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.shell.shell import Shell

DOCK: Final = "film_strip"


def add_to(shell: Shell) -> FilmStrip:
    """Put the film strip below the canvas."""
    strip = FilmStrip(shell.theme, shell.session, shell.navigation, shell.presenter, shell.calls)
    dock = shell.docks.add(
        DOCK,
        tr("Film strip"),
        strip,
        area="bottom",
        titled=False,
        height=strip_height(LEAST),
    )
    shell.switch.add_reader(strip.leave)
    shell.canvas.picture_painted.connect(strip.go_on)
    strip.menu_requested.connect(partial(_show_menu, shell, strip))
    strip.height_wanted.connect(
        lambda height: shell.window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
    )
    return strip


def _show_menu(shell: Shell, strip: FilmStrip, place: QPoint) -> None:
    from annotator.ui.film_strip.menu import show_menu

    show_menu(shell, strip, place)
