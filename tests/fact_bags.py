"""A whole dataset, read or shown by a view, as a bag of facts: see `annotator.formats.facts`."""

from collections import Counter
from collections.abc import Iterable, Iterator

from annotator.core.labels import LabelSchema
from annotator.formats.dataset import DatasetItem, DatasetView, FrameItem, TrackItem
from annotator.formats.facts import FactTeller, frame_facts, frame_name, label_facts
from annotator.formats.losses import Fact


def facts(
    labels: LabelSchema,
    items: Iterable[DatasetItem],
    decimals: int | None = None,
    *,
    relative: bool = False,
) -> Counter[Fact]:
    """Return the facts of a dataset that was read, which may give a frame several times.

    decimals, relative: how coordinates are rounded before they are compared, as in `registry.Format`.
    """
    return _facts(labels, items, decimals, relative=relative, is_view=False)


def _facts(
    labels: LabelSchema,
    items: Iterable[DatasetItem],
    decimals: int | None,
    *,
    relative: bool,
    is_view: bool,
) -> Counter[Fact]:
    """is_view: each frame comes once, and two of one name are two frames, as those of two tasks."""
    teller = FactTeller(labels, decimals, relative=relative)
    bag = Counter(label_facts(labels))
    names: dict[int, str] = {}
    seen: set[tuple[str, str]] = set()
    tracks: list[TrackItem] = []
    for item in items:
        if isinstance(item, FrameItem):
            name = frame_name(item.name, item.number)
            if item.number is not None:
                names[item.number] = name
            if is_view or (item.subset, name) not in seen:
                seen.add((item.subset, name))
                bag.update(frame_facts(name, item.subset))
            bag.update(teller.of_annotations(item.annotations, name, item.size))
        elif isinstance(item, TrackItem):
            tracks.append(item)
    bag.update(teller.of_tracks((item.track for item in tracks), names))
    return bag


def facts_of_view(
    view: DatasetView, decimals: int | None = None, *, relative: bool = False
) -> Counter[Fact]:
    """Return the facts of everything a view shows."""

    def items() -> Iterator[DatasetItem]:
        yield from view.frames()
        yield from view.tracks()

    return _facts(view.labels, items(), decimals, relative=relative, is_view=True)
