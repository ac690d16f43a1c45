"""A project as a dataset to be written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.annotations import Foreign, Track
from annotator.core.labels import LabelSchema
from annotator.formats.dataset import FrameItem, TrackForm, TrackItem, VideoDescription
from annotator.formats.memory import shown_tracks
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.safe_io import InputError

# Frames read at once, so that no reading transaction stays open and holds up the log.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The frame numbers of one task: first + position * step."""

    task: Task
    first: int
    step: int
    end: int

    def number_of(self, position: int) -> int:
        return self.first + position * self.step


class ProjectView:
    """The frames and tracks of a project, or of some of its tasks, as a `DatasetView`.

    The frames of one task keep their numbers; those of further tasks follow on.
    """

    def __init__(self, project: Project, tasks: Sequence[Task] | None = None) -> None:
        self._project = project
        self._tasks = list(tasks) if tasks is not None else project.tasks()
        self._stretches = list(self._lay_out())

    @property
    def name(self) -> str:
        """The name of the only task, or of the project's folder."""
        return self._tasks[0].name if len(self._tasks) == 1 else self._project.folder.name

    @property
    def labels(self) -> LabelSchema:
        """Every label of the project."""
        return self._project.labels

    @property
    def video(self) -> VideoDescription | None:
        """None: the tasks of this version hold pictures."""
        return None

    @property
    def foreign(self) -> Foreign:
        """What readers found for the datasets that were imported, the first task's first."""
        joined: dict[str, object] = {}
        for task in reversed(self._tasks):
            joined.update(task.foreign)
        return joined

    @property
    def frame_count(self) -> int:
        """How many frames there are."""
        return sum(self._project.frame_count(task.id) for task in self._tasks)

    def frames(self, tracks: TrackForm = "none") -> Iterator[FrameItem]:
        """Yield every frame in order; with "interpolated", with what each track shows there."""
        for stretch in self._stretches:
            shown = self._numbered_tracks(stretch) if tracks == "interpolated" else []
            for frame in self._frames_of(stretch):
                item = self._item(frame, stretch)
                if shown:
                    assert item.number is not None
                    item = replace(item, tracked=tuple(shown_tracks(shown, item.number)))
                yield item

    def tracks(self) -> Iterator[TrackItem]:
        """Yield every track with its key frames."""
        for stretch in self._stretches:
            yield from self._numbered_tracks(stretch)

    def media_path(self, frame: FrameItem) -> Path | None:
        """Return the picture file of a frame, or None where there is none or its path is not allowed."""
        if frame.number is None:
            return None
        for stretch in self._stretches:
            if stretch.first <= frame.number < stretch.end:
                position = (frame.number - stretch.first) // stretch.step
                found = self._project.frames(stretch.task.id, after=position - 1, limit=1)
                try:
                    path = next((self._project.media_path(one) for one in found), None)
                except InputError:
                    return None
                return path if path is not None and path.is_file() else None
        return None

    def _lay_out(self) -> Iterator[_Stretch]:
        end = 0
        for place, task in enumerate(self._tasks):
            first = task.frame_start if place == 0 else end
            end = first + (self._project.last_position(task.id) + 1) * task.frame_step
            yield _Stretch(task, first, task.frame_step, end)

    def _frames_of(self, stretch: _Stretch) -> Iterator[Frame]:
        after = -1
        while True:
            page = list(self._project.frames(stretch.task.id, after=after, limit=_PAGE))
            if not page:
                return
            yield from page
            after = page[-1].position

    def _item(self, frame: Frame, stretch: _Stretch) -> FrameItem:
        number = stretch.number_of(frame.position)
        return FrameItem(
            name=frame.name,
            size=self._project.frame_size(frame),
            number=number,
            subset=frame.subset,
            annotations=tuple(
                replace(one, frame=number) for one in self._project.annotations(frame.id)
            ),
            foreign=frame.foreign,
        )

    def _numbered_tracks(self, stretch: _Stretch) -> list[TrackItem]:
        tracks = self._project.tracks(stretch.task.id)
        if not tracks:
            return []
        wanted = {keyframe.frame for track in tracks for keyframe in track.keyframes}
        frames = {f.id: f for f in self._frames_of(stretch) if f.id in wanted}
        return [item for track in tracks if (item := _numbered(track, frames, stretch)) is not None]


def _numbered(track: Track, frames: dict[int, Frame], stretch: _Stretch) -> TrackItem | None:
    """The track with frame numbers; None where none of its frames is left in the task."""
    there = [keyframe for keyframe in track.keyframes if keyframe.frame in frames]
    if not there:
        return None
    keyframes = tuple(
        replace(keyframe, frame=stretch.number_of(frames[keyframe.frame].position))
        for keyframe in there
    )
    return TrackItem(replace(track, keyframes=keyframes), frames[there[0].frame].subset)
