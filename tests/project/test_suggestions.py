"""Suggestions: what is shown follows from what a person did, through undo, redo, restart and new runs."""

import tempfile
from contextlib import suppress
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import box_iou
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.query import parse_filter
from annotator.core.shapes import Mask, Polygon, Rectangle
from annotator.models.proposal import Proposal
from annotator.project.copies.states import write_state
from annotator.project.errors import NothingToUndoError, UndoRefusedError
from annotator.project.frames import overlaps
from annotator.project.frames.overlaps import best_of_each_place, overlapped, shared_parts
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.rejections import Rejection
from annotator.project.suggesting.keys import is_untouched, key_of, origin_of
from annotator.project.suggesting.labels import passing
from annotator.project.suggesting.model_labels import Alikes, ModelLabels, proposed_targets
from annotator.project.suggesting.suggestions import SuggestingModel, Suggestions
from tests.project.dumps import check_file
from tests.project.looks import first_frame, make_project
from tests.project.machine import PHASES

MODEL = SuggestingModel("seer", "1", ("cat", "dog", "people"))
OTHER = SuggestingModel("other", "1", ("cats", "dog"))
BOX = (10.0, 10.0, 50.0, 40.0)


def box(x: float, y: float = 10, width: float = 40, height: float = 30) -> Rectangle:
    return Rectangle((x, y, x + width, y + height))


@pytest.fixture
def frame(project: Project) -> int:
    task = Task("t")
    one = Frame(task.id, 0, "a.png")
    labels = (Label("cat"), Label("dog"))
    with project.edit("Begin") as edit:
        edit.put_labels(LabelSchema(labels))
        edit.put_task(task)
        edit.put_frame(one)
    return one.id


@pytest.fixture
def suggestions(project: Project, frame: int) -> Suggestions:
    made = Suggestions(project)
    seen = [
        Proposal("cat", box(10), 0.9),
        Proposal("dog", box(100), 0.6),
        Proposal("people", box(150), 0.8),
    ]
    made.fill(MODEL, 0.3, {frame: seen})
    return made


def shown(suggestions: Suggestions, frame: int, threshold: float = 0.3, **options) -> list[str]:
    return [one.label for one in suggestions.visible(frame, threshold, **options)]


def named(suggestions: Suggestions, frame: int, label: str):
    return next(one for one in suggestions.visible(frame, 0.0) if one.label == label)


# What is shown ---------------------------------------------------------------------------------------------


def test_what_has_a_label_in_the_project_is_shown(project, frame, suggestions):
    """`people` has none, and the project has other labels."""
    assert shown(suggestions, frame) == ["cat", "dog"]
    assert shown(suggestions, frame, 0.7) == ["cat"]
    assert shown(suggestions, frame, models=()) == []
    assert named(suggestions, frame, "cat").target == project.labels.named("cat").id
    everything = {"seer": ModelLabels("seer", dict.fromkeys(MODEL.labels, "thing"))}
    assert shown(suggestions, frame, labels=everything) == ["cat", "dog", "people"]


def test_nothing_of_it_is_in_the_history(project, frame, suggestions):
    steps = project.history()
    suggestions.fill(MODEL, 0.3, {frame: []})
    assert project.history() == steps
    assert shown(suggestions, frame) == []


def test_a_new_run_replaces_the_rows_of_that_model_and_frame(project, frame, suggestions):
    suggestions.fill(OTHER, 0.3, {frame: [Proposal("cats", box(60), 0.5)]})
    suggestions.fill(MODEL, 0.3, {frame: [Proposal("dog", box(120), 0.7)]})
    assert sorted(shown(suggestions, frame)) == ["cats", "dog"]
    assert suggestions.models_on(frame) == ["other", "seer"]
    assert suggestions.threshold_of(MODEL, frame) == 0.3
    assert suggestions.threshold_of(SuggestingModel("seer", "2", ()), frame) is None
    suggestions.forget("other", [frame])
    assert shown(suggestions, frame) == ["dog"]
    assert suggestions.models_on(frame) == ["seer"]


def test_listeners_hear_of_it(project, frame, suggestions):
    heard = []
    suggestions.filled.connect(heard.append)
    changes = []
    project.changed.connect(changes.append)
    suggestions.fill(MODEL, 0.3, {frame: [Proposal("cat", box(10), 0.9)]})
    assert heard == [frozenset([frame])]
    assert changes == []
    suggestions.reject(suggestions.visible(frame, 0.0))
    project.undo()
    assert [one.rejected_frames for one in changes] == [frozenset([frame])] * 2
    assert changes[0].joined(changes[1]).rejected_frames == {frame}


