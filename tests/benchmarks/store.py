"""The store: edits and their undo in a large project, bulk imports, opening, loading."""

import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import apsw

from annotator.core.annotations import Annotation
from annotator.core.ids import new_ids
from annotator.core.labels import Label
from annotator.core.shapes import Polygon
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.schema import CREATE_ALL
from annotator.project.storage.writing import add_annotations, annotation_rows
from tests.project.shapes import outlines

MILLION: Final = 1_000_000
CROWDED: Final = 20_000
PER_FRAME: Final = 10
PART: Final = 500
SHAPES_TIMED: Final = 100_000


def run() -> list[dict[str, Any]]:
    """Return the rows of the benchmark."""
    # As the program sets it; see `app.py`.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    folder = Path(tempfile.mkdtemp(prefix="annotator-bench-"))
    try:
        return [*_imports(folder), *_large(folder / "million")]
    finally:
        sys.setswitchinterval(interval)
        shutil.rmtree(folder)


# Bulk ------------------------------------------------------------------------------------------------


def _imports(folder: Path) -> list[dict[str, Any]]:
    """The best of three rounds of each kind, in turn: other work on the machine only slows them down."""
    bare, alone, beside, undone, redone = [], [], [], [], []
    waits: list[float] = []

    def measure_bare() -> None:
        bare.append(_bare_rate(folder / "bare.db"))

    def measure_alone() -> None:
        rates, _ = _import_rates(folder / "alone", every=None)
        alone.append(rates["import"])
        undone.append(rates["undo"])
        redone.append(rates["redo"])

    def measure_beside() -> None:
        rates, waited = _import_rates(folder / "beside", every=0.1)
        beside.append(rates["import"])
        waits.extend(waited)

    kinds = [measure_bare, measure_alone, measure_beside]
    for _ in range(len(kinds)):
        for measure in kinds:
            measure()
        kinds.append(kinds.pop(0))  # what the one before left to the disk hits each of them
    floor = max(bare)
    limit = f"{floor:,.0f} shapes/s, bare inserts"
    waits.sort()
    return [
        _row("bulk import, nobody editing", max(alone), "shapes/s", 80_000, limit, at_least=True),
        _row(
            "bulk import, an edit every 100 ms",
            max(beside),
            "shapes/s",
            40_000,
            limit,
            at_least=True,
        ),
        _row(
            "edit by hand meanwhile, p95",
            waits[int(len(waits) * 0.95)] * 1e3,
            "ms",
            30,
            f"{statistics.median(waits) * 1e3:.2f} ms median",
        ),
        _row("undo of an import, in the background", max(undone), "shapes/s", None, limit),
        _row("redo of an import, in the background", max(redone), "shapes/s", None, limit),
    ]


