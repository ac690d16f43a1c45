"""From a COCO record to an annotation, and what is kept of it beside."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from annotator.core.annotations import Annotation
from annotator.core.shapes import AttributeValue, Rectangle
from annotator.formats.coco.labels import FORMAT_ID
from annotator.formats.coco.records import (
    NO_ATTRIBUTES,
    Found,
    Record,
    RecordError,
    Segmentation,
    Size,
    checksum,
    decode_segmentation,
    find_shape,
    is_storable_id,
    read_attributes,
    storable,
)
from annotator.safe_io import Limits, wrong_value

_FLAT: Final = "its segmentation is a list of numbers, not of polygons; it is read as one polygon"


def shape_of(record: Record, size: Size | None, limits: Limits) -> Found:
    """Decode the segmentation of a record and return its shape. Raises RecordError."""
    try:
        segmentation = decode_segmentation(record.segmentation)
    except msgspec.ValidationError as error:
        return _of_flat_list(record, limits, error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RecordError("segmentation", "its segmentation cannot be read") from None
    return _found(record, segmentation, size, limits)


def _of_flat_list(record: Record, limits: Limits, error: msgspec.ValidationError) -> Found:
    """Return the polygon of a segmentation that is the numbers of one, without the list around them."""
    try:
        numbers = msgspec.json.decode(record.segmentation, type=list[float])
    except msgspec.ValidationError:
        text = f"its segmentation is not understood: {wrong_value(str(error))}"
        raise RecordError("segmentation", text) from None
    found = _found(record, [numbers], None, limits)
    return found._replace(told=found.told or _FLAT)


def _found(record: Record, segmentation: Segmentation, size: Size | None, limits: Limits) -> Found:
    rotation = record.attributes.get("rotation") if record.attributes else None
    return find_shape(record.bbox, segmentation, rotation, size, limits.picture_pixels)


def annotation_of(
    record: Record,
    found: Found,
    *,
    frame: int,
    label: int,
    attribute_ids: Mapping[str, int],
    unknown_keys: dict[str, Any] | None,
    identifier: int,
) -> Annotation:
    """Return the annotation of a record whose shape was found. attribute_ids: of its label, by name."""
    attributes = NO_ATTRIBUTES
    values: dict[int, AttributeValue] = {}
    if record.attributes:
        attributes = read_attributes(record.attributes, took_rotation=found.took_rotation)
        values = {attribute_ids[name]: value for name, value in attributes.values.items()}
    score = None if has_odd_score(record) else record.score
    foreign = _foreign(record, found, attributes.leftover, unknown_keys)
    return Annotation(
        frame,
        label,
        found.shape,
        values,
        attributes.is_occluded,
        source="manual" if score is None else "model",
        score=score,
        foreign={FORMAT_ID: foreign},
        id=identifier,
    )


def has_odd_score(record: Record) -> bool:
    """Whether a record has a score that is none, such as one in percent."""
    return record.score is not None and not 0.0 <= record.score <= 1.0


def _foreign(
    record: Record, found: Found, leftover: dict[str, Any], unknown: dict[str, Any] | None
) -> dict[str, Any]:
    """What a record says beyond the annotation; what it says about the shape holds while the shape stays as it is."""
    shape, bbox = found.shape, record.bbox
    result: dict[str, Any] = {}
    if record.id is not None and is_storable_id(record.id):
        result["id"] = record.id
    if isinstance(shape, Rectangle) and not shape.rotation:
        assert bbox is not None
        x0, y0, x1, y1 = shape.xyxy
        says_more = bbox != [x0, y0, x1 - x0, y1 - y0] or (
            record.area is not None and record.area != bbox[2] * bbox[3]
        )
    else:
        says_more = bool(bbox) or record.area is not None
    if says_more:
        result["of_shape"] = checksum(shape)
        if bbox:
            result["bbox"] = bbox
        if record.area is not None:
            result["area"] = record.area
    if record.iscrowd:
        result["iscrowd"] = storable(record.iscrowd)
    if has_odd_score(record):
        result["score"] = record.score
    if leftover:
        result["attributes"] = storable(leftover)
    if unknown:
        result["keys"] = storable(unknown)
    return result
