"""Texts that look the same and are stored in two ways: letters with their marks as one character or as two."""

from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.labels import Label, LabelSchema
from annotator.core.spelling import composed, folded, spelled_as

LETTER, MARKED = normalize("NFC", "Bär"), normalize("NFD", "Bär")


def test_both_spellings_are_one():
    assert LETTER != MARKED
    assert composed(LETTER) == composed(MARKED) == LETTER
    assert folded(MARKED.upper()) == folded(LETTER)


@given(st.text())
def test_what_is_composed_stays_so(text: str):
    assert composed(composed(text)) == composed(text)
    assert folded(folded(text)) == folded(text)


def test_a_name_is_spelled_as_the_one_that_is_known():
    assert spelled_as(LETTER, ["a", MARKED]) == MARKED
    assert spelled_as(MARKED, ["a", LETTER]) == LETTER
    # Both are there: each means itself.
    assert spelled_as(LETTER, [MARKED, LETTER]) == LETTER
    assert spelled_as(MARKED, [LETTER, MARKED]) == MARKED
    assert spelled_as("new", [LETTER]) == "new"


def test_labels_are_found_in_either_spelling():
    for stored, asked in ((LETTER, MARKED), (MARKED, LETTER)):
        label = Label(stored)
        assert LabelSchema((Label("a"), label)).named(asked) is label
    both = LabelSchema((Label(LETTER), Label(MARKED)))
    assert [both.named(name).name for name in (LETTER, MARKED)] == [LETTER, MARKED]
    assert both.named("Bar") is None
