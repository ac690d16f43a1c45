"""An example made ready to be looked for."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.shapes import Shape
from annotator.models.similar.directions import edge_field
from annotator.models.similar.looks import Cells, Looks, lab_picture, looks_at
from annotator.models.similar.outline import SIDE, Outline, learn_outline, sample
from annotator.models.similar.refining import refine
from annotator.models.similar.rings import Supported, supported
from annotator.models.similar.search import Places
from annotator.models.similar.views import View

Pixels: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """A drawn object: its shape on (H, W, 3) pixels, blue, green, red, and the label that look-alikes get."""

    shape: Shape
    pixels: Pixels = field(repr=False)
    label: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What is looked for.

    looks: of the example itself, one row. contrast: how much lighter or darker it is than what is around it, in L of
    L*a*b*. support: the outline score at its own place.
    """

    shape: Supported
    label: str
    outline: Outline
    cells: Cells
    looks: Looks
    contrast: float
    support: float


def learn(example: Example) -> Template:
    """Return the template of an example.

    Raises ModelError where the shape has no outline, or the object is too small or has no edges.
    """
    shape, pixels = supported(example.shape), example.pixels
    outline = learn_outline(shape, pixels)
    cells = Cells.inside(outline)
    # The object with as much around it as edges are weighed against.
    x, y = outline.centre
    reach = 2 * outline.reach + 8
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    crop = np.ascontiguousarray(pixels[top : int(y + reach) + 1, left : int(x + reach) + 1])
    view = View.of(crop, min(1.0, SIDE / outline.size))
    centre = view.seen_from(np.array([[x - left, y - top]]))
    here = Places(centre, np.ones(1), np.zeros(1), np.ones(1))
    ring = (outline.offsets * view.factor, outline.facing)
    field = edge_field(view.pixels)
    refined = refine(field, here, ring, signed=outline.signed, turning=False)
    lab = lab_picture(view.pixels)
    looks = looks_at(lab, here, cells, view.factor)
    around = sample(lab[0], centre + _AROUND * ring[0])
    contrast = abs(float(np.median(around[around > 0]) - looks.light[0])) if around.any() else 0.0
    return Template(shape, example.label, outline, cells, looks, contrast, float(refined.scores[0]))


# What is around an example is seen on its outline drawn so much larger.
_AROUND = 1.2
