"""What speaks against a match of frames: other sizes, several subsets, and several frames that are one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from annotator.formats.dataset import DatasetHeader, Problem
from annotator.project.imports.frame_matching import FrameKey, FrameMatching
from annotator.project.organisation import Frame
from annotator.project.project import Project


def frame_doubts(
    project: Project,
    sizes: Mapping[FrameKey, tuple[int, int] | None],
    matching: FrameMatching,
    header: DatasetHeader,
) -> Iterator[Problem]:
    """Yield one problem for each kind of doubt, with how many frames there are and the first of them.

    sizes: of the frames of the dataset, where it says them.
    """
    name = header.name or header.format
    matched = {key: frame for key in sizes if (frame := matching.frame_of(key)) is not None}
    doubts = (*_sizes(project, sizes, matched), *_subsets(matched), *_same(matching.numbered))
    for rule, text in doubts:
        yield Problem(name, text, rule, skipped=0)


def _sizes(
    project: Project,
    sizes: Mapping[FrameKey, tuple[int, int] | None],
    matched: Mapping[FrameKey, Frame],
) -> Iterator[tuple[str, str]]:
    different: list[str] = []
    swapped: list[str] = []
    for key, frame in matched.items():
        said = sizes[key]
        real = project.frame_size(frame) if said else None
        if said is None or real is None or said == real:
            continue
        example = f"{frame.name} has {real[0]} x {real[1]} pixels, not {said[0]} x {said[1]}"
        (swapped if said == real[::-1] else different).append(example)
    if swapped:
        yield (
            "swapped-size",
            f"Pictures whose width and height are swapped in the dataset: {len(swapped)}; {swapped[0]}. It may have "
            "been made without turning pictures upright; look whether its annotations fit.",
        )
    if different:
        yield (
            "other-size",
            f"Pictures of another size than the dataset says: {len(different)}; {different[0]}. Annotations stay where "
            "the dataset has them; look whether they fit.",
        )


def _subsets(matched: Mapping[FrameKey, Frame]) -> Iterator[tuple[str, str]]:
    subsets: defaultdict[int, list[str]] = defaultdict(list)
    for key, frame in matched.items():
        if not isinstance(key, int) and key[0]:
            subsets[frame.id].append(key[0])
    several = [(frame_id, found) for frame_id, found in subsets.items() if len(found) > 1]
    if several:
        first, found = several[0]
        name = next(frame.name for frame in matched.values() if frame.id == first)
        yield (
            "several-subsets",
            f"Pictures that are in several subsets: {len(several)}; {name} is in {', '.join(found)}. Only one is kept, "
            "with the annotations of all.",
        )


def _same(numbered: Mapping[int, Frame]) -> Iterator[tuple[str, str]]:
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, frame in numbered.items():
        numbers[frame.id].append(number)
    several = [found for found in numbers.values() if len(found) > 1]
    if several:
        first, second, *_ = sorted(several[0])
        yield (
            "same-frame",
            f"Frames of the task that several frames of the dataset are: {len(several)};"
            f" {numbered[first].name} is frame {first} and frame {second}. A track keeps the first of its key"
            " frames there.",
        )
