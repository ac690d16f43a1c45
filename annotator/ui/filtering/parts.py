"""A filter taken apart for a form, put together again, and said in a few words. No Qt."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotator.core.annotations import Source
from annotator.core.labels import attribute_text
from annotator.core.query import Filter, Measure, MeasureTest
from annotator.translation import tr
from annotator.ui.shown.kind_names import kind_name


@dataclass(frozen=True, slots=True)
class Range:
    """The limits of a measure, both included; None where there is none."""

    least: float | None = None
    most: float | None = None


def range_of(wanted: Filter, measure: Measure) -> Range:
    """Return the limits that a form can show; other comparisons of the measure are left to the text."""
    least = most = None
    for test in wanted.measures:
        if test.measure == measure and test.comparison == ">=":
            least = test.value
        elif test.measure == measure and test.comparison == "<=":
            most = test.value
    return Range(least, most)


def with_range(wanted: Filter, measure: Measure, limits: Range) -> Filter:
    """Return the filter with other limits of a measure; its other comparisons stay."""
    kept = [
        test
        for test in wanted.measures
        if test.measure != measure or test.comparison not in (">=", "<=")
    ]
    if limits.least is not None:
        kept.append(MeasureTest(measure, ">=", limits.least))
    if limits.most is not None:
        kept.append(MeasureTest(measure, "<=", limits.most))
    return replace(wanted, measures=tuple(kept))


def filter_summary(wanted: Filter) -> str:
    """Return a filter in a few words, as the top bar shows it: `person · occluded`."""
    return " · ".join(_words(wanted))


def _words(wanted: Filter) -> Iterator[str]:
    if wanted.labels:
        yield tr(", ").join(wanted.labels)
    if wanted.kinds:
        yield tr(", ").join(map(kind_name, wanted.kinds))
    if wanted.occluded is not None:
        yield tr("occluded") if wanted.occluded else tr("not occluded")
    if wanted.sources:
        yield tr(", ").join(map(source_name, wanted.sources))
    for measured in wanted.measures:
        number = attribute_text(measured.value)
        yield f"{measure_name(measured.measure)} {measured.comparison} {number}"
    for test in wanted.attributes:
        yield f"{test.name} {test.operator} {test.value}"
    yield from (f"“{word}”" for word in wanted.words)


def measure_name(measure: Measure) -> str:
    """Return the name of a measure, in small letters."""
    return {
        "score": tr("score"),
        "width": tr("width"),
        "height": tr("height"),
        "area": tr("area"),
    }[measure]


def source_name(source: Source) -> str:
    """Return who made an annotation, in small letters."""
    return {
        "manual": tr("by hand"),
        "model": tr("by a model"),
        "imported": tr("imported"),
        "interpolated": tr("interpolated"),
    }[source]
