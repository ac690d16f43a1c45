"""A dataset held in memory: what a reader streams, put together so that a writer can ask for it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Foreign
from annotator.core.labels import LabelSchema
from annotator.formats.dataset import (
    Dataset,
    DatasetHeader,
    DatasetItem,
    FrameItem,
    FramePicture,
    Problem,
    TrackForm,
    TrackItem,
    VideoDescription,
)
from annotator.formats.picture_files import find_picture
from annotator.formats.shown_tracks import ShownTracks
from annotator.safe_io import DEFAULT_LIMITS


class MemoryDataset:
    """Both a `Dataset` and a `DatasetView`.

    Frames that come several times are one; every frame has a number, its place where the dataset gives none. Of
    a video, the frames that nothing is on are there too.
    """

    def __init__(self, header: DatasetHeader, items: Iterable[DatasetItem] = ()) -> None:
        self._header = header
        self._tracks: list[TrackItem] = []
        self._problems: list[Problem] = []
        frames: dict[tuple[str, str] | int, FrameItem] = {}
        for item in items:
            if isinstance(item, FrameItem):
                key = _key(item, len(frames))
                known = frames.get(key)
                frames[key] = item if known is None else _merged(known, item)
            elif isinstance(item, TrackItem):
                self._tracks.append(item)
            else:
                self._problems.append(item)
        self._frames = _numbered(frames.values(), header.video, self._tracks)

    @classmethod
    def read(cls, dataset: Dataset, progress: Progress = NO_PROGRESS) -> "MemoryDataset":
        """Take in everything that a reader gives."""
        return cls(dataset.header, progress.track(dataset.items(), "Reading"))

    @property
    def header(self) -> DatasetHeader:
        """Labels, subsets and media."""
        return self._header

    @property
    def name(self) -> str:
        """The name of the dataset."""
        return self._header.name

    @property
    def labels(self) -> LabelSchema:
        """Every label."""
        return self._header.labels

    @property
    def video(self) -> VideoDescription | None:
        """The video the frames are of, or None for pictures."""
        return self._header.video

    @property
    def foreign(self) -> Foreign:
        """What its reader found for the whole dataset, by format id."""
        return self._header.foreign

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read as it stands."""
        return tuple(self._problems)

    @property
    def frame_count(self) -> int:
        """How many frames `frames` yields."""
        return len(self._frames)

    def items(self) -> Iterator[DatasetItem]:
        """Yield problems, frames and tracks."""
        yield from self._problems
        yield from self._frames
        yield from self._tracks

    def frames(self, tracks: TrackForm = "none") -> Iterator[FrameItem]:
        """Yield every frame once, in order; with "interpolated", with what each track shows there."""
        if tracks == "none":
            yield from self._frames
            return
        shown = ShownTracks(self._tracks)
        for frame in self._frames:
            assert frame.number is not None
            yield replace(frame, tracked=shown.on(frame.number))

    def tracks(self) -> Iterator[TrackItem]:
        """Yield every track with its key frames."""
        yield from self._tracks

    def picture(self, frame: FrameItem) -> FramePicture | None:
        """Return the picture file of a frame, or None where none is found."""
        path = find_picture(self._header, frame)
        return None if path is None else FramePicture(path)


def _key(item: FrameItem, place: int) -> tuple[str, str] | int:
    if item.name:
        return item.subset, item.name
    return place if item.number is None else item.number


def _merged(first: FrameItem, second: FrameItem) -> FrameItem:
    return replace(
        first,
        size=first.size or second.size,
        number=second.number if first.number is None else first.number,
        annotations=(*first.annotations, *second.annotations),
        foreign={**second.foreign, **first.foreign},
    )


def _numbered(
    frames: Iterable[FrameItem], video: VideoDescription | None, tracks: Iterable[TrackItem]
) -> list[FrameItem]:
    if video is None:
        return [_with_number(frame, place) for place, frame in enumerate(frames)]
    by_number = {frame.number or 0: _with_number(frame, frame.number or 0) for frame in frames}
    numbers = set(by_number).union(
        frames_of_video(video), (one.frame for item in tracks for one in item.track.keyframes)
    )
    return [
        by_number.get(number) or FrameItem("", size=video.size, number=number)
        for number in sorted(numbers)
    ]


def _with_number(frame: FrameItem, number: int) -> FrameItem:
    """Give a frame a number where it has none, and its annotations the number of their frame."""
    number = number if frame.number is None else frame.number
    annotations = frame.annotations
    if any(annotation.frame != number for annotation in annotations):
        annotations = tuple(_on_frame(annotation, number) for annotation in annotations)
    return replace(frame, number=number, annotations=annotations)


def _on_frame(annotation: Annotation, number: int) -> Annotation:
    return annotation if annotation.frame == number else replace(annotation, frame=number)


def frames_of_video(video: VideoDescription) -> range:
    """Return the numbers of a video's frames, none where its length is not known or not to be believed."""
    step = max(1, video.step)
    if video.stop is not None:
        numbers = range(video.start, video.stop + 1, step)
    elif video.frame_count is not None:
        numbers = range(video.start, video.start + video.frame_count * step, step)
    else:
        return range(0)
    return numbers if len(numbers) <= DEFAULT_LIMITS.entries else range(0)
