"""One edit as an expression."""

from collections.abc import Callable
from typing import Any

from annotator.project.edit import Edit
from annotator.project.project import Project


def change(project: Project, title: str, operation: Callable[[Edit], Any], **options: Any) -> None:
    """Make one edit."""
    with project.edit(title, **options) as edit:
        operation(edit)
