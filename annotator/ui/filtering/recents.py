"""The filters that were used last in a project."""

from typing import Final

from annotator.core.query import Filter, FilterError, parse_filter
from annotator.project.view_memory import ViewMemory
from annotator.ui.shown.session import Session

MOST_RECENT: Final = 10
_NAME: Final = "filters"


class RecentFilters:
    """The last ten filters of the open project, the newest first; remembered with the project as texts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._filters: tuple[Filter, ...] = ()
        session.opened.connect(self._read)

    def all(self) -> tuple[Filter, ...]:
        """Return them, the newest first."""
        return self._filters

    def add(self, wanted: Filter) -> None:
        """Take note of a filter that was used."""
        if not wanted or not self._session.is_open:
            return
        found = (wanted, *(one for one in self._filters if one != wanted))[:MOST_RECENT]
        if found != self._filters:
            self._filters = found
            ViewMemory(self._session.project).set(_NAME, [str(one) for one in found])

    def _read(self) -> None:
        kept = ViewMemory(self._session.project).get(_NAME)
        texts = kept if isinstance(kept, list) else []
        found = [_filter(text) for text in texts[:MOST_RECENT] if isinstance(text, str)]
        self._filters = tuple(one for one in found if one)


def _filter(text: str) -> Filter:
    """Return a remembered filter; an empty one where another version wrote what means nothing here."""
    try:
        return parse_filter(text)
    except FilterError:
        return Filter()
