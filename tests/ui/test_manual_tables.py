"""The lists of keys and settings in the manual are those of the program."""

import pytest

from manual.tables import MANUAL, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_list_is_up_to_date(name: str):
    """Where this fails: `python packaging/manual/tables.py`."""
    assert (MANUAL / name).read_text("utf-8") == PAGES[name]()