def _import_rates(folder: Path, every: float | None) -> tuple[dict[str, float], list[float]]:
    with Project.create(folder) as project:
        frames, label = _set_up(project, SHAPES_TIMED // PER_FRAME + 1)
        stop = threading.Event()
        waits: list[float] = []
        editor = threading.Thread(
            target=_edit_now_and_then, args=(project, frames[0], label, every, stop, waits)
        )
        if every is not None:
            editor.start()
        seconds = {
            "import": _seconds(lambda: _fill(project, frames[1:], label, SHAPES_TIMED, PER_FRAME))
        }
        stop.set()
        if every is not None:
            editor.join()
        else:
            (step,) = (one.id for one in project.history() if one.author == "import")
            seconds["undo"] = _seconds(lambda: project.undo(step))
            seconds["redo"] = _seconds(lambda: project.redo(step))
    shutil.rmtree(folder)
    return {act: SHAPES_TIMED / taken for act, taken in seconds.items()}, waits


def _edit_now_and_then(
    project: Project,
    frame: Frame,
    label: Label,
    every: float,
    stop: threading.Event,
    waits: list[float],
) -> None:
    box = Annotation(frame.id, label.id, outlines()[0])
    while not stop.wait(every):
        assert box.shape is not None
        box = replace(box, shape=box.shape.moved_by(1, 1))
        start = time.perf_counter()
        with project.edit("Move") as edit:
            edit.put(box)
        waits.append(time.perf_counter() - start)


def _bare_rate(path: Path) -> float:
    """The same rows by the same statements into the same tables, without triggers, history and steps."""
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", 1)
    db.execute(CREATE_ALL)
    for name in ("count_added", "count_removed", "count_moved"):
        db.execute(f"DROP TRIGGER {name}")
    shapes = outlines()
    start = time.perf_counter()
    for part in range(SHAPES_TIMED // PART):
        made = [
            Annotation((part * PART + n) // PER_FRAME, 1, shape, id=one)
            for n, (one, shape) in enumerate(zip(new_ids(PART), shapes, strict=True))
        ]
        rows = annotation_rows(made, 1)
        with db:
            add_annotations(db, rows, 1)
    rate = SHAPES_TIMED / (time.perf_counter() - start)
    db.close()
    path.unlink()
    return rate


# A project of a million ------------------------------------------------------------------------------


def _large(folder: Path) -> list[dict[str, Any]]:
    with Project.create(folder) as project:
        frames, label = _set_up(project, (MILLION - CROWDED) // PER_FRAME + 1)
        crowded = frames[0]
        _fill(project, frames[:1], label, CROWDED, CROWDED)
        _fill(project, frames[1:], label, MILLION - CROWDED, PER_FRAME)
    opened = _best(lambda: Project.open(folder).close(), 5)
    with Project.open(folder) as project:
        edits, undos = _edits(project, crowded)
        sample = frames[1 : len(frames) : len(frames) // 300]
        loads = [_seconds(lambda f=frame: project.annotations(f.id)) for frame in sample]
        columns = _best(lambda: project.columns(crowded.id), 3)
        floor = _commit_floor(folder)
    return [
        _row("open and close a project of 1 million shapes", opened * 1e3, "ms", 50),
        _row(f"load a frame of {PER_FRAME} shapes, median", _median_ms(loads), "ms", 1),
        _row(f"columns of a frame of {CROWDED:,} (worker thread)", columns * 1e3, "ms", None),
        _row(
            "commit of one edit, median", _median_ms(edits), "ms", 5, f"{floor:.3f} ms bare commit"
        ),
        _row("the same, worst of 200", max(edits) * 1e3, "ms", 30),
        _row("its undo, median", _median_ms(undos), "ms", 5),
        _row("the same, worst of 200", max(undos) * 1e3, "ms", 30),
    ]


def _edits(project: Project, frame: Frame) -> tuple[list[float], list[float]]:
    (task,) = project.tasks()
    one = project.annotations(frame.id)[CROWDED // 2]
    edits, undos = [], []
    for _ in range(200):
        assert one.shape is not None
        one = replace(one, shape=one.shape.moved_by(1, 1))

        def edit(moved: Annotation = one) -> None:
            with project.edit("Move") as step:
                step.put(moved)

        edits.append(_seconds(edit))
    for _ in range(200):
        undos.append(_seconds(lambda: project.undo(task=task.id, author="user")))
    return edits, undos


def _commit_floor(folder: Path) -> float:
    """One update of one row in a file of its own."""
    db = apsw.Connection(str(folder / "floor.db"))
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", 1)
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)")
    db.execute("INSERT INTO t VALUES (1, ?)", (bytes(336),))
    times = [
        _seconds(lambda: db.execute("UPDATE t SET data = randomblob(336) WHERE id = 1"))
        for _ in range(200)
    ]
    db.close()
    return _median_ms(times)


def _set_up(project: Project, count: int) -> tuple[list[Frame], Label]:
    task, label = Task("bench"), Label("car")
    frames = [Frame(task.id, number, f"{number:06}.jpg") for number in range(count)]
    with project.long_step("Set up", author="setup") as step:
        with step.edit() as edit:
            edit.put_label(label)
            edit.put_task(task)
        for start in range(0, count, 5_000):
            with step.edit() as edit:
                edit.put_frame(*frames[start : start + 5_000])
    return frames, label


def _fill(
    project: Project, frames: Sequence[Frame], label: Label, count: int, per_frame: int
) -> None:
    shapes: Sequence[Polygon] = outlines()
    with project.long_step("Import", author="import") as step:
        for start in range(0, count, PART):
            made = [
                Annotation(frames[(start + n) // per_frame].id, label.id, shape, id=one)
                for n, (one, shape) in enumerate(zip(new_ids(PART), shapes, strict=True))
            ]
            with step.edit(fresh=True) as edit:
                edit.put(*made)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _best(work: Callable[[], Any], rounds: int) -> float:
    return min(_seconds(work) for _ in range(rounds))


def _median_ms(times: list[float]) -> float:
    return statistics.median(times) * 1e3


def _row(
    what: str,
    value: float,
    unit: str,
    goal: float | None,
    limit: str | None = None,
    *,
    at_least: bool = False,
) -> dict[str, Any]:
    reached = None if goal is None else (value >= goal if at_least else value <= goal)
    text = None if goal is None else f"{'>=' if at_least else '<='} {goal:,g} {unit}"
    return {
        "what": what, "value": value, "unit": unit, "limit": limit, "ratio": None, "goal": text,
        "ok": reached,
    }  # fmt: skip
