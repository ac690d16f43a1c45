"""What the project of a demo keeps of its making, beside its history."""

from collections.abc import Sequence
from typing import Final

import msgspec

from annotator.demo.mistakes import Mistake
from annotator.project.project import Project

_RECORD: Final = "demo"


class DemoRecord(msgspec.Struct, frozen=True):
    """What is wrong in it on purpose, and where its history ends that no person has made.

    step: the newest step of the program's own making; a newer one was made by a person.
    """

    step: int
    mistakes: tuple[Mistake, ...]


def keep_record(project: Project, mistakes: Sequence[Mistake]) -> None:
    """Note that all that is in a project now was made by the program."""
    newest = project.newest_step()
    assert newest is not None
    record = DemoRecord(newest.id, tuple(mistakes))
    project.store_meta(_RECORD, msgspec.json.encode(record).decode())


def read_record(project: Project) -> DemoRecord | None:
    """Return what the project of a demo keeps of its making; None for any other project."""
    text = project.meta(_RECORD)
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=DemoRecord)
    except (msgspec.DecodeError, RecursionError):
        return None
