"""`data.yaml`: the names of the classes and where the pictures of each subset are."""

import math
import os
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annotator.core.annotations import Foreign
from annotator.formats.dataset import Problem
from annotator.formats.keeping import why_not_kept
from annotator.formats.registry import FormatError
from annotator.safe_io import (
    InputError,
    Limits,
    printable,
    read_text,
    resolve_inside,
    safe_yaml,
    unreadable,
)

FORMAT_ID: Final = "yolo_ultralytics_detect"
SPLITS: Final = ("train", "val", "test")
_OTHER_SPLIT_NAMES: Final = {"valid": "val", "validation": "val"}
_OWN_KEYS: Final = frozenset({"path", "names", "nc", *SPLITS, *_OTHER_SPLIT_NAMES})
_FIRST_TRIED: Final = ("data.yaml", "data.yml", "dataset.yaml")
_OTHER_TASKS: Final = ("segment", "pose", "obb", "classify")
_MOST_CLASSES: Final = 1_000_000
# As many digits as the rows of label files may have.
_CLASS_NUMBERS: Final = 10**9
_LARGEST_NUMBER: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Split:
    """A subset and what data.yaml says of its pictures: folders, lists, or single files."""

    subset: str
    entries: tuple[str, ...]


@dataclass(slots=True)
class YoloConfig:
    """What data.yaml says.

    root: the folder it lies in. base: the folder that places are relative to, as a path from there with `/`.
    """

    name: str
    root: Path
    base: str
    names: dict[int, str]
    splits: list[Split]
    others: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def find_config(path: Path) -> Path:
    """Return the data.yaml of a folder, or the file itself.

    Raises FormatError where there is none, InputError where the folder cannot be listed.
    """
    if os.path.lexists(path) and not os.path.isdir(path):
        if path.suffix.lower() not in (".yaml", ".yml"):
            raise FormatError(f"{path.name} is no YAML file.")
        return path
    try:
        found = sorted(one for one in path.iterdir() if one.suffix.lower() in (".yaml", ".yml"))
        inner = sorted(one.name for one in path.iterdir() if os.path.isfile(one / _FIRST_TRIED[0]))
    except OSError as error:
        raise unreadable(path, error) from None
    for name in _FIRST_TRIED:
        if path / name in found:
            return path / name
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(one.name for one in found[:5])
        raise FormatError(
            f"There is no data.yaml, but several others ({names}); choose one of them."
        )
    if inner:
        raise FormatError(
            f"There is no data.yaml, but there are datasets in {', '.join(inner[:5])}; choose one of them."
        )
    raise FormatError("There is no data.yaml.")


def read_config(path: Path, limits: Limits) -> YoloConfig:
    """Read a data.yaml. Raises FormatError where it is none of a detection dataset."""
    name = path.name
    try:
        text = read_text(resolve_inside(path.parent, name), limits, root=path.parent)
        content = safe_yaml(text, limits, name=name)
    except InputError as error:
        raise FormatError(str(error)) from None
    if not isinstance(content, dict):
        raise FormatError(f"{name} holds no keys.")
    _refuse_other_tasks(content, name)
    problems: list[Problem] = []
    splits = list(_splits(content, name, problems))
    if not splits:
        raise FormatError(f"{name} has none of the keys {', '.join(SPLITS)}.")
    root = path.parent
    return YoloConfig(
        name,
        root,
        _base(content.get("path"), root, name, problems),
        _names(content, text, name, problems),
        splits,
        dict(_others(content, name, problems)),
        problems,
    )


def _refuse_other_tasks(content: dict[Any, Any], name: str) -> None:
    task = "pose" if "kpt_shape" in content else content.get("task")
    if task in _OTHER_TASKS:
        raise FormatError(f"{name} is for the task {task!r}, which is another format.")


def _names(
    content: dict[Any, Any], text: str, name: str, problems: list[Problem]
) -> dict[int, str]:
    names = content.get("names")
    if isinstance(names, dict):
        _tell_doubles(_name_nodes(text), name, problems)
    if isinstance(names, list):
        names = dict(enumerate(names))
    if isinstance(names, dict):
        written = {} if _are_texts(names.values()) else _written_names(text)
        return dict(_named(names, written, name, problems))
    if names is not None:
        raise FormatError(f"{name}: 'names' is neither a list nor a name for each number.")
    count = content.get("nc")
    if isinstance(count, int) and 0 < count <= _MOST_CLASSES:
        text = "it does not name the classes; they are called class 0, class 1 and so on."
        problems.append(Problem(name, text, "names", skipped=0))
        return {number: f"class {number}" for number in range(count)}
    raise FormatError(f"{name} misses the key 'names'.")


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _written_names(text: str) -> dict[str, str]:
    """Return the names of classes by their numbers, both as they stand in the file: no, on, 1.0."""
    return {key: name for key, name in _name_nodes(text) if name is not None}


def _tell_doubles(
    names: Iterable[tuple[str, str | None]], file: str, problems: list[Problem]
) -> None:
    counts = Counter(key for key, _ in names)
    for key, count in counts.items():
        if count > 1:
            text = f"class {key} is named {count} times; the last name counts."
            problems.append(Problem(file, text, "names", skipped=count - 1))


def _name_nodes(text: str) -> list[tuple[str, str | None]]:
    """Return each number of a class and its name as they stand in the file, None for a name that is no scalar."""
    import yaml

    # Composing builds no values; depth and size were checked when they were built.
    top = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    pairs = top.value if isinstance(top, yaml.MappingNode) else ()
    names = next((node for key, node in pairs if key.value == "names"), None)
    nodes = getattr(names, "value", ())
    if isinstance(names, yaml.SequenceNode):
        nodes = [(yaml.ScalarNode("", str(number)), one) for number, one in enumerate(nodes)]
    elif not isinstance(names, yaml.MappingNode):
        return []
    return [
        (key.value, one.value if isinstance(one, yaml.ScalarNode) else None)
        for key, one in nodes
        if isinstance(key, yaml.ScalarNode)
    ]


def _named(
    names: dict[Any, Any], written: dict[str, str], file: str, problems: list[Problem]
) -> Iterator[tuple[int, str]]:
    for key, value in names.items():
        number = int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 10 else key
        if not _is_class_number(number):
            text = f"{printable(str(key))} is no class number; the class is left out."
            problems.append(Problem(file, text, "names"))
            continue
        if not isinstance(value, str):
            own_text = "" if value is None else written.get(str(key))
            value = str(value) if own_text is None else own_text
            text = f"the name of class {number} is not written as text; it is read as {printable(value)}."
            problems.append(Problem(file, text, "names", skipped=0))
        yield number, value


def _is_class_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _CLASS_NUMBERS


def _splits(content: dict[Any, Any], name: str, problems: list[Problem]) -> Iterator[Split]:
    for key in (*SPLITS, *_OTHER_SPLIT_NAMES):
        value = content.get(key)
        entries = value if isinstance(value, list) else [value]
        good = tuple(entry for entry in entries if isinstance(entry, str) and entry.strip())
        if len(good) < len(entries) and value is not None:
            text = f"not all that stands at {key!r} is a path; the rest is read."
            left_out = len(entries) - len(good)
            problems.append(Problem(name, text, "path", skipped=left_out))
        if good:
            yield Split(_OTHER_SPLIT_NAMES.get(key, key), good)


def _base(value: object, root: Path, name: str, problems: list[Problem]) -> str:
    if value in (None, ""):
        return "."
    try:
        if os.path.isdir(resolve_inside(root, str(value))):
            return posixpath.normpath(str(value).replace("\\", "/"))
        text = f"There is no folder {printable(str(value))} in the dataset."
    except InputError as error:
        text = str(error)
    text = f"{text} The folder of {name} is taken instead."
    problems.append(Problem(name, text, "path", skipped=0))
    return "."


def _others(
    content: dict[Any, Any], name: str, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    """Yield what the file says beyond what the program knows."""
    for key, value in content.items():
        if key in _OWN_KEYS:
            continue
        own = str(key), _plain(value)
        if text := why_not_kept(key, foreign_of(dict([own]))):
            problems.append(Problem(name, text, "not-kept"))
        else:
            yield own


def foreign_of(others: dict[str, Any]) -> Foreign:
    """Return what is kept of a dataset. others: the keys of data.yaml that the program does not know."""
    return {FORMAT_ID: {"keys": others}}


def _plain(value: object) -> Any:
    """A value as JSON can hold it: dates, numbers beyond 64 bits and the like become text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_NUMBER else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return str(value)
