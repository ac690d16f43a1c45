"""What is said when a model cannot be used."""

from annotator.core.errors import AnnotatorError


class ModelError(AnnotatorError):
    """A model package that is damaged, incomplete, or cannot be run here."""
