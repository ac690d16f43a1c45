"""Bringing a dataset into a project: a report first, then one step.

The dataset is streamed twice. The first time nothing is written: frames are matched by name and number, labels
by name, and what cannot be read is collected. The second time the annotations go into the project in
transactions of bounded size that are one step of the history.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Foreign, Keyframe, Track
from annotator.core.ids import new_ids
from annotator.core.shapes import Attributes
from annotator.formats.dataset import Dataset, FrameItem, Problem, TrackItem
from annotator.formats.label_selection import LabelSelection
from annotator.project.errors import ProjectError
from annotator.project.imports.choices import NO_CHOICES, ImportChoices
from annotator.project.imports.clearing import clear_frames, standing_on
from annotator.project.imports.frame_doubts import frame_doubts
from annotator.project.imports.frame_matching import (
    FrameKey,
    FrameMatching,
    NamedKey,
    Unmatched,
    key_of,
    match_frames,
)
from annotator.project.imports.groups import Groups
from annotator.project.imports.label_mapping import LabelMapping, Refusals, map_labels
from annotator.project.imports.source import ImportSource, fingerprint, frames_fingerprint
from annotator.project.imports.stored_import import AlreadyStored, StoredParts
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.memos import ImportMemo
from annotator.project.storage.parts import PART_SIZE
from annotator.project.storage.store import USER, LongStep
from annotator.safe_io import printable

# Frames whose own record is written at once; bounds the memory of a very large dataset.
_FRAMES_AT_ONCE: Final = 5_000


@dataclass(slots=True)
class ImportReport:
    """What an import would do; `run_import` returns what it did.

    frames: of the dataset that are in the task. annotations by kind, tracks and keyframes: those on such frames.
    replaced: annotations and tracks that are deleted from those frames first. skipped: annotations and key frames
    that are on none, and key frames on one where their track has another. problems: what was not read, or not
    taken, as it stands. new_labels: by name. step: the id of the step that was made, None where nothing was
    written.
    """

    format: str
    task: str
    frames: int = 0
    annotations: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    keyframes: int = 0
    replaced: int = 0
    skipped: int = 0
    unmatched: list[Unmatched] = field(default_factory=list)
    new_labels: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    step: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the dataset stays behind."""
        return not self.left_out

    @property
    def left_out(self) -> int:
        """How many records of the dataset stay behind: without a frame, or left out by a problem."""
        return self.skipped + sum(problem.skipped for problem in self.problems)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import that was looked at and can be run. doubts: about frames, found when the dataset had been read.

    counts: annotations and key frames on each frame of the dataset.
    """

    dataset: LabelSelection
    task: Task
    report: ImportReport
    labels: LabelMapping
    matching: FrameMatching
    doubts: tuple[Problem, ...] = ()
    choices: ImportChoices = NO_CHOICES
    counts: Mapping[FrameKey, int] = field(default_factory=dict)


def plan_import(
    project: Project,
    dataset: Dataset,
    task: Task,
    progress: Progress = NO_PROGRESS,
    *,
    choices: ImportChoices = NO_CHOICES,
    must_fit: bool = True,
) -> ImportPlan:
    """Look at a dataset and say what importing it into a task would do. Nothing is written.

    must_fit: raises ProjectError where no frame of it is in the task; else that is for a person to mend.
    """
    chosen = LabelSelection(dataset, choices.skipped(dataset.header.labels))
    header = chosen.header
    labels = map_labels(
        project.labels, header.labels, choices.targets(project.labels, dataset.header.labels)
    )
    survey = _Survey(labels)
    for item in progress.track(chosen.items(), "Reading"):
        survey.look_at(item)
    frames = list(project.frames(task.id))
    matching = match_frames(task, frames, survey.names, survey.numbers, header)
    matching.choose(choices.frames, frames)
    if must_fit and survey.is_on_frames and not len(matching):
        raise _nothing_fits(matching, task)
    report = ImportReport(header.format, task.name)
    report.unmatched = matching.unmatched
    report.new_labels = list(labels.new)
    report.problems = survey.problems + _refused(survey.refusals, dataset)
    survey.count(matching, report)
    if choices.replace:
        report.replaced = standing_on(project, task, matching.frame_ids)
    doubts = tuple(frame_doubts(project, survey.sizes, matching, header))
    report.problems += doubts
    return ImportPlan(chosen, task, report, labels, matching, doubts, choices, survey.counts())


def run_import(
    project: Project,
    plan: ImportPlan,
    *,
    author: str = USER,
    progress: Progress = NO_PROGRESS,
    keep_on_error: bool = False,
    source: ImportSource | None = None,
    begun: Callable[[int], None] | None = None,
) -> ImportReport:
    """Write what was planned, as one step, and return what was done.

    begun: told the id of the step before anything is written; the step is in the history once something is.
    source: where the dataset was opened, so that the import can be resumed where it was interrupted. Cancelling, and
    every error, takes back what was written so far, or with `keep_on_error` leaves the step unfinished, for a
    person to resume, keep or undo.
    """
    first_group = project.highest_group() + 1
    memo = None if source is None else _memo(project, plan, source, first_group, progress)
    with project.long_step(
        f"Import {plan.report.format}",
        author=author,
        task=plan.task.id,
        keep_on_error=keep_on_error,
        memo=memo,
    ) as step:
        if begun is not None:
            begun(step.id)
        return write_import(project, plan, step, StoredParts(), Groups(first_group), progress)


def write_import(
    project: Project,
    plan: ImportPlan,
    step: LongStep,
    stored: StoredParts,
    groups: Groups,
    progress: Progress = NO_PROGRESS,
) -> ImportReport:
    """Write what was planned into a step, but for what is stored already, and return what was done as a whole."""
    _loosen(project, plan.labels.loosened, step)
    _write_header(project, plan, step)
    replaced = stored.deleted
    # Room was made before anything was stored.
    if plan.choices.replace and not (stored.annotations or stored.tracks):
        replaced += clear_frames(project, plan.task, plan.matching.frame_ids, step, progress)
    writer = _Writer(project, plan, step, groups, AlreadyStored(project, stored))
    for item in progress.track(plan.dataset.items(), "Importing"):
        writer.take(item)
    report = writer.finish()
    report.step, report.replaced = step.id, replaced
    return report


def _memo(
    project: Project,
    plan: ImportPlan,
    source: ImportSource,
    first_group: int,
    progress: Progress,
) -> ImportMemo:
    path = source.path.absolute()
    return ImportMemo(
        path=str(path),
        format=source.format,
        task=plan.task.id,
        first_group=first_group,
        fingerprint=fingerprint(path, progress),
        frames_fingerprint=frames_fingerprint(project.frames(plan.task.id)),
        labels=dict(plan.choices.labels),
        frames=tuple(plan.choices.frames.items()),
        replace=plan.choices.replace,
    )


# Looking ---------------------------------------------------------------------------------------------------


class _Survey:
    """What the first pass finds."""

    def __init__(self, labels: LabelMapping) -> None:
        self._labels = labels
        self.problems: list[Problem] = []
        self.refusals = Refusals()
        self.names: dict[NamedKey, int | None] = {}
        self.numbers: set[int] = set()
        self.sizes: dict[FrameKey, tuple[int, int] | None] = {}
        self._kinds: dict[FrameKey, Counter[str]] = {}
        self._tracks: list[tuple[int, ...]] = []

    @property
    def is_on_frames(self) -> bool:
        """Whether the dataset has any frame at all."""
        return bool(self.names or self.numbers)

    def look_at(self, item: FrameItem | TrackItem | Problem) -> None:
        """Take note of an item."""
        if isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, TrackItem):
            self._look_at_track(item.track)
        else:
            self._look_at_frame(item)

    def _look_at_frame(self, item: FrameItem) -> None:
        key = key_of(item)
        if isinstance(key, int):
            self.numbers.add(key)
        elif self.names.get(key) is None:
            self.names[key] = item.number
        self.sizes[key] = self.sizes.get(key) or item.size
        kinds = self._kinds.setdefault(key, Counter())
        for annotation in item.annotations:
            kinds[annotation.kind] += 1
            _taken_values(self._labels, annotation, self.refusals)

    def _look_at_track(self, track: Track) -> None:
        frames = tuple(keyframe.frame for keyframe in track.keyframes)
        self._tracks.append(frames)
        self.numbers.update(frames)
        self._labels.values_of(track.attributes, self.refusals)
        for keyframe in track.keyframes:
            _taken_values(self._labels, keyframe, self.refusals)

    def counts(self) -> Counter[FrameKey]:
        """Return how much is on each frame of the dataset."""
        found: Counter[FrameKey] = Counter(
            {key: kinds.total() for key, kinds in self._kinds.items()}
        )
        for frames in self._tracks:
            found.update(frames)
        return found

    def count(self, matching: FrameMatching, report: ImportReport) -> None:
        """Count what is on frames of the task, and what is not."""
        found: set[int] = set()
        for key, kinds in self._kinds.items():
            frame = matching.frame_of(key)
            if frame is None:
                report.skipped += kinds.total()
            else:
                found.add(frame.id)
                report.annotations.update(kinds)
        # A dataset may say the same frame by its name and by its number.
        report.frames = len(found)
        for frames in self._tracks:
            there = len({matching.numbered[one].id for one in frames if one in matching.numbered})
            report.tracks += there > 0
            report.keyframes += there
            report.skipped += len(frames) - there


def _taken_values(labels: LabelMapping, one: Annotation | Keyframe, refusals: Refusals) -> None:
    """Note which attribute values would be refused."""
    labels.values_of(one.attributes, refusals)
    if one.shape is not None:
        labels.shape_of(one.shape, refusals)


def _refused(refusals: Refusals, dataset: Dataset) -> list[Problem]:
    name = dataset.header.name or dataset.header.format
    told = zip(refusals.texts(), refusals.count.values(), strict=True)
    return [Problem(name, text, "attribute-value", skipped=count) for text, count in told]


def _nothing_fits(matching: FrameMatching, task: Task) -> ProjectError:
    first = matching.unmatched[0]
    return ProjectError(
        f"None of the frames in the dataset is in task {printable(task.name)}; the first is {printable(first.name)}:"
        f" {first.reason}. Import it into the task that holds its pictures."
    )


# Writing ---------------------------------------------------------------------------------------------------


def _loosen(project: Project, attributes: Collection[int], step: LongStep) -> None:
    """Let key frames of tracks that are there say the values that may change from now on.

    Before the labels are written, so that an import that stops here finds what is left when it is resumed.
    """
    for task in project.tasks() if attributes else ():
        changed: list[Track] = []
        size = 0
        for track in project.tracks(task.id):
            given = {key: value for key, value in track.attributes.items() if key in attributes}
            if given:
                changed.append(_given_to_keyframes(track, given))
                size += len(track.keyframes)
            if size >= PART_SIZE:
                _put_tracks(changed, task, step)
                changed, size = [], 0
        _put_tracks(changed, task, step)


def _given_to_keyframes(track: Track, given: Attributes) -> Track:
    """Return a track whose key frames have values that it had itself."""
    return replace(
        track,
        attributes={key: value for key, value in track.attributes.items() if key not in given},
        keyframes=tuple(
            replace(one, attributes={**given, **one.attributes}) for one in track.keyframes
        ),
    )


def _put_tracks(tracks: Iterable[Track], task: Task, step: LongStep) -> None:
    with step.edit() as edit:
        for track in tracks:
            edit.put_track(track, task.id)


def _write_header(project: Project, plan: ImportPlan, step: LongStep) -> None:
    task = next((one for one in project.tasks() if one.id == plan.task.id), plan.task)
    start, every = task.frame_start, task.frame_step
    if plan.matching.numbering is not None and (start, every) == (0, 1):
        # The task takes over the numbers of the dataset, so that they are written again.
        start, every = plan.matching.numbering
    foreign = {**task.foreign, **plan.dataset.header.foreign}
    with step.edit() as edit:
        for label in plan.labels.put.values():
            edit.put_label(label)
        edit.put_task(replace(task, foreign=foreign, frame_start=start, frame_step=every))


class _Writer:
    """Writes the items of the second pass in pieces, and counts them."""

    def __init__(
        self,
        project: Project,
        plan: ImportPlan,
        step: LongStep,
        groups: Groups,
        stored: AlreadyStored,
    ) -> None:
        self._plan, self._step = plan, step
        self._groups, self._stored = groups, stored
        self._report = ImportReport(plan.report.format, plan.report.task)
        self._report.unmatched = plan.report.unmatched
        self._report.new_labels = plan.report.new_labels
        self._refusals = Refusals()
        self._told = _ToldFrames(project, step)
        self._seen: set[int] = set()
        self._annotations: list[Annotation] = []
        self._tracks: list[Track] = []
        self._keyframes = 0

    def take(self, item: FrameItem | TrackItem | Problem) -> None:
        """Write an item, sooner or later."""
        if isinstance(item, Problem):
            self._report.problems.append(item)
        elif isinstance(item, FrameItem):
            self._take_frame(item)
        else:
            self._take_track(item.track)
        if len(self._annotations) >= PART_SIZE:
            self._write_annotations()
        if self._keyframes >= PART_SIZE:
            self._write_tracks()

    def finish(self) -> ImportReport:
        """Write what is left, and return what was done."""
        self._stored.check_end()
        self._write_annotations()
        self._write_tracks()
        self._told.write()
        self._report.frames = len(self._seen)
        self._report.problems += _refused(self._refusals, self._plan.dataset)
        self._report.problems += self._plan.doubts
        return self._report

    def _take_frame(self, item: FrameItem) -> None:
        frame = self._plan.matching.frame_of(key_of(item))
        if frame is None:
            self._report.skipped += len(item.annotations)
            return
        self._seen.add(frame.id)
        self._told.note(frame, item)
        self._annotations += self._stored.rest(self._converted(item.annotations, frame))

    def _converted(self, annotations: tuple[Annotation, ...], frame: Frame) -> Iterator[Annotation]:
        labels, refusals = self._plan.labels, self._refusals
        stored = self._stored.annotations_left
        for fresh, one in zip(new_ids(len(annotations)), annotations, strict=True):
            self._report.annotations[one.kind] += 1
            stored -= 1
            # Field by field: `replace` takes twice as long, and this runs for each annotation of a dataset.
            yield Annotation(
                frame.id,
                labels.labels[one.label],
                None if one.shape is None else labels.shape_of(one.shape, refusals),
                labels.values_of(one.attributes, refusals),
                one.occluded,
                one.z_order,
                self._groups.number_of(one.group, is_stored=stored >= 0),
                one.source,
                one.score,
                one.foreign,
                fresh,
            )

    def _write_annotations(self) -> None:
        with self._step.edit(fresh=True) as edit:
            edit.put(*self._annotations)
        self._annotations = []

    def _take_track(self, track: Track) -> None:
        numbered = self._plan.matching.numbered
        on_frames: dict[int, tuple[Keyframe, Frame]] = {}
        for one in track.keyframes:
            frame = numbered.get(one.frame)
            if frame is not None:
                on_frames.setdefault(frame.id, (one, frame))
        there = list(on_frames.values())
        self._report.skipped += len(track.keyframes) - len(there)
        if not there:
            return
        self._report.tracks += 1
        self._report.keyframes += len(there)
        converted, is_stored = self._stored.next_track(self._converted_track(track, there))
        group = self._groups.number_of(track.group, is_stored=is_stored)
        if converted is not None:
            self._keyframes += len(there)
            self._tracks.append(replace(converted, group=group))

    def _converted_track(self, track: Track, there: list[tuple[Keyframe, Frame]]) -> Track:
        labels, refusals = self._plan.labels, self._refusals
        values = labels.values_of(track.attributes, refusals)
        # What the project lets change along a track stands in the key frames.
        mutable = labels.mutable
        changing = {key: value for key, value in values.items() if key in mutable}
        return replace(
            track,
            id=new_ids(1)[0],
            label=labels.labels[track.label],
            keyframes=tuple(
                replace(
                    one,
                    frame=frame.id,
                    shape=labels.shape_of(one.shape, refusals),
                    attributes=changing | labels.values_of(one.attributes, refusals),
                )
                for one, frame in there
            ),
            attributes={key: value for key, value in values.items() if key not in mutable},
        )

    def _write_tracks(self) -> None:
        _put_tracks(self._tracks, self._plan.task, self._step)
        self._tracks, self._keyframes = [], 0


class _ToldFrames:
    """What the dataset says of the frames themselves: their subset, and what only its format knows."""

    def __init__(self, project: Project, step: LongStep) -> None:
        self._project, self._step = project, step
        self._told: dict[int, tuple[str, Foreign]] = {}

    def note(self, frame: Frame, item: FrameItem) -> None:
        """Remember what an item says."""
        if not item.subset and not item.foreign:
            return
        subset, foreign = self._told.get(frame.id, ("", {}))
        self._told[frame.id] = subset or item.subset, {**foreign, **item.foreign}
        if len(self._told) >= _FRAMES_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what was remembered; a subset that a frame has already stays."""
        with self._step.edit() as edit:
            for frame_id, (subset, foreign) in self._told.items():
                # As it is now: somebody may have marked it as done since.
                frame = self._project.frame(frame_id)
                if frame is not None:
                    joined = {**frame.foreign, **foreign}
                    edit.put_frame(replace(frame, subset=frame.subset or subset, foreign=joined))
        self._told = {}
