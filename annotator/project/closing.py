"""Letting go of what was opened where a later step of its opening fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Closable(Protocol):
    """What is open until it is closed, as a project is."""

    def close(self) -> None:
        """Let it go."""


@contextmanager
def closed_on_error(opened: Closable) -> Iterator[None]:
    """Close what was opened where the block raises; a block that succeeds hands it on, open."""
    try:
        yield
    except BaseException:
        opened.close()
        raise
