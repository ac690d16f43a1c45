"""Hypothesis strategies for every annotation value; any part's tests may use them.

`area` is the box coordinates lie in; it reaches beyond a picture of 640 x 480 unless told otherwise. `decimals`
limits the digits after the point, for formats that write no more. Ids are small and unique within one drawn
value, so that failing examples stay readable.
"""

import math
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from annotator.core.annotations import SOURCES, Annotation, Foreign, Keyframe, Source, Track
from annotator.core.geometry import Box, FloatArray
from annotator.core.labels import (
    ATTRIBUTE_KINDS,
    PALETTE,
    Attribute,
    AttributeKind,
    Label,
    LabelKind,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
)
from annotator.core.shapes import (
    ANNOTATION_KINDS,
    SHAPE_KINDS,
    AnnotationKind,
    AttributeValue,
    Cuboid,
    ElementShape,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Shape,
    ShapeKind,
    Skeleton,
    SkeletonElement,
)

AREA: Box = (-100.0, -100.0, 740.0, 580.0)
PICTURE: Box = (0.0, 0.0, 640.0, 480.0)
ELEMENT_KINDS: tuple[ShapeKind, ...] = tuple(kind for kind in SHAPE_KINDS if kind != "skeleton")

# For tests whose values take long to draw, as schemas and tracks do, or that run once for each kind.
fewer = settings(max_examples=max(5, settings.default.max_examples // 3))

# Text of one line that UTF-8 and XML 1.0 can hold: all of ASCII with what is special in XML, JSON, CSV and
# paths, then other scripts, a no-break space, a combining accent, right-to-left text and one wide character.
LINE_CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "äßéñøŁЖщ漢字かな한שלםع€\u00a0\u0301🙂"


# --- numbers, texts, points -------------------------------------------------------------------------


def coordinates(low: float, high: float, decimals: int | None = None) -> SearchStrategy[float]:
    """Finite numbers in low..high."""
    if decimals is None:
        return st.floats(low, high, allow_subnormal=False)
    scale = 10**decimals
    whole = st.integers(math.ceil(low * scale), math.floor(high * scale))
    return whole.map(lambda value: round(value / scale, decimals))


def rotations(decimals: int | None = None) -> SearchStrategy[float]:
    """Degrees 0 <= r < 360, often none and often quarter turns."""
    turns = st.sampled_from((0.0, 0.0, 45.0, 90.0, 180.0, 270.0))
    return st.one_of(turns, coordinates(0.0, 359.9, decimals))


def lines(max_size: int = 12) -> SearchStrategy[str]:
    """Text of one line, which may be empty."""
    return st.text(LINE_CHARACTERS, max_size=max_size)


def names(max_size: int = 12) -> SearchStrategy[str]:
    """Names that a label or attribute keeps as they are."""
    return st.text(LINE_CHARACTERS, min_size=1, max_size=max_size).map(str.strip).filter(bool)


def places(area: Box = AREA, decimals: int | None = None) -> SearchStrategy[tuple[float, float]]:
    """Points (x, y) in an area."""
    return st.tuples(
        coordinates(area[0], area[2], decimals), coordinates(area[1], area[3], decimals)
    )


def point_arrays(
    min_size: int = 1, max_size: int = 8, area: Box = AREA, decimals: int | None = None
) -> SearchStrategy[FloatArray]:
    """Arrays (N, 2) of any points, which may coincide."""
    return st.lists(places(area, decimals), min_size=min_size, max_size=max_size).map(
        lambda found: np.array(found, dtype=np.float64).reshape(-1, 2)
    )


@st.composite
def simple_rings(
    draw: DrawFn,
    min_size: int = 3,
    max_size: int = 12,
    area: Box = AREA,
    decimals: int | None = None,
    *,
    convex: bool = False,
) -> FloatArray:
    """Rings that do not cross themselves: points around a centre in the order of their angles.

    Concave ones too, unless `convex`. Runs either way round. With few decimals two points may coincide.
    """
    size = draw(st.integers(min_size, max_size))
    reach = min(area[2] - area[0], area[3] - area[1]) / 2
    radius = draw(coordinates(reach / 20, reach))
    x = draw(coordinates(area[0] + radius, area[2] - radius))
    y = draw(coordinates(area[1] + radius, area[3] - radius))
    step = 2 * math.pi / size
    shifts = draw(st.lists(st.floats(0.0, 0.8), min_size=size, max_size=size))
    angles = np.array([(i + shift) * step for i, shift in enumerate(shifts)])
    if convex:
        radii = np.full(size, radius)
    else:
        shares = draw(st.lists(st.floats(0.2, 1.0), min_size=size, max_size=size))
        radii = radius * np.array(shares)
    ring = np.column_stack((x + radii * np.cos(angles), y + radii * np.sin(angles)))
    if draw(st.booleans()):
        ring = ring[::-1].copy()
    return ring if decimals is None else np.round(ring, decimals)


# --- shapes -----------------------------------------------------------------------------------------


@st.composite
def boxes(draw: DrawFn, area: Box = AREA, decimals: int | None = None, least: float = 0.0) -> Box:
    """Boxes (x0, y0, x1, y1); those with `least` > 0 are at least so wide and high."""
    x0 = draw(coordinates(area[0], area[2] - least, decimals))
    y0 = draw(coordinates(area[1], area[3] - least, decimals))
    x1 = draw(coordinates(x0 + least, area[2], decimals)) if x0 + least < area[2] else area[2]
    y1 = draw(coordinates(y0 + least, area[3], decimals)) if y0 + least < area[3] else area[3]
    return x0, y0, x1, y1


@st.composite
def rectangles(
    draw: DrawFn,
    area: Box = AREA,
    decimals: int | None = None,
    *,
    least: float = 1.0,
    turned: bool = True,
) -> Rectangle:
    """Rectangles, with an area unless `least` is 0; upright ones only where `turned` is false."""
    box = draw(boxes(area, decimals, least))
    return Rectangle(box, draw(rotations(decimals)) if turned else 0.0)


@st.composite
def ellipses(draw: DrawFn, area: Box = AREA, decimals: int | None = None) -> Ellipse:
    """Ellipses with an area and their centre in the area."""
    radii = (draw(coordinates(0.5, 200.0, decimals)), draw(coordinates(0.5, 200.0, decimals)))
    return Ellipse(draw(places(area, decimals)), radii, draw(rotations(decimals)))


@st.composite
def polygons(
    draw: DrawFn,
    area: Box = AREA,
    decimals: int | None = None,
    *,
    max_parts: int = 3,
    max_holes: int = 2,
) -> Polygon:
    """Polygons of simple rings; a hole is the outer ring made smaller about its middle, so it lies inside as a rule."""
    parts = []
    for _ in range(draw(st.integers(1, max_parts))):
        outer = draw(simple_rings(area=area, decimals=decimals))
        holes = []
        for size in range(draw(st.integers(0, max_holes))):
            middle = outer.mean(axis=0)
            hole = middle + (outer - middle) * (0.5 / (size + 1))
            holes.append(hole if decimals is None else np.round(hole, decimals))
        parts.append(PolygonPart(outer, tuple(holes)))
    return Polygon(tuple(parts))


def simple_polygons(area: Box = AREA, decimals: int | None = None) -> SearchStrategy[Polygon]:
    """Polygons of one simple ring without holes."""
    return polygons(area, decimals, max_parts=1, max_holes=0)


def polylines(area: Box = AREA, decimals: int | None = None) -> SearchStrategy[Polyline]:
    """Open lines of two to eight points."""
    return point_arrays(2, 8, area, decimals).map(Polyline)


def points(
    area: Box = AREA, decimals: int | None = None, max_size: int = 8
) -> SearchStrategy[Points]:
    """One to eight single points."""
    return point_arrays(1, max_size, area, decimals).map(Points)


def cuboids(area: Box = AREA, decimals: int | None = None) -> SearchStrategy[Cuboid]:
    """Eight corners anywhere."""
    return point_arrays(8, 8, area, decimals).map(Cuboid)


@st.composite
def bitmaps(draw: DrawFn, max_side: int = 9, min_side: int = 1) -> Any:
    """Small `bool` arrays (H, W), often nearly full or nearly empty."""
    height = draw(st.integers(min_side, max_side))
    width = draw(st.integers(min_side, max_side))
    bits = draw(st.integers(0, (1 << (height * width)) - 1))
    flat = [bool(bits >> i & 1) for i in range(height * width)]
    return np.array(flat, dtype=bool).reshape(height, width)


@st.composite
def masks(draw: DrawFn, area: Box = AREA) -> Mask:
    """Masks with at least one pixel, cropped to what is set, wholly inside the area."""
    bitmap = draw(bitmaps())
    if not bitmap.any():
        bitmap[0, 0] = True
    x = draw(st.integers(math.ceil(area[0]), math.floor(area[2]) - bitmap.shape[1]))
    y = draw(st.integers(math.ceil(area[1]), math.floor(area[3]) - bitmap.shape[0]))
    return Mask.from_bitmap(bitmap, (x, y))


def element_shapes(
    kinds: Sequence[ShapeKind] = ELEMENT_KINDS, area: Box = AREA, decimals: int | None = None
) -> SearchStrategy[ElementShape]:
    """Shapes of the given kinds, skeletons left out."""
    by_kind: dict[str, SearchStrategy[Any]] = {
        "rectangle": rectangles(area, decimals),
        "ellipse": ellipses(area, decimals),
        "polygon": polygons(area, decimals),
        "polyline": polylines(area, decimals),
        "points": points(area, decimals),
        "cuboid": cuboids(area, decimals),
        "mask": masks(area),
    }
    return st.one_of([by_kind[kind] for kind in kinds if kind != "skeleton"])


@st.composite
def skeletons(
    draw: DrawFn,
    template: SkeletonTemplate | None = None,
    area: Box = AREA,
    decimals: int | None = None,
    *,
    partial: bool = False,
) -> Skeleton:
    """Skeletons of a template (a new one of a few points where None is given).

    Every template point has an element of the point's kind, or with `partial` only some of them have one.
    """
    template = draw(templates()) if template is None else template
    elements = {}
    for point in template.points:
        if partial and draw(st.booleans()):
            continue
        kinds = ELEMENT_KINDS if point.kind in ("any", "skeleton", "tag") else (point.kind,)
        single = points(area, decimals, max_size=1)
        shape = single if kinds == ("points",) else element_shapes(kinds, area, decimals)
        elements[point.id] = SkeletonElement(
            draw(shape),
            occluded=draw(st.booleans()),
            outside=draw(st.booleans()),
            attributes=draw(attribute_values(point.attributes)),
        )
    return Skeleton(elements)


def shapes(
    kinds: Sequence[AnnotationKind] = SHAPE_KINDS, area: Box = AREA, decimals: int | None = None
) -> SearchStrategy[Shape]:
    """Shapes of the given kinds."""
    plain = [kind for kind in ELEMENT_KINDS if kind in kinds]
    found: list[SearchStrategy[Any]] = []
    if plain:
        found.append(element_shapes(plain, area, decimals))
    if "skeleton" in kinds:
        found.append(skeletons(area=area, decimals=decimals))
    return st.one_of(found)


# --- the label schema -------------------------------------------------------------------------------


def numbers() -> SearchStrategy[float]:
    """Finite numbers of every size, whole ones often."""
    return st.one_of(
        st.integers(-1000, 1000).map(float), st.floats(allow_nan=False, allow_infinity=False)
    )


@st.composite
def attributes(
    draw: DrawFn,
    kinds: Sequence[AttributeKind] = ATTRIBUTE_KINDS,
    *,
    identifier: int | None = None,
    name: str | None = None,
    mutable: bool | None = None,
) -> Attribute:
    """Attributes of every kind, with and without default, range and step."""
    kind = draw(st.sampled_from(kinds))
    values: tuple[str, ...] = ()
    minimum = maximum = step = None
    default = ""
    if kind in ("select", "radio"):
        values = tuple(draw(st.lists(names(8), min_size=1, max_size=4, unique=True)))
        default = draw(st.sampled_from(("", *values)))
    elif kind == "checkbox":
        default = draw(st.sampled_from(("", "true", "false")))
    elif kind == "number":
        if draw(st.booleans()):
            minimum = float(draw(st.integers(-100, 100)))
            maximum = minimum + draw(st.integers(0, 100))
            step = draw(st.sampled_from((None, 0.5, 1.0)))
        default = "" if minimum is None else draw(st.sampled_from(("", repr(minimum))))
    else:
        default = draw(lines())
    return Attribute(
        name=draw(names()) if name is None else name,
        kind=kind,
        values=values,
        minimum=minimum,
        maximum=maximum,
        step=step,
        default=default,
        mutable=draw(st.booleans()) if mutable is None else mutable,
        id=draw(st.integers(1, 1 << 40)) if identifier is None else identifier,
    )


def values_of(attribute: Attribute) -> SearchStrategy[AttributeValue]:
    """Values that an attribute may have."""
    if attribute.kind in ("select", "radio"):
        return st.sampled_from(attribute.values)
    if attribute.kind == "checkbox":
        return st.booleans()
    if attribute.kind == "text":
        return lines()
    if attribute.minimum is None or attribute.maximum is None:
        return numbers()
    return st.floats(attribute.minimum, attribute.maximum)


@st.composite
def attribute_values(
    draw: DrawFn, declared: Sequence[Attribute], *, mutable: bool | None = None
) -> dict[int, AttributeValue]:
    """A value for every declared attribute; for the mutable ones or the others only, where told so."""
    return {
        attribute.id: draw(values_of(attribute))
        for attribute in declared
        if mutable is None or attribute.mutable == mutable
    }


@st.composite
def _attribute_lists(
    draw: DrawFn, ids: "count[int]", kinds: Sequence[AttributeKind], max_size: int
) -> tuple[Attribute, ...]:
    found = draw(st.lists(names(), max_size=max_size, unique=True))
    return tuple(draw(attributes(kinds, identifier=next(ids), name=name)) for name in found)


@st.composite
def templates(
    draw: DrawFn,
    ids: "count[int] | None" = None,
    *,
    max_points: int = 5,
    kinds: Sequence[LabelKind] = ("points",),
    attribute_kinds: Sequence[AttributeKind] = ATTRIBUTE_KINDS,
) -> SkeletonTemplate:
    """Skeleton templates with edges; the points have shapes of the given kinds and few attributes."""
    ids = count(1000) if ids is None else ids
    found = [
        TemplatePoint(
            name,
            draw(coordinates(0.0, 100.0, 1)),
            draw(coordinates(0.0, 100.0, 1)),
            draw(st.sampled_from(kinds)),
            draw(st.sampled_from(PALETTE)),
            draw(_attribute_lists(ids, attribute_kinds, 1)),
            id=next(ids),
        )
        for name in draw(st.lists(names(), min_size=1, max_size=max_points, unique=True))
    ]
    pairs = [(a.id, b.id) for i, a in enumerate(found) for b in found[:i]]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return SkeletonTemplate(tuple(found), tuple(edges))


@st.composite
def schemas(
    draw: DrawFn,
    *,
    min_size: int = 1,
    max_size: int = 5,
    kinds: Sequence[LabelKind] = ("any", *ANNOTATION_KINDS),
    attribute_kinds: Sequence[AttributeKind] = ATTRIBUTE_KINDS,
    parents: bool = True,
    with_foreign: bool = False,
) -> LabelSchema:
    """Label schemas: typed attributes, parents (where wanted), colours, hot keys, skeleton templates.

    Names are unique in the whole schema, which is stricter than the law, for formats without parents.
    """
    ids = count(1)
    found: list[Label] = []
    for name in draw(st.lists(names(), min_size=min_size, max_size=max_size, unique=True)):
        kind = draw(st.sampled_from(kinds))
        above = [None, *(label.id for label in found)] if parents else [None]
        is_skeleton = kind == "skeleton"
        found.append(
            Label(
                name,
                draw(st.sampled_from(PALETTE)),
                kind,
                draw(st.sampled_from(above)),
                draw(_attribute_lists(ids, attribute_kinds, 2)),
                draw(st.sampled_from(("", "1", "Ctrl+K"))),
                draw(templates(ids, attribute_kinds=attribute_kinds)) if is_skeleton else None,
                draw(foreign_values()) if with_foreign else {},
                id=next(ids),
            )
        )
    return LabelSchema(tuple(draw(st.permutations(found))))


# --- annotations and tracks -------------------------------------------------------------------------


SCHEMA = LabelSchema(
    (
        Label("thing", PALETTE[0], id=1),
        Label(
            "car",
            PALETTE[1],
            parent=1,
            hotkey="2",
            attributes=(
                Attribute(
                    "colour", "select", ("red", "green", "dark blue"), default="green", id=11
                ),
                Attribute("size", "radio", ("small", "large"), id=12),
                Attribute("parked", "checkbox", default="false", mutable=True, id=13),
                Attribute("speed", "number", (), 0.0, 250.0, 0.5, mutable=True, id=14),
                Attribute("plate", "text", id=15),
            ),
            id=2,
        ),
        Label(
            "person",
            PALETTE[2],
            "skeleton",
            skeleton=SkeletonTemplate(
                (
                    TemplatePoint("head", 50.0, 10.0, id=21),
                    TemplatePoint("left hand", 20.0, 50.0, id=22),
                    TemplatePoint(
                        "right hand",
                        80.0,
                        50.0,
                        attributes=(Attribute("glove", "checkbox", id=24),),
                        id=23,
                    ),
                ),
                ((21, 22), (21, 23)),
            ),
            id=3,
        ),
    )
)
"""A schema with everything in it: what annotations and tracks fit where no other schema is given."""


def json_values() -> SearchStrategy[Any]:
    """Values that JSON can hold, of small size."""
    scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), lines(6))
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(lines(4), inner, max_size=2),
        max_leaves=3,
    )


