"""Models that are described without their weights: what they are, and each way to have them."""

import threading
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.models import places
from annotator.models.errors import ModelError
from annotator.models.manifest import labels_of
from annotator.models.providers import make_provider
from annotator.models.recommended import fetch, install, recommended
from annotator.models.wheel_weights import DEFAULT_MODEL, fetch_weights
from tests.models.test_real_weights import picture
from tests.models.wheels import WHEEL, describe, let_pip_look_only_in, make_wheel


def test_each_says_what_it_is_and_how_it_is_had():
    found = recommended()
    assert found[0].manifest.id == DEFAULT_MODEL
    assert {one.manifest.id for one in found} >= {"yolox-nano-coco", "light-person-192", "ppocr-v6-small"}  # fmt: skip
    for one in found:
        known = one.manifest
        assert known.licence == "Apache-2.0"
        assert known.description.endswith(".")
        assert known.homepage.startswith("https://")
        assert one.download >= known.size or one.wheel is not None
        if one.wheel is None:
            assert len(one.addresses) == len(known.files) == 1  # so one file is all there is to get
            assert all(address.startswith("https://") for address in one.addresses)
            assert known.labels
        else:
            assert one.addresses == ()
            assert set(one.wheel.files) == set(known.files)


@pytest.mark.parametrize("name", ["model.onnx", "as a browser calls it (1).onnx"])
def test_a_file_is_all_there_is_to_get(shared, store, tmp_path, name):
    weights = shared / "models" / "light-person-192" / "model.onnx"
    (tmp_path / name).write_bytes(weights.read_bytes())
    (made,) = install(store, tmp_path / name)
    assert made.id == "light-person-192"
    assert labels_of(made.manifest, made.folder) == ("person",)
    (seen, *_) = make_provider(store.load(made.id)).detect(picture(shared, "person_dog_horse.jpg"), 0.3)  # fmt: skip
    assert seen.score == pytest.approx(0.84, abs=0.01)
    assert seen.shape.xyxy == pytest.approx((184, 100, 277, 374), abs=2)


def test_a_file_of_that_size_that_is_another_is_refused(store, tmp_path):
    size = next(one for one in recommended() if one.manifest.id == "light-person-192").download
    (tmp_path / "model.onnx").write_bytes(b"x" * size)
    with pytest.raises(ModelError, match="is not the file its manifest names"):
        install(store, tmp_path / "model.onnx")
    assert store.models() == []


@pytest.fixture
def described(tmp_path: Path, monkeypatch) -> Path:
    """Two models that lie in one wheel, which is in the index; the index."""
    index = tmp_path / "index"
    let_pip_look_only_in(index, monkeypatch)
    wheel = make_wheel(index)
    for name in ("one", "two"):
        describe(tmp_path / "described" / name, wheel)
    monkeypatch.setattr(places, "described_folder", lambda: tmp_path / "described")
    return index


def test_a_wheel_brings_those_of_its_models_that_are_missing(described, store):
    assert [one.id for one in install(store, described / WHEEL)] == ["one", "two"]
    store.remove("two")
    assert [one.id for one in install(store, described / WHEEL)] == ["two"]
    assert [one.id for one in install(store, described / WHEEL)] == ["one", "two"]


def test_another_wheel_is_none_of_them(described, store):
    (described / "other.whl").write_bytes((described / WHEEL).read_bytes() + b"!")
    with pytest.raises(ModelError, match="holds no model"):
        install(store, described / "other.whl")


def test_it_is_fetched_by_its_id(described, store):
    assert fetch(store, "two").id == "two"
    assert [one.id for one in store.models()] == ["two"]
    with pytest.raises(ModelError, match=r"no model “three” to be fetched\. There are: one, two"):
        fetch(store, "three")


def test_what_lies_at_an_address_is_got_by_hand(store):
    with pytest.raises(
        ModelError, match=r"by hand: get https://.*model.onnx and install that file"
    ):
        fetch(store, "light-person-192")


def test_fetching_is_stopped_in_the_middle_and_leaves_nothing(described, store, tmp_path):
    """pip is a program of its own, which would go on for as long as its network likes."""
    begun, progress = threading.Event(), Progress()
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    source = recommended()[0].wheel
    assert source is not None

    def checkpoint() -> None:
        begun.set()
        progress.checkpoint()

    threading.Thread(target=lambda: (begun.wait(10), progress.cancel())).start()
    with pytest.raises(Cancelled):
        fetch_weights(source, store.folder, str(slow), checkpoint)
    assert list(store.folder.iterdir()) == []
