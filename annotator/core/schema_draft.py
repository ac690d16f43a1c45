"""All labels of a project while somebody edits them, and what was done to those that are stored.

Every change returns another draft, so that one can always go back. A stored label that is taken away goes to
another one, which gets its annotations, or to nothing, and they are deleted with it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeAlias

from annotator.core.errors import InvalidValueError
from annotator.core.label_draft import CHOICE_KINDS, LabelDraft, all_attributes, with_origins
from annotator.core.label_merging import joined_parts, merged_label
from annotator.core.labels import Label, LabelSchema

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """What is wrong with a label, or with one of its attributes where that is named.

    level: an error must be put right first, a warning need not.
    """

    label: int
    text: str
    level: Level = "error"
    attribute: int | None = None


@dataclass(frozen=True)
class SchemaDraft:
    """The labels in the user's order.

    known: the labels as they are stored. targets: for labels that are gone, the id of the label that takes their
    annotations; where there is none, they are deleted. joined: for attributes and skeleton points of labels that were
    merged, the id of the one of the other label that takes what is stored of them.
    """

    labels: tuple[LabelDraft, ...] = ()
    known: LabelSchema = field(default_factory=LabelSchema)
    targets: Mapping[int, int] = field(default_factory=dict)
    joined: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: LabelSchema) -> "SchemaDraft":
        """Return the draft of stored labels."""
        return cls(tuple(map(LabelDraft.of, schema)), schema)

    # Looking ----------------------------------------------------------------------------------------

    @cached_property
    def _by_id(self) -> Mapping[int, LabelDraft]:
        return {label.id: label for label in self.labels}

    @cached_property
    def _children(self) -> Mapping[int | None, tuple[LabelDraft, ...]]:
        found: dict[int | None, list[LabelDraft]] = {}
        circular = self._circular
        for label in self.labels:
            is_below = label.parent in self._by_id and label.id not in circular
            found.setdefault(label.parent if is_below else None, []).append(label)
        return {parent: tuple(labels) for parent, labels in found.items()}

    @cached_property
    def _circular(self) -> Collection[int]:
        """The labels that stand above themselves."""
        circular: set[int] = set()
        known: set[int] = set()
        for label in self.labels:
            # The place of each label on the way up: where it comes by one again, a circle begins.
            way: dict[int, int] = {}
            one: int | None = label.id
            while one is not None and one in self._by_id and one not in known and one not in way:
                way[one] = len(way)
                one = self._by_id[one].parent
            if one in way:
                circular.update(list(way)[way[one] :])
            known.update(way)
        return circular

    def _above(self, label: LabelDraft) -> list[int]:
        """The ids of the labels above one, the nearest first; a circle is gone round once."""
        found: dict[int, None] = {}
        parent = label.parent
        while parent is not None and parent in self._by_id and parent not in found:
            found[parent] = None
            parent = self._by_id[parent].parent
        return list(found)

    def get(self, label_id: int) -> LabelDraft | None:
        """Return a label, or None."""
        return self._by_id.get(label_id)

    def __getitem__(self, label_id: int) -> LabelDraft:
        return self._by_id[label_id]

    def __contains__(self, label_id: object) -> bool:
        return label_id in self._by_id

    def children(self, parent: int | None) -> tuple[LabelDraft, ...]:
        """Return what stands directly below a label, or at the top; what forms a circle is at the top."""
        return self._children.get(parent, ())

    def below(self, label_id: int) -> Iterator[LabelDraft]:
        """Yield everything below a label."""
        return self.in_order(label_id)

    def in_order(self, parent: int | None = None) -> Iterator[LabelDraft]:
        """Yield the labels as a tree shows them: each before what stands below it."""
        waiting = [*reversed(self.children(parent))]
        while waiting:
            label = waiting.pop()
            yield label
            waiting += reversed(self.children(label.id))

    @property
    def gone(self) -> tuple[Label, ...]:
        """The stored labels that are gone."""
        return tuple(label for label in self.known if label.id not in self._by_id)

    def target(self, label_id: int) -> int | None:
        """Return the label that takes the annotations of one that is gone, None where they are deleted."""
        passed: set[int] = set()
        target = self.targets.get(label_id)
        while target is not None and target not in self._by_id and target not in passed:
            passed.add(target)
            target = self.targets.get(target)
        return target if target in self._by_id else None

    @property
    def is_changed(self) -> bool:
        """Whether anything is not as it is stored."""
        return self.labels != SchemaDraft.of(self.known).labels

    # Changing ---------------------------------------------------------------------------------------

    def put(self, *labels: LabelDraft) -> "SchemaDraft":
        """Return the draft with labels replaced, or added at the end."""
        new = {label.id: label for label in labels}
        changed = [new.pop(label.id, label) for label in self.labels]
        return replace(self, labels=(*changed, *new.values()))

    def with_schema(self, schema: LabelSchema) -> "SchemaDraft":
        """Return the draft with labels of a schema put in; what is the same stays as it was typed."""
        changed = []
        for label in schema:
            old = self.get(label.id)
            new = LabelDraft.of(label)
            if old is not None:
                new = with_origins(new, old)
            changed.append(new)
        return self.put(*changed)

    def without(self, label_ids: Collection[int], move_to: int | None = None) -> "SchemaDraft":
        """Return the draft without labels; what stands below them moves up.

        move_to: the label that gets their annotations; else these are deleted.
        """
        gone = set(label_ids)
        labels = tuple(
            replace(label, parent=self._remaining(label, gone))
            for label in self.labels
            if label.id not in gone
        )
        targets = {old: new for old, new in self.targets.items() if old not in gone}
        if move_to is not None:
            targets |= dict.fromkeys(gone, move_to)
        return replace(self, labels=labels, targets=targets)

    def _remaining(self, label: LabelDraft, gone: Collection[int]) -> int | None:
        if label.parent not in gone:
            return label.parent
        return next((one for one in self._above(label) if one not in gone), None)

    def with_target(self, label_id: int, target: int | None) -> "SchemaDraft":
        """Return the draft with another label, or none, for the annotations of one that is gone."""
        targets = {old: new for old, new in self.targets.items() if old != label_id}
        if target is not None:
            targets[label_id] = target
        return replace(self, targets=targets)

    def merged(
        self, source_ids: Collection[int], target_id: int, *, take_over: bool = True
    ) -> "SchemaDraft":
        """Return the draft with some labels merged into one, which gets what stands below them, too.

        take_over: it also gets the attributes, and the values of attributes, that it lacks; values of others go
        to the attribute of the same name, or are lost.
        Raises InvalidValueError where a skeleton would have to become another.
        """
        sources = [one for one in source_ids if one != target_id]
        target = self[target_id]
        joined = dict(self.joined)
        for source in sources:
            joined |= joined_parts(target, self[source])
            target = merged_label(target, self[source], take_over=take_over)
        gone = set(sources)
        above = {*self._above(self[target_id]), target_id}
        labels = []
        for label in self.labels:
            if label.id in gone:
                continue
            label = target if label.id == target_id else label
            if label.parent in gone:
                parent = self._remaining(label, gone) if label.id in above else target_id
                label = replace(label, parent=parent)
            labels.append(label)
        targets = {**self.targets, **dict.fromkeys(gone, target_id)}
        return replace(self, labels=tuple(labels), targets=targets, joined=joined)

    def moved(
        self, label_ids: Iterable[int], parent: int | None, before: int | None = None
    ) -> "SchemaDraft":
        """Return the draft with labels below another one, before one of those there or after all of them.

        Labels that would stand below themselves stay where they are. Moved before one that moves itself, they go
        before the next that does not.
        """
        into = set() if parent is None else {parent, *self._above(self[parent])}
        moving = [self[one] for one in dict.fromkeys(label_ids) if one not in into]
        ids = {label.id for label in moving}
        rest = [label for label in self.labels if label.id not in ids]
        there = [label.id for label in self.children(parent)]
        later = there[there.index(before) :] if before in there else []
        next_one = next((one for one in later if one not in ids), None)
        places = [place for place, label in enumerate(rest) if label.id == next_one]
        place = places[0] if places else len(rest)
        rest[place:place] = [replace(label, parent=parent) for label in moving]
        return replace(self, labels=tuple(rest))._tidied()

    def sorted_by_name(self) -> "SchemaDraft":
        """Return the draft with the labels below each label, and at the top, in the order of their names."""
        labels = sorted(self.labels, key=lambda label: (label.name.casefold(), label.name))
        return replace(self, labels=tuple(labels))._tidied()

    def _tidied(self) -> "SchemaDraft":
        """In the order of the tree, which is also that of the digits."""
        return replace(self, labels=tuple(self.in_order()))

    # Checking ---------------------------------------------------------------------------------------

    @cached_property
    def problems(self) -> tuple[DraftProblem, ...]:
        """What is wrong, in the order of the labels."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[DraftProblem]:
        names: set[tuple[int | None, str]] = set()
        for label in self.labels:
            if not self._is_stored(label):
                yield from _own_problems(label)
            name = label.name.strip()
            if name and (label.parent, name) in names:
                yield DraftProblem(label.id, f"There are two labels named {name!r}.")
            names.add((label.parent, name))
            if label.parent is not None and label.parent not in self._by_id:
                yield DraftProblem(label.id, f"The label above {name!r} does not exist.")
            if label.id in self._circular:
                yield DraftProblem(label.id, f"Label {name!r} stands above itself.")
        yield from self._equal_keys()

    def _equal_keys(self) -> Iterator[DraftProblem]:
        first: dict[str, LabelDraft] = {}
        for label in self.labels:
            other = first.setdefault(label.hotkey, label)
            if label.hotkey and other is not label:
                text = f"{other.name!r} has the key {label.hotkey}, too; it comes first."
                yield DraftProblem(label.id, text, "warning")

    def _is_stored(self, label: LabelDraft) -> bool:
        known = self.known.get(label.id)
        return known is not None and LabelDraft.of(known) == label

    @property
    def errors(self) -> tuple[DraftProblem, ...]:
        """What must be put right."""
        return tuple(one for one in self.problems if one.level == "error")

    def schema(self) -> LabelSchema:
        """Return the labels. Raises InvalidValueError, with the first problem, where they cannot be."""
        if self.errors:
            raise InvalidValueError(self.errors[0].text)
        labels = []
        for label in self.labels:
            known = self.known.get(label.id)
            is_same = known is not None and LabelDraft.of(known) == label
            labels.append(known if known is not None and is_same else label.label())
        return LabelSchema(tuple(labels))

    @property
    def renamed_values(self) -> dict[int, dict[str, str]]:
        """The stored values of attributes that got another text, by attribute id; those of merged labels, too."""
        found: dict[int, dict[str, str]] = {}
        for label in self.labels:
            for attribute in all_attributes(label):
                if attribute.kind not in CHOICE_KINDS:
                    continue
                for choice in attribute.choices:
                    for owner, stored in attribute.stored_as(choice):
                        if stored != choice.text:
                            found.setdefault(owner, {})[stored] = choice.text
        return found


def _own_problems(label: LabelDraft) -> Iterator[DraftProblem]:
    """What is wrong with a label for itself: first with its attributes, each for itself, then with the rest."""
    sound = True
    for attribute in all_attributes(label):
        try:
            attribute.attribute()
        except InvalidValueError as error:
            sound = False
            yield DraftProblem(label.id, str(error), attribute=attribute.id)
    try:
        (label if sound else replace(label, attributes=(), kind="any")).label()
    except InvalidValueError as error:
        yield DraftProblem(label.id, str(error))
