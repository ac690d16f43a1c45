"""Automatic annotation on real pictures with a detector that sees patches of colour."""

import threading
import time

import pytest

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.errors import Cancelled
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.models.errors import ModelError
from annotator.project.errors import ReadOnlyError
from annotator.project.frames.frame_selection import FrameSelection
from annotator.project.looking import answers
from annotator.project.project import Project
from annotator.project.suggesting.annotating import annotate
from annotator.project.suggesting.model_labels import ModelLabels
from annotator.project.suggesting.suggestions import Suggestions
from tests.project.dumps import check_file
from tests.project.looks import draw, first_frame, make_project, patches


def test_what_is_seen_becomes_suggestions(tmp_path):
    with make_project(tmp_path, 5) as project:
        model, _ = patches()
        steps = project.history()
        report = annotate(project, model, project.tasks(), threshold=0.3)
        assert (report.frames, report.done_before, report.step) == (5, 0, None)
        assert report.seen == {"red": 5, "green": 5}
        assert report.problems == []
        assert project.history() == steps
        for frame in project.frames(project.tasks()[0].id):
            found = Suggestions(project).visible(frame.id, 0.0)
            assert [(one.label, one.shape.xyxy) for one in found] == [
                ("red", (10, 10, 40, 40)),
                ("green", (100, 20, 150, 60)),
            ]
            assert [one.score for one in found] == [0.8, 0.8]


def test_frames_it_has_looked_at_are_passed_over_unless_asked(tmp_path):
    with make_project(tmp_path, 4) as project:
        model, detector = patches()
        first = FrameSelection(frames=frozenset([first_frame(project).id]))
        assert annotate(project, model, project.tasks(), threshold=0.3, selection=first).frames == 1
        report = annotate(project, model, project.tasks(), threshold=0.3)
        assert (report.frames, report.done_before, detector.looked) == (4, 1, 4)
        annotate(project, model, project.tasks(), threshold=0.3)
        assert detector.looked == 4
        annotate(project, model, project.tasks(), threshold=0.5)
        assert detector.looked == 8
        annotate(project, model, project.tasks(), threshold=0.5, anew=True)
        assert detector.looked == 12
        newer, detector = patches(revision="2")
        annotate(project, newer, project.tasks(), threshold=0.5)
        assert detector.looked == 4


def test_annotations_are_one_step_and_undo_offers_them_as_suggestions(tmp_path):
    with make_project(tmp_path, 120) as project:
        model, _ = patches()
        report = annotate(project, model, project.tasks(), threshold=0.3, form="annotations")
        assert report.annotations == {"red": 120, "green": 120}
        assert [label.name for label in project.labels] == ["red", "green"]
        (step,) = [one for one in project.history() if one.author == "user"]
        assert (step.id, step.task) == (report.step, project.tasks()[0].id)
        frame = first_frame(project).id
        assert [one.source for one in project.annotations(frame)] == ["model"] * 2
        suggestions = Suggestions(project)
        assert suggestions.visible(frame, 0.0) == []
        project.undo()
        assert (project.annotations(frame), len(project.labels)) == ([], 0)
        assert len(suggestions.visible(frame, 0.0)) == 2
        project.redo()
        assert len(project.annotations(frame)) == 2
    check_file(tmp_path / "p" / "project.annotator")


def test_a_second_run_adds_nothing_and_no_picture_is_looked_at_again(tmp_path):
    with make_project(tmp_path, 3) as project:
        model, detector = patches()
        annotate(project, model, project.tasks(), threshold=0.3)
        for threshold in (0.3, 0.6):
            report = annotate(
                project, model, project.tasks(), threshold=threshold, form="annotations"
            )
            assert report.done_before == 3
        assert (report.annotations.total(), report.step, detector.looked) == (0, None, 3)
        assert project.task_totals(project.tasks()[0].id).annotations == 6


def test_what_was_rejected_or_drawn_is_not_annotated(tmp_path):
    with make_project(tmp_path, 1, LabelSchema((Label("red"), Label("green")))) as project:
        model, _ = patches()
        frame = first_frame(project).id
        annotate(project, model, project.tasks(), threshold=0.3)
        suggestions = Suggestions(project)
        suggestions.reject([suggestions.visible(frame, 0.0)[0]])
        drawn = Annotation(frame, project.labels.named("green").id, Rectangle((101, 20, 150, 60)))
        with project.edit("Draw") as edit:
            edit.put(drawn)
        report = annotate(
            project, model, project.tasks(), threshold=0.3, form="annotations", anew=True
        )
        assert report.step is None
        assert project.annotations(frame) == [drawn]


