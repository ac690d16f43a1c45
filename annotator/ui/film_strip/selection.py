"""The frames that are selected in the film strip, by their positions in the task, which removed frames do not move."""

import numpy as np

from annotator.project.frames.frame_cards import Positions

_NONE = np.zeros(0, dtype=np.int64)


class StripSelection:
    """Ordered positions; `anchor` is the one at which a stretch selected with Shift begins."""

    def __init__(self) -> None:
        self.positions: Positions = _NONE
        self.anchor: int | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def __contains__(self, position: int) -> bool:
        if not len(self.positions):  # asked for every frame that is painted
            return False
        place = int(np.searchsorted(self.positions, position))
        return place < len(self.positions) and int(self.positions[place]) == position

    def clear(self) -> None:
        """Select nothing."""
        self.positions, self.anchor = _NONE, None

    def set_to(self, positions: Positions) -> None:
        """Select these and no others."""
        self.positions = np.unique(positions)

    def toggle(self, position: int) -> None:
        """Add a frame, or take it out."""
        changed = np.array([position], dtype=np.int64)
        self.positions = np.setxor1d(self.positions, changed)

    def add(self, positions: Positions) -> None:
        """Select these, too."""
        self.positions = np.union1d(self.positions, positions)

    def keep(self, positions: Positions | None, count: int) -> bool:
        """Drop what is no longer there; return whether anything was. positions: None for the first `count`."""
        before = len(self.positions)
        if positions is None:
            self.positions = self.positions[self.positions < count]
            has_anchor = self.anchor is not None and self.anchor < count
        else:
            self.positions = np.intersect1d(self.positions, positions, assume_unique=True)
            has_anchor = self.anchor is not None and bool(np.isin(self.anchor, positions))
        if not has_anchor:
            self.anchor = None
        return len(self.positions) != before
