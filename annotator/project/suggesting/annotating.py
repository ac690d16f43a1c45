"""Automatic annotation: a model looks at many frames, and what it sees becomes suggestions or annotations.

Whatever it sees is kept as suggestions first, so nothing is computed twice: who stops and begins again, after a crash
too, goes on behind the frames that this model has looked at. Annotations are made of the suggestions that are visible,
and so never of what is annotated, or was rejected, already.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import Cancelled
from annotator.models.errors import ModelError
from annotator.models.proposal import Proposal
from annotator.models.providers import Detector
from annotator.models.workers.worker_model import WorkerModel
from annotator.project.frames.frame_selection import EVERYTHING, FrameSelection
from annotator.project.looking import Answer, answers
from annotator.project.media.frame_pictures import read_frame
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.parts import PART_SIZE
from annotator.project.storage.store import USER, LongStep
from annotator.project.suggesting.keys import MODEL_PATH, is_untouched
from annotator.project.suggesting.labels import AcceptedLabels, with_targets
from annotator.project.suggesting.model_labels import ModelLabels
from annotator.project.suggesting.suggestions import SuggestingModel, Suggestions

Form: TypeAlias = Literal["suggestions", "annotations"]

# What is seen is written after so many frames, or so long in seconds: whoever watches sees it come.
_FRAMES_AT_ONCE: Final = 50
_SECONDS: Final = 0.5

_MADE_BY: Final = f"""
    SELECT s.id FROM shape s JOIN geometry g ON g.id = s.id
    WHERE s.frame_id = ? AND s.label_id IS NOT NULL AND json_valid(g.extra)
    AND json_extract(g.extra, '{MODEL_PATH}') = ?
"""  # noqa: S608 - own words


@dataclass(frozen=True, slots=True)
class _Options:
    threshold: float
    form: Form
    clear: bool
    anew: bool

    @property
    def changes_annotations(self) -> bool:
        return self.form == "annotations" or self.clear


@dataclass(frozen=True, slots=True)
class RunningModel:
    """A model that can be asked. stop: ends what it is doing; whoever waits for that gets an error."""

    known: SuggestingModel
    detector: Detector
    stop: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """Why nothing, or not all, was seen on a frame, as a sentence. is_skipped: nothing was."""

    frame: str
    text: str
    is_skipped: bool = True


@dataclass(slots=True)
class AnnotatingReport:
    """What a model was asked and what became of it.

    frames: it was to look at. done_before: those of them it had looked at already. seen: by its own names, with at
    least the threshold. not_shown: those of them that stand for no label of the project. annotations: made, by
    label. cleared: earlier ones that were deleted. step: None where nothing was changed.
    """

    model: str
    frames: int = 0
    done_before: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    not_shown: Counter[str] = field(default_factory=Counter)
    annotations: Counter[str] = field(default_factory=Counter)
    cleared: int = 0
    problems: list[FrameProblem] = field(default_factory=list)
    step: int | None = None

    @property
    def skipped(self) -> int:
        """On how many frames nothing was seen because of a problem."""
        return sum(problem.is_skipped for problem in self.problems)


def running(model: WorkerModel) -> RunningModel:
    """Return a model that was started as something that can be asked."""
    manifest = model.manifest
    known = SuggestingModel(manifest.id, manifest.revision, model.labels)
    return RunningModel(known, model, model.interrupt)


def annotate(
    project: Project,
    model: RunningModel,
    tasks: Sequence[Task],
    *,
    threshold: float,
    labels: ModelLabels | None = None,
    form: Form = "suggestions",
    selection: FrameSelection = EVERYTHING,
    clear: bool = False,
    anew: bool = False,
    suggestions: Suggestions | None = None,
    workers: int | None = None,
    author: str = USER,
    keep_on_error: bool = False,
    progress: Progress = NO_PROGRESS,
) -> AnnotatingReport:
    """Have a model look at the frames of some tasks, and keep what it sees as suggestions, or annotate with it.

    labels: where its labels go; as remembered or proposed where it is None. clear: delete this model's annotations
    that nobody has changed, first. anew: look again at frames it has looked at. suggestions: those whose signal
    somebody listens to. All changes of annotations are one step; where the work is cancelled or fails, it is taken
    back, or left unfinished with `keep_on_error`. Suggestions stay as far as they came. Takes a while: not for the GUI
    thread. Raises Cancelled; ReadOnlyError, ModelError, where nothing can be done at all.
    """
    table = suggestions or Suggestions(project)
    names = model.known.labels
    options = _Options(threshold, form, clear, anew)
    run = _Run(
        project,
        model,
        table,
        labels or table.labels_of(model.known.id, names),
        options,
    )
    frames = list(_chosen(project, tasks, selection))
    run.report.frames = sum(len(ids) for _, ids in frames)
    questions = run.questions(_frames(project, frames), progress)
    found = answers(questions, run.look, progress, workers=workers, stop=model.stop)
    if not options.changes_annotations:
        run.take(found, None)
        return run.report
    one_task = tasks[0].id if len(tasks) == 1 else None
    with project.long_step(
        f"Annotate with {model.known.id}",
        author=author,
        task=one_task,
        keep_on_error=keep_on_error,
    ) as step:
        run.take(found, step)
    if run.report.annotations or run.report.cleared:
        run.report.step = step.id
    return run.report


def _chosen(
    project: Project, tasks: Sequence[Task], selection: FrameSelection
) -> Iterator[tuple[int, set[int]]]:
    """Yield each task with the ids of its frames that are meant."""
    for task in tasks:
        table = project.frame_table(task.id)
        rows = selection.chosen(table, project.jobs(task.id))
        yield task.id, set(table.ids[np.flatnonzero(rows)].tolist())


def _frames(project: Project, chosen: Sequence[tuple[int, set[int]]]) -> Iterator[Frame]:
    for task, ids in chosen:
        yield from (frame for frame in project.frames(task) if frame.id in ids)


@dataclass(frozen=True, slots=True)
class _Question:
    """A frame, and whether the model has looked at it already."""

    frame: Frame
    is_done: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a model sees on a frame, None where it had looked at it before; and what is wrong with the picture."""

    proposals: Sequence[Proposal] | None
    problem: str | None = None


