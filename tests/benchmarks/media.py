"""Pictures: cold decode, the next picture read ahead, and opening a folder of 10 000."""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from annotator.media.buffers import BufferPool
from annotator.media.loader import FrameLoader, travel_order
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.project.folder import open_folder
from annotator.project.project import Project

WIDTH, HEIGHT = 3840, 2160
FOLDER = 10_000
ROUNDS = 12


def run() -> list[dict[str, Any]]:
    """Return the rows of the benchmark."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = _pictures(folder / "4k", 16)
        return [*_decoding(pictures), *_stepping(pictures), *_opening(folder / "many")]


def _pictures(folder: Path, count: int) -> list[Path]:
    """4K JPEG files of about 2 MB: smooth shapes under fine grain, like photographs."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    across = np.linspace(0, 255, WIDTH, dtype=np.float32)[None, :, None]
    paths = []
    for number in range(count):
        grain = rng.integers(-12, 12, (HEIGHT // 2, WIDTH // 2, 3)).repeat(2, 0).repeat(2, 1)
        pixels = np.clip(across * (number % 3 + 1) / 3 + grain, 0, 255).astype(np.uint8)
        path = folder / f"{number}.jpg"
        path.write_bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=85))
        paths.append(path)
    return paths


def _decoding(paths: list[Path]) -> list[dict[str, Any]]:
    pool = BufferPool()
    buffer = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    bare, ours, bare_eighth, eighth = [], [], [], []
    for _ in range(3):  # warm-up included: the best of each counts
        for path in paths[:6]:
            data = path.read_bytes()
            bare.append(_seconds(lambda d=data: simplejpeg.decode_jpeg(d, "BGRA", buffer=buffer)))
            ours.append(_seconds(lambda p=path: read_picture(p, lend=pool.lend)))
            bare_eighth.append(_seconds(lambda d=data: _eighth(d)))
            eighth.append(_seconds(lambda p=path: read_picture(p, scale=8, lend=pool.lend)))
    what = f"cold decode of a 4K JPEG ({paths[0].stat().st_size / 1e6:.1f} MB)"
    return [
        _next_to(what, ours, bare, "bare libjpeg-turbo decode"),
        _next_to("the same to an eighth, for a thumbnail", eighth, bare_eighth, "the same, bare"),
    ]


def _eighth(data: bytes) -> None:
    """As libjpeg-turbo reduces it while it decodes."""
    simplejpeg.decode_jpeg(data, "BGRA", min_height=HEIGHT // 8, min_width=WIDTH // 8)


def _next_to(what: str, ours: list[float], bare: list[float], of: str) -> dict[str, Any]:
    limit, value = min(bare) * 1e3, min(ours) * 1e3
    return _row(what, value, limit, of, goal=1.2, ratio=value / limit)


def _stepping(paths: list[Path]) -> list[dict[str, Any]]:
    event = threading.Event()

    def deliver(key: Path, picture: Picture | BaseException) -> None:
        assert isinstance(picture, Picture)
        event.set()

    pool = BufferPool()
    loader = FrameLoader(
        lambda path: read_picture(path, lend=pool.lend), deliver, lambda p: p.pixels.nbytes
    )
    waits = []
    try:
        previous = None
        for round_number in range(3):
            for index in range(len(paths)):
                neighbours = travel_order(index, previous, len(paths))
                event.clear()
                start = time.perf_counter()
                if loader.request(paths[index], [paths[i] for i in neighbours]) is None:
                    event.wait(10)
                if round_number and index > 1:
                    waits.append(time.perf_counter() - start)
                previous = index
                # A person looks at a picture for at least as long.
                time.sleep(0.1)
    finally:
        loader.close()
    value = statistics.median(waits) * 1e3
    p95 = sorted(waits)[int(len(waits) * 0.95)] * 1e3
    return [
        _row("next 4K JPEG, read ahead, steps of 100 ms, median", value, None, "", goal=5.0),
        _row("the same, p95", p95, None, "", goal=5.0),
    ]


def _opening(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir()
    picture = simplejpeg.encode_jpeg(np.full((720, 1280, 3), 90, np.uint8), quality=80)
    for number in range(FOLDER):
        (folder / f"{number}.jpg").write_bytes(picture)

    def first_picture() -> tuple[Project, Any]:
        opened = open_folder(folder)
        frame = next(iter(opened.project.frames(opened.task.id, limit=1)))
        path = opened.project.media_path(frame)
        assert path is not None
        read_picture(path)
        opened.project.annotations(frame.id)
        return opened.project, frame

    start = time.perf_counter()
    project, frame = first_picture()
    opened = time.perf_counter() - start
    steps = []
    for _ in range(500):
        start = time.perf_counter()
        frame = project.frame_beside(frame, 1)
        project.media_path(frame)
        project.annotations(frame.id)
        steps.append(time.perf_counter() - start)
    project.close()
    start = time.perf_counter()
    project, _ = first_picture()
    again = time.perf_counter() - start
    project.close()
    step = statistics.median(steps) * 1e3
    return [
        _row(f"folder of {FOLDER} pictures to the first picture, new", opened, None, "", 0.8, "s"),
        _row("the same folder opened again", again, None, "", goal=0.8, unit="s"),
        _row("step to the next frame (record, path, annotations)", step, None, "", goal=1.0),
    ]


def _seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(
    what: str,
    value: float,
    limit: float | None,
    of: str,
    goal: float,
    unit: str = "ms",
    ratio: float | None = None,
) -> dict[str, Any]:
    reached = value if ratio is None else ratio
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "limit": None if limit is None else f"{limit:.2f} {unit} {of}",
        "ratio": ratio,
        "goal": goal if ratio is None else f"{goal}x",
        "ok": reached <= goal,
    }
