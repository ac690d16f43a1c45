"""The projects that were open lately: a small file, so that the start page needs nothing else.

It is read before the first paint; a damaged one counts as empty, because the projects themselves are elsewhere.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

_FILE_NAME: Final = "recent.json"
_LARGEST_FILE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class RecentProject:
    """One line of the start page.

    path: what was opened, a folder of pictures or of a project. opened_ms: since 1970 UTC. frames,
    annotations: as they were when it was closed.
    """

    path: str
    name: str
    frames: int = 0
    annotations: int = 0
    opened_ms: int = 0


class RecentProjects:
    """The list, newest first. Changes are in memory; `save` writes the file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._entries: tuple[RecentProject, ...] = tuple(_read(path))

    def __iter__(self) -> Iterator[RecentProject]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def noted(self, entry: RecentProject, most: int) -> None:
        """Put a project at the top, now, and keep `most` entries; counts it has already stay."""
        known = next((one for one in self._entries if one.path == entry.path), None)
        counts = (entry.frames, entry.annotations)
        if known is not None and not any(counts):
            counts = (known.frames, known.annotations)
        newest = replace(
            entry,
            frames=counts[0],
            annotations=counts[1],
            opened_ms=time.time_ns() // 1_000_000,
        )
        others = (one for one in self._entries if one.path != entry.path)
        self._entries = (newest, *others)[:most]

    def counted(self, path: str, frames: int, annotations: int) -> None:
        """Note how many frames and annotations a project has now."""
        self._entries = tuple(
            replace(one, frames=frames, annotations=annotations) if one.path == path else one
            for one in self._entries
        )

    def removed(self, path: str) -> None:
        """Take a project off the list; the project itself stays."""
        self._entries = tuple(one for one in self._entries if one.path != path)

    def save(self) -> None:
        """Write the file; on any thread. Raises InputError where it cannot be written."""
        from pathlib import Path

        from annotator.safe_io import write_whole

        data = json.dumps([asdict(one) for one in self._entries], ensure_ascii=False, indent=1)
        path = Path(self._path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(path) as stream:
            stream.write(data.encode("utf-8", "surrogateescape"))


def recent_projects_path() -> str:
    """The file of the list, in the user's data folder."""
    from platformdirs import user_data_dir

    return os.path.join(user_data_dir("annotator", appauthor=False), _FILE_NAME)


def _read(path: str) -> Iterable[RecentProject]:
    try:
        with open(path, "rb") as stream:
            entries = json.loads(stream.read(_LARGEST_FILE).decode("utf-8", "surrogateescape"))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    found = (_entry(one) for one in entries)
    return [one for one in found if one is not None]


def _entry(values: Any) -> RecentProject | None:
    if not isinstance(values, dict) or not values.get("path"):
        return None
    known = {}
    for field in fields(RecentProject):
        value = values.get(field.name, "" if field.type is str else 0)
        if type(value) is not field.type:
            return None
        known[field.name] = value
    return RecentProject(**known)
