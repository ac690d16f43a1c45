"""The whole way through the demo without a window: made, looked at by the model for text, exported."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.demo.place import DemoPlace
from annotator.demo.project import THRESHOLD, make_demo, remove_untouched
from annotator.demo.record import DemoRecord, keep_record, read_record
from annotator.formats.builtin import FORMATS
from annotator.formats.exporting import export_dataset
from annotator.formats.losses import LossReport
from annotator.models.errors import ModelError
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.models.workers.worker_model import WorkerModel
from annotator.project.errors import ProjectError
from annotator.project.media.filling import SET_UP
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.suggesting.annotating import AnnotatingReport, annotate, running
from annotator.project.view import ProjectView

FORMAT: Final = "coco_instances"


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What became of the demo.

    annotations: all in the end, by the name of their label. mistakes: how many are in it on purpose. model: the id of
    the one that was run, empty where none was; why_no_model says why then. accepted: what of it was taken over, by
    label. seconds: by what was done.
    """

    place: DemoPlace
    pictures: int
    annotations: Mapping[str, int]
    mistakes: int
    model: str
    why_no_model: str
    accepted: Mapping[str, int]
    losses: LossReport
    seconds: Mapping[str, float]

    @property
    def dataset(self) -> Path:
        """The folder of the dataset."""
        return self.place.coco


def run_demo(place: DemoPlace, progress: Progress = NO_PROGRESS) -> DemoSummary:
    """Make the demo, in place of one that nobody has worked on, annotate it with the model for text, and export it.

    Without the model all else is done. Raises AnnotatorError, Cancelled.
    """
    seconds = {}
    began = perf_counter()
    remove_untouched(place)
    if place.coco.is_dir() and any(place.coco.iterdir()):
        raise ProjectError(f"{place.coco} is not empty. Name another folder with --out.")
    project, task = make_demo(place, progress)
    with project:
        seconds["make"] = perf_counter() - began
        record = read_record(project)
        assert record is not None
        began = perf_counter()
        report, why_not = _annotated(project, task, record, progress)
        seconds["annotate"] = perf_counter() - began
        began = perf_counter()
        view = ProjectView(project, [task])
        losses = export_dataset(view, FORMATS[FORMAT], place.coco, {}, progress)
        seconds["export"] = perf_counter() - began
        names = {label.id: label.name for label in project.labels}
        counts = project.task_label_counts(task.id)
        return DemoSummary(
            place,
            project.frame_count(task.id),
            {names[label]: count for label, count in counts.items() if count},
            len(record.mistakes),
            "" if report is None else report.model,
            why_not,
            Counter() if report is None else report.annotations,
            losses,
            seconds,
        )


def _annotated(
    project: Project, task: Task, record: DemoRecord, progress: Progress
) -> tuple[AnnotatingReport | None, str]:
    """Accept what the model for text is sure of; return what it did, or why it could not be run."""
    try:
        with WorkerModel(DEFAULT_MODEL) as model:
            report = annotate(
                project,
                running(model),
                [task],
                threshold=THRESHOLD,
                form="annotations",
                author=SET_UP,
                progress=progress,
            )
    except ModelError as error:
        return None, str(error)
    keep_record(project, record.mistakes)
    return report, ""