def test_doubles_of_two_models_are_shown_once_and_rejected_together(project, frame, suggestions):
    suggestions.fill(OTHER, 0.3, {frame: [Proposal("cats", box(12), 0.95)]})
    found = suggestions.visible(frame, 0.0)
    assert [(one.model, one.label) for one in found] == [("other", "cats"), ("seer", "dog")]
    suggestions.reject(found[:1])
    assert shown(suggestions, frame) == ["dog"]


def test_what_a_person_or_a_track_drew_hides_it(project, frame, suggestions):
    cat, dog = project.labels
    drawn = Annotation(frame, cat.id, box(12))
    with project.edit("Draw") as edit:
        edit.put(drawn)
    assert shown(suggestions, frame) == ["dog"]
    with project.edit("Relabel") as edit:
        edit.put(Annotation(frame, dog.id, box(12), id=drawn.id))
    assert shown(suggestions, frame) == ["cat", "dog"]
    with project.edit("Track") as edit:
        task = project.tasks()[0].id
        others = [Frame(task, place, f"{place}.png") for place in (1, 2)]
        edit.put_frame(*others)
        keyframes = (Keyframe(frame, box(101)), Keyframe(others[1].id, box(201)))
        edit.put_track(Track(dog.id, keyframes), task)
    assert shown(suggestions, frame) == ["cat"]
    # Half way between the key frames.
    suggestions.fill(MODEL, 0.3, {others[0].id: [Proposal("dog", box(x), 0.6) for x in (101, 152)]})
    assert [one.shape for one in suggestions.visible(others[0].id, 0.3)] == [box(101)]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ("", ["cat", "text"]),
        ("label:cat", ["cat"]),
        # What is to be made is looked at as if it were there, attributes included.
        ("label:text", ["text"]),
        ("kind:polygon", ["text"]),
        ("text=EXIT", ["text"]),
        ("exi", ["text"]),
        ("score>0.75 source:model", ["cat"]),
        ("occluded:yes", []),
        ("source:manual,imported", []),
    ],
)
def test_a_filter_is_asked_about_what_they_would_become(project, frame, wanted, left):
    made = Suggestions(project)
    outline = Polygon.from_ring([(100, 10), (180, 10), (180, 30), (100, 30)])
    made.fill(MODEL, 0.3, {frame: [Proposal("cat", box(10), 0.9)]})
    reader = SuggestingModel("reader", "1", ("text",))
    made.fill(reader, 0.3, {frame: [Proposal("text", outline, 0.7, {"text": "EXIT"})]})
    offered = made.visible(frame, 0.0)
    found = passing(offered, parse_filter(wanted), project.labels)
    assert sorted(one.label for one in found) == left


# Accepting -------------------------------------------------------------------------------------------------


def test_accepting_is_one_step_that_undo_takes_back(project, frame, suggestions):
    one = named(suggestions, frame, "cat")
    (made,) = suggestions.accept([one])
    (stored,) = project.annotations(frame)
    assert stored == made
    assert (stored.source, stored.score, stored.shape) == ("model", 0.9, one.shape)
    assert stored.label == project.labels.named("cat").id
    assert origin_of(stored)["key"] == one.key
    assert is_untouched(stored)
    assert shown(suggestions, frame) == ["dog"]
    assert project.undo().title == "Accept a suggestion"
    assert project.annotations(frame) == []
    assert shown(suggestions, frame) == ["cat", "dog"]
    project.redo()
    assert shown(suggestions, frame) == ["dog"]


def test_the_key_keeps_it_hidden_wherever_the_annotation_is_moved(project, frame, suggestions):
    (made,) = suggestions.accept([named(suggestions, frame, "cat")])
    with project.edit("Move") as edit:
        edit.put(
            Annotation(
                frame, made.label, box(140), source="model", foreign=made.foreign, id=made.id
            )
        )
    assert shown(suggestions, frame) == ["dog"]
    assert not is_untouched(project.annotation(made.id))
    with project.edit("Delete") as edit:
        edit.delete(made.id)
    assert shown(suggestions, frame) == ["cat", "dog"]