def test_clearing_spares_what_somebody_edited_and_what_others_made(tmp_path):
    with make_project(tmp_path, 3) as project:
        model, _ = patches()
        other, _ = patches(model="other")
        annotate(project, model, project.tasks(), threshold=0.3, form="annotations")
        frames = list(project.frames(project.tasks()[0].id))
        moved, kept = project.annotations(frames[0].id)
        texts = project.annotations(frames[1].id)
        with project.edit("Change") as edit:
            edit.put(
                Annotation(
                    moved.frame, moved.label, moved.shape.moved_by(60, 0), source="model",
                    score=moved.score, foreign=moved.foreign, id=moved.id,
                )
            )  # fmt: skip
            edit.put(
                Annotation(
                    texts[0].frame, texts[0].label, texts[0].shape, occluded=True, source="model",
                    foreign=texts[0].foreign, id=texts[0].id,
                )
            )  # fmt: skip
        before = project.task_totals(project.tasks()[0].id).annotations
        report = annotate(project, other, project.tasks(), threshold=0.3, clear=True)
        assert (report.cleared, report.step) == (0, None)
        report = annotate(project, model, project.tasks(), threshold=0.3, clear=True)
        assert report.cleared == 4
        left = {one.id for frame in frames for one in project.annotations(frame.id)}
        assert left == {moved.id, texts[0].id}
        project.undo(report.step)
        assert project.task_totals(project.tasks()[0].id).annotations == before
        report = annotate(
            project, model, project.tasks(), threshold=0.3, clear=True, form="annotations"
        )
        assert (report.cleared, report.annotations.total()) == (4, 4)
        assert kept.id not in {one.id for one in project.annotations(frames[0].id)}


def test_labels_go_where_they_are_mapped(tmp_path):
    with make_project(tmp_path, 2, LabelSchema((Label("thing"),))) as project:
        model, _ = patches()
        report = annotate(project, model, project.tasks(), threshold=0.3, form="annotations")
        assert (report.not_shown, report.step) == ({"red": 2, "green": 2}, None)
        labels = ModelLabels("patches", {"red": project.labels.named("thing").id, "green": "leaf"})
        report = annotate(
            project, model, project.tasks(), threshold=0.3, form="annotations", labels=labels
        )
        assert report.annotations == {"thing": 2, "leaf": 2}
        # The one that was made is remembered with those of its kind.
        assert Suggestions(project).labels_of("patches").targets["green"] in (
            "leaf",
            project.labels.named("leaf").id,
        )


def test_pictures_that_cannot_be_read_are_told_and_the_rest_goes_on(tmp_path):
    pictures = tmp_path / "pictures"
    project = make_project(tmp_path, 5)
    (pictures / "001.png").write_bytes(b"no picture at all")
    (pictures / "002.png").unlink()
    (pictures / "003.png").write_bytes((pictures / "000.png").read_bytes()[:60])
    with project:
        model, _ = patches()
        report = annotate(project, model, project.tasks(), threshold=0.3, form="annotations")
        assert [one.frame for one in report.problems] == ["001.png", "002.png", "003.png"]
        assert report.skipped == 3
        assert report.annotations == {"red": 2, "green": 2}
        draw(pictures / "002.png", [("red", (5, 5, 9, 9))])
        report = annotate(project, model, project.tasks(), threshold=0.3, form="annotations")
        assert (report.skipped, report.done_before, report.annotations) == (2, 2, {"red": 1})


class Failing:
    labels = ("a",)

    def detect(self, pixels, threshold):
        raise ModelError("The network answers with nonsense.")


def test_a_model_that_cannot_work_is_told_once_and_nothing_is_left(tmp_path):
    from dataclasses import replace

    with make_project(tmp_path, 30) as project:
        model, _ = patches()
        steps = project.history()
        with pytest.raises(ModelError, match="nonsense"):
            annotate(
                project,
                replace(model, detector=Failing()),
                project.tasks(),
                threshold=0.3,
                form="annotations",
            )
        assert project.history() == steps


