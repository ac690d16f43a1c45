"""Frames of a dataset and of a task: never a wrong one, rather none."""

from pathlib import Path

import pytest

from annotator.core.labels import LabelSchema
from annotator.formats.dataset import DatasetHeader, VideoDescription
from annotator.project.imports.frame_matching import FrameMatching, match_frames
from annotator.project.organisation import Frame, Task


def frames(*names: str) -> list[Frame]:
    return [Frame(1, place, name) for place, name in enumerate(names)]


def matched(
    there: list[Frame],
    names=(),
    numbers=(),
    *,
    task: Task | None = None,
    video: VideoDescription | None = None,
    roots: tuple[Path, ...] = (),
) -> FrameMatching:
    header = DatasetHeader("some", LabelSchema(), video=video, media_roots=roots)
    keyed = dict(names) if isinstance(names, dict) else dict.fromkeys(names)
    return match_frames(task or Task("t"), there, keyed, numbers, header)


def named(matching: FrameMatching) -> dict[tuple[str, str], str]:
    return {key: frame.name for key, frame in matching.named.items()}


def numbered(matching: FrameMatching) -> dict[int, str]:
    return {number: frame.name for number, frame in matching.numbered.items()}


def test_names_find_pictures_with_other_folders_in_front():
    found = matched(frames("images/a.jpg", "b.jpg"), [("", "a.jpg"), ("", "data/b.png")])
    assert named(found) == {("", "a.jpg"): "images/a.jpg", ("", "data/b.png"): "b.jpg"}
    assert found.unmatched == []


def test_a_name_that_may_mean_several_pictures_means_none():
    found = matched(frames("x/a.jpg", "y/a.jpg", "b.jpg"), [("", "a.jpg"), ("", "b.jpg")])
    assert named(found) == {("", "b.jpg"): "b.jpg"}
    (one,) = found.unmatched
    assert one.name == "a.jpg"
    assert "x/a.jpg or y/a.jpg" in one.reason


def test_the_subset_tells_pictures_of_one_name_apart():
    there = frames("train/a.jpg", "val/a.jpg")
    found = matched(there, [("val", "a.jpg"), ("train", "a.jpg")])
    assert named(found) == {
        ("val", "a.jpg"): "val/a.jpg",
        ("train", "a.jpg"): "train/a.jpg",
    }
    assert named(matched(there, [("val", "a.jpg")])) == {("val", "a.jpg"): "val/a.jpg"}


def test_one_picture_for_frames_of_two_subsets_is_left_open():
    found = matched(frames("a.jpg"), [("val", "a.jpg"), ("train", "a.jpg")])
    assert named(found) == {}
    assert [one.name for one in found.unmatched] == [
        "a.jpg (subset val)",
        "a.jpg (subset train)",
    ]


