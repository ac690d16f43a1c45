"""The files of a COCO dataset: where they lie, which task each is for, and its parts before they are interpreted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from annotator.formats.registry import FormatError, Verdict
from annotator.safe_io import InputError, Limits, decode_json, read_bytes, resolve_inside

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
class Sections:
    """The top of a COCO file: the three lists as they stand, and all other keys."""

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
    other folders. Raises FormatError where the folder cannot be listed.
    """
    if not path.is_dir():
        return [CocoFile(path, path.name, _subset(path, path.parent, is_alone=True))]
    try:
        found = sorted(_json_files(path))
    except OSError as error:
        raise FormatError(f"{path} cannot be listed: {error.strerror or error}.") from None
    return [
        CocoFile(
            file, file.relative_to(path).as_posix(), _subset(file, path, is_alone=len(found) == 1)
        )
        for file in found
    ]


def verdict_on(path: Path, limits: Limits) -> Verdict:
    """Return whether a folder or file holds COCO instances, or why not."""
    files = find_files(path)
    reasons: list[str] = []
    for file in files[:_MOST_LOOKED_AT]:
        try:
            refuse_other_tasks(read_sections(file, limits).annotations, file.name)
        except FormatError as error:
            reasons.append(str(error).rstrip("."))
        else:
            return Verdict(True, f"{file.name} is a COCO file of instances")
    if not files:
        return Verdict(False, "there is no JSON file in the folder")
    others = f", nor is any of {len(files) - 1} other JSON files one" if len(files) > 1 else ""
    return Verdict(False, reasons[0] + others)


def read_sections(file: CocoFile, limits: Limits) -> Sections:
    """Read a file. Raises FormatError with the reason where it has not the keys of a COCO file of instances."""
    try:
        root = file.path.parents[file.name.count("/")]
        data = read_bytes(resolve_inside(root, file.name), limits, root=root)
        return _sections(_top(data, limits, file.name), limits, file.name)
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


def _sections(top: dict[str, msgspec.Raw], limits: Limits, name: str) -> Sections:
    if missing := [key for key in _SECTIONS if key not in top]:
        raise FormatError(f"{name} misses the key {missing[0]!r}.")
    images = decode_json(bytes(top["images"]), object, limits, name=name)
    categories = decode_json(bytes(top["categories"]), object, limits, name=name)
    if not isinstance(images, list) or not isinstance(categories, list):
        raise FormatError(f"{name}: 'images' and 'categories' are not lists.")
    if any(isinstance(one, dict) and "keypoints" in one for one in categories):
        raise FormatError(f"{name} holds COCO keypoints, which is another format.")
    others = {
        key: decode_json(bytes(raw), object, limits, name=name)
        for key, raw in top.items()
        if key not in _SECTIONS
    }
    return Sections(images, categories, top["annotations"], others)


def refuse_other_tasks(annotations: msgspec.Raw, name: str) -> None:
    """Raise FormatError where the first annotations are for another task."""
    if task := _other_task(annotations, name):
        raise FormatError(f"{name} holds COCO {task}, which is another format.")


def _other_task(annotations: msgspec.Raw, name: str) -> str | None:
    """Return the task that the first annotations are for, None where they may be instances."""
    try:
        first = msgspec.json.decode(annotations, type=list[msgspec.Raw])[:_MOST_LOOKED_AT]
    except msgspec.ValidationError:
        raise FormatError(f"{name}: 'annotations' is not a list.") from None
    keys = [found for raw in first if (found := _keys(raw)) is not None]
    for key, task in _OTHER_TASKS.items():
        if any(key in found for found in keys):
            return task
    if keys and not any({"bbox", "segmentation"} & found for found in keys):
        return "labels of whole pictures"
    return None


def _keys(raw: msgspec.Raw) -> set[str] | None:
    try:
        return set(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _json_files(root: Path) -> Iterator[Path]:
    for entry in root.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.suffix.lower() == ".json" and entry.is_file():
            yield entry
        elif entry.name == "annotations" and entry.is_dir():
            yield from (file for file in entry.glob("*.json") if file.is_file())
        elif entry.is_dir():
            yield from (file for name in _BESIDE_PICTURES if (file := entry / name).is_file())


def _subset(file: Path, root: Path, *, is_alone: bool) -> str:
    stem = file.name[: -len(file.suffix)] if file.suffix else file.name
    if found := _TASK_PREFIX.match(stem):
        subset = stem[found.end() :]
    elif stem in _PLAIN_STEMS:
        subset = "" if file.parent in (root, root / "annotations") else file.parent.name
    else:
        subset = "" if is_alone else stem
    return "" if subset == "default" else subset