def test_what_was_reshaped_first_counts_as_edited(project, frame, suggestions):
    one = named(suggestions, frame, "cat")
    (made,) = suggestions.accept([one], shapes={one.key: box(130)})
    assert made.shape == box(130)
    assert not is_untouched(project.annotation(made.id))
    assert shown(suggestions, frame) == ["dog"]


def test_names_of_a_model_that_clash_are_one_label(tmp_path):
    with make_project(tmp_path, 1) as project:
        frame = first_frame(project).id
        model = SuggestingModel("m", "1", ("cat", "Cat", "cats", " cat"))
        seen = [Proposal(name, box(10 + 45 * i), 0.9) for i, name in enumerate(model.labels)]
        suggestions = Suggestions(project)
        suggestions.fill(model, 0.1, {frame: seen})
        made = suggestions.accept(suggestions.visible(frame, 0.0))
        assert len(made) == 4
        assert [label.name for label in project.labels] == ["cat"]


@pytest.mark.parametrize(
    ("kind", "made"),
    [("any", "rectangle"), ("rectangle", "rectangle"), ("polygon", "polygon"), ("points", None),
     ("mask", None), ("ellipse", None), ("tag", None)],
)  # fmt: skip
def test_a_label_gets_nothing_that_it_is_not_meant_for(tmp_path, kind, made):
    labels = LabelSchema((Label("cat", kind=kind), Label("dog")))
    with make_project(tmp_path, 1, labels) as project:
        frame = first_frame(project).id
        suggestions = Suggestions(project)
        suggestions.fill(MODEL, 0.1, {frame: [Proposal("cat", box(10), 0.9)]})
        shown = suggestions.visible(frame, 0.0)
        assert [one.kind for one in suggestions.accept(shown)] == ([made] if made else [])


def test_labels_are_made_with_the_first_acceptance_and_the_others_stay(tmp_path):
    with Project.create(tmp_path / "p") as project:
        task = Task("t")
        one = Frame(task.id, 0, "a.png")
        with project.edit("Begin") as edit:
            edit.put_task(task)
            edit.put_frame(one)
        suggestions = Suggestions(project)
        words = {"text": "EXIT"}
        seen = [Proposal("sign", box(10), 0.9, words), Proposal("dog", box(100), 0.6)]
        suggestions.fill(SuggestingModel("m", "1", ("sign", "dog")), 0.3, {one.id: seen})
        assert [each.target for each in suggestions.visible(one.id, 0.0)] == ["sign", "dog"]
        (made,) = suggestions.accept(suggestions.visible(one.id, 0.7))
        (label,) = project.labels
        assert label.name == "sign"
        assert {label.attribute(key).name: v for key, v in made.attributes.items()} == words
        assert shown(suggestions, one.id) == ["dog"]
        step = project.undo(task=task.id, author="user")
        assert step.task == task.id
        assert len(project.labels) == 0
        assert shown(suggestions, one.id) == ["sign", "dog"]


def test_attributes_go_by_name_and_a_missing_one_is_made(project, frame):
    sign = Label(
        "sign", attributes=(Attribute("Text"), Attribute("state", "select", ("new", "old")))
    )
    bare = Label("page")
    with project.edit("Labels") as edit:
        edit.put_label(sign)
        edit.put_label(bare)
    suggestions = Suggestions(project)
    words = {"text": "EXIT", "state": "burnt"}
    seen = [Proposal("signs", box(10), 0.9, words), Proposal("page", box(100), 0.6, {"text": "a"})]
    suggestions.fill(SuggestingModel("m", "1", ("signs", "page")), 0.3, {frame: seen})
    first, second = suggestions.accept(suggestions.visible(frame, 0.0))
    assert dict(first.attributes) == {
        sign.attributes[0].id: "EXIT",
        sign.attributes[1].id: "new",  # "burnt" is no choice of a person's
    }
    (made,) = project.labels.named("page").attributes
    assert (made.name, made.kind, dict(second.attributes)) == ("text", "text", {made.id: "a"})


