"""Nothing that goes wrong while painting may leave a paint event."""

import logging
from types import TracebackType
from typing import ClassVar, Final, Self

from annotator.whole_errors import forget_running

log = logging.getLogger(__name__)

# A fault with a number in its text could be new each time.
_MOST_KNOWN: Final = 100


class painting:  # noqa: N801 - reads as a statement: with painting("the tags"):
    """Log what goes wrong while something is painted, once for each kind of fault, and go on without it.

    An exception that leaves a paint function comes out of whatever code asked for the painting, and again
    with each repaint: one shape that cannot be drawn would take the window with it. So this is the one place
    that holds back every kind of exception; what it holds back is a bug and is logged with its traceback.
    """

    _known: ClassVar[set[tuple[str, str]]] = set()

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        fault = (self._what, f"{type(error).__name__}: {error}")
        if fault not in self._known and len(self._known) < _MOST_KNOWN:
            self._known.add(fault)
            forget_running(error)
            log.error("Painting %s failed.", self._what, exc_info=error)
        return True