FOREIGN: tuple[Foreign, ...] = (
    {},
    {"coco_instances": {"id": 17, "iscrowd": 0}},
    {"cvat_video": {"id": "4", 'odd "key"': [None, True, -1.5, {"é": []}]}, "coco_instances": {}},
)
"""What files held, as readers of two formats keep it."""


def foreign_values() -> SearchStrategy[Foreign]:
    """What a format could not place, by format id; often nothing."""
    made = st.dictionaries(names(5), json_values(), max_size=2)
    return st.one_of(*map(st.just, FOREIGN), made.map(lambda found: {"coco_instances": found}))


def identifiers() -> SearchStrategy[int]:
    """Positive 63-bit ids."""
    return st.integers(1, (1 << 63) - 1)


@st.composite
def _marks(draw: DrawFn) -> tuple[Source, float | None]:
    """A source and a score that goes with it."""
    source = draw(st.sampled_from(SOURCES))
    return source, draw(st.floats(0.0, 1.0)) if source == "model" else None


@st.composite
def _uses(draw: DrawFn, schema: LabelSchema, kinds: Sequence[AnnotationKind]) -> tuple[Label, Any]:
    """A label and a kind it accepts, each kind as often as the others."""
    labels = {kind: [label for label in schema if label.accepts(kind)] for kind in kinds}
    kind = draw(st.sampled_from([kind for kind, found in labels.items() if found]))
    return draw(st.sampled_from(labels[kind])), kind


