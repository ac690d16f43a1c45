"""What is drawn of a frame, and what of it can be taken hold of; decided by whoever shows the canvas."""

from typing import Final, Protocol

import numpy as np

from annotator.core.columns import ShapeColumns
from annotator.core.geometry import BoolArray


class Visibility(Protocol):
    """Which annotations are hidden (not drawn, not hit) and which are locked (drawn, not hit, not changed).

    Both are asked once for all shapes of a frame, and again after `CanvasView.show_visibility`; for single shapes
    when they are new or have changed.
    """

    def hidden(self, columns: ShapeColumns) -> BoolArray:
        """Return which shapes (N,) are hidden."""
        ...

    def locked(self, columns: ShapeColumns) -> BoolArray:
        """Return which shapes (N,) are locked."""
        ...


class _EverythingVisible:
    def hidden(self, columns: ShapeColumns) -> BoolArray:
        return np.zeros(len(columns), dtype=bool)

    def locked(self, columns: ShapeColumns) -> BoolArray:
        return np.zeros(len(columns), dtype=bool)


EVERYTHING_VISIBLE: Final[Visibility] = _EverythingVisible()
