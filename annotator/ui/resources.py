"""Where the files that the window shows lie."""

import os
from typing import Final

_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The wheel carries them inside the package, a checkout beside it: the manual among its documents.
_PLACES: Final = (
    os.path.join(_PACKAGE, "_resources"),
    os.path.join(os.path.dirname(_PACKAGE), "resources"),
    os.path.join(os.path.dirname(_PACKAGE), "docs"),
)


def resource_path(*parts: str) -> str:
    """Return the path of a resource; raise FileNotFoundError where it is missing."""
    for place in _PLACES:
        path = os.path.join(place, *parts)
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"The program is incomplete: {'/'.join(parts)} is missing.")
