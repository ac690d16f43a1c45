"""Errors whose text is meant for the user: what failed, on what, and what to do next."""


class AnnotatorError(Exception):
    """One plain sentence for the user. Anything else that is raised is a bug."""


class InvalidValueError(AnnotatorError, ValueError):
    """A value that no annotation, label or shape can have."""


class GeometryError(InvalidValueError):
    """Coordinates that do not make the shape they claim to be."""


class Cancelled(AnnotatorError):  # noqa: N818 - it is an outcome the user asked for, not an error
    """Long work stopped because the user asked for it."""

    def __init__(self, text: str = "Stopped on request.") -> None:
        super().__init__(text)
