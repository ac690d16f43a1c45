"""Labels from a text that somebody edits; see `label_text`.

What the text has no word for is taken from the label of the same id, or else of the same name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from annotator.core.errors import AnnotatorError
from annotator.core.label_draft import (
    CHOICE_KINDS,
    AttributeDraft,
    LabelDraft,
    PointDraft,
    choices_like,
)
from annotator.core.labels import (
    ATTRIBUTE_KINDS,
    LABEL_KINDS,
    AttributeKind,
    LabelKind,
    attribute_text,
)
from annotator.formats.cvat.label_text import template_svg
from annotator.formats.cvat.raw import (
    input_type_of_word,
    kind_of_word,
    limits_from_values,
    unique_names,
    values_from_text,
)
from annotator.formats.cvat.svg import Drawing, drawing_from_svg, drawing_without_svg
from annotator.formats.json_lines import Path, lines_of_values
from annotator.formats.label_colours import LabelColours
from annotator.safe_io import DEFAULT_LIMITS, InputError, Limits, decode_json

_LABEL_KEYS: Final = (
    "name", "id", "color", "type", "parent", "hotkey", "attributes", "sublabels", "svg",
)  # fmt: skip
_ATTRIBUTE_KEYS: Final = ("name", "id", "input_type", "mutable", "values", "default_value")

Named = TypeVar("Named", LabelDraft, AttributeDraft, PointDraft)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a text, and the line, from 1."""

    line: int
    text: str


