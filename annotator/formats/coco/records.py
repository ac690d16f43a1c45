"""The records of a COCO file and the values they stand for: one place for both directions."""

import zlib
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import numpy as np

from annotator.core.errors import GeometryError, InvalidValueError
from annotator.core.geometry import box_corners
from annotator.core.labels import AttributeKind, checked_name
from annotator.core.masks import counts_from_text
from annotator.core.shapes import (
    AttributeValue,
    Mask,
    Polygon,
    PolygonPart,
    Rectangle,
    Shape,
)
from annotator.formats.run_lengths import mask_from_picture

RecordId: TypeAlias = int | str
Size: TypeAlias = tuple[int, int]
"""Width and height."""

# Two decimals are what most programs write, so that corners agree with a box and an angle to that.
_CORNER_TOLERANCE: Final = 0.02
_LARGEST_NUMBER: Final = 1 << 63
_LARGEST_FLOAT: Final = 10**308
_ON: Final = (True, 1, "true", "True")
_OFF: Final = (False, 0, "false", "False")


class Rle(msgspec.Struct, gc=False):
    """A mask over a whole picture: run lengths as a list or as COCO's compressed text; size is height, width."""

    counts: list[int] | str
    size: tuple[int, int]


Rings: TypeAlias = list[list[float]]
Segmentation: TypeAlias = Rings | Rle | None


