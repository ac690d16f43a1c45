"""The hand-over type: what passes between a dataset on disk and the rest of the program.

Reading streams items in whatever order the file has them. Writing asks a `DatasetView`, frame by frame or
track by track, so that neither an unordered nor a track-major format forces the whole set into memory.

In these values `Annotation.frame` and `Keyframe.frame` are frame numbers of the dataset (0-based indices
unless the format says otherwise, absolute where the file has absolute ones), never ids of a project. Label and
attribute ids are those of the accompanying `LabelSchema`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias

from annotator.core.annotations import Annotation, Foreign, Keyframe, Track
from annotator.core.labels import LabelSchema
from annotator.safe_io import shortened

_LONGEST_TEXT: Final = 1_000


@dataclass(frozen=True, slots=True)
class VideoDescription:
    """What a dataset says of the one video it annotates: frame numbers are start, start + step, ..."""

    name: str = ""
    frame_count: int | None = None
    start: int = 0
    stop: int | None = None
    step: int = 1
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DatasetHeader:
    """What is known of a dataset before its items: labels, subsets, media, and what only its format knows.

    media_roots: folders in which the dataset itself says its pictures lie, best first; for a frame of a subset
    those with a part of that name come before the others (see `picture_files.find_picture`).
    """

    format: str
    labels: LabelSchema
    name: str = ""
    subsets: tuple[str, ...] = ()
    video: VideoDescription | None = None
    media_roots: tuple[Path, ...] = ()
    foreign: Foreign = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameItem:
    """A frame and annotations on it; the same frame may come again with more.

    Subset and name together say which frame it is; without a name its number does. name: the file's relative
    path with `/`, or "" where only the number is known. size: (width, height) of the upright picture, where the
    dataset says it. number: the frame number, where the dataset has one. tracked: what the tracks show here;
    filled when a view interpolates, empty when reading.
    """

    name: str
    size: tuple[int, int] | None = None
    number: int | None = None
    subset: str = ""
    annotations: tuple[Annotation, ...] = ()
    tracked: tuple["TrackedShape", ...] = ()
    foreign: Foreign = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FramePicture:
    """Where the picture of a frame is: a file, or the page or archive member `index` of it."""

    path: Path
    index: int = 0


@dataclass(frozen=True, slots=True)
class TrackedShape:
    """What one track shows on one frame: a key frame, or what was interpolated there."""

    track: Track
    keyframe: Keyframe


@dataclass(frozen=True, slots=True)
class TrackItem:
    """One track with all its key frames; `Keyframe.frame` is the frame number."""

    track: Track
    subset: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a dataset that was not read as it stands; everything else was.

    file: relative to the dataset. text: a sentence; the middle of a very long one is left out, as names in a
    dataset may be of any length. line: 1-based, None where unknown. rule: a short fixed word for what was
    broken, for filters and tests. skipped: how many records were left out: the shapes, where a problem is about
    shapes, else what it names, such as a category; 0 where all was read with a change, or others count it.
    """

    file: str
    text: str
    rule: str
    line: int | None = None
    skipped: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", shortened(self.text, _LONGEST_TEXT))

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.text}"


DatasetItem: TypeAlias = FrameItem | TrackItem | Problem


class Dataset(Protocol):
    """A dataset opened for reading. `items` may be called again and starts anew each time."""

    @property
    def header(self) -> DatasetHeader:
        """Labels, subsets and media."""
        ...

    def items(self) -> Iterator[DatasetItem]:
        """Stream frames, tracks and problems in the order of the file."""
        ...


ReadOptions: TypeAlias = Mapping[str, Any]
WriteOptions: TypeAlias = Mapping[str, Any]
TrackForm: TypeAlias = Literal["none", "interpolated"]


class DatasetView(Protocol):
    """What a writer is given. Both streams may be asked for several times."""

    @property
    def name(self) -> str:
        """The name of the task or dataset."""
        ...

    @property
    def labels(self) -> LabelSchema:
        """Every label, in the user's order."""
        ...

    @property
    def video(self) -> VideoDescription | None:
        """The video the frames are of, or None for pictures."""
        ...

    @property
    def foreign(self) -> Foreign:
        """What a reader of the same format found for the whole dataset, by format id."""
        ...

    @property
    def frame_count(self) -> int:
        """How many frames `frames` yields."""
        ...

    def frames(self, tracks: TrackForm = "none") -> Iterator[FrameItem]:
        """Yield every frame once, in order, with number and (where it can be found) size.

        With "interpolated", `tracked` holds what each track shows there, outside ones left out.
        """
        ...

    def tracks(self) -> Iterator[TrackItem]:
        """Yield every track with its key frames; `Keyframe.frame` is a frame number."""
        ...

    def picture(self, frame: FrameItem) -> FramePicture | None:
        """Return where the picture of a frame is, or None where it has none that is there."""
        ...
