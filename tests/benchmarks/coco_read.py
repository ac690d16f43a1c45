"""COCO as large as its validation set, without a project: reading, the loss report, and writing.

Reading is measured next to a bare typed decoder of the same bytes, in turns, so that what else the machine does
weighs on both alike.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from annotator.formats.builtin import FORMATS
from annotator.formats.memory import MemoryDataset
from tests.benchmarks.coco_import import ANNOTATIONS, made_up

COCO = FORMATS["coco_instances"]
ROUNDS = 7

Row = dict[str, Any]


class _Image(msgspec.Struct):
    id: int
    file_name: str
    width: int
    height: int


class _Rle(msgspec.Struct):
    counts: list[int]
    size: list[int]


class _Annotation(msgspec.Struct):
    id: int
    image_id: int
    category_id: int
    segmentation: list[list[float]] | _Rle
    area: float
    iscrowd: int
    bbox: list[float]


class _Category(msgspec.Struct):
    id: int
    name: str
    supercategory: str


class _File(msgspec.Struct):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def run() -> list[Row]:
    """Return the rows of the benchmark; takes about 20 seconds."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "instances_val.json"
        path.write_text(json.dumps(made_up(), separators=(",", ":")))
        return [_reading(path), *_writing(path, Path(name) / "out")]


def _reading(path: Path) -> Row:
    data = path.read_bytes()
    decoder = msgspec.json.Decoder(_File)
    pairs = [
        (_seconds(lambda: decoder.decode(data)), _seconds(lambda: _read(path)))
        for _ in range(ROUNDS)
    ]
    bare, ours = min(bare for bare, _ in pairs), min(ours for _, ours in pairs)
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    return _row(
        f"read COCO, {ANNOTATIONS} annotations, {len(data) / 1e6:.0f} MB",
        ours,
        limit=f"{bare * 1e3:.0f} ms: msgspec typed decoding of the same bytes",
        ratio=ratio,
        goal=3.0,
    )


def _read(path: Path) -> None:
    count = sum(len(item.annotations) for item in COCO.read(path).items())
    assert count == ANNOTATIONS


def _writing(path: Path, folder: Path) -> list[Row]:
    dataset = MemoryDataset.read(COCO.read(path))
    report = min(_seconds(lambda: COCO.losses(dataset)) for _ in range(3))
    writing = min(_seconds(lambda: _write(dataset, folder)) for _ in range(3))
    yolo = FORMATS["yolo_ultralytics_detect"]
    converting = min(_seconds(lambda: yolo.losses(dataset)) for _ in range(3))
    return [
        _row("its loss report as COCO (nothing is lost)", report),
        _row("its loss report as YOLO (every polygon becomes a box)", converting),
        _row("write it as COCO", writing),
    ]


def _write(dataset: MemoryDataset, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    COCO.write(dataset, folder)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _row(
    what: str, seconds: float, limit: str | None = None, ratio: float | None = None, goal: float = 0
) -> Row:
    """A row in milliseconds; ratio to the limit, where there is one."""
    return {
        "what": what,
        "value": round(seconds * 1e3, 1),
        "unit": "ms",
        "limit": limit,
        "ratio": None if ratio is None else round(ratio, 2),
        "goal": None if ratio is None else f"<= {goal:g}x",
        "ok": ratio is None or ratio <= goal,
    }


if __name__ == "__main__":
    for line in run():
        of = "" if line["limit"] is None else f"{line['ratio']}x of {line['limit']}"
        text = f"{line['what']:56} {line['value']:9} {line['unit']}  {line['goal'] or '':8} {of}"
        sys.stdout.write(text + "\n")
