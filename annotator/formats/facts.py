"""A dataset as a bag of facts, so that two of them can be compared aspect by aspect.

A fact is a tuple of texts whose first one is its aspect:

- frame, subset: (frame), (frame, subset) where it has one;
- rectangle, polygon, mask ... tag: (frame, label, geometry), for rectangles and ellipses before they are turned;
- rotation: (frame, label, degrees) where not 0; occluded: (frame, label); z-order: (frame, label, z) where not 0;
- attribute: (frame, label, name, value); score: (frame, label, score); source: (frame, label, source) where not
  manual; group: (frame, labels of its members in order of name);
- track: (label, kind, first frame); key frame: (label, frame, kind, geometry, outside, occluded, z), with
  facts of the aspects rotation, attribute, score, source and group of their own;
- label: (name); label colour, label kind, label parent, label attribute, hot key and skeleton template: (label,
  value) where it has one.

Ids, the numbers of groups and tracks, the order of things, sizes of pictures and what is foreign are no facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import Box, FloatArray
from annotator.core.labels import Attribute, Label, LabelSchema, attribute_text
from annotator.core.shapes import (
    Attributes,
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
)
from annotator.formats.losses import Fact
from annotator.formats.run_lengths import tight

# A format that does not round may still store a width in place of the far edge, and a sum of two floats differs
# from what it was made of in the last digit.
UNROUNDED_DECIMALS: Final = 6
_SCORE_DECIMALS: Final = 6


def frame_name(name: str, number: int | None) -> str:
    """Return the name of a frame; those of which only the number is known are called `frame_000010`."""
    return name or f"frame_{number or 0:06d}"


def centre_and_size(box: Box, size: tuple[int, int]) -> Box:
    """Return a box as centre x, centre y, width and height, each divided by the size of the picture."""
    (x0, y0, x1, y1), (width, height) = box, size
    return (x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height


def frame_facts(name: str, subset: str) -> Iterator[Fact]:
    """Yield that there is a frame, and which subset it belongs to."""
    yield "frame", name
    if subset:
        yield "subset", name, subset


def label_facts(labels: LabelSchema) -> Iterator[Fact]:
    """Yield what the labels are."""
    for label in labels:
        yield "label", label.name
        yield "label colour", label.name, label.colour
        if label.kind != "any":
            yield "label kind", label.name, label.kind
        if label.parent is not None:
            yield "label parent", label.name, labels[label.parent].name
        if label.hotkey:
            yield "hot key", label.name, label.hotkey
        for attribute in label.attributes:
            yield "label attribute", label.name, *_attribute_definition(attribute)
        if label.skeleton is not None:
            yield "skeleton template", label.name, _template(label)


class FactTeller:
    """Says what annotations and tracks are, in the words of one label schema and with one rounding."""

    def __init__(
        self, labels: LabelSchema, decimals: int | None = None, *, relative: bool = False
    ) -> None:
        self._labels = labels
        self._format = f"z.{UNROUNDED_DECIMALS if decimals is None else decimals}f"
        self._is_relative = relative

    def label_name(self, label_id: int) -> str:
        """Return the name of a label, or its number where the schema does not have it."""
        label = self._labels.get(label_id)
        return f"#{label_id}" if label is None else label.name

    def of_annotations(
        self, annotations: Iterable[Annotation], frame: str, size: tuple[int, int] | None
    ) -> Iterator[Fact]:
        """Yield the facts of all annotations of a frame, with their groups."""
        annotations = tuple(annotations)
        for annotation in annotations:
            yield from self.of_annotation(
                annotation, frame, self.label_name(annotation.label), size
            )
        yield from group_facts(
            frame, ((one.group, self.label_name(one.label)) for one in annotations)
        )

    def of_annotation(
        self, annotation: Annotation, frame: str, label: str, size: tuple[int, int] | None
    ) -> Iterator[Fact]:
        """Yield the facts of one annotation but for its group. label: the name to be used for it."""
        shape = annotation.shape
        if shape is None:
            yield "tag", frame, label
        else:
            yield shape.kind, frame, label, self.geometry(shape, annotation.label, size)
            yield from self._rotation(shape, frame, label)
            if isinstance(shape, Skeleton):
                yield from self._element_attributes(shape, frame, label, annotation.label)
        if annotation.occluded:
            yield "occluded", frame, label
        if annotation.z_order:
            yield "z-order", frame, label, str(annotation.z_order)
        yield from self._attributes(annotation.attributes, annotation.label, frame, label)
        yield from _origin(annotation.score, annotation.source, frame, label)

    def of_tracks(self, tracks: Iterable[Track], names: Mapping[int, str]) -> Iterator[Fact]:
        """Yield the facts of tracks. names: of frames by their numbers, where they have one."""
        members: list[tuple[int, str]] = []
        for track in tracks:
            members.append((track.group, self.label_name(track.label)))
            yield from self._of_track(track, names)
        yield from group_facts("", members)

    def _of_track(self, track: Track, names: Mapping[int, str]) -> Iterator[Fact]:
        label = self.label_name(track.label)
        first = _named(track.keyframes[0].frame, names) if track.keyframes else ""
        yield "track", label, track.kind or "", first
        yield from self._attributes(track.attributes, track.label, first, label)
        yield from _origin(None, track.source, first, label)
        for keyframe in track.keyframes:
            yield from self._of_keyframe(keyframe, track.label, _named(keyframe.frame, names))

    def _of_keyframe(self, keyframe: Keyframe, label_id: int, frame: str) -> Iterator[Fact]:
        label, shape = self.label_name(label_id), keyframe.shape
        yield (
            "key frame",
            label,
            frame,
            shape.kind,
            self.geometry(shape, label_id, None),
            attribute_text(keyframe.outside),
            attribute_text(keyframe.occluded),
            str(keyframe.z_order),
        )
        yield from self._rotation(shape, frame, label)
        if isinstance(shape, Skeleton):
            yield from self._element_attributes(shape, frame, label, label_id)
        yield from self._attributes(keyframe.attributes, label_id, frame, label)
        yield from _origin(keyframe.score, keyframe.source, frame, label)

    def geometry(self, shape: Shape, label_id: int, size: tuple[int, int] | None) -> str:
        """Return where a shape lies, as text. label_id: whose template names the points of a skeleton."""
        match shape:
            case Rectangle():
                if self._is_relative and size is not None:
                    return self._numbers(centre_and_size(shape.xyxy, size))
                return self._numbers(shape.xyxy)
            case Ellipse():
                return self._numbers((*shape.centre, *shape.radii))
            case Polygon():
                return " + ".join(
                    " - ".join(self._points(ring) for ring in part.rings) for part in shape.parts
                )
            case Polyline() | Points() | Cuboid():
                return self._points(shape.points)
            case Mask():
                return _mask_text(shape)
            case Skeleton():
                return self._elements(shape, label_id)

    def _elements(self, shape: Skeleton, label_id: int) -> str:
        texts: list[str] = []
        for point, element in shape.elements.items():
            marks = ("outside " if element.outside else "") + (
                "occluded " if element.occluded else ""
            )
            place = self.geometry(element.shape, label_id, None)
            texts.append(
                f"{self._point_name(label_id, point)}: {marks}{element.shape.kind} {place}"
            )
        return "; ".join(sorted(texts))

    def _point_name(self, label_id: int, point_id: int) -> str:
        label = self._labels.get(label_id)
        point = label.skeleton.point(point_id) if label and label.skeleton else None
        return f"#{point_id}" if point is None else point.name

    def _element_attributes(
        self, shape: Skeleton, frame: str, label: str, label_id: int
    ) -> Iterator[Fact]:
        known = self._labels.get(label_id)
        for point_id, element in shape.elements.items():
            point = known.skeleton.point(point_id) if known and known.skeleton else None
            declared = point.attributes if point else ()
            prefix = self._point_name(label_id, point_id) + "."
            for name, value in _named_values(declared, element.attributes):
                yield "attribute", frame, label, prefix + name, value

    def _attributes(
        self, values: Attributes, label_id: int, frame: str, label: str
    ) -> Iterator[Fact]:
        if values:
            known = self._labels.get(label_id)
            for name, value in _named_values(known.attributes if known else (), values):
                yield "attribute", frame, label, name, value

    def _rotation(self, shape: Shape, frame: str, label: str) -> Iterator[Fact]:
        if isinstance(shape, Rectangle | Ellipse) and shape.rotation:
            degrees = format(shape.rotation, self._format)
            if float(degrees) % 360.0:
                yield "rotation", frame, label, degrees

    def _points(self, points: FloatArray) -> str:
        return self._numbers(points.ravel().tolist())

    def _numbers(self, values: Iterable[float]) -> str:
        form = self._format
        return " ".join([format(value, form) for value in values])


def group_facts(frame: str, members: Iterable[tuple[int, str]]) -> Iterator[Fact]:
    """Yield the groups of a frame. members: the group of each annotation and the name of its label."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for group, label in members:
        if group:
            groups[group].append(label)
    for names in groups.values():
        yield "group", frame, *sorted(names)


