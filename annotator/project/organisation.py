"""Project > task > job > frame: how media are organised, as values.

As with annotations, whatever can be made can be stored and read again; all else raises InvalidValueError.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from annotator.core.annotations import Foreign
from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_id
from annotator.core.values import INTEGER_LIMIT, checked_foreign, checked_integer, checked_text

Stage: TypeAlias = Literal["annotation", "validation", "acceptance"]
JobState: TypeAlias = Literal["new", "in progress", "rejected", "completed"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
JOB_STATES: Final[tuple[JobState, ...]] = get_args(JobState)


@dataclass(frozen=True, slots=True)
class Task:
    """Media to be annotated: pictures, or one video.

    frame_start, frame_step: the frame numbers in files are start + position * step; the step is at least 1.
    selected: whether only some of the pictures that were found were taken, so that the others are not missed.
    removed: taken out of the project; its frames and annotations are kept.
    """

    name: str
    frame_start: int = 0
    frame_step: int = 1
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)
    selected: bool = False
    removed: bool = False

    def __post_init__(self) -> None:
        _set_integers(self, "a task", "id", "frame_start", "frame_step")
        if self.frame_step < 1:
            raise InvalidValueError(
                f"The frame_step of a task is at least 1, not {self.frame_step}."
            )
        _set_texts(self, "a task", "name")
        object.__setattr__(self, "selected", bool(self.selected))
        object.__setattr__(self, "removed", bool(self.removed))
        _set_foreign(self)

    def __hash__(self) -> int:
        return hash(self.id)

    def number_of(self, position: int) -> int:
        """Return the frame number that files use for a position."""
        return self.frame_start + position * self.frame_step


@dataclass(frozen=True, slots=True)
class Job:
    """A range of a task's frames, positions `first` to `last` (None: to the end), with a stage."""

    task: int
    first: int = 0
    last: int | None = None
    stage: Stage = "annotation"
    state: JobState = "new"
    assignee: str = ""
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        _set_integers(self, "a job", "id", "task", "first")
        if self.last is not None:
            _set_integers(self, "a job", "last")
        if self.stage not in STAGES:
            raise InvalidValueError(f"The stage of a job cannot be {self.stage!r:.40}.")
        if self.state not in JOB_STATES:
            raise InvalidValueError(f"The state of a job cannot be {self.state!r:.40}.")
        _set_texts(self, "a job", "assignee")


@dataclass(frozen=True, slots=True)
class MediaRoot:
    """A folder that media lie in, relative to the project's folder (with `/`) or absolute."""

    path: str
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        _set_integers(self, "a folder of media", "id")
        _set_texts(self, "a folder of media", "path")
        if "\0" in self.path:
            raise InvalidValueError("The path of a folder of media holds a zero character.")


@dataclass(frozen=True, slots=True)
class Media:
    """One media file: its path below a root, with `/`."""

    root: int
    path: str
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        _set_integers(self, "a media file", "id", "root")
        _set_texts(self, "a media file", "path")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a task.

    position: its place in the task, from 0. media, source_index: the file, and the page or video frame in it;
    a frame known only from an annotation file has no media. done: a person's mark. removed: taken out of the
    task; the file is untouched.
    """

    task: int
    position: int
    name: str
    media: int | None = None
    source_index: int = 0
    subset: str = ""
    done: bool = False
    removed: bool = False
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        _set_integers(self, "a frame", "id", "task", "position", "source_index")
        if self.media is not None:
            _set_integers(self, "a frame", "media")
        if self.position < 0:
            raise InvalidValueError(f"The position of a frame is at least 0, not {self.position}.")
        _set_texts(self, "a frame", "name", "subset")
        object.__setattr__(self, "done", bool(self.done))
        object.__setattr__(self, "removed", bool(self.removed))
        _set_foreign(self)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class MediaIdentity:
    """What a media file was when it was last looked at. modified: nanoseconds; hash: None until it is read."""

    media: int
    size: int
    modified: int
    hash: bytes | None = None

    def __post_init__(self) -> None:
        _set_integers(self, "what is known of a media file", "media", "size", "modified")
        if self.hash is not None and not isinstance(self.hash, bytes):
            raise InvalidValueError("The hash of a media file is bytes.")


@dataclass(frozen=True, slots=True)
class TaskTotals:
    """How much is in a task, without removed frames. annotations: those of tracks are not counted."""

    frames: int
    done: int
    annotations: int
    tracks: int


_Value: TypeAlias = Task | Job | MediaRoot | Media | Frame | MediaIdentity


def _set_integers(value: _Value, what: str, *names: str) -> None:
    for name in names:
        number = getattr(value, name)
        # Asked here first: frames are made by the hundred thousand.
        if type(number) is not int or not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
            checked = checked_integer(number, f"The {name} of {what}")
            object.__setattr__(value, name, checked)


def _set_texts(value: _Value, what: str, *names: str) -> None:
    for name in names:
        text = getattr(value, name)
        if type(text) is not str or not text.isascii():
            object.__setattr__(value, name, checked_text(text, f"The {name} of {what}"))


def _set_foreign(value: Task | Frame) -> None:
    # Whoever gave them may go on changing theirs.
    object.__setattr__(value, "foreign", checked_foreign(value.foreign))