@st.composite
def annotations(
    draw: DrawFn,
    schema: LabelSchema = SCHEMA,
    *,
    kinds: Sequence[AnnotationKind] = ANNOTATION_KINDS,
    frames: Sequence[int] = range(10),
    area: Box = AREA,
    decimals: int | None = None,
    with_foreign: bool = False,
    identifier: int | None = None,
) -> Annotation:
    """Annotations that fit a schema: a label of it, a kind the label accepts, and its attributes.

    A schema must have a label that accepts one of the kinds. Skeletons appear with skeleton labels only.
    """
    label, kind = draw(_uses(schema, tuple(kinds)))
    source, score = draw(_marks())
    shape: Shape | None = None
    if kind == "skeleton":
        shape = draw(skeletons(label.skeleton, area, decimals))
    elif kind != "tag":
        shape = draw(element_shapes((kind,), area, decimals))
    return Annotation(
        frame=draw(st.sampled_from(frames)),
        label=label.id,
        shape=shape,
        attributes=draw(attribute_values(label.attributes)),
        occluded=draw(st.booleans()),
        z_order=draw(st.integers(-3, 3)),
        group=draw(st.integers(0, 3)),
        source=source,
        score=score,
        foreign=draw(foreign_values()) if with_foreign else {},
        id=draw(identifiers()) if identifier is None else identifier,
    )


