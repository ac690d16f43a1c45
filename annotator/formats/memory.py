"""A dataset held in memory: what a reader streams, put together so that a writer can ask for it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Foreign
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
from annotator.formats.video_frames import VideoFrames, merged, with_number


class MemoryDataset:
    """Both a `Dataset` and a `DatasetView`.

    Frames that come several times are one; every frame has a number, its place where the dataset gives none. Of
    a video, the frames that nothing is on are there too; see `VideoFrames`.
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
                frames[key] = item if known is None else merged(known, item)
            elif isinstance(item, TrackItem):
                self._tracks.append(item)
            else:
                self._problems.append(item)
        # The number from which on frames are none of the video, so that no track is on them.
        self._end: int | None = None
        self._frames = self._numbered(frames.values())

    def _numbered(self, frames: Iterable[FrameItem]) -> list[FrameItem]:
        video = self._header.video
        if video is None:
            return [
                with_number(frame, place if frame.number is None else frame.number)
                for place, frame in enumerate(frames)
            ]
        keyed = (one.frame for item in self._tracks for one in item.track.keyframes)
        numbered = VideoFrames(video, frames, keyed)
        self._problems += numbered.problems(self._header.name or self._header.format)
        self._end = numbered.end
        return list(numbered)

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
            is_there = self._end is None or frame.number < self._end
            yield replace(frame, tracked=shown.on(frame.number)) if is_there else frame

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
