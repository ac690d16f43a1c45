"""`annotator ls`: what is in a project."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from annotator.cli.options import JsonOption, ProjectArgument
from annotator.cli.printing import print_json, print_lines, print_table
from annotator.cli.reading import reading
from annotator.core.labels import LabelSchema
from annotator.project.organisation import Job, Task
from annotator.project.project import Project


def run(project: ProjectArgument, as_json: JsonOption = False) -> None:
    """List tasks with their jobs, and labels, with how much is in each."""
    with reading(project) as opened:
        tasks = [_task_document(opened, task) for task in opened.tasks()]
        document = {
            "project": str(opened.folder),
            "tasks": tasks,
            "labels": _label_documents(opened.labels, opened.label_counts()),
        }
    if as_json:
        print_json(document)
    else:
        _show(document)


def _task_document(project: Project, task: Task) -> dict[str, Any]:
    last = project.last_position(task.id)
    return {
        "name": task.name,
        **asdict(project.task_totals(task.id)),
        "jobs": [_job_document(job, last) for job in project.jobs(task.id)],
    }


def _job_document(job: Job, last: int) -> dict[str, Any]:
    return {
        "first": job.first,
        "last": last if job.last is None else job.last,
        "stage": job.stage,
        "state": job.state,
        "assignee": job.assignee,
    }


def _label_documents(labels: LabelSchema, counts: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": label.name,
            "parent": None if label.parent is None else labels[label.parent].name,
            "kind": label.kind,
            "colour": label.colour,
            "attributes": [attribute.name for attribute in label.attributes],
            "annotations": counts.get(label.id, 0),
        }
        for label in labels
    ]


def _show(document: Mapping[str, Any]) -> None:
    print_lines(document["project"], "")
    print_table(
        ("task", "frames", "done", "annotations", "tracks", "jobs"),
        (
            (
                task["name"],
                task["frames"],
                task["done"],
                task["annotations"],
                task["tracks"],
                ", ".join(_job_text(job) for job in task["jobs"]),
            )
            for task in document["tasks"]
        ),
    )
    print_lines("")
    print_table(
        ("label", "kind", "annotations", "attributes"),
        (
            (_path(label), label["kind"], label["annotations"], ", ".join(label["attributes"]))
            for label in document["labels"]
        ),
    )


def _job_text(job: Mapping[str, Any]) -> str:
    text = f"{job['first']}-{job['last']} {job['stage']}: {job['state']}"
    return f"{text} ({job['assignee']})" if job["assignee"] else text


def _path(label: Mapping[str, Any]) -> str:
    return f"{label['parent']} / {label['name']}" if label["parent"] else label["name"]
