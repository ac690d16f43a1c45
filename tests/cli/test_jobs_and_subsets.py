"""`job`, `subset`, `stats`, and `export` of chosen frames."""

import json
from unicodedata import normalize

import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.media.filling import add_task
from annotator.project.media.found_media import find_media
from annotator.project.project import Project
from annotator.project.tasks.editing import remove_frame


@pytest.fixture
def folder(tmp_path, make_picture):
    """A project of six pictures: boxes on the first three, of which the first two are done."""
    for number in range(6):
        make_picture(tmp_path / "pictures" / f"{number}.png", 40, 30)
    label = Label("car")
    with Project.create(tmp_path / "p") as project:
        task = add_task(project, "pictures", find_media([tmp_path / "pictures"]))
        frames = list(project.frames(task.id))
        with project.edit("Draw") as edit:
            edit.put_label(label)
            edit.put(*(Annotation(f.id, label.id, Rectangle((0, 0, 10, 5))) for f in frames[:3]))
            edit.set_done([frame.id for frame in frames[:2]], True)
    return tmp_path / "p"


def ranges(answer):
    return [(job["first"], job["last"]) for job in answer.document["jobs"]]


# Jobs ------------------------------------------------------------------------------------------------------


def test_jobs_are_listed_with_how_far_they_are(cli, folder):
    (job,) = cli("job", folder, "--json").document["jobs"]
    assert job == {
        "task": "pictures", "job": 1, "first": 0, "last": 5, "stage": "annotation", "state": "new",
        "assignee": "", "frames": 6, "done": 2, "not_done": 4, "labelled": 3, "not_labelled": 3,
    }  # fmt: skip
    text = cli("job", folder)
    assert (text.code, text.out.split()[-8:]) == (
        0, ["pictures", "1", "0-5", "annotation", "new", "2", "3", "6"],
    )  # fmt: skip


def test_what_is_said_of_a_job_is_one_step(cli, folder):
    said = ("--stage", "validation", "--state", "in progress", "--assignee", "Ann")
    (job,) = cli("job", folder, *said, "--json").document["jobs"]
    assert (job["stage"], job["state"], job["assignee"]) == ("validation", "in progress", "Ann")
    (job,) = cli("job", folder, "--assignee", "", "--json").document["jobs"]
    assert (job["stage"], job["assignee"]) == ("validation", "")
    cli("undo", folder)
    cli("undo", folder)
    (job,) = cli("job", folder, "--json").document["jobs"]
    assert (job["stage"], job["state"], job["assignee"]) == ("annotation", "new", "")


def test_a_job_is_split_and_joined(cli, folder):
    assert ranges(cli("job", folder, "--split-at", "4", "--json")) == [(0, 3), (4, 5)]
    assert ranges(cli("job", folder, "--job", 1, "--split-at", "1.png", "--json")) == [
        (0, 0), (1, 3), (4, 5),
    ]  # fmt: skip
    assert ranges(cli("job", folder, "--job", 2, "--split-every", 2, "--json")) == [
        (0, 0), (1, 2), (3, 3), (4, 5),
    ]  # fmt: skip
    assert ranges(cli("job", folder, "--job", 3, "--join", "--json")) == [(0, 0), (1, 2), (3, 5)]
    cli("undo", folder)
    assert len(ranges(cli("job", folder, "--json"))) == 4


def test_a_place_is_that_of_the_list_where_frames_were_removed(cli, folder):
    """The list counts removed frames, so that a place means the same before and after."""
    with Project.open(folder) as project:
        for frame in list(project.frames(project.tasks()[0].id))[:2]:
            remove_frame(project, frame)
    told = cli("job", folder, "--split-at", "1")
    assert (told.code, "Frame 1 was removed from the task" in told.err) == (1, True)
    answer = cli("job", folder, "--split-at", "4", "--json")
    assert ranges(answer) == [(0, 3), (4, 5)]
    assert [job["frames"] for job in answer.document["jobs"]] == [2, 2]
    text = " ".join(cli("job", "--help").out.split())
    assert "its place from 0 as listed, removed frames counted, or its name" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--stage", "later"), 2, "'later' is none of: annotation, validation, acceptance"),
        (("--state", "done"), 2, "'done' is none of: new, in progress, rejected, completed"),
        (("--job", "2", "--state", "new"), 2, "there is no job 2; the task has 1"),
        (("--job", "0", "--state", "new"), 2, "--job"),
        (("--state", "new", "--join"), 2, "do one after the other"),
        (("--split-at", "0"), 1, "one half would have no frame"),
        (("--split-at", "99999999999999999999"), 1, "one half would have no frame"),
        (("--split-at", "nothing.png"), 1, "No frame of the task is called 'nothing.png'."),
        (("--split-every", "6"), 1, "Choose a number between 1 and 5."),
        (("--join",), 1, "There is no job after this one"),
        (("--task", "no", "--state", "new"), 2, "there is no task 'no'"),
    ],
)
def test_what_cannot_be_done_with_a_job_is_told(cli, folder, arguments, code, said):
    answer = cli("job", folder, *arguments)
    assert answer.code == code
    assert said in answer.err
    assert ranges(cli("job", folder, "--json")) == [(0, 5)]


