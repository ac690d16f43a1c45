"""XML documents, read element by element: entities, document types and the network stay out."""

import os
import re
from collections.abc import Collection, Generator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from annotator.safe_io.errors import InputError, shortened, unreadable
from annotator.safe_io.limits import DEFAULT_LIMITS, Limits
from annotator.safe_io.reading import check_size, open_regular

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError
    from lxml.etree import _Element as Element

_POSITION: Final = re.compile(r",? line \d+, column \d+$")
_GZIP: Final = b"\x1f\x8b"
_HARDENED: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,  # keeps libxml2's own caps: 256 levels, 10 MB in one text
    "remove_comments": True,
    "remove_pis": True,
}


def iterparse_xml(
    path: Path, tags: Collection[str], limits: Limits = DEFAULT_LIMITS, *, root: Path | None = None
) -> Generator["Element"]:
    """Yield the elements named in `tags`, complete, in the order of the file, and forget each afterwards.

    An element inside another one of `tags` comes as a part of that one only. The file may be packed by gzip.
    Raises InputError with the line for a document type declaration ("DTD not allowed"), for broken XML, and
    past `limits.stream_bytes`. Only the elements between two yields are in memory.
    """
    import gzip
    import zlib

    from lxml import etree

    with open_regular(path, root=root) as file:
        stream = _CappedStream(path, file, limits)
        try:
            _refuse_document_type(path, stream)
            stream.rewind()
            for _, element in etree.iterparse(
                stream, events=("end",), tag=tuple(tags), **_HARDENED
            ):
                if next(element.iterancestors(*tags), None) is None:
                    yield element
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise _mistake(path, error) from None
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise InputError(
                f"{path} is a damaged gzip file; get it again.", rule="syntax"
            ) from None
        except OSError as error:
            raise unreadable(path, error) from None


def parse_xml(text: str, *, name: object = "The document") -> "Element":
    """Return the root of a small document that is held as text, such as a drawing inside another file.

    Raises InputError for a document type declaration and for broken XML. The text has no declaration of an
    encoding.
    """
    from lxml import etree

    if "<!DOCTYPE" in text:
        raise InputError(
            f"{name}: DTD not allowed; take the document type declaration out.", rule="dtd"
        )
    try:
        return etree.fromstring(text, etree.XMLParser(**_HARDENED))
    except etree.XMLSyntaxError as error:
        raise _mistake(name, error) from None
    except ValueError as error:
        raise InputError(f"{name} is not XML: {error}.", rule="syntax") from None


def _mistake(path: object, error: "XMLSyntaxError") -> InputError:
    from lxml import etree

    line = error.lineno or 1
    if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        text = "it has more than 256 levels, or more than 10 MB in one text or attribute"
        return InputError(f"{path}, line {line}: {text}.", rule="size", line=line)
    # What libxml2 quotes from the file may be long, and go on over several lines.
    reason = shortened(_POSITION.sub("", error.msg or "").strip().partition("\n")[0])
    if reason in ("", "no element found"):  # the reader says no more where an entity is unknown
        reason = "it is empty, or uses an entity that is not defined"
    text = f"it is not well-formed XML ({reason}); mend it, or choose another file"
    return InputError(f"{path}, line {line}: {text}.", rule="syntax", line=line)


def _refuse_document_type(path: Path, stream: "_CappedStream") -> None:
    """Look at the document up to its first element, before any content is taken."""
    from lxml import etree

    for _, element in etree.iterparse(stream, events=("start",), **_HARDENED):
        if element.getroottree().docinfo.internalDTD is not None:
            raise InputError(
                f"{path}: DTD not allowed; take the document type declaration out.",
                rule="dtd",
                line=1,
            )
        return


def _forget(element: "Element") -> None:
    """Free the content of an element and everything that stands before it in the document."""
    element.clear()
    for node in (element, *element.iterancestors()):
        while (earlier := node.getprevious()) is not None:
            earlier.getparent().remove(earlier)


class _CappedStream:
    """A file, unpacked if it is packed, that is refused once it turns out to be too long."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits) -> None:
        import gzip

        packed = file.read(2) == _GZIP
        file.seek(0)
        self._path = path
        self._stream = gzip.GzipFile(fileobj=file) if packed else file
        size = os.fstat(file.fileno()).st_size
        by_ratio = max(limits.expansion * size, limits.expansion_free_bytes)
        self._limit = min(limits.stream_bytes, by_ratio) if packed else limits.stream_bytes
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._count += len(data)
        check_size(self._path, self._count, self._limit)
        return data

    def rewind(self) -> None:
        self._stream.seek(0)
        self._count = 0
