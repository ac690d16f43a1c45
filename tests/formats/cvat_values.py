"""Random datasets of all that the annotation model can hold, for laws that formats keep."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from annotator.core.annotations import SOURCES, Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.labels import (
    LABEL_KINDS,
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    checked_name,
)
from annotator.core.shapes import (
    SHAPE_KINDS,
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from annotator.formats.dataset import DatasetHeader, FrameItem, TrackItem, VideoDescription
from annotator.formats.memory import MemoryDataset

# Text that XML, attributes and lists have trouble with, more often than chance would find it.
texts = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", " a ", "<b>&", 'q"q', "a\nb", "a\r\nb", "\x0b", "\ufffe", "true", "2.50", "nan"]
    ),
)


def _is_name(text: str) -> bool:
    try:
        return checked_name(text, "It") == text
    except InvalidValueError:
        return False


names = st.one_of(
    st.text(min_size=1, max_size=5).filter(_is_name),
    st.sampled_from(["car", "a/b", "\ufffe", "x\ufffe", "x", 'q"<&', "_", "car (2)"]),
)
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
coordinates = st.floats(-50, 900).map(lambda value: value + 0.0)
sides = st.floats(0, 300)
angles = st.one_of(st.just(0.0), st.floats(0, 359.9999))


@st.composite
def attributes(draw: Any) -> Attribute:
    kind = draw(st.sampled_from(["select", "radio", "checkbox", "number", "text"]))
    mutable = draw(st.booleans())
    name = draw(names)
    if kind in ("select", "radio"):
        values = tuple(draw(st.lists(texts, min_size=1, max_size=3, unique=True)))
        default = draw(st.sampled_from(["", values[0]]))
        return Attribute(name, kind, values, default=default, mutable=mutable)
    if kind == "number":
        low = draw(st.none() | st.integers(-5, 5))
        high = draw(st.none() | st.floats(6, 9))
        step = draw(st.none() | st.just(0.5))
        default = draw(st.sampled_from(["", "7"]))
        return Attribute(
            name, kind, minimum=low, maximum=high, step=step, default=default, mutable=mutable
        )
    default = draw(texts) if kind == "text" else draw(st.sampled_from(["", "true", "false"]))
    return Attribute(name, kind, default=default, mutable=mutable)


attribute_lists = st.lists(attributes(), max_size=3, unique_by=lambda one: one.name).map(tuple)


@st.composite
def templates(draw: Any) -> SkeletonTemplate:
    point_names = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    points = tuple(
        TemplatePoint(
            name,
            draw(st.floats(0, 100)),
            draw(st.floats(0, 100)),
            draw(st.sampled_from(["points", "rectangle", "any"])),
            draw(colours),
            draw(attribute_lists),
        )
        for name in point_names
    )
    pairs = [(a.id, b.id) for a in points for b in points if a.id < b.id]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    return SkeletonTemplate(points, tuple(edges))


@st.composite
def schemas(draw: Any) -> LabelSchema:
    labels: list[Label] = []
    for _ in range(draw(st.integers(1, 4))):
        parent = draw(st.none() | st.sampled_from(labels)) if labels else None
        name = draw(names)
        parent_id = parent.id if parent else None
        if any(one.name == name and one.parent == parent_id for one in labels):
            continue
        kind = draw(st.sampled_from([*LABEL_KINDS, "skeleton", "any"]))
        labels.append(
            Label(
                name,
                draw(colours),
                kind,
                parent_id,
                draw(attribute_lists),
                draw(st.sampled_from(["", "1"])),
                draw(templates()) if kind == "skeleton" else None,
            )
        )
    return LabelSchema(tuple(labels))


def _rings(points: int) -> Any:
    return st.lists(st.tuples(coordinates, coordinates), min_size=points, max_size=points + 2).map(
        np.array
    )


@st.composite
def element_shapes(draw: Any, kind: str) -> Any:
    if kind == "rectangle":
        x, y = draw(coordinates), draw(coordinates)
        return Rectangle((x, y, x + draw(sides), y + draw(sides)), draw(angles))
    if kind == "ellipse":
        centre, radii = (draw(coordinates), draw(coordinates)), (draw(sides), draw(sides))
        return Ellipse(centre, radii, draw(angles))
    if kind == "polygon":
        parts = draw(
            st.lists(
                st.builds(PolygonPart, _rings(3), st.lists(_rings(3), max_size=1).map(tuple)),
                min_size=1,
                max_size=draw(st.sampled_from([1, 3])),
            )
        )
        return Polygon(tuple(parts))
    if kind == "polyline":
        return Polyline(draw(_rings(2)))
    if kind == "points":
        return Points(draw(_rings(1)))
    if kind == "cuboid":
        return Cuboid(draw(_rings(8))[:8])
    width, height = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    cells = draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    bitmap = np.array(cells, dtype=bool).reshape(height, width)
    offset = draw(st.integers(-3, 30)), draw(st.integers(-3, 30))
    if draw(st.booleans()):
        return Mask.from_bitmap(bitmap, offset)
    # Not cropped, and with runs of length 0.
    runs = [
        part for cell in bitmap.ravel(order="F").tolist() for part in ((0, 1) if cell else (1, 0))
    ]
    return Mask(offset, (width, height), runs)


@st.composite
def skeletons(draw: Any, label: Label, *, partial: bool) -> Skeleton:
    points = label.skeleton.points if label.skeleton else ()
    chosen = draw(st.sets(st.sampled_from(points))) if points and partial else set(points)
    elements = {
        point.id: SkeletonElement(
            draw(element_shapes(draw(st.sampled_from(["points", "points", "rectangle", "mask"])))),
            draw(st.booleans()),
            draw(st.sampled_from([False, False, True])),
            draw(value_maps(point.attributes)),
        )
        for point in sorted(chosen, key=lambda point: point.id)
    }
    if draw(st.integers(0, 9)) == 0:
        # A point that the template does not have.
        elements[1] = SkeletonElement(Points(np.array([[1.0, 2.0]])))
    return Skeleton(elements)


@st.composite
def value_maps(draw: Any, declared: Any) -> dict[int, Any]:
    values: dict[int, Any] = {}
    for attribute in declared:
        usual = {
            "checkbox": st.booleans(),
            "number": st.one_of(st.integers(-9, 9).map(float), st.floats(-9, 9)),
        }.get(attribute.kind, st.sampled_from(attribute.values or ("x",)))
        if draw(st.booleans()):
            values[attribute.id] = draw(usual if draw(st.integers(0, 3)) else texts)
    if draw(st.integers(0, 9)) == 0:
        values[3] = "an attribute that nobody declared"
    return values


@st.composite
def shapes(draw: Any, label: Label, kind: str, *, partial: bool = False) -> Any:
    if kind == "skeleton":
        return draw(skeletons(label, partial=partial))
    return draw(element_shapes(kind))


def _kinds(label: Label) -> Any:
    return st.sampled_from(["skeleton"] if label.skeleton else SHAPE_KINDS)


scores = st.none() | st.floats(0, 1)
sources = st.sampled_from(["manual", "manual", *SOURCES])
groups = st.sampled_from([0, 0, 1, 2, 7])
foreigns = st.sampled_from(
    [
        {},
        {
            "cvat_video": {
                "id": 3,
                "source": "semi-auto",
                "attributes": {"note": 'a "b"', "frame": "9"},
            }
        },
        {"cvat_video": {"id": 0, "source": "consensus", "attributes": {"not a name": "x", "n": 5}}},
        {"cvat_video": "damaged", "other": {"id": 1}},
    ]
)


@st.composite
def annotations(draw: Any, schema: LabelSchema, frame: int) -> Annotation:
    label = draw(st.sampled_from(schema.labels))
    is_tag = draw(st.integers(0, 9)) == 0
    label_id = 1 if draw(st.integers(0, 19)) == 0 else label.id
    return Annotation(
        frame,
        label_id,
        None if is_tag else draw(shapes(label, draw(_kinds(label)))),
        draw(value_maps(label.attributes)),
        draw(st.booleans()),
        draw(st.integers(-2, 2)),
        draw(groups),
        draw(sources),
        draw(scores),
        draw(foreigns),
    )


@st.composite
def tracks(draw: Any, schema: LabelSchema, frames: list[int]) -> Track:
    label = draw(st.sampled_from(schema.labels))
    kind = draw(_kinds(label))
    chosen = sorted(draw(st.sets(st.sampled_from(frames), max_size=4)))
    keyframes = tuple(
        Keyframe(
            frame,
            draw(shapes(label, kind, partial=True)),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.integers(-1, 1)),
            draw(value_maps(label.attributes)),
            draw(sources),
            draw(scores),
            draw(foreigns),
        )
        for frame in chosen
    )
    return Track(
        label.id,
        keyframes,
        draw(value_maps(label.attributes)),
        draw(groups),
        draw(sources),
        draw(foreigns),
    )


@st.composite
def datasets(draw: Any) -> MemoryDataset:
    """A dataset of pictures or of a video, with plain shapes, tags and tracks."""
    schema = draw(schemas())
    start, step = draw(st.sampled_from([(0, 1), (10, 3), (1, 1)]))
    count = draw(st.integers(1, 5))
    numbers = [start + i * step for i in range(count)]
    is_video = draw(st.booleans())
    items: list[Any] = []
    for number in numbers if not is_video or draw(st.booleans()) else []:
        subset = draw(st.sampled_from(["", "", "train", "default", " odd "]))
        named = not is_video and draw(st.booleans())
        found = draw(st.lists(annotations(schema, number), max_size=2))
        items.append(
            FrameItem(f"p/{number}.jpg" if named else "", (640, 480), number, subset, tuple(found))
        )
    # Some key frames lie between the frames that the step leaves, or beyond the last.
    known = [*numbers, numbers[-1] + 1, numbers[-1] + step]
    for track in draw(st.lists(tracks(schema, known), max_size=3)):
        items.append(TrackItem(track, draw(st.sampled_from(["", "train"]))))
    video = VideoDescription("v.mp4", count, start, numbers[-1], step, (640, 480))
    header = DatasetHeader("test", schema, "A task", video=video if is_video else None)
    return MemoryDataset(header, items)
