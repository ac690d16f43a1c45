"""Project > task > job > frame: how media are organised, as values."""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from annotator.core.annotations import Foreign
from annotator.core.ids import new_id

Stage: TypeAlias = Literal["annotation", "validation", "acceptance"]
JobState: TypeAlias = Literal["new", "in progress", "rejected", "completed"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
JOB_STATES: Final[tuple[JobState, ...]] = get_args(JobState)


@dataclass(frozen=True, slots=True)
class Task:
    """Media to be annotated: pictures, or one video.

    frame_start, frame_step: the frame numbers in files are start + position * step.
    """

    name: str
    frame_start: int = 0
    frame_step: int = 1
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)

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


@dataclass(frozen=True, slots=True)
class MediaRoot:
    """A folder that media lie in, relative to the project's folder (with `/`) or absolute."""

    path: str
    id: int = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Media:
    """One media file: its path below a root, with `/`."""

    root: int
    path: str
    id: int = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a task.

    position: its place in the task. media, source_index: the file, and the page or video frame in it; a
    frame known only from an annotation file has no media. done: a person's mark. removed: taken out of the
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

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class MediaIdentity:
    """What a media file was when it was last looked at. modified: nanoseconds; hash: None until it is read."""

    media: int
    size: int
    modified: int
    hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class TaskTotals:
    """How much is in a task, without removed frames. annotations: those of tracks are not counted."""

    frames: int
    done: int
    annotations: int
    tracks: int