def annotation_lists(
    schema: LabelSchema = SCHEMA, *, min_size: int = 0, max_size: int = 6, **options: Any
) -> SearchStrategy[list[Annotation]]:
    """Annotations with different ids; options as for `annotations`."""
    return st.lists(
        annotations(schema, **options),
        min_size=min_size,
        max_size=max_size,
        unique_by=lambda annotation: annotation.id,
    )


@st.composite
def tracks(
    draw: DrawFn,
    schema: LabelSchema = SCHEMA,
    *,
    kinds: Sequence[ShapeKind] = SHAPE_KINDS,
    frames: Sequence[int] = range(40),
    area: Box = AREA,
    decimals: int | None = None,
    min_keyframes: int = 1,
    max_keyframes: int = 5,
    with_foreign: bool = False,
    identifier: int | None = None,
) -> Track:
    """Tracks that fit a schema, key frames in the order of `frames`.

    Polygons, polylines and points keep their number of points through the track as often as not. The first
    key frame of a skeleton has all its elements, the later ones only those that have a key there.
    """
    label, kind = draw(_uses(schema, tuple(kinds)))
    chosen = draw(
        st.lists(
            st.sampled_from(range(len(frames))),
            min_size=min_keyframes,
            max_size=max_keyframes,
            unique=True,
        )
    )
    keyframes: list[Keyframe] = []
    for at in sorted(chosen):
        shape: Shape
        if kind == "skeleton":
            shape = draw(skeletons(label.skeleton, area, decimals, partial=bool(keyframes)))
        elif keyframes and draw(st.booleans()):
            shape = draw(_moved(keyframes[-1].shape, area))
        else:
            shape = draw(element_shapes((kind,), area, decimals))
        source, score = draw(_marks())
        keyframes.append(
            Keyframe(
                frame=frames[at],
                shape=shape,
                outside=draw(st.booleans()) if keyframes else False,
                occluded=draw(st.booleans()),
                z_order=draw(st.integers(-3, 3)),
                attributes=draw(attribute_values(label.attributes, mutable=True)),
                source=source,
                score=score,
                foreign=draw(foreign_values()) if with_foreign else {},
            )
        )
    return Track(
        label=label.id,
        keyframes=tuple(keyframes),
        attributes=draw(attribute_values(label.attributes, mutable=False)),
        group=draw(st.integers(0, 3)),
        source=draw(st.sampled_from(SOURCES)),
        foreign=draw(foreign_values()) if with_foreign else {},
        id=draw(identifiers()) if identifier is None else identifier,
    )


def skeleton_tracks(schema: LabelSchema = SCHEMA, **options: Any) -> SearchStrategy[Track]:
    """Tracks of skeletons whose later key frames hold some elements only; options as for `tracks`."""
    return tracks(schema, kinds=("skeleton",), **options)


@st.composite
def labelled(
    draw: DrawFn, schema_options: dict[str, Any] | None = None, **options: Any
) -> tuple[LabelSchema, list[Annotation]]:
    """A schema of its own and annotations that fit it; options as for `schemas` and `annotation_lists`."""
    first = {"kinds": ("any", "skeleton"), **(schema_options or {})}
    schema = draw(schemas(**first))
    return schema, draw(annotation_lists(schema, **options))


@st.composite
def _moved(draw: DrawFn, shape: Shape, area: Box) -> Shape:
    """The shape moved by whole pixels; not at all where it would leave the area."""
    dx, dy = draw(st.integers(-20, 20)), draw(st.integers(-20, 20))
    moved = shape.moved_by(float(dx), float(dy))
    x0, y0, x1, y1 = moved.box
    stays = area[0] <= x0 and area[1] <= y0 and x1 <= area[2] and y1 <= area[3]
    return moved if stays else shape