def test_a_project_that_cannot_be_written_is_refused(tmp_path):
    make_project(tmp_path, 1).close()
    with Project.open(tmp_path / "p", read_only=True) as project:
        for form in ("suggestions", "annotations"):
            with pytest.raises(ReadOnlyError):
                annotate(project, patches()[0], project.tasks(), threshold=0.3, form=form)


def test_no_frames_are_no_work(tmp_path):
    with make_project(tmp_path, 1) as project:
        nothing = FrameSelection(frames=frozenset())
        report = annotate(
            project,
            patches()[0],
            project.tasks(),
            threshold=0.3,
            selection=nothing,
            form="annotations",
        )
        assert (report.frames, report.step) == (0, None)


@pytest.mark.parametrize("form", ["suggestions", "annotations"])
def test_stopped_it_keeps_what_was_seen_and_goes_on_there(tmp_path, form):
    with make_project(tmp_path, 150) as project:
        model, detector = patches()
        progress = Progress(lambda report: report.done >= 80 and progress.cancel(), interval=0)
        before = project.history()
        with pytest.raises(Cancelled):
            annotate(project, model, project.tasks(), threshold=0.3, form=form, progress=progress)
        assert [one for one in project.history() if one.state != "dropped"] == before
        seen = detector.looked
        assert 75 <= seen < 100
        report = annotate(project, model, project.tasks(), threshold=0.3, form=form)
        assert report.done_before >= seen - 3
        assert detector.looked <= 153
        assert len(Suggestions(project).stored(first_frame(project).id)) == 2
        if form == "annotations":
            assert report.annotations.total() == 300


def test_left_unfinished_it_can_be_kept_and_gone_on_with(tmp_path):
    with make_project(tmp_path, 150) as project:
        model, _ = patches()
        progress = Progress(lambda report: report.done >= 120 and progress.cancel(), interval=0)
        options = {"threshold": 0.3, "form": "annotations"}
        with pytest.raises(Cancelled):
            annotate(
                project,
                model,
                project.tasks(),
                progress=progress,
                keep_on_error=True,
                **options,
            )
        (step,) = project.interrupted_steps()
        project.keep_step(step.id)
        there = project.task_totals(project.tasks()[0].id).annotations
        assert there >= 100
        report = annotate(project, model, project.tasks(), **options)
        assert report.annotations.total() == 300 - there


def test_paused_it_waits(tmp_path):
    with make_project(tmp_path, 40) as project:
        model, detector = patches()
        progress = Progress()
        progress.pause()
        done = threading.Event()

        def work():
            annotate(project, model, project.tasks(), threshold=0.3, progress=progress)
            done.set()

        thread = threading.Thread(target=work)
        thread.start()
        assert not done.wait(0.2)
        assert detector.looked == 0
        progress.resume()
        assert done.wait(20)
        thread.join()
        assert detector.looked == 40


# The threads -----------------------------------------------------------------------------------------------


def test_answers_come_in_order_and_few_questions_are_taken_ahead():
    taken, ahead = [], []

    def questions():
        for number in range(40):
            taken.append(number)
            yield number

    def answer(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    for place, one in enumerate(answers(questions(), answer, Progress(), workers=3)):
        assert (one.question, one.value, one.error) == (place, place * place, None)
        ahead.append(len(taken) - place)
    assert max(ahead) <= 4


def test_a_bug_in_a_model_is_not_hidden():
    def answer(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(answers([3, 2, 1, 0, 1], answer, Progress(), workers=2))


def test_a_stop_does_not_wait_for_what_was_not_begun():
    progress, begun = Progress(), []

    def answer(number: int) -> int:
        begun.append(number)
        progress.cancel()
        time.sleep(0.05)
        return number

    with pytest.raises(Cancelled):
        list(answers(range(100), answer, progress, workers=2))
    assert len(begun) <= 3


def test_a_stop_ends_what_would_go_on_for_long():
    progress, stopped = Progress(), threading.Event()

    def answer(number: int) -> int:
        progress.cancel()
        assert stopped.wait(10)
        return number

    with pytest.raises(Cancelled):
        list(answers(range(100), answer, progress, workers=2, stop=stopped.set))
    assert stopped.is_set()


def test_what_ends_by_itself_is_not_stopped():
    stopped = []
    list(answers(range(5), abs, Progress(), workers=2, stop=lambda: stopped.append(1)))
    assert stopped == []
