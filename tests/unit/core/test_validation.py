import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.labels import Attribute
from annotator.core.validation import Rule, check_value
from tests import strategies as some

COLOUR = Attribute("colour", "select", ("red", "green"))
SPEED = Attribute("speed", "number", minimum=0.0, maximum=200.0)
GLOVE = Attribute("glove", "checkbox")
PLATE = Attribute("plate", "text")

KEEPING = [
    (COLOUR, "green"),
    (SPEED, 0.0),
    (SPEED, 200),
    (GLOVE, False),
    (PLATE, ""),
]
BREAKING = [
    ("wrong-value", COLOUR, "blue"),
    ("wrong-value", COLOUR, True),
    ("wrong-value", SPEED, "50"),
    ("wrong-value", SPEED, True),
    ("wrong-value", GLOVE, "yes"),
    ("wrong-value", PLATE, 1.0),
    ("out-of-range", SPEED, -0.1),
    ("out-of-range", SPEED, 200.5),
    ("out-of-range", SPEED, 10**300),
]


@pytest.mark.parametrize(("attribute", "value"), KEEPING)
def test_what_keeps_the_rules_has_no_finding(attribute, value):
    assert list(check_value(attribute, value)) == []


@pytest.mark.parametrize(("rule", "attribute", "value"), BREAKING)
def test_what_breaks_one_rule_has_one_finding_which_is_a_sentence(rule, attribute, value):
    ((found, text),) = check_value(attribute, value)
    assert found == rule
    assert text.endswith(".")
    assert "\n" not in text


def test_every_rule_has_a_case_that_breaks_it():
    assert {rule for rule, *_ in BREAKING} == set(get_args(Rule))


@given(some.attributes(), st.one_of(st.text(), st.booleans(), st.floats()))
def test_exactly_the_values_an_attribute_reads_are_allowed(attribute, value):
    found = list(check_value(attribute, value))
    kinds = {"checkbox": bool, "number": float}
    if type(value) is not kinds.get(attribute.kind, str):
        assert [rule for rule, _ in found] == ["wrong-value"]
    elif attribute.kind in ("select", "radio"):
        assert bool(found) == (value not in attribute.values)
    elif attribute.kind == "number":
        low = -math.inf if attribute.minimum is None else attribute.minimum
        high = math.inf if attribute.maximum is None else attribute.maximum
        assert bool(found) == (not (math.isfinite(value) and low <= value <= high))
    else:
        assert found == []
