"""Which frame of a task each frame of a dataset is: by name, or by number where there are no names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from annotator.formats.dataset import DatasetHeader, FrameItem, VideoDescription
from annotator.formats.facts import frame_name
from annotator.formats.matching import Rule, match_names
from annotator.formats.picture_files import find_picture
from annotator.formats.video_frames import frames_of_video
from annotator.project.organisation import Frame, Task

# What tells a frame of a dataset from the others: its subset and name, or its number where it has no name.
NamedKey: TypeAlias = tuple[str, str]
FrameKey: TypeAlias = NamedKey | int
# By what a frame was found; "chosen" by a person.
MatchRule: TypeAlias = Rule | Literal["chosen"]

_LEFT_OUT: Final = "it is left out by choice"
# How frames are called that were taken out of a video.
_OWN_NUMBER: Final = re.compile(r"(?:.*/)?frame_(\d{6,})\.\w+")


def key_of(item: FrameItem) -> FrameKey:
    """Return what tells the frame of an item from the others of its dataset."""
    return (item.subset, item.name) if item.name else item.number or 0


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A frame of the dataset that is none of the task, or may be several, and why.

    key: what tells it from the others. candidates: the frames of the task that it may be.
    """

    name: str
    reason: str
    key: FrameKey = 0
    candidates: tuple[Frame, ...] = ()


@dataclass(slots=True)
class FrameMatching:
    """The frames of a task by what the dataset calls them.

    numbering: (start, step) under which the positions of the frames give the numbers of the dataset; None where
    there is none. rules: by what each frame was found.
    """

    named: dict[NamedKey, Frame] = field(default_factory=dict)
    numbered: dict[int, Frame] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    numbering: tuple[int, int] | None = None
    rules: dict[FrameKey, MatchRule] = field(default_factory=dict)

    def frame_of(self, key: FrameKey) -> Frame | None:
        """Return the frame of the task, or None."""
        return self.numbered.get(key) if isinstance(key, int) else self.named.get(key)

    @property
    def frame_ids(self) -> frozenset[int]:
        """The frames of the task that are meant."""
        return frozenset(one.id for one in (*self.named.values(), *self.numbered.values()))

    def choose(self, choices: Mapping[FrameKey, int | None], frames: Iterable[Frame]) -> None:
        """Let a person's choices go before what was found.

        choices: ids of frames of the task, None for a frame of the dataset that is left out. A frame that is not
        among those of the task is no choice.
        """
        wanted = {frame_id for frame_id in choices.values() if frame_id is not None}
        there = {frame.id: frame for frame in frames if frame.id in wanted} if wanted else {}
        known = {*self.named, *self.numbered, *(one.key for one in self.unmatched)}
        for key, frame_id in choices.items():
            if key in known and frame_id is None:
                self._put(key, None)
            elif key in known and frame_id in there:
                self._put(key, there[frame_id])

    def _put(self, key: FrameKey, frame: Frame | None) -> None:
        self.unmatched = [one for one in self.unmatched if one.key != key]
        self.rules.pop(key, None)
        if isinstance(key, int):
            self.numbered.pop(key, None)
        else:
            self.named.pop(key, None)
        if frame is None:
            self.unmatched.append(Unmatched(shown_key(key), _LEFT_OUT, key))
            return
        self.rules[key] = "chosen"
        if isinstance(key, int):
            self.numbered[key] = frame
        else:
            self.named[key] = frame

    def __len__(self) -> int:
        return len(self.named) + len(self.numbered)


def match_frames(
    task: Task,
    frames: Sequence[Frame],
    names: Mapping[NamedKey, int | None],
    numbers: Iterable[int],
    header: DatasetHeader,
) -> FrameMatching:
    """Match the frames of a dataset with those of a task.

    names: of the frames that have one, with the number that the dataset gives them. numbers: of those without a
    name, and of key frames.
    """
    matching = FrameMatching()
    _match_names(matching, frames, names, header)
    _match_numbers(matching, task, frames, names, sorted(set(numbers)), header.video)
    return matching


# By name ---------------------------------------------------------------------------------------------------


