"""What the layers below the window say in English, in the person's language.

That is titles of steps, how far work is, and why a format cannot hold something.

A step's title is stored as it was written. That of a step of the window is in the language of that moment already; that
of the project is English, with names and numbers in it.
"""

import re
from functools import lru_cache
from typing import Final

from annotator.translation import in_digits, tr

# As `annotator.project` and the command line write them; what is in braces differs. The first that fits counts.
STEP_TITLES: Final = (
    "Edit labels",
    "Change a job",
    "Join two jobs",
    "Split a job",
    "Split a job into {count}",
    "Move the project",
    "Mark a frame as done",
    "Mark a frame as not done",
    "Mark {count} frames as done",
    "Mark {count} frames as not done",
    "Take frames out of their subset",
    "Put frames into {name}",
    "Locate {count} picture",
    "Locate {count} pictures",
    "Add {name} ({count} picture)",
    "Add {name} ({count} pictures)",
    "Add {count} picture to {name}",
    "Add {count} pictures to {name}",
    "Accept a suggestion",
    "Accept {count} suggestions",
    "Reject a suggestion",
    "Reject {count} suggestions",
    "Annotate the demo",
    "Annotate with {name}",
    "Import {name}",
    "Restore snapshot {name}",
    "Rename {name} to {other}",
    "Remove {name}",
)

# As work of `annotator.project`, `formats`, `media` and `models` reports them.
PROGRESS_TEXTS: Final = (
    "Annotating with {name}",
    "Checking the copy",
    "Checking the database",
    "Comparing annotations",
    "Comparing files",
    "Comparing frames",
    "Comparing jobs",
    "Comparing labels",
    "Comparing media",
    "Comparing shapes",
    "Comparing tasks",
    "Comparing tracks",
    "Compressing",
    "Copying the annotations",
    "Copying the project",
    "Counting",
    "Counting annotations",
    "Drawing the pictures",
    "Importing",
    "Looking",
    "Looking at media",
    "Looking for missing pictures",
    "Looking for pictures",
    "Looking for similar objects",
    "Looking for sizes",
    "Looking through files",
    "Looking through the task",
    "Making room",
    "Reading",
    "Reading media",
    "Reading names",
    "Recognising the format",
    "Restoring",
    "Unpacking",
    "Writing shapes",
    "Writing tracks",
)

# Why `annotator.formats` cannot hold something; sentences without values are found by the tool for catalogues.
LOSS_TEXTS: Final = (
    "An ellipse becomes a polygon of {count} points.",
    "It cannot be read back: {reason}.",
)

_NUMBER: Final = r"[0-9]+(?:,[0-9]{3})*"


def said_below(text: str) -> str:
    """Return such a text in the person's language; other texts as they are."""
    found = tr(text) if text else text
    if found != text:
        return found
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is not None and (translated := tr(template)) != template:
            return translated.format(**{name: _told(value) for name, value in _values(match)})
    return text


def _values(match: re.Match[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in match.groupdict().items() if value is not None]


def _told(value: str) -> str:
    is_number = re.fullmatch(_NUMBER, value) is not None
    return in_digits(int(value.replace(",", ""))) if is_number and "," in value else value


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (template, re.compile(_pattern(template), re.DOTALL))
        for template in (*STEP_TITLES, *PROGRESS_TEXTS, *LOSS_TEXTS)
        if "{" in template
    )


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(
        f"(?P<{part}>{_NUMBER if part == 'count' else '.+'})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
