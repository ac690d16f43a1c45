"""From the JSON of COCO's annotations to records: all at once where they are plain, else one by one.

What an annotation cannot do without is its picture, its category and its shape. Where anything else of it is wrong, it
is read without that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import msgspec

from annotator.formats.coco.records import KNOWN_KEYS, Record, RecordId, as_id, has_shape
from annotator.safe_io import wrong_value

_IDS: Final = ("id", "image_id", "category_id")
_NOT_NEEDED: Final = ("id", "area", "iscrowd", "score", "attributes")

_Keys: TypeAlias = dict[str, msgspec.Raw]


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One annotation that was read, or None where it could not be.

    told: what is to be told of it, each to be put behind its name, with how much was left out.
    """

    record: Record | None
    unknown_keys: dict[str, Any] = field(default_factory=dict)
    told: tuple[tuple[str, int], ...] = ()


def plain_records(annotations: msgspec.Raw) -> list[Record] | None:
    """Decode annotations of which all have known keys only and the first has a shape, else return None."""
    try:
        records = msgspec.json.decode(annotations, type=list[Record])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return records if not records or has_shape(records[0]) else None


def read_one_by_one(annotations: msgspec.Raw) -> Iterator[ReadRecord]:
    """Decode a list of annotations, whatever they are."""
    for raw in msgspec.json.decode(annotations, type=list[msgspec.Raw]):
        try:
            yield _read(raw)
        except msgspec.ValidationError as error:
            text = f" is not understood: {wrong_value(str(error))}; it is left out."
            yield ReadRecord(None, told=((text, 1),))
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield ReadRecord(None, told=((" cannot be read; it is left out.", 1),))


def _read(raw: msgspec.Raw) -> ReadRecord:
    keys = msgspec.json.decode(raw, type=_Keys)
    known = {key: value for key, value in keys.items() if key in KNOWN_KEYS}
    wrong: list[tuple[str, int]] = []
    unknown: dict[str, Any] = {}
    for key, value in keys.items():
        if key not in KNOWN_KEYS:
            try:
                unknown[key] = msgspec.json.decode(value)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                wrong.append((_what_is_wrong(error, key), 1))
    try:
        record = _record(known)
    except (msgspec.DecodeError, UnicodeDecodeError):
        record = _record(_mended(known, wrong))
    told = ((f": {text}; it is read without that.", count) for text, count in wrong)
    return ReadRecord(record, unknown, tuple(told))


def _record(known: _Keys) -> Record:
    return msgspec.json.decode(msgspec.json.encode(known), type=Record)


def _mended(known: _Keys, wrong: list[tuple[str, int]]) -> _Keys:
    """Return the keys of a record with ids as they should be, and without what is wrong and not needed."""
    ids = {key: _mended_id(known[key]) for key in _IDS if key in known}
    mended: _Keys = known | ids
    needed = {"image_id": msgspec.Raw(b"0"), "category_id": msgspec.Raw(b"0")}
    for key in _NOT_NEEDED:
        if key in mended:
            try:
                _record({**needed, key: mended[key]})
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                # Values of attributes are records of their own; the rest is of little weight.
                wrong.append((_what_is_wrong(error, key), int(key == "attributes")))
                del mended[key]
    return mended


def _mended_id(raw: msgspec.Raw) -> msgspec.Raw:
    identifier = as_id(msgspec.json.decode(raw))
    return raw if identifier is None else msgspec.Raw(msgspec.json.encode(identifier))


def _what_is_wrong(error: Exception, key: str) -> str:
    if isinstance(error, msgspec.ValidationError):
        return wrong_value(str(error))
    return f"{key} is not UTF-8"


def settle_category_ids(records: list[Record], categories: list[Any]) -> set[RecordId]:
    """Give records the ids of their categories, where these are numbers here and texts there; return those used."""
    used = {record.category_id for record in records}
    found = (as_id(one.get("id")) for one in categories if isinstance(one, dict))
    declared = {one for one in found if one is not None}
    if used <= declared:
        return used
    by_text = {str(one): one for one in declared}
    ids = {one: one if one in declared else by_text.get(str(one), one) for one in used}
    for record in records:
        record.category_id = ids[record.category_id]
    return set(ids.values())
