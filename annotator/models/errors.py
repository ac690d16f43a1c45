"""What is said when a model cannot be used."""

from annotator.core.errors import AnnotatorError


class ModelError(AnnotatorError):
    """A model package that is damaged, incomplete, or cannot be run here."""


class WorkerLostError(ModelError):
    """The process of a model is no more: it was stopped, or broke off."""


class ModelGivenUpError(WorkerLostError):
    """That has happened too often: the model is not asked any more."""
