"""What is open when the process forks, as loaders of training data make it do.

SQLite's connections must be neither used nor closed in the child: its locks would not hold there, and what another
thread had begun would be taken back. So the child keeps them as they are, and gets connections of its own.
"""

import os
import threading
import weakref
from collections.abc import Sequence
from typing import Final, Protocol

import apsw


class Forkable(Protocol):
    """What has connections, and can go on without them."""

    def connections(self) -> Sequence[apsw.Connection]:
        """Return all that are open."""

    def leave_to_parent(self) -> None:
        """Forget them, and all that other threads may have held: there are none in the child."""


_open: Final[weakref.WeakSet[Forkable]] = weakref.WeakSet()
_lock: Final = threading.Lock()
# Else the child would close those of other threads before anybody is asked.
_held: Final[list[apsw.Connection]] = []
_inherited: Final[list[apsw.Connection]] = []


def watch(opened: Forkable) -> None:
    """Leave the connections of something to this process when it forks."""
    with _lock:
        _open.add(opened)


def _before() -> None:
    _lock.acquire()
    for opened in _open:
        _held.extend(opened.connections())


def _in_parent() -> None:
    _held.clear()
    _lock.release()


def _in_child() -> None:
    _inherited.extend(_held)
    _held.clear()
    for opened in _open:
        opened.leave_to_parent()
    _lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
