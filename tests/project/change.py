"""One edit as an expression."""

from collections.abc import Callable
from typing import Any

from annotator.project.project import Project
from annotator.project.storage.edit import Edit


def change(project: Project, title: str, operation: Callable[[Edit], Any], **options: Any) -> None:
    """Make one edit."""
    with project.edit(title, **options) as edit:
        operation(edit)
