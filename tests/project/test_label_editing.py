"""Changes of labels with everything that has them: previewed, one step, undone as a whole."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.label_draft import AttributeDraft, ChoiceDraft, LabelDraft
from annotator.core.labels import Attribute, Label, SkeletonTemplate, TemplatePoint
from annotator.core.schema_draft import SchemaDraft
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.core.validation import check_value
from annotator.project.errors import ProjectError
from annotator.project.labels.editing import edit_labels
from annotator.project.labels.preview import LabelUse, preview_labels, use_of
from annotator.project.labels.rules import LabelChange
from annotator.project.organisation import Frame, Job, Task
from tests.project.dumps import check_file, recorded
from tests.project.shapes import import_into

BOX = Rectangle((1.0, 2.0, 30.0, 40.0))
COLOUR = Attribute("colour", "select", ("red", "green", "blue"), default="green", id=11)
SPEED = Attribute("speed", "number", id=12)
PLATE = Attribute("plate", "text", id=13)
SEEN = Attribute("seen", "checkbox", mutable=True, id=14)
CAR = Label("car", attributes=(COLOUR, SPEED, PLATE, SEEN), id=1)
AUTO = Label(
    "auto",
    attributes=(Attribute("colour", "select", ("red", "pink"), id=21), Attribute("note", "text", id=22)),
    id=2,
)  # fmt: skip
MAN = Label(
    "man",
    kind="skeleton",
    skeleton=SkeletonTemplate(
        (
            TemplatePoint("head", attributes=(Attribute("hat", "select", ("top", "bowler"), id=34),), id=31),
            TemplatePoint("foot", id=32),
        ),
        ((31, 32),),
    ),
    id=3,
)  # fmt: skip
FRAMES = 4


@pytest.fixture
def task(project):
    task = Task("task")
    with project.edit("Set up", author="setup") as edit:
        edit.put_task(task)
        edit.put_job(Job(task.id))
        for label in (CAR, AUTO, MAN):
            edit.put_label(label)
        edit.put_frame(
            *[Frame(task.id, place, f"{place}.png", id=100 + place) for place in range(FRAMES)]
        )
    return task


def put(project, *annotations):
    with project.edit("Draw") as edit:
        edit.put(*annotations)


def car(place, **values):
    by_name = {one.name: one.id for one in CAR.attributes}
    return Annotation(
        100 + place, CAR.id, BOX, {by_name[name]: value for name, value in values.items()}
    )


def draft_of(project):
    return SchemaDraft.of(project.labels)


def done(project, draft, misfit="default"):
    change = LabelChange.of(draft, misfit)
    before = recorded(project.path)
    preview = preview_labels(project, change)
    assert recorded(project.path) == before
    step = edit_labels(project, change)
    check_file(project.path)
    return preview, step


def broken_rules(project, annotation):
    """What is wrong with the values of an annotation; its label has an attribute for each, and allows its kind."""
    label = project.labels[annotation.label]
    assert label.accepts(annotation.kind)
    return {
        rule
        for key, value in annotation.attributes.items()
        for rule, _ in check_value(label.attribute(key), value)
    }


def values(project, place=0):
    found = project.annotations(100 + place)
    labels = project.labels
    return [
        {labels[one.label].attribute(key).name: value for key, value in one.attributes.items()}
        for one in found
    ]


def with_attribute(draft, label, **changes):
    attribute = replace(draft[label].attributes[changes.pop("at", 0)], **changes)
    return draft.put(draft[label].with_attribute(attribute))


def test_a_new_name_touches_no_annotation(project, task):
    put(project, car(0), car(0), car(1))
    before = recorded(project.path)["shape"]
    preview, step = done(
        project, draft_of(project).put(replace(draft_of(project)[1], name="vehicle"))
    )
    (effect,) = preview.effects
    assert (effect.label.name, effect.after.name) == ("car", "vehicle")
    assert effect.use == LabelUse(3, 0, 2)
    assert preview.frames == 2
    assert recorded(project.path)["shape"] == before
    project.undo(step)
    assert project.labels[1].name == "car"


def test_nothing_to_do_makes_no_step(project, task):
    before = len(project.history())
    preview, step = done(project, draft_of(project))
    assert (preview.effects, step, len(project.history())) == ((), None, before)


def test_a_deleted_label_takes_its_annotations_and_tracks_along(project, task):
    put(project, car(0), Annotation(100, AUTO.id, None), Annotation(101, AUTO.id, BOX))
    with project.edit("Track") as edit:
        edit.put_track(Track(AUTO.id, (Keyframe(102, BOX), Keyframe(103, BOX))), task.id)
    before = recorded(project.path)
    preview, step = done(project, draft_of(project).without([AUTO.id]))
    (effect,) = preview.effects
    assert effect.is_deleted
    assert effect.use == LabelUse(2, 1, 4)
    assert [len(project.annotations(100 + place)) for place in range(FRAMES)] == [1, 0, 0, 0]
    assert project.tracks(task.id) == []
    assert AUTO.id not in project.labels
    project.undo(step)
    assert recorded(project.path) == before
    project.redo(step)
    assert AUTO.id not in project.labels


def test_a_deleted_label_gives_its_annotations_to_another(project, task):
    auto = Annotation(100, AUTO.id, BOX, {21: "red", 22: "dented"})
    put(project, auto, Annotation(101, AUTO.id, BOX, {21: "pink"}))
    preview, step = done(project, draft_of(project).without([AUTO.id], move_to=CAR.id))
    assert values(project) == [{"colour": "red"}]
    assert values(project, 1) == [{"colour": "green"}]
    effect = preview.effects[0]
    assert effect.target.name == "car"
    counted = {one.old.name: (one.rewritten, one.replaced, one.removed) for one in effect.values}
    assert counted == {"colour": (0, 1, 0), "note": (0, 0, 1)}
    project.undo(step)
    assert project.annotation(auto.id) == auto


def test_merging_with_take_over_loses_no_value(project, task):
    put(
        project,
        Annotation(100, AUTO.id, BOX, {21: "pink", 22: "dented"}),
        car(1, colour="blue"),
    )
    with project.edit("Track") as edit:
        edit.put_track(Track(AUTO.id, (Keyframe(102, BOX),), {21: "red"}), task.id)
    preview, _ = done(project, draft_of(project).merged([AUTO.id], CAR.id))
    assert values(project) == [{"colour": "pink", "note": "dented"}]
    assert values(project, 1) == [{"colour": "blue"}]
    (track,) = project.tracks(task.id)
    assert (track.label, track.attributes) == (CAR.id, {11: "red"})
    assert preview.effects[0].values == ()
    for place in range(2):
        for one in project.annotations(100 + place):
            assert broken_rules(project, one) == set()


def test_a_value_renamed_before_a_merge_is_renamed_with_it(project, task):
    put(project, Annotation(100, AUTO.id, BOX, {21: "pink"}), car(1, colour="blue"))
    choices = (ChoiceDraft("red", "red"), ChoiceDraft("rose", "pink"))
    draft = with_attribute(draft_of(project), AUTO.id, choices=choices)
    preview, _ = done(project, draft.merged([AUTO.id], CAR.id))
    assert values(project) == [{"colour": "rose"}]
    assert values(project, 1) == [{"colour": "blue"}]
    assert preview.effects[0].values[0].rewritten == 1


def test_an_attribute_renamed_before_a_merge_keeps_its_values(project, task):
    put(project, Annotation(100, AUTO.id, BOX, {22: "dented"}))
    draft = with_attribute(draft_of(project), AUTO.id, at=1, name="plate")
    draft = draft.merged([AUTO.id], CAR.id)
    done(project, with_attribute(draft, CAR.id, at=2, name="text"))
    assert values(project) == [{"text": "dented"}]


def test_points_renamed_before_a_merge_keep_their_elements(project, task):
    hat = Attribute("cap", "select", ("flat", "bowler"), id=44)
    points = (TemplatePoint("top", attributes=(hat,), id=41), TemplatePoint("foot", id=42))
    woman = Label("woman", kind="skeleton", skeleton=SkeletonTemplate(points, ((41, 42),)), id=4)
    with project.edit("Another") as edit:
        edit.put_label(woman)
    top = SkeletonElement(Points([[5.0, 5.0]]), attributes={44: "flat"})
    foot = SkeletonElement(Points([[9.0, 90.0]]))
    put(project, Annotation(100, woman.id, Skeleton({41: top, 42: foot})))
    draft = draft_of(project)
    first, second = draft[woman.id].points
    cap = replace(first.attributes[0], name="hat")
    head = replace(first, name="head", attributes=(cap,))
    draft = draft.put(replace(draft[woman.id], points=(head, second)))
    done(project, draft.merged([woman.id], MAN.id))
    (one,) = project.annotations(100)
    assert one.label == MAN.id
    assert one.shape.elements == {31: replace(top, attributes={34: "flat"}), 32: foot}


def test_a_renamed_value_is_renamed_everywhere(project, task):
    put(project, car(0, colour="red"), car(0, colour="blue"), car(1, colour="red", speed=3.0))
    choices = (ChoiceDraft("blue", "red"), ChoiceDraft("red", "blue"), ChoiceDraft("lime", "green"))
    draft = with_attribute(draft_of(project), CAR.id, choices=choices, default="")
    preview, step = done(project, draft)
    assert values(project) == [{"colour": "blue"}, {"colour": "red"}]
    assert values(project, 1) == [{"colour": "blue", "speed": 3.0}]
    assert preview.effects[0].values[0].rewritten == 3
    project.undo(step)
    assert values(project) == [{"colour": "red"}, {"colour": "blue"}]


@pytest.mark.parametrize(
    ("misfit", "left", "counted"),
    [
        ("default", [{"colour": "green"}, {"colour": "blue"}], (1, 0, 0)),
        ("remove", [{}, {"colour": "blue"}], (0, 1, 0)),
        ("keep", [{"colour": "red"}, {"colour": "blue"}], (0, 0, 1)),
    ],
)
def test_values_that_are_no_choice_any_more(project, task, misfit, left, counted):
    put(project, car(0, colour="red"), car(0, colour="blue"))
    choices = (ChoiceDraft("green", "green"), ChoiceDraft("blue", "blue"))
    preview, _ = done(project, with_attribute(draft_of(project), CAR.id, choices=choices), misfit)
    assert values(project) == left
    effect = preview.effects[0].values[0]
    assert (effect.replaced, effect.removed, effect.kept) == counted


def test_values_become_those_of_another_kind_where_they_can(project, task):
    put(project, car(0, plate="12"), car(0, plate="yes"), car(0, plate="M 1"))
    draft = with_attribute(draft_of(project), CAR.id, at=2, kind="number", minimum="5")
    preview, _ = done(project, draft)
    assert values(project) == [{"plate": 12.0}, {"plate": 5.0}, {"plate": 5.0}]
    effect = preview.effects[0].values[0]
    assert (effect.rewritten, effect.replaced) == (1, 2)


def test_numbers_beyond_new_limits_are_counted_and_stay(project, task):
    put(project, car(0, speed=3.0), car(0, speed=300.0))
    before = recorded(project.path)["shape"]
    draft = with_attribute(draft_of(project), CAR.id, at=1, minimum="0", maximum="250")
    preview, _ = done(project, draft)
    effect = preview.effects[0].values[0]
    assert (effect.outside, effect.rewritten, effect.replaced) == (1, 0, 0)
    assert recorded(project.path)["shape"] == before
    preview, _ = done(project, with_attribute(draft_of(project), CAR.id, at=1, maximum="400"))
    assert preview.effects == ()


def test_an_attribute_that_goes_takes_its_values_along(project, task):
    put(project, car(0, plate="12", colour="red"))
    draft = draft_of(project)
    label = draft[CAR.id]
    draft = draft.put(replace(label, attributes=label.attributes[:2]))
    preview, step = done(project, draft)
    assert values(project) == [{"colour": "red"}]
    assert preview.effects[0].values[0].removed == 1
    project.undo(step)
    assert values(project) == [{"colour": "red", "plate": "12"}]


def track_of(project, task):
    (track,) = project.tracks(task.id)
    return track.attributes, [one.attributes for one in track.keyframes]


def test_values_move_between_a_track_and_its_key_frames(project, task):
    frames = (Keyframe(101, BOX, attributes={14: True}), Keyframe(103, BOX, attributes={14: False}))
    with project.edit("Track") as edit:
        edit.put_track(Track(CAR.id, frames, {11: "red"}), task.id)
    draft = with_attribute(draft_of(project), CAR.id, mutable=True)
    draft = with_attribute(draft, CAR.id, at=3, mutable=False)
    preview, step = done(project, draft)
    assert track_of(project, task) == ({14: True}, [{11: "red"}, {11: "red"}])
    removed = {one.old.name: one.removed for one in preview.effects[0].values}
    assert removed == {"seen": 1}
    project.undo(step)
    assert track_of(project, task) == ({11: "red"}, [{14: True}, {14: False}])


def test_parts_of_skeletons_go_with_their_points(project, task):
    head = SkeletonElement(Points([[5.0, 5.0]]), attributes={34: "top"})
    foot = SkeletonElement(Points([[9.0, 90.0]]))
    whole = Annotation(100, MAN.id, Skeleton({31: head, 32: foot}))
    only_foot = Annotation(101, MAN.id, Skeleton({32: foot}))
    put(project, whole, only_foot)
    with project.edit("Track") as edit:
        edit.put_track(Track(MAN.id, (Keyframe(102, whole.shape),)), task.id)
    draft = draft_of(project)
    point = draft[MAN.id].points[0]
    hat = replace(point.attributes[0], choices=(ChoiceDraft("cap", "top"),))
    points = (replace(point, attributes=(hat,)),)
    draft = draft.put(replace(draft[MAN.id], points=points, edges=()))
    preview, step = done(project, draft)
    effect = preview.effects[0]
    assert (effect.lost_elements, effect.lost_skeletons) == (3, 1)
    assert effect.values[0].rewritten == 2
    left = project.annotation(whole.id).shape
    assert left.elements == {31: replace(head, attributes={34: "cap"})}
    assert project.columns(100).boxes.tolist() == [list(left.box)]
    assert project.annotation(only_foot.id) is None
    assert project.tracks(task.id)[0].keyframes[0].shape.elements.keys() == {31}
    project.undo(step)
    assert project.annotation(whole.id) == whole
    assert project.annotation(only_foot.id) == only_foot


def test_objects_of_another_kind_are_counted_and_stay(project, task):
    put(project, car(0), car(0), Annotation(101, CAR.id, None))
    draft = draft_of(project)
    preview, _ = done(project, draft.put(replace(draft[CAR.id], kind="rectangle")))
    assert preview.effects[0].misplaced == 1
    assert len(project.annotations(101)) == 1


def test_labels_swap_names_and_a_new_one_takes_the_name_of_one_that_goes(project, task):
    put(project, car(0), Annotation(100, AUTO.id, BOX))
    draft = draft_of(project)
    draft = draft.put(replace(draft[1], name="auto"), replace(draft[2], name="car"))
    done(project, draft)
    assert [label.name for label in project.labels] == ["auto", "car", "man"]
    draft = draft_of(project).without([1], move_to=2)
    done(project, draft.put(LabelDraft("auto", id=9)).moved([9], None, before=2))
    assert [label.name for label in project.labels] == ["auto", "car", "man"]
    assert [one.label for one in project.annotations(100)] == [2, 2]


def test_labels_that_go_are_in_nobodys_way_nor_in_that_of_each_other(project, task):
    done(project, draft_of(project).put(LabelDraft("car (2)", id=9)).moved([9], None, before=1))
    draft = draft_of(project).without([9, 1])
    done(project, draft.put(LabelDraft("car", id=10)))
    assert [label.name for label in project.labels] == ["auto", "man", "car"]


def test_order_and_parents_are_part_of_the_step(project, task):
    before = project.labels
    _, step = done(project, draft_of(project).moved([1], 3).moved([2], None, before=3))
    assert [(one.name, one.parent) for one in project.labels] == [
        ("auto", None),
        ("man", None),
        ("car", 3),
    ]
    project.undo(step)
    assert project.labels == before


def test_a_change_of_somebody_else_in_between_is_not_overwritten(project, task):
    change = LabelChange.of(draft_of(project).without([2]))
    with project.edit("Other") as edit:
        edit.put_label(Label("bike"))
    with pytest.raises(ProjectError, match="somebody else"):
        edit_labels(project, change)
    assert 2 in project.labels


def test_tracks_that_go_meanwhile_are_passed_over(project, task):
    """As soon as the first track is rewritten, another one goes away and a third gets another label."""
    keyframes = (Keyframe(100, BOX), Keyframe(103, BOX))
    first, second, third = (Track(CAR.id, keyframes, {PLATE.id: name}) for name in "ABC")
    with project.edit("Track") as edit:
        for track in (first, second, third):
            edit.put_track(track, task.id)

    def meanwhile(change):
        if first.id in change.tracks:
            project.changed.disconnect(meanwhile)
            with project.edit("Others", author="other") as edit:
                edit.delete_track(second.id)
                edit.put_track(replace(third, label=AUTO.id, attributes={22: "x"}), task.id)

    project.changed.connect(meanwhile)
    draft = draft_of(project)
    label = draft[CAR.id]
    after = draft.put(replace(label, attributes=label.attributes[:2]))
    step = edit_labels(project, LabelChange.of(after, "default"))
    found = {track.id: (track.label, track.attributes) for track in project.tracks(task.id)}
    assert found == {first.id: (CAR.id, {}), third.id: (AUTO.id, {22: "x"})}
    project.undo(step)
    assert project.track(first.id).attributes == {PLATE.id: "A"}
    check_file(project.path)


@pytest.fixture
def many(project, task):
    """1 700 annotations with the label auto."""
    frames = list(project.frames(task.id))
    import_into(project, 1700, frames, AUTO, points=3)
    return task


def test_many_annotations_are_moved_in_bounded_transactions_as_one_step(project, many):
    before = recorded(project.path)
    told = []
    project.changed.connect(told.append)
    _, step = done(project, draft_of(project).without([2], move_to=1))
    assert max(len(change.annotations) for change in told) <= 500
    assert len({change.step for change in told}) == 1
    assert project.label_counts() == {1: 1700}
    assert project.history(limit=1)[0].title == "Edit labels"
    project.undo(step)
    assert recorded(project.path) == before


def test_stopping_takes_back_what_was_done(project, many):
    before = recorded(project.path)
    progress = Progress()
    progress = Progress(
        lambda report: progress.cancel() if report.done >= 1000 else None, interval=0
    )
    with pytest.raises(Cancelled):
        edit_labels(project, LabelChange.of(draft_of(project).without([2])), progress=progress)
    assert recorded(project.path) == before


def test_how_much_has_a_label(project, many):
    assert use_of(project, [2]) == LabelUse(1700, 0, FRAMES)
    assert use_of(project, [1, 2, 3]) == LabelUse(1700, 0, FRAMES)
    assert use_of(project, []) == LabelUse()


@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_changed_is_counted_exactly_and_undone_exactly(project, task, data):
    """Values after the change are what the preview said, and undo brings everything back."""
    kinds = st.sampled_from(("select", "number", "text", "checkbox"))
    texts = st.sampled_from(("red", "green", "blue", "1", "true", "x"))
    stored = data.draw(
        st.lists(st.dictionaries(st.sampled_from(("colour", "plate")), texts), max_size=8)
    )
    put(project, *[car(place % FRAMES, **one) for place, one in enumerate(stored)])
    try:
        choices = data.draw(st.lists(texts, min_size=1, max_size=4, unique=True))
        new = [
            replace(
                one, kind=data.draw(kinds), choices=tuple(map(ChoiceDraft, choices)), default=""
            )
            for one in (AttributeDraft.of(COLOUR), AttributeDraft.of(PLATE))
        ]
        draft = draft_of(project)
        for one in new:
            draft = draft.put(draft[CAR.id].with_attribute(one))
        before = recorded(project.path)
        stored_before = [one for place in range(FRAMES) for one in project.annotations(100 + place)]
        old = {one.id: one.attributes for one in stored_before}
        # What was wrong before and is touched by no rule stays so.
        broken = {one.id: broken_rules(project, one) for one in stored_before}
        change = LabelChange.of(draft)
        preview = preview_labels(project, change)
        step = edit_labels(project, change)
        now = {one.id: one for place in range(FRAMES) for one in project.annotations(100 + place)}
        differing = sum(
            old[key].get(own) != one.attributes.get(own)
            for key, one in now.items()
            for own in (11, 13)
        )
        told = sum(
            one.rewritten + one.replaced for effect in preview.effects for one in effect.values
        )
        assert told >= differing
        for one in now.values():
            assert broken_rules(project, one) <= {"out-of-range"} | broken[one.id]
        if step is not None:
            project.undo(step)
        assert recorded(project.path) == before
    finally:
        with project.edit("Clear") as edit:
            for place in range(FRAMES):
                edit.clear_frame(100 + place)
