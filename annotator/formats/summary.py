"""What is in a dataset, in numbers."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Track
from annotator.core.shapes import Shape, Skeleton
from annotator.formats.dataset import Dataset, DatasetHeader, FrameItem, Problem, TrackItem
from annotator.formats.picture_files import find_picture
from annotator.formats.video_frames import frames_of_video


@dataclass(slots=True)
class Summary:
    """The numbers of a dataset.

    images: its frames, as many as converting it writes: those with annotations and those without, and all of a
    video whose length it gives. A name that is in several subsets counts once where it is the same picture file.
    annotations: those that belong to no track, by kind. tracks, keyframes: all of them. labels: annotations and
    tracks by the name of their label; labels without either are there with 0. attributes: how many values
    annotations, tracks, key frames and elements of skeletons have. problems: what was not read as it stands.
    """

    format: str
    images: int = 0
    annotations: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    keyframes: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    attributes: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """How many records were left out."""
        return sum(problem.skipped for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints; problems as sentences with their place."""
        return {
            "format": self.format,
            "images": self.images,
            "annotations": dict(self.annotations),
            "tracks": self.tracks,
            "keyframes": self.keyframes,
            "labels": dict(self.labels),
            "attributes": self.attributes,
            "skipped": self.skipped,
            "problems": [str(problem) for problem in self.problems],
        }


def summarise(dataset: Dataset, progress: Progress = NO_PROGRESS) -> Summary:
    """Go through a dataset once and count what is in it."""
    counting = _Counting(dataset.header)
    for item in progress.track(dataset.items(), "Reading"):
        if isinstance(item, FrameItem):
            counting.frame(item)
        elif isinstance(item, TrackItem):
            counting.track(item.track)
        else:
            counting.summary.problems.append(item)
    return counting.finished()


class _Counting:
    def __init__(self, header: DatasetHeader) -> None:
        self._header = header
        self._names = {label.id: label.name for label in header.labels}
        self._subsets: defaultdict[str, set[str]] = defaultdict(set)
        self._numbers: set[int] = set()
        self.summary = Summary(header.format)
        self.summary.labels.update(dict.fromkeys(self._names.values(), 0))

    def frame(self, item: FrameItem) -> None:
        # The frames of a video are what they are by their numbers, whether they have a name or not.
        if item.name and (item.number is None or self._header.video is None):
            self._subsets[item.name].add(item.subset)
        elif item.number is not None:
            self._numbers.add(item.number)
        for annotation in item.annotations:
            self._annotation(annotation)

    def _annotation(self, annotation: Annotation) -> None:
        summary = self.summary
        summary.annotations[annotation.kind] += 1
        self._label(annotation.label)
        summary.attributes += len(annotation.attributes) + _values_of_elements(annotation.shape)

    def track(self, track: Track) -> None:
        summary = self.summary
        summary.tracks += 1
        summary.keyframes += len(track.keyframes)
        self._label(track.label)
        summary.attributes += len(track.attributes)
        for keyframe in track.keyframes:
            summary.attributes += len(keyframe.attributes) + _values_of_elements(keyframe.shape)
            if self._header.video is not None:
                self._numbers.add(keyframe.frame)

    def _label(self, label_id: int) -> None:
        self.summary.labels[self._names.get(label_id, f"#{label_id}")] += 1

    def finished(self) -> Summary:
        video = self._header.video
        numbers = self._numbers.union(frames_of_video(video) if video else ())
        named = sum(self._pictures(name, subsets) for name, subsets in self._subsets.items())
        self.summary.images = named + len(numbers)
        return self.summary

    def _pictures(self, name: str, subsets: set[str]) -> int:
        """How many pictures of one name there are."""
        if len(subsets) == 1:
            return 1
        frames = [FrameItem(name, subset=subset) for subset in subsets]
        files = [find_picture(self._header, frame) for frame in frames]
        return len({file for file in files if file}) + sum(file is None for file in files)


def _values_of_elements(shape: Shape | None) -> int:
    if not isinstance(shape, Skeleton):
        return 0
    return sum(len(element.attributes) for element in shape.elements.values())
