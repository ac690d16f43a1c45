"""What an object looks like inside its outline, and how alike two objects look."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry import BoolArray, FloatArray
from annotator.media.opencv import cv2
from annotator.models.similar.directions import Floats
from annotator.models.similar.outline import Outline, sample
from annotator.models.similar.refining import laid
from annotator.models.similar.search import Places

Pixels: TypeAlias = NDArray[np.uint8]

# An object is looked at in so many cells across and down.
_CELLS: Final = 24
# Cells so close to the outline belong to its surroundings in part; as a share of half the object's width.
_MARGIN: Final = 0.1
# In how many turns the pattern inside a round outline is compared.
_ROUND_TURNS: Final = 24
_PART: Final = 256
# Below a deviation of half a percent of white there is only noise.
_FAINTEST: Final = 0.5
# Differences of lightness are small beside the contrast up to this share of it.
_SMALL: Final = 0.25

# Distances of colours in the a-b plane of L*a*b*. Up to the first nothing changes; from the second on it is another.
_SAME_COLOUR, _OTHER_COLOUR = 8.0, 60.0
# Chroma is compared as a ratio, after adding what noise has.
_NOISE: Final = 8.0
_SAME_CHROMA, _OTHER_CHROMA = 0.6, 0.2
# What another colour, and colour instead of grey, take away from a score of 1.
_COLOUR_LOSS: Final = 0.25
_CHROMA_LOSS: Final = 0.4


@dataclass(frozen=True, slots=True)
class Looks:
    """The inside of objects in the frame of their example.

    pattern: (N, cells), the lightness of each cell, mean 0 and length 1, shorter where there is only noise. deviation:
    (N,), the standard deviation of the lightness. light: (N,), its mean. colour: (N, 2), the mean a and b of L*a*b*.
    """

    pattern: FloatArray
    deviation: FloatArray
    light: FloatArray
    colour: FloatArray


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells inside an outline: offsets (cells, 2) from its centre, in pixels of its picture."""

    offsets: FloatArray

    @classmethod
    def inside(cls, outline: Outline) -> "Cells":
        """Return the cells of an outline; the innermost where it is too thin to have others."""
        low, high = outline.offsets.min(0), outline.offsets.max(0)
        steps = (np.arange(_CELLS) + 0.5) / _CELLS
        grid = np.stack(np.meshgrid(*((low + steps[:, None] * (high - low)).T)), axis=-1)
        grid = grid.reshape(-1, 2)
        depth = _depths(outline.offsets, grid)
        inside: BoolArray = depth > _MARGIN * depth.max()
        return cls(grid[inside] if inside.any() else grid[[int(depth.argmax())]])


def _depths(ring: FloatArray, points: FloatArray) -> FloatArray:
    """Return how deep points lie inside a ring, negative outside."""
    outline = ring.astype(np.float32)
    return np.array([cv2.pointPolygonTest(outline, (x, y), True) for x, y in points.tolist()])


def lab_picture(pixels: Pixels) -> list[Floats]:
    """Return L, a and b of slightly smoothed (H, W, 3) pixels."""
    smooth = cv2.GaussianBlur(pixels, (0, 0), 0.8).astype(np.float32) / 255.0
    return [
        np.ascontiguousarray(part) for part in cv2.split(cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab))
    ]


def looks_at(lab: list[Floats], places: Places, cells: Cells, factor: FloatArray) -> Looks:
    """Return what objects at places of a picture look like. factor: pixels of the picture per pixel of the example."""
    offsets = cells.offsets * factor
    parts = [
        _looks(lab, places.taken(np.arange(begin, min(begin + _PART, len(places)))), offsets)
        for begin in range(0, max(1, len(places)), _PART)
    ]
    return Looks(
        np.concatenate([part.pattern for part in parts]),
        np.concatenate([part.deviation for part in parts]),
        np.concatenate([part.light for part in parts]),
        np.concatenate([part.colour for part in parts]),
    )


def _looks(lab: list[Floats], places: Places, offsets: FloatArray) -> Looks:
    points, _ = laid(places.centres, places.scales, places.turns, (offsets, np.zeros_like(offsets)))
    light, a, b = (sample(channel, points) for channel in lab)
    mean = light.mean(axis=1)
    light -= mean[:, None]
    deviation = light.std(axis=1)
    length = np.maximum(deviation, _FAINTEST) * np.sqrt(light.shape[1])
    return Looks(
        light / length[:, None], deviation, mean, np.stack([a.mean(axis=1), b.mean(axis=1)], axis=1)
    )


def pattern_likeness(
    example: Looks, others: Looks, contrast: float
) -> tuple[FloatArray, FloatArray]:
    """Return how alike the patterns of others (N,) are to that of one example: strictly, and with forbearance.

    Strictly it is the correlation. With forbearance, differences that are small beside the `contrast` of the example to
    what is around it do not count: the structural term of SSIM (Wang, Bovik, Sheikh, Simoncelli, "Image quality
    assessment: from error visibility to structural similarity", 2004) with such a constant.
    """
    strict = others.pattern @ example.pattern[0]
    own, other = example.deviation[0], others.deviation
    constant = (_SMALL * contrast) ** 2 + _FAINTEST**2
    mild = (2 * own * other * strict + constant) / (own**2 + other**2 + constant)
    return strict, np.maximum(strict, mild)


def pattern_turns(outline: Outline) -> FloatArray:
    """Return the turns, in radians, in which an outline is the same but a pattern is not."""
    count = _ROUND_TURNS if outline.period == 0 else max(1, round(360.0 / outline.period))
    turns: FloatArray = 2 * np.pi * np.arange(count) / count
    return turns


def colour_likeness(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return how alike colours (..., 2) are, 0.35 to 1: other colours cost less than colour instead of grey."""
    apart = np.linalg.norm(first - second, axis=-1)
    chromas = [np.linalg.norm(colour, axis=-1) + _NOISE for colour in (first, second)]
    ratio = np.minimum(*chromas) / np.maximum(*chromas)
    colour = np.clip((apart - _SAME_COLOUR) / (_OTHER_COLOUR - _SAME_COLOUR), 0, 1)
    chroma = np.clip((ratio - _SAME_CHROMA) / (_OTHER_CHROMA - _SAME_CHROMA), 0, 1)
    likeness: FloatArray = 1.0 - _COLOUR_LOSS * colour - _CHROMA_LOSS * chroma
    return likeness
