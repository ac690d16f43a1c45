"""The labels of a file: CVAT's label JSON, a list of names, or a dataset in any format the program reads."""

from pathlib import Path
from typing import Final

from annotator.core.label_draft import LabelDraft
from annotator.core.labels import LabelSchema
from annotator.core.schema_draft import DraftProblem, SchemaDraft
from annotator.formats.builtin import FORMATS
from annotator.formats.cvat.label_text_reading import (
    LabelTextError,
    Mistake,
    ReadLabels,
    labels_from_text,
)
from annotator.formats.label_colours import LabelColours
from annotator.formats.recognition import recognise
from annotator.formats.registry import FormatError
from annotator.safe_io import DEFAULT_LIMITS, InputError, Limits, read_bytes

_KINDS: Final = "Write one name to a line, or CVAT's label JSON."


def labels_of_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> LabelSchema:
    """Return the labels that a file or a folder tells of.

    Raises FormatError or InputError where there are none, or they cannot be read whole: labels are typed by hand, and
    a wrong one is better put right than guessed at.
    """
    likeliest = recognise(path, FORMATS, limits=limits)[0]
    if likeliest.fits:
        return likeliest.format.read(path, limits=limits).header.labels
    if path.is_dir():
        raise FormatError(
            f"{path} is in no format that the program reads. Choose a file with labels, or a dataset."
        )
    text = _text_of(path, limits)
    try:
        is_json = text.lstrip()[:1] in ("[", "{")
        labels = schema_of(labels_from_text(text, limits=limits) if is_json else _names_in(text))
    except (LabelTextError, InputError) as error:
        raise FormatError(f"{path}: {error}") from None
    if not labels:
        raise FormatError(f"{path} has no labels. {_KINDS}")
    return labels


def _text_of(path: Path, limits: Limits) -> str:
    data = read_bytes(path, limits)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"{path}, line {line}: the text is not UTF-8; save it as UTF-8."
        ) from None


def _names_in(text: str) -> ReadLabels:
    """Read one name to a line."""
    labels: list[LabelDraft] = []
    lines: dict[int, int] = {}
    colours = LabelColours()
    for number, line in enumerate(text.splitlines(), 1):
        if name := line.strip():
            labels.append(LabelDraft(name, colours.taken()))
            lines[labels[-1].id] = number
    return ReadLabels(tuple(labels), lines)


def schema_of(read: ReadLabels) -> LabelSchema:
    """Return labels that were read. Raises LabelTextError where they cannot be, with the line of each."""
    draft = SchemaDraft(read.labels)
    if draft.errors:
        raise LabelTextError([mistake_of(one, read) for one in draft.errors])
    return draft.schema()


def mistake_of(problem: DraftProblem, read: ReadLabels) -> Mistake:
    """Return a problem of labels as a mistake in the text they were read from."""
    place = problem.label if problem.attribute is None else problem.attribute
    return Mistake(read.lines.get(place, 1), problem.text)