class LabelTextError(AnnotatorError):
    """A text that labels cannot be read from. mistakes: all that were found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        more = len(self.mistakes) - 1
        rest = f" There is more to put right in {more} other places." if more else ""
        super().__init__(f"Line {first.line}: {first.text}{rest}")


@dataclass(frozen=True, slots=True)
class ReadLabels:
    """Labels that were read. lines: where the name of each label, attribute and point stands, by its id."""

    labels: tuple[LabelDraft, ...]
    lines: dict[int, int]


def labels_from_text(
    text: str, known: Sequence[LabelDraft] = (), limits: Limits = DEFAULT_LIMITS
) -> ReadLabels:
    """Read labels. known: those that the text may mean, of which it says less than they hold.

    Raises LabelTextError, with every mistake and its line, where that cannot be done. Empty and equal names and
    the like are no mistakes here: the drafts tell of them.
    """
    try:
        found = decode_json(text.encode("utf-8", "surrogatepass"), Any, limits, name="The text")
    except InputError as error:
        raise LabelTextError([_syntax_mistake(error)]) from None
    reader = _Reader(known)
    labels = reader.read(found)
    lines = lines_of_values(text)
    if reader.mistakes:
        mistakes = [Mistake(lines.get(path, 1), sentence) for path, sentence in reader.mistakes]
        raise LabelTextError(sorted(mistakes, key=lambda one: one.line))
    named = {
        one: lines.get((*path, "name"), lines.get(path, 1)) for one, path in reader.paths.items()
    }
    return ReadLabels(labels, named)


def _syntax_mistake(error: InputError) -> Mistake:
    """The sentence without the place, which the mistake has already."""
    text = str(error)
    for opening in (f"The text, line {error.line}: ", "The text: "):
        text = text.removeprefix(opening)
    return Mistake(error.line or 1, text[:1].upper() + text[1:])


class _Reader:
    """Takes the values of a text for drafts, and collects what is wrong with them."""

    def __init__(self, known: Sequence[LabelDraft]) -> None:
        self._known = known
        self.mistakes: list[tuple[Path, str]] = []
        self.paths: dict[int, Path] = {}

    def read(self, found: Any) -> tuple[LabelDraft, ...]:
        """Return the labels of a text."""
        path: Path = ()
        if isinstance(found, dict) and "labels" in found:
            found, path = found["labels"], ("labels",)
        if not isinstance(found, list):
            self._note(path, "Labels are a list: write [ before the first and ] behind the last.")
            return ()
        entries = [
            (self._entry(one, (*path, place), "A label"), (*path, place))
            for place, one in enumerate(found)
        ]
        old = _paired([entry for entry, _ in entries], self._known)
        labels: list[LabelDraft] = []
        colours = LabelColours()
        for (entry, where), known in zip(entries, old, strict=True):
            label = self._label(entry, where, known or LabelDraft(colour=colours.next()))
            labels.append(label)
            colours.note(label.colour)
            self.paths[label.id] = where
        return tuple(self._placed(labels, entries))

    def _note(self, path: Path, text: str) -> None:
        self.mistakes.append((path, text))

    def _entry(self, value: Any, path: Path, what: str) -> dict[str, Any]:
        if isinstance(value, str):
            return {"name": value}
        if not isinstance(value, dict):
            self._note(path, f"{what} is an object in braces or a name, not {_word(value)}.")
            return {"name": ""}
        if not isinstance(value.get("name"), str):
            self._note(path, f"{what} needs the key 'name' with a text.")
            return {**value, "name": ""}
        return value

    def _label(self, entry: dict[str, Any], path: Path, known: LabelDraft) -> LabelDraft:
        self._check_keys(entry, path, _LABEL_KEYS)
        sublabels = self._list(entry, path, "sublabels")
        label = replace(
            known,
            name=entry["name"],
            colour=self._text(entry, path, "color") or known.colour,
            kind=self._kind(entry, path, "skeleton" if sublabels else "any"),
            hotkey=self._text(entry, path, "hotkey"),
            attributes=self._attributes(entry, path, known.attributes),
        )
        if label.kind != "skeleton":
            if sublabels:
                self._note((*path, "sublabels"), "'sublabels' go with the type 'skeleton' only.")
            return label
        return self._with_points(label, entry, sublabels, path)

    def _check_keys(self, entry: dict[str, Any], path: Path, keys: Sequence[str]) -> None:
        """Tell of keys that are most likely mistyped; others are CVAT's own and mean nothing here."""
        for key in entry:
            near = [] if key in keys else get_close_matches(key, keys, n=1, cutoff=0.8)
            if near and near[0] not in entry:
                self._note((*path, key), f"The key {key!r} is not known. Is it {near[0]!r}?")

    def _text(self, entry: dict[str, Any], path: Path, key: str) -> str:
        value = entry.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self._note((*path, key), f"{key!r} is a text, not {_word(value)}.")
        return ""

    def _list(self, entry: dict[str, Any], path: Path, key: str) -> list[Any]:
        value = entry.get(key)
        if value is None or isinstance(value, list):
            return value or []
        self._note((*path, key), f"{key!r} is a list in brackets, not {_word(value)}.")
        return []

    def _kind(self, entry: dict[str, Any], path: Path, usual: LabelKind) -> LabelKind:
        word = self._text(entry, path, "type").strip()
        kind = kind_of_word(word or usual)
        if kind is not None:
            return kind
        self._note((*path, "type"), f"{word!r} is no type. Write one of: {_listed(LABEL_KINDS)}.")
        return usual

    # Attributes -------------------------------------------------------------------------------------

    def _attributes(
        self, entry: dict[str, Any], path: Path, known: Sequence[AttributeDraft]
    ) -> tuple[AttributeDraft, ...]:
        where = (*path, "attributes")
        entries = [
            self._entry(one, (*where, place), "An attribute")
            for place, one in enumerate(self._list(entry, path, "attributes"))
        ]
        attributes = []
        for place, (one, old) in enumerate(zip(entries, _paired(entries, known), strict=True)):
            attributes.append(self._attribute(one, (*where, place), old))
            self.paths[attributes[-1].id] = (*where, place)
        return tuple(attributes)

    def _attribute(
        self, entry: dict[str, Any], path: Path, known: AttributeDraft | None
    ) -> AttributeDraft:
        self._check_keys(entry, path, _ATTRIBUTE_KEYS)
        kind = self._input_type(entry, path)
        values = self._attribute_values(entry, path, kind)
        read = replace(known or AttributeDraft(), name=entry["name"], kind=kind)
        mutable = entry.get("mutable", False)
        if not isinstance(mutable, bool):
            self._note((*path, "mutable"), f"'mutable' is true or false, not {_word(mutable)}.")
        read = replace(read, mutable=mutable is True)
        if kind in CHOICE_KINDS:
            read = replace(read, choices=choices_like(values, read.choices))
        elif kind == "number":
            low, high, step = limits_from_values(values)
            read = replace(read, minimum=low, maximum=high, step=step)
        default = self._scalar(entry.get("default_value"), (*path, "default_value"))
        # What is shown where no default was chosen is not a choice.
        is_left_open = known is not None and not known.default and known.kind == kind
        is_shown = default in ("", replace(read, default="").shown_default)
        return replace(read, default="" if is_left_open and is_shown else default)

    def _input_type(self, entry: dict[str, Any], path: Path) -> AttributeKind:
        word = self._text(entry, path, "input_type").strip()
        kind = input_type_of_word(word or "text")
        if kind is not None:
            return kind
        text = f"{word!r} is no input type. Write one of: {_listed(ATTRIBUTE_KINDS)}."
        self._note((*path, "input_type"), text)
        return "text"

    def _attribute_values(self, entry: dict[str, Any], path: Path, kind: str) -> list[str]:
        where = (*path, "values")
        values = entry.get("values")
        if isinstance(values, str):
            return list(values_from_text(values, kind))
        found = self._list(entry, path, "values")
        return [self._scalar(one, (*where, place)) for place, one in enumerate(found)]

    def _scalar(self, value: Any, path: Path) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, bool | int | float):
            return attribute_text(value)
        self._note(path, f"A value is a text, a number, true or false, not {_word(value)}.")
        return ""

    # Skeletons --------------------------------------------------------------------------------------

    def _with_points(
        self, label: LabelDraft, entry: dict[str, Any], sublabels: list[Any], path: Path
    ) -> LabelDraft:
        where = (*path, "sublabels")
        entries = [
            self._entry(one, (*where, place), "A skeleton point")
            for place, one in enumerate(sublabels)
        ]
        points = []
        for place, (one, old) in enumerate(
            zip(entries, _paired(entries, label.points), strict=True)
        ):
            here = (*where, place)
            point = old or PointDraft("", colour=label.colour)
            self._check_keys(one, here, _LABEL_KEYS)
            points.append(
                replace(
                    point,
                    name=one["name"],
                    colour=self._text(one, here, "color") or point.colour,
                    kind=self._kind(one, here, "points"),
                    attributes=self._attributes(one, here, point.attributes),
                )
            )
            self.paths[points[-1].id] = here
        svg = self._text(entry, path, "svg")
        read = replace(label, points=tuple(points))
        if svg and svg == template_svg(label) and _ids(label.points) == _ids(points):
            return read
        return self._drawn(read, entries, svg, (*path, "svg"))

    def _drawn(
        self, label: LabelDraft, entries: list[dict[str, Any]], svg: str, path: Path
    ) -> LabelDraft:
        """Put the points where a drawing has them."""
        names = unique_names(point.name for point in label.points)
        drawing = drawing_without_svg(names)
        if svg.strip():
            name_of_id = {
                str(entry["id"]): name
                for entry, name in zip(entries, names, strict=True)
                if "id" in entry
            }
            try:
                found = drawing_from_svg(svg, name_of_id)
                drawing = Drawing({**drawing.places, **found.places}, found.edges)
            except AnnotatorError as error:
                self._note(path, f"The drawing of the skeleton cannot be used. {error}")
        ids = dict(zip(names, (point.id for point in label.points), strict=True))
        return replace(
            label,
            points=tuple(
                replace(point, x=drawing.places[name][0], y=drawing.places[name][1])
                for point, name in zip(label.points, names, strict=True)
            ),
            edges=tuple((ids[a], ids[b]) for a, b in drawing.edges if a in ids and b in ids),
        )

    # Hierarchy --------------------------------------------------------------------------------------

    def _placed(
        self, labels: list[LabelDraft], entries: list[tuple[dict[str, Any], Path]]
    ) -> Iterator[LabelDraft]:
        ids = {
            entry["id"]: one.id
            for one, (entry, _) in zip(labels, entries, strict=True)
            if _has_id(entry)
        }
        named: dict[str, list[int]] = {}
        for label in labels:
            named.setdefault(label.name.strip(), []).append(label.id)
        for label, (entry, path) in zip(labels, entries, strict=True):
            parent = entry.get("parent")
            where = (*path, "parent")
            above: int | None = None
            if isinstance(parent, int) and not isinstance(parent, bool):
                above = ids.get(parent)
                if above is None:
                    self._note(where, f"No label has the id {parent}.")
            elif isinstance(parent, str):
                above = self._parent_named(parent, named, where)
            elif parent is not None:
                self._note(where, f"'parent' is the name of a label, not {_word(parent)}.")
            yield replace(label, parent=above)

    def _parent_named(self, name: str, named: dict[str, list[int]], where: Path) -> int | None:
        found = named.get(name.strip(), [])
        if not found:
            self._note(where, f"No label is named {name!r}.")
        elif len(found) > 1:
            self._note(where, f"Several labels are named {name!r}: write the id of the one above.")
        return found[0] if found else None


