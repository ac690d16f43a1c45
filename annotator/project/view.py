"""A project as a dataset to be written."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from annotator.core.annotations import Foreign, Track
from annotator.core.labels import LabelSchema
from annotator.formats.dataset import (
    FrameItem,
    FramePicture,
    TrackForm,
    TrackItem,
    VideoDescription,
)
from annotator.formats.shown_tracks import ShownTracks
from annotator.project.frames.frame_selection import EVERYTHING, Choice, FrameSelection
from annotator.project.frames.frame_table import FrameTable, Integers
from annotator.project.frames.track_clipping import clipped
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


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """The frames of one task that are in the view. table: all of the task; rows: the chosen ones of it."""

    table: FrameTable
    rows: Integers

    @property
    def positions(self) -> Integers:
        return self.table.positions[self.rows]

    def subset_at(self, position: int) -> str:
        row = self.table.row_at(position)
        return "" if row is None else self.table.subset_names[self.table.subsets[row]]


class ProjectView:
    """The frames and tracks of a project, or of some of its tasks, as a `DatasetView`.

    The frames of one task keep their numbers; those of further tasks follow on. With a selection, other frames are
    not there at all: a format does not lose them, `choice` says how many they are. Which frames are chosen is
    looked up once, when it is first needed.
    """

    def __init__(
        self,
        project: Project,
        tasks: Sequence[Task] | None = None,
        selection: FrameSelection = EVERYTHING,
    ) -> None:
        self._project = project
        self._tasks = list(tasks) if tasks is not None else project.tasks()
        self._selection = selection
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
        if self._selection.is_everything:
            return sum(self._project.frame_count(task.id) for task in self._tasks)
        return self.choice.frames

    @property
    def choice(self) -> Choice:
        """How many frames the selection takes, of how many."""
        chosen = self._chosen.values()
        frames, of = sum(len(one.rows) for one in chosen), sum(len(one.table) for one in chosen)
        return Choice(frames, of, str(self._selection))

    def frames(self, tracks: TrackForm = "none") -> Iterator[FrameItem]:
        """Yield every frame in order; with "interpolated", with what each track shows there."""
        for stretch in self._stretches:
            numbered = self._numbered_tracks(stretch) if tracks == "interpolated" else []
            shown = ShownTracks(numbered)
            for frame in self._frames_of(stretch):
                item = self._item(frame, stretch)
                if numbered:
                    assert item.number is not None
                    item = replace(item, tracked=shown.on(item.number))
                yield item

    def tracks(self) -> Iterator[TrackItem]:
        """Yield every track with its key frames, on the frames that are in the view."""
        for stretch in self._stretches:
            yield from self._numbered_tracks(stretch)

    def frame_numbered(self, number: int) -> Frame | None:
        """Return the frame that has a number in the view, or None."""
        for stretch in self._stretches:
            position, rest = divmod(number - stretch.first, stretch.step)
            if stretch.first <= number < stretch.end and not rest:
                found = self._project.frames(stretch.task.id, after=position - 1, limit=1)
                return next((one for one in found if one.position == position), None)
        return None

    def picture(self, frame: FrameItem) -> FramePicture | None:
        """Return where the picture of a frame is; None where it is missing or its path is not allowed."""
        found = None if frame.number is None else self.frame_numbered(frame.number)
        if found is None:
            return None
        try:
            path = self._project.media_path(found)
        except InputError:
            return None
        if path is None or not os.path.isfile(path):
            return None
        return FramePicture(path, found.source_index)

    def _lay_out(self) -> Iterator[_Stretch]:
        end = 0
        for place, task in enumerate(self._tasks):
            first = task.frame_start if place == 0 else end
            end = first + (self._project.last_position(task.id) + 1) * task.frame_step
            yield _Stretch(task, first, task.frame_step, end)

    @cached_property
    def _chosen(self) -> dict[int, _Chosen]:
        """The chosen frames by task."""
        return {task.id: self._chosen_of(task) for task in self._tasks}

    def _chosen_of(self, task: Task) -> _Chosen:
        table = self._project.frame_table(task.id)
        wanted = self._selection.chosen(table, self._project.jobs(task.id))
        return _Chosen(table, np.flatnonzero(wanted))

    def _frames_of(self, stretch: _Stretch) -> Iterator[Frame]:
        task = stretch.task.id
        if self._selection.is_everything:
            yield from self._project.frames(task)
            return
        positions = self._chosen[task].positions.tolist()
        for start in range(0, len(positions), _PAGE):
            wanted = positions[start : start + _PAGE]
            among = set(wanted)
            for frame in self._project.frames(task, after=wanted[0] - 1):
                if frame.position in among:
                    yield frame
                if frame.position >= wanted[-1]:
                    break

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
        chosen = self._chosen[stretch.task.id]
        wanted = {keyframe.frame for track in tracks for keyframe in track.keyframes}
        # Removed ones too: a track that has a key frame on one still goes on from there.
        numbers = {
            frame.id: stretch.number_of(frame.position)
            for frame in self._project.all_frames(stretch.task.id)
            if frame.id in wanted
        }
        there = stretch.first + chosen.positions * stretch.step
        items = []
        for track in tracks:
            part = clipped(_numbered(track, numbers), there, stretch.step)
            if part is not None:
                first = (part.keyframes[0].frame - stretch.first) // stretch.step
                items.append(TrackItem(part, chosen.subset_at(first)))
        return items


def _numbered(track: Track, numbers: dict[int, int]) -> Track:
    """The track with frame numbers in place of ids."""
    keyframes = tuple(
        replace(keyframe, frame=numbers[keyframe.frame]) for keyframe in track.keyframes
    )
    return replace(track, keyframes=keyframes)
