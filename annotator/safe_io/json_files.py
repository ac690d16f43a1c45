"""JSON documents of a declared type."""

from pathlib import Path
from typing import Any, TypeVar, overload

from annotator.safe_io.errors import InputError
from annotator.safe_io.json_mistakes import is_utf_16, not_a_number, place_of_half, wrong_value
from annotator.safe_io.limits import DEFAULT_LIMITS, Limits
from annotator.safe_io.reading import read_bytes

T = TypeVar("T")
_BOM = b"\xef\xbb\xbf"
_NOT_UTF_8 = "the text is not UTF-8; save it as UTF-8"
# So many brackets and quotes are looked at together: what is made on the way takes a multiple of their memory.
_PIECE = 1 << 17
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))


@overload
def read_json(path: Path, kind: type[T], limits: Limits = ..., *, root: Path | None = ...) -> T: ...
@overload
def read_json(path: Path, kind: Any, limits: Limits = ..., *, root: Path | None = ...) -> Any: ...
def read_json(
    path: Path, kind: Any, limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> Any:
    """Read a JSON file as a value of type `kind`; see `decode_json`."""
    return decode_json(read_bytes(path, limits, root=root), kind, limits, name=path)


@overload
def decode_json(data: bytes, kind: type[T], limits: Limits = ..., *, name: object = ...) -> T: ...
@overload
def decode_json(data: bytes, kind: Any, limits: Limits = ..., *, name: object = ...) -> Any: ...
def decode_json(
    data: bytes, kind: Any, limits: Limits = DEFAULT_LIMITS, *, name: object = "The document"
) -> Any:
    """Decode JSON as a value of type `kind` (a msgspec Struct or any type msgspec knows, unions too).

    NaN, infinity and numbers beyond 64 bits are refused; of equal keys the last one counts. `name` opens the
    message of the InputError, which says where in the document the mistake is.
    """
    import msgspec

    data = data.removeprefix(_BOM)
    if nesting(data) > limits.json_depth:
        raise InputError(
            f"{name} is nested more than {limits.json_depth} levels deep.", rule="depth"
        )
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{name}: {wrong_value(str(error))}.", rule="type") from None
    except msgspec.DecodeError as error:
        raise _syntax_error(data, str(error), name) from None
    except UnicodeDecodeError as error:
        raise _at(data, error.start, _NOT_UTF_8, name) from None


def nesting(data: bytes) -> int:
    """Return how deep the brackets of a JSON document are nested, those in texts not counted.

    Whoever walks a document that is nested too deeply runs into Python's recursion limit, at a place of their
    own; a look at the brackets alone finds it first and costs little beside the decoding.
    """
    import numpy as np

    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = data.translate(None, _ALL_BUT_BRACKETS)
    depth = deepest = quotes = 0
    for start in range(0, len(marks), _PIECE):
        piece = np.frombuffer(marks[start : start + _PIECE], dtype=np.uint8)
        quoted = np.cumsum(piece == ord('"'), dtype=np.uint32) + np.uint32(quotes)
        outside = (quoted & 1) == 0
        opening = ((piece == ord("[")) | (piece == ord("{"))) & outside
        closing = ((piece == ord("]")) | (piece == ord("}"))) & outside
        levels = depth + np.cumsum(
            opening.astype(np.int8) - closing.astype(np.int8), dtype=np.int64
        )
        deepest = max(deepest, int(levels.max()))
        depth, quotes = int(levels[-1]), int(quoted[-1] & 1)
    return deepest


def _syntax_error(data: bytes, message: str, name: object) -> InputError:
    """Return the error for a mistake that msgspec places by "(byte 123)"."""
    what, found, rest = message.partition(" (byte ")
    if is_utf_16(data):
        return _at(data, 0, _NOT_UTF_8, name)
    half = place_of_half(data)
    if half is not None:
        escape = data[half : half + 6].decode("ascii", "replace")
        return _at(data, half, f"{escape} is half of a character; take it out", name)
    if message == "Input data was truncated":
        return InputError(f"{name} is empty, or its JSON is cut off; get it again.", rule="syntax")
    if not found:
        return InputError(f"{name}: {message}.", rule="syntax")
    place = int(rest.rstrip(")"))
    if word := not_a_number(data, place):
        what = f"{word} is no number in JSON; put a number or null in its place"
    return _at(data, place, what, name)


def _at(data: bytes, place: int, what: str, name: object) -> InputError:
    line = data.count(b"\n", 0, place) + 1
    return InputError(f"{name}, line {line}: {what}.", rule="syntax", line=line)
