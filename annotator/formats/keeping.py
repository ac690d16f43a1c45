"""What a file says and only its own format knows: whether the program can keep it, to write it again."""

from annotator.core.annotations import Foreign
from annotator.core.errors import InvalidValueError
from annotator.core.values import checked_foreign
from annotator.safe_io import printable


def why_not_kept(key: object, foreign: Foreign) -> str | None:
    """Return the sentence for a value that cannot be stored, None where it can be.

    What is kept has the levels of the format around it, and may thus be nested less deeply than the file.
    key: what the value is called in the file. foreign: as it is to be kept.
    """
    try:
        checked_foreign(foreign)
    except InvalidValueError as error:
        return f"{printable(str(key))} is not kept, the rest is read. {error}"
    return None
