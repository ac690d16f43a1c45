"""The drawing of a skeleton template as CVAT keeps it: circles for points, lines for edges, 0 to 100 percent.

An edge joins two node ids; a circle says which node it is and, by `data-label-name` (or `data-label-id` in label
files), which sublabel it shows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from annotator.core.errors import InvalidValueError
from annotator.core.labels import SkeletonTemplate
from annotator.core.values import finite_number
from annotator.formats.cvat.xml import quoted
from annotator.safe_io import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LONGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where each point stands, and which points an edge joins, all by the name of the point."""

    places: Mapping[str, tuple[float, float]]
    edges: tuple[tuple[str, str], ...]


def drawing_from_svg(svg: str, name_of_id: Mapping[str, str] | None = None) -> Drawing:
    """Read a drawing. name_of_id: the names of sublabels that circles refer to by id.

    Raises InputError or InvalidValueError where the text is no such drawing. Circles of unknown names and edges of
    unknown nodes are left out.
    """
    if len(svg) > _LONGEST:
        raise InvalidValueError(f"The drawing has more than {_LONGEST:,} characters.")
    root = parse_xml(f"<svg>{svg}</svg>", name="The drawing")
    ids = name_of_id or {}
    places: dict[str, tuple[float, float]] = {}
    name_of_node: dict[str, str] = {}
    for circle in root.iter("{*}circle"):
        name = circle.get("data-label-name") or ids.get(circle.get("data-label-id", ""))
        if name:
            places[name.strip()] = (_percent(circle, "cx"), _percent(circle, "cy"))
            name_of_node[circle.get("data-node-id", "")] = name.strip()
    ends = (
        (
            name_of_node.get(line.get("data-node-from", "")),
            name_of_node.get(line.get("data-node-to", "")),
        )
        for line in root.iter("{*}line")
    )
    edges = {(a, b): None for a, b in ends if a is not None and b is not None and a != b}
    return Drawing(places, tuple(edges))


def _percent(circle: "Element", name: str) -> float:
    text = circle.get(name, "")
    value = finite_number(text)
    if value is None:
        raise InvalidValueError(f"A circle of the drawing has {name} {text[:20]!r}, not a number.")
    return value


def drawing_without_svg(names: Sequence[str]) -> Drawing:
    """Return the points on a circle, without edges."""
    places = {}
    for i, name in enumerate(names):
        angle = 2.0 * math.pi * i / len(names)
        places[name] = (
            round(50.0 + 40.0 * math.sin(angle), 2),
            round(50.0 - 40.0 * math.cos(angle), 2),
        )
    return Drawing(places, ())


def svg_from_template(template: SkeletonTemplate, names: Sequence[str]) -> str:
    """Write a template as CVAT draws it. names: of the points, in their order."""
    node = {point.id: i for i, point in enumerate(template.points, 1)}
    place = {point.id: (point.x, point.y) for point in template.points}
    lines = [
        f'<line x1="{place[a][0]!r}" y1="{place[a][1]!r}" x2="{place[b][0]!r}" y2="{place[b][1]!r}" '
        f'stroke="black" data-type="edge" data-node-from="{node[a]}" stroke-width="0.5" '
        f'data-node-to="{node[b]}"></line>'
        for a, b in template.edges
    ]
    circles = [
        f'<circle r="1.5" stroke="black" fill="#b3b3b3" cx="{point.x!r}" cy="{point.y!r}" stroke-width="0.1" '
        f'data-type="element node" data-element-id="{node[point.id]}" data-node-id="{node[point.id]}" '
        f"data-label-name={quoted(name)}></circle>"
        for point, name in zip(template.points, names, strict=True)
    ]
    return "".join((*lines, *circles))
