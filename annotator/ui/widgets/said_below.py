"""What the layers below the window say in English, in the person's language.

That is titles of steps, how far work is, why a format takes a file for its own, why it cannot hold something, and why
a picture is not found.

A step's title is stored as it was written. That of a step of the window is in the language of that moment already; that
of the project is English, with names and numbers in it.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from annotator.translation import in_digits, speaks_english, tr
from annotator.ui.resources import resource_path

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

# Why `annotator.formats` takes a file or folder for its own, or does not; clauses without a full stop.
VERDICT_TEXTS: Final = (
    "{name} is a COCO file of instances",
    "there is no JSON file in the folder",
    "{reason}, nor is the other one",
    "{reason}, nor is any of {count} others",
    "{name} is a list or a single value, not a COCO dataset; a list of results can only be imported onto pictures "
    "whose ids are known",
    "{name} misses the key {key}",
    "{name} holds COCO {task}, which is another format",
    "it holds tracks as CVAT writes them",
    "its XML holds images, not tracks",
    "its XML has no <annotations> with tracks",
    "There is no XML file in {path}",
    "There are {count} XML files in {path}, none of them named {name}",
    "{name} is no YAML file",
    "There is no data.yaml",
    "There is no data.yaml, but several others ({names}); choose one of them",
    "There is no data.yaml, but there are datasets in {names}; choose one of them",
    "{name} holds no keys",
    "{name} has none of the keys {keys}",
    "{name} is for the task {task}, which is another format",
    "{name} names pictures, but none of them has a label file",
    "its rows have {count} columns (polygons, oriented boxes or key points)",
    "{name} names classes and pictures",
)

# Why the frame of a dataset has no picture; clauses without a full stop.
MATCH_TEXTS: Final = (
    "no picture has this name",
    "the task has no such frame",
    "it could be {names}",
    "{name} could be this one or {other}",
)

_PLACE: Final = re.compile(r"\{\d+\}")
_NUMBER: Final = r"[0-9]+(?:,[0-9]{3})*"


def said_below(text: str) -> str:
    """Return such a text in the person's language; other texts as they are."""
    found = tr(text) if text else text
    if found != text:
        return found
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is not None and (translated := tr(template)) != template:
            return translated.format(**{name: _told(name, value) for name, value in _values(match)})
    return text if speaks_english() else _sentence(text)


def error_text(error: Exception) -> str:
    """Return what an error says, in the person's language."""
    return said_below(str(error))


def _sentence(text: str) -> str:
    """A sentence of the layers below, or several of them, perhaps behind the name of a file."""
    whole, templates = _sentences()
    if text in whole:
        return tr(text)
    for parts, template in templates:
        if not all(part in text for part in parts):
            continue
        # Compiled where one may fit: all of them would take longer than a frame of the screen.
        match = re.fullmatch("(.+)".join(map(re.escape, parts)), text, re.DOTALL)
        if match is not None:
            # What was put in may be a sentence itself: why a file could not be read.
            return tr(template).format("", *map(_sentence, match.groups()))
    for mark in (": ", ". "):
        head, _, tail = text.partition(mark)
        if tail and (said := _sentence(tail)) != tail:
            return (_sentence(head + ".")[:-1] if mark == ". " else head) + mark + said
    return text


@lru_cache(maxsize=1)
def _sentences() -> tuple[frozenset[str], tuple[tuple[list[str], str], ...]]:
    """The sentences as they are, and the templates of others, each with what stands between its places."""
    texts = json.loads(Path(resource_path("translations", "sentences.json")).read_bytes())
    split = [(_PLACE.split(text), text) for text in texts]
    whole = frozenset(text for parts, text in split if len(parts) == 1)
    return whole, tuple((parts, text) for parts, text in split if len(parts) > 1)


def _values(match: re.Match[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in match.groupdict().items() if value is not None]


def _told(name: str, value: str) -> str:
    if name == "reason":
        return said_below(value)
    is_number = re.fullmatch(_NUMBER, value) is not None
    return in_digits(int(value.replace(",", ""))) if is_number and "," in value else value


_TEMPLATES: Final = (
    *STEP_TITLES, *PROGRESS_TEXTS, *LOSS_TEXTS, *VERDICT_TEXTS, *MATCH_TEXTS,
)  # fmt: skip


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (template, re.compile(_pattern(template), re.DOTALL))
        for template in _TEMPLATES
        if "{" in template
    )


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(
        f"(?P<{part}>{_NUMBER if part == 'count' else '.+'})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
