"""Annotations and tracks: labelled objects as values that never change.

`frame` is a key that whoever holds the values gives a meaning: the project uses its permanent frame ids, a
dataset file its own frame numbers. Functions that need an order of frames are told it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_id
from annotator.core.shapes import AnnotationKind, Attributes, AttributeValue, Shape
from annotator.core.values import (
    INTEGER_LIMIT,
    checked_attributes,
    checked_foreign,
    checked_integer,
    checked_number,
)

Source: TypeAlias = Literal["manual", "model", "imported", "interpolated"]
SOURCES: tuple[Source, ...] = get_args(Source)

# Per format id, what a file held that the model has no place for: JSON values only. Nobody changes them.
Foreign: TypeAlias = Mapping[str, Any]

# What the store and the columns can hold.
Z_ORDER_LIMIT: Final = 1 << 31
GROUP_LIMIT: Final = INTEGER_LIMIT


@dataclass(frozen=True, slots=True)
class Annotation:
    """One labelled object, or a tag where `shape` is None, on one frame.

    attributes: by attribute id. z_order: larger is above, 32 bits. group: annotations with the same number,
    other than 0, belong together. score: 0..1 by a model, None where a person made it.
    """

    frame: int
    label: int
    shape: Shape | None
    attributes: Attributes = field(default_factory=dict)
    occluded: bool = False
    z_order: int = 0
    group: int = 0
    source: Source = "manual"
    score: float | None = None
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if not (
            type(self.id) is type(self.frame) is type(self.label) is type(self.group) is int
            and -INTEGER_LIMIT <= self.id < INTEGER_LIMIT
            and -INTEGER_LIMIT <= self.frame < INTEGER_LIMIT
            and -INTEGER_LIMIT <= self.label < INTEGER_LIMIT
            and -INTEGER_LIMIT <= self.group < INTEGER_LIMIT
        ):
            _set_integers(self, "id", "frame", "label", "group")
        _check_z_order(self)
        _check_score(self)
        _check_source_and_mappings(self)
        _set_flags(self, "occluded")

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def kind(self) -> AnnotationKind:
        """The kind of its shape, or "tag"."""
        return "tag" if self.shape is None else self.shape.kind

    def with_attribute(self, attribute: int, value: AttributeValue) -> "Annotation":
        """Return the annotation with one attribute set."""
        return replace(self, attributes={**self.attributes, attribute: value})


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A shape that a person or a model set for a track at a frame.

    `outside`: the object is not in the picture from here to the next key frame. `attributes`: the mutable
    ones, which hold until the next key frame.
    """

    frame: int
    shape: Shape
    outside: bool = False
    occluded: bool = False
    z_order: int = 0
    attributes: Attributes = field(default_factory=dict)
    source: Source = "manual"
    score: float | None = None
    foreign: Foreign = field(default_factory=dict)

    def __post_init__(self) -> None:
        _set_integers(self, "frame")
        _check_z_order(self)
        _check_score(self)
        _check_source_and_mappings(self)
        _set_flags(self, "outside", "occluded")

    def __hash__(self) -> int:
        return hash((self.frame, self.shape))


@dataclass(frozen=True, slots=True)
class Track:
    """One object through time: key frames, interpolated between, and the attributes that do not change.

    `keyframes` holds at most one key frame for each frame, in the order of the frames.
    """

    label: int
    keyframes: tuple[Keyframe, ...]
    attributes: Attributes = field(default_factory=dict)
    group: int = 0
    source: Source = "manual"
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        _set_integers(self, "id", "label", "group")
        _check_source_and_mappings(self)
        object.__setattr__(self, "keyframes", tuple(self.keyframes))
        frames = [keyframe.frame for keyframe in self.keyframes]
        if len(set(frames)) != len(frames):
            raise InvalidValueError("A track has two key frames on one frame.")
        if len({keyframe.shape.kind for keyframe in self.keyframes}) > 1:
            raise InvalidValueError("The key frames of a track have shapes of different kinds.")

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def kind(self) -> AnnotationKind | None:
        """The kind of its shapes; None while it has no key frame."""
        return self.keyframes[0].shape.kind if self.keyframes else None

    def keyframe_at(self, frame: int) -> Keyframe | None:
        """Return the key frame on a frame, or None."""
        return next((keyframe for keyframe in self.keyframes if keyframe.frame == frame), None)


def _set_integers(value: Annotation | Keyframe | Track, *names: str) -> None:
    for name in names:
        checked = checked_integer(getattr(value, name), f"The {name} of an annotation")
        object.__setattr__(value, name, checked)


def _set_flags(value: Annotation | Keyframe, *names: str) -> None:
    for name in names:
        flag: Any = getattr(value, name)
        if flag is not True and flag is not False:
            object.__setattr__(value, name, bool(flag))


def _check_source_and_mappings(value: Annotation | Keyframe | Track) -> None:
    if value.source not in SOURCES:
        raise InvalidValueError(f"The source of an annotation cannot be {value.source!r:.40}.")
    # Whoever gave them may go on changing theirs.
    object.__setattr__(value, "attributes", checked_attributes(value.attributes))
    object.__setattr__(value, "foreign", checked_foreign(value.foreign))


def _check_z_order(value: Annotation | Keyframe) -> None:
    if type(value.z_order) is not int or not -Z_ORDER_LIMIT <= value.z_order < Z_ORDER_LIMIT:
        checked = checked_integer(value.z_order, "The z-order of an annotation", Z_ORDER_LIMIT)
        object.__setattr__(value, "z_order", checked)


def _check_score(value: Annotation | Keyframe) -> None:
    score = value.score
    if score is None:
        return
    if type(score) is not float:
        score = checked_number(score, "The score of an annotation")
        object.__setattr__(value, "score", score)
    # A NaN fails both comparisons.
    if not 0.0 <= score <= 1.0:
        raise InvalidValueError(
            f"The score of an annotation must lie between 0 and 1, not {score}."
        )