def _match_names(
    matching: FrameMatching,
    frames: Sequence[Frame],
    names: Iterable[NamedKey],
    header: DatasetHeader,
) -> None:
    """Match by the name, where that is not enough by subset and name."""
    reasons = dict.fromkeys(names, "")
    candidates: dict[NamedKey, tuple[Frame, ...]] = {}
    for look in (_told_apart, _with_subset):
        taken = {frame.id for frame in matching.named.values()}
        free = [frame for frame in frames if frame.id not in taken]
        wanted = look(reasons, header)
        for path, match in match_names(wanted, [frame.name for frame in free]).items():
            for key in wanted[path]:
                if match.index is None:
                    reasons[key] = reasons[key] or match.reason
                    candidates.setdefault(key, tuple(free[one] for one in match.candidates))
                else:
                    matching.named[key] = free[match.index]
                    matching.rules[key] = match.rule or "path"
                    del reasons[key]
    matching.unmatched += (
        Unmatched(shown_key(key), reason, key, candidates.get(key, ()))
        for key, reason in reasons.items()
    )


def _told_apart(
    keys: Iterable[NamedKey], header: DatasetHeader
) -> defaultdict[str, list[NamedKey]]:
    """What to look for: the name where it means one picture, else subset and name."""
    by_name: defaultdict[str, list[NamedKey]] = defaultdict(list)
    for key in keys:
        by_name[key[1]].append(key)
    wanted: defaultdict[str, list[NamedKey]] = defaultdict(list)
    for name, same in by_name.items():
        is_one = len(same) == 1 or _are_one_picture(same, header)
        for key in same:
            wanted[name if is_one else _path(key)].append(key)
    return wanted


def _are_one_picture(keys: Iterable[NamedKey], header: DatasetHeader) -> bool:
    """Whether the dataset has one picture of a name for several subsets."""
    files = {find_picture(header, FrameItem(name, subset=subset)) for subset, name in keys}
    return len(files) == 1 and None not in files


def _with_subset(
    keys: Iterable[NamedKey], _header: DatasetHeader
) -> defaultdict[str, list[NamedKey]]:
    """What to look for next: subset and name of those that are in a subset."""
    wanted: defaultdict[str, list[NamedKey]] = defaultdict(list)
    for key in keys:
        if key[0]:
            wanted[_path(key)].append(key)
    return wanted


def _path(key: NamedKey) -> str:
    return "/".join(filter(None, key))


def shown_key(key: FrameKey) -> str:
    """Return what a frame of a dataset is called for a person."""
    if isinstance(key, int):
        return frame_name("", key)
    subset, name = key
    return f"{name} (subset {subset})" if subset else name


# By number -------------------------------------------------------------------------------------------------


def _match_numbers(
    matching: FrameMatching,
    task: Task,
    frames: Sequence[Frame],
    names: Mapping[NamedKey, int | None],
    numbers: Sequence[int],
    video: VideoDescription | None,
) -> None:
    known = {
        number: matching.named[key]
        for key, number in names.items()
        if number is not None and key in matching.named
    }
    if not names:
        known = _by_own_number(frames, numbers, video)
    if known or not names:
        matching.numbering = next(_numberings(task, known, video), None)
    by_position = {frame.position: frame for frame in frames}
    for number in numbers:
        frame = known.get(number) or _placed(by_position, number, matching.numbering)
        if frame is None:
            reason = "the task has no such frame"
            matching.unmatched.append(Unmatched(shown_key(number), reason, number))
        else:
            matching.numbered[number] = frame
            matching.rules[number] = "number"


def _by_own_number(
    frames: Sequence[Frame], numbers: Sequence[int], video: VideoDescription | None
) -> dict[int, Frame]:
    """The frames whose file is called after their number in the video, as CVAT calls them.

    None where the pictures are all frames of the video, or are counted from 1 as other programs do: then their
    order tells.
    """
    own = {int(found[1]): frame for frame in frames if (found := _OWN_NUMBER.fullmatch(frame.name))}
    is_whole = video is not None and len(frames_of_video(video)) == len(frames)
    if is_whole or own.keys() == set(range(1, len(frames) + 1)):
        return {}
    return {number: own[number] for number in numbers if number in own}


def _numberings(
    task: Task, known: Mapping[int, Frame], video: VideoDescription | None
) -> Iterator[tuple[int, int]]:
    """Yield the numberings, the likeliest first, that agree with what is known."""
    candidates = [(task.frame_start, task.frame_step), (0, 1)]
    if video is not None and (video.start, video.step) != (0, 1):
        candidates.insert(0, (video.start, max(video.step, 1)))
    for start, step in candidates:
        if all(number == start + frame.position * step for number, frame in known.items()):
            yield start, step


def _placed(
    by_position: Mapping[int, Frame], number: int, numbering: tuple[int, int] | None
) -> Frame | None:
    if numbering is None:
        return None
    start, step = numbering
    position, rest = divmod(number - start, step)
    return None if rest else by_position.get(position)
