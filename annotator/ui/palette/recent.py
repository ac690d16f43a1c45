"""The commands that were used last, newest first: a small file, which may be lost without harm."""

import json
from pathlib import Path
from typing import Any, Final

from annotator.safe_io import InputError, Limits, decode_json, read_bytes, write_whole

_MOST: Final = 8
_LARGEST_FILE: Final = 1 << 16


class RecentCommands:
    """Ids of commands. Reading and noting is in memory; `save` writes the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.ids: tuple[str, ...] = _read(path)

    def noted(self, command_id: str) -> None:
        """Put a command at the front."""
        self.ids = (command_id, *(one for one in self.ids if one != command_id))[:_MOST]

    def save(self) -> None:
        """Write the file; on any thread. Raises InputError where it cannot be written."""
        data = json.dumps(list(self.ids)).encode()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(self._path) as stream:
            stream.write(data)


def recent_commands_path() -> Path:
    """The file in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / "recent_commands.json"


def _read(path: Path) -> tuple[str, ...]:
    try:
        data = read_bytes(path, Limits(file_bytes=_LARGEST_FILE))
        ids: list[Any] = decode_json(data, list[Any], name=path)
    except InputError:
        return ()
    return tuple(dict.fromkeys(one for one in ids if isinstance(one, str)))[:_MOST]