def test_of_several_jobs_one_must_be_named(cli, folder):
    cli("job", folder, "--split-at", "3")
    answer = cli("job", folder, "--state", "completed")
    assert (answer.code, "the task has 2 jobs; say which one" in answer.err) == (2, True)


# Subsets ---------------------------------------------------------------------------------------------------


def counts(answer):
    return {one["name"]: one["frames"] for one in answer.document["subsets"]}


def test_frames_are_split_into_subsets_as_one_step(cli, folder):
    assert counts(cli("subset", folder, "--json")) == {"": 6}
    split = ("subset", folder, "--split", "train=2, val=1", "--seed", "3")
    plan = cli(*split, "--dry-run", "--json").document
    assert plan == {
        "subsets": [{"name": "train", "frames": 4}, {"name": "val", "frames": 2}],
        "changed": 6, "kept": 0,
    }  # fmt: skip
    assert counts(cli("subset", folder, "--json")) == {"": 6}
    assert counts(cli(*split, "--json")) == {"train": 4, "val": 2}
    cli("undo", folder)
    assert counts(cli("subset", folder, "--json")) == {"": 6}


def test_frames_are_put_into_a_subset_by_name(cli, folder):
    answer = cli(
        "subset", folder, "--put", "val", "--frame", "[01].png", "--frame", "5.png", "--json"
    )
    assert counts(answer) == {"": 3, "val": 3}
    assert counts(cli("subset", folder, "--put", "", "--frame", "5.png", "--json")) == {
        "": 4,
        "val": 2,
    }
    kept = cli("subset", folder, "--split", "train=1", "--only-without", "--json")
    assert counts(kept) == {"train": 4, "val": 2}
    dry = cli("subset", folder, "--put", "val", "--frame", "*", "--dry-run")
    assert "4 frames would get another subset, 0 frames would be left alone" in dry.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--split", "train"), 2, "'train' is not a name and a share"),
        (("--split", "train=x"), 2, "'train=x' is not a name and a share"),
        (("--split", "=1"), 1, "has no name"),
        (("--split", "a=-1,b=2"), 1, "numbers from 0 up"),
        (("--split", "a=1", "--put", "b", "--frame", "*"), 2, "either --split or --put"),
        (("--put", "val"), 2, "--put and --frame belong together"),
        (("--frame", "*"), 2, "--put and --frame belong together"),
        (("--put", "val", "--frame", "x*"), 1, "No frame is called 'x*'."),
    ],
)
def test_what_cannot_be_done_with_subsets_is_told(cli, folder, arguments, code, said):
    answer = cli("subset", folder, *arguments)
    assert answer.code == code
    assert said in answer.err
    assert counts(cli("subset", folder, "--json")) == {"": 6}


# Statistics ------------------------------------------------------------------------------------------------


def test_statistics_as_json_and_as_text(cli, folder):
    cli("subset", folder, "--put", "val", "--frame", "2.png")
    found = cli("stats", folder, "--json").document
    assert found["frames"] == {
        "frames": 6, "done": 2, "not_done": 4, "labelled": 3, "not_labelled": 3,
    }  # fmt: skip
    assert found["labels"] == [
        {
            "name": "car", "objects": 3, "kinds": {"rectangle": 3}, "subsets": {"": 2, "val": 1},
            "tracks": 0, "keyframes": 0, "area": {"min": 50.0, "median": 50.0, "max": 50.0},
        }
    ]  # fmt: skip
    assert [(one["name"], one["objects"]) for one in found["subsets"]] == [("", 2), ("val", 1)]
    assert [(one["first"], one["last"], one["done"]) for one in found["jobs"]] == [(0, 5, 2)]
    text = cli("stats", folder)
    assert text.code == 0
    for words in ("3 rectangle", "50.0", "val", "0-5"):
        assert words in text.out


