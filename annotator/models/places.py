"""Where models lie that came with the program, and their descriptions."""

import sys
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def shipped_folder() -> Path:
    """Where set-up and installers put models, in the installation itself, whether it exists or not."""
    return Path(sys.prefix) / "share" / "annotator" / "models"


def described_folder() -> Path:
    """Where the program describes models without their weights, a folder for each."""
    # The wheel carries its resources inside the package, a checkout beside it.
    inside = _PACKAGE / "_resources"
    return (inside if inside.is_dir() else _PACKAGE.parent / "resources") / "models"
