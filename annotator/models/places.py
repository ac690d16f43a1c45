"""Where models lie that came with the program, and their descriptions."""

import sys
from pathlib import Path
from typing import Final

MANIFEST: Final = "model.toml"
_PACKAGE: Final = Path(__file__).resolve().parents[1]


def models_folder() -> Path:
    """Where the user's models lie, whether it exists or not."""
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / "models"


def shipped_folder() -> Path:
    """Where set-up and installers put models, in the installation itself, whether it exists or not."""
    return Path(sys.prefix) / "share" / "annotator" / "models"


def described_folder() -> Path:
    """Where the program describes models without their weights, a folder for each."""
    # The wheel carries its resources inside the package, a checkout beside it.
    inside = _PACKAGE / "_resources"
    return (inside if inside.is_dir() else _PACKAGE.parent / "resources") / "models"


def is_installed(model_id: str) -> bool:
    """Whether there is a model of an id, the user's or one that came with the program; its files are not looked at."""
    places = (models_folder(), shipped_folder())
    return any((place / model_id / MANIFEST).is_file() for place in places)
