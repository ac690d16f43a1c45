"""Which label of the project stands for a label of a model: proposed by name, remembered for project and model."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from annotator.core.labels import LabelSchema
from annotator.project.project import Project

# The id of a label of the project; the name of one that is made when it is first needed; or None: not shown.
Target: TypeAlias = int | str | None

_PREFIX: Final = "model-labels/"
_BETWEEN_WORDS: Final = re.compile(r"[\s_\-]+")
# Endings of plural words and of their singular.
_PLURALS: Final = (("s", ""), ("es", ""), ("ies", "y"))


@dataclass(frozen=True, slots=True)
class ModelLabels:
    """Where each label of a model goes. targets: by the model's names, all of them."""

    model: str
    targets: Mapping[str, Target] = field(default_factory=dict)

    def shown(self, schema: LabelSchema) -> dict[str, int | str]:
        """Return what each label of the model that is shown becomes.

        That is the id of a label of the project, or the name of one that is still to be made. A label that is gone
        shows nothing.
        """
        named = Alikes(schema)
        result: dict[str, int | str] = {}
        for name, target in self.targets.items():
            if isinstance(target, str):
                found = named.find(target)
                result[name] = target if found is None else found.id
            elif target is not None and target in schema:
                result[name] = target
        return result

    @property
    def to_be_made(self) -> dict[str, Target]:
        """The targets that are names, of labels that are made where they are missing."""
        return {name: target for name, target in self.targets.items() if isinstance(target, str)}


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


class Alikes(Generic[N]):
    """Labels or attributes by their names: the same, the same ignoring case, or but for plural, `_` and `-`.

    Of several that are alike in the same way the first one is found.
    """

    def __init__(self, known: Iterable[N]) -> None:
        self._exact: dict[str, N] = {}
        self._folded: dict[str, N] = {}
        self._plain: dict[str, N] = {}
        self._singular: dict[str, N] = {}
        for one in known:
            self._exact.setdefault(one.name, one)
            self._folded.setdefault(one.name.casefold(), one)
            plain = plain_name(one.name)
            self._plain.setdefault(plain, one)
            for singular in singulars(plain):
                self._singular.setdefault(singular, one)

    def find(self, name: str) -> N | None:
        """Return the one whose name is most alike, or None."""
        plain = plain_name(name)
        return (
            self._exact.get(name)
            or self._folded.get(name.casefold())
            or self._plain.get(plain)
            or self._singular.get(plain)
            or next((self._plain[one] for one in singulars(plain) if one in self._plain), None)
        )


def plain_name(name: str) -> str:
    """Return a name in small letters with one space between its words."""
    return _BETWEEN_WORDS.sub(" ", name.casefold()).strip()


def singulars(plain: str) -> list[str]:
    """Return what a plain name could be the plural of: `buses` of `buse` and `bus`, which only other names settle."""
    found = [
        plain.removesuffix(plural) + singular
        for plural, singular in _PLURALS
        if plain.endswith(plural)
    ]
    return [one for one in found if len(one) > 1]


def proposed_targets(names: Iterable[str], schema: LabelSchema) -> dict[str, Target]:
    """Return where the labels of a model go by their names.

    What has no like in the project is not shown; but it is made where the project has no labels at all, or the model
    knows no other, as one that reads text does: else nothing it sees would be offered.
    """
    known = list(dict.fromkeys(names))
    makes_unknown = not len(schema) or len(known) == 1
    named = Alikes(schema)
    targets: dict[str, Target] = {}
    for name in known:
        found = named.find(name)
        if found is not None:
            targets[name] = found.id
        else:
            targets[name] = name if makes_unknown else None
    return targets


def labels_for(project: Project, model: str, names: Iterable[str]) -> ModelLabels:
    """Return where the labels of a model go: as was remembered, else as their names propose."""
    schema = project.labels
    targets = proposed_targets(names, schema)
    for name, target in _remembered(project, model).items():
        if name in targets and (not isinstance(target, int) or target in schema):
            targets[name] = target
    return ModelLabels(model, targets)


def remember_labels(project: Project, model: str, targets: Mapping[str, Target]) -> None:
    """Remember where some labels of a model go, from now on; what was remembered of others stays."""
    kept = {**_remembered(project, model), **targets}
    text = json.dumps(kept, ensure_ascii=True, separators=(",", ":"))
    if project.meta(_PREFIX + model) != text:
        project.store_meta(_PREFIX + model, text)


def _remembered(project: Project, model: str) -> dict[str, Target]:
    text = project.meta(_PREFIX + model)
    if text is None:
        return {}
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: one for name, one in found.items() if _is_target(one)}


def _is_target(value: object) -> bool:
    return value is None or type(value) in (int, str)
