"""Objects that several files of one COCO dataset tell of the same picture."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence

from annotator.formats.coco.parts import Part
from annotator.formats.dataset import Problem


def objects_told_twice(parts: Sequence[Part]) -> Iterator[Problem]:
    """Yield one problem where files share pictures and objects on them; pictures alone may have one name by chance."""
    places: defaultdict[str, list[tuple[Part, int]]] = defaultdict(list)
    if len(parts) > 1:
        for part in parts:
            for name, number in {one.name: at for at, one in enumerate(part.pictures)}.items():
                places[name].append((part, number))
    doubled = {
        name: count
        for name, found in places.items()
        if len(found) > 1 and (count := _repeated(found))
    }
    if doubled:
        name = next(iter(doubled))
        files = len(places[name])
        count = doubled[name]
        text = f"{name} is in {files} files; {count} objects are there more than once and are read as often."
        if count == 1:
            text = f"{name} is in {files} files; 1 object is there more than once and is read as often."
        if len(doubled) > 1:
            text += f" So it is with {len(doubled)} pictures and {sum(doubled.values())} objects."
        file = places[name][0][0].file.name
        yield Problem(file, text, "told-twice", skipped=0)


def _repeated(found: Sequence[tuple[Part, int]]) -> int:
    """Count the objects on one picture that a file before has told already."""
    known: Counter[Hashable] = Counter()
    repeated = 0
    for part, number in found:
        objects = Counter(_objects(part, number))
        repeated += (objects & known).total()
        known |= objects
    return repeated


def _objects(part: Part, number: int) -> Iterator[Hashable]:
    for place in part.places.get(number, ()):
        record = part.records[place]
        label = part.labels.get(record.category_id)
        yield label, tuple(record.bbox or ()), bytes(record.segmentation)
