"""Opens a project in a process of its own, perhaps as another user, and tells what it found as JSON.

Run as `python -m tests.project.visitor FOLDER ACTION [USER]`. Actions: `look` reads and tries to change something;
`stay` does so, and then waits for the end of its standard input; `create` makes a new project instead.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from annotator.core.labels import Label
from annotator.project.errors import ProjectError
from annotator.project.project import Project


def main(folder: Path, action: str, user: int | None) -> None:
    if user is not None:
        become(user)
    try:
        project = Project.create(folder) if action == "create" else Project.open(folder)
    except ProjectError as error:
        tell({"error": str(error), "kind": type(error).__name__})
        return
    with project:
        tell(visit(project))
        if action == "stay":
            sys.stdin.readline()
            tell({"annotations": sum(project.label_counts().values())})


def become(user: int) -> None:
    """Give up root's rights, to which permissions mean nothing."""
    with tempfile.TemporaryDirectory() as name, Project.create(Path(name) / "p") as project:
        visit(project)  # loads all modules: the other user may not be able to read them
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def visit(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = {
        "writable": project.is_writable,
        "reason": project.read_only_reason,
        "annotations": sum(project.label_counts().values()),
        "labels": [label.name for label in project.labels],
    }
    try:
        with project.edit("Visit") as edit:
            edit.put_label(Label("visitor"))
        project.undo()
        found["edit"] = "done"
    except ProjectError as error:
        found["edit"] = str(error)
    return found


def tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
