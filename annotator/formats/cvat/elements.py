"""What the shapes of both dialects of CVAT's XML have in common: names, flags, attributes, sources, and the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from annotator.core.annotations import Z_ORDER_LIMIT, Foreign, Source
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute, Label, LabelSchema, TemplatePoint
from annotator.core.shapes import AttributeValue
from annotator.formats.cvat.raw import is_true
from annotator.formats.cvat.schema import value_from_text
from annotator.formats.cvat.shapes import GEOMETRY
from annotator.formats.cvat.xml import is_attribute_name
from annotator.formats.dataset import Problem
from annotator.safe_io import printable

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FOREIGN: Final = "cvat_video"
"""The key of what is kept for CVAT's XML in the `foreign` of values."""

_SOURCES: Final[dict[str, Source]] = {
    "manual": "manual", "auto": "model", "semi-auto": "model", "file": "imported", "consensus": "manual",
}  # fmt: skip
_WORDS: Final[dict[Source, str]] = {
    "manual": "manual", "model": "auto", "imported": "file", "interpolated": "semi-auto",
}  # fmt: skip
# `annotation_type` stands in files of the first years and says what the element is called.
_KNOWN: Final = GEOMETRY | {
    "label", "source", "frame", "keyframe", "outside", "occluded", "z_order", "group_id", "annotation_type",
}  # fmt: skip
_KNOWN_OF_TRACK: Final = frozenset({"id", "label", "source", "group_id", "subset", "task_id"})
# Some programs write whole numbers with a fraction of 0.
_WHOLE: Final = re.compile(r"\s*([+-]?[0-9]{1,20})(?:\.0*)?\s*")


class Findings:
    """Collects the problems of one file until they are passed on."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Problem] = []
        self._skipped = 0

    @property
    def skipped_so_far(self) -> int:
        """How many shapes were left out since the beginning of the file."""
        return self._skipped

    def skipped(self, rule: str, text: str, line: int | None, count: int = 1) -> None:
        """Note that something was left out. count: the shapes that go with it; 0 where each was told before."""
        self._skipped += count
        self._found.append(Problem(self._file, text, rule, line, skipped=count))

    def changed(self, rule: str, text: str, line: int | None, then: str = "") -> None:
        """Note that something was read, but not as it stands. then: how, where the text does not say so."""
        text = f"{text} {then}" if then else text
        self._found.append(Problem(self._file, text, rule, line, skipped=0))

    def taken(self) -> list[Problem]:
        """Return what was found since the last call."""
        found, self._found = self._found, []
        return found


@dataclass(frozen=True, slots=True)
class NamesOfPoint:
    """A skeleton point and its attributes by name."""

    point: TemplatePoint
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class NamesOfLabel:
    """A label, its attributes and its skeleton points by name."""

    label: Label
    attributes: Mapping[str, Attribute]
    points: Mapping[str, NamesOfPoint] = field(default_factory=dict)


def names_of(schema: LabelSchema) -> dict[str, NamesOfLabel]:
    """Return the labels of a file by name."""
    return {
        label.name: NamesOfLabel(
            label,
            {one.name: one for one in label.attributes},
            {
                point.name: NamesOfPoint(point, {one.name: one for one in point.attributes})
                for point in (label.skeleton.points if label.skeleton else ())
            },
        )
        for label in schema
    }


def flag(element: "Element", name: str, missing: bool = False) -> bool:
    """Return a yes or no of an element."""
    text = element.get(name)
    if text is None:
        return missing
    return text == "1" or (text != "0" and is_true(text))


def whole(
    element: "Element", name: str, missing: int | None = None, limit: int = Z_ORDER_LIMIT
) -> int:
    """Return a whole number of an element, -limit <= n < limit. Raises InvalidValueError."""
    text = element.get(name)
    if text is None:
        if missing is None:
            raise InvalidValueError(f"The {element.tag} has no {name}.")
        return missing
    match = _WHOLE.fullmatch(text)
    value = int(match[1]) if match else limit
    if not -limit <= value < limit:
        raise InvalidValueError(f"The {element.tag} has {name} {text[:40]!r}, which cannot be.")
    return value


def left_out(element: "Element") -> str:
    """Return the sentence for an element that is left out."""
    return (
        "The points were left out."
        if element.tag == "points"
        else f"The {element.tag} was left out."
    )


def texts_of(element: "Element", findings: Findings) -> dict[str, str]:
    """Return the values of an element's attributes by name, as text; of several for one name the last."""
    texts: dict[str, str] = {}
    for one in element.iterfind("attribute") if len(element) else ():
        name, text = (one.get("name") or "").strip(), one.text or ""
        if name and texts.get(name, text) != text:
            told = f"A {element.tag} has several values for the attribute {printable(name)}."
            findings.changed("duplicate-attribute", told, one.sourceline, "The last one counts.")
        texts[name] = text
    return texts


