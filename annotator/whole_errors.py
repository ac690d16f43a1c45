"""Errors are made whole where they are raised: under Python 3.11 the binding to Qt cannot report others."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Running(Exception):  # noqa: N818 - it tells of nothing that went wrong
    """Is handled as long as the program runs; no error itself."""


_RUNNING: Final = _Running()


def with_whole_errors(run: Callable[P, R]) -> Callable[P, R]:
    """Let a function run as if it handled an error, so that every error that is raised meanwhile is an object at once.

    Until Python 3.12 an error that a C function raises (`[][0]`, `1 / 0`, numpy) is a class and a text as long as
    nobody catches it. When such a one leaves an event function that Python itself has called through Qt, PySide6 looks
    for the attributes of an error in the text, and the process ends. An error that is raised while another is handled
    has that one as its context, and for this Python makes it an object: see docs/decisions/0004.
    """

    @wraps(run)
    def run_as_if_handling(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            raise _RUNNING
        except _Running:
            _RUNNING.__traceback__ = None
            return run(*arguments, **named)

    return run_as_if_handling


def forget_running(error: BaseException) -> None:
    """Take out of an error what `with_whole_errors` has put into it; to be done before it is shown."""
    rest, seen = [error], set[int]()
    while rest:
        one = rest.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.__context__ is _RUNNING:
            one.__context__ = None
        rest += [other for other in (one.__context__, one.__cause__) if other is not None]
