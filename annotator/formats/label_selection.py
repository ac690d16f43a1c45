"""A dataset without what has some of its labels."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from annotator.core.labels import LabelSchema
from annotator.formats.dataset import Dataset, DatasetHeader, DatasetItem, FrameItem, TrackItem


class LabelSelection:
    """A dataset of which annotations and tracks with some labels are not taken.

    counts: annotations and tracks by label id, those that are not taken among them, as the last pass found them.
    """

    def __init__(self, dataset: Dataset, skipped: Collection[int] = ()) -> None:
        self._dataset = dataset
        self._skipped = frozenset(skipped)
        header = dataset.header
        self._header = replace(header, labels=labels_without(header.labels, self._skipped))
        self.counts: Counter[int] = Counter()

    @property
    def header(self) -> DatasetHeader:
        """That of the dataset, with the labels that are taken and those above them."""
        return self._header

    def items(self) -> Iterator[DatasetItem]:
        """Stream the items; every frame is there, also where nothing on it is taken."""
        counts: Counter[int] = Counter()
        for item in self._dataset.items():
            if isinstance(item, FrameItem):
                counts.update(one.label for one in item.annotations)
                yield self._frame(item)
            elif isinstance(item, TrackItem):
                counts[item.track.label] += 1
                if item.track.label not in self._skipped:
                    yield item
            else:
                yield item
        self.counts = counts

    def _frame(self, item: FrameItem) -> FrameItem:
        if not any(one.label in self._skipped for one in item.annotations):
            return item
        taken = tuple(one for one in item.annotations if one.label not in self._skipped)
        return replace(item, annotations=taken)


def labels_without(labels: LabelSchema, skipped: Collection[int]) -> LabelSchema:
    """Return the labels that are not skipped, with those above them."""
    wanted: set[int] = set()
    for label in labels:
        above: int | None = None if label.id in skipped else label.id
        while above is not None and above not in wanted:
            wanted.add(above)
            above = labels[above].parent
    return LabelSchema(tuple(label for label in labels if label.id in wanted))