def _origin(score: float | None, source: str, frame: str, label: str) -> Iterator[Fact]:
    if score is not None:
        yield "score", frame, label, f"{score:z.{_SCORE_DECIMALS}f}"
    if source != "manual":
        yield "source", frame, label, source


def _named(number: int, names: Mapping[int, str]) -> str:
    return names.get(number) or frame_name("", number)


def _named_values(declared: tuple[Attribute, ...], values: Attributes) -> Iterator[tuple[str, str]]:
    names = {attribute.id: attribute.name for attribute in declared}
    for attribute_id, value in values.items():
        yield names.get(attribute_id, f"#{attribute_id}"), attribute_text(value)


def _attribute_definition(attribute: Attribute) -> Iterator[str]:
    yield attribute.name
    yield attribute.kind
    yield "\n".join(attribute.values)
    for limit in (attribute.minimum, attribute.maximum, attribute.step):
        yield "" if limit is None else attribute_text(float(limit))
    yield attribute.default
    yield attribute_text(attribute.mutable)


def _template(label: Label) -> str:
    template = label.skeleton
    assert template is not None
    names = {point.id: point.name for point in template.points}
    points = [
        f"{point.name} {point.kind} {point.x:.3f} {point.y:.3f} {point.colour} "
        + " ".join("|".join(_attribute_definition(attribute)) for attribute in point.attributes)
        for point in template.points
    ]
    edges = sorted(f"{names[a]} - {names[b]}" for a, b in template.edges)
    return "\n".join((*points, *edges))


def _mask_text(mask: Mask) -> str:
    """The pixels of a mask: how closely it was cropped does not matter, and neither do runs of length 0."""
    cropped = tight(mask)
    if not cropped.area:
        return "empty"
    (x, y), (width, height) = cropped.offset, cropped.size
    return f"{x} {y} {width} {height} " + " ".join(map(str, cropped.counts.tolist()))
