"""What decoders return, as arrays: pixels of the picture, scores from 0 to 1."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Boxes:
    """N boxes (N, 4), x0 y0 x1 y1, with their scores (N,) and the places of their labels (N,), best score first."""

    xyxy: FloatArray
    scores: FloatArray
    labels: IntArray


@dataclass(frozen=True, slots=True)
class Regions:
    """N outlines (each (4, 2), clockwise from the upper left corner) with their scores (N,)."""

    outlines: tuple[FloatArray, ...]
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class Words:
    """N lines of text with their scores (N,)."""

    texts: tuple[str, ...]
    scores: FloatArray
