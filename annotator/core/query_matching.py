"""Which annotations pass a filter: over the values of one, and over the columns of a whole frame."""

import operator
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from annotator.core.annotation_columns import SOURCE_CODES, AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.columns import KIND_CODES
from annotator.core.geometry import BoolArray, FloatArray
from annotator.core.labels import Label, LabelSchema, attribute_text
from annotator.core.query import NO, YES, AttributeTest, Filter, Measure, MeasureTest
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind, Attributes, AttributeValue
from annotator.core.spelling import folded
from annotator.core.values import finite_number

_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(wanted: Filter, annotation: Annotation, labels: LabelSchema) -> bool:
    """Return whether an annotation passes a filter."""
    return bool(mask(wanted, AnnotationColumns.from_annotations((annotation,)), labels)[0])


def mask(wanted: Filter, columns: AnnotationColumns, labels: LabelSchema) -> BoolArray:
    """Return which annotations (N,) pass a filter."""
    passed: BoolArray = np.ones(len(columns), dtype=bool)
    if wanted.labels:
        passed &= np.isin(columns.labels, label_ids(wanted, labels))
    if wanted.kinds:
        passed &= np.isin(columns.kinds, [KIND_CODES[kind] for kind in wanted.kinds])
    if wanted.sources:
        passed &= np.isin(columns.sources, [SOURCE_CODES[source] for source in wanted.sources])
    if wanted.occluded is not None:
        passed &= columns.occluded == wanted.occluded
    for test in wanted.measures:
        passed &= _compared(_measured(columns, test.measure), test)
    if wanted.attributes:
        passed &= _where(
            passed,
            columns,
            lambda label, attributes, _: _has_all(wanted, label, attributes),
            labels,
        )
    for word in wanted.words:
        passed &= word_mask(word, columns, labels, among=passed)
    return passed


def label_ids(wanted: Filter, labels: LabelSchema) -> list[int]:
    """Return the ids of the labels that a filter names; those without any do not exist."""
    names = {folded(name) for name in wanted.labels}
    return [label.id for label in labels if folded(label.name) in names]


def passes_texts(
    wanted: Filter, label: Label | None, attributes: Attributes, kind: AnnotationKind
) -> bool:
    """Return whether the conditions of a filter hold that a database cannot ask for: attributes and words."""
    return _has_all(wanted, label, attributes) and all(
        _has_word(folded(word), label, attributes, kind) for word in wanted.words
    )


def word_mask(
    word: str, columns: AnnotationColumns, labels: LabelSchema, *, among: BoolArray | None = None
) -> BoolArray:
    """Return which annotations (N,) of some have a word in their label, their kind or an attribute value."""
    wanted = folded(word)
    chosen: BoolArray = np.ones(len(columns), dtype=bool) if among is None else among
    return _where(
        chosen, columns, lambda label, values, kind: _has_word(wanted, label, values, kind), labels
    )


_Test: TypeAlias = Callable[[Label | None, Attributes, AnnotationKind], bool]


def _where(
    chosen: BoolArray, columns: AnnotationColumns, test: _Test, labels: LabelSchema
) -> BoolArray:
    """Return which of the chosen pass a test, asked once for those that share label, attributes and kind."""
    rows = np.flatnonzero(chosen)
    passed: BoolArray = np.zeros(len(columns), dtype=bool)
    answers: dict[tuple[int, int, int], bool] = {}
    keys = zip(
        columns.labels[rows].tolist(),
        columns.attribute_rows[rows].tolist(),
        columns.kinds[rows].tolist(),
        strict=True,
    )
    found = []
    for key in keys:
        answer = answers.get(key)
        if answer is None:
            label, attributes, kind = key
            answer = test(labels.get(label), columns.attributes[attributes], ANNOTATION_KINDS[kind])
            answers[key] = answer
        found.append(answer)
    passed[rows] = found
    return passed


def _measured(columns: AnnotationColumns, measure: Measure) -> FloatArray:
    if measure == "score":
        return columns.scores
    width, height = columns.sizes.T
    measured: FloatArray = {"width": width, "height": height, "area": width * height}[measure]
    return measured


def _compared(values: FloatArray, test: MeasureTest) -> BoolArray:
    # A NaN, which stands for what has no such measure, fails each of them.
    compare = {
        "=": np.equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    }[test.comparison]  # fmt: skip
    found: BoolArray = compare(values, test.value)
    return found


def _has_all(wanted: Filter, label: Label | None, attributes: Attributes) -> bool:
    return all(_passes(test, label, attributes) for test in wanted.attributes)


def _passes(test: AttributeTest, label: Label | None, attributes: Attributes) -> bool:
    name = folded(test.name)
    for attribute in () if label is None else label.attributes:
        if folded(attribute.name) == name:
            value = attributes.get(attribute.id)
            if value is not None and _value_passes(test, value):
                return True
    return False


def _value_passes(test: AttributeTest, value: AttributeValue) -> bool:
    match test.operator:
        case "=":
            return _is_equal(value, test.value)
        case "!=":
            return not _is_equal(value, test.value)
        case "~":
            return folded(test.value) in folded(attribute_text(value))
        case _:
            own = None if isinstance(value, bool) else finite_number(attribute_text(value))
            limit = finite_number(test.value)
            return own is not None and limit is not None and _COMPARE[test.operator](own, limit)


def _is_equal(value: AttributeValue, text: str) -> bool:
    if isinstance(value, bool):
        return folded(text) in (YES if value else NO)
    if isinstance(value, str):
        return folded(value) == folded(text)
    return finite_number(text) == value


def _has_word(word: str, label: Label | None, attributes: Attributes, kind: AnnotationKind) -> bool:
    """word: folded."""
    if word in kind:
        return True
    if label is None:
        return False
    if word in folded(label.name):
        return True
    for attribute in label.attributes:
        value = attributes.get(attribute.id)
        if value is True:
            # A box that is ticked is shown by its name.
            if word in folded(attribute.name):
                return True
        elif value is not None and value is not False and word in _shown(value):
            return True
    return False


def _shown(value: AttributeValue) -> str:
    return folded(attribute_text(value))