def test_a_label_of_one_kind_gets_a_shape_of_that_kind(project, frame):
    with project.edit("Labels") as edit:
        edit.put_label(Label("outlined", kind="polygon"))
        edit.put_label(Label("boxed", kind="rectangle"))
    ring = Polygon.from_ring([[100, 10], [150, 20], [120, 60]])
    suggestions = Suggestions(project)
    seen = [Proposal("outlined", box(10), 0.9), Proposal("boxed", ring, 0.9)]
    suggestions.fill(SuggestingModel("m", "1", ("outlined", "boxed")), 0.3, {frame: seen})
    outlined, boxed = suggestions.accept(suggestions.visible(frame, 0.0))
    assert outlined.shape == Polygon.from_ring(box(10).corners)
    assert boxed.shape == Rectangle((100, 10, 150, 60))


# Rejecting -------------------------------------------------------------------------------------------------


def test_a_rejection_holds_after_a_restart_and_for_what_is_seen_next_time(tmp_path, frame, project):
    suggestions = Suggestions(project)
    suggestions.fill(MODEL, 0.3, {frame: [Proposal("cat", box(10), 0.9)]})
    (kept,) = suggestions.reject(suggestions.visible(frame, 0.0))
    assert kept == Rejection(frame, project.labels.named("cat").id, "cat", BOX, kept.id)
    assert shown(suggestions, frame) == []
    project.close()
    with Project.open(tmp_path / "p") as again:
        suggestions = Suggestions(again)
        assert suggestions.rejections(frame) == [kept]
        assert shown(suggestions, frame) == []
        suggestions.fill(MODEL, 0.3, {frame: [Proposal("cat", box(13), 0.7)]})
        assert shown(suggestions, frame) == []
        suggestions.fill(OTHER, 0.3, {frame: [Proposal("cats", box(11), 0.7)]})
        assert shown(suggestions, frame) == []
        suggestions.fill(MODEL, 0.3, {frame: [Proposal("cat", box(40), 0.7)]})
        assert shown(suggestions, frame) == ["cat"]
        again.undo()
        assert sorted(shown(suggestions, frame)) == ["cat", "cats"]
        again.redo()
        assert shown(suggestions, frame) == ["cat"]
    check_file(tmp_path / "p" / "project.annotator")


def test_tags_are_hidden_by_tags(project, frame):
    suggestions = Suggestions(project)
    suggestions.fill(MODEL, 0.3, {frame: [Proposal("cat", None, 0.9), Proposal("dog", None, 0.8)]})
    cat, dog = suggestions.visible(frame, 0.0)
    suggestions.accept([cat])
    suggestions.reject([dog])
    assert shown(suggestions, frame) == []
    with project.edit("Clear") as edit:
        edit.clear_frame(frame)
    assert shown(suggestions, frame) == ["cat"]


def test_a_snapshot_holds_rejections(project, frame, suggestions, tmp_path):
    suggestions.reject([named(suggestions, frame, "dog")])
    write_state(project.path, tmp_path / "state")
    state = apsw.Connection(str(tmp_path / "state"))
    assert list(state.execute("SELECT name FROM rejection")) == [("dog",)]
    state.close()