def test_statistics_of_a_project_without_frames(cli, tmp_path):
    Project.create(tmp_path / "p").close()
    assert cli("stats", tmp_path / "p").code == 0
    assert cli("stats", tmp_path / "p", "--json").document["objects"] == 0


# Export ----------------------------------------------------------------------------------------------------


def exported(folder):
    """The names of all pictures of a COCO dataset, one file for each subset."""
    documents = (json.loads(path.read_text()) for path in (folder / "annotations").glob("*.json"))
    return sorted(image["file_name"] for document in documents for image in document["images"])


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--only-done",), ["0.png", "1.png"]),
        (("--only-labelled",), ["0.png", "1.png", "2.png"]),
        (("--only-completed",), ["2.png", "3.png", "4.png", "5.png"]),
        (("--only-completed", "--only-labelled"), ["2.png"]),
        (("--subset", "val"), ["4.png"]),
        (
            ("--subset", "val", "--subset", ""),
            ["0.png", "1.png", "2.png", "3.png", "4.png", "5.png"],
        ),
    ],
)
def test_only_chosen_frames_are_exported_and_the_others_are_no_loss(
    cli, folder, tmp_path, options, names
):
    cli("job", folder, "--split-at", "2")
    cli("job", folder, "--job", 2, "--state", "completed")
    cli("subset", folder, "--put", "val", "--frame", "4.png")
    out = tmp_path / "out"
    answer = cli("export", folder, out, "--format", "coco_instances", *options, "--json")
    assert answer.code == 0
    assert exported(out) == names
    document = answer.document
    assert document["images"] == document["choice"]["frames"] == len(names)
    assert (document["choice"]["of"], document["choice"]["left_out"]) == (6, 6 - len(names))
    assert not any(loss["aspect"] == "frame" for loss in document["lost"])


def test_what_was_chosen_is_told_in_a_sentence_apart_from_losses(cli, folder, tmp_path):
    answer = cli(
        "export", folder, tmp_path / "out", "--format", "coco_instances", "--only-done", "--strict"
    )
    assert answer.code == 0
    assert "Chosen: 2 of 6 frames (marked as done). Left out by choice: 4." in answer.out
    plain = cli("export", folder, tmp_path / "all", "--format", "coco_instances")
    assert "Chosen" not in plain.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--subset", "test"), "No frame is in subset 'test'. The subsets are: none."),
        (("--only-completed",), "None of the 6 frames is chosen (in completed jobs)"),
    ],
)
def test_an_export_of_nothing_is_refused(cli, folder, tmp_path, options, said):
    answer = cli("export", folder, tmp_path / "out", "--format", "coco_instances", *options)
    assert answer.code == 1
    assert said in answer.err
    assert not (tmp_path / "out").exists()


def test_names_are_found_in_either_spelling(cli, tmp_path, make_picture):
    """macOS gives the names of files with letters and their marks apart; a keyboard gives them as one."""
    letter, marked = normalize("NFC", "bär"), normalize("NFD", "bär")
    for number in range(3):
        make_picture(tmp_path / marked / f"{marked}{number}.png", 40, 30)
    folder = tmp_path / "p"
    assert cli("create", folder, tmp_path / marked).code == 0
    with Project.open(folder, read_only=True) as project:
        (task,) = project.tasks()
        assert task.name == marked
        assert project.frame_named(task.id, f"{letter}1.png").name == f"{marked}1.png"
    assert cli("create", folder, tmp_path / marked, "--task", letter).code == 1
    put = ("--put", marked, "--frame", f"{letter}[01].png")
    assert cli("subset", folder, "--task", letter, *put).code == 0
    found = cli("subset", folder, "--put", letter, "--frame", f"{letter}2.png", "--json").document
    assert [(one["name"], one["frames"]) for one in found["subsets"]] == [(marked, 3)]
    found = cli("subset", folder, "--split", f"{letter}=1", "--json").document
    assert [(one["name"], one["frames"]) for one in found["subsets"]] == [(marked, 3)]
    (first, second) = cli("job", folder, "--split-at", f"{letter}1.png", "--json").document["jobs"]
    assert (first["last"], second["first"]) == (0, 1)
    out = ("export", folder, tmp_path / "out", "--format", "coco_instances")
    assert cli(*out, "--subset", letter, "--task", letter).code == 0
