"""The errors of a damaged or vanished file, met while reading, as sentences for the user."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, GeneratorType
from typing import Any, Protocol, TypeVar

from annotator.project.storage.database import translated


class _OfFile(Protocol):
    path: Path


T = TypeVar("T", bound=type[_OfFile])


def tells_in_sentences(cls: T) -> T:
    """Let every public method and property of a class raise SQLite's errors as ProjectErrors.

    Reading goes on for as long as rows are fetched, so this is done once around each method, generators
    included, in place of every statement.
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _telling(member))
        elif isinstance(member, property) and member.fget is not None:
            setattr(cls, name, property(_telling(member.fget)))
    return cls


def _telling(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def told(self: _OfFile, *arguments: Any, **options: Any) -> Any:
        with translated(self.path):
            result = method(self, *arguments, **options)
        return _rows(result, self.path) if isinstance(result, GeneratorType) else result

    return told


def _rows(rows: Iterator[Any], path: Path) -> Iterator[Any]:
    while True:
        with translated(path):
            try:
                row = next(rows)
            except StopIteration:
                return
        yield row