class SuggestionLaws(RuleBasedStateMachine):
    """Whatever is accepted, rejected, drawn, undone and seen anew: what is shown follows from the rows alone."""

    def __init__(self):
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.path = Path(self.temporary.name) / "p"
        self.project = Project.create(self.path)
        task = Task("t")
        frame = Frame(task.id, 0, "a.png")
        with self.project.edit("Begin", author="set-up") as edit:
            edit.put_labels(LabelSchema((Label("cat"), Label("dog"))))
            edit.put_task(task)
            edit.put_frame(frame)
        self.frame = frame.id
        self.suggestions = Suggestions(self.project)
        self.seen = {}

    places = st.tuples(st.integers(0, 12), st.sampled_from(["cat", "dog"]), st.integers(1, 99))

    @rule(seen=st.lists(places, max_size=6), model=st.sampled_from([MODEL, OTHER]))
    def look(self, seen, model):
        rename = {"cat": "cats"} if model is OTHER else {}
        found = [
            Proposal(rename.get(name, name), box(8 * place), score / 100)
            for place, name, score in seen
        ]
        self.suggestions.fill(model, 0.0, {self.frame: found})
        self.seen[model.id] = found

    def pick(self, number):
        found = self.suggestions.visible(self.frame, 0.2)
        return [found[number % len(found)]] if found else []

    @rule(number=st.integers(0, 10))
    def accept(self, number):
        before = self.suggestions.visible(self.frame, 0.2)
        picked = self.pick(number)
        self.suggestions.accept(picked)
        self.back_and_forth(before, picked)

    @rule(number=st.integers(0, 10))
    def reject(self, number):
        before = self.suggestions.visible(self.frame, 0.2)
        picked = self.pick(number)
        self.suggestions.reject(picked)
        self.back_and_forth(before, picked)

    def back_and_forth(self, before, picked):
        if picked:
            after = self.suggestions.visible(self.frame, 0.2)
            assert not {one.key for one in picked} & {one.key for one in after}
            step = self.project.undo(author="user")
            assert self.suggestions.visible(self.frame, 0.2) == before
            self.project.redo(step.id)
            assert self.suggestions.visible(self.frame, 0.2) == after

    @rule(place=st.integers(0, 12), name=st.sampled_from(["cat", "dog"]))
    def draw(self, place, name):
        with self.project.edit("Draw") as edit:
            edit.put(Annotation(self.frame, self.project.labels.named(name).id, box(8 * place + 1)))

    @rule()
    def undo(self):
        with suppress(NothingToUndoError, UndoRefusedError):
            self.project.undo(author="user")

    @rule()
    def redo(self):
        with suppress(NothingToUndoError, UndoRefusedError):
            self.project.redo(author="user")

    @rule()
    def restart(self):
        before = self.suggestions.visible(self.frame, 0.2)
        self.project.close()
        self.project = Project.open(self.path)
        self.suggestions = Suggestions(self.project)
        assert self.suggestions.visible(self.frame, 0.2) == before

    @invariant()
    def shown_is_what_the_rule_says(self):
        """The rule again, one pair at a time."""
        labels = {"cat": "cat", "cats": "cat", "dog": "dog"}
        offered = sorted(
            (one for one in self.suggestions.stored(self.frame) if one.score >= 0.2),
            key=lambda one: -one.score,
        )
        best = []
        for one in offered:
            same = (b for b in best if labels[b.label] == labels[one.label])
            if not any(box_iou(b.shape.box, one.shape.box) >= 0.7 for b in same):
                best.append(one)
        names = {label.id: label.name for label in self.project.labels}
        drawn = self.project.annotations(self.frame)
        alive = {(origin_of(a) or {}).get("key") for a in drawn}
        taken = [(names[a.label], a.shape.box) for a in drawn]
        taken += [(names[r.label], r.box) for r in self.suggestions.rejections(self.frame)]
        expected = {
            one.key
            for one in best
            if one.key not in alive
            and not any(
                name == labels[one.label] and box_iou(there, one.shape.box) >= 0.7
                for name, there in taken
            )
        }
        assert {one.key for one in self.suggestions.visible(self.frame, 0.2)} == expected

    def teardown(self):
        self.project.close()
        check_file(self.path / "project.annotator")
        self.temporary.cleanup()


def test_the_laws_of_suggestions():
    run_state_machine_as_test(
        SuggestionLaws,
        settings=settings(max_examples=25, stateful_step_count=15, phases=PHASES, deadline=None),
    )


# Keys, names and overlaps ----------------------------------------------------------------------------------

coordinate = st.integers(0, 500)


@given(coordinate, coordinate, st.floats(-0.49, 0.49), st.sampled_from(["cat", "dog"]))
def test_a_key_is_the_same_within_a_pixel(x, y, shift, label):
    whole = key_of("m", 7, label, box(x, y))
    assert key_of("m", 7, label, box(x + shift, y + shift)) == whole
    others = [
        key_of("n", 7, label, box(x, y)),
        key_of("m", 8, label, box(x, y)),
        key_of("m", 7, label + "s", box(x, y)),
        key_of("m", 7, label, box(x + 1, y)),
        key_of("m", 7, label, None),
        key_of("m", 7, label, Polygon.from_ring(box(x, y).corners)),
    ]
    assert len({whole, *others}) == 7


def test_masks_with_one_box_have_keys_of_their_own():
    full, open_ = np.ones((4, 4), bool), np.ones((4, 4), bool)
    open_[1, 1] = False
    first, second = (Mask.from_bitmap(bits, (3, 3)) for bits in (full, open_))
    assert first.box == second.box
    assert key_of("m", 1, "a", first) != key_of("m", 1, "a", second)


boxes = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20)).map(
        lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
    ),
    min_size=1,
    max_size=8,
)