def values_of(
    texts: Mapping[str, str], attributes: Mapping[str, Attribute]
) -> dict[int, AttributeValue]:
    """Return values by attribute id; names that cannot be names of attributes have none."""
    return {
        attribute.id: value_from_text(attribute, text)
        for name, text in texts.items()
        if (attribute := attributes.get(name)) is not None
    }


def source_of(element: "Element") -> Source:
    """Return our word for where an object comes from."""
    word = element.get("source")
    return "manual" if word is None else source_of_word(word)


def source_of_word(word: str) -> Source:
    """Return our word for one of CVAT's; those of other programs mean that it was imported."""
    return _SOURCES.get(word, "imported")


def word_of_source(source: Source, foreign: Foreign) -> str:
    """Return CVAT's word for a source: the one that was read, as long as it still says the same."""
    word = kept(foreign).get("source")
    if isinstance(word, str) and word and source_of_word(word) == source:
        return word
    return _WORDS[source]


def foreign_of_shape(element: "Element") -> Foreign:
    """Return what a shape has beyond what the program knows."""
    return _foreign({}, element, _KNOWN)


def foreign_of_object(element: "Element") -> Foreign:
    """Return what an image's shape has beyond what the program knows, with its word for the source."""
    return _foreign(_word(element), element, _KNOWN)


def foreign_of_track(element: "Element") -> Foreign:
    """Return a track's number, its word for the source, and what the program does not know."""
    number = element.get("id", "")
    known: dict[str, Any] = {"id": int(number)} if number.isdecimal() and len(number) < 16 else {}
    return _foreign(known | _word(element), element, _KNOWN_OF_TRACK)


def _word(element: "Element") -> dict[str, Any]:
    word = element.get("source")
    return {} if word is None or word == _WORDS[source_of(element)] else {"source": word}


def _foreign(known: dict[str, Any], element: "Element", names: frozenset[str]) -> Foreign:
    extra = {name: text for name, text in element.attrib.items() if name not in names}
    if extra:
        known["attributes"] = extra
    return {FOREIGN: known} if known else {}


def joined(track: Foreign, keyframe: Foreign) -> Foreign:
    """Return what was kept of a track and of its only key frame as one."""
    first, second = kept(track), kept(keyframe)
    attributes = {**first.get("attributes", {}), **second.get("attributes", {})}
    both = {**first, **second, **({"attributes": attributes} if attributes else {})}
    return {FOREIGN: both} if both else {}


def kept(foreign: Foreign) -> Mapping[str, Any]:
    """Return what was kept for this format."""
    found = foreign.get(FOREIGN)
    return found if isinstance(found, Mapping) else {}


def kept_attributes(foreign: Foreign, *, of_track: bool) -> dict[str, str]:
    """Return the XML attributes that were kept and can be written back."""
    found = kept(foreign).get("attributes")
    if not isinstance(found, Mapping):
        return {}
    names = _KNOWN_OF_TRACK if of_track else _KNOWN
    return {
        name: text
        for name, text in found.items()
        if isinstance(name, str)
        and isinstance(text, str)
        and is_attribute_name(name)
        and name not in names
    }
