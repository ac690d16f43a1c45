"""Bringing a dataset into a project: a report first, then one step.

The dataset is streamed twice. The first time nothing is written: frames are matched by name and number, labels
by name, and what cannot be read is collected. The second time the annotations go into the project in
transactions of bounded size that are one step of the history.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.ids import new_ids
from annotator.formats.dataset import Dataset, FrameItem, Problem, TrackItem, VideoDescription
from annotator.formats.matching import match_names
from annotator.project.edit import PART_SIZE
from annotator.project.errors import ProjectError
from annotator.project.label_mapping import LabelMapping, map_labels
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.store import USER, LongStep


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A frame of the dataset that is none of the task, or may be several, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What an import would do, and after it what it did.

    frames: matched ones of the dataset. annotations by kind, tracks and keyframes: those that have a frame.
    skipped: annotations, tracks and key frames that have none. problems: records that were not read as
    they stand. new_labels: by name.
    """

    format: str
    task: str
    frames: int = 0
    annotations: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    keyframes: int = 0
    skipped: int = 0
    unmatched: list[Unmatched] = field(default_factory=list)
    new_labels: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the dataset stays behind."""
        return not self.skipped and not any(problem.skipped for problem in self.problems)


@dataclass(slots=True)
class ImportPlan:
    """An import that was looked at and can be run."""

    dataset: Dataset
    task: Task
    report: ImportReport
    labels: LabelMapping
    frame_of_name: dict[str, Frame]
    frame_of_number: dict[int, Frame]


def plan_import(
    project: Project, dataset: Dataset, task: Task, progress: Progress = NO_PROGRESS
) -> ImportPlan:
    """Look at a dataset and say what importing it into a task would do. Nothing is written.

    Raises ProjectError where no frame of it is in the task.
    """
    header = dataset.header
    report = ImportReport(header.format, task.name)
    survey = _Survey()
    for item in progress.track(dataset.items(), "Reading"):
        survey.look_at(item)
    report.problems = survey.problems
    frames = list(project.frames(task.id))
    by_name = _match_names(survey, frames, report)
    by_number = _match_numbers(survey, by_name, frames, task, header.video)
    plan = ImportPlan(
        dataset, task, report, map_labels(project.labels, header.labels), by_name, by_number
    )
    report.new_labels = plan.labels.new
    _count(plan, survey)
    if survey.names or survey.keyframes:
        _check_some_match(plan, survey)
    return plan


def run_import(
    project: Project,
    plan: ImportPlan,
    *,
    author: str = USER,
    progress: Progress = NO_PROGRESS,
) -> ImportReport:
    """Write what was planned, as one step. Cancelling takes back what was written so far."""
    title = f"Import {plan.report.format}"
    with project.long_step(title, author=author, task=plan.task.id) as step:
        _write_header(project, plan, step)
        groups = _Groups(project)
        waiting: list[Annotation] = []
        tracks: list[Track] = []
        frames: dict[int, Frame] = {}
        for item in progress.track(plan.dataset.items(), "Importing"):
            if isinstance(item, FrameItem):
                frame = _frame_of(plan, item)
                if frame is None:
                    continue
                _note_frame(frames, frame, item)
                waiting += _annotations_of(plan, item, frame, groups)
                if len(waiting) >= PART_SIZE:
                    _write(step, waiting)
                    waiting = []
            elif isinstance(item, TrackItem):
                tracks += _track_of(plan, item, groups)
                if sum(len(track.keyframes) for track in tracks) >= PART_SIZE:
                    _write_tracks(step, tracks, plan.task)
                    tracks = []
        _write(step, waiting)
        _write_tracks(step, tracks, plan.task)
        with step.edit() as edit:
            edit.put_frame(*frames.values())
    plan.report.problems += [
        Problem("", f"{text} ({count} times)", "attribute-value")
        for text, count in plan.labels.refused.items()
    ]
    return plan.report


# Looking ---------------------------------------------------------------------------------------------------


class _Survey:
    """What the first pass finds."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.names: dict[str, int | None] = {}
        self.numbers: set[int] = set()
        self.kinds: dict[str | int, Counter[str]] = {}
        self.tracks: list[tuple[int, ...]] = []

    @property
    def keyframes(self) -> int:
        return sum(len(frames) for frames in self.tracks)

    def look_at(self, item: FrameItem | TrackItem | Problem) -> None:
        if isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, TrackItem):
            self.tracks.append(tuple(one.frame for one in item.track.keyframes))
        else:
            key: str | int = item.name or item.number or 0
            if item.name:
                self.names.setdefault(item.name, item.number)
            else:
                self.numbers.add(item.number or 0)
            kinds = self.kinds.setdefault(key, Counter())
            kinds.update(annotation.kind for annotation in item.annotations)


def _match_names(survey: _Survey, frames: list[Frame], report: ImportReport) -> dict[str, Frame]:
    matches = match_names(survey.names, [frame.name for frame in frames])
    found: dict[str, Frame] = {}
    for name, match in matches.items():
        if match.index is None:
            report.unmatched.append(Unmatched(name, match.reason))
        else:
            found[name] = frames[match.index]
    return found


