"""What the fields of annotations and labels may hold: whole numbers, finite numbers, texts and JSON.

Scripts and plug-ins give numbers of numpy and of other libraries. They become Python's own here, so that every
value that can be made can also be stored, compared and read again; what cannot is refused with a sentence. All
of it is done for every annotation ever made, so what is right already passes by the quickest test there is.
"""

import math
import operator
from collections.abc import Mapping
from typing import Any, Final, SupportsFloat, SupportsIndex, TypeAlias, cast

import numpy as np

from annotator.core.errors import InvalidValueError

AttributeValue: TypeAlias = str | bool | float

INTEGER_LIMIT: Final = 1 << 63
# The largest whole number that a reader of JSON with 64 bits takes.
_JSON_INTEGER_LIMIT: Final = 1 << 64
FOREIGN_DEPTH: Final = 200
"""How many levels what formats keep with a value may have."""


def checked_integer(value: SupportsIndex, what: str, limit: int = INTEGER_LIMIT) -> int:
    """Return a whole number within -limit..limit - 1 as an int. what: begins the sentence of the error."""
    if type(value) is not int:
        try:
            value = operator.index(value)
        except TypeError:
            raise InvalidValueError(f"{what} is a whole number, not {_shown(value)}.") from None
    if not -limit <= value < limit:
        raise InvalidValueError(f"{what} is beyond {limit.bit_length()} bits.")
    # A bool is an int of a kind of its own.
    return int(value)


def checked_number(value: SupportsFloat, what: str) -> float:
    """Return a finite number as a float; a text is none. what: begins the sentence of the error."""
    try:
        number = math.nan if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidValueError(f"{what} is a finite number, not {_shown(value)}.")
    return number


def finite_number(text: str) -> float | None:
    """Return the finite number that a text says, or None.

    Python would read 1_000 as a thousand; in no file and no field does it mean that.
    """
    try:
        number = math.nan if "_" in text else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def checked_text(value: str, what: str) -> str:
    """Return a text that can be written to a file. what: begins the sentence of the error."""
    if not isinstance(value, str):
        raise InvalidValueError(f"{what} is a text, not {_shown(value)}.")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidValueError(f"{what} holds half a character: {_shown(value)}.")
    return str(value)


def checked_attributes(attributes: Mapping[int, AttributeValue]) -> dict[int, AttributeValue]:
    """Return a copy of attribute values by attribute id."""
    if not attributes:
        return {}
    for attribute, value in attributes.items():
        if not (
            _is_right(value)
            and type(attribute) is int
            and -INTEGER_LIMIT <= attribute < INTEGER_LIMIT
        ):
            break
    else:
        return dict(attributes)
    return {
        checked_integer(attribute, "The id of an attribute"): _checked_attribute(value)
        for attribute, value in attributes.items()
    }


def _is_right(value: Any) -> bool:
    """Whether an attribute value needs no second look; infinity less infinity is no number."""
    kind = type(value)
    return (
        kind is bool or (kind is float and value - value == 0) or (kind is str and value.isascii())
    )


def _checked_attribute(value: Any) -> AttributeValue:
    if isinstance(value, str):
        return checked_text(value, "The value of an attribute")
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return checked_number(value, "The value of an attribute")


def checked_foreign(foreign: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy, in its first level, of what formats keep with a value: JSON and nothing else."""
    if not foreign:
        return {}
    copy = dict(foreign)
    _check_json(copy, FOREIGN_DEPTH)
    return copy


def _check_json(value: Any, depth: int) -> None:
    # Most of what is in it are numbers, and there are millions: without a call for each.
    kind = type(value)
    if kind is dict:
        _check_depth(depth)
        for key, one in value.items():
            if type(key) is not str or not key.isascii():
                checked_text(key, "The name of a value of a format")
            inner = type(one)
            if not (
                (inner is int and -INTEGER_LIMIT <= one < _JSON_INTEGER_LIMIT)
                or (inner is float and one - one == 0.0)
                or _is_plain(one)
            ):
                _check_json(one, depth - 1)
    elif kind is list or kind is tuple:
        _check_depth(depth)
        for one in value:
            if not ((type(one) is float and one - one == 0.0) or _is_plain(one)):
                _check_json(one, depth - 1)
    elif kind is str:
        checked_text(value, "A value of a format")
    elif not _is_plain(value):
        raise InvalidValueError(f"The values of a format are JSON, which has no {_shown(value)}.")


def _is_plain(value: Any) -> bool:
    """Whether a value is JSON that holds nothing else; infinity less infinity is no number."""
    kind = type(value)
    if kind is float:
        return bool(value - value == 0.0)
    if kind is int:
        return bool(-INTEGER_LIMIT <= value < _JSON_INTEGER_LIMIT)
    return value is None or kind is bool or (kind is str and value.isascii())


def _check_depth(depth: int) -> None:
    if depth == 0:
        raise InvalidValueError(
            f"The values of a format are nested over {FOREIGN_DEPTH} levels deep."
        )


def _shown(value: object) -> str:
    text = ascii(cast("Any", value))
    return text if len(text) <= 40 else f"{text[:40]}..."
