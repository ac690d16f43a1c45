"""Labels to be brought into a project: of a file, or of another project; and labels written for others."""

from pathlib import Path

from annotator.core.labels import LabelSchema
from annotator.core.schema_draft import SchemaDraft
from annotator.formats.cvat.label_text import text_from_labels
from annotator.formats.label_files import labels_of_file
from annotator.project.folder import open_project
from annotator.project.imports.label_mapping import merged_labels
from annotator.safe_io import write_whole


def labels_of_project(path: Path) -> LabelSchema:
    """Return the labels of the project that a path means, which is only read."""
    with open_project(path, read_only=True) as project:
        return project.labels


def with_labels_of(draft: SchemaDraft, path: Path, *, is_project: bool) -> SchemaDraft:
    """Return a draft together with the labels of a file or a project; those of the same name are the same.

    Raises an AnnotatorError where they cannot be read, or the draft has errors.
    """
    found = labels_of_project(path) if is_project else labels_of_file(path)
    return draft.with_schema(merged_labels(draft.schema(), found))


def write_label_file(draft: SchemaDraft, path: Path) -> None:
    """Write labels as CVAT's label JSON, without ids. Raises InputError where the system refuses."""
    with write_whole(path) as stream:
        stream.write(text_from_labels(draft.labels, ids=False).encode("utf-8"))
