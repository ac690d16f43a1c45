"""How the geometry of a shape is stored: one blob each, little-endian, coordinates as `float64`.

=========  ====================================================================================
rectangle  x0 y0 x1 y1 rotation
ellipse    x y rx ry rotation
polygon    uint32 number of rings, then a uint32 for each: points * 2 + (1 for an outer ring),
           filled up to 8 bytes; then the points of all rings
polyline, points, cuboid  the points
mask       int32 x y width height, then the run lengths as uint32, deflated
skeleton   MessagePack: [[template point id, kind, geometry, occluded, outside, attributes], ...]
=========  ====================================================================================

A polygon of one ring is eight bytes and its points, so that thousands are read by joining blobs.
"""

import sys
import zlib
from typing import Final

import msgspec
import numpy as np

from annotator.core.geometry import FloatArray
from annotator.core.masks import MOST_RUNS
from annotator.core.shapes import (
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

_MASK_HEADER: Final = 16
_RUN: Final = 4
_ONE: Final = (1).to_bytes(4, "little")
_IS_LITTLE: Final = sys.byteorder == "little"
# The packed form of one skeleton element.
_Packed = tuple[int, ShapeKind, bytes, bool, bool, dict[int, AttributeValue]]
_packed_elements = msgspec.msgpack.Decoder(list[_Packed])


def encode_shape(shape: Shape) -> bytes:
    """Return the blob of a shape."""
    match shape:
        case Rectangle(xyxy, rotation):
            return np.array((*xyxy, rotation), dtype="<f8").tobytes()
        case Ellipse(centre, radii, rotation):
            return np.array((*centre, *radii, rotation), dtype="<f8").tobytes()
        case Polygon():
            return _encode_polygon(shape)
        case Mask(offset, size, counts):
            runs = zlib.compress(counts.astype("<u4").tobytes(), 6)
            return np.array((*offset, *size), dtype="<i4").tobytes() + runs
        case Skeleton(elements):
            return msgspec.msgpack.encode(
                [
                    (
                        point,
                        e.shape.kind,
                        encode_shape(e.shape),
                        e.occluded,
                        e.outside,
                        e.attributes,
                    )
                    for point, e in elements.items()
                ]
            )
        case _:
            return _raw(shape.points)


def decode_shape(kind: ShapeKind, blob: object) -> Shape:
    """Return the shape of a blob.

    Raises ValueError where the blob is not one of that kind: the database was changed by someone else.
    """
    if not isinstance(blob, bytes):
        raise ValueError(f"the geometry of its {kind} is missing")
    try:
        if kind == "skeleton":
            return _decode_skeleton(blob)
        return _decode_element(kind, blob)
    except (ValueError, IndexError, zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"the geometry of its {kind} means nothing ({error})") from None


def _decode_element(kind: ShapeKind, blob: bytes) -> ElementShape:
    if kind == "mask":
        x, y, width, height = np.frombuffer(blob, dtype="<i4", count=4).tolist()
        runs = np.frombuffer(_inflated_runs(blob, width * height), dtype="<u4")
        return Mask((x, y), (width, height), runs.astype(np.int64))
    if kind == "polygon":
        return _decode_polygon(blob)
    numbers: FloatArray = np.frombuffer(blob, dtype="<f8")
    if kind == "rectangle":
        x0, y0, x1, y1, rotation = numbers.tolist()
        return Rectangle((x0, y0, x1, y1), rotation)
    if kind == "ellipse":
        x, y, rx, ry, rotation = numbers.tolist()
        return Ellipse((x, y), (rx, ry), rotation)
    points = numbers.reshape(-1, 2)
    if kind == "polyline":
        return Polyline(points)
    return Points(points) if kind == "points" else Cuboid(points)


def _inflated_runs(blob: bytes, pixels: int) -> bytes:
    """Inflate the run lengths of a mask; no more of them than it can have, whatever the blob holds."""
    inflater = zlib.decompressobj()
    most = _RUN * min(MOST_RUNS, max(0, pixels) + 1)
    # The end of the stream is found only where there is room behind it.
    runs = inflater.decompress(blob[_MASK_HEADER:], most + _RUN)
    if not inflater.eof or len(runs) > most:
        raise ValueError("its run lengths break off or are too many")
    return runs


def _encode_polygon(polygon: Polygon) -> bytes:
    if polygon.is_simple_ring:
        ring = polygon.parts[0].outer
        return _ONE + (len(ring) * 2 + 1).to_bytes(4, "little") + _raw(ring)
    words = [0]
    for part in polygon.parts:
        words += [len(part.outer) * 2 + 1, *(len(hole) * 2 for hole in part.holes)]
    words[0] = len(words) - 1
    if len(words) % 2:
        words.append(0)
    return np.array(words, dtype="<u4").tobytes() + b"".join(map(_raw, polygon.rings))


def _raw(points: FloatArray) -> bytes:
    return points.tobytes() if _IS_LITTLE else points.astype("<f8").tobytes()


def polygon_rings(blob: bytes) -> tuple[list[int], int]:
    """Return the ring words of a polygon's blob (points * 2 + 1 for an outer ring) and where its points begin."""
    count = int.from_bytes(blob[:4], "little")
    if count == 1:
        return [int.from_bytes(blob[4:8], "little")], 8
    start = (count + 2) // 2 * 8
    return np.frombuffer(blob, dtype="<u4", count=count, offset=4).tolist(), start


def _decode_polygon(blob: bytes) -> Polygon:
    words, start = polygon_rings(blob)
    points = np.frombuffer(blob, dtype="<f8", offset=start).reshape(-1, 2)
    parts: list[PolygonPart] = []
    outer: FloatArray | None = None
    holes: list[FloatArray] = []
    at = 0
    for word in words:
        ring = points[at : at + word // 2]
        at += word // 2
        if not word & 1:
            holes.append(ring)
            continue
        if outer is not None:
            parts.append(PolygonPart(outer, tuple(holes)))
        outer, holes = ring, []
    if outer is None or at != len(points):
        raise ValueError("its rings and its points do not match")
    parts.append(PolygonPart(outer, tuple(holes)))
    return Polygon(tuple(parts))


def _decode_skeleton(blob: bytes) -> Skeleton:
    elements: dict[int, SkeletonElement] = {}
    for point, kind, packed, occluded, outside, attributes in _packed_elements.decode(blob):
        elements[point] = SkeletonElement(
            _decode_element(kind, packed), occluded, outside, attributes
        )
    return Skeleton(elements)
