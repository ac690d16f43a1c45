"""What is wrong with the value of an attribute.

Nothing is changed for it: values that break a rule are stored and shown, and the user decides.
"""

import math
from collections.abc import Iterator
from typing import Literal, TypeAlias

from annotator.core.labels import Attribute, attribute_text
from annotator.core.shapes import AttributeValue

Rule: TypeAlias = Literal["wrong-value", "out-of-range"]


def check_value(attribute: Attribute, value: AttributeValue) -> Iterator[tuple[Rule, str]]:
    """Yield what is wrong with one value of an attribute."""
    text = attribute_text(value)[:40]
    fits = {
        "checkbox": isinstance(value, bool),
        "number": _is_number(value),
        "select": isinstance(value, str) and value in attribute.values,
        "radio": isinstance(value, str) and value in attribute.values,
        "text": isinstance(value, str),
    }[attribute.kind]
    if not fits:
        yield "wrong-value", f"{text!r} is no value of {attribute.name!r}."
        return
    if attribute.kind != "number":
        return
    assert not isinstance(value, str)
    low, high = attribute.minimum, attribute.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        yield "out-of-range", f"{text} is outside the range of {attribute.name!r}."


def _is_number(value: AttributeValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf
