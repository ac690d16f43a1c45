"""A person's file of keys, TOML or JSON: which map, and what differs from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from annotator.core.errors import AnnotatorError
from annotator.keys.maps import KEY_MAPS, KeyMap, Keys, key_map_named
from annotator.keys.names import InvalidKeyError, key_from_text
from annotator.translation import tr, tr_n

MOST_KEYS: Final = 8
_LARGEST_FILE: Final = 1 << 20
_MOST_TOLD: Final = 3


class KeyFileError(AnnotatorError):
    """A file of keys that cannot be taken."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a file of keys says. problems: entries that were left out, as sentences."""

    map: KeyMap
    keys: Mapping[str, Keys]
    problems: tuple[str, ...]


def read_key_file(path: Path) -> KeyFile:
    """Read a file of keys, TOML or JSON. Raises FileNotFoundError, and KeyFileError for one that is damaged."""
    content = _decoded(path)
    wrong: list[str] = []
    key_map = _map_of(content, wrong)
    entries = content.get("keys", {})
    if not isinstance(entries, dict):
        raise KeyFileError(tr("The keys in {path} are damaged: “keys” is no table.", path=path))
    keys: dict[str, Keys] = {}
    for command_id, value in _flat(entries):
        read = _keys_of(value, wrong)
        if read is not None:
            keys[command_id] = read
    told = [f"{path}: {text}" for text in wrong[:_MOST_TOLD]]
    if len(wrong) > _MOST_TOLD:
        told.append(
            tr_n(
                "{path}: {count} more entry makes no sense and is left out.",
                "{path}: {count} more entries make no sense and are left out.",
                len(wrong) - _MOST_TOLD,
                path=path,
            )
        )
    return KeyFile(key_map, keys, tuple(told))


def key_file_data(key_map: KeyMap, keys: Mapping[str, Keys], *, as_json: bool) -> bytes:
    """Return the content of a file of keys; nothing for the first map without changes."""
    content: dict[str, Any] = {}
    if key_map is not KEY_MAPS[0]:
        content["map"] = key_map.id
    if keys:
        content["keys"] = {command_id: list(each) for command_id, each in keys.items()}
    if as_json:
        import json

        return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
    import tomlkit

    return tomlkit.dumps(content).encode()


def _map_of(content: dict[str, Any], wrong: list[str]) -> KeyMap:
    name = content.get("map", KEY_MAPS[0].id)
    found = key_map_named(name) if isinstance(name, str) else None
    if found is None:
        known = ", ".join(one.id for one in KEY_MAPS)
        wrong.append(
            tr(
                "map is one of {known}, not “{name}”; {used} is used.",
                known=known,
                name=str(name)[:40],
                used=KEY_MAPS[0].title,
            )
        )
        return KEY_MAPS[0]
    return found


def _flat(entries: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ids and values: TOML reads `view.fit` without quotation marks as a table `view` with `fit` in it."""
    for name, value in entries.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", keys) for inner, keys in value.items())
        else:
            yield name, value


def _keys_of(value: object, wrong: list[str]) -> Keys | None:
    """The keys of one entry; those that name nothing are left out, and a value that holds no keys altogether."""
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        wrong.append(
            tr("keys are written as a list of texts, not as “{value}”.", value=str(value)[:40])
        )
        return None
    found: list[str] = []
    for entry in entries[:MOST_KEYS]:
        try:
            found.append(key_from_text(entry))
        except InvalidKeyError as error:
            wrong.append(str(error))
    if entries and not found:
        return None
    return tuple(dict.fromkeys(found))


def _decoded(path: Path) -> dict[str, Any]:
    from annotator.safe_io import InputError, Limits, read_bytes

    try:
        data = read_bytes(path, Limits(file_bytes=_LARGEST_FILE))
    except InputError as error:
        if error.rule == "missing":
            raise FileNotFoundError(path) from None
        raise KeyFileError(str(error)) from None
    content = _json(data, path) if data.lstrip()[:1] == b"{" else _toml(data, path)
    if not isinstance(content, dict):
        raise KeyFileError(
            tr("The keys in {path} are damaged: the file holds no table.", path=path)
        )
    return content


def _json(data: bytes, path: Path) -> Any:
    from annotator.safe_io import InputError, decode_json

    try:
        return decode_json(data, dict[str, Any], name=path)
    except InputError as error:
        raise KeyFileError(tr("The keys cannot be read. {error}", error=error)) from None


def _toml(data: bytes, path: Path) -> Any:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KeyFileError(
            tr("The keys in {path} are damaged ({error}).", path=path, error=error)
        ) from None
