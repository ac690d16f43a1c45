"""What is still being read on threads when a project is left."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import Any


def until_read(readings: "Iterable[Future[Any] | None]") -> Callable[[], None]:
    """Return what waits until some readings, those that were begun, have ended; not for the GUI thread."""
    begun = [one for one in readings if one is not None]

    def wait_for_all() -> None:
        wait(begun)

    return wait_for_all
