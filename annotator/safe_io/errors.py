"""What is said when an untrusted file, name or document is not taken."""

from typing import Literal, TypeAlias

from annotator.core.errors import AnnotatorError

Rule: TypeAlias = Literal[
    "path", "missing", "unreadable", "size", "depth", "count", "dtd", "syntax", "type", "occupied"
]


class InputError(AnnotatorError):
    """A file, a name or a document that cannot be taken; an entry for the import report.

    rule: which check refused it. line: where in the document, from 1; None where that is not known.
    """

    def __init__(self, text: str, *, rule: Rule, line: int | None = None) -> None:
        super().__init__(text)
        self.rule = rule
        self.line = line


def unreadable(name: object, error: OSError) -> InputError:
    """Return the sentence for an operating system error on a file or folder."""
    if isinstance(error, FileNotFoundError):
        return InputError(
            f"{name} does not exist; it may have been moved or renamed.", rule="missing"
        )
    if isinstance(error, PermissionError):
        return InputError(f"{name} may not be read or written by this user.", rule="unreadable")
    return InputError(f"{name}: {error.strerror or error}.", rule="unreadable")
