"""What an examination found: of a project, or of the installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

# ok: looked at and good. note: worth knowing, nothing to do. warning: works, should be looked at. error: broken.
Severity: TypeAlias = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    check: a short fixed word for what was looked at. advice: what to do, empty where nothing is. items: the names
    of what it is about, where it is about many.
    """

    severity: Severity
    check: str
    text: str
    advice: str = ""
    items: Sequence[str] = ()
