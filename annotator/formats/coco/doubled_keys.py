"""Keys that stand twice in one object of a file: decoding takes the last one and tells nothing.

Looking for them where none is costs next to nothing: annotations are looked at one by one only where they have not as
many colons as objects that are all alike would have.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from annotator.formats.coco.files import Sections
from annotator.formats.coco.records import Record
from annotator.safe_io import printable

_STRING: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?')
_KEYS_OF_RLE: Final = 2
_LONGEST_FIRST: Final = 1 << 20
_Pairs = list[tuple[str, Any]]


def doubled_in_annotations(sections: Sections, plain: Sequence[Record] | None) -> Iterator[str]:
    """Yield a sentence for each annotation with such a key. plain: all of them, where they have known keys only."""
    text = bytes(sections.annotations)
    if plain is not None and _are_alike(text, plain):
        return
    for number, raw in enumerate(
        msgspec.json.decode(sections.annotations, type=list[msgspec.Raw]), 1
    ):
        one = bytes(raw)
        keys = [key for key, colon in _STRING.findall(one) if colon]
        if len(set(keys)) < len(keys) or b"\\" in one:
            for key in dict.fromkeys(key for _, key in _doubled(one)):
                yield f"annotation number {number} has {key} more than once; the last one counts."


def doubled_elsewhere(sections: Sections) -> Iterator[str]:
    """Yield a sentence for each object with such a key in everything but the annotations."""
    data, annotations = sections.data, sections.annotations
    begin = _address(annotations) - _address(data)
    rest = b"%b0%b" % (data[:begin], data[begin + len(bytes(annotations)) :])
    for where, key in _doubled(rest):
        yield f"{where} has {key} more than once; the last one counts."


def _are_alike(text: bytes, records: Sequence[Record]) -> bool:
    """Whether annotations have as many keys as if each had those of the first one, once.

    To tell a file where as many keys are missing as stand twice, each key would have to be counted by itself, which
    takes a quarter of the time of bare decoding.
    """
    keys = _keys_of_first(text) if records else 0
    if keys is None:
        return False
    attributes = [one.attributes for one in records if one.attributes is not None]
    masks = text.count(b"{") - len(records) - len(attributes)
    expected = keys * len(records) + sum(map(len, attributes)) + _KEYS_OF_RLE * masks
    return text.count(b":") == expected


def _keys_of_first(text: bytes) -> int | None:
    """Return how many keys the first annotation has; None where one stands twice, or it is very long."""
    objects: list[_Pairs] = []
    beginning = text[:_LONGEST_FIRST].decode("utf-8", "replace")
    try:
        json.JSONDecoder(object_pairs_hook=objects.append).raw_decode(
            beginning, beginning.find("{")
        )
    except ValueError:
        return None
    is_doubled = any(len(dict(pairs)) < len(pairs) for pairs in objects)
    return None if is_doubled else len(objects[-1])


def _doubled(text: bytes) -> list[tuple[str, str]]:
    """Return which object of a JSON text has which key more than once."""
    found: list[tuple[str, str]] = []

    def note(pairs: _Pairs) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            seen: set[str] = set()
            where = (
                f"the object with the id {str(values['id'])[:40]}"
                if "id" in values
                else "an object"
            )
            for key, _ in pairs:
                if key in seen:
                    found.append((where, printable(key)))
                seen.add(key)
        return values

    try:
        json.loads(text.decode("utf-8", "replace"), object_pairs_hook=note)
    except ValueError:
        return []  # told as what it is, where it is read
    return found


def _address(data: msgspec.Raw | bytes) -> int:
    """Return where the bytes lie in memory: what was decoded as raw lies within the text."""
    place: int = np.frombuffer(data, dtype=np.uint8).__array_interface__["data"][0]
    return place
