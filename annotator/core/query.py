"""The simple filter of annotations: conditions that all have to hold, with a text form.

    label:car,bus kind:rectangle occluded:yes source:model score>=0.5 area>500 color=red note~"left side" fast

`label:`, `kind:` and `source:` name one or several; `score`, `width`, `height` and `area` are compared with numbers,
the last three as those of the upright box in pixels; any other name is an attribute, equal (`=`), not equal (`!=`),
containing (`~`) or compared (`<`, `<=`, `>`, `>=`); a word alone is looked for in label, kind and attribute values.
What holds a space or a sign is written in double quotes; a quoted name is always an attribute. Capitals and small
letters are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, TypeVar, get_args

from annotator.core.annotations import SOURCES, Source
from annotator.core.errors import InvalidValueError
from annotator.core.labels import attribute_text
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind
from annotator.core.values import finite_number

Measure: TypeAlias = Literal["score", "width", "height", "area"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
Comparison: TypeAlias = Literal["=", "<", "<=", ">", ">="]
COMPARISONS: Final[tuple[Comparison, ...]] = get_args(Comparison)
AttributeOperator: TypeAlias = Literal["=", "!=", "~", "<", "<=", ">", ">="]
ATTRIBUTE_OPERATORS: Final[tuple[AttributeOperator, ...]] = get_args(AttributeOperator)

Choice = TypeVar("Choice", bound=str)

# Names that mean something by themselves; an attribute of such a name is quoted.
RESERVED: Final = frozenset(("label", "kind", "source", "occluded", *MEASURES))

YES: Final = ("yes", "true", "1")
NO: Final = ("no", "false", "0")


class FilterError(InvalidValueError):
    """The text of a filter that means nothing."""


@dataclass(frozen=True, slots=True)
class MeasureTest:
    """A measure compared with a number; what has no such measure does not pass."""

    measure: Measure
    comparison: Comparison
    value: float


@dataclass(frozen=True, slots=True)
class AttributeTest:
    """An attribute, by its name, compared with a text; what has no such attribute does not pass.

    `=` and `!=` take `yes` and `no` for check boxes, and numbers by their value; `<` and its like compare numbers
    only.
    """

    name: str
    operator: AttributeOperator
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all have to hold; an empty one asks nothing. labels, kinds, sources: any of them."""

    labels: tuple[str, ...] = ()
    kinds: tuple[AnnotationKind, ...] = ()
    occluded: bool | None = None
    sources: tuple[Source, ...] = ()
    measures: tuple[MeasureTest, ...] = ()
    attributes: tuple[AttributeTest, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_FILTER

    def __str__(self) -> str:
        return " ".join(_terms(self))


NO_FILTER: Final = Filter()


# Text ---------------------------------------------------------------------------------------------------

_SIGNS: Final = "=!~<>:"
# Two characters first: `<=` is not `<` followed by `=`.
_OPERATORS: Final = ("!=", "<=", ">=", "=", "~", "<", ">", ":")
_ENDS_PLAIN: Final = frozenset(_SIGNS) | {'"', ",", "\\"}


def _terms(value: Filter) -> Iterator[str]:
    if value.labels:
        yield "label:" + ",".join(map(_quoted, value.labels))
    if value.kinds:
        yield "kind:" + ",".join(value.kinds)
    if value.occluded is not None:
        yield "occluded:" + ("yes" if value.occluded else "no")
    if value.sources:
        yield "source:" + ",".join(value.sources)
    for test in value.measures:
        yield f"{test.measure}{test.comparison}{_number_text(test.value)}"
    for one in value.attributes:
        is_reserved = one.name.casefold() in RESERVED
        yield f"{_quoted(one.name, always=is_reserved)}{one.operator}{_quoted(one.value)}"
    for word in value.words:
        yield _quoted(word)


def _quoted(text: str, *, always: bool = False) -> str:
    plain = text and not any(c in _ENDS_PLAIN or c.isspace() for c in text)
    if plain and not always:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number_text(number: float) -> str:
    return attribute_text(float(number))


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class _Term:
    """A name, an operator (empty where the term is a word alone) and values."""

    name: _Word
    operator: str
    values: tuple[_Word, ...]


class _Reader:
    """Reads terms from a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def terms(self) -> Iterator[_Term]:
        while self._skip_spaces():
            name = self._word()
            sign = next((s for s in _OPERATORS if self._text.startswith(s, self._at)), "")
            if not sign:
                if self._at < len(self._text) and not self._text[self._at].isspace():
                    raise FilterError(f"“{self._text[self._at]}” has no place after “{name.text}”.")
                yield _Term(name, "", ())
                continue
            self._at += len(sign)
            values = [self._value(name)]
            while self._text.startswith(",", self._at):
                self._at += 1
                values.append(self._value(name))
            yield _Term(name, sign, tuple(values))

    def _skip_spaces(self) -> bool:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at < len(self._text)

    def _value(self, name: _Word) -> _Word:
        if self._at >= len(self._text) or self._text[self._at].isspace():
            raise FilterError(f"A value is missing after “{name.text}”.")
        return self._word()

    def _word(self) -> _Word:
        text, start = self._text, self._at
        if text[start] == '"':
            return self._quoted()
        end = start
        while end < len(text) and text[end] not in _ENDS_PLAIN and not text[end].isspace():
            end += 1
        if end == start:
            raise FilterError(
                f"“{text[start]}” stands alone; write it in double quotes to find it."
            )
        self._at = end
        return _Word(text[start:end], is_quoted=False)

    def _quoted(self) -> _Word:
        text, at, found = self._text, self._at + 1, []
        while at < len(text) and text[at] != '"':
            if text[at] == "\\" and at + 1 < len(text):
                at += 1
            found.append(text[at])
            at += 1
        if at >= len(text):
            raise FilterError("A double quote is opened and not closed.")
        self._at = at + 1
        return _Word("".join(found), is_quoted=True)


def parse_filter(text: str) -> Filter:
    """Read a filter from its text. Raises FilterError, with a sentence, where it means nothing."""
    result = NO_FILTER
    seen: set[str] = set()
    for term in _Reader(text).terms():
        name = term.name.text.casefold()
        is_own = not term.name.is_quoted and name in RESERVED
        if is_own and name not in MEASURES and term.operator:
            if name in seen:
                raise FilterError(f"“{name}” is there twice; write {name}:one,other for either.")
            seen.add(name)
        result = _with(result, term, name if is_own and term.operator else "")
    return result


def _with(value: Filter, term: _Term, own: str) -> Filter:
    """Return a filter with one more condition. own: the reserved name it has, or empty."""
    if own in MEASURES:
        measured = next(one for one in MEASURES if one == own)
        return replace(value, measures=(*value.measures, _measure_test(measured, term)))
    if own:
        _check_operator(own, term)
        texts = tuple(word.text for word in term.values)
        match own:
            case "label":
                return replace(value, labels=texts)
            case "kind":
                kinds = tuple(_choice(one, ANNOTATION_KINDS, "kind") for one in texts)
                return replace(value, kinds=kinds)
            case "source":
                sources = tuple(_choice(one, SOURCES, "source") for one in texts)
                return replace(value, sources=sources)
            case _:
                return replace(value, occluded=_yes_or_no(texts))
    if not term.operator:
        return replace(value, words=(*value.words, term.name.text))
    return replace(value, attributes=(*value.attributes, _attribute_test(term)))


def _check_operator(name: str, term: _Term) -> None:
    if term.operator not in (":", "="):
        raise FilterError(f"“{name}” is followed by a colon, not by “{term.operator}”.")


def _measure_test(measure: Measure, term: _Term) -> MeasureTest:
    sign = "=" if term.operator == ":" else term.operator
    comparison = next((one for one in COMPARISONS if one == sign), None)
    if comparison is None or len(term.values) != 1:
        raise FilterError(f"“{measure}” is compared with one number: {measure}>0.5.")
    number = finite_number(term.values[0].text)
    if number is None:
        raise FilterError(f"“{term.values[0].text}” after “{measure}” is not a number.")
    return MeasureTest(measure, comparison, number)


def _attribute_test(term: _Term) -> AttributeTest:
    sign = "=" if term.operator == ":" else term.operator
    found = next(one for one in ATTRIBUTE_OPERATORS if one == sign)
    if len(term.values) != 1:
        raise FilterError(f"“{term.name.text}” is compared with one value; quote a comma.")
    return AttributeTest(term.name.text, found, term.values[0].text)


def _choice(text: str, choices: tuple[Choice, ...], what: str) -> Choice:
    wanted = text.casefold()
    for choice in choices:
        if choice == wanted:
            return choice
    raise FilterError(f"There is no {what} “{text}”; there are {', '.join(choices)}.")


def _yes_or_no(texts: tuple[str, ...]) -> bool:
    word = texts[0].casefold() if len(texts) == 1 else ""
    if word in YES:
        return True
    if word in NO:
        return False
    raise FilterError("“occluded” is yes or no.")
