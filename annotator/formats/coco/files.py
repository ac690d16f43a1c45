"""The files of a COCO dataset: where they lie, which task each is for, and its parts before they are interpreted."""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from annotator.core.values import FOREIGN_DEPTH
from annotator.formats.openings import is_another_kind
from annotator.formats.registry import FormatError, Verdict
from annotator.safe_io import (
    InputError,
    Limits,
    decode_json,
    read_bytes,
    resolve_inside,
    unreadable,
    wrong_value,
)

# Names of tasks that begin the name of a file, before the subset.
_TASK_PREFIX: Final = re.compile(
    r"(instances|person_keypoints|captions|panoptic|stuff|labels|image_info)_(?=.)"
)
# Names that say nothing about the subset.
_PLAIN_STEMS: Final = frozenset({"annotations", "_annotations.coco", "coco"})
_BESIDE_PICTURES: Final = ("_annotations.coco.json", "annotations.json")
_SECTIONS: Final = ("images", "annotations", "categories")
# Keys of annotations that belong to another task, and what it is called.
_OTHER_TASKS: Final = {"segments_info": "panoptic", "caption": "captions", "keypoints": "keypoints"}
# How many annotations are looked at to tell the task, and how many files to tell the format: a folder of
# another format may hold a JSON file for each of 100 000 pictures.
_MOST_LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True)
class CocoFile:
    """A JSON file that may be COCO's. name: relative to the dataset. subset: what its place says, "" for none."""

    path: Path
    name: str
    subset: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a value of a list that cannot be decoded; reason: a clause."""

    reason: str


@dataclass(frozen=True, slots=True)
class Sections:
    """The top of a COCO file: the three lists as they stand, and all other keys. data: the whole text."""

    data: bytes
    images: list[Any]
    categories: list[Any]
    annotations: msgspec.Raw
    others: dict[str, Any]


def file_name_of_subset(subset: str) -> str:
    """Return what the file of a subset is called in the folder `annotations`."""
    return f"instances_{subset or 'default'}.json"


def subset_of_file_name(name: str) -> str:
    """Return the subset that a reader takes from such a name."""
    return _subset(Path(name), Path(), is_alone=True)


def find_files(path: Path) -> list[CocoFile]:
    """Return the JSON files of a dataset in the order of their names; `path` is a folder or one file.

    Looked at are the folder itself, its folder `annotations`, and files of certain names beside pictures in
    other folders. Raises InputError where the folder cannot be listed.
    """
    if not os.path.isdir(path):
        return [CocoFile(path, path.name, _subset(path, path.parent, is_alone=True))]
    try:
        found = sorted(_json_files(path))
    except OSError as error:
        raise unreadable(path, error) from None
    return [
        CocoFile(
            file, file.relative_to(path).as_posix(), _subset(file, path, is_alone=len(found) == 1)
        )
        for file in found
    ]


def verdict_on(path: Path, limits: Limits) -> Verdict:
    """Return whether a folder or file holds COCO instances, or why not."""
    if not os.path.isdir(path) and is_another_kind(path, (".json",), b"[{"):
        return Verdict(False, f"{path.name} is no JSON file")
    files = find_files(path)
    reasons: list[str] = []
    for file in files[:_MOST_LOOKED_AT]:
        try:
            refuse_other_tasks(read_sections(file, limits), file.name)
        except FormatError as error:
            reasons.append(str(error).rstrip("."))
        else:
            return Verdict(True, f"{file.name} is a COCO file of instances")
    if not files:
        return Verdict(False, "there is no JSON file in the folder")
    others = len(files) - 1
    if others == 1:
        return Verdict(False, f"{reasons[0]}, nor is the other one")
    return Verdict(False, f"{reasons[0]}, nor is any of {others} others" if others else reasons[0])


def read_sections(file: CocoFile, limits: Limits) -> Sections:
    """Read a file. Raises FormatError with the reason where it has not the keys of a COCO file of instances."""
    try:
        root = file.path.parents[file.name.count("/")]
        data = read_bytes(resolve_inside(root, file.name), limits, root=root).removeprefix(BOM_UTF8)
        # What is kept of a picture, a category or an annotation is as deep as it lies in the file.
        limits = replace(limits, json_depth=min(limits.json_depth, FOREIGN_DEPTH))
        return _sections(data, _top(data, limits, file.name), limits, file.name)
    except InputError as error:
        raise FormatError(str(error)) from None


def _top(data: bytes, limits: Limits, name: str) -> dict[str, msgspec.Raw]:
    try:
        return decode_json(data, dict[str, msgspec.Raw], limits, name=name)
    except InputError as error:
        if error.rule == "type":
            raise FormatError(
                f"{name} is a list or a single value, not a COCO dataset; a list of results can only be imported "
                "onto pictures whose ids are known."
            ) from None
        raise


def _sections(data: bytes, top: dict[str, msgspec.Raw], limits: Limits, name: str) -> Sections:
    if missing := [key for key in _SECTIONS if key not in top]:
        raise FormatError(f"{name} misses the key {missing[0]!r}.")
    try:
        images, categories = _values(top["images"]), _values(top["categories"])
    except msgspec.ValidationError:
        raise FormatError(f"{name}: 'images' and 'categories' are not lists.") from None
    others = {
        key: decode_json(bytes(raw), object, limits, name=name)
        for key, raw in top.items()
        if key not in _SECTIONS
    }
    return Sections(data, images, categories, top["annotations"], others)


def _values(raw: msgspec.Raw) -> list[Any]:
    """Return the values of a list, an `Unreadable` for each that is none. Raises msgspec.ValidationError."""
    try:
        return msgspec.json.decode(raw, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [_value(one) for one in msgspec.json.decode(raw, type=list[msgspec.Raw])]


def _value(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.ValidationError as error:
        return Unreadable(wrong_value(str(error)))
    except UnicodeDecodeError:
        return Unreadable("it is not UTF-8 (save the file as UTF-8)")
    except msgspec.DecodeError:
        return Unreadable("it cannot be read")


def has_key_points(sections: Sections) -> bool:
    """Whether the categories of a file declare key points."""
    return any(isinstance(one, dict) and "keypoints" in one for one in sections.categories)


def refuse_other_tasks(sections: Sections, name: str) -> None:
    """Raise FormatError where the categories or the first annotations are for another task."""
    if task := _other_task(sections, name, _MOST_LOOKED_AT):
        raise FormatError(f"{name} holds COCO {task}, which is another format.")


def other_task_with_shapes(sections: Sections, name: str) -> str | None:
    """Return the other task that a file with boxes or polygons is for, None where it is for none.

    Raises FormatError where it is for another task and has neither.
    """
    if task := _other_task(sections, name, None):
        if not any(_has_shape(found) for found in _keys_of_annotations(sections, name, None)):
            raise FormatError(f"{name} holds COCO {task}, which is another format.")
        return task
    return None


def _other_task(sections: Sections, name: str, most: int | None) -> str | None:
    """Return the task that a file is for, None where it may be instances. most: annotations to look at.

    Annotations with a box or polygons are instances, whatever else single ones of them say.
    """
    keys = _keys_of_annotations(sections, name, most)
    if has_key_points(sections):
        return "keypoints"
    if not keys or any(map(_has_shape, keys)):
        return None
    for key, task in _OTHER_TASKS.items():
        if any(key in found for found in keys):
            return task
    return "labels of whole pictures"


def _keys_of_annotations(sections: Sections, name: str, most: int | None) -> list[set[str]]:
    try:
        first = msgspec.json.decode(sections.annotations, type=list[msgspec.Raw])[:most]
    except msgspec.ValidationError:
        raise FormatError(f"{name}: 'annotations' is not a list.") from None
    return [found for raw in first if (found := _keys(raw)) is not None]


def _has_shape(keys: set[str]) -> bool:
    return not keys.isdisjoint(("bbox", "segmentation"))


def _keys(raw: msgspec.Raw) -> set[str] | None:
    try:
        return set(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _json_files(root: Path) -> Iterator[Path]:
    for entry in root.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.suffix.lower() == ".json" and os.path.isfile(entry):
            yield entry
        elif entry.name == "annotations" and os.path.isdir(entry):
            yield from (file for file in entry.glob("*.json") if os.path.isfile(file))
        elif os.path.isdir(entry):
            yield from (file for name in _BESIDE_PICTURES if os.path.isfile(file := entry / name))


def _subset(file: Path, root: Path, *, is_alone: bool) -> str:
    stem = file.name[: -len(file.suffix)] if file.suffix else file.name
    if found := _TASK_PREFIX.match(stem):
        subset = stem[found.end() :]
    elif stem in _PLAIN_STEMS:
        subset = "" if file.parent in (root, root / "annotations") else file.parent.name
    else:
        subset = "" if is_alone else stem
    return "" if subset == "default" else subset