def _match_numbers(
    survey: _Survey,
    by_name: dict[str, Frame],
    frames: list[Frame],
    task: Task,
    video: VideoDescription | None,
) -> dict[int, Frame]:
    """Frames by number: what named frames say first, then places in the task."""
    named = {
        number: by_name[name]
        for name, number in survey.names.items()
        if number is not None and name in by_name
    }
    if named:
        return named
    by_position = {frame.position: frame for frame in frames}
    start, step = (
        (video.start, max(video.step, 1)) if video else (task.frame_start, task.frame_step)
    )
    wanted = survey.numbers.union(*survey.tracks)
    found = {}
    for number in wanted:
        position, rest = divmod(number - start, step)
        if rest == 0 and position in by_position:
            found[number] = by_position[position]
    return found


def _count(plan: ImportPlan, survey: _Survey) -> None:
    report = plan.report
    for key, kinds in survey.kinds.items():
        known = plan.frame_of_name if isinstance(key, str) else plan.frame_of_number
        if key in known:
            report.frames += 1
            report.annotations.update(kinds)
        else:
            report.skipped += kinds.total()
            if isinstance(key, int):
                report.unmatched.append(Unmatched(f"frame {key}", "the task has no such frame"))
    for frames in survey.tracks:
        there = sum(frame in plan.frame_of_number for frame in frames)
        report.tracks += there > 0
        report.keyframes += there
        report.skipped += len(frames) - there


def _check_some_match(plan: ImportPlan, survey: _Survey) -> None:
    if plan.frame_of_name or plan.frame_of_number:
        return
    example = next(iter(survey.names), "")
    told = f" (the first is {example!r})" if example else ""
    raise ProjectError(
        f"None of the frames in the dataset{told} is in task {plan.task.name!r}. Import it into the task"
        " that holds its pictures."
    )


# Writing ---------------------------------------------------------------------------------------------------


class _Groups:
    """Group numbers of the dataset under numbers that no other group of the project has."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._numbers: dict[int, int] = {}
        self._first: int | None = None

    def of(self, group: int) -> int:
        if group == 0:
            return 0
        if self._first is None:
            self._first = self._project.highest_group() + 1
        return self._numbers.setdefault(group, self._first + len(self._numbers))


def _write_header(project: Project, plan: ImportPlan, step: LongStep) -> None:
    header = plan.dataset.header
    task = plan.task
    foreign = {**task.foreign, **header.foreign}
    start, every = task.frame_start, task.frame_step
    if header.video is not None and (start, every) == (0, 1):
        # The task takes over the numbers of the video, so that they are written again.
        start, every = header.video.start, max(header.video.step, 1)
    with step.edit() as edit:
        for label in plan.labels.put:
            edit.put_label(label)
        edit.put_task(replace(task, foreign=foreign, frame_start=start, frame_step=every))


def _frame_of(plan: ImportPlan, item: FrameItem) -> Frame | None:
    if item.name:
        return plan.frame_of_name.get(item.name)
    return plan.frame_of_number.get(item.number or 0)


def _note_frame(frames: dict[int, Frame], frame: Frame, item: FrameItem) -> None:
    """Remember what the dataset says of the frame itself."""
    known = frames.get(frame.id, frame)
    told = replace(
        known,
        subset=known.subset or item.subset,
        foreign={**known.foreign, **item.foreign},
    )
    if told != known:
        frames[frame.id] = told


def _annotations_of(
    plan: ImportPlan, item: FrameItem, frame: Frame, groups: _Groups
) -> Iterator[Annotation]:
    mapping = plan.labels
    for fresh, one in zip(new_ids(len(item.annotations)), item.annotations, strict=True):
        yield replace(
            one,
            id=fresh,
            frame=frame.id,
            label=mapping.labels[one.label],
            shape=None if one.shape is None else mapping.shape_of(one.shape),
            attributes=mapping.attributes_of(one.attributes),
            group=groups.of(one.group),
        )


def _write(step: LongStep, annotations: list[Annotation]) -> None:
    with step.edit(fresh=True) as edit:
        edit.put(*annotations)


def _track_of(plan: ImportPlan, item: TrackItem, groups: _Groups) -> Iterator[Track]:
    mapping, track = plan.labels, item.track
    keyframes = tuple(
        _keyframe_of(mapping, one, plan.frame_of_number[one.frame])
        for one in track.keyframes
        if one.frame in plan.frame_of_number
    )
    if keyframes:
        yield replace(
            track,
            id=new_ids(1)[0],
            label=mapping.labels[track.label],
            keyframes=keyframes,
            attributes=mapping.attributes_of(track.attributes),
            group=groups.of(track.group),
        )


def _write_tracks(step: LongStep, tracks: list[Track], task: Task) -> None:
    with step.edit() as edit:
        for track in tracks:
            edit.put_track(track, task.id)


def _keyframe_of(mapping: LabelMapping, keyframe: Keyframe, frame: Frame) -> Keyframe:
    return replace(
        keyframe,
        frame=frame.id,
        shape=mapping.shape_of(keyframe.shape),
        attributes=mapping.attributes_of(keyframe.attributes),
    )
