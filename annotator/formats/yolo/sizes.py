"""`sizes.csv`: how large the pictures are that a dataset names and does not have.

Boxes are stored as parts of a picture, so without the picture nobody can tell where they are. The file is this
program's own and lies beside data.yaml, where other programs pass it over. Its first row is
`picture,width,height`; then comes a row for each picture that was not copied: its path from the folder of
data.yaml, with `/`, and the size in pixels of the upright picture. Where the picture is there, its own size holds.
"""

import csv
import os
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from annotator.core.geometry import COORDINATE_LIMIT
from annotator.formats.dataset import Problem
from annotator.formats.yolo.rows import Size
from annotator.safe_io import InputError, Limits, read_text, resolve_inside

SIZES_FILE: Final = "sizes.csv"
_HEAD: Final = ["picture", "width", "height"]
_SIDE: Final = re.compile(r"[1-9]\d{0,8}", re.ASCII)


def write_sizes(folder: Path, sizes: Iterable[tuple[str, Size]]) -> None:
    """Write the file for pictures by their paths."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_HEAD)
    rows.writerows((path, *size) for path, size in sizes)
    (folder / SIZES_FILE).write_text(text.getvalue(), encoding="utf-8", newline="\n")


def read_sizes(root: Path, limits: Limits, problems: list[Problem]) -> dict[str, Size]:
    """Return the sizes by the paths of pictures, none where there is no such file.

    A file of this name with another first row is somebody else's. What is wrong with it goes to `problems`.
    """
    if not os.path.isfile(root / SIZES_FILE):
        return {}
    try:
        text = read_text(resolve_inside(root, SIZES_FILE), limits, root=root)
    except InputError as error:
        problems.append(Problem(SIZES_FILE, f"{error} It is not used.", error.rule, skipped=0))
        return {}
    return dict(_rows(text, problems))


def _rows(text: str, problems: list[Problem]) -> Iterator[tuple[str, Size]]:
    rows = csv.reader(StringIO(text, newline=""))
    try:
        if next(rows, None) != _HEAD:
            return
        for row in rows:
            if len(row) == len(_HEAD) and all(map(_is_side, row[1:])):
                yield row[0], (int(row[1]), int(row[2]))
            elif row:
                text = "the row is no path with a width and a height; it is not used."
                problems.append(Problem(SIZES_FILE, text, "size", rows.line_num, skipped=0))
    except csv.Error as error:
        text = f"the rest cannot be read ({error}); it is not used."
        problems.append(Problem(SIZES_FILE, text, "syntax", rows.line_num, skipped=0))


def _is_side(text: str) -> bool:
    return _SIDE.fullmatch(text) is not None and int(text) <= COORDINATE_LIMIT
