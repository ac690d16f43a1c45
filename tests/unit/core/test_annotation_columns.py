from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation_columns import AnnotationColumns
from tests import strategies as some


@some.fewer
@given(some.annotation_lists(), st.data())
def test_rows_and_kinds_of_some_are_those_of_the_ones_that_are_there(annotations, data):
    columns = AnnotationColumns.from_annotations(annotations)
    asked = data.draw(st.sets(st.sampled_from([12345, *(one.id for one in annotations)])))
    found = [one for one in sorted(annotations, key=lambda a: a.id) if one.id in asked]
    assert columns.ids[columns.rows_of(asked)].tolist() == [one.id for one in found]
    assert columns.kinds_of(asked) == {one.kind for one in found}
    assert columns.rows_of(asked).tolist() == [columns.row_of(one.id) for one in found]


@some.fewer
@given(some.annotation_lists())
def test_columns_cannot_be_changed(annotations):
    made = AnnotationColumns.from_annotations(annotations)
    for columns in (made, made.with_changes(annotations[:1], [])):
        for field in fields(columns):
            column = getattr(columns, field.name)
            if field.name == "attributes":
                assert isinstance(column, Sequence)
                continue
            assert not column.flags.writeable, field.name
            with pytest.raises(ValueError, match="read-only"):
                column[...] = np.zeros_like(column)