class Record(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An annotation with the keys that are known; the segmentation is left for later, as it is the bulk."""

    image_id: RecordId
    category_id: RecordId
    id: RecordId | None = None
    bbox: list[float] | None = None
    segmentation: msgspec.Raw = msgspec.Raw(b"null")
    area: float | None = None
    iscrowd: int | bool | None = 0
    score: float | None = None
    attributes: dict[str, Any] | None = None


def has_shape(record: Record) -> bool:
    """Whether a record gives a box or a segmentation at all."""
    return record.bbox is not None or bytes(record.segmentation) != b"null"


KNOWN_KEYS: Final = frozenset(Record.__struct_fields__)
decode_segmentation: Final = msgspec.json.Decoder(Segmentation).decode


class RecordError(ValueError):
    """A record that stands for no annotation. rule: a short fixed word; the text is a clause."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule


class Found(NamedTuple):
    """The shape of a record; whether it took the attribute `rotation`; what had to be changed, as clauses."""

    shape: Shape
    took_rotation: bool = False
    told: str = ""


def find_shape(
    bbox: list[float] | None,
    segmentation: Segmentation,
    rotation: object,
    size: Size | None,
    pixel_limit: int,
) -> Found:
    """Return the one shape a record is stored as.

    Run lengths are a mask, polygons a polygon of several parts, an empty segmentation the box. A box with a
    rotation is turned, also where the segmentation gives its corners. Raises RecordError.
    """
    try:
        if isinstance(segmentation, Rle):
            return Found(_mask(segmentation, size, pixel_limit))
        angle = None if rotation is None else as_number(rotation)
        if segmentation:
            if angle and bbox and _are_corners(segmentation, bbox, angle):
                return Found(_rectangle(bbox, angle), took_rotation=True)
            return _polygon(segmentation, bbox)
        return Found(_rectangle(bbox, angle or 0.0), took_rotation=angle is not None)
    except GeometryError as error:
        raise RecordError("geometry", str(error).rstrip(".")) from None


def _polygon(rings: Rings, bbox: list[float] | None) -> Found:
    # A part makes points of flat numbers by itself; it need not be done twice.
    parts = [
        PolygonPart(ring)  # type: ignore[arg-type]
        for ring in rings
        if len(ring) >= 6 and len(ring) % 2 == 0
    ]
    if len(parts) == len(rings):
        return Found(Polygon(tuple(parts)))
    if parts:
        return Found(Polygon(tuple(parts)), told=_what_was_read(rings))
    if not bbox:
        raise RecordError("segmentation", _what_is_wrong(rings))
    return Found(_rectangle(bbox, 0.0), told=_what_was_read(rings))


def _what_was_read(rings: Rings) -> str:
    return f"{_what_is_wrong(rings)}; the rest of the shape is read"


def _what_is_wrong(rings: Rings) -> str:
    bad = next(ring for ring in rings if len(ring) < 6 or len(ring) % 2)
    return f"a polygon of {len(bad)} numbers is none (6 at least, an even number)"


def _rectangle(bbox: list[float] | None, rotation: float) -> Rectangle:
    if not bbox:
        raise RecordError("no-shape", "it has neither a box nor a segmentation")
    if len(bbox) != 4:
        raise RecordError("bbox", f"its box has {len(bbox)} numbers in place of 4")
    x, y, width, height = bbox
    if width < 0 or height < 0:
        raise RecordError("bbox", "its box has a negative width or height")
    return Rectangle((x, y, x + width, y + height), rotation)


def _are_corners(rings: Rings, bbox: list[float], rotation: float) -> bool:
    if len(rings) != 1 or len(rings[0]) != 8 or len(bbox) != 4:
        return False
    x, y, width, height = bbox
    corners = box_corners((x, y, x + width, y + height), rotation)
    return bool(np.all(np.abs(corners.ravel() - rings[0]) <= _CORNER_TOLERANCE))


def _mask(rle: Rle, size: Size | None, pixel_limit: int) -> Mask:
    height, width = rle.size
    if size is not None and (width, height) != size:
        raise RecordError(
            "rle",
            f"its mask is for {width} x {height} pixels, the picture has {size[0]} x {size[1]}",
        )
    if width < 0 or height < 0 or width * height > pixel_limit:
        raise RecordError("rle", f"its mask cannot have {width} x {height} pixels")
    counts = counts_from_text(rle.counts) if isinstance(rle.counts, str) else rle.counts
    return mask_from_picture(counts, width, height)


@dataclass(frozen=True, slots=True)
class ReadAttributes:
    """The attributes of a record: those a label can declare, the built-in one, and what is neither."""

    values: dict[str, AttributeValue]
    is_occluded: bool
    leftover: dict[str, Any]


NO_ATTRIBUTES: Final = ReadAttributes({}, False, {})


def read_attributes(raw: dict[str, Any] | None, *, took_rotation: bool) -> ReadAttributes:
    """Sort the attributes of a record. took_rotation: the shape has taken the one called `rotation`."""
    if not raw:
        return NO_ATTRIBUTES
    values: dict[str, AttributeValue] = {}
    leftover: dict[str, Any] = {}
    is_occluded = False
    for name, value in raw.items():
        if name == "occluded" and (flag := as_flag(value)) is not None:
            is_occluded = flag
        elif name == "rotation" and took_rotation:
            continue
        elif is_attribute_value(value) and is_attribute_name(name):
            values[name] = value
        else:
            leftover[name] = value
    return ReadAttributes(values, is_occluded, leftover)


def storable(value: Any) -> Any:
    """Return a JSON value whose whole numbers fit in 64 bits: larger ones as a fraction, or as text beyond that."""
    if isinstance(value, dict):
        return {key: storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, int) and not -_LARGEST_NUMBER <= value < _LARGEST_NUMBER:
        return float(value) if abs(value) < _LARGEST_FLOAT else str(value)
    return value


def is_storable_id(identifier: RecordId) -> bool:
    """Whether an id can be kept: as another value it would not be the same."""
    return isinstance(identifier, str) or abs(identifier) < _LARGEST_NUMBER


def as_id(value: object) -> RecordId | None:
    """Return a JSON value as an id, None where it cannot be one.

    Programs that keep their records in tables write whole numbers with a fraction of 0.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_NUMBER:
        return int(value)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def as_number(value: object) -> float | None:
    """Return a JSON value that is a number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LARGEST_NUMBER else None


def as_flag(value: object) -> bool | None:
    """Return what a JSON value says as yes or no, None where it says something else."""
    if isinstance(value, int | float | str):
        if value in _ON:
            return True
        if value in _OFF:
            return False
    return None


def is_attribute_value(value: object) -> bool:
    """Whether an attribute can have a JSON value as it is."""
    return isinstance(value, bool | str) or as_number(value) is not None


class AttributeSurvey:
    """Which attributes the records of each label have, and of what kind; text where the values are of several."""

    def __init__(self) -> None:
        self._kinds: dict[int, dict[str, AttributeKind]] = {}

    def note(self, label: int, name: str, value: AttributeValue) -> None:
        """Take note of a value of an attribute."""
        kind = _kind_of(value)
        kinds = self._kinds.setdefault(label, {})
        if kinds.setdefault(name, kind) != kind:
            kinds[name] = "text"

    def attributes(self, label: int) -> dict[str, AttributeKind]:
        """Return the kinds of a label's attributes by name, in the order they were met."""
        return self._kinds.get(label, {})


def _kind_of(value: AttributeValue) -> AttributeKind:
    if isinstance(value, bool):
        return "checkbox"
    return "text" if isinstance(value, str) else "number"


def is_attribute_name(name: str) -> bool:
    """Whether an attribute can have a name as it is."""
    try:
        return checked_name(name, "An attribute") == name
    except InvalidValueError:
        return False


def checksum(shape: Shape) -> int:
    """Return a number that changes when the shape does, to tell whether what a file said of it still holds."""
    if isinstance(shape, Polygon):
        value = 0
        for part in shape.parts:
            value = zlib.crc32(part.outer.data, value)
            for hole in part.holes:
                value = zlib.crc32(hole.data, value)
        return value
    if isinstance(shape, Mask):
        return zlib.crc32(
            shape.counts.tobytes(), zlib.crc32(repr((shape.offset, shape.size)).encode())
        )
    return zlib.crc32(repr(shape).encode())