class _Run:
    """One run of a model. `look` is called by several threads, all else by one."""

    def __init__(
        self,
        project: Project,
        model: RunningModel,
        suggestions: Suggestions,
        labels: ModelLabels,
        options: _Options,
    ) -> None:
        self.report = AnnotatingReport(model.known.id)
        self._project, self._model, self._suggestions = project, model, suggestions
        self._labels, self._options = labels, options
        self._any_answer = False

    # Looking ----------------------------------------------------------------------------------------

    def questions(self, frames: Iterable[Frame], progress: Progress) -> Iterator[_Question]:
        """Yield the frames there is something to do for, and report how far that is."""
        title = f"Annotating with {self._model.known.id}"
        for frame in progress.track(frames, title, self.report.frames):
            is_done = self._is_done(frame)
            self.report.done_before += is_done
            if not is_done or self._options.changes_annotations:
                yield _Question(frame, is_done)

    def _is_done(self, frame: Frame) -> bool:
        if self._options.anew:
            return False
        before = self._suggestions.threshold_of(self._model.known, frame.id)
        if before is None:
            return False
        wanted = self._options.threshold
        # What was found with a lower threshold holds all that a higher one finds.
        return before == wanted or (self._options.form == "annotations" and before < wanted)

    def look(self, question: _Question) -> _Seen:
        """Have the model look at a frame, unless it has before."""
        if question.is_done:
            return _Seen(None)
        picture = read_frame(self._project, question.frame)
        found = self._model.detector.detect(picture.pixels, self._options.threshold)
        return _Seen(found, picture.problem)

    # Taking -----------------------------------------------------------------------------------------

    def take(self, found: Iterable[Answer[_Question, _Seen]], step: LongStep | None) -> None:
        """Keep what is seen, a lot of frames at a time, and annotate with it where there is a step for that."""
        lot: dict[int, _Seen] = {}
        size, begun = 0, monotonic()
        try:
            for answer in found:
                seen = self._checked(answer)
                if seen is None:
                    continue
                lot[answer.question.frame.id] = seen
                size += len(seen.proposals or ())
                if (
                    len(lot) >= _FRAMES_AT_ONCE
                    or size >= PART_SIZE
                    or monotonic() - begun > _SECONDS
                ):
                    self._write(lot, step)
                    lot, size, begun = {}, 0, monotonic()
        except Cancelled:
            self._keep(lot)
            raise
        self._write(lot, step)

    def _checked(self, answer: Answer[_Question, _Seen]) -> _Seen | None:
        """Return what is seen; None, and a problem in the report, where that failed for this frame."""
        name, error, seen = answer.question.frame.name, answer.error, answer.value
        if error is not None:
            # A model that fails at once does so everywhere.
            if isinstance(error, ModelError) and not self._any_answer:
                raise ModelError(
                    f"The model “{self._model.known.id}” does not work: {error}"
                ) from error
            self.report.problems.append(FrameProblem(name, str(error)))
            return None
        assert seen is not None
        self._any_answer = True
        if seen.problem is not None:
            self.report.problems.append(FrameProblem(name, seen.problem, is_skipped=False))
        return seen

    def _keep(self, lot: Mapping[int, _Seen]) -> None:
        new = {frame: one.proposals for frame, one in lot.items() if one.proposals is not None}
        self._suggestions.fill(self._model.known, self._options.threshold, new)

    def _write(self, lot: Mapping[int, _Seen], step: LongStep | None) -> None:
        self._keep(lot)
        schema = self._project.labels
        shown = self._labels.shown(schema)
        for frame in lot:
            stored = self._suggestions.stored(frame, self._options.threshold)
            own = [one for one in stored if one.model == self._model.known.id]
            named = with_targets(own, shown, schema)
            seen = Counter(one.label for one in own)
            self.report.seen += seen
            self.report.not_shown += seen - Counter(one.label for one in named)
        if step is not None and self._options.clear:
            with step.edit() as edit:
                gone = [one for frame in lot for one in self._untouched(frame)]
                edit.delete(*gone)
            self.report.cleared += len(gone)
        if step is not None and self._options.form == "annotations":
            self._annotate(lot, step)

    def _untouched(self, frame: int) -> list[int]:
        """Return the annotations that the model made on a frame and nobody has changed."""
        model = self._model.known.id
        rows: Any = self._project.ask(lambda db: db.execute(_MADE_BY, (frame, model)).fetchall())
        made = (self._project.annotation(row_id) for (row_id,) in rows)
        return [one.id for one in made if one is not None and is_untouched(one)]

    def _annotate(self, frames: Iterable[int], step: LongStep) -> None:
        model = self._model.known.id
        wanted = [
            one
            for frame in frames
            for one in self._suggestions.visible(
                frame, self._options.threshold, {model: self._labels}, models=(model,)
            )
        ]
        # The labels as they are now: a person may be at work on them.
        accepted = AcceptedLabels(self._project.labels)
        made = [accepted.annotation_of(one) for one in wanted]
        if accepted.new:
            self._suggestions.remember(ModelLabels(model, self._labels.to_be_made))
        with step.edit() as edit:
            for label in accepted.new.values():
                edit.put_label(label)
            edit.put(*made)
        self.report.annotations.update(accepted.schema[one.label].name for one in made)
