"""Where models lie: those of the user, and those that came with the program."""

import sys
from pathlib import Path
from typing import Final

from annotator.models.store import ModelStore, models_folder

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def shipped_folder() -> Path:
    """Where set-up and installers put models, in the installation itself, whether it exists or not."""
    return Path(sys.prefix) / "share" / "annotator" / "models"


def described_folder() -> Path:
    """Where the program describes models without their weights, a folder for each."""
    # The wheel carries its resources inside the package, a checkout beside it.
    inside = _PACKAGE / "_resources"
    return (inside if inside.is_dir() else _PACKAGE.parent / "resources") / "models"


def model_store() -> ModelStore:
    """The models that can be used here: the user's before those that came with the program."""
    return ModelStore(models_folder(), (shipped_folder(),))
