"""What can go wrong with a project, each as a sentence for the user."""

from typing import Final

from annotator.core.errors import AnnotatorError, InvalidValueError

# Ends a sentence about damage; the doctor itself leaves it out.
SEE_DOCTOR: Final = " `annotator doctor` tells more."


class ProjectError(AnnotatorError):
    """A project cannot be opened, read or changed."""


class ReadOnlyError(ProjectError):
    """The project is open for reading only: another process holds it, or the folder cannot be written."""


class NetworkDriveError(ProjectError):
    """A project cannot lie where it is to: on a network drive."""


class ClosedError(ProjectError):
    """The project was closed; what was stored before is in it."""

    def __init__(self) -> None:
        super().__init__("The project is closed. Open it again to go on.")


class CannotOpenError(ProjectError):
    """The project's file cannot be opened at all."""


class DiskFullError(ProjectError):
    """There is no room for a change; nothing of it was stored."""


class NewerVersionError(ProjectError):
    """The project was written by a newer version of the program."""


class DamagedRowError(InvalidValueError):
    """A row that no value can be made of: another program wrote it, or the disk.

    With the file and what to do it becomes a ProjectError. reason: what is wrong, to stand inside a sentence.
    """

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"A stored {what} cannot be read: {reason}.")
        self.reason = reason


class UndoRefusedError(ProjectError):
    """A step cannot be undone or redone; nothing was changed.

    blocking: the ids of later steps that are in the way, newest first, where they are known.
    """

    def __init__(self, text: str, blocking: tuple[int, ...] = ()) -> None:
        super().__init__(text)
        self.blocking = blocking


class NothingToUndoError(UndoRefusedError):
    """There is no step of that kind."""
