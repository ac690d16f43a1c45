"""Points that are set one after the other."""

import numpy as np

from annotator.core.geometry import FloatArray


class GrowingPath:
    """A list of points that is an array at any time, at no cost however many there are."""

    def __init__(self) -> None:
        self._memory = np.empty((64, 2))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def points(self) -> FloatArray:
        """The points (N, 2), good until the next change."""
        return self._memory[: self._count]

    @property
    def first(self) -> tuple[float, float]:
        """The first point of one or more."""
        return self._at(0)

    @property
    def last(self) -> tuple[float, float]:
        """The last point of one or more."""
        return self._at(self._count - 1)

    def append(self, point: tuple[float, float]) -> None:
        """Set one more point."""
        if self._count == len(self._memory):
            self._memory = np.concatenate((self._memory, np.empty_like(self._memory)))
        self._memory[self._count] = point
        self._count += 1

    def replace_last(self, point: tuple[float, float]) -> None:
        """Move the last point."""
        self._memory[self._count - 1] = point

    def truncate(self, count: int) -> None:
        """Keep the first points only."""
        self._count = min(self._count, max(0, count))

    def with_end(self, point: tuple[float, float]) -> FloatArray:
        """Return the points and one more, as an array of its own."""
        return np.concatenate((self.points, [point]))

    def ring(self) -> FloatArray:
        """Return the points as a ring: none equals the one before it, nor the last the first."""
        points = self.points
        if len(points) < 2:
            return points.copy()
        different = np.any(points != np.roll(points, 1, axis=0), axis=1)
        return points[different]

    def _at(self, index: int) -> tuple[float, float]:
        x, y = self._memory[index].tolist()
        return x, y
