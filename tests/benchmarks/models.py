"""Models: a detector through the program against the bare network, many frames, and what the window asks each time.

Needs the weights of yolox-nano-coco, installed or beside the checkout; without them only the last part is measured.
"""

import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from annotator.core.annotations import Annotation
from annotator.core.ids import new_ids
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.models.fitting import fit_picture
from annotator.models.processors import worker_count
from annotator.models.proposal import Proposal
from annotator.models.providers import make_provider
from annotator.models.store import ModelStore, user_store
from annotator.models.workers.worker_model import WorkerModel
from annotator.project.creating import create_task
from annotator.project.suggesting.annotating import annotate, running
from annotator.project.suggesting.suggestions import SuggestingModel, Suggestions

MODEL = "yolox-nano-coco"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "models" / MODEL
WIDTH, HEIGHT = 1280, 720
FRAMES = 200
ROUNDS = 60


def run() -> list[dict[str, Any]]:
    """Return the rows of the benchmark."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _showing(folder / "shown")
        store = _store(folder / "models")
        if store is None:
            return rows
        for runtime in ("openvino", "onnxruntime"):
            rows += _latency(store, runtime)
        return rows + _many(folder, store)


def _store(folder: Path) -> ModelStore | None:
    """Return models with the one that is measured among them."""
    if any(one.id == MODEL for one in user_store().models()):
        return user_store()
    if not BESIDE.is_dir():
        return None
    store = ModelStore(folder)
    store.install(BESIDE)
    return store


def _picture(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (HEIGHT // 40, WIDTH // 40, 3), dtype=np.uint8)
    return np.ascontiguousarray(small.repeat(40, 0).repeat(40, 1))


def _latency(store: ModelStore, runtime: str) -> list[dict[str, Any]]:
    """A decoded picture to proposals, in this process and in one of its own, against the bare network."""
    loaded = store.load(MODEL, runtime=runtime)
    provider, main = make_provider(loaded), loaded.network("main")
    pixels = _picture(0)
    tensor = fit_picture(pixels, main.entry.input).tensor
    bare, here, apart = [], [], []
    with WorkerModel(MODEL, runtime=runtime, store=store) as worker:
        for _ in range(ROUNDS):  # turn by turn, so that other work on the machine slows all
            bare.append(_seconds(lambda: main.run(tensor)))
            here.append(_seconds(lambda: provider.detect(pixels, 0.3)))
            apart.append(_seconds(lambda: worker.detect(pixels, 0.3)))
    limit = min(bare) * 1e3
    what = f"{MODEL} on a decoded picture of {WIDTH} x {HEIGHT}, {runtime}"
    return [
        _ratio(what, min(here) * 1e3, limit),
        _ratio("  the same in a process of its own", min(apart) * 1e3, limit),
    ]


def _ratio(what: str, value: float, limit: float) -> dict[str, Any]:
    return {
        "what": what,
        "value": value,
        "unit": "ms",
        "limit": f"{limit:.2f} ms bare network",
        "ratio": value / limit,
        "goal": "1.5x",
        "ok": value <= 1.5 * limit,
    }


def _many(folder: Path, store: ModelStore) -> list[dict[str, Any]]:
    pictures = folder / "pictures"
    pictures.mkdir()
    for number in range(FRAMES):
        data = simplejpeg.encode_jpeg(_picture(number), quality=85)
        (pictures / f"{number:04}.jpg").write_bytes(data)
    created = create_task(folder / "p", [pictures])
    main = store.load(MODEL).network("main")
    tensor = fit_picture(_picture(0), main.entry.input).tensor
    with created.project as project, WorkerModel(MODEL, store=store) as worker:
        model = running(worker)
        bare = min(_seconds(lambda: main.run(tensor)) for _ in range(ROUNDS))
        limit = bare * FRAMES / worker_count()
        tasks = project.tasks()
        value = _seconds(lambda: annotate(project, model, tasks, threshold=0.3))
        again = _seconds(lambda: annotate(project, model, tasks, threshold=0.3, form="annotations"))
    what = f"{FRAMES} JPEG files of {WIDTH} x {HEIGHT} to suggestions, {worker_count()} threads"
    return [
        _row(what, value, "s", limit=f"{limit:.2f} s bare network"),
        _row("the same again to annotations, what was seen is known", again, "s", goal=2.0),
    ]


def _showing(folder: Path) -> list[dict[str, Any]]:
    """A frame with 1 000 annotations and 300 suggestions: what each move of the slider asks."""
    chance = random.Random(0)
    names = [f"label {number}" for number in range(80)]
    labels = LabelSchema(tuple(Label(name) for name in names))
    (folder / "pictures").mkdir(parents=True)
    data = simplejpeg.encode_jpeg(_picture(0), quality=85)
    (folder / "pictures" / "a.jpg").write_bytes(data)
    created = create_task(folder / "p", [folder / "pictures"], labels=labels)

    def shape() -> Rectangle:
        x, y = chance.uniform(0, WIDTH - 60), chance.uniform(0, HEIGHT - 60)
        return Rectangle((x, y, x + chance.uniform(5, 60), y + chance.uniform(5, 60)))

    with created.project as project:
        frame = next(iter(project.frames(project.tasks()[0].id))).id
        with project.edit("Draw") as edit:
            for number in new_ids(1000):
                label = chance.choice(project.labels.labels).id
                edit.put(Annotation(frame, label, shape(), id=number))
        seen = [Proposal(chance.choice(names), shape(), chance.random()) for _ in range(300)]
        suggestions = Suggestions(project)
        suggestions.fill(SuggestingModel("m", "1", tuple(names)), 0.0, {frame: seen})
        value = min(_seconds(lambda: suggestions.visible(frame, 0.0)) for _ in range(ROUNDS))
        one = suggestions.visible(frame, 0.0)[:1]
        accept = _seconds(lambda: suggestions.accept(one))
    return [
        _row(
            "which of 300 suggestions are shown beside 1 000 annotations", value * 1e3, "ms", 16.0
        ),
        _row("accepting one of them", accept * 1e3, "ms", 10.0),
    ]


def _seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(
    what: str, value: float, unit: str, goal: float | None = None, limit: str | None = None
) -> dict[str, Any]:
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "limit": limit,
        "ratio": None,
        "goal": goal,
        "ok": None if goal is None else value <= goal,
    }
