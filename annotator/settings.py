"""Settings: one declaration each, with type, default and help; the file holds only what differs from it.

The dialog, the checks and the manual page are made from `SETTINGS`. Values that make no sense are left out and
told in `Settings.problems`, so a damaged file never keeps the program from starting.
"""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, TypeAlias, TypeVar

from annotator.core.errors import InvalidValueError

T = TypeVar("T", bool, int, float, str)

_LARGEST_FILE: Final = 1 << 20
_WORDS: Final[dict[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
}


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: `section.name`, its default, and a line of help.

    choices: the only values, where there are any. minimum, maximum: limits of a number. title: its name on the
    settings page, made from the key where it is not given. choice_titles: the names of `choices` there.
    needs_restart: whether it takes effect at the next start only.
    """

    key: str
    default: T
    help: str
    choices: tuple[T, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    title: str = ""
    choice_titles: tuple[str, ...] = ()
    needs_restart: bool = False

    @property
    def section(self) -> str:
        """The part of the key before the dot."""
        return self.key.partition(".")[0]

    @property
    def shown_title(self) -> str:
        """The name on the settings page, in English."""
        return self.title or _words(self.key.partition(".")[2])

    def title_of(self, choice: T) -> str:
        """Return the name of one of the choices, in English."""
        if self.choice_titles:
            return self.choice_titles[self.choices.index(choice)]
        return _words(str(choice))

    def checked(self, value: object) -> T:
        """Return a value as this setting's type; raise InvalidValueError where it cannot be one."""
        kind = type(self.default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise InvalidValueError(f"{self.key} is {_WORDS[kind]}, not {value!r}.")
        assert isinstance(value, (bool, int, float, str))
        if self.choices and value not in self.choices:
            known = ", ".join(str(choice) for choice in self.choices)
            raise InvalidValueError(f"{self.key} is one of {known}, not {value!r}.")
        if isinstance(value, (int, float)) and not self._is_within(value):
            raise InvalidValueError(
                f"{self.key} lies between {self.minimum:g} and {self.maximum:g}, not {value!r}."
            )
        return value

    def _is_within(self, value: float) -> bool:
        # Written so that a NaN fails.
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )


def _words(name: str) -> str:
    """A name of the file as words: `keep_zoom` is `Keep zoom`."""
    return name.replace("_", " ").capitalize()


def section_title(section: str) -> str:
    """Return the name of a section on the settings page, in English."""
    return SECTION_TITLES.get(section) or _words(section)


# In the order of the settings page; sections that are not here follow, named after themselves.
SECTION_TITLES: Final[dict[str, str]] = {
    "window": "Window",
    "start": "Start page",
    "frames": "Frames",
    "canvas": "Picture",
    "drawing": "Drawing",
    "objects": "Objects",
    "suggestions": "Suggestions",
}

THEME: Final = Setting(
    "window.theme",
    "system",
    "Colours of the window: those of the system, dark, or light.",
    choices=("system", "dark", "light"),
    title="Theme",
    choice_titles=("As the system", "Dark", "Light"),
)
LANGUAGE: Final = Setting(
    "window.language",
    "system",
    "Language of the window.",
    choices=("system", "en", "de", "zh"),
    title="Language",
    choice_titles=("As the system", "English", "Deutsch", "中文"),
    needs_restart=True,
)
RECENT_SIZE: Final = Setting(
    "start.recent_projects",
    12,
    "How many projects the start page remembers.",
    minimum=0,
    maximum=100,
    title="Recent projects",
)
FRAME_VIEW: Final = Setting(
    "frames.view",
    "keep",
    "What a frame shows when it is gone to: the zoom and place of the one before where it has the same size, the"
    " whole picture, or what was shown of it last.",
    choices=("keep", "whole", "each"),
    title="Zoom and place",
    choice_titles=("Carried over", "Whole picture", "Remembered for each frame"),
)
KEEP_TOOL: Final = Setting(
    "drawing.keep_tool",
    True,
    "Keeps the drawing tool after a shape is drawn, instead of going back to Select.",
    title="Keep the tool after drawing",
)
CROSSHAIR: Final = Setting(
    "canvas.crosshair",
    True,
    "Shows lines through the pointer while a shape is drawn.",
    title="Crosshair",
)
CANVAS_LABELS: Final = Setting(
    "canvas.labels",
    True,
    "Shows the names of labels at the shapes on the picture.",
    title="Labels on the picture",
)
FILL_OPACITY: Final = Setting(
    "canvas.fill_opacity",
    0.14,
    "How much of the picture a shape's fill covers: 0 nothing, 1 all.",
    minimum=0.0,
    maximum=1.0,
    title="Fill of shapes",
)
OBJECT_ORDER: Final = Setting(
    "objects.order",
    "oldest",
    "In which order the objects of a frame are listed.",
    choices=("oldest", "newest", "label", "size", "left", "top"),
    title="Order",
    choice_titles=(
        "oldest first",
        "newest first",
        "by label",
        "largest first",
        "from left to right",
        "by z-order, the highest first",
    ),
)
OBJECT_GROUPS: Final = Setting(
    "objects.groups", False, "Lists the objects of each label together.", title="Group by label"
)
SUGGEST_TEXT: Final = Setting(
    "suggestions.text",
    True,
    "Suggests lines of text in projects for which no model was chosen.",
    title="Text without being asked",
)
SUGGESTIONS_AHEAD: Final = Setting(
    "suggestions.ahead",
    3,
    "On how many of the next frames models and Find similar look for suggestions before you are there.",
    minimum=0,
    maximum=20,
    title="Frames ahead",
)
SIMILAR_SIZE: Final = Setting(
    "suggestions.similar_size",
    1.85,
    "How much larger or smaller than the selected object a similar one may be, as a factor.",
    minimum=1.0,
    maximum=4.0,
    title="Similar objects: size",
)
SIMILAR_TURN: Final = Setting(
    "suggestions.similar_turn",
    180.0,
    "By how many degrees a similar object may be turned to either side.",
    minimum=0.0,
    maximum=180.0,
    title="Similar objects: turn",
)
MODEL_SECONDS: Final = Setting(
    "suggestions.model_seconds",
    60.0,
    "How many seconds a model may take for one picture before it is stopped.",
    minimum=1.0,
    maximum=86_400.0,
    title="Most time for a picture",
)
MODEL_MEMORY: Final = Setting(
    "suggestions.model_memory",
    4.0,
    "How many GB of memory a model may take before it is stopped.",
    minimum=0.25,
    maximum=1024.0,
    title="Most memory of a model",
)

SETTINGS: Final[tuple[Setting[Any], ...]] = (
    THEME,
    LANGUAGE,
    RECENT_SIZE,
    FRAME_VIEW,
    KEEP_TOOL,
    CROSSHAIR,
    CANVAS_LABELS,
    FILL_OPACITY,
    OBJECT_ORDER,
    OBJECT_GROUPS,
    SUGGEST_TEXT,
    SUGGESTIONS_AHEAD,
    SIMILAR_SIZE,
    SIMILAR_TURN,
    MODEL_SECONDS,
    MODEL_MEMORY,
)

Listener: TypeAlias = Callable[[Setting[Any]], None]
WriteWhole: TypeAlias = Callable[[Path], AbstractContextManager[BinaryIO]]


def settings_path() -> Path:
    """The user's settings file, whether it exists or not."""
    from platformdirs import user_config_path

    return user_config_path("annotator", appauthor=False) / "settings.toml"


class Settings:
    """The values of all settings. Reading and setting is in memory; `save` writes the file.

    problems: what could not be read, as sentences.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.problems: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}
        self._listeners: tuple[Listener, ...] = ()

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """Read a settings file. What makes no sense is a problem and left at its default."""
        settings = cls(path)
        problems: list[str] = []
        for key, value in _flat(_read(path, problems)).items():
            setting = next((one for one in SETTINGS if one.key == key), None)
            if setting is None:
                continue  # of a newer version, or of a plugin; `save` leaves it in the file
            try:
                settings._values[key] = setting.checked(value)
            except InvalidValueError as error:
                problems.append(f"{path}: {error} The default is used: {setting.default}.")
        settings.problems = tuple(problems)
        return settings

    def get(self, setting: Setting[T]) -> T:
        """Return a setting's value."""
        value: T = self._values.get(setting.key, setting.default)
        return value

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a value and tell the listeners. Raises InvalidValueError where it makes no sense."""
        checked = setting.checked(value)
        if checked == self.get(setting):
            return
        self._values[setting.key] = checked
        for listener in self._listeners:
            listener(setting)

    def is_changed(self, setting: Setting[Any]) -> bool:
        """Whether a value differs from its default."""
        return bool(self.get(setting) != setting.default)

    def reset(self, setting: Setting[Any]) -> None:
        """Go back to a default and tell the listeners."""
        self.set(setting, setting.default)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each setting that changes; the returned function ends that."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._unsubscribe(listener)

    def save(self, write_whole: WriteWhole) -> None:
        """Write what differs from the defaults; comments and unknown entries of the file stay.

        May be called on any thread. write_whole: `safe_io.write_whole`, which raises where the file cannot be
        written.
        """
        import tomlkit

        if self.path is None:
            return
        with self._lock:
            document = self._document()
            for setting in SETTINGS:
                _put(document, setting.key, self.get(setting), setting.default)
            text = tomlkit.dumps(document)
            if not text and not self.path.exists():
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Where it is a link, as in a collection of such files, the file it leads to is replaced.
            with write_whole(Path(os.path.realpath(self.path))) as stream:
                stream.write(text.encode())

    def _document(self) -> Any:
        """The file as it is, for changing; a damaged one is put aside."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        assert self.path is not None
        try:
            text = self.path.read_bytes()[:_LARGEST_FILE].decode("utf-8-sig")
            return tomlkit.parse(text)
        except FileNotFoundError:
            return tomlkit.document()
        except (TOMLKitError, UnicodeDecodeError):
            os.replace(self.path, self.path.with_suffix(".damaged"))
            return tomlkit.document()

    def _unsubscribe(self, listener: Listener) -> None:
        self._listeners = tuple(one for one in self._listeners if one is not listener)


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST_FILE)
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(f"The settings in {path} cannot be read: {error.strerror}.")
        return {}
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        problems.append(
            f"The settings in {path} are damaged ({error}). The defaults are used until they are mended."
        )
        return {}


def _flat(table: dict[str, Any]) -> dict[str, Any]:
    """`section.name` and value of all entries in sections; sections do not nest."""
    return {
        f"{section}.{name}": value
        for section, entries in table.items()
        if isinstance(entries, dict)
        for name, value in entries.items()
    }


def _put(document: Any, key: str, value: object, default: object) -> None:
    section, _, name = key.partition(".")
    if value != default:
        if not isinstance(document.get(section), dict):
            import tomlkit

            document[section] = tomlkit.table()
        document[section][name] = value
    elif isinstance(document.get(section), dict) and name in document[section]:
        del document[section][name]
        if not document[section]:
            del document[section]
