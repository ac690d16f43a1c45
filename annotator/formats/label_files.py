"""The labels of a file: CVAT's label JSON, a list of names, or a dataset in any format the program reads."""

from pathlib import Path

from annotator.core.labels import LabelSchema
from annotator.core.schema_draft import DraftProblem, SchemaDraft
from annotator.formats.builtin import FORMATS
from annotator.formats.cvat.label_text_reading import (
    LabelTextError,
    Mistake,
    ReadLabels,
    labels_from_text,
)
from annotator.formats.cvat.labels import read_labels
from annotator.formats.recognition import recognise
from annotator.formats.registry import FormatError
from annotator.safe_io import DEFAULT_LIMITS, InputError, Limits, read_bytes


def labels_of_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> LabelSchema:
    """Return the labels that a file or a folder tells of.

    Raises FormatError or InputError where there are none, or they cannot be read whole.
    """
    likeliest = recognise(path, FORMATS, limits=limits)[0]
    if likeliest.fits:
        return likeliest.format.read(path, limits=limits).header.labels
    if path.is_dir():
        raise FormatError(
            f"{path} is in no format that the program reads. Choose a file with labels, or a dataset."
        )
    data = read_bytes(path, limits)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{"):
        return read_labels(path, limits)
    try:
        text = data.decode("utf-8-sig")
        return schema_of(labels_from_text(text, limits=limits))
    except UnicodeDecodeError:
        raise FormatError(f"{path}: the text is not UTF-8; save it as UTF-8.") from None
    except (LabelTextError, InputError) as error:
        raise FormatError(f"{path}: {error}") from None


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