@given(boxes, boxes, st.randoms(use_true_random=False), st.integers(1, 20))
def test_overlaps_are_those_of_pairs_of_one_group(first, second, random, lot):
    a, b = np.array(first), np.array(second)
    groups = np.array([random.randrange(3) for _ in first])
    others = np.array([random.randrange(3) for _ in second])
    expected = [
        max(
            (box_iou(one, two) for two, k in zip(second, others, strict=True) if k == group),
            default=0,
        )
        >= 0.5
        for one, group in zip(first, groups, strict=True)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "_MOST_PAIRS", lot)
        assert overlapped(a, groups, b, others, 0.5).tolist() == expected


@given(boxes, st.randoms(use_true_random=False))
def test_of_what_is_at_one_place_the_best_stays(found, random):
    scores = np.array([random.random() for _ in found])
    groups = np.array([random.randrange(2) for _ in found])
    stays = best_of_each_place(np.array(found), groups, scores, 0.5)
    share = np.array([[box_iou(one, other) for other in found] for one in found])
    for row in range(len(found)):
        first = np.arange(len(found)) < row
        is_better = (scores > scores[row]) | ((scores == scores[row]) & first)
        better = (groups == groups[row]) & is_better & (share[row] >= 0.5)
        assert stays[row] == (not (better & stays).any())


def test_boxes_without_an_area_and_tags():
    nothing = [np.nan] * 4
    some = np.array([[1, 1, 1, 1], [1, 1, 5, 5], nothing, [2, 2, 2, 9]], dtype=float)
    first, second = np.repeat(some, 4, axis=0), np.tile(some, (4, 1))
    assert np.array_equal(shared_parts(first, second).reshape(4, 4), np.eye(4))


ALIKE = [
    ("person", "person"), ("Person", "person"), ("persons", "person"), ("car", "Cars"),
    ("traffic_light", "Traffic lights"), ("stop-signs", "stop sign"), ("bus", "buses"),
    ("glasses", "glass"), ("house", "houses"), ("box", "boxes"), ("berry", "berries"),
]  # fmt: skip
DIFFERENT = [
    ("people", "person"),
    ("car", "care"),
    ("cars park", "car park"),
    ("s", ""),
    ("plan", "plane"),
]


@pytest.mark.parametrize(("name", "like"), ALIKE)
def test_names_that_mean_the_same(name, like):
    others = [Label("zebra"), Label("zebras crossing")]
    for asked, known in ((name, like), (like, name)):
        assert Alikes([*others, Label(known)]).find(asked).name == known


@pytest.mark.parametrize(("name", "other"), DIFFERENT)
def test_names_that_do_not(name, other):
    assert Alikes([Label(name)]).find(other) is None
    if other:
        assert Alikes([Label(other)]).find(name) is None


def test_the_same_name_comes_before_a_like_one():
    known = [Label("Cats"), Label("CAT"), Label("cat")]
    assert Alikes(known).find("cat").name == "cat"
    assert Alikes(known[:2]).find("cat").name == "CAT"


def test_what_is_proposed_for_names_without_a_like():
    schema = LabelSchema((Label("Cars"),))
    cars = schema.named("Cars").id
    assert proposed_targets(("car", "dog"), schema) == {"car": cars, "dog": None}
    assert proposed_targets(("car", "dog"), LabelSchema()) == {"car": "car", "dog": "dog"}
    assert proposed_targets(("text",), schema) == {"text": "text"}


def test_what_a_person_mapped_is_remembered(tmp_path, project, frame, suggestions):
    dog = project.labels.named("dog").id
    suggestions.remember(ModelLabels("seer", {"cat": dog, "dog": None, "people": "crowd"}))
    targets = {"cat": dog, "dog": None, "people": "crowd"}
    assert suggestions.labels_of("seer").targets == targets
    assert shown(suggestions, frame) == ["cat", "people"]
    project.close()
    with Project.open(tmp_path / "p") as again:
        assert Suggestions(again).labels_of("seer").targets == targets
        with again.edit("Delete") as edit:
            edit.delete_label(dog)
        assert Suggestions(again).labels_of("seer").targets["cat"] == again.labels.named("cat").id
    with Project.open(tmp_path / "p") as again:
        for damaged in ("[1]", "{", '{"cat": [2], "dog": "d"}'):
            again.store_meta("model-labels/seer", damaged)
            found = Suggestions(again).labels_of("seer").targets
            assert found["cat"] == again.labels.named("cat").id
