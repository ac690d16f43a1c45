"""Label files: CVAT's label JSON (what its "Raw" editor shows), a JSON list of names, or one name to a line.

CVAT's ids are read where a drawing refers to them, and not written: they mean something only on the server
that gave them.
"""

import json
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from annotator.core.labels import Attribute, Label, LabelSchema, attribute_text
from annotator.formats.cvat.raw import (
    RawAttribute,
    RawLabel,
    raw_from_label,
    values_from_text,
    written_names,
)
from annotator.formats.cvat.schema import schema_from_raw
from annotator.formats.registry import FormatError
from annotator.safe_io import DEFAULT_LIMITS, InputError, Limits, decode_json, read_bytes

_KINDS: Final = "Write one name to a line, or CVAT's label JSON."

_Scalar: TypeAlias = str | bool | int | float | None


class _Attribute(msgspec.Struct):
    name: str
    input_type: str | None = None
    mutable: bool = False
    values: list[_Scalar] | str | None = None
    default_value: _Scalar = None


class _Label(msgspec.Struct):
    name: str
    color: str | None = None
    type: str | None = None
    attributes: list[_Attribute] | None = None
    sublabels: "list[_Label] | None" = None
    svg: str | None = None
    id: int | str | None = None


class _Document(msgspec.Struct):
    labels: list[_Label | str]


def read_labels(path: Path, limits: Limits = DEFAULT_LIMITS) -> LabelSchema:
    """Read a label file of any of the three kinds.

    Raises InputError or FormatError where it cannot be read whole: labels are typed by hand, and a wrong one is
    better put right than guessed at.
    """
    data = read_bytes(path, limits).removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] not in (b"[", b"{"):
        return _schema_from_lines(path, data)
    try:
        found = decode_json(data, list[_Label | str] | _Document, limits, name=path)
    except InputError as error:
        reason = str(error).rstrip(".")
        raise FormatError(f"{reason}. {_KINDS}") from None
    labels = found.labels if isinstance(found, _Document) else found
    return _schema(path, [_raw_label(one) for one in labels])


def _schema_from_lines(path: Path, data: bytes) -> LabelSchema:
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"{path}, line {line}: the text is not UTF-8; save it as UTF-8."
        ) from None
    return _schema(
        path,
        [RawLabel(text, line=number) for number, text in enumerate(lines, 1) if text.strip()],
    )


def _schema(path: Path, raw_labels: list[RawLabel]) -> LabelSchema:
    def complain(rule: str, text: str, line: int | None, then: str = "") -> NoReturn:
        place = path if line is None else f"{path}, line {line}"
        raise FormatError(f"{place}: {text} No label was read; put it right.")

    if not raw_labels:
        raise FormatError(f"{path} has no labels. {_KINDS}")
    return schema_from_raw(raw_labels, complain)


def _raw_label(one: _Label | str) -> RawLabel:
    if isinstance(one, str):
        return RawLabel(one)
    return RawLabel(
        one.name,
        one.color or "",
        one.type or "",
        tuple(_raw_attribute(attribute) for attribute in one.attributes or ()),
        tuple(_raw_label(sublabel) for sublabel in one.sublabels or ()),
        one.svg or "",
        _text(one.id),
    )


def _raw_attribute(one: _Attribute) -> RawAttribute:
    kind = one.input_type or "text"
    values = (
        values_from_text(one.values, kind)
        if isinstance(one.values, str)
        else tuple(_text(value) for value in one.values or ())
    )
    return RawAttribute(one.name, kind, one.mutable, values, _text(one.default_value))


def _text(value: _Scalar) -> str:
    return "" if value is None else attribute_text(value)


def write_labels(schema: LabelSchema) -> str:
    """Return labels as CVAT's label JSON.

    CVAT has no hierarchy and no hot keys: labels come flat, with a path as name where two would be equal.
    """
    names = written_names(schema)
    entries = [_entry(raw_from_label(label, names[label.id]), label) for label in schema]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(raw: RawLabel, label: Label) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": raw.name,
        "color": raw.colour,
        "type": raw.kind,
        "attributes": _attribute_entries(raw, label.attributes),
    }
    if label.skeleton is not None:
        entry["sublabels"] = [
            {
                "name": sublabel.name,
                "color": sublabel.colour,
                "type": sublabel.kind,
                "attributes": _attribute_entries(sublabel, point.attributes),
            }
            for sublabel, point in zip(raw.sublabels, label.skeleton.points, strict=True)
        ]
        entry["svg"] = raw.svg
    return entry


def _attribute_entries(raw: RawLabel, attributes: tuple[Attribute, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "input_type": one.input_type,
            "mutable": one.is_mutable,
            "values": list(one.values),
            "default_value": _default(attribute, one),
        }
        for one, attribute in zip(raw.attributes, attributes, strict=True)
    ]


def _default(attribute: Attribute, raw: RawAttribute) -> str:
    """CVAT wants a default that is one of the values, also where ours says "the first"."""
    if raw.default or raw.input_type == "text":
        return raw.default
    if raw.input_type in ("select", "radio"):
        return raw.values[0]
    return attribute_text(attribute.default_value)
