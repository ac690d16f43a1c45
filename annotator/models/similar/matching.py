"""One example on one picture: every place that has its outline, and how alike it looks there."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.background.progress import Progress
from annotator.core.geometry import FloatArray
from annotator.models.similar.directions import EdgeField, edge_field, responses
from annotator.models.similar.looks import (
    colour_likeness,
    lab_picture,
    looks_at,
    pattern_likeness,
    pattern_turns,
)
from annotator.models.similar.outline import POINTS
from annotator.models.similar.refining import refine
from annotator.models.similar.search import Places, search
from annotator.models.similar.steps import (
    COARSE_POINTS,
    SimilarSettings,
    factors_to_look_at,
    scales_to_try,
    turns_to_try,
)
from annotator.models.similar.template import Template
from annotator.models.similar.views import View

Pixels: TypeAlias = NDArray[np.uint8]

# Outline scores, relative to the example's own, that mean nothing and that mean certainty.
_NOTHING, _CERTAIN = 0.4, 0.95
# What is found roughly scores a little lower or higher than after refining.
_SLACK: Final = 0.92
# Places closer than this, as a share of the example's size, are one place where their sizes are about the same.
_NEAR, _ALIKE = 0.1, 0.06
# The same after refining, in pixels of the view.
_NEAREST: Final = 0.7
# How far beyond the tolerance refining may bring a size.
_BEYOND: Final = 1.05
_MOST_TRIED: Final = 1500
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Matches:
    """Where the outline of an example was found, in pixels of the picture; each likeness 0 to 1.

    outline: how well it fits, more than 1 where better than the example's own. colour, pattern: how alike the inside
    is; a pattern is compared in all turns in which the outline is the same. correlation: the same, strictly.
    """

    places: Places
    outline: FloatArray
    colour: FloatArray
    pattern: FloatArray
    correlation: FloatArray

    def taken(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Matches":
        """Return those at the given places, or where a mask is true."""
        places = self.places.taken(chosen)
        return Matches(
            places,
            self.outline[chosen],
            self.colour[chosen],
            self.pattern[chosen],
            self.correlation[chosen],
        )


def find_matches(
    pixels: Pixels, template: Template, settings: SimilarSettings, least: float, progress: Progress
) -> Matches:
    """Return where an outline fits by at least `least` on (H, W, 3) pixels. Raises Cancelled.

    Each object may be found several times, in neighbouring sizes and places.
    """
    outline = template.outline
    size = (pixels.shape[1], pixels.shape[0])
    scales = scales_to_try(outline, settings, size)
    coarse, fine = factors_to_look_at(outline, settings, size)
    steps = scales, turns_to_try(outline, settings, coarse)
    reach = outline.reach * float(scales.max())
    score = template.support * (_NOTHING + least * (_CERTAIN - _NOTHING))
    is_one = coarse == fine
    found: list[Matches] = []
    rough: list[Places] = []
    for part in View.of(pixels, coarse).parts(reach):
        edges = edge_field(part.pixels)
        seen = _search(edges, template, part.factor, steps, _SLACK * score, progress)
        places = _settled(part, edges, seen, template, steps, score if is_one else _SLACK * score)
        progress.checkpoint()
        if is_one:
            found.append(_compared(part, places, template))
        else:
            rough.append(_in_picture(part, places))
    if is_one:
        return _joined(found)
    known = _joined_places(rough)
    for part in View.of(pixels, fine).parts(reach):
        progress.checkpoint()
        places = _settled(
            part, edge_field(part.pixels), _in_view(part, known), template, steps, score
        )
        found.append(_compared(part, places, template))
    return _joined(found)


def _in_picture(view: View, places: Places) -> Places:
    return Places(view.points_back(places.centres), places.scales, places.turns, places.scores)


def _in_view(view: View, places: Places) -> Places:
    """Return places of the picture as places of a view, those that belong to it alone."""
    centres = view.seen_from(places.centres)
    seen = Places(centres, places.scales, places.turns, places.scores)
    low, high = view.core
    return seen.taken((centres[:, 1] >= low) & (centres[:, 1] < high))


def _joined_places(found: list[Places]) -> Places:
    return Places(
        np.concatenate([places.centres for places in found]),
        np.concatenate([places.scales for places in found]),
        np.concatenate([places.turns for places in found]),
        np.concatenate([places.scores for places in found]),
    )


def _joined(found: list[Matches]) -> Matches:
    return Matches(
        _joined_places([match.places for match in found]),
        np.concatenate([match.outline for match in found]),
        np.concatenate([match.colour for match in found]),
        np.concatenate([match.pattern for match in found]),
        np.concatenate([match.correlation for match in found]),
    )


def _settled(
    view: View,
    edges: EdgeField,
    places: Places,
    template: Template,
    steps: tuple[FloatArray, FloatArray],
    least: float,
) -> Places:
    """Return places with fractions of a pixel, those of the view that reach a score, each once."""
    outline = template.outline
    ring = (outline.offsets * view.factor, outline.facing)
    fine = refine(edges, places, ring, signed=outline.signed, turning=len(steps[1]) > 1)
    fine = _distinct(fine, _NEAREST)
    low, high = steps[0].min() / _BEYOND, steps[0].max() * _BEYOND
    fine = fine.taken((fine.scales >= low) & (fine.scales <= high))
    low, high = view.core
    return fine.taken(
        (fine.scores >= least) & (fine.centres[:, 1] >= low) & (fine.centres[:, 1] < high)
    )


def _search(
    edges: EdgeField,
    template: Template,
    factor: FloatArray,
    steps: tuple[FloatArray, FloatArray],
    least: float,
    progress: Progress,
) -> Places:
    offsets = template.outline.offsets * factor
    every = POINTS // COARSE_POINTS
    reach = float(np.linalg.norm(offsets, axis=1).max() * steps[0].max())
    field = responses(edges, int(reach) + 4, signed=template.outline.signed)
    facing = template.outline.facing
    rough = search(field, offsets[::every], facing[::every], steps, least, progress)
    return _distinct(rough, _NEAR * template.outline.size * float(factor.min()))


def _distinct(places: Places, near: float) -> Places:
    """Return the best of places that are nearly the same, the best `_MOST` of all."""
    order = np.argsort(-places.scores, kind="stable")[:_MOST_TRIED]
    kept: list[int] = []
    alive = np.ones(len(order), bool)
    centres, sizes = places.centres[order], np.log(places.scales[order])
    for number in range(len(order)):
        if not alive[number]:
            continue
        kept.append(int(order[number]))
        if len(kept) == _MOST:
            break
        apart = np.abs(centres - centres[number]).max(axis=1)
        alive &= (apart > near) | (np.abs(sizes - sizes[number]) > _ALIKE)
    return places.taken(np.array(kept, np.intp))


def _compared(view: View, places: Places, template: Template) -> Matches:
    """Return places of a view as matches, turned so that their patterns fit the example's best."""
    lab = lab_picture(view.pixels)
    correlation, pattern = np.full(len(places), -1.0), np.zeros(len(places))
    turned, colour = places.turns, np.ones(len(places))
    for turn in pattern_turns(template.outline).tolist():
        there = Places(places.centres, places.scales, places.turns + turn, places.scores)
        looks = looks_at(lab, there, template.cells, view.factor)
        strict, mild = pattern_likeness(template.looks, looks, template.contrast)
        turned = np.where(strict > correlation + _BETTER, there.turns, turned)
        correlation, pattern = np.maximum(strict, correlation), np.maximum(mild, pattern)
        if turn == 0:
            colour = colour_likeness(looks.colour, template.looks.colour)
    found = _in_picture(view, Places(places.centres, places.scales, turned, places.scores))
    outline = (places.scores / template.support - _NOTHING) / (_CERTAIN - _NOTHING)
    return Matches(found, outline, colour, pattern, correlation)


# A pattern decides about the turn only where it fits clearly better.
_BETTER: Final = 0.05
