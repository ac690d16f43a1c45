"""Model packages as a user has them: the manifests of this program beside real weights."""

import shutil
from pathlib import Path

import pytest

from annotator.models.store import ModelStore

ROOT = Path(__file__).resolve().parent.parent.parent
MANIFESTS = ROOT / "resources" / "models"


@pytest.fixture
def package(shared: Path, tmp_path: Path):
    """Give the folder of a package: `package(id)`."""

    def make(model_id: str) -> Path:
        folder = tmp_path / "packages" / model_id
        shutil.copytree(shared / "models" / model_id, folder)
        for path in folder.iterdir():
            path.chmod(0o644)
        shutil.copy(MANIFESTS / model_id / "model.toml", folder)
        return folder

    return make


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")
