"""Keys as text, in the way Qt writes them everywhere: `Ctrl+Shift+Z`, `PgUp`, `#`. Knows no Qt."""

import sys
from typing import Final

from annotator.core.errors import AnnotatorError
from annotator.translation import tr

# In the order in which Qt writes them.
_MODIFIERS: Final = ("Meta", "Ctrl", "Alt", "Shift")
_NAMED: Final = (
    "Esc", "Tab", "Backtab", "Backspace", "Return", "Enter", "Ins", "Del", "Pause", "Print", "Home", "End",
    "Left", "Up", "Right", "Down", "PgUp", "PgDown", "Menu", "Space", "Help",
    *(f"F{number}" for number in range(1, 36)),
)  # fmt: skip
# How people, and other programs' files, write the same keys.
_OTHER_NAMES: Final = {
    "control": "Ctrl",
    "strg": "Ctrl",
    "option": "Alt",
    "win": "Meta",
    "super": "Meta",
    "escape": "Esc",
    "delete": "Del",
    "insert": "Ins",
    "pageup": "PgUp",
    "pagedown": "PgDown",
    "page up": "PgUp",
    "page down": "PgDown",
}
_WORDS: Final = {
    **_OTHER_NAMES,
    **{name.lower(): name for name in (*_MODIFIERS, *_NAMED)},
}
_LONGEST: Final = 60


_DELETE: Final = "Del"


class InvalidKeyError(AnnotatorError):
    """A text that names no key."""


def key_from_text(text: str) -> str:
    """Return a key with its modifiers in Qt's spelling and order.

    Capital letters and the order of the modifiers do not matter. Raises InvalidKeyError.
    """
    *modifiers, name = _parts(text.strip())
    found = {_WORDS.get(part.strip().lower(), part) for part in modifiers}
    if len(found) < len(modifiers) or not found <= set(_MODIFIERS):
        raise _wrong(text)
    ordered = [modifier for modifier in _MODIFIERS if modifier in found]
    return "+".join([*ordered, _key_name(name, text)])


def usual_on(keys: tuple[str, ...], system: str = sys.platform) -> tuple[str, ...]:
    """Return the usual keys of something on a system, which is named as Python does.

    On macOS Backspace stands beside Delete: its keyboards call that key delete, and the small ones have no other.
    """
    if system != "darwin":
        return keys
    deleting = (key for key in keys if key == _DELETE or key.endswith(f"+{_DELETE}"))
    return (*keys, *(f"{key.removesuffix(_DELETE)}Backspace" for key in deleting))


def _parts(text: str) -> list[str]:
    """What stands between the plus signs; a plus at the end is the key itself."""
    if not text or len(text) > _LONGEST:
        raise _wrong(text)
    if text.endswith("+"):
        before = text[:-1]
        if before and not before.endswith("+"):
            raise _wrong(text)
        return [*before[:-1].split("+"), "+"] if before else ["+"]
    return text.split("+")


def _key_name(name: str, text: str) -> str:
    name = name if name == " " else name.strip()
    known = _WORDS.get(name.lower())
    if known is not None and known not in _MODIFIERS:
        return known
    if len(name) != 1 or not name.isprintable() or name.isspace():
        raise _wrong(text)
    upper = name.upper()
    return upper if len(upper) == 1 else name


def _wrong(text: str) -> InvalidKeyError:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return InvalidKeyError(
        tr(
            "“{key}” is no key; write keys as in {example}.",
            key=shown,
            example="Ctrl+Shift+Z, F5, PgUp",
        )
    )
