"""Keys that stand twice in one object of a file: decoding takes the last one and tells nothing.

Looking for them where none is costs next to nothing: annotations are looked at one by one only where they have not as
many colons as objects that are all alike would have.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from annotator.formats.coco.files import Sections
from annotator.formats.coco.records import Record
from annotator.safe_io import printable

# Possessive: without that, each character of a text that is millions long would be kept in mind.
_STRING: Final = re.compile(rb'"((?:[^"\\]++|\\.)*+)"(\s*:)?')
_KEYS_OF_RLE: Final = 2
_LONGEST_FIRST: Final = 1 << 20
_Pairs = list[tuple[str, Any]]


def doubled_in_annotations(sections: Sections, plain: Sequence[Record] | None) -> Iterator[str]:
    """Yield a sentence for each annotation with such a key. plain: all of them, where they have known keys only."""
    if plain is not None and _are_alike(sections, plain):
        return
    for number, raw in enumerate(
        msgspec.json.decode(sections.annotations, type=list[msgspec.Raw]), 1
    ):
        one = bytes(raw)
        keys = [key for key, colon in _STRING.findall(one) if colon]
        if len(set(keys)) < len(keys) or b"\\" in one:
            for key in dict.fromkeys(printable(key) for key, _ in _doubled(one)):
                yield f"annotation number {number} has {key} more than once; the last one counts."


def doubled_elsewhere(sections: Sections) -> Iterator[str]:
    """Yield a sentence for each object with such a key in everything but the annotations."""
    begin, end = _place_of_annotations(sections)
    for key, values in _doubled(b"%b0%b" % (sections.data[:begin], sections.data[end:])):
        name = printable(key)
        if "id" in values:
            identifier = str(values["id"])[:40]
            yield f"the object with the id {identifier} has {name} more than once; the last one counts."
        else:
            yield f"an object has {name} more than once; the last one counts."


def _are_alike(sections: Sections, records: Sequence[Record]) -> bool:
    """Whether annotations have as many keys as if each had those of the first one, once.

    To tell a file where as many keys are missing as stand twice, each key would have to be counted by itself, which
    takes a quarter of the time of bare decoding.
    """
    data, (begin, end) = sections.data, _place_of_annotations(sections)
    keys = _keys_of_first(data[begin : min(end, begin + _LONGEST_FIRST)]) if records else 0
    if keys is None:
        return False
    attributes = [one.attributes for one in records if one.attributes is not None]
    masks = data.count(b"{", begin, end) - len(records) - len(attributes)
    expected = keys * len(records) + sum(map(len, attributes)) + _KEYS_OF_RLE * masks
    return data.count(b":", begin, end) == expected


def _keys_of_first(text: bytes) -> int | None:
    """Return how many keys the first of some annotations has; None where one stands twice, or it is very long."""
    objects: list[_Pairs] = []
    beginning = text.decode("utf-8", "replace")
    try:
        json.JSONDecoder(object_pairs_hook=objects.append).raw_decode(
            beginning, beginning.find("{")
        )
    except ValueError:
        return None
    is_doubled = any(len(dict(pairs)) < len(pairs) for pairs in objects)
    return None if is_doubled else len(objects[-1])


def _doubled(text: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return the keys that stand in an object of a JSON text more than once, each with what counts of that object."""
    found: list[tuple[str, dict[str, Any]]] = []

    def note(pairs: _Pairs) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            found.extend((key, values) for key, count in counts.items() if count > 1)
        return values

    try:
        json.loads(text.decode("utf-8", "replace"), object_pairs_hook=note)
    except ValueError:
        return []  # told as what it is, where it is read
    return found


def _place_of_annotations(sections: Sections) -> tuple[int, int]:
    """Return where in the text the list of annotations begins and ends: as raw, it is a view into the text."""
    begin = _address(sections.annotations) - _address(sections.data)
    return begin, begin + memoryview(sections.annotations).nbytes


def _address(data: msgspec.Raw | bytes) -> int:
    """Return where the bytes lie in memory."""
    place: int = np.frombuffer(data, dtype=np.uint8).__array_interface__["data"][0]
    return place
