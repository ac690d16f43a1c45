"""The demo: a project in a folder of its own, made of pictures that the program draws."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation
from annotator.core.labels import LabelSchema
from annotator.demo.contents import Drawn, contents_of, demo_labels
from annotator.demo.place import DemoPlace
from annotator.demo.record import keep_record, read_record
from annotator.demo.scenes import SCENES, Scene, all_scenes
from annotator.media.opencv import cv2
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.project.creating import create_task
from annotator.project.errors import ProjectError
from annotator.project.folder import discard, open_for_changing
from annotator.project.media.filling import SET_UP
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.suggesting.choice import SuggestingChoice, keep_choice
from annotator.safe_io import unwritable, write_whole

TASK: Final = "Demo"

THRESHOLD: Final = 0.9
"""What is read with less certainty is neither suggested nor accepted: a nut looks a little like an O."""


def make_demo(place: DemoPlace, progress: Progress = NO_PROGRESS) -> tuple[Project, Task]:
    """Draw the pictures, annotate some of what is on them, and return the project, open.

    Takes some seconds. Raises AnnotatorError, Cancelled; then there is no project, and no picture where there was
    none.
    """
    if place.is_there:
        raise ProjectError(f"There is a demo in {place.folder} already. Name another folder.")
    names = []
    made: list[Path] = []
    contents = []
    try:
        for scene in progress.track(all_scenes(), "Drawing the pictures", SCENES):
            path = place.pictures / scene.name
            is_new = not path.exists()
            _write(scene, path)
            if is_new:
                made.append(path)
            names.append(scene.name)
            contents.append(contents_of(scene))
        created = create_task(
            place.project,
            [place.pictures / name for name in names],
            name=TASK,
            labels=demo_labels(),
            progress=progress,
        )
    except BaseException:
        _take_away(made)
        raise
    project, task = created.project, created.task
    try:
        drawn = {name: each.drawn for name, each in zip(names, contents, strict=True)}
        with project.edit("Annotate the demo", author=SET_UP, task=task.id) as edit:
            for frame in project.frames(task.id):
                edit.put(
                    *(_annotation(each, frame.id, project.labels) for each in drawn[frame.name])
                )
        keep_choice(project, SuggestingChoice(thresholds={DEFAULT_MODEL: THRESHOLD}))
        keep_record(project, [each for one in contents for each in one.mistakes])
    except BaseException:
        discard(project)
        _take_away(made)
        raise
    return project, task


def remove_untouched(place: DemoPlace) -> None:
    """Take away a demo that nobody has worked on, so that it can be made anew; nothing happens where there is none.

    Raises ProjectError where somebody has, or a window holds it.
    """
    if not place.is_there:
        return
    with open_for_changing(place.project) as project:
        record = read_record(project)
        # Also what was undone, since it can be done again.
        steps = project.history(limit=1)
        if record is None or not steps or steps[0].id != record.step:
            raise ProjectError(
                f"The demo in {place.folder} was worked on, so it is not made anew. Name another folder with --out,"
                " or delete this one."
            )
        names = [frame.name for task in project.tasks() for frame in project.frames(task.id)]
    try:
        shutil.rmtree(place.project)
    except OSError as error:
        raise unwritable(place.project, error) from None
    _take_away([place.pictures / name for name in names])
    _take_away([place.coco / "images" / "none", *place.coco.glob("annotations/instances_*.json")])


def _write(scene: Scene, path: Path) -> None:
    """Write a picture as PNG."""
    done, data = cv2.imencode(".png", np.ascontiguousarray(scene.pixels))
    assert done, "OpenCV writes every picture of 8 bits as PNG"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from None
    with write_whole(path) as stream:
        stream.write(data.tobytes())


def _annotation(drawn: Drawn, frame: int, labels: LabelSchema) -> Annotation:
    label = labels.named(drawn.label)
    assert label is not None
    by_name = {attribute.name: attribute for attribute in label.attributes}
    values = {by_name[name].id: by_name[name].parse(text) for name, text in drawn.attributes}
    return Annotation(frame, label.id, drawn.shape, values)


def _take_away(files: Sequence[Path]) -> None:
    """Delete files, and the folders around them that are empty then."""
    for path in files:
        path.unlink(missing_ok=True)
    folders = {path.parent for path in files}
    for folder in sorted({*folders, *(one.parent for one in folders)}, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