def _paired(entries: Sequence[dict[str, Any]], known: Sequence[Named]) -> list[Named | None]:
    """For each entry what it means: that of its id, else one of its name that no other entry means."""
    by_id = {one.id: one for one in known}
    found: list[Named | None] = [
        by_id.pop(entry["id"], None) if _has_id(entry) else None for entry in entries
    ]
    by_name: dict[str, Named] = {}
    for one in by_id.values():
        by_name.setdefault(one.name.strip(), one)
    return [
        old or by_name.pop(entry["name"].strip(), None)
        for old, entry in zip(found, entries, strict=True)
    ]


def _has_id(entry: dict[str, Any]) -> bool:
    return type(entry.get("id")) is int


def _ids(points: Iterable[PointDraft]) -> list[tuple[int, str]]:
    return [(point.id, point.name) for point in points]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _word(value: Any) -> str:
    """What a value of JSON is, in a word."""
    words: tuple[tuple[Callable[[Any], bool], str], ...] = (
        (lambda one: one is None, "null"),
        (lambda one: isinstance(one, bool), "true or false"),
        (lambda one: isinstance(one, int | float), "a number"),
        (lambda one: isinstance(one, str), "a text"),
        (lambda one: isinstance(one, list), "a list"),
    )
    return next((word for fits, word in words if fits(value)), "an object")
