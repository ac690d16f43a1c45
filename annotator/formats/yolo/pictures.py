"""The pictures of an Ultralytics dataset and their label files, by the places that data.yaml names."""

import os
import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.formats.dataset import Problem
from annotator.formats.yolo.config import Split, YoloConfig
from annotator.formats.yolo.places import (
    LABEL_SUFFIX,
    Places,
    label_folder_of,
    label_path_of,
)
from annotator.media.errors import MediaError
from annotator.media.folder import PICTURE_SUFFIXES, find_pictures
from annotator.media.natural_order import natural_key
from annotator.safe_io import InputError, Limits, printable, read_text, resolve_inside

_LIST_SUFFIX: Final = ".txt"
# Lists that other programs of the family write begin with a folder that does not exist.
_VIRTUAL_FOLDER: Final = "data/"
# Beside the label files of pictures some programs write the names of the classes.
_CLASS_NAMES: Final = "classes.txt"


@dataclass(frozen=True, slots=True)
class YoloPicture:
    """A picture that is named, whether it exists or not. path, label_path: relative to the root, with `/`."""

    name: str
    subset: str
    path: str
    label_path: str


def name_in_subset(path: str, subset: str) -> str:
    """Return the name of a frame for the path of its picture, without the folders that only say the subset."""
    parts = path.split("/")
    if len(parts) > 2 and parts[:2] == [subset, "images"]:
        return "/".join(parts[2:])
    if len(parts) > 1 and parts[0] == "images":
        parts = parts[1:]
    if len(parts) > 1 and parts[0] == subset:
        parts = parts[1:]
    return "/".join(parts)


class YoloPictures:
    """Finds the pictures of a dataset; what is wrong with a place goes to `problems`."""

    def __init__(self, config: YoloConfig, limits: Limits, problems: list[Problem]) -> None:
        self._config, self._limits, self._problems = config, limits, problems
        self._root = config.root
        self._places = Places(config, problems)

    def __iter__(self) -> Iterator[YoloPicture]:
        """Yield each picture once, in the order of data.yaml, and those of a folder in natural order."""
        seen: set[str] = set()
        for split in self._config.splits:
            twice = 0
            for picture in self._of_split(split):
                twice += picture.path in seen
                if picture.path not in seen:
                    seen.add(picture.path)
                    yield picture
            if twice:
                were = "1 picture was" if twice == 1 else f"{twice} pictures were"
                text = (
                    f"of {split.subset!r} {were} named before; named twice, a picture counts once."
                )
                self._complain(text, "duplicate-name", skipped=twice)

    def folders(self) -> list[Path]:
        """Return the folders that data.yaml names."""
        name = self._config.name
        entries = [
            self._places.find(one, name) for split in self._config.splits for one in split.entries
        ]
        folders = [self._root / entry for entry in entries if entry is not None]
        return [folder for folder in folders if os.path.isdir(folder)]

    def _of_split(self, split: Split) -> Iterator[YoloPicture]:
        # What is named again is not looked at again: for a folder named a thousand times that would take hours.
        named: Counter[str] = Counter()
        for entry in split.entries:
            path = self._places.find(entry, self._config.name)
            if path is not None:
                named[path] += 1
                if named[path] == 1:
                    yield from self._of_path(path, split)
        for path, count in named.items():
            if count > 1:
                text = f"{split.subset!r} names {printable(path)} {count} times; it counts once."
                self._complain(text, "duplicate-name", skipped=count - 1)

    def _of_path(self, path: str, split: Split) -> Iterator[YoloPicture]:
        place = self._root / path
        if os.path.isdir(place) or os.path.isdir(self._root / label_folder_of(path)):
            yield from self._of_folder(path, split)
        elif posixpath.splitext(path)[1].lower() == _LIST_SUFFIX and os.path.isfile(place):
            yield from self._of_list(path, split.subset)
        elif posixpath.splitext(path)[1].lower() in PICTURE_SUFFIXES:
            yield self._single(path, split.subset)
        else:
            text = f"there is no {printable(path)}, which {split.subset!r} names; it is left out."
            self._complain(text, "missing")

    def _single(self, path: str, subset: str) -> YoloPicture:
        return YoloPicture(name_in_subset(path, subset), subset, path, label_path_of(path))

    def _of_folder(self, folder: str, split: Split) -> Iterator[YoloPicture]:
        is_only_one = len(split.entries) == 1
        labels = set(self._label_files(folder))
        for name in self._picture_files(folder):
            path = f"{folder}/{name}"
            label_path = label_path_of(path)
            labels.discard(label_path)
            short = name if is_only_one else name_in_subset(path, split.subset)
            yield YoloPicture(short, split.subset, path, label_path)
        for label_path in sorted(labels, key=natural_key):
            stem = label_path[len(label_folder_of(folder)) + 1 : -len(LABEL_SUFFIX)]
            path = f"{folder}/{stem}"
            short = stem if is_only_one else name_in_subset(path, split.subset)
            yield YoloPicture(short, split.subset, path, label_path)

    def _picture_files(self, folder: str) -> Iterator[str]:
        if not os.path.isdir(self._root / folder):
            return
        try:
            listing = find_pictures(resolve_inside(self._root, folder), limits=self._limits)
        except InputError as error:
            self._complain(f"{error} It is left out.", error.rule)
            return
        except MediaError as error:
            self._complain(f"{error} It is left out.", "unreadable")
            return
        for text in listing.problems:
            self._complain(text, "unreadable")
        for picture in listing.pictures:
            yield picture.path

    def _label_files(self, folder: str) -> Iterator[str]:
        """Yield the label files for a folder of pictures, where they lie in a folder of their own."""
        labels = label_folder_of(folder)
        if labels == folder or not os.path.isdir(self._root / labels):
            return
        try:
            top = resolve_inside(self._root, labels)
        except InputError as error:
            self._complain(f"{error} It is left out.", "path")
            return
        for above, _, names in os.walk(top):
            inner = posixpath.join(labels, Path(above).relative_to(top).as_posix())
            yield from (
                posixpath.normpath(f"{inner}/{name}")
                for name in names
                if name.endswith(LABEL_SUFFIX) and name != _CLASS_NAMES
            )

    def _of_list(self, path: str, subset: str) -> Iterator[YoloPicture]:
        try:
            text = read_text(resolve_inside(self._root, path), self._limits, root=self._root)
        except InputError as error:
            self._complain(f"{error} It is left out.", error.rule)
            return
        has_data = os.path.isdir(self._root / self._config.base / _VIRTUAL_FOLDER)
        for number, line in enumerate(text.split("\n"), 1):
            entry = line.strip().replace("\\", "/")
            if not entry:
                continue
            if entry.startswith("./"):
                picture = self._places.find(entry, path, number, folder=posixpath.dirname(path))
            else:
                entry = entry if has_data else entry.removeprefix(_VIRTUAL_FOLDER)
                picture = self._places.find(entry, path, number)
            if picture is not None:
                yield self._single(picture, subset)

    def _complain(self, text: str, rule: str, skipped: int = 1) -> None:
        self._problems.append(Problem(self._config.name, text, rule, skipped=skipped))
