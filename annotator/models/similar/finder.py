"""Find similar: what the examples are, and the look-alikes on a picture."""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.geometry import FloatArray, box_area, box_iou, intersection_of_boxes
from annotator.core.shapes import Shape
from annotator.media.opencv import cv2
from annotator.models.errors import ModelError
from annotator.models.proposal import Proposal
from annotator.models.similar.matching import Matches, find_matches
from annotator.models.similar.placing import Move, placed
from annotator.models.similar.steps import SimilarSettings
from annotator.models.similar.template import Example, Template, learn

Pixels: TypeAlias = NDArray[np.uint8]

DEFAULT_THRESHOLD: Final = 0.5

# Two finds that share so much of the smaller are one object.
_SAME_OBJECT: Final = 0.35
# A find that overlaps a known shape by so much is that object.
_KNOWN: Final = 0.5
# How alike the patterns of two objects are by chance, at most, and where there is no doubt that the pattern repeats.
_CHANCE, _REPEATS = 0.6, 0.75
# The likeness of patterns, where they repeat, that means another object and the same.
_OTHER, _ALIKE = 0.3, 0.65
# How much patterns count where the examples' pictures show no look-alike.
_UNKNOWN: Final = 0.5
# An object of which less is on the picture is none that a person would draw.
_VISIBLE: Final = 0.6


@dataclass(frozen=True, slots=True)
class _Found:
    """A look-alike before its shape is made. score: may be over 1. hull: the convex outline (N, 2)."""

    template: Template
    move: Move
    score: float
    hull: NDArray[np.float32]
    box: tuple[float, float, float, float]


class SimilarFinder:
    """Proposes what looks like some examples. Any thread may ask, several at once; it keeps no picture.

    An example's look-alikes on its own picture tell whether the pattern inside belongs to what it is (nuts, keys) or
    differs from one to the next (coins): only then do look-alikes need the same pattern.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        settings: SimilarSettings | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> None:
        """Learn the examples. Raises ModelError where there is none that can be looked for."""
        self._settings = settings or SimilarSettings()
        learned = _learned(examples)
        self.labels = tuple(dict.fromkeys(template.label for template, _ in learned))
        """The labels that may be proposed."""
        self._learned = [
            _Learned.of(template, example, self._settings, progress)
            for template, example in learned
        ]

    def detect(
        self,
        pixels: Pixels,
        threshold: float = DEFAULT_THRESHOLD,
        *,
        known: Sequence[Shape] = (),
        progress: Progress = NO_PROGRESS,
    ) -> list[Proposal]:
        """Return the look-alikes on (H, W, 3) pixels, blue, green, red, with at least a score, the best first.

        A score is 1 for an object like the example in outline, colour and, where it repeats, pattern. The shapes are
        of the kind of their example. known: shapes already on the picture, which are not proposed again; without them
        the examples find themselves. Raises Cancelled.
        """
        found: list[_Found] = []
        for known_of in progress.track(self._learned, "Looking for similar objects"):
            template = known_of.template
            matches = known_of.matches_on(pixels, threshold)
            if matches is None:
                matches = find_matches(pixels, template, self._settings, threshold, progress)
            found += _scored(matches, template, known_of.weight, threshold)
        size = (pixels.shape[1], pixels.shape[0])
        boxes = [shape.box for shape in known]
        proposals = []
        for one in _one_each(found, size):
            shape = placed(one.template.shape, _ring(one.template), one.move, size)
            if shape.area > 0 and all(box_iou(shape.box, box) < _KNOWN for box in boxes):
                proposals.append(Proposal(one.template.label, shape, min(1.0, one.score)))
        return proposals


def _learned(examples: Sequence[Example]) -> list[tuple[Template, Example]]:
    """Return the templates of the examples that have one. Raises the reason where none has."""
    if not examples:
        raise ModelError("Draw or select the objects whose look-alikes are to be found.")
    learned, reason = [], None
    for example in examples:
        try:
            learned.append((learn(example), example))
        except ModelError as error:
            reason = reason or error
    if not learned:
        assert reason is not None
        raise reason
    return learned


@dataclass(frozen=True, slots=True)
class _Learned:
    """An example that can be looked for. weight: how much its pattern counts. What its own picture shows is known."""

    template: Template
    weight: float
    picture: "weakref.ref[Pixels]"
    matches: Matches

    @classmethod
    def of(
        cls, template: Template, example: Example, settings: SimilarSettings, progress: Progress
    ) -> "_Learned":
        """Look at the example's picture."""
        matches = find_matches(example.pixels, template, settings, DEFAULT_THRESHOLD, progress)
        picture = weakref.ref(example.pixels)
        return cls(template, _pattern_weight(template, matches), picture, matches)

    def matches_on(self, pixels: Pixels, threshold: float) -> Matches | None:
        """Return the matches on a picture where they are known."""
        is_own = self.picture() is pixels and threshold >= DEFAULT_THRESHOLD
        return self.matches if is_own else None


def _pattern_weight(template: Template, matches: Matches) -> float:
    """Return how much the pattern counts, 0 to 1: whether another object on the example's picture has it."""
    away = np.linalg.norm(matches.places.centres - template.outline.centre, axis=1)
    others = matches.taken(
        (away > 0.6 * template.outline.size)
        & (matches.outline * matches.colour >= DEFAULT_THRESHOLD)
    )
    if not len(others.places):
        return _UNKNOWN
    alike = float(others.correlation.max())
    return min(1.0, max(0.0, (alike - _CHANCE) / (_REPEATS - _CHANCE)))


def _scored(matches: Matches, template: Template, weight: float, threshold: float) -> list[_Found]:
    """Return the matches that reach a threshold."""
    pattern = np.clip((matches.pattern - _OTHER) / (_ALIKE - _OTHER), 0, 1)
    scores = matches.outline * matches.colour * (1 - weight + weight * pattern)
    matches = matches.taken(chosen := scores >= threshold)
    ring = _ring(template)
    hull = cv2.convexHull(ring.astype(np.float32))[:, 0].astype(np.float64)
    found = []
    for place, score in enumerate(scores[chosen].tolist()):
        x, y = matches.places.centres[place].tolist()
        # The turn of a round outline says nothing.
        turn = float(matches.places.turns[place]) if template.outline.period else 0.0
        move = Move(template.outline.centre, (x, y), float(matches.places.scales[place]), turn)
        around = move.of(hull)
        (x0, y0), (x1, y1) = around.min(0).tolist(), around.max(0).tolist()
        found.append(_Found(template, move, score, around.astype(np.float32), (x0, y0, x1, y1)))
    return found


def _ring(template: Template) -> FloatArray:
    return template.outline.offsets + template.outline.centre


def _one_each(found: list[_Found], size: tuple[int, int]) -> list[_Found]:
    """Return the best find of each object that lies on the picture for the most part."""
    picture = (0.0, 0.0, float(size[0]), float(size[1]))
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: -one.score):
        seen = intersection_of_boxes(one.box, picture)
        if seen is None or box_area(seen) < _VISIBLE * box_area(one.box):
            continue
        if all(_shared(one, other) < _SAME_OBJECT for other in kept):
            kept.append(one)
    return kept


def _shared(first: _Found, second: _Found) -> float:
    """Return how much of the smaller outline two finds share, 0 to 1."""
    if intersection_of_boxes(first.box, second.box) is None:
        return 0.0
    shared, _ = cv2.intersectConvexConvex(first.hull, second.hull)
    smaller = min(cv2.contourArea(first.hull), cv2.contourArea(second.hull))
    return float(shared) / max(smaller, 1e-6)
