"""What a look-alike may differ in, and in how many steps that is tried."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.errors import InvalidValueError
from annotator.core.geometry import FloatArray
from annotator.models.similar.directions import STRIDE
from annotator.models.similar.outline import SIDE, Outline

COARSE_POINTS: Final = 32
"""How many points of an outline are looked for first."""

_LARGEST_TOLERANCE: Final = 4.0
_SIZE_STEP: Final = 0.09
# The farthest point moves by so many pixels from one turn to the next; refining covers what lies between.
_TURN_STEP: Final = 4.0
# A search adds at most about so many numbers; where more are due, it looks at a smaller picture. What it finds there is
# looked at again on one as large as this many would allow.
_WORK: Final = 2e9
_FINE_WORK: Final = 1.2e10
_SMALLEST_SIDE: Final = 22.0
# A found object is at least so many pixels of its picture wide and high.
_SMALLEST: Final = 6.0
# How much larger than the picture an object may be of which a part is seen.
_LARGEST: Final = 1.25


@dataclass(frozen=True, slots=True)
class SimilarSettings:
    """What a look-alike may differ in.

    size_tolerance: the largest size as a factor, and inverted the smallest; 1 to 4. rotation_tolerance: the largest
    turn to either side in degrees; 0 to 180. Values beyond are limited to these; one that is not a number raises
    InvalidValueError.
    """

    size_tolerance: float = 1.85
    rotation_tolerance: float = 180.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("size_tolerance", 1.0, _LARGEST_TOLERANCE),
            ("rotation_tolerance", 0.0, 180.0),
        ):
            value = float(getattr(self, name))
            if math.isnan(value):
                raise InvalidValueError(
                    f"The {name.replace('_', ' ')} of similar objects is not a number."
                )
            object.__setattr__(self, name, min(high, max(low, value)))


def scales_to_try(outline: Outline, settings: SimilarSettings, size: tuple[int, int]) -> FloatArray:
    """Return the sizes that fit on a picture of a size (width, height); the example's own is always among them."""
    limit = math.log(settings.size_tolerance)
    count = math.ceil(limit / _SIZE_STEP)
    scales = np.exp(np.linspace(-limit, limit, 2 * count + 1))
    extents = scales * np.ptp(outline.offsets, axis=0).min()
    fits = (extents >= _SMALLEST) & (extents <= _LARGEST * max(size))
    fits[count] = True
    chosen: FloatArray = scales[fits]
    return chosen


def turns_to_try(outline: Outline, settings: SimilarSettings, factor: float) -> FloatArray:
    """Return the turns in radians that differ on a view of a factor."""
    whole = settings.rotation_tolerance >= outline.period / 2
    limit = math.radians(outline.period / 2 if whole else settings.rotation_tolerance)
    count = math.ceil(limit * outline.reach * factor / _TURN_STEP)
    if count == 0:
        return np.zeros(1)
    turns = np.linspace(-limit, limit, 2 * count + 1)
    # Both ends of a whole period are the same turn.
    chosen: FloatArray = turns[:-1] if whole else turns
    return chosen


def factors_to_look_at(
    outline: Outline, settings: SimilarSettings, size: tuple[int, int]
) -> tuple[float, float]:
    """Return how much smaller a picture of a size (width, height) is looked at: for the search, and for a second look.

    As large as is useful, and as small as the work asks for.
    """
    return (
        _factor_for(_WORK, outline, settings, size),
        _factor_for(_FINE_WORK, outline, settings, size),
    )


def _factor_for(
    most: float, outline: Outline, settings: SimilarSettings, size: tuple[int, int]
) -> float:
    count = len(scales_to_try(outline, settings, size)) * COARSE_POINTS
    side = SIDE
    while True:
        factor = min(1.0, side / outline.size)
        places = size[0] * size[1] * (factor / STRIDE) ** 2
        work = places * count * len(turns_to_try(outline, settings, factor))
        if work <= most or side <= _SMALLEST_SIDE:
            return factor
        side = max(_SMALLEST_SIDE, side / 1.1)
