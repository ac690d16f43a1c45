"""Processes that edit a project until they are killed.

Run as a program it waits for orders on its standard input, `MODE FOLDER`, and forks a child for each, so that two
hundred of them cost one start of the interpreter. What a child does is told on the standard output:

pid N            the child lives
in K             piece of work K is written inside a transaction that is not committed
done K           piece of work K is acknowledged: the call that made it has returned
over             the child is gone
"""

import os
import sys
import time
from pathlib import Path

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.project import Project

SHAPES_IN_A_PIECE = 200
# Longer than the parent waits before it kills.
INSIDE = 0.08


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def shape(number: int) -> Rectangle:
    return Rectangle((number, number, number + 10.5, number + 20.25))


def edits(project: Project) -> None:
    """One annotation at a time; its number is its z-order."""
    frame, label = _place(project)
    for number in range(1_000_000):
        with project.edit(f"edit {number}") as edit:
            edit.put(Annotation(frame, label, shape(number), z_order=number))
        say(f"done {number}")


def inside(project: Project) -> None:
    """The same, with every commit held up just before it happens."""
    count = 0

    def before_commit() -> bool:
        nonlocal count
        say(f"in {count}")
        count += 1
        time.sleep(INSIDE)
        return False

    project._store.database.writer.set_commit_hook(before_commit)
    edits(project)


def imports(project: Project) -> None:
    """One long step; each piece is a transaction of many annotations."""
    frame, label = _place(project)
    with project.long_step("import", author="import") as step:
        for number in range(1_000_000):
            with step.edit(fresh=True) as edit:
                edit.put(
                    *(
                        Annotation(frame, label, shape(i), z_order=number)
                        for i in range(SHAPES_IN_A_PIECE)
                    )
                )
            say(f"done {number}")


def _place(project: Project) -> tuple[int, int]:
    (task,) = project.tasks()
    return next(project.frames(task.id)).id, project.labels.labels[0].id


def main() -> None:
    for order in sys.stdin:
        mode, folder = order.rstrip("\n").split(" ", 1)
        child = os.fork()
        if child == 0:
            with Project.open(Path(folder)) as project:
                assert project.is_writable, project.read_only_reason
                {"edits": edits, "inside": inside, "imports": imports}[mode](project)
            os._exit(0)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
