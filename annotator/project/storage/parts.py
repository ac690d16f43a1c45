"""What one transaction of a step writes: statements with the values they get."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import apsw

from annotator.core.annotations import Annotation
from annotator.project.storage import writing

# 500 rows with their geometry hold the lock for about 3 ms, 2 000 for 11 ms.
PART_SIZE: Final = 500
# Additions while somebody edits by hand, so that nobody waits longer than for 1 ms of work.
SHARED_PART_SIZE: Final = 150

# Writes some values, or rows of annotations, with a connection and the transaction's number.
Writing: TypeAlias = Callable[[apsw.Connection, Any, int], None]


@dataclass(slots=True)
class Part:
    """What one transaction of a step writes."""

    work: list[tuple[Writing, Sequence[Any]]] = field(default_factory=list)
    size: int = 0

    def pieces(self, size: int) -> Iterator["Part"]:
        """Yield the part, or smaller ones of it where it adds annotations and does nothing else."""
        added = self.only_adds
        if len(added) <= size:
            yield self
            return
        for start in range(0, len(added), size):
            piece = added[start : start + size]
            yield Part([(writing.add_annotations, piece)], len(piece))

    @property
    def touches_labels(self) -> bool:
        """Whether the label schema may change."""
        return any(write in _OF_LABELS for write, _ in self.work)

    def prepared(self, rev: int) -> list[tuple[Writing, Any]]:
        """Return the work with the rows of annotations made, so that it need not be done under the lock."""
        return [
            (write, writing.annotation_rows(values, rev) if write in _OF_ANNOTATIONS else values)
            for write, values in self.work
        ]

    @property
    def only_adds(self) -> Sequence[Annotation]:
        """The annotations of a part that adds annotations and does nothing else; else none."""
        if len(self.work) == 1 and self.work[0][0] is writing.add_annotations:
            return self.work[0][1]
        return ()


_OF_ANNOTATIONS: Final = (writing.put_annotations, writing.add_annotations)
_OF_LABELS: Final = (writing.put_labels, writing.order_labels, writing.delete_labels)
