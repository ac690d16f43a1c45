"""Every error is an object at once, and what that takes is not to be seen."""

import sys
import traceback

import pytest

from annotator.core.errors import AnnotatorError
from annotator.whole_errors import forget_running, with_whole_errors


@with_whole_errors
def fails(list_of_none: list[int], *, refuses: bool = False) -> int:
    if refuses:
        try:
            return list_of_none[0]
        except IndexError as error:
            raise AnnotatorError("There is nothing.") from error
    return list_of_none[0]


def test_what_a_function_returns_and_takes_stays():
    assert fails([7]) == 7
    assert fails.__name__ == "fails"
    assert sys.exc_info() == (None, None, None)


def test_an_error_is_raised_while_another_is_handled():
    with pytest.raises(IndexError) as caught:
        fails([])
    assert caught.value.__context__ is not None


@pytest.mark.parametrize("refuses", [False, True])
def test_nothing_of_that_is_in_what_is_told(refuses: bool):
    with pytest.raises((IndexError, AnnotatorError)) as caught:
        fails([], refuses=refuses)
    assert "whole_errors._Running" in "".join(traceback.format_exception(caught.value))
    forget_running(caught.value)
    told = "".join(traceback.format_exception(caught.value))
    assert "whole_errors._Running" not in told
    assert "IndexError: list index out of range" in told
    assert ("There is nothing." in told) == refuses


def test_errors_that_are_each_others_cause_are_looked_at_once():
    first, second = ValueError("first"), ValueError("second")
    first.__context__, second.__cause__ = second, first
    forget_running(first)
    assert first.__context__ is second
