"""Names that nothing in a project has yet."""

from collections.abc import Collection

from annotator.core.free_names import FreeNames


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where it is taken: `cat (2)`."""
    return FreeNames("{} ({})".format).free(name, taken.__contains__)
