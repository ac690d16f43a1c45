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

Source: TypeAlias = Literal["manual", "model", "imported", "interpolated"]
SOURCES: tuple[Source, ...] = get_args(Source)

# Per format id, what a file held that the model has no place for: JSON values only. Nobody changes them.
Foreign: TypeAlias = Mapping[str, Any]

# What the store and the columns can hold.
Z_ORDER_LIMIT: Final = 1 << 31
GROUP_LIMIT: Final = 1 << 63


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
        _copy_mappings(self)
        _check_source_and_score(self.source, self.score)
        _check_whole_numbers(self.z_order, self.group)

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
        _copy_mappings(self)
        _check_source_and_score(self.source, self.score)
        _check_whole_numbers(self.z_order, 0)

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
        _copy_mappings(self)
        object.__setattr__(self, "keyframes", tuple(self.keyframes))
        frames = [keyframe.frame for keyframe in self.keyframes]
        if len(set(frames)) != len(frames):
            raise InvalidValueError("A track has two key frames on one frame.")
        if len({keyframe.shape.kind for keyframe in self.keyframes}) > 1:
            raise InvalidValueError("The key frames of a track have shapes of different kinds.")
        _check_source_and_score(self.source, None)
        _check_whole_numbers(0, self.group)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def kind(self) -> AnnotationKind | None:
        """The kind of its shapes; None while it has no key frame."""
        return self.keyframes[0].shape.kind if self.keyframes else None

    def keyframe_at(self, frame: int) -> Keyframe | None:
        """Return the key frame on a frame, or None."""
        return next((keyframe for keyframe in self.keyframes if keyframe.frame == frame), None)


def _copy_mappings(value: Annotation | Keyframe | Track) -> None:
    # Whoever gave them may go on changing theirs.
    object.__setattr__(value, "attributes", dict(value.attributes))
    object.__setattr__(value, "foreign", dict(value.foreign))


def _check_whole_numbers(z_order: int, group: int) -> None:
    if not -Z_ORDER_LIMIT <= z_order < Z_ORDER_LIMIT:
        raise InvalidValueError(f"The z-order {z_order} of an annotation is beyond 32 bits.")
    if not -GROUP_LIMIT <= group < GROUP_LIMIT:
        raise InvalidValueError(f"The group {group} of an annotation is beyond 64 bits.")


def _check_source_and_score(source: str, score: float | None) -> None:
    if source not in SOURCES:
        raise InvalidValueError(f"The source of an annotation cannot be {source!r}.")
    # A NaN fails both comparisons.
    if score is not None and not 0.0 <= score <= 1.0:
        raise InvalidValueError(
            f"The score of an annotation must lie between 0 and 1, not {score}."
        )
