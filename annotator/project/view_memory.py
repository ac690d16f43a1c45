"""How the user looks at a project: brightness, hidden labels, places. Kept in the project, outside its history."""

import json
from typing import Any, Final

from annotator.core.errors import AnnotatorError
from annotator.project.project import Project

_PREFIX: Final = "view/"
# What is looked at differently for each frame of a large task must not grow without end.
_LARGEST: Final = 64 << 10


class ViewMemory:
    """Values by name, JSON each; what cannot be read is not there, what cannot be kept is not kept."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def get(self, name: str) -> Any:
        """Return a remembered value, or None."""
        text = self._project.meta(_PREFIX + name)
        if text is None:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def set(self, name: str, value: object) -> None:
        """Remember a value, or forget it where it is None; nothing happens in a project that is only looked at."""
        text = None if value is None else json.dumps(value, allow_nan=False, separators=(",", ":"))
        if not self._project.is_writable or (text is not None and len(text) > _LARGEST):
            return
        try:
            self._project.store_meta(_PREFIX + name, text)
        except AnnotatorError:
            return  # a full disk is told by what matters more
