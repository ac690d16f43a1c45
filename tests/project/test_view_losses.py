"""What is said to be lost of a project is what is lost of it, too, whatever is chosen of it."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from annotator.formats.dataset import DatasetView
from annotator.formats.losses import difference
from annotator.formats.memory import MemoryDataset
from annotator.formats.registry import Format
from annotator.formats.view_choices import ChosenView, ViewChoices, wishes_for
from annotator.project.frames.frame_selection import FrameSelection
from annotator.project.imports.importing import plan_import, run_import
from annotator.project.organisation import Frame, Job, Media, MediaRoot, Task
from annotator.project.project import Project
from annotator.project.view import ProjectView
from tests.fact_bags import facts_of_view
from tests.formats.random_datasets import datasets, write_header, written_and_read
from tests.formats.test_losses_law import check_rows, writers

KINDS = ("rectangle", "ellipse", "polygon", "polyline", "points", "cuboid", "mask", "skeleton")


def add_task(project: Project, name: str, dataset: MemoryDataset, draw: DataObject) -> None:
    """Add a task with the frames of a dataset and what is on them; some of them are removed then."""
    folder = project.folder / name
    folder.mkdir()
    numbers = draw.draw(st.sampled_from(((0, 1), (0, 1), (7, 3))), "numbers")
    task, root = Task(name, frame_start=numbers[0], frame_step=numbers[1]), MediaRoot(str(folder))
    sizes = {
        frame.name or f"frame_{frame.number:06d}.png": frame.size for frame in dataset.frames()
    }
    with project.edit("Add") as edit:
        edit.put_task(task)
        edit.put_job(Job(task.id))
        edit.put_root(root)
        for place, (frame, size) in enumerate(sizes.items()):
            media = Media(root.id, f"{place}.png")
            if size is not None:
                write_header(folder / media.path, size)
            edit.put_media(media)
            edit.put_frame(Frame(task.id, place, frame, media.id))
    run_import(project, plan_import(project, dataset, task, must_fit=False))
    gone = [
        one for one in project.frames(task.id) if draw.draw(st.sampled_from((False, True)), "gone")
    ]
    with project.edit("Remove") as edit:
        edit.put_frame(*(replace(one, removed=True) for one in gone[:2]))


def choices(view: DatasetView, one: Format, draw: DataObject) -> ViewChoices:
    labels = list(view.labels)
    without = draw.draw(st.sets(st.sampled_from(labels), max_size=1) if labels else st.just(set()))
    return ViewChoices(
        without=frozenset(label.id for label in without),
        names={labels[0].id: "Another name"} if labels and draw.draw(st.booleans()) else {},
        shapes={
            kind: draw.draw(st.sampled_from(wishes_for(kind, one)))
            for kind in draw.draw(st.sets(st.sampled_from(KINDS), max_size=3))
        },
        decimals=draw.draw(st.sampled_from((None, 0, 2))),
    )


def check_law(
    one: Format, options: dict[str, Any], dataset: MemoryDataset, draw: DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder) / "p") as project:
        for number in range(draw.draw(st.integers(1, 2), "tasks")):
            add_task(project, f"task {number}", dataset, draw)
        selection = FrameSelection(only_labelled=draw.draw(st.booleans(), "only labelled"))
        view: DatasetView = ProjectView(project, selection=selection)
        if draw.draw(st.booleans(), "choices"):
            view = ChosenView(view, choices(view, one, draw))
        said = one.losses(view, options)
        read = written_and_read(one, view, Path(folder) / "out", **options)
        found = difference(
            facts_of_view(view, one.decimals, relative=one.relative),
            facts_of_view(read, one.decimals, relative=one.relative),
        )
    assert (said.lost, said.added) == (found.lost, found.added)
    check_rows(said)


@pytest.mark.parametrize(("one", "options"), list(writers()))
@given(dataset=datasets(), draw=st.data())
@settings(max_examples=15)
def test_law_over_random_projects(
    one: Format, options: dict[str, Any], dataset: MemoryDataset, draw: DataObject
) -> None:
    check_law(one, options, dataset, draw)