def test_frames_of_two_subsets_that_are_one_file_are_one_picture(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    found = matched(frames("a.jpg"), [("all", "a.jpg"), ("some", "a.jpg")], roots=(tmp_path,))
    assert set(named(found).values()) == {"a.jpg"}
    assert len(found.named) == 2


def test_what_is_unknown_is_told():
    found = matched(frames("a.jpg"), [("", "a.jpg"), ("", "q.jpg")], [])
    assert [(one.name, one.reason) for one in found.unmatched] == [
        ("q.jpg", "no picture has this name")
    ]


# Numbers ---------------------------------------------------------------------------------------------------


def test_numbers_are_places_where_nothing_else_is_known():
    found = matched(frames("a.jpg", "b.jpg"), numbers=[0, 1, 2])
    assert numbered(found) == {0: "a.jpg", 1: "b.jpg"}
    assert [one.name for one in found.unmatched] == ["frame_000002"]
    assert found.numbering == (0, 1)


def test_numbers_of_a_video_are_counted_from_its_start_in_its_steps():
    video = VideoDescription(start=10, stop=16, step=3)
    found = matched(frames("a.jpg", "b.jpg", "c.jpg"), numbers=[10, 13, 16, 14, 19], video=video)
    assert numbered(found) == {10: "a.jpg", 13: "b.jpg", 16: "c.jpg"}
    assert [one.name for one in found.unmatched] == ["frame_000014", "frame_000019"]
    assert found.numbering == (10, 3)


def test_a_task_that_has_numbers_keeps_them_where_the_dataset_says_nothing():
    task = Task("t", frame_start=10, frame_step=3)
    found = matched(frames("a.jpg", "b.jpg"), numbers=[10, 13], task=task)
    assert numbered(found) == {10: "a.jpg", 13: "b.jpg"}


def test_some_pictures_of_a_video_are_known_by_the_numbers_in_their_names():
    video = VideoDescription(start=10, stop=19, step=3)
    there = frames("images/frame_000013.png", "images/frame_000019.png")
    found = matched(there, numbers=[10, 13, 16, 19], video=video)
    assert numbered(found) == {13: "images/frame_000013.png", 19: "images/frame_000019.png"}
    assert [one.name for one in found.unmatched] == ["frame_000010", "frame_000016"]
    assert found.numbering is None  # no numbering gives 13 and 19 to the places 0 and 1


def test_a_step_of_a_video_in_pictures_of_every_frame():
    there = frames(*(f"frame_{number:06d}.png" for number in range(21)))
    video = VideoDescription(start=10, stop=16, step=3)
    found = matched(there, numbers=[10, 13, 16], video=video)
    assert numbered(found) == {n: f"frame_{n:06d}.png" for n in (10, 13, 16)}
    assert found.numbering == (0, 1)


@pytest.mark.parametrize("video", [None, VideoDescription(stop=3), VideoDescription(stop=5)])
def test_pictures_that_are_counted_from_one_go_by_their_order(video):
    there = frames(*(f"frame_{number:06d}.png" for number in range(1, 5)))
    found = matched(there, numbers=[0, 1, 3], video=video)
    assert numbered(found) == {
        0: "frame_000001.png",
        1: "frame_000002.png",
        3: "frame_000004.png",
    }


def test_all_pictures_of_a_video_go_by_their_order_whatever_they_are_called():
    there = frames(*(f"frame_{number:06d}.png" for number in (1, 5, 9)))
    found = matched(there, numbers=[0, 1, 2], video=VideoDescription(stop=2))
    assert numbered(found) == {
        0: "frame_000001.png",
        1: "frame_000005.png",
        2: "frame_000009.png",
    }


def test_numbers_go_with_the_names_that_have_them():
    there = frames("c.jpg", "b.jpg", "a.jpg")
    found = matched(there, {("", "a.jpg"): 0, ("", "c.jpg"): 2}, [0, 2, 1])
    assert numbered(found) == {0: "a.jpg", 2: "c.jpg"}
    # The order of the pictures is not that of the numbers, so what 1 is cannot be said.
    assert [one.name for one in found.unmatched] == ["frame_000001"]


def test_numbers_between_named_frames_are_found_where_the_order_agrees():
    there = frames("a.jpg", "b.jpg", "c.jpg")
    found = matched(there, {("", "a.jpg"): 0, ("", "c.jpg"): 2}, [0, 1, 2])
    assert numbered(found) == {0: "a.jpg", 1: "b.jpg", 2: "c.jpg"}


def test_where_no_name_fits_the_numbers_are_not_trusted_either():
    found = matched(frames("x.jpg", "y.jpg"), {("", "a.jpg"): 0, ("", "b.jpg"): 1}, [0, 1])
    assert len(found) == 0


def test_removed_frames_leave_gaps():
    there = [Frame(1, 0, "a.jpg"), Frame(1, 2, "c.jpg")]
    found = matched(there, numbers=[0, 1, 2])
    assert numbered(found) == {0: "a.jpg", 2: "c.jpg"}
