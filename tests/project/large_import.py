"""Imports many annotations, takes them back and does it again, and prints how the memory of the process grew.

Run as `python -m tests.project.large_import FOLDER COUNT`.
"""

import json
import sys
from pathlib import Path

from annotator.project.project import Project
from tests.project.shapes import import_into, new_project_with


def main(folder: Path, count: int) -> None:
    growth: dict[str, int] = {}
    counts: list[int] = []
    with Project.create(folder) as project:
        _, frames, label = new_project_with(project, 1000)
        # Modules, buffers and caches that any import needs.
        project.undo(import_into(project, 3000, frames, label))
        before = _memory()
        step = import_into(project, count, frames, label)
        for phase, act in (
            ("import", None),
            ("undo", project.undo),
            ("redo", project.redo),
        ):
            if act is not None:
                act(step)
            growth[phase] = _memory() - before
            counts.append(project.label_counts().get(label.id, 0))
    json.dump({"growth": growth, "counts": counts}, sys.stdout)


def _memory() -> int:
    """The most memory the process has had at a time, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if "VmHWM" in line)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
