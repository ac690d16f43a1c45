"""The filter as part of the window: its chip, its commands, and the way to the next frame that matches."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from annotator.core.query import NO_FILTER, Filter
from annotator.ui.filtering.chip import FilterChip
from annotator.ui.filtering.recents import RecentFilters
from annotator.ui.filtering.search import FrameSearch
from annotator.ui.shell.shell import Shell

if TYPE_CHECKING:
    from annotator.ui.filtering.popup import FilterPopup


class FilterControl(QObject):
    """Shows the filter of the visibility in the chip, and lets the user change it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._session = shell.session
        self._canvas = shell.canvas
        self._visibility = shell.document.visibility
        self._actions = shell.actions
        self.chip = FilterChip(shell.theme)
        self.recents = RecentFilters(shell.session)
        self.search = FrameSearch(shell.session, shell.navigation, shell.runner, shell.calls)
        self.popup: FilterPopup | None = None
        shell.top_bar.add_beside_player(self.chip)
        self.chip.clicked.connect(self.open)
        self.chip.cleared.connect(self.clear)
        self._document = shell.document
        self._visibility.filter_changed.connect(self._show)
        bind = shell.actions.bind
        bind("view.filter", self.open)
        bind("view.clear_filter", self.clear)
        bind("frame.next_match", lambda: self.go(1))
        bind("frame.previous_match", lambda: self.go(-1))
        shell.session.closed.connect(self._closed)
        shell.actions.keys_changed.connect(self._show_key)
        self._show_key()
        self._show()

    def open(self) -> None:
        """Open the popup."""
        from annotator.ui.filtering.popup import FilterPopup

        if not self._session.is_open or self.popup is not None:
            return
        popup = FilterPopup(
            self._visibility.filter, self._session.labels, self.recents.all(), self.chip
        )
        popup.changed.connect(self._visibility.set_filter)
        popup.closed.connect(self._popup_closed)
        self.popup = popup
        popup.open_below(self.chip)

    def clear(self) -> None:
        """Show everything again."""
        self._visibility.set_filter(NO_FILTER)

    def go(self, direction: int) -> None:
        """Go to the next frame that matches, or let the user say what is to match."""
        wanted = self._visibility.filter
        if wanted:
            self.search.go(direction, wanted)
        else:
            self.open()

    def _popup_closed(self, wanted: Filter) -> None:
        if self.popup is not None:
            self.popup = None
            self.recents.add(wanted)
            self._let_go()
            self._canvas.setFocus()

    def _closed(self) -> None:
        if self.popup is not None:
            self.popup.close()

    def _let_go(self) -> None:
        """Select nothing that the filter leaves out: nobody would see what is changed."""
        columns = self._document.listing()
        listed = set(columns.ids[self._visibility.listed(columns)].tolist())
        self._canvas.select([one for one in self._canvas.selection if one in listed])

    def _show_key(self) -> None:
        keys = self._actions.keys("view.filter")
        self.chip.show_key(keys[0] if keys else "")

    def _show(self) -> None:
        wanted = self._visibility.filter
        self.chip.show_filter(wanted)
        if self.popup is None:
            # While it is typed, half of it may leave out what all of it does not.
            self._let_go()
        self._actions.set_possible("view.clear_filter", bool(wanted))


def add_to(shell: Shell) -> object:
    """Put the chip into the top bar."""
    return FilterControl(shell)
