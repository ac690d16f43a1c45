"""The rows of Ultralytics label files: class, centre, width and height, each divided by the size of the picture."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from annotator.core.errors import GeometryError
from annotator.core.geometry import Box
from annotator.core.shapes import Rectangle
from annotator.formats.facts import centre_and_size

Size: TypeAlias = tuple[int, int]
DECIMALS: Final = 6
BOX_COLUMNS: Final = (5, 6)
"""With and without a track number or a score."""

_NUMBER: Final = re.compile(
    r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,5})?", re.ASCII
)
_WHOLE: Final = re.compile(r"\d{1,9}(\.0*)?", re.ASCII)


class RowError(ValueError):
    """A row that is no box. rule: a short fixed word; the text is a clause."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Row:
    """One box: the label, where it is, and what may stand behind it."""

    label: int
    rectangle: Rectangle
    track_id: int | None = None
    score: float | None = None


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the columns of each row that is not blank."""
    for number, line in enumerate(text.split("\n"), 1):
        if columns := line.split():
            yield number, columns


def read_row(columns: list[str], labels: Mapping[int, int], size: Size) -> Row:
    """Return what a row says. labels: label ids by class number. Raises RowError."""
    if len(columns) not in BOX_COLUMNS:
        raise RowError("columns", f"{len(columns)} columns are no box, which has 5")
    label = _label(columns[0], labels)
    x, y, width, height = (_number(column) for column in columns[1:5])
    if width < 0 or height < 0:
        raise RowError("bbox", "the width or the height is negative")
    try:
        rectangle = Rectangle(_in_pixels((x, y, width, height), size))
    except GeometryError as error:
        raise RowError("geometry", str(error).rstrip(".")) from None
    if len(columns) == min(BOX_COLUMNS):
        return Row(label, rectangle)
    return _with_last_column(Row(label, rectangle), columns[5])


def write_row(number: int, box: Box, size: Size, track_id: int | None = None) -> str | None:
    """Return the row for a box that lies on the picture, None where it is too small for six decimals."""
    columns = [f"{value:z.{DECIMALS}f}" for value in centre_and_size(box, size)]
    if not (float(columns[2]) and float(columns[3])):
        return None
    return " ".join([str(number), *columns, *([] if track_id is None else [str(track_id)])])


def _in_pixels(box: Box, size: Size) -> Box:
    (x, y, width, height), (across, down) = box, size
    return (
        (x - width / 2) * across,
        (y - height / 2) * down,
        (x + width / 2) * across,
        (y + height / 2) * down,
    )


def _label(text: str, labels: Mapping[int, int]) -> int:
    if not _WHOLE.fullmatch(text):
        raise RowError("class", f"{text[:40]!r} is no class number")
    number = int(text.partition(".")[0])
    if number not in labels:
        raise RowError("unknown-class", f"there is no class {number}")
    return labels[number]


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise RowError("number", f"{text[:40]!r} is no number")
    return float(text)


def _with_last_column(row: Row, text: str) -> Row:
    """A whole number is that of a track, a fraction between 0 and 1 a score, as predictions have."""
    if _WHOLE.fullmatch(text) and "." not in text:
        return Row(row.label, row.rectangle, track_id=int(text))
    score = _number(text)
    if not 0.0 <= score <= 1.0:
        raise RowError("columns", f"{text[:40]!r} is neither a track number nor a score")
    return Row(row.label, row.rectangle, score=score)
