"""A project that is open when the process forks, as loaders of training data do it."""

import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.errors import ReadOnlyError
from annotator.project.project import Project
from tests.project.shapes import new_project_with

pytestmark = [
    pytest.mark.skipif(
        "fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork"
    ),
    # From 3.12 on Python warns of what is tried here: that there are other threads.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


def in_child(work: Callable[[], object]) -> object:
    """Return what some work gives in a fork of this process, or how it was refused."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        try:
            sender.send(work())
        except ReadOnlyError as error:
            sender.send(f"{type(error).__name__}: {error}")

    process = context.Process(target=run)
    process.start()
    sender.close()
    try:
        assert receiver.poll(30), "the child hangs"
        return receiver.recv()
    finally:
        process.join(30)
        process.kill()


@pytest.fixture
def project(project: Project) -> Project:
    new_project_with(project, 3)
    return project


def boxes(project: Project) -> int:
    (task,) = project.tasks()
    return sum(len(project.annotations(frame.id)) for frame in project.frames(task.id))


def draw(project: Project, title: str = "Draw") -> None:
    (task,) = project.tasks()
    frame = next(project.frames(task.id))
    (label, *_) = project.labels
    with project.edit(title) as edit:
        edit.put(Annotation(frame.id, label.id, Rectangle((1, 2, 30, 40))))


def test_a_fork_reads_by_connections_of_its_own(project):
    draw(project)
    reader = project.ask(id)

    def look() -> tuple[int, bool, bool, bool]:
        return boxes(project), project.ask(id) != reader, project.is_writable, project.is_synced

    assert in_child(look) == (1, True, False, True)


def test_a_fork_sees_what_is_drawn_later(project):
    looked, drawn = (multiprocessing.get_context("fork").Event() for _ in range(2))

    def look() -> tuple[int, int]:
        before = boxes(project)
        looked.set()
        assert drawn.wait(30)
        return before, boxes(project)

    def draw_later() -> None:
        assert looked.wait(30)
        draw(project)
        drawn.set()

    thread = threading.Thread(target=draw_later)
    thread.start()
    assert in_child(look) == (0, 1)
    thread.join()


def test_a_fork_of_a_fork_reads_too(project):
    draw(project)
    assert in_child(lambda: in_child(lambda: boxes(project))) == 1


def test_a_fork_changes_nothing(project):
    draw(project)
    text = in_child(lambda: draw(project, "In the fork"))
    assert isinstance(text, str)
    assert text.startswith("ReadOnlyError")
    assert "forked" in text
    assert [step.title for step in project.history(limit=1)] == ["Draw"]


def test_a_fork_that_closes_leaves_the_project_to_its_parent(project, tmp_path: Path):
    draw(project)

    def close() -> bool:
        project.close()
        with Project.open(project.folder) as again:
            return again.is_writable

    assert in_child(close) is False
    draw(project)
    assert boxes(project) == 2
    with Project.open(project.folder) as other:
        assert not other.is_writable


def test_a_fork_amid_a_transaction_neither_waits_for_it_nor_undoes_it(project):
    inside, go_on = threading.Event(), threading.Event()

    def transact() -> None:
        with project._store.transactions.begin() as db:
            db.execute("INSERT INTO meta VALUES ('amid', 'kept')")
            inside.set()
            assert go_on.wait(30)

    thread = threading.Thread(target=transact)
    thread.start()
    try:
        assert inside.wait(30)

        def look_and_close() -> str | None:
            found = project.meta("amid")
            project.close()
            return found

        assert in_child(look_and_close) is None
    finally:
        go_on.set()
        thread.join()
    assert project.meta("amid") == "kept"


def test_the_reason_is_told_in_a_sentence(project):
    def reason() -> str:
        with pytest.raises(ReadOnlyError) as caught:
            project.undo()
        return str(caught.value)

    draw(project)
    text = in_child(reason)
    assert isinstance(text, str)
    assert text == (
        f"The project in {project.folder} is open for reading only."
        " It is open in the process that this one was forked from. Change it there."
    )
