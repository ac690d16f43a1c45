"""What a file begins with, which tells a file of another kind before it is read as a whole."""

from pathlib import Path
from typing import Final

from annotator.safe_io import open_regular, unreadable

_BOM: Final = b"\xef\xbb\xbf"
_LOOKED_AT: Final = 4_096
_GZIP: Final = b"\x1f\x8b"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def is_another_kind(path: Path, suffixes: tuple[str, ...], marks: bytes) -> bool:
    """Return whether a file has none of the suffixes, and begins with none of the characters `marks` either.

    What is packed or in another encoding may be anything, and so may what is empty. Raises InputError.
    """
    if path.name.lower().endswith(suffixes):
        return False
    with open_regular(path) as stream:
        try:
            data = stream.read(_LOOKED_AT)
        except OSError as error:
            raise unreadable(path, error) from None
    text = data.removeprefix(_BOM).lstrip()
    return bool(text) and text[:1] not in marks and not data.startswith((_GZIP, *_UTF_16))
