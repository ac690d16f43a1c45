"""Places that were found roughly are moved, scaled and turned until the outline lies on the edges."""

from typing import Final

import numpy as np

from annotator.core.geometry import FloatArray
from annotator.models.similar.directions import EdgeField
from annotator.models.similar.outline import sample
from annotator.models.similar.search import Places

# How far across the outline edges are looked for, in each round, in pixels.
_REACHES: Final = (4.0, 3.0, 2.0, 1.5)
# The score takes an edge that is so far away by half as much as one on the outline.
_TOLERANCE: Final = 1.5
_PART: Final = 512


def refine(
    field: EdgeField,
    places: Places,
    outline: tuple[FloatArray, FloatArray],
    *,
    signed: bool,
    turning: bool,
) -> Places:
    """Return the places with fractions of a pixel, and with scores that ask for edges on the outline itself.

    outline: offsets and facing, in pixels of the field. turning: whether turns may change.
    """
    parts = [
        _refined(
            field, places.taken(np.arange(begin, min(begin + _PART, len(places)))), outline, signed=signed,
            turning=turning,
        )
        for begin in range(0, len(places), _PART)
    ]  # fmt: skip
    if not parts:
        return places
    return Places(
        np.concatenate([part.centres for part in parts]),
        np.concatenate([part.scales for part in parts]),
        np.concatenate([part.turns for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def _refined(
    field: EdgeField,
    places: Places,
    outline: tuple[FloatArray, FloatArray],
    *,
    signed: bool,
    turning: bool,
) -> Places:
    centres, scales, turns = places.centres, places.scales, places.turns
    first = scales
    for reach in _REACHES:
        points, ways = laid(centres, scales, turns, outline)
        away, weight = _edge_distances(field, points, ways, reach, signed=signed)
        moves = _fitted(points - centres[:, None], ways, away, weight, turning=turning)
        centres = centres + moves[:, :2]
        # A place stays with the size that it was found for: another size has a place of its own.
        scales = np.clip(scales * (1 + moves[:, 2]), 0.85 * first, 1.18 * first)
        turns = turns + moves[:, 3]
    points, ways = laid(centres, scales, turns, outline)
    return Places(centres, scales, turns, _scores(field, points, ways, signed=signed))


def laid(
    centres: FloatArray,
    scales: FloatArray,
    turns: FloatArray,
    outline: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Return points and directions (N, P, 2) of an outline of P points at N places."""
    cos, sin = np.cos(turns), np.sin(turns)
    matrices = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], axis=1)
    offsets, facing = outline
    points = scales[:, None, None] * (offsets @ matrices) + centres[:, None]
    return points, facing @ matrices


def _across(
    field: EdgeField, points: FloatArray, ways: FloatArray, steps: FloatArray, *, signed: bool
) -> FloatArray:
    """Return how well edges fit at steps across an outline, (N, P, S)."""
    places = points[:, :, None] + steps[None, None, :, None] * ways[:, :, None]
    size = places.shape[:3]
    flat = places.reshape(size[0], -1, 2)
    x, y = (sample(values, flat).reshape(size) for values in (field.x, field.y))
    along = x * ways[:, :, None, 0] + y * ways[:, :, None, 1]
    strength = np.hypot(x, y) + 1e-9
    fits: FloatArray = (np.maximum(along, 0.0) if signed else np.abs(along)) ** 2 / strength
    return fits


def _edge_distances(
    field: EdgeField, points: FloatArray, ways: FloatArray, reach: float, *, signed: bool
) -> tuple[FloatArray, FloatArray]:
    """Return how far across the outline the edge lies, (N, P), and how much that says."""
    steps = np.arange(-reach, reach + 0.01, 0.5)
    fits = _across(field, points, ways, steps, signed=signed)
    fits *= np.exp(-0.5 * (steps / reach) ** 2)
    # The mean of the best three of neighbouring steps: fractions of a step, yet not drawn to a second edge.
    best = np.clip(fits.argmax(axis=2), 1, len(steps) - 2)
    near = np.take_along_axis(fits, best[..., None] + np.arange(-1, 2), axis=2)
    weight = near.sum(axis=2)
    away = (near * (steps[best][..., None] + np.array([-0.5, 0.0, 0.5]))).sum(axis=2)
    return away / (weight + 1e-9), weight / 3


def _fitted(
    arms: FloatArray, ways: FloatArray, away: FloatArray, weight: FloatArray, *, turning: bool
) -> FloatArray:
    """Return for N places the (x, y, growth, turn) that bring the outline closest to the edges, (N, 4).

    Least squares over the distances along `ways`. arms: (N, P, 2), from the centre to the points.
    """
    growth = np.sum(arms * ways, axis=2)
    turn = arms[..., 0] * ways[..., 1] - arms[..., 1] * ways[..., 0]
    slopes = np.stack([ways[..., 0], ways[..., 1], growth, turn if turning else 0 * turn], axis=2)
    weighted = slopes * weight[..., None]
    left = np.einsum("npi,npj->nij", weighted, slopes)
    right = np.einsum("npi,np->ni", weighted, away)
    # A little resistance: a line of edges says nothing about the move along it.
    size = np.mean(np.sum(arms**2, axis=2), axis=1)
    ground = 0.02 * weight.sum(axis=1) + 1e-6
    resistance = np.stack([ground, ground, ground * size, ground * size], axis=1)
    left += resistance[:, :, None] * np.eye(4)
    moves: FloatArray = np.linalg.solve(left, right[..., None])[..., 0]
    return moves


def _scores(field: EdgeField, points: FloatArray, ways: FloatArray, *, signed: bool) -> FloatArray:
    steps = np.arange(-2.0, 2.01, 0.5)
    fits = _across(field, points, ways, steps, signed=signed)
    fits *= np.exp2(-((steps / _TOLERANCE) ** 2))
    scores: FloatArray = fits.max(axis=2).mean(axis=1)
    return scores
