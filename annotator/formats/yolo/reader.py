"""Reading an Ultralytics detection dataset, picture by picture."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.ids import new_id
from annotator.core.labels import Label, LabelSchema
from annotator.formats.dataset import (
    DatasetHeader,
    DatasetItem,
    FrameItem,
    Problem,
    ReadOptions,
)
from annotator.formats.label_colours import LabelColours
from annotator.formats.label_names import LabelNames
from annotator.formats.picture_files import upright_size
from annotator.formats.registry import FormatError, Verdict
from annotator.formats.yolo.config import (
    FORMAT_ID,
    YoloConfig,
    find_config,
    foreign_of,
    read_config,
)
from annotator.formats.yolo.pictures import YoloPicture, YoloPictures
from annotator.formats.yolo.rows import BOX_COLUMNS, Row, RowError, Size, read_row, rows_of
from annotator.formats.yolo.sizes import read_sizes
from annotator.safe_io import InputError, Limits, printable, read_text, resolve_inside

_MOST_LOOKED_AT: Final = 50

PictureSize: TypeAlias = Callable[[str, str], Size | None]
"""Tells the size of a picture by subset and name of its frame, where the dataset has neither: option `picture_size`."""


def verdict_on(path: Path, limits: Limits) -> Verdict:
    """Return whether a folder or a data.yaml is a detection dataset, or why not."""
    try:
        config = read_config(find_config(path), limits)
        columns = _columns(config, limits)
    except FormatError as error:
        return Verdict(False, str(error).rstrip("."))
    if columns and not any(number in columns for number in BOX_COLUMNS):
        number = columns.most_common(1)[0][0]
        return Verdict(
            False, f"its rows have {number} columns (polygons, oriented boxes or key points)"
        )
    return Verdict(True, f"{config.name} names classes and pictures")


def _columns(config: YoloConfig, limits: Limits) -> Counter[int]:
    """Count the columns of the rows of the first label files.

    Raises FormatError where none of them can be read, or there is none for any picture.
    """
    counts: Counter[int] = Counter()
    files = _Files(config.root, limits)
    problems: list[Problem] = []
    reasons: list[str] = []
    looked_at = found = 0
    for picture in islice(YoloPictures(config, limits, problems), _MOST_LOOKED_AT):
        looked_at += 1
        try:
            text = files.text(picture.label_path)
        except InputError as error:
            reasons.append(str(error))
            continue
        found += text is not None
        counts.update(len(columns) for _, columns in rows_of(text or ""))
    if not found:
        reasons += [_without_ending(str(one)) for one in problems if one.skipped]
        if looked_at:
            reasons.append(f"{config.name} names pictures, but none of them has a label file.")
        if reasons:
            raise FormatError(reasons[0])
    return counts


def _without_ending(text: str) -> str:
    """What is wrong, without what was done about it."""
    return text.removesuffix("; it is left out.").removesuffix(" It is left out.")


class YoloDataset:
    """A detection dataset, opened for reading. Raises FormatError where data.yaml is none."""

    def __init__(self, path: Path, options: ReadOptions, limits: Limits) -> None:
        self._config = config = _config_of(path, limits)
        self._limits = limits
        self._size_by_name: PictureSize | None = options.get("picture_size")
        self._sizes = read_sizes(config.root, limits, config.problems)
        labels, self._label_ids = _labels(config)
        base = config.root / config.base
        folders = [*YoloPictures(config, limits, []).folders()]
        for split in config.splits:
            folders += [base / "images" / split.subset, base / split.subset / "images"]
        folders += [base / "images", base, config.root]
        self._header = DatasetHeader(
            FORMAT_ID,
            labels,
            name=config.root.absolute().name,
            subsets=tuple(dict.fromkeys(split.subset for split in config.splits)),
            media_roots=tuple(dict.fromkeys(folder for folder in folders if os.path.isdir(folder))),
            foreign=foreign_of(config.others),
        )

    @property
    def header(self) -> DatasetHeader:
        """Classes, subsets and folders of pictures."""
        return self._header

    def items(self) -> Iterator[DatasetItem]:
        """Yield each picture with its boxes and what is wrong with them, and last what is wrong with places."""
        yield from self._config.problems
        problems: list[Problem] = []
        files = _Files(self._config.root, self._limits)
        pictures = YoloPictures(self._config, self._limits, problems)
        for number, picture in enumerate(pictures):
            found: list[Problem] = []
            yield self._frame(picture, number, files, found)
            yield from found
        yield from problems

    def _frame(
        self, picture: YoloPicture, number: int, files: "_Files", problems: list[Problem]
    ) -> FrameItem:
        text = ""
        try:
            text = files.text(picture.label_path) or ""
        except InputError as error:
            told = f"{error} Its rows are left out."
            problems.append(Problem(picture.label_path, told, error.rule, error.line))
        row_count = sum(1 for _ in rows_of(text))
        size = self._size(picture, files, row_count, problems)
        annotations: tuple[Annotation, ...] = ()
        if row_count and size is not None:
            annotations = tuple(self._annotations(text, size, number, picture, problems))
        return FrameItem(picture.name, size, subset=picture.subset, annotations=annotations)

    def _size(
        self, picture: YoloPicture, files: "_Files", row_count: int, problems: list[Problem]
    ) -> Size | None:
        """Return the size of a picture; where it is not known, none of its rows can be read."""
        reason = "There is no picture"
        try:
            if path := files.find(picture.path):
                return upright_size(path, self._config.root)
        except AnnotatorError as error:
            reason = str(error).rstrip(".")
        size = self._sizes.get(picture.path)
        if size is None and self._size_by_name:
            size = self._size_by_name(picture.subset, picture.name)
        if size is None and row_count:
            text = f"{reason}, and boxes are stored in parts of its size; {row_count} rows are left out."
            if row_count == 1:
                text = f"{reason}, and boxes are stored in parts of its size; 1 row is left out."
            problems.append(Problem(picture.path, text, "size", skipped=row_count))
        return size

    def _annotations(
        self, text: str, size: Size, frame: int, picture: YoloPicture, problems: list[Problem]
    ) -> Iterator[Annotation]:
        for line, columns in rows_of(text):
            try:
                yield annotation_of(read_row(columns, self._label_ids, size), frame)
            except RowError as error:
                problems.append(
                    Problem(picture.label_path, f"{error}; the row is left out.", error.rule, line)
                )


def _config_of(path: Path, limits: Limits) -> YoloConfig:
    try:
        return read_config(find_config(path), limits)
    except FormatError as error:
        reason = str(error).rstrip(".")
        raise FormatError(
            f"{path} is no Ultralytics dataset of boxes ({reason}). Choose another file or format."
        ) from None


def annotation_of(row: Row, frame: int) -> Annotation:
    """Return the annotation that a row stands for."""
    return Annotation(
        frame,
        row.label,
        row.rectangle,
        source="manual" if row.score is None else "model",
        score=row.score,
        foreign={} if row.track_id is None else {FORMAT_ID: {"track_id": row.track_id}},
    )


def _labels(config: YoloConfig) -> tuple[LabelSchema, dict[int, int]]:
    """Return the labels, and their ids by class number; names that had to change are complained of."""
    taken, colours = LabelNames(), LabelColours()
    labels: list[Label] = []
    ids: dict[int, int] = {}
    for number, wanted in sorted(config.names.items()):
        name = taken.claim(wanted, f"class {number}")
        if name != wanted.strip():
            text = f"class {number} cannot be called {printable(wanted)}; it is called {printable(name)}."
            config.problems.append(Problem(config.name, text, "names", skipped=0))
        label = Label(name, colours.taken(), foreign={FORMAT_ID: {"id": number}}, id=new_id())
        labels.append(label)
        ids[number] = label.id
    return LabelSchema(tuple(labels)), ids


class _Files:
    """Finds files below a folder, asking once for each folder whether it really lies there."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root, self._limits = root, limits
        self._folders: dict[str, Path] = {}

    def find(self, path: str) -> Path | None:
        """Return a file, None where there is none. Raises InputError for a link that leads elsewhere."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = resolve_inside(self._root, folder or ".")
        found = self._folders[folder] / name
        if found.is_symlink():
            found = resolve_inside(self._root, path)
        return found if os.path.isfile(found) else None

    def text(self, path: str) -> str | None:
        """Return the text of a file, None where there is none. Raises InputError."""
        found = self.find(path)
        return None if found is None else read_text(found, self._limits, root=self._root)
