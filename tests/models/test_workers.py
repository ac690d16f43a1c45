"""Models in processes of their own: the same answers, and an end to those that do not end, with real networks."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from annotator.core.shapes import Rectangle
from annotator.media.opencv import cv2
from annotator.models.errors import ModelError, ModelGivenUpError, WorkerLostError
from annotator.models.providers import make_provider
from annotator.models.store import ModelStore
from annotator.models.workers import wire
from annotator.models.workers.limits import ModelLimits
from annotator.models.workers.worker_model import WorkerModel
from tests.models.onnx_files import endless_on_bright, greedy_on_bright, write_package

RUNTIMES = ("openvino", "onnxruntime")
BLACK = np.zeros((20, 40, 3), np.uint8)
WHITE = np.full((20, 40, 3), 255, np.uint8)
GB = 1 << 30


@pytest.fixture
def worker_model(store: ModelStore, tmp_path: Path):
    """Install a detector and start it: `worker_model(weights, limits, runtime)`; all are closed at the end."""
    made = []

    def make(
        weights: bytes, limits: ModelLimits | None = None, runtime: str = "onnxruntime"
    ) -> WorkerModel:
        store.install(write_package(tmp_path / f"source{len(made)}" / "tiny", weights))
        made.append(
            WorkerModel("tiny", runtime=runtime, limits=limits or ModelLimits(), store=store)
        )
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.close()


def quick() -> bytes:
    """Sees an object in the upper left corner, at once where the picture is black."""
    return endless_on_bright()


# The same answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", ["dog_bike_truck.jpg", "invoice_rendered.jpg"])
def test_a_process_sees_what_is_seen_here(shared, package, store, runtime, name):
    model_id = "ppocr-v6-tiny" if "invoice" in name else "yolox-nano-coco"
    store.install(package(model_id))
    pixels = cv2.imread(str(shared / "images" / name))
    here = make_provider(store.load(model_id, runtime=runtime)).detect(pixels, 0.2)
    assert len(here) > 3
    with WorkerModel(model_id, runtime=runtime, store=store) as there:
        assert (there.runtime, there.device, there.manifest.id) == (runtime, "CPU", model_id)
        for given in (pixels, cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA)):
            found = there.detect(given, 0.2)
            assert len(found) == len(here)
            for one, other in zip(found, here, strict=True):
                assert (one.label, one.score, one.attributes) == (
                    other.label,
                    other.score,
                    other.attributes,
                )
                assert one.shape.box == other.shape.box


def test_pictures_of_any_size_follow_each_other(worker_model):
    """The block of memory grows, and shrinks again after a huge one."""
    with_object = worker_model(quick())
    for height, width in ((1, 1), (1500, 2000), (3, 2000), (9000, 9000), (2000, 3), (40, 40)):
        (seen,) = with_object.detect(np.zeros((height, width, 4), np.uint8), 0.5)
        assert isinstance(seen.shape, Rectangle)
        x0, y0, x1, y1 = seen.shape.xyxy
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height


def test_several_threads_ask_at_once(worker_model):
    with_object = worker_model(quick())
    found = []

    def ask() -> None:
        for _ in range(5):
            found.extend(with_object.detect(BLACK, 0.5))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 15


# What does not end, or eats memory -------------------------------------------------------------------------


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_picture_on_which_a_model_does_not_end_fails_and_the_next_one_does_not(
    worker_model, runtime
):
    endless = worker_model(endless_on_bright(), ModelLimits(seconds=1), runtime)
    assert len(endless.detect(BLACK, 0.5)) == 1
    begun = time.monotonic()
    with pytest.raises(WorkerLostError) as caught:
        endless.detect(WHITE, 0.5)
    assert time.monotonic() - begun < 5
    assert str(caught.value) == (
        "The model “tiny” was stopped: it took longer than 1 seconds for one picture. The settings have the limit."
    )
    assert not endless.is_given_up
    assert len(endless.detect(BLACK, 0.5)) == 1


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_model_that_eats_memory_is_stopped_before_the_machine_suffers(worker_model, runtime):
    greedy = worker_model(greedy_on_bright(), ModelLimits(memory=GB // 2), runtime)
    assert len(greedy.detect(BLACK, 0.5)) == 1
    with pytest.raises(
        WorkerLostError, match=r"it needed more than 0.5 GB of memory. The settings"
    ):
        greedy.detect(WHITE, 0.5)
    assert len(greedy.detect(BLACK, 0.5)) == 1


def test_after_two_in_a_row_it_is_asked_no_more(worker_model):
    limits = ModelLimits(seconds=0.5)
    endless = worker_model(endless_on_bright(), limits)
    for error in (WorkerLostError, ModelGivenUpError):
        with pytest.raises(error) as caught:
            endless.detect(WHITE, 0.5)
        assert type(caught.value) is error
    begun = time.monotonic()
    with pytest.raises(ModelGivenUpError, match="was stopped"):
        endless.detect(BLACK, 0.5)
    assert time.monotonic() - begun < limits.seconds


def test_what_takes_too_long_to_load_is_stopped(store, tmp_path):
    store.install(write_package(tmp_path / "source" / "tiny", quick()))
    slow = WorkerModel("tiny", limits=ModelLimits(loading=0.01), store=store)
    with pytest.raises(ModelError, match=r"longer than 0.01 seconds to be loaded"):
        slow.start()
    slow.close()


def test_a_process_that_crashes_is_told_and_replaced(worker_model):
    with_object = worker_model(quick())
    (worker,) = with_object._free
    worker._process.terminate()
    worker._process.wait(10)
    with pytest.raises(WorkerLostError, match=r"broke off while it was at work"):
        with_object.detect(BLACK, 0.5)
    assert len(with_object.detect(BLACK, 0.5)) == 1


def test_a_process_that_the_system_ends_is_told_as_that(worker_model):
    with_object = worker_model(quick())
    (worker,) = with_object._free
    worker._process.kill()
    with pytest.raises(WorkerLostError, match=r"ended by the system, most likely because memory"):
        with_object.detect(BLACK, 0.5)


def test_what_goes_on_is_ended_at_once_by_whoever_closes(worker_model):
    endless = worker_model(endless_on_bright(), ModelLimits(seconds=60))
    failed = []

    def ask() -> None:
        with pytest.raises(ModelError):
            endless.detect(WHITE, 0.5)
        failed.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    while not endless._all.difference(endless._free):
        time.sleep(0.01)
    endless.interrupt()
    thread.join(10)
    assert failed
    assert len(endless.detect(BLACK, 0.5)) == 1  # interrupting is no end
    endless.kill()
    with pytest.raises(ModelError, match="is closed"):
        endless.detect(BLACK, 0.5)


def test_a_program_that_is_killed_leaves_no_process_behind(store, tmp_path):
    """Also while the model computes: it would do so for ever."""
    store.install(write_package(tmp_path / "source" / "tiny", endless_on_bright()))
    code = (
        "import sys, threading, time, numpy as np; from pathlib import Path;"
        "from annotator.models.store import ModelStore;"
        "from annotator.models.workers import own_process, worker_model as w;"
        "from annotator.models.workers.limits import ModelLimits;"
        "m = w.WorkerModel('tiny', store=ModelStore(Path(sys.argv[1])), limits=ModelLimits(seconds=0.5));"
        "m.start(); (one,) = m._free; print(one._process.pid, flush=True);"
        "one._take_as_late = lambda: None;"  # the program is gone and stops nothing
        "m.detect(np.full((9, 9, 3), 255, np.uint8), 0.5)"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(store.folder)], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    child = int(program.stdout.readline())
    time.sleep(0.3)
    program.kill()
    program.wait(10)
    program.stdout.close()
    assert is_running(child)
    wait_until(lambda: not is_running(child), seconds=20)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or ") Z " not in state.read_text()


def wait_until(condition, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# What is said between the two ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([("a", "rectangle", b"12345", 0.5, {})], "rectangle"),
        ([("a", None, b"", 1.5, {})], "score"),
        ([("a", None, b"", float("nan"), {})], "score"),
        ([("a", None, b"", 0.5, {})] * (wire.MOST_OBJECTS + 1), "objects on one picture"),
    ],
)
def test_an_answer_that_makes_no_sense_is_none(objects, told):
    with pytest.raises(wire.WireError, match=told):
        wire.proposals_of(wire.Seen(objects))


@pytest.mark.parametrize(
    "data", [b"", b"\x01\x00", b"\xff\xff\xff\xff", b"\x03\x00\x00\x00abc", b"\x09\x00\x00\x00abc"]
)
def test_bytes_that_are_no_message_are_refused(tmp_path, data):
    (tmp_path / "pipe").write_bytes(data)
    with (tmp_path / "pipe").open("rb") as stream, pytest.raises(wire.WireError):
        wire.receive_answer(stream)


def test_nothing_of_the_folder_one_is_in_is_imported(store, tmp_path, monkeypatch):
    store.install(write_package(tmp_path / "source" / "tiny", quick()))
    planted = tmp_path / "elsewhere"
    planted.mkdir()
    for name in ("numpy", "json", "annotator"):
        (planted / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(planted)
    with WorkerModel("tiny", store=store) as with_object:
        assert len(with_object.detect(BLACK, 0.5)) == 1
