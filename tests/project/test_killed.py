"""A process that is killed at any moment loses nothing that was acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.labels import Label
from annotator.project.organisation import Frame, Task
from annotator.project.project import FILE_NAME, Project
from tests.project.dumps import check_file
from tests.project.shapes import import_into
from tests.project.victim import SHAPES_IN_A_PIECE, shape

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = {"edits": 60, "copying": 30, "inside": 35, "torn": 35, "imports": 50, "undoing": 40}
# What is undone and redone by the rounds of `undoing`.
IMPORTED = 2600
# After an acknowledgement the killer waits at most this long.
LONGEST = 0.05

pytestmark = [
    pytest.mark.alone,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes (POSIX)"),
]


class Victims:
    """Starts children that edit, and kills them."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.project.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill_one(self, mode: str, folder: Path, rng: random.Random) -> list[str]:
        """Return the words of a child up to its death."""
        self._order(f"{mode} {folder}")
        pid = int(self._read().removeprefix("pid "))
        # Killed after this many words from it; a round of imports lives for several transactions.
        words = rng.randrange(1, 12 if mode in ("edits", "copying", "undoing") else 6)
        heard = [self._read() for _ in range(words)]
        while mode in ("inside", "torn") and not heard[-1].startswith("in "):
            heard.append(self._read())
        time.sleep(rng.uniform(0.0, LONGEST))
        os.kill(pid, signal.SIGKILL)
        while (word := self._read()) != "over":
            heard.append(word)
        return heard

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()

    def _order(self, text: str) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(f"{text}\n")
        self._server.stdin.flush()

    def _read(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline().strip()


@pytest.fixture
def victims() -> Iterator[Victims]:
    made = Victims()
    yield made
    made.close()


def new_project(folder: Path) -> Path:
    task = Task("t")
    with Project.create(folder) as project, project.edit("set up", author="setup") as edit:
        edit.put_label(Label("car"))
        edit.put_task(task)
        edit.put_frame(Frame(task.id, 0, "a.jpg"))
    return folder


def annotations(project: Project):
    (task,) = project.tasks()
    return project.annotations(next(project.frames(task.id)).id)


def test_nothing_acknowledged_is_lost(tmp_path: Path, victims: Victims, capsys):
    rng = random.Random(7)
    order = [mode for mode, rounds in ROUNDS.items() for _ in range(rounds)]
    rng.shuffle(order)
    counts: Counter[str] = Counter()
    folder = tmp_path / "p0"
    for number, mode in enumerate(order):
        if number % 30 == 0:
            folder = new_project(tmp_path / f"p{number}")
        if mode == "undoing":
            with Project.open(folder) as project:
                import_again(project)
        heard = victims.kill_one(mode, folder, rng)
        done = [int(word.split()[1]) for word in heard if word.startswith("done")]
        inside = int(heard[-1].split()[1]) if heard[-1].startswith("in ") else None
        counts["kills"] += 1
        counts[mode] += 1
        counts["acknowledged"] += len(done)
        counts["inside a transaction"] += inside is not None
        check_file(folder / FILE_NAME)
        with Project.open(folder) as project:
            assert project.is_writable  # the killed writer's row was taken over
            if mode == "imports":
                check_import(project, done, keep=rng.random() < 0.5)
            elif mode == "undoing":
                counts["inside an undo or redo"] += heard[-1] == "part"
                check_undoing(project, heard)
            else:
                check_edits(project, done, inside)
            clear(project)
            check_file(project.path)
    with capsys.disabled():
        sys.stdout.write(f"\nkilled {counts['kills']} times: {dict(counts)}\n")
    assert counts["kills"] >= 200
    assert counts["inside a transaction"] >= 50
    assert counts["inside an undo or redo"] >= 10


def check_edits(project: Project, done: list[int], inside: int | None) -> None:
    there = {a.z_order: a for a in annotations(project)}
    # One more may have been committed before its word got out; never one that was not.
    assert set(done) <= set(there) <= {*done, (done[-1] if done else -1) + 1}
    if inside is not None:
        assert inside not in there
    assert all(a.shape == shape(number) for number, a in there.items())
    assert project.interrupted_steps() == []
    titles = [step.title for step in project.history(limit=10_000) if step.author == "user"]
    assert titles[: len(there)] == [f"edit {number}" for number in sorted(there, reverse=True)]
    # The history is whole: what was done last can be taken back.
    if there:
        project.undo(author="user")
        assert {a.z_order for a in annotations(project)} == set(there) - {max(there)}


def check_import(project: Project, done: list[int], *, keep: bool) -> None:
    """An import that was cut off is offered, and is kept or undone as a whole."""
    there = Counter(a.z_order for a in annotations(project))
    assert set(done) <= set(there) <= {*done, (done[-1] if done else -1) + 1}
    assert set(there.values()) <= {SHAPES_IN_A_PIECE}
    (step,) = project.interrupted_steps()
    if keep:
        project.keep_step(step.id)
        assert Counter(a.z_order for a in annotations(project)) == there
    else:
        project.undo(step.id)
        assert annotations(project) == []
    assert project.interrupted_steps() == []


def import_again(project: Project) -> None:
    (task,) = project.tasks()
    frames = list(project.frames(task.id))
    import_into(project, IMPORTED, frames, project.labels.labels[0])


def check_undoing(project: Project, heard: list[str]) -> None:
    """What was begun is finished: the import is there or not, as a whole."""
    acts = sum(word.startswith("done") for word in heard)
    states = ["complete", "undone"]
    allowed = {states[(acts + 1) % 2]}
    if heard[-1] != "part":
        # The next act may not have begun; or it has, and its first word was not heard.
        allowed.add(states[acts % 2])
    step = next(one for one in project.history() if one.author == "import")
    assert step.state in allowed
    assert len(annotations(project)) == (IMPORTED if step.state == "complete" else 0)


def clear(project: Project) -> None:
    with project.edit("clear", author="test") as edit:
        edit.delete(*(annotation.id for annotation in annotations(project)))
