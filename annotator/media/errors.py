"""What is said when a picture cannot be shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.core.errors import AnnotatorError


class MediaError(AnnotatorError):
    """A picture or video that cannot be read, or is refused before it is decoded."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put the file in front of what a MediaError of the block says; an error in reading becomes one."""
    try:
        yield
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from None
    except OSError as error:  # a card that was pulled out, a share that went away
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from None
