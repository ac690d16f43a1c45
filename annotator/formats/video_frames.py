"""The frames of a video by their numbers: those that something is said of, and all the others."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotator.core.annotations import Annotation
from annotator.formats.dataset import FrameItem, Problem, VideoDescription
from annotator.safe_io import DEFAULT_LIMITS, printable


def frames_of_video(video: VideoDescription) -> range:
    """Return the numbers of a video's frames, none where its length is not known or not to be believed."""
    step = max(1, video.step)
    if video.stop is not None:
        numbers = range(video.start, video.stop + 1, step)
    elif video.frame_count is not None:
        numbers = range(video.start, video.start + video.frame_count * step, step)
    else:
        return range(0)
    # Such a range may be longer than `len` can say.
    return range(0) if numbers[DEFAULT_LIMITS.entries :] else numbers


def merged(first: FrameItem, second: FrameItem) -> FrameItem:
    """Return two items of one frame as one. Of two subsets, that of the one with a name counts."""
    named, other = (second, first) if second.name and not first.name else (first, second)
    return replace(
        first,
        name=named.name,
        size=first.size or second.size,
        number=second.number if first.number is None else first.number,
        subset=named.subset or other.subset,
        annotations=(*first.annotations, *second.annotations),
        foreign={**second.foreign, **first.foreign},
    )


def with_number(frame: FrameItem, number: int) -> FrameItem:
    """Give a frame a number, and its annotations that of their frame."""
    annotations = frame.annotations
    if any(annotation.frame != number for annotation in annotations):
        annotations = tuple(_on_frame(annotation, number) for annotation in annotations)
    return replace(frame, number=number, annotations=annotations)


def _on_frame(annotation: Annotation, number: int) -> Annotation:
    return annotation if annotation.frame == number else replace(annotation, frame=number)


class VideoFrames:
    """Every frame of a video once. An item with a name and one without are one frame where they have one number.

    Of several with other names the first is the frame of that number, and the others follow behind the last one,
    as do those that have a name and no number. end: the number of the first that follows.
    """

    def __init__(
        self, video: VideoDescription, frames: Iterable[FrameItem], others: Iterable[int]
    ) -> None:
        self._video = video
        self._by_number: dict[int, FrameItem] = {}
        self._behind: list[FrameItem] = []
        for frame in frames:
            self._take(frame)
        self._numbers = sorted({*self._by_number, *frames_of_video(video), *others})
        self._step = max(1, video.step)
        self.end = self._numbers[-1] + self._step if self._numbers else video.start

    def _take(self, frame: FrameItem) -> None:
        known = None if frame.number is None else self._by_number.get(frame.number)
        if frame.number is None or (known and known.name and frame.name):
            self._behind.append(frame)
        else:
            found = frame if known is None else merged(known, frame)
            self._by_number[frame.number] = with_number(found, frame.number)

    def __iter__(self) -> Iterator[FrameItem]:
        """Yield the frames in the order of their numbers."""
        for number in self._numbers:
            yield self._by_number.get(number) or self._empty(number)
        for number, frame in self._numbered_behind():
            yield with_number(frame, number)

    def problems(self, file: str) -> Iterator[Problem]:
        """Yield what has to be told of frames that have the number of another one."""
        for number, frame in self._numbered_behind():
            if frame.number is not None:
                first, second = _called(self._by_number[frame.number]), _called(frame)
                text = (
                    f"Frame {frame.number} is called {first} and {second}; they are two frames, and {second} is "
                    f"frame {number}."
                )
                yield Problem(file, text, "same-number", skipped=0)

    def _empty(self, number: int) -> FrameItem:
        return FrameItem("", size=self._video.size, number=number)

    def _numbered_behind(self) -> Iterator[tuple[int, FrameItem]]:
        return ((self.end + place * self._step, frame) for place, frame in enumerate(self._behind))


def _called(frame: FrameItem) -> str:
    return printable("/".join(filter(None, (frame.subset, frame.name))))
