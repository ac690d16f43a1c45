"""COCO as large as its validation set, imported into a project; `coco_read` measures what reads it alone."""

import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from annotator.formats.builtin import FORMATS
from annotator.project.imports.importing import plan_import, run_import
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project

# As in instances_val2017.json: 36 781 annotations on 5 000 pictures of 80 categories, 19.7 MB.
PICTURES, ANNOTATIONS, CATEGORIES = 5_000, 36_000, 80
WIDTH, HEIGHT = 640, 480
ROUNDS = 3

Row = dict[str, Any]


def run() -> list[Row]:
    """Return the rows of the benchmark; takes about 20 seconds."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "instances_val.json"
        path.write_text(json.dumps(made_up(), separators=(",", ":")))
        return _importing(path, Path(name))


def made_up() -> dict[str, Any]:
    """A dataset with the proportions of COCO's: 9 % of several parts, 1.2 % crowds, 23 points a ring."""
    chance = np.random.default_rng(36)
    numbers = chance.integers(0, PICTURES, ANNOTATIONS).tolist()
    return {
        "images": [
            {"id": n + 1, "file_name": f"{n + 1:012d}.jpg", "width": WIDTH, "height": HEIGHT}
            for n in range(PICTURES)
        ],
        "annotations": [_object(chance, n + 1, number + 1) for n, number in enumerate(numbers)],
        "categories": [
            {"id": n + 1, "name": f"thing {n}", "supercategory": f"kind {n // 8}"}
            for n in range(CATEGORIES)
        ],
    }


def _object(chance: np.random.Generator, identifier: int, image: int) -> dict[str, Any]:
    one: dict[str, Any] = {
        "id": identifier,
        "image_id": image,
        "category_id": int(chance.integers(1, CATEGORIES + 1)),
        "iscrowd": 0,
    }
    if chance.random() < 0.012:
        counts = chance.integers(10, 400, 300)
        rest = WIDTH * HEIGHT - int(counts.sum())
        rle = {"counts": [*counts.tolist(), rest], "size": [HEIGHT, WIDTH]}
        return one | {"iscrowd": 1, "segmentation": rle, "area": 100.0, "bbox": [0, 0, 640, 480]}
    parts = 1 if chance.random() > 0.09 else int(chance.integers(2, 5))
    rings = [_ring(chance) for _ in range(parts)]
    points = np.concatenate(rings)
    low, high = points.min(axis=0), points.max(axis=0)
    return one | {
        "segmentation": [ring.ravel().tolist() for ring in rings],
        "area": round(float(np.prod(high - low)) / 2, 4),
        "bbox": [*low.tolist(), *(high - low).round(2).tolist()],
    }


def _ring(chance: np.random.Generator) -> Any:
    count = int(np.clip(chance.lognormal(math.log(18), 0.7), 4, 200))
    angle = np.sort(chance.uniform(0, 2 * math.pi, count))
    radius = chance.uniform(20, 80) * chance.uniform(0.7, 1.0, count)
    middle = chance.uniform((100, 100), (WIDTH - 100, HEIGHT - 100))
    return (middle + radius[:, None] * np.stack((np.cos(angle), np.sin(angle)), -1)).round(2)


def _importing(path: Path, folder: Path) -> list[Row]:
    seconds: dict[str, list[float]] = {"plan": [], "write": [], "undo": []}
    for number in range(ROUNDS):
        with Project.create(folder / str(number)) as project:
            task = _task(project)
            project.sync()
            begin = time.perf_counter()
            dataset = FORMATS["coco_instances"].read(path)
            plan = plan_import(project, dataset, task)
            planned = time.perf_counter()
            report = run_import(project, plan)
            written = time.perf_counter()
            assert report.annotations.total() == ANNOTATIONS
            assert report.is_complete
            project.undo()
            undone = time.perf_counter()
        seconds["plan"].append(planned - begin)
        seconds["write"].append(written - planned)
        seconds["undo"].append(undone - written)
    best = {name: min(times) for name, times in seconds.items()}
    whole = min(a + b for a, b in zip(seconds["plan"], seconds["write"], strict=True))
    return [
        _row(f"import it into a project of {PICTURES} frames", whole, 4.0, "as agreed", goal=1.0),
        _row("  of that: read and report", best["plan"]),
        _row("  of that: read again and write as one step", best["write"]),
        _row("undo that import", best["undo"]),
    ]


def _task(project: Project) -> Task:
    task = Task("val")
    with project.long_step("Add", author="setup", task=task.id) as step, step.edit() as edit:
        edit.put_task(task)
        edit.put_job(Job(task.id))
        edit.put_frame(
            *(Frame(task.id, number, f"{number + 1:012d}.jpg") for number in range(PICTURES))
        )
    return task


def _row(
    what: str,
    seconds: float,
    limit: float | None = None,
    of: str = "",
    goal: float | None = None,
) -> Row:
    """A row in milliseconds. limit: what it is measured against, in seconds."""
    ratio = None if limit is None else seconds / limit
    return {
        "what": what,
        "value": round(seconds * 1e3, 1),
        "unit": "ms",
        "limit": None if limit is None else f"{limit * 1e3:.1f} ms: {of}",
        "ratio": None if ratio is None else round(ratio, 2),
        "goal": None if goal is None else f"<= {goal:g}x",
        "ok": True if ratio is None or goal is None else ratio <= goal,
    }


if __name__ == "__main__":
    for line in run():
        of = "" if line["limit"] is None else f"{line['ratio']}x of {line['limit']}"
        text = f"{line['what']:52} {line['value']:9} {line['unit']}  {line['goal'] or '':8} {of}"
        sys.stdout.write(text + "\n")
