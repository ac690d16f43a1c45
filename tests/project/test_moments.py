"""Moments from files, of which a damaged one may hold any number."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.project.moments import moment_name, moment_named, moment_of, moment_text
from annotator.project.storage.writer_row import Writer

NINETEENTH_MS = 1_795_165_632_345


def test_a_moment_and_its_name():
    assert moment_of(NINETEENTH_MS) == datetime(2026, 11, 20, 9, 7, 12, 345_000, UTC)
    assert moment_name(NINETEENTH_MS) == "20261120T090712345Z"


@given(st.integers(10**9, 30 * 10**12))
def test_a_name_means_its_moment(ms: int):
    assert moment_named(moment_name(ms)) == ms


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_every_number_can_be_shown(ms: int):
    assert moment_of(ms).tzinfo is UTC
    assert len(moment_text(ms)) == len("2026-11-20 09:07:12")
    assert str(Writer("h", "", 1, "", ms)).startswith("process 1 on h, since ")


@pytest.mark.parametrize("name", ["", "20261320T090712345Z", "20261120T090712345", "x" * 19])
def test_other_names_mean_no_moment(name: str):
    assert moment_named(name) is None
