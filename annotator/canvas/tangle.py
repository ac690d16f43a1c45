"""How tangled an outline is: what QPainter needs for a scribble grows with the square of it.

Measured with 100 random points in 800 x 800 pixels: the outline takes 0.3 ms, the fill 2 ms, both antialiased
400 ms; with 1 000 points 2 ms, 85 ms and 6 s. An outline of 1 000 points that does not cross itself takes 20 ms.
"""

from typing import Final

import numpy as np

from annotator.core.columns import IntArray
from annotator.core.geometry import FloatArray

# An outline is crossed by a line through it about so many times: 2 for a convex one, 10 to 20 for a coast.
MOST_SMOOTH: Final = 16.0
MOST_FILLED: Final = 64.0
# Fewer points cannot do much harm.
_FEW_POINTS: Final = 24


def tangle_of(points: FloatArray) -> float:
    """Return how often a level line crosses a ring (N, 2) on average."""
    return float(tangles_of(points, np.array([0, len(points)]))[0])


def tangles_of(points: FloatArray, edges: IntArray) -> FloatArray:
    """Return the same for rings laid end to end: ring r has the points `edges[r]` to `edges[r + 1]`, one at least.

    0 for a ring of few points.
    """
    tangles = np.zeros(len(edges) - 1)
    many = np.flatnonzero(np.diff(edges) > _FEW_POINTS)
    if not len(many):
        return tangles
    y = points[:, 1]
    climbed = np.concatenate((np.zeros(1), np.cumsum(np.abs(np.diff(y)))))
    first, last = edges[many], edges[many + 1] - 1
    up_and_down = climbed[last] - climbed[first] + np.abs(y[first] - y[last])
    starts = edges[:-1]
    heights = (np.maximum.reduceat(y, starts) - np.minimum.reduceat(y, starts))[many]
    tangles[many] = np.divide(up_and_down, heights, out=np.zeros(len(many)), where=heights > 0)
    return tangles
