"""The keys of one person: a map and what was changed in it. The file beside the settings holds only that.

map = "labelme"

[keys]
"view.fit" = ["Ctrl+F", "F7"]
"frame.first" = []
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from annotator.commands import COMMANDS, Command
from annotator.keys.files import MOST_KEYS, KeyFile, KeyFileError, key_file_data, read_key_file
from annotator.keys.maps import (
    KEY_MAPS,
    Bindings,
    Clash,
    KeyMap,
    Keys,
    bindings,
    can_meet,
    key_map_named,
)
from annotator.keys.names import key_from_text
from annotator.translation import in_digits, tr

Listener: TypeAlias = Callable[[], None]
WriteWhole: TypeAlias = Callable[[Path], AbstractContextManager[BinaryIO]]

_MOST_TOLD: Final = 3


class UserKeys:
    """Who has which key now. Reading and changing is in memory; `save` writes the file.

    problems: what could not be read, and which keys are wanted twice, as sentences.
    """

    def __init__(self, path: Path | None = None, commands: Sequence[Command] = COMMANDS) -> None:
        self.path = path
        self.problems: tuple[str, ...] = ()
        self._commands = tuple(commands)
        self._by_id = {command.id: command for command in commands}
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._is_damaged = False
        self._map = KEY_MAPS[0]
        self._changes: dict[str, Keys] = {}
        # What a newer version wrote; it is kept in the file.
        self._foreign: dict[str, Keys] = {}
        self._settle()

    @classmethod
    def load(cls, path: Path, commands: Sequence[Command] = COMMANDS) -> "UserKeys":
        """Read a person's file. What makes no sense is a problem and left as the map has it."""
        keys = cls(path, commands)
        try:
            content = read_key_file(path)
        except FileNotFoundError:
            return keys
        except KeyFileError as error:
            keys._is_damaged = True
            keys.problems = (tr("{error} The usual keys are used.", error=error),)
            return keys
        keys._take(content)
        keys.problems = (*content.problems, *keys._unknown_told(path), *keys._clashes_told())
        return keys

    # Who has what -----------------------------------------------------------------------------------

    @property
    def map(self) -> KeyMap:
        """The map that the changes are made to."""
        return self._map

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """Keys that the person gave to a command although another has them too."""
        return tuple(one for one in self._now.clashes if self._is_told(one))

    def of(self, command_id: str) -> Keys:
        """Return the keys that a command has, the first is the one that is shown."""
        return self._now.keys[command_id]

    def standard(self, command_id: str) -> Keys:
        """Return the keys that a command has in the map."""
        return self._standard.keys[command_id]

    def is_changed(self, command_id: str) -> bool:
        """Whether a person gave the command other keys than the map."""
        return command_id in self._changes

    @property
    def changed(self) -> tuple[str, ...]:
        """The commands that were given other keys."""
        return tuple(self._changes)

    def holders(self, key: str, command_id: str) -> list[Command]:
        """Return the other commands that have a key and could be meant together with a command."""
        asking = self._by_id[command_id]
        return [
            command
            for command in self._commands
            if command.id != command_id
            and key in self._now.keys[command.id]
            and can_meet(command, asking)
        ]

    # Changing ---------------------------------------------------------------------------------------

    def change(self, command_id: str, keys: Sequence[str]) -> None:
        """Give a command these keys and no others. Raises InvalidKeyError."""
        self._put(command_id, keys)
        self._settle()
        self._tell()

    def move(self, key: str, command_id: str) -> None:
        """Give a command one key more and take it from whoever has it. Raises InvalidKeyError."""
        key = key_from_text(key)
        for holder in self.holders(key, command_id):
            self._put(holder.id, [one for one in self.of(holder.id) if one != key])
        self._put(command_id, (*(one for one in self.of(command_id) if one != key), key))
        self._settle()
        self._tell()

    def reset(self, command_id: str) -> None:
        """Let a command have the keys of the map again."""
        if self._changes.pop(command_id, None) is not None:
            self._settle()
            self._tell()

    def reset_all(self) -> None:
        """Let all commands have the keys of the map again."""
        self._changes.clear()
        self._settle()
        self._tell()

    def use_map(self, map_id: str) -> None:
        """Choose a map; changes stay. Raises KeyFileError where there is no such map."""
        chosen = key_map_named(map_id)
        if chosen is None:
            raise KeyFileError(tr("There is no key map “{name}”.", name=map_id))
        self._map = chosen
        self._settle()
        self._tell()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends that."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._unsubscribe(listener)

    # Files ------------------------------------------------------------------------------------------

    def import_from(self, path: Path) -> tuple[str, ...]:
        """Take map and changes from a file, in place of one's own; return what could not be taken, as sentences.

        Raises KeyFileError where nothing can be taken; then nothing has changed.
        """
        try:
            content = read_key_file(path)
        except FileNotFoundError:
            raise KeyFileError(
                tr("{path} does not exist; it may have been moved or renamed.", path=path)
            ) from None
        self._take(content)
        self._tell()
        return (*content.problems, *self._unknown_told(path), *self._clashes_told())

    def export_to(self, path: Path, write_whole: WriteWhole) -> None:
        """Write map and changes to a file, as JSON where its name ends so, else as TOML."""
        with write_whole(path) as stream:
            stream.write(self._document(as_json=path.suffix.lower() == ".json"))

    def save(self, write_whole: WriteWhole) -> None:
        """Write the person's file, if there is anything to say; on any thread.

        A damaged one is put aside first.
        """
        if self.path is None:
            return
        with self._lock:
            data = self._document(as_json=False)
            if not data and not self.path.exists():
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_damaged and self.path.exists():
                os.replace(self.path, self.path.with_suffix(".damaged"))
                self._is_damaged = False
            with write_whole(self.path) as stream:
                stream.write(data)

    def _document(self, *, as_json: bool) -> bytes:
        return key_file_data(self._map, {**self._changes, **self._foreign}, as_json=as_json)

    # Inside -----------------------------------------------------------------------------------------

    def _put(self, command_id: str, keys: Sequence[str]) -> None:
        wanted = tuple(dict.fromkeys(key_from_text(key) for key in keys))[:MOST_KEYS]
        if wanted == self.standard(command_id):
            self._changes.pop(command_id, None)
        else:
            self._changes[self._by_id[command_id].id] = wanted

    def _take(self, content: KeyFile) -> None:
        self._map = content.map
        known = {one: keys for one, keys in content.keys.items() if one in self._by_id}
        self._foreign = {one: keys for one, keys in content.keys.items() if one not in known}
        self._changes = known
        self._settle()
        self._changes = {one: keys for one, keys in known.items() if keys != self.standard(one)}
        self._settle()

    def _settle(self) -> None:
        self._standard: Bindings = bindings(self._map, None, self._commands)
        self._now: Bindings = bindings(self._map, self._changes, self._commands)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _unsubscribe(self, listener: Listener) -> None:
        self._listeners = tuple(one for one in self._listeners if one is not listener)

    def _is_told(self, clash: Clash) -> bool:
        """That a map takes a key from a command that it does not name is what maps are for."""
        return clash.winner in self._changes or clash.loser in self._changes

    def _unknown_told(self, path: Path) -> tuple[str, ...]:
        if not self._foreign:
            return ()
        names = _listed(list(self._foreign))
        return (
            tr(
                "{path} names commands that this version does not know ({names}). They are kept and do nothing.",
                path=path,
                names=names,
            ),
        )

    def _clashes_told(self) -> tuple[str, ...]:
        return tuple(clash_text(one, self._by_id) for one in self.clashes[:_MOST_TOLD])


def clash_text(clash: Clash, commands: Mapping[str, Command]) -> str:
    """Return a clash as a sentence, in the person's language."""
    return tr(
        "{key} is given to “{winner}” and to “{loser}”: “{winner}” has it. Change one of them.",
        key=clash.key,
        winner=tr(commands[clash.winner].title),
        loser=tr(commands[clash.loser].title),
    )


def keys_path(settings: Path) -> Path:
    """Return where a person's keys lie: beside the settings."""
    return settings.with_name("keys.toml")


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:_MOST_TOLD])
    more = len(names) - _MOST_TOLD
    return (
        shown if more <= 0 else tr("{names} and {count} more", names=shown, count=in_digits(more))
    )
