"""Models on pictures with known answers, by both runtimes: boxes within 2 pixels, scores within 0.01, texts equal."""

from pathlib import Path

import numpy as np
import pytest

from annotator.media.opencv import cv2
from annotator.models.providers import make_provider

RUNTIMES = ("openvino", "onnxruntime")


def picture(shared: Path, name: str) -> np.ndarray:
    pixels = cv2.imread(str(shared / "images" / name))
    assert pixels is not None
    return pixels


SEEN = {
    "dog_bike_truck.jpg": [
        ("dog", 0.855, (133, 207, 326, 543)),
        ("bicycle", 0.803, (52, 137, 572, 424)),
        ("car", 0.798, (466, 78, 692, 171)),
    ],
    "pedestrians_street.jpg": [("person", 0.893, None), ("person", 0.844, None), ("person", 0.622, None)],
}  # fmt: skip


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", SEEN)
def test_yolox_sees_what_it_is_known_to_see(shared, package, store, runtime, name):
    store.install(package("yolox-nano-coco"))
    model = store.load("yolox-nano-coco", runtime=runtime)
    assert model.runtime == runtime
    found = make_provider(model).detect(picture(shared, name), 0.3)
    for seen, (label, score, box) in zip(found, SEEN[name], strict=False):
        assert seen.label == label
        assert seen.score == pytest.approx(score, abs=0.01)
        if box is not None:
            assert np.abs(np.array(seen.shape.xyxy) - box).max() <= 2
    assert len(found) - len(SEEN[name]) in (
        0,
        1,
    )  # a second guess for the car, just above the threshold


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_on_several_threads_the_same_is_seen(shared, package, store, runtime):
    store.install(package("yolox-nano-coco"))
    pixels = picture(shared, "dog_bike_truck.jpg")
    alone, together = (
        make_provider(store.load("yolox-nano-coco", runtime=runtime, threads=threads)).detect(
            pixels, 0.3
        )
        for threads in (1, 3)
    )
    assert [one.label for one in together] == [one.label for one in alone]
    for one, other in zip(alone, together, strict=True):
        assert other.score == pytest.approx(one.score, abs=1e-4)
        assert other.shape.xyxy == pytest.approx(one.shape.xyxy, abs=0.05)


LINES = {
    "invoice_rendered.jpg": {
        "INVOICE No.2026-0417": 0.98, "Date: 17 April 2026": 0.965, "Customer: Maria Gonzalez": 0.998,
    },
    "page_scan_gray.png": {"Region-based segmentation": 0.999},
}  # fmt: skip
COUNTS = {"invoice_rendered.jpg": 10, "page_scan_gray.png": 7}


@pytest.mark.filterwarnings("ignore:.*iCCP.*")
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", LINES)
def test_text_is_read_to_the_letter(shared, package, store, runtime, name):
    store.install(package("ppocr-v6-tiny"))
    reader = make_provider(store.load("ppocr-v6-tiny", runtime=runtime))
    found = {one.attributes["text"]: one for one in reader.detect(picture(shared, name), 0.5)}
    for text, score in LINES[name].items():
        assert found[text].score == pytest.approx(score, abs=0.01)
    assert len(found) == COUNTS[name]
    height, width = picture(shared, name).shape[:2]
    for one in found.values():
        x0, y0, x1, y1 = one.shape.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height


def test_nothing_is_seen_where_there_is_nothing(package, store):
    store.install(package("yolox-nano-coco"))
    provider = make_provider(store.load("yolox-nano-coco"))
    assert provider.detect(np.full((40, 3000, 3), 128, np.uint8), 0.3) == []
    assert provider.detect(np.full((1, 1, 3), 0, np.uint8), 0.3) == []


@pytest.mark.parametrize("model_id", ["yolox-nano-coco", "ppocr-v6-tiny"])
@pytest.mark.parametrize("channels", [3, 4])
def test_pictures_of_any_size_and_shape(package, store, model_id, channels):
    """OpenCV refuses some of what is wider than 32 767; a dot has no room for a line."""
    store.install(package(model_id))
    provider = make_provider(store.load(model_id))
    for size in (
        (1, 1),
        (3, 2000),
        (2000, 3),
        (1, 40_000),
        (40_000, 1),
        (40, 40_000),
        (7000, 7000),
    ):
        assert provider.detect(np.full((*size, channels), 200, np.uint8), 0.3) == []


def test_what_is_compiled_is_kept_where_that_can_be_written(package, store, tmp_path):
    store.install(package("yolox-nano-coco"))
    cache = tmp_path / "cache" / "compiled"
    pixels = np.full((40, 40, 3), 128, np.uint8)
    for _ in range(2):
        model = store.load("yolox-nano-coco", runtime="openvino", cache=cache)
        assert make_provider(model).detect(pixels, 0.3) == []
        assert [path.suffix for path in cache.iterdir()] == [".blob"]
    (tmp_path / "file").write_text("in the way")
    model = store.load("yolox-nano-coco", runtime="openvino", cache=tmp_path / "file")
    assert make_provider(model).detect(pixels, 0.3) == []
