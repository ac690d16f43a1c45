"""Doing what a person asked for: why it cannot be done is said in the message bar."""

from collections.abc import Callable

from annotator import messages
from annotator.core.errors import AnnotatorError, Cancelled


def tried(act: Callable[[], object]) -> bool:
    """Do something, or say what forbids it; return whether it is done."""
    try:
        act()
    except Cancelled:
        return False
    except AnnotatorError as error:
        messages.error(str(error))
        return False
    return True
