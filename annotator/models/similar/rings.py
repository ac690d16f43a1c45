"""The outline of an example: drawn by the person, or found inside the box that the person drew."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry import FloatArray, ring_area
from annotator.core.shapes import Ellipse, Mask, Polygon, Rectangle, Shape
from annotator.media.opencv import cv2
from annotator.models.errors import ModelError

Pixels: TypeAlias = NDArray[np.uint8]

Supported: TypeAlias = Rectangle | Ellipse | Polygon | Mask
"""The shapes that have an outline to look for."""

# A box is looked at with at most so many pixels along its longer side; more tell nothing about the outline.
_LONGEST: Final = 128
_ROUNDS: Final = 4
# An object fills at least this share of the box a person drew around it, and seldom all of it.
_EMPTIEST, _FULLEST = 0.15, 0.97


def supported(shape: Shape) -> Supported:
    """Return the shape if it has an outline. Raises ModelError if it has none."""
    if isinstance(shape, Rectangle | Ellipse | Polygon | Mask):
        return shape
    raise ModelError(
        f"Similar objects cannot be found from a {shape.kind}: draw a rectangle, polygon, ellipse or mask."
    )


def rings_of(shape: Supported, pixels: Pixels) -> list[FloatArray]:
    """Return what may be the outline of the object, the likeliest first: rings (N, 2) in pixels of the picture.

    A polygon of several parts and a mask give their largest ring.
    """
    if isinstance(shape, Polygon):
        return [max((part.outer for part in shape.parts), key=lambda ring: abs(ring_area(ring)))]
    if isinstance(shape, Ellipse):
        return [shape.ring()]
    if isinstance(shape, Mask):
        ring = _largest_ring(shape.bitmap.astype(np.uint8))
        return [] if ring is None else [ring + shape.offset]
    found = [_cut_out(shape, pixels)]
    x0, y0, x1, y1 = shape.xyxy
    centre, radii = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
    found += [shape.corners, Ellipse(centre, radii, shape.rotation).ring()]
    return [ring for ring in found if ring is not None]


def _cut_out(shape: Rectangle, pixels: Pixels) -> FloatArray | None:
    """Return the outline of what lies in a box, told from what lies around it by colour; None where nothing is.

    GrabCut: Rother, Kolmogorov, Blake, "GrabCut: interactive foreground extraction using iterated graph cuts",
    SIGGRAPH 2004.
    """
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = shape.box
    across, down = x1 - x0, y1 - y0
    left, top = (max(0, int(low - 0.25 * side - 3)) for low, side in ((x0, across), (y0, down)))
    right = min(width, int(x1 + 0.25 * across + 4))
    bottom = min(height, int(y1 + 0.25 * down + 4))
    if right - left < 3 or bottom - top < 3:
        return None
    factor = min(1.0, _LONGEST / max(across, down))
    crop = np.ascontiguousarray(pixels[top:bottom, left:right])
    if factor < 1.0:
        crop = np.asarray(
            cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        )
    factors = np.array((crop.shape[1] / (right - left), crop.shape[0] / (bottom - top)))
    corners = (shape.corners - (left, top)) * factors
    inside = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(corners - 0.5).astype(np.int32)], 1)
    marks = np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    if not (marks == cv2.GC_BGD).any() or not inside.any():
        return None
    # GrabCut begins with k-means, whose chance must be the same each time.
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(crop, marks, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    cut = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    share = int(cut.sum()) / int(inside.sum())
    if not _EMPTIEST <= share <= _FULLEST:
        return None
    ring = _largest_ring(cut)
    return None if ring is None else ring / factors + (left, top)


def _largest_ring(bitmap: Pixels) -> FloatArray | None:
    """Return the outline (N, 2) of the largest connected part of a bitmap, half a pixel outside the pixel centres."""
    rings, _ = cv2.findContours(bitmap, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not rings:
        return None
    ring = max(rings, key=cv2.contourArea)[:, 0, :].astype(np.float64)
    if len(ring) < 8:
        return None
    tangents = np.roll(ring, -2, axis=0) - np.roll(ring, 2, axis=0)
    outward = np.stack([tangents[:, 1], -tangents[:, 0]], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True) + 1e-9
    if ring_area(ring) < 0:
        outward = -outward
    moved: FloatArray = ring + 0.5 + 0.5 * outward
    return moved
